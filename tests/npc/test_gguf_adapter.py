"""The adapter's file: read back by the book as it was written."""

import struct
from pathlib import Path
from typing import Any

import numpy as np

from npc.training.gguf_adapter import permuted, tensors_of, write_adapter


def read_gguf(path: Path) -> tuple[dict[str, str | float], dict[str, np.ndarray[Any, Any]]]:
    """Keys and float16 tensors of a file, read by the book."""
    data = path.read_bytes()
    at = 0

    def take(form: str) -> tuple[Any, ...]:
        nonlocal at
        found = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return found

    def text() -> str:
        nonlocal at
        (length,) = take("Q")
        at += length
        return data[at - length : at].decode()

    assert take("4s") == (b"GGUF",)
    version, tensors, keys = take("IQQ")
    assert version == 3
    found: dict[str, str | float] = {}
    for _ in range(keys):
        key, (kind,) = text(), take("I")
        found[key] = text() if kind == 8 else take("f")[0]
    infos = []
    for _ in range(tensors):
        name, (dimensions,) = text(), take("I")
        shape = take(f"{dimensions}Q")[::-1]
        kind, offset = take("IQ")
        assert kind == 1
        assert offset % 32 == 0
        infos.append((name, shape, offset))
    start = -(-at // 32) * 32
    return found, {
        name: np.frombuffer(data, "<f2", int(np.prod(shape)), start + offset).reshape(shape)
        for name, shape, offset in infos
    }


def test_an_adapter_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    tensors = {
        "blk.0.attn_q.weight.lora_a": rng.normal(size=(3, 5)).astype(np.float16),
        "blk.0.attn_q.weight.lora_b": rng.normal(size=(7, 3)).astype(np.float16),
    }
    write_adapter(tmp_path / "a.gguf", tensors, alpha=32.0, name="child")
    keys, found = read_gguf(tmp_path / "a.gguf")
    assert keys == {
        "general.architecture": "llama",
        "general.type": "adapter",
        "general.name": "child",
        "adapter.type": "lora",
        "adapter.lora.alpha": 32.0,
    }
    assert found.keys() == tensors.keys()
    assert all(np.array_equal(found[name], tensors[name]) for name in tensors)
    assert [path.name for path in tmp_path.iterdir()] == ["a.gguf"]


def test_the_halves_of_a_head_become_neighbours() -> None:
    b = np.arange(8).reshape(8, 1)  # two heads of four
    assert permuted(b, 2).ravel().tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_only_queries_and_keys_are_turned() -> None:
    a, b = np.zeros((1, 4)), np.arange(8.0).reshape(8, 1)
    pairs = {f"blk.0.{name}": (a, b) for name in ("attn_q", "attn_k", "attn_v", "ffn_down")}
    tensors = tensors_of(pairs, heads=2, key_heads=1)
    order = {
        name: tensors[f"blk.0.{name}.weight.lora_b"].ravel().astype(int).tolist()
        for name in ("attn_q", "attn_k", "attn_v", "ffn_down")
    }
    assert order["attn_q"] == [0, 2, 1, 3, 4, 6, 5, 7]
    assert order["attn_k"] == [0, 4, 1, 5, 2, 6, 3, 7]
    assert order["attn_v"] == order["ffn_down"] == list(range(8))
