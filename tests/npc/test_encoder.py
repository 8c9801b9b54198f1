"""Sentences as vectors: what means the same lies near."""

from pathlib import Path

import numpy as np
import pytest

from npc.cast import load_encoder
from npc.encoder import DIMENSIONS, TOKENIZER, WEIGHTS, EncoderError, SentenceEncoder
from npc.models import ModelStore

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_encoder(ModelStore.default())


@pytest.mark.parametrize(
    ("said", "near", "far"),
    [
        ("people at school dont talk to me either", "nobody talks to me at school", "do you like cheese"),
        ("my dog died on tuesday", "we had to bury our puppy", "i bought a new lamp today"),
        ("where the hell am i", "tell me where i am", "who are you"),
    ],
)
def test_what_means_the_same_lies_nearer(encoder: SentenceEncoder, said: str, near: str, far: str) -> None:
    one, same, other = encoder.encode([said, near, far])
    assert float(one @ same) > float(one @ other) + 0.1


def test_vectors_have_length_one_and_do_not_depend_on_what_stands_beside(encoder: SentenceEncoder) -> None:
    sayings = [
        "hello",
        "what do you eat down here in the dark",
        "",
        "pizza " * 200,
        "h\u00e9llo \u2026 \U0001f600",
    ]
    together = encoder.encode(sayings)
    assert together.shape == (len(sayings), DIMENSIONS)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    alone = np.concatenate([encoder.encode([saying]) for saying in sayings])
    assert np.allclose(together, alone, atol=1e-4)
    assert np.array_equal(encoder.encode(["hello"]), encoder.encode(["hello"]))


def test_cosines_are_those_of_the_reference_implementation(encoder: SentenceEncoder) -> None:
    """Computed once with transformers 5.23 and torch 2.13 from the same weights."""
    dog, person, day = encoder.encode(
        ["That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    )
    assert float(dog @ person) == pytest.approx(0.6211, abs=2e-3)
    assert float(dog @ day) == pytest.approx(0.2491, abs=2e-3)
    assert dog[:4].tolist() == pytest.approx([0.00505, 0.06317, 0.01416, 0.02695], abs=5e-4)


def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"no weights")
    (tmp_path / TOKENIZER).write_text("{}", encoding="utf-8")
    with pytest.raises(EncoderError, match=r"^The sentence model .* cannot be loaded \(.*\)\.$"):
        SentenceEncoder(tmp_path / WEIGHTS, tmp_path / TOKENIZER)
