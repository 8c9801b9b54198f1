"""Does a sentence end here? How likely it is that somebody who has said these words has said all of them.

Logistic regression on the last words, the first ones and the length: "I left the oven" may go on, "I left
the" must. The spelling of a recogniser is no help: it puts a full stop behind everything. Pure; the weights
are trained by `npc.training.endings`.
"""

import math
import re
import zlib
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from npc.text import words

BUCKETS: Final = 1 << 14
WEIGHTS: Final = Path(__file__).parent / "data" / "endings.npz"
_STOP: Final = re.compile(r"[.!?]+\s+")


def ended(text: str) -> float:
    """0 to 1: that the sentence which is begun (or whole) at the end of ``text`` is whole. 0 where there are
    no words."""
    said = words(_STOP.split(text.strip())[-1])
    if not said:
        return 0.0
    weights = _weights()
    return 1.0 / (1.0 + math.exp(-float(sum(weights[mark] for mark in marks(said)))))


def marks(said: list[str]) -> list[int]:
    """Buckets of what is telling in the words of one sentence, which are at least one; always as many."""
    last, count = said[-1], len(said)
    before = said[-2] if count > 1 else "^"
    third = said[-3] if count > 2 else "^"
    told = (
        "all",
        f"last {last}",
        f"before {before}",
        f"third {third}",
        f"two {before} {last}",
        f"three {third} {before} {last}",
        f"long {min(count, 10)}",
        f"first {said[0]}",
        f"begins {said[0]} {said[1] if count > 1 else ''}",
        f"end {last[-3:]}",
        f"ends {before[-2:]} {last[-2:]}",
        f"asks {said[0]} {min(count, 6)}",
    )
    return [zlib.crc32(one.encode()) % BUCKETS for one in told]


@cache
def _weights() -> NDArray[np.float32]:
    with np.load(WEIGHTS) as stored:
        return np.asarray(stored["table"].astype(np.float32) * stored["scale"], np.float32)
