"""Turning points of something that goes to and fro: the one measure behind walking, waving and beckoning.

A turn is confirmed when the signal has come back from it by enough. Only differences count, so a signal with
an offset (a hand that rests crooked) swings as well as a centred one.
"""

import math
from dataclasses import dataclass
from typing import Final

REFRESH: Final = 0.15
"""A swing still under way must deepen by this part of the least swing to count as movement."""


SHARE: Final = 0.35
"""Of the usual amplitude a swing must have at least."""
MOST_SHARE: Final = 1.5
"""One large movement (a hand that arrives) must not hide the smaller ones after it: no swing need be larger
than this many times the least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One confirmed turning point."""

    t_s: float
    """When the signal turned, which is earlier than when it was noticed."""
    peak: bool
    """True for a highest point, False for a lowest."""
    value: float
    amplitude: float
    """Difference from the turn before."""


class Swing:
    """Finds the turns of a signal; a swing smaller than ``least`` or shorter than ``shortest_s`` is a tremor.

    ``share`` of the usual amplitude is wanted of a swing as well, so that large movements are not counted
    twice by the tremor on top of them.
    """

    def __init__(self, *, least: float, shortest_s: float = 0.1, share: float = SHARE) -> None:
        self._least = least
        self._shortest_s = shortest_s
        self._share = share
        self._rising: bool | None = None
        self._low = self._high = (0.0, 0.0)
        self._started = False
        self._last: Turn | None = None
        self._usual = 0.0
        self.active_s = 0.0
        """When the signal last moved on in a swing, seconds."""

    @property
    def usual(self) -> float:
        """The usual amplitude, in the signal's unit; 0 before any swing."""
        return self._usual

    def feed(self, value: float, t_s: float, *, part: float = 1.0) -> Turn | None:
        """The turn that this sample confirms, or None; ``part`` of the usual way back confirms it."""
        if not self._started:
            self._started = True
            self._low = self._high = (value, t_s)
            return None
        enough = part * max(self._least, min(self._share * self._usual, MOST_SHARE * self._least))
        if value > self._high[0]:
            if self._rising and value > self._high[0] + REFRESH * enough:
                self.active_s = t_s
            self._high = (value, t_s)
        if value < self._low[0]:
            if self._rising is False and value < self._low[0] - REFRESH * enough:
                self.active_s = t_s
            self._low = (value, t_s)
        if self._rising is not False and self._high[0] - value >= enough:
            return self._turned(peak=True, value=value, t_s=t_s)
        if self._rising is not True and value - self._low[0] >= enough:
            return self._turned(peak=False, value=value, t_s=t_s)
        return None

    def _turned(self, *, peak: bool, value: float, t_s: float) -> Turn | None:
        top, at_s = self._high if peak else self._low
        self._rising = not peak
        self._low = self._high = (value, t_s)
        self.active_s = t_s
        before = self._last
        if before is None:
            # Here the signal happened to start, it did not turn; but the next swing is measured from it.
            self._last = Turn(t_s=-math.inf, peak=peak, value=top, amplitude=0.0)
            return None
        if at_s - before.t_s < self._shortest_s:
            return None
        amplitude = abs(top - before.value)
        turn = Turn(t_s=at_s, peak=peak, value=top, amplitude=amplitude)
        self._last = turn
        self._usual = amplitude if self._usual == 0.0 else 0.7 * self._usual + 0.3 * amplitude
        return turn


EVEN: Final = 1.9
"""In a rhythm no half swing is this many times as long as the usual one, unless it is quick anyway."""
QUICK_S: Final = 0.5


class Rhythm:
    """Counts turns that follow each other in an even to and fro, ``longest_s`` apart at most."""

    def __init__(self, *, longest_s: float) -> None:
        self._longest_s = longest_s
        self._last: Turn | None = None
        self.count = 0
        self.half_s = longest_s
        """The usual time from one turn to the next."""

    @property
    def last_s(self) -> float:
        """When the last counted turn was."""
        return self._last.t_s if self._last is not None else -math.inf

    def feed(self, turn: Turn, *, even: bool = True, slack_s: float = 0.0) -> bool:
        """Count a turn; False when it only repeats the side that turned last. With ``even`` a turn that is
        later than the rhythm begins a new one; ``slack_s`` is by how much its time may be wrong."""
        last = self._last
        usual_s = max(QUICK_S, EVEN * self.half_s) if even and self.count >= 2 else self._longest_s
        if last is not None and turn.t_s - last.t_s <= min(self._longest_s, usual_s) + slack_s:
            if turn.peak == last.peak:
                return False
            gap_s = turn.t_s - last.t_s
            self.half_s = gap_s if self.count < 2 else 0.6 * self.half_s + 0.4 * gap_s
            self.count += 1
        else:
            self.count = 1
        self._last = turn
        return True

    def reset(self) -> None:
        self._last = None
        self.count = 0
