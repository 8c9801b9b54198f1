"""How well phrases fit the phones that were heard: alignments of connectionist temporal classification."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.sense.phone_model import BLANK, LogProbabilities

_NEVER: Final = -1e9


class PhraseNet:
    """Many phrases, each a row of symbols, aligned with the same sound in one pass."""

    def __init__(self, phrases: Sequence[Sequence[int]]) -> None:
        """``phrases`` are symbols of the phone model, none of them empty."""
        if not phrases or any(not phrase for phrase in phrases):
            raise ValueError("A phrase to listen for has no sound.")
        longest = max(len(phrase) for phrase in phrases)
        count = len(phrases)
        # Between any two phones, before the first and after the last, there may be none for a while.
        self._labels: NDArray[np.intp] = np.full((count, 2 * longest + 1), BLANK, np.intp)
        self._last = np.array([2 * len(phrase) for phrase in phrases])
        for row, phrase in enumerate(phrases):
            self._labels[row, 1 : 2 * len(phrase) : 2] = phrase
        # One may follow the other at once unless they are the same.
        skips = np.zeros(self._labels.shape, bool)
        skips[:, 3::2] = self._labels[:, 3::2] != self._labels[:, 1:-2:2]
        self._skip_cost = np.where(skips, 0.0, _NEVER).astype(np.float32)

    def scores(self, heard: LogProbabilities) -> NDArray[np.float32]:
        """Log probability of each phrase's best alignment with the whole sound: (phrases,)."""
        count, states = self._labels.shape
        best = np.full((count, states), _NEVER, np.float32)
        best[:, :2] = heard[0][self._labels[:, :2]]
        for frame in heard[1:]:
            come = best.copy()
            np.maximum(come[:, 1:], best[:, :-1], out=come[:, 1:])
            np.maximum(come[:, 2:], best[:, :-2] + self._skip_cost[:, 2:], out=come[:, 2:])
            best = come + frame[self._labels]
        rows = np.arange(count)
        return np.asarray(np.maximum(best[rows, self._last], best[rows, self._last - 1]), np.float32)


def free_score(heard: LogProbabilities) -> float:
    """Log probability of whatever fits best, a phrase or not: no phrase scores higher."""
    return float(heard.max(axis=1).sum())


def phones_heard(heard: LogProbabilities) -> int:
    """How many phones the most probable reading has."""
    best = heard.argmax(axis=1)
    return int(((best != BLANK) & (best != np.concatenate(([BLANK], best[:-1])))).sum())
