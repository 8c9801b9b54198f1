"""From what the loudspeaker plays to what the echo canceller compares: 48 kHz stereo to 16 kHz mono."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE, SAMPLE_RATE

_FACTOR: Final = SAMPLE_RATE // EAR_RATE
_TAPS: Final = 121
DELAY_S: Final = (_TAPS - 1) / 2 / SAMPLE_RATE
"""Seconds by which the low-pass filter is late."""


def _low_pass() -> NDArray[np.float32]:
    """(121,) windowed sinc: flat to 6.8 kHz, 70 dB down from 8.4 kHz on."""
    n = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps = np.sinc(2.0 * 7500.0 / SAMPLE_RATE * n) * np.kaiser(_TAPS, 7.0)
    return np.asarray(taps / taps.sum(), dtype=np.float32)


class ReferenceResampler:
    """Streams blocks of any size; the result does not depend on how the stream is cut."""

    def __init__(self) -> None:
        self._taps = _low_pass()
        self._past = np.zeros(_TAPS - 1, dtype=np.float32)
        self._phase = 0

    def push(self, stereo: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 2) at 48 kHz in; about n / 3 samples of mono at 16 kHz out, ``DELAY_S`` late."""
        if not len(stereo):
            return np.zeros(0, dtype=np.float32)
        mono = stereo.mean(axis=1, dtype=np.float32)
        line = np.concatenate([self._past, mono])
        self._past = line[-(_TAPS - 1) :].copy()
        # Only every third window is wanted: a strided view spares two thirds of the work.
        windows = np.lib.stride_tricks.sliding_window_view(line, _TAPS)[self._phase :: _FACTOR]
        self._phase = (self._phase - len(mono)) % _FACTOR
        return np.asarray(windows @ self._taps, dtype=np.float32)
