"""A model with its adapter in it: the same numbers as the two together, made once."""

import os
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, dequantize, quantize

import npc.cast
from npc.backends.base import Sampling
from npc.backends.embedded import EmbeddedBackend
from npc.cast import load_backend
from npc.merged import KEPT_FILES, MergeError, merged
from npc.models import ModelStore
from npc.training.gguf_adapter import Half, write_adapter
from tests.npc.fakes import PERSONALITIES
from tests.npc.test_embedded import PROMPT

WEIGHT = "blk.0.ffn_up.weight"
ALPHA = 8.0
RANK = 2


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.gguf"
    rng = np.random.default_rng(1)
    writer = GGUFWriter(path, "llama")
    writer.add_name("a model")
    writer.add_token_list(["one", "two"])
    q4 = GGMLQuantizationType.Q4_1
    writer.add_tensor(WEIGHT, quantize(rng.normal(size=(96, 64)).astype(np.float32), q4), raw_dtype=q4)
    writer.add_tensor("output_norm.weight", np.ones(64, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def learned(rows: int = 96, columns: int = 64, name: str = WEIGHT) -> dict[str, Half]:
    rng = np.random.default_rng(2)
    return {
        f"{name}.lora_a": rng.normal(size=(RANK, columns)).astype(np.float16),
        f"{name}.lora_b": rng.normal(size=(rows, RANK)).astype(np.float16),
    }


def adapter_of(tensors: dict[str, Half], folder: Path) -> Path:
    path = folder / "adapter.gguf"
    write_adapter(path, tensors, alpha=ALPHA, name="somebody")
    return path


def weights_of(path: Path, name: str) -> np.ndarray:
    tensor = next(one for one in GGUFReader(path).tensors if one.name == name)
    return np.asarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)


def test_the_weights_are_those_of_the_model_and_what_was_learned(tmp_path: Path, base: Path) -> None:
    tensors = learned()
    path = merged(base, adapter_of(tensors, tmp_path), tmp_path / "voices", key="k")
    a, b = (tensors[f"{WEIGHT}.lora_{side}"].astype(np.float32) for side in "ab")
    wanted = weights_of(base, WEIGHT) + ALPHA / RANK * (b @ a)
    # A step of Q8_0 is the largest of 32 neighbours by 127.
    assert np.abs(weights_of(path, WEIGHT) - wanted).max() <= np.abs(wanted).max() / 127
    assert np.array_equal(weights_of(path, "output_norm.weight"), np.ones(64, dtype=np.float32))
    fields = GGUFReader(path).fields
    assert fields["general.name"].contents() == "a model"
    assert fields["tokenizer.ggml.tokens"].contents() == ["one", "two"]


def test_it_is_made_once_for_each_key(tmp_path: Path, base: Path) -> None:
    adapter, voices = adapter_of(learned(), tmp_path), tmp_path / "voices"
    first = merged(base, adapter, voices, key="k")
    first.write_bytes(b"as it was")
    assert merged(base, adapter, voices, key="k").read_bytes() == b"as it was"
    assert merged(base, adapter, voices, key="another") != first


def test_only_the_latest_are_kept(tmp_path: Path, base: Path) -> None:
    adapter, voices = adapter_of(learned(), tmp_path), tmp_path / "voices"
    made = []
    for number in range(KEPT_FILES + 2):
        made.append(merged(base, adapter, voices, key=str(number)))
        os.utime(made[-1], (number, number))
    merged(base, adapter, voices, key="last")
    kept = set(voices.iterdir())
    assert len(kept) == KEPT_FILES
    assert set(made[-KEPT_FILES + 1 :]) < kept


def test_what_a_game_left_that_was_ended_meanwhile_goes_and_what_another_writes_stays(
    tmp_path: Path, base: Path
) -> None:
    voices = tmp_path / "voices"
    voices.mkdir()
    left, fresh = voices / "a.gguf.1.part", voices / "b.gguf.2.part"
    for path in (left, fresh):
        path.write_bytes(b"half")
    os.utime(left, (1, 1))
    made = merged(base, adapter_of(learned(), tmp_path), voices, key="k")
    assert set(voices.iterdir()) == {fresh, made}


@pytest.mark.parametrize(
    ("tensors", "complaint"),
    [
        (learned(rows=95), "95 x 64 numbers of rank 2, the model 96 x 64"),
        (learned(name="blk.7.ffn_up.weight"), "belongs to nothing in the model"),
        ({name: table * np.float16(np.inf) for name, table in learned().items()}, "no number"),
        ({f"{WEIGHT}.lora_a": learned()[f"{WEIGHT}.lora_a"]}, "half a pair"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_does_not_belong_together_is_one_sentence(
    tmp_path: Path, base: Path, tensors: dict[str, Half], complaint: str
) -> None:
    voices = tmp_path / "voices"
    with pytest.raises(MergeError, match=complaint):
        merged(base, adapter_of(tensors, tmp_path), voices, key="k")
    assert not list(voices.iterdir())


def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path, base: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(200))
    with pytest.raises(MergeError, match="cannot be merged"):
        merged(base, broken, tmp_path / "voices", key="k")


@pytest.mark.models
def test_where_nothing_can_be_kept_the_two_are_used_apart(
    tmp_path: Path, smollm_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "file"
    closed.write_text("no folder")
    monkeypatch.setattr(npc.cast, "voices_folder", lambda: closed)
    backend, fault = load_backend(None, ModelStore.default(), folder=PERSONALITIES / "child")
    assert fault is None
    assert isinstance(backend, EmbeddedBackend)
    try:
        assert any(token.text for _, token in backend.candidates(PROMPT, Sampling(seed=1, max_tokens=8)))
    finally:
        backend.close()


@pytest.mark.models
def test_one_that_was_damaged_costs_no_voice_and_is_made_anew(
    tmp_path: Path, smollm_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"as it was")
    monkeypatch.setattr(npc.cast, "merged", lambda *_, **__: damaged)
    backend, fault = load_backend(None, ModelStore.default(), folder=PERSONALITIES / "child")
    assert (fault, damaged.exists()) == (None, False)
    assert isinstance(backend, EmbeddedBackend)
    backend.close()
