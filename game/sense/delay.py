"""How late what is played is heard, all the time: the sound card's delay, and the drift of two clocks.

Every half second the last second of the microphone is compared with what was played about then
(generalised cross-correlation with phase transform, Knapp and Carter 1976: in a reverberant room the direct
sound stands out of it as one peak). A straight line through the findings of the last half minute tells the
delay to a fraction of a sample and the drift to a millionth.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE

Samples = NDArray[np.float32]

WINDOW: Final = 16_384
"""Samples compared at a time, about a second: at 300 ppm they shift by five samples against each other."""
EVERY: Final = EAR_RATE // 2
"""Samples between two comparisons."""
EARLIEST: Final = -EAR_RATE // 4
"""Samples: what is played may be told of this much later than its echo reaches the microphone."""
LATEST: Final = EAR_RATE * 3 // 4
"""Samples: the longest delay looked for; three times what Bluetooth needs."""
_FFT: Final = 65_536
_BAND_HZ: Final = (150.0, 6_500.0)
_AUDIBLE: Final = 1e-3
"""RMS of what was played, below which there is nothing to find."""
_CLEAR: Final = 1.6
"""A peak this much higher than any other one stands for the direct sound."""
_HEIGHT: Final = 11.0
"""Times the mean height that a peak must have at least."""
_APART: Final = 160
"""Samples: what is nearer to a peak than this belongs to it."""
_KEPT_S: Final = 30.0
_SAME: Final = 6.0
"""Samples: findings that differ by less belong to one line."""
_SLOPE_MOST: Final = 1e-3
"""No two clocks of a household drift more apart."""
_UNSURE: Final = 0.5
"""Samples by which a finding may be wrong, and ..."""
_SLOPE_USUAL: Final = 1e-4
"""... how much the clocks of sound cards usually drift apart: together they tell how far the slope of a few
findings is to be believed. With the slope left out the offset lags by samples, and the filter unlearns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where the echo was found in one second of sound."""

    delay: float
    """Samples from a sample's being played to its being heard; negative when it was heard before it was told
    of."""
    height: float
    """Of the peak, in mean heights."""
    clear: float
    """Of the peak, in heights of the next one."""

    @property
    def sure(self) -> bool:
        return self.clear >= _CLEAR and self.height >= _HEIGHT


def find_delay(heard: Samples, played: Samples) -> Finding | None:
    """The delay of ``played`` in ``heard``.

    ``heard`` is (WINDOW,); ``played`` is (LATEST + WINDOW - EARLIEST,) and begins LATEST samples before it.
    None when nothing was played or heard.
    """
    middle = played[LATEST : LATEST + WINDOW]
    if float(np.sqrt(np.mean(np.square(middle, dtype=np.float64)))) < _AUDIBLE:
        return None
    if not heard.any():
        return None
    near = np.fft.rfft(heard * np.hanning(len(heard)), _FFT)
    cross = near * np.fft.rfft(played, _FFT).conj()
    frequency = np.fft.rfftfreq(_FFT, 1.0 / EAR_RATE)
    band = (frequency > _BAND_HZ[0]) & (frequency < _BAND_HZ[1])
    size = np.abs(cross)
    cross = np.where(band, cross / (size + 1e-9 * size.max(initial=1e-12)), 0.0)
    likeness = np.fft.irfft(cross, _FFT)
    span = LATEST - EARLIEST
    # Sound that is heard late matches what was played early: from LATEST samples before to after the window.
    line = np.concatenate((likeness[-span:], likeness[:1]))
    best = int(np.argmax(line))
    others = np.concatenate((line[: max(0, best - _APART)], line[best + _APART :]))
    second = float(others.max(initial=1e-12))
    part = 0.0
    if 0 < best < span:
        left, top, right = (float(v) for v in line[best - 1 : best + 2])
        part = 0.5 * (left - right) / min(-1e-12, left - 2.0 * top + right)
    return Finding(
        delay=EARLIEST + best + part,
        height=float(line[best] / np.sqrt(np.mean(line**2))),
        clear=float(line[best] / second),
    )


class DelayLine:
    """The straight line of the delay over time: what the findings agree on."""

    def __init__(self) -> None:
        self._found: deque[tuple[int, float]] = deque()
        """(sample of the microphone, offset): a line's points."""
        self._strays: list[tuple[int, float]] = []
        """Findings beside the line, which may be the beginning of another one."""
        self.offset = 0.0
        """Where the line is at `_at`."""
        self.slope = 0.0
        """Samples per sample."""
        self._prior = 0.0
        """The slope that is believed before there are findings."""
        self._at = 0

    @property
    def known(self) -> bool:
        return bool(self._found)

    def at(self, heard: int) -> float:
        """The offset at so many samples of the microphone."""
        return self.offset + self.slope * (heard - self._at)

    def add(self, heard: int, offset: float) -> bool:
        """Takes a sure finding; True when a new line has begun (the device was changed, or skipped)."""
        if self._found and abs(offset - self.at(heard)) > _SAME:
            # Two in a row that agree with each other are right, and the line is wrong.
            self._strays = [s for s in self._strays if abs(offset - s[1]) <= _SAME]
            self._strays.append((heard, offset))
            if len(self._strays) < 2:
                return False
            self._found.clear()
            self._found.extend(self._strays)
            self._strays = []
            self._prior = self.slope  # The clocks are still the same.
            self._fit()
            return True
        first = not self._found
        self._strays = []
        self._found.append((heard, offset))
        while heard - self._found[0][0] > _KEPT_S * EAR_RATE:
            self._found.popleft()
        self._fit()
        return first

    def restart(self) -> None:
        """Another microphone, or the same one after a gap: what was known of the delay is void."""
        self._found.clear()
        self._strays = []
        self.slope = self._prior = 0.0

    def _fit(self) -> None:
        points = np.array(self._found, dtype=np.float64)
        self._at = int(points[-1, 0])
        time, offset = points[:, 0] - self._at, points[:, 1]
        if len(time) > 1:
            centred = time - time.mean()
            doubt = (_UNSURE / _SLOPE_USUAL) ** 2
            told = float(centred @ (offset - offset.mean())) + doubt * self._prior
            slope = told / (float(centred @ centred) + doubt)
            self.slope = max(-_SLOPE_MOST, min(_SLOPE_MOST, slope))
        self.offset = float(offset.mean() + self.slope * (0.0 - time.mean()))
