"""The last stage: nothing that leaves the mixer is louder than the ceiling, and nothing is cut off flat."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

QUANTUM: Final = 160
"""Samples of one step of the gain, 3.3 ms; the limiter looks one step ahead and delays by as much."""
CEILING: Final = 0.95
_RECOVER: Final = 0.03
"""Share of the lost gain that comes back in one step: about a tenth of a second to recover."""


class Limiter:
    """Turns loud passages down by a gain that moves in straight lines from step to step.

    The gain at each edge is low enough for the loudest sample on both of its sides, so the line between two
    edges is too: the ceiling holds without clipping.
    """

    def __init__(self) -> None:
        self._held = np.zeros((2, QUANTUM), dtype=np.float32)
        self._held_need = 1.0
        self._edge = 1.0

    def process(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """The (2, n) given, n a multiple of ``QUANTUM``: ``QUANTUM`` samples late, within ``CEILING``."""
        steps = sound.shape[1] // QUANTUM
        peaks = np.abs(sound).reshape(2, steps, QUANTUM).max(axis=(0, 2))
        delayed = np.concatenate([self._held, sound[:, :-QUANTUM]], axis=1)
        self._held = sound[:, -QUANTUM:].copy()
        if self._edge > 0.9999 and self._held_need == 1.0 and peaks.max(initial=0.0) <= CEILING:
            self._edge = 1.0
            return delayed
        edges = np.empty(steps + 1, dtype=np.float32)
        edges[0] = self._edge
        for step, peak in enumerate(peaks):
            need = min(1.0, CEILING / float(peak)) if peak > 0.0 else 1.0
            recovered = self._edge + (1.0 - self._edge) * _RECOVER
            self._edge = min(recovered, need, self._held_need)
            self._held_need = need
            edges[step + 1] = self._edge
        ramp = np.arange(1, QUANTUM + 1, dtype=np.float32) / QUANTUM
        gain = edges[:-1, None] + (edges[1:, None] - edges[:-1, None]) * ramp
        return np.asarray(delayed * gain.reshape(-1), dtype=np.float32)
