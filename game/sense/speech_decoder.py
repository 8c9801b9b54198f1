"""Moonshine's decoder: how probable each piece of a text is after the pieces before it, given the sound.

It is computed here and not by onnxruntime for two reasons. Given several pieces at once, the exported graph
attends to those that follow as well, so a text could only be scored piece by piece; here texts that begin
alike are a tree, and the tree is scored in one pass. And the graph unpacks its weights in each pass, which
is most of its time. Source: Jeffries et al. 2024, "Moonshine: Speech Recognition for Live Transcription and
Voice Commands".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.sense.ort_file import OrtFile, read_ort
from game.sense.phone_model import WIDTH, PhoneModelError

Numbers = NDArray[np.float32]

DECODER: Final = "decoder_model_merged.ort"
_HEADS: Final = 8
_HEAD: Final = WIDTH // _HEADS
_TINY: Final = 1e-5
_NEVER: Final = -1e9
_PRODUCT: Final = re.compile(r"/model/decoder/layers\.(\d+)/(\w+)/(\w+)/MatMul_output_0")
_EMBEDDING: Final = "model.decoder.embed_tokens.weight_merged_0"
_FREQUENCIES: Final = "/model/decoder/rotary_emb/Cast_1_output_0"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """One layer's matrices by ``part.name``, its biases and the gains of its three normalisations."""

    matrices: dict[str, Numbers]
    biases: dict[str, Numbers]
    gains: tuple[Numbers, Numbers, Numbers]


class SpeechDecoder:
    """All weights in single precision: 165 MB."""

    def __init__(self, path: Path) -> None:
        """Raises PhoneModelError when the file is not there or is no such model."""
        try:
            self._load(read_ort(path))
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            raise PhoneModelError(f"The speech model {path} cannot be loaded.") from error

    def _load(self, model: OrtFile) -> None:
        matrices: dict[int, dict[str, Numbers]] = {}
        for product, factor in model.factors.items():
            if found := _PRODUCT.fullmatch(product):
                name = factor.removesuffix("_add_tensor")
                matrices.setdefault(int(found[1]), {})[f"{found[2]}.{found[3]}"] = _whole(model, name)
        self._layers: list[_Layer] = []
        for number in range(len(matrices)):
            prefix = f"model.decoder.layers.{number}"
            self._layers.append(
                _Layer(
                    matrices=matrices[number],
                    biases={
                        name: model.numbers[f"{prefix}.mlp.{name}.bias_merged_0"]
                        for name in ("up_proj", "down_proj")
                    },
                    gains=(
                        model.numbers[f"{prefix}.input_layernorm.weight_merged_0"],
                        model.numbers[f"{prefix}.post_attention_layernorm.weight_merged_0"],
                        model.numbers[f"{prefix}.final_layernorm.weight_merged_0"],
                    ),
                )
            )
        self._gain: Numbers = model.numbers["model.decoder.norm.weight_merged_0"]
        self._embedding = _whole(model, _EMBEDDING)
        self._frequencies: Numbers = model.numbers[_FREQUENCIES].ravel()

    def __call__(self, features: Numbers, pieces: Sequence[int], before: Sequence[int]) -> Numbers:
        """Logarithms of the probabilities of what follows each piece of a tree of texts:
        (pieces, vocabulary). ``features`` are the encoder's, (frames, 416). ``before`` is the
        index of the piece that each one follows, -1 for the first; it is smaller than its own.
        """
        depth, apart = _tree(before)
        angles = depth[:, None] * self._frequencies
        turn = (np.cos(angles), np.sin(angles))
        x = self._embedding[list(pieces)]
        for layer in self._layers:
            m = layer.matrices
            y = _normal(x, layer.gains[0])
            q, k, v = (_heads(y @ m[f"self_attn.{name}_proj"]) for name in "qkv")
            x = x + _attend(_turned(q, turn), _turned(k, turn), v, apart) @ m["self_attn.dense"]
            q = _heads(_normal(x, layer.gains[1]) @ m["encoder_attn.q_proj"])
            k, v = (_heads(features @ m[f"encoder_attn.{name}_proj"]) for name in "kv")
            x = x + _attend(q, k, v) @ m["encoder_attn.dense"]
            up = _normal(x, layer.gains[2]) @ m["mlp.up_proj"] + layer.biases["up_proj"]
            value, gate = np.split(up, 2, axis=1)
            x = x + (value * gate / (1.0 + np.exp(-gate))) @ m["mlp.down_proj"] + layer.biases["down_proj"]
        scores = _normal(x, self._gain) @ self._embedding.T
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return np.asarray(scores, np.float32)


def _whole(model: OrtFile, name: str) -> Numbers:
    """A matrix that is kept in eight bits, with one scale and one offset."""
    whole = model.numbers[f"{name}_quantized"].astype(np.float32)
    whole *= model.numbers[f"{name}_scale"]
    whole += model.numbers[f"{name}_zero_point"]
    return whole


def _tree(before: Sequence[int]) -> tuple[Numbers, Numbers]:
    """How many pieces are before each one, (n,), and what is added to the attention so that each sees only
    these and itself, (n, n)."""
    count = len(before)
    sees = np.eye(count, dtype=bool)
    for piece, one in enumerate(before):
        if one >= 0:
            sees[piece] |= sees[one]
    apart = np.where(sees, 0.0, _NEVER).astype(np.float32)
    return (sees.sum(axis=1) - 1).astype(np.float32), apart


def _normal(x: Numbers, gain: Numbers) -> Numbers:
    x = x - x.mean(axis=1, keepdims=True)
    return np.asarray(x / np.sqrt((x * x).mean(axis=1, keepdims=True) + _TINY) * gain, np.float32)


def _heads(x: Numbers) -> Numbers:
    """(n, 416) -> (heads, n, 52)"""
    return x.reshape(len(x), _HEADS, _HEAD).transpose(1, 0, 2)


def _turned(x: Numbers, turn: tuple[Numbers, Numbers]) -> Numbers:
    """Rotary embedding (Su et al. 2021) of the first dimensions, pair by pair; the others have none."""
    cos, sin = turn
    out = x.copy()
    many = 2 * cos.shape[1]
    even, odd = x[..., 0:many:2], x[..., 1:many:2]
    out[..., 0:many:2] = even * cos - odd * sin
    out[..., 1:many:2] = odd * cos + even * sin
    return out


def _attend(q: Numbers, k: Numbers, v: Numbers, apart: Numbers | None = None) -> Numbers:
    """(heads, n, 52), (heads, m, 52) twice, (n, m) -> (n, 416)"""
    scores = q @ k.transpose(0, 2, 1) / np.float32(np.sqrt(_HEAD))
    if apart is not None:
        scores = scores + apart
    scores = np.exp(scores - scores.max(axis=2, keepdims=True))
    out = (scores / scores.sum(axis=2, keepdims=True)) @ v
    return np.asarray(out.transpose(1, 0, 2).reshape(q.shape[1], WIDTH), np.float32)
