"""Word vectors out of the bundled model's own embedding table: ``python -m npc.training.word_vectors``.

Every token of the model that is a whole English word gives one vector. The three directions that all words
share are taken out (all-but-the-top, Mu and Viswanath 2018), and the rest is cut to the strongest directions
and stored in bytes, so that the file is small. Needs gguf, which training brings.
"""

import importlib
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from npc.cast import MODEL
from npc.meaning import WORD_VECTORS
from npc.models import ModelStore

DIMENSIONS: Final = 64
COMMON: Final = 3
"""Directions that all words share."""
_BLANK: Final = "\u0120"
"""Stands for a blank before a word in the vocabulary of byte-level BPE."""


def word_vectors(names: list[str], table: NDArray[np.float32]) -> tuple[list[str], NDArray[np.int8]]:
    """Words and their vectors, (words, `DIMENSIONS`) int8, from a vocabulary and its embeddings (tokens,
    width)."""
    rows = {
        name[1:]: row
        for row, name in enumerate(names)
        if name.startswith(_BLANK) and name[1:].isascii() and name[1:].isalpha() and name[1:].islower()
    }
    vectors = table[list(rows.values())]
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    kept = directions[:, ::-1][:, COMMON : COMMON + DIMENSIONS]
    small = vectors @ kept
    small /= np.abs(small).max(axis=1, keepdims=True)
    return list(rows), np.round(small * 127.0).astype(np.int8)


def main() -> int:
    """Write the file; 0."""
    gguf: Any = importlib.import_module("gguf")
    reader = gguf.GGUFReader(str(ModelStore.default().file(*MODEL)))
    field = reader.fields["tokenizer.ggml.tokens"]
    names = [bytes(field.parts[part]).decode("utf-8") for part in field.data]
    tensor = next(one for one in reader.tensors if one.name == "token_embd.weight")
    table = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
    found, vectors = word_vectors(names, table)
    np.savez_compressed(WORD_VECTORS, words=np.array("\n".join(found)), vectors=vectors)
    print(f"{WORD_VECTORS}: {len(found)} words, {Path(WORD_VECTORS).stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
