"""What the loudspeaker plays, laid beside what the microphone hears of it.

The two come from two clocks, with a delay that nobody knows, in portions of any size. Here each 10 ms of the
microphone get the 10 ms of played sound whose direct echo is in them, to a fraction of a sample, however the
delay drifts or jumps.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_BLOCK, EAR_RATE
from game.sense.delay import EARLIEST, EVERY, LATEST, WINDOW, DelayLine, find_delay
from game.sense.fractional import HALF, read_between

Samples = NDArray[np.float32]

LEAD: Final = 96
"""Samples by which the played sound comes before its echo: a direct sound that was found a little too late
must not lie before it."""
_KEPT: Final = WINDOW + LATEST - EARLIEST
_JUMP: Final = 24.0
"""Samples: a correction that is larger is made at once."""
_SLEW: Final = 4e-4
"""Samples per sample: smaller corrections are made so slowly that a filter can follow."""


class Tape:
    """The last ``kept`` samples of an endless row, addressed by their number in it."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._line = np.zeros(4 * kept, np.float32)
        self._end = kept
        self.count = 0
        """Samples so far."""

    def add(self, samples: Samples) -> None:
        # Counted before they are cut: whoever was away for longer than this goes on at the right number.
        self.count += len(samples)
        samples = samples[-self._kept :]
        if self._end + len(samples) > len(self._line):
            # Moved together once in a while, so that adding costs next to nothing.
            self._line[: self._kept] = self._line[self._end - self._kept : self._end]
            self._end = self._kept
        self._line[self._end : self._end + len(samples)] = samples
        self._end += len(samples)

    def read(self, first: int, count: int) -> Samples:
        """``count`` samples from number ``first``, a copy; silence where they are not there (any more)."""
        out = np.zeros(count, np.float32)
        low = max(first, self.count - self._kept)
        high = min(first + count, self.count)
        if high > low:
            shift = self._end - self.count
            out[low - first : high - first] = self._line[low + shift : high + shift]
        return out


class Playback:
    """Both sounds of the last seconds, and the line between them."""

    def __init__(self) -> None:
        self._played = Tape(_KEPT)
        self._heard = Tape(WINDOW)
        self._line = DelayLine()
        self._base: float | None = None
        """Number of the played sample that lies beside the microphone's sample 0; None before any."""
        self._compared = 0

    @property
    def delay_s(self) -> float | None:
        """Seconds from a sample's being told of to its being heard; None while that is unknown."""
        if not self._line.known:
            return None
        return (self._played.count - self._heard.count - self._line.at(self._heard.count)) / EAR_RATE

    @property
    def drift_ppm(self) -> float:
        """Millionths by which the loudspeaker's clock is faster than the microphone's."""
        return self._line.slope * 1e6

    @property
    def lacks(self) -> bool:
        """True while played sound that belongs to the microphone's next block has not come yet."""
        if self._base is None:
            return False
        return self._heard.count + self._base + EAR_BLOCK + HALF + 1 > self._played.count

    def add(self, samples: Samples) -> None:
        """So much more was played (16 kHz)."""
        self._played.add(samples)

    def beside(self, block: Samples) -> tuple[Samples, float]:
        """The played sound (160 samples) that belongs to the microphone's next block, and by how many samples
        it was moved on against the block before (0: it follows it). Silence where it has not come."""
        self._heard.add(block)
        if self._heard.count - self._compared >= EVERY:
            self._compared = self._heard.count
            self._compare()
        moved = self._move()
        return self._read(EAR_BLOCK), moved

    def before(self, count: int) -> Samples:
        """The ``count`` samples that lie before those that were given last, as they lie by now."""
        return self._read(count + EAR_BLOCK)[:count]

    def restart(self) -> None:
        """The microphone was gone for a while: what was known of the delay is void."""
        self._line.restart()
        self._base = None

    def _compare(self) -> None:
        """Looks for the echo in the last second."""
        heard, played = self._heard.count, self._played.count
        if heard < WINDOW:
            return
        stretch = self._played.read(played - WINDOW - LATEST, LATEST + WINDOW - EARLIEST)
        found = find_delay(self._heard.read(heard - WINDOW, WINDOW), stretch)
        if found is not None and found.sure:
            self._line.add(heard - WINDOW // 2, played - heard - found.delay)

    def _move(self) -> float:
        """Follows the line; the samples of a jump where it took one."""
        if not self._line.known:
            if self._base is None:
                # Nothing is known yet: the newest beside the newest.
                self._base = float(self._played.count - self._heard.count)
            return 0.0
        wanted = self._line.at(self._heard.count - EAR_BLOCK) + LEAD
        if self._base is None or abs(wanted - self._base) > _JUMP:
            jump = wanted - (wanted if self._base is None else self._base)
            self._base = wanted
            return jump
        most = _SLEW * EAR_BLOCK
        self._base += max(-most, min(most, wanted - self._base))
        return 0.0

    def _read(self, count: int) -> Samples:
        """The last ``count`` samples beside what was heard."""
        first = self._heard.count - count + (self._base or 0.0)
        whole = int(np.floor(first)) - HALF
        around = self._played.read(whole, count + 2 * HALF + 8)
        if not around.any():
            return np.zeros(count, np.float32)
        slope = self._line.slope if self._line.known else 0.0
        return read_between(around, first - whole + np.arange(count) * (1.0 + slope))
