"""Sentences as vectors whose angle tells how near they are in meaning: all-MiniLM-L6-v2 on numpy.

A BERT of six layers (Devlin et al. 2019), distilled (MiniLM, Wang et al. 2020) and trained on sentences that
mean the same (Sentence-BERT, Reimers and Gurevych 2019); its card gives the way: mean over the tokens, length
one. The model comes as plain weights; numpy runs them in some milliseconds a saying, where torch would be
two gigabytes more to install.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MODEL: Final = "all-minilm-l6-v2"
WEIGHTS: Final = "model.safetensors"
TOKENIZER: Final = "tokenizer.json"
DIMENSIONS: Final = 384
MAX_TOKENS: Final = 64
"""Of one saying; what comes later counts for nothing."""
_BATCH: Final = 16
_LAYERS: Final = 6
_HEADS: Final = 12
_EPSILON: Final = np.float32(1e-12)
_NEVER: Final = np.float32(-1e4)
"""Added to what attention must not see."""


class EncoderError(Exception):
    """The model cannot be used; the text is one sentence."""


class SentenceEncoder:
    """Texts to unit vectors. Holds no state between calls; for the same text always the same vector."""

    def __init__(self, weights: Path, tokenizer: Path) -> None:
        """Loads the model (0.2 s, 90 MB). Raises EncoderError for files that are no such model."""
        try:
            from safetensors.numpy import load_file
            from tokenizers import Tokenizer

            self._w: dict[str, Floats] = load_file(weights)
            self._tokenizer: Any = Tokenizer.from_str(tokenizer.read_text(encoding="utf-8"))
        except Exception as error:
            raise EncoderError(
                f"The sentence model {weights.parent.name} cannot be loaded ({error})."
            ) from error
        expected = (f"encoder.layer.{_LAYERS - 1}.output.dense.weight", "embeddings.word_embeddings.weight")
        if any(name not in self._w for name in expected):
            raise EncoderError(f"{weights.name} is no BERT of {_LAYERS} layers.")
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        for name, table in self._w.items():
            if name.startswith("encoder") and table.ndim == 2:
                self._w[name] = np.ascontiguousarray(table.T)  # multiplied from the right, turned once
        self._one = lru_cache(maxsize=256)(self._encode_one)

    def encode(self, sayings: Sequence[str]) -> Floats:
        """(n, DIMENSIONS) float32, each row of length one."""
        if len(sayings) == 1:
            one: Floats = self._one(sayings[0])[None, :]
            return one
        ids = [found.ids for found in self._tokenizer.encode_batch(list(sayings))]
        result = np.zeros((len(ids), DIMENSIONS), dtype=np.float32)
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            result[rows] = self._forward([ids[row] for row in rows])
        return result

    def _encode_one(self, saying: str) -> Floats:
        vector: Floats = self._forward([self._tokenizer.encode(saying).ids])[0]
        vector.flags.writeable = False  # it is kept, and handed out again
        return vector

    def _forward(self, ids: Sequence[Sequence[int]]) -> Floats:
        width = max(map(len, ids))
        tokens = np.zeros((len(ids), width), dtype=np.int64)
        there = np.zeros((len(ids), width), dtype=np.float32)
        for row, one in enumerate(ids):
            tokens[row, : len(one)] = one
            there[row, : len(one)] = 1.0
        w = self._w
        x = (
            w["embeddings.word_embeddings.weight"][tokens]
            + w["embeddings.position_embeddings.weight"][:width]
        )
        x = self._normed(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        unseen = (1.0 - there)[:, None, None, :] * _NEVER
        for number in range(_LAYERS):
            x = self._layer(x, f"encoder.layer.{number}", unseen)
        mean: Floats = (x * there[:, :, None]).sum(axis=1) / there.sum(axis=1, keepdims=True)
        length = np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), _EPSILON)
        return np.asarray(mean / length, dtype=np.float32)

    def _layer(self, x: Floats, name: str, unseen: Floats) -> Floats:
        rows, width, size = x.shape

        def headed(part: str) -> Floats:
            found = self._dense(x, f"{name}.attention.self.{part}")
            return found.reshape(rows, width, _HEADS, size // _HEADS).transpose(0, 2, 1, 3)

        query, key, value = headed("query"), headed("key"), headed("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(size // _HEADS)) + unseen
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        seen = (scores @ value).transpose(0, 2, 1, 3).reshape(rows, width, size)
        x = self._normed(
            x + self._dense(seen, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm"
        )
        inner = _gelu(self._dense(x, f"{name}.intermediate.dense"))
        return self._normed(x + self._dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _dense(self, x: Floats, name: str) -> Floats:
        result: Floats = x @ self._w[f"{name}.weight"] + self._w[f"{name}.bias"]
        return result

    def _normed(self, x: Floats, name: str) -> Floats:
        away = x - np.mean(x, axis=-1, keepdims=True, dtype=np.float32)
        spread = np.sqrt(np.mean(away * away, axis=-1, keepdims=True, dtype=np.float32) + _EPSILON)
        return np.asarray(away / spread * self._w[f"{name}.weight"] + self._w[f"{name}.bias"], np.float32)


def _gelu(x: Floats) -> Floats:
    """Gaussian error linear unit in its usual approximation by tanh (Hendrycks and Gimpel 2016)."""
    inner = np.float32(0.7978845608) * (x + np.float32(0.044715) * x * x * x)
    return np.asarray(np.float32(0.5) * x * (np.float32(1.0) + np.tanh(inner)), np.float32)
