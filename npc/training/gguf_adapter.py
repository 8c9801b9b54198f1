"""Writing an adapter as the GGUF file that llama.cpp loads beside its model.

The format is written here in full (header, keys, tensors), so that neither training nor the tests need
another library for it: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_MAGIC: Final = b"GGUF"
_VERSION: Final = 3
_ALIGNMENT: Final = 32
_FLOAT32_KEY: Final = 6
_TEXT_KEY: Final = 8
_FLOAT16_TENSOR: Final = 1

Half = npt.NDArray[np.float16]


def permuted(b: npt.NDArray[Any], heads: int) -> npt.NDArray[Any]:
    """Rows of a query's or key's matrix (out x rank) in the order of llama.cpp, which turns neighbours
    where transformers turns the halves of a head."""
    rows, rank = b.shape
    return b.reshape(heads, 2, rows // heads // 2, rank).swapaxes(1, 2).reshape(rows, rank)


def tensors_of(
    pairs: Mapping[str, tuple[npt.NDArray[Any], npt.NDArray[Any]]], *, heads: int, key_heads: int
) -> dict[str, Half]:
    """The tensors of an adapter's file by name, from (a, b) by projection ("blk.0.attn_q")."""
    tensors: dict[str, Half] = {}
    turning = {"attn_q": heads, "attn_k": key_heads}
    for name, (a, trained_b) in pairs.items():
        turned = turning.get(name.rsplit(".", 1)[-1])
        b = trained_b if turned is None else permuted(trained_b, turned)
        tensors[f"{name}.weight.lora_a"] = np.ascontiguousarray(a, dtype=np.float16)
        tensors[f"{name}.weight.lora_b"] = np.ascontiguousarray(b, dtype=np.float16)
    return tensors


def write_adapter(path: Path, tensors: Mapping[str, Half], *, alpha: float, name: str) -> None:
    """Write the file, whole or not at all: a half-written one never takes the place of a good one."""
    keys = [
        _text_pair("general.architecture", "llama"),
        _text_pair("general.type", "adapter"),
        _text_pair("general.name", name),
        _text_pair("adapter.type", "lora"),
        _text("adapter.lora.alpha") + struct.pack("<If", _FLOAT32_KEY, alpha),
    ]
    infos: list[bytes] = []
    offset = 0
    for key, tensor in tensors.items():
        sizes = tensor.shape[::-1]  # GGUF names the fastest dimension first
        infos.append(
            _text(key)
            + struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes)
            + struct.pack("<IQ", _FLOAT16_TENSOR, offset)
        )
        offset += _padded(tensor.nbytes)
    head = _MAGIC + struct.pack("<IQQ", _VERSION, len(tensors), len(keys)) + b"".join([*keys, *infos])
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(head.ljust(_padded(len(head)), b"\0"))
        for tensor in tensors.values():
            file.write(tensor.astype("<f2").tobytes().ljust(_padded(tensor.nbytes), b"\0"))
    os.replace(part, path)


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _text_pair(key: str, value: str) -> bytes:
    return _text(key) + struct.pack("<I", _TEXT_KEY) + _text(value)
