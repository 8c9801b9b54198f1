"""How near two sayings are in what they speak of, though they share no word: "puppy" and "dog".

A saying is the sum of the vectors of its words, the telling ones weighing more (Arora et al. 2017).
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from npc.text import words

Floats = NDArray[np.float32]

WORD_VECTORS: Final = Path(__file__).parent / "data" / "word_vectors.npz"
"""Made by `npc.training.word_vectors`."""
_WEIGHT_POWER: Final = 1.5


@cache
def _vectors() -> tuple[dict[str, int], Floats]:
    """Row of each known word, and unit vectors (words, dimensions). Raises ValueError naming the file."""
    try:
        with np.load(WORD_VECTORS, allow_pickle=False) as held:
            known = str(held["words"]).split("\n")
            table = held["vectors"].astype(np.float32)
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise ValueError(f"{WORD_VECTORS}: expected the arrays words and vectors ({error}).") from error
    if table.ndim != 2 or len(table) != len(known):
        raise ValueError(f"{WORD_VECTORS}: expected a vector for each of {len(known)} words.")
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)
    return {word: row for row, word in enumerate(known)}, table


class MeaningIndex:
    """Sayings laid out for comparison by meaning."""

    def __init__(self, sayings: Sequence[str], weight: Callable[[str], float]) -> None:
        """``weight`` tells how telling a word is, 0 upwards."""
        self._weight = weight
        rows, table = _vectors()
        self._rows, self._table = rows, table
        self._sayings = np.zeros((len(sayings), table.shape[1]), dtype=np.float32)
        for number, saying in enumerate(sayings):
            self._sayings[number] = self._vector(saying)

    def near(self, saying: str) -> Floats:
        """Cosine (0 to 1) of ``saying`` with every row: (n,) float32; zero where nothing of it is known."""
        near: Floats = np.maximum(self._sayings @ self._vector(saying), 0.0)
        return near

    def _vector(self, saying: str) -> Floats:
        known = [word for word in words(saying) if word in self._rows]
        weights = np.array([self._weight(word) for word in known], dtype=np.float32) ** _WEIGHT_POWER
        total = weights @ self._table[[self._rows[word] for word in known]]
        unit: Floats = (total / max(1e-6, float(np.linalg.norm(total)))).astype(np.float32)
        return unit
