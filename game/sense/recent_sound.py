"""What the ears remember of the sound: its last seconds, and how loud it is."""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE
from game.sense.observations import Loudness
from game.sense.voice_activity import is_hummed, level_db

Samples = NDArray[np.float32]

_LOUDNESS_S: Final = 0.1
_LOUDNESS_STEP_DB: Final = 3.0
_LOUDNESS_FLOOR_DB: Final = -60.0
"""Below this, changes are the microphone's own noise."""


class RecentSound:
    """The last seconds of sound, addressed by play-clock time."""

    def __init__(self, kept_s: float) -> None:
        self._kept = int(kept_s * EAR_RATE)
        self._blocks: deque[Samples] = deque()
        self._held = 0
        self._total = 0
        self._end_s = 0.0

    def add(self, block: Samples, end_s: float) -> None:
        self._blocks.append(block)
        self._held += len(block)
        self._total += len(block)
        self._end_s = end_s
        while self._held - len(self._blocks[0]) >= self._kept:
            self._held -= len(self._blocks.popleft())

    @property
    def held_s(self) -> float:
        return self._held / EAR_RATE

    def beyond(self, window: int) -> float:
        """Seconds of sound after the end of the last whole window of so many samples."""
        return (self._total % window) / EAR_RATE

    def between(self, start_s: float, end_s: float) -> Samples:
        """What is kept of the sound from ``start_s`` to ``end_s``."""
        first = self._held - round((self._end_s - start_s) * EAR_RATE)
        last = self._held - round((self._end_s - end_s) * EAR_RATE)
        first, last = max(0, first), min(self._held, last)
        parts: list[Samples] = []
        at = 0
        for block in self._blocks:
            if at + len(block) > first and at < last:
                parts.append(block[max(0, first - at) : last - at])
            at += len(block)
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


class Meter:
    """Level of the last 100 ms, told when it changes."""

    def __init__(self) -> None:
        self._blocks: list[Samples] = []
        self._told_db = -100.0
        self._told_voiced = False

    def feed(self, block: Samples, at_s: float, *, voiced: bool) -> Loudness | None:
        self._blocks.append(block)
        if sum(len(b) for b in self._blocks) < _LOUDNESS_S * EAR_RATE:
            return None
        samples = np.concatenate(self._blocks)
        self._blocks.clear()
        db = level_db(samples)
        if db < _LOUDNESS_FLOOR_DB:
            db = -100.0
        voiced = voiced or (db > -100.0 and is_hummed(samples))
        if abs(db - self._told_db) < _LOUDNESS_STEP_DB and voiced == self._told_voiced:
            return None
        self._told_db, self._told_voiced = db, voiced
        return Loudness(at_s=at_s, db=round(db, 1), voiced=voiced)
