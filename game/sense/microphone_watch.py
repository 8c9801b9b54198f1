"""Watches what a microphone delivers, and says in a sentence what is wrong with it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE

Samples = NDArray[np.float32]

_LOOK_S: Final = 10.0
"""Sound that is judged at a time."""
_CLIPPED: Final = 0.985
"""Of full scale; converters stop a little below it."""
_CLIPPED_SHARE: Final = 0.002
"""Two samples in a thousand are a voice whose every vowel is clipped; one shout is fewer."""
_OFFSET: Final = 0.03
"""Of full scale; sound that is shifted by more comes from a faulty socket or cable."""
_DEAD_LOOKS: Final = 3
"""Stretches of nothing but zeros: even a quiet room is not that quiet."""

CLIPPED: Final = "The microphone is turned up too far, loud speech is cut off: turn its level down."
SHIFTED: Final = "The microphone's sound is shifted off zero: its cable or socket may be faulty."
MUTED: Final = "The microphone delivers nothing but digital silence: it may be muted."


class MicrophoneWatch:
    """Fed with every block; tells each fault once, and again only after it was gone."""

    def __init__(self) -> None:
        self._samples = 0
        self._clipped = 0
        self._sum = 0.0
        self._peak = 0.0
        self._dead = 0
        self._told: set[str] = set()

    def feed(self, block: Samples) -> list[str]:
        """The sentences that have become true with this block."""
        self._samples += len(block)
        size = np.abs(block)
        self._clipped += int(np.count_nonzero(size >= _CLIPPED))
        self._sum += float(block.sum(dtype=np.float64))
        self._peak = max(self._peak, float(size.max(initial=0.0)))
        if self._samples < _LOOK_S * EAR_RATE:
            return []
        self._dead = self._dead + 1 if self._peak == 0.0 else 0
        now = {
            CLIPPED: self._clipped > _CLIPPED_SHARE * self._samples,
            SHIFTED: abs(self._sum) > _OFFSET * self._samples,
            MUTED: self._dead >= _DEAD_LOOKS,
        }
        self._samples, self._clipped, self._sum, self._peak = 0, 0, 0.0, 0.0
        new = [sentence for sentence, true in now.items() if true and sentence not in self._told]
        self._told = {sentence for sentence, true in now.items() if true}
        return new
