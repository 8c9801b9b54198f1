"""From where a hand is in the picture to where it aims in the view, by the player's own comfortable reach."""

import math
from dataclasses import dataclass
from typing import Final

AZIMUTH_RAD: Final = math.radians(35.0)
ELEVATION_RAD: Final = math.radians(25.0)
"""Aim at the edge of the reach, to either side of straight ahead."""
START_HALF: Final = (0.36, 0.38)
"""Half of the reach before anything is learned, in widths and heights of the picture."""
LEAST_PALMS: Final = 1.6
"""Half of the least reach, in palm lengths: smaller would turn trembling into aiming."""
COMFORT_PALMS: Final = 3.2
"""Half of the greatest reach that an arm is asked for, in palm lengths (some 30 cm): from far away the
comfortable reach is only a part of the picture."""
SHRINK: Final = 0.012
"""How much of the unused margin goes with each reach travelled."""
GROW_S: Final = 0.25
"""Time constant with which the reach follows a hand beyond it."""


@dataclass(slots=True)
class _Axis:
    low: float
    high: float

    def learn(self, at: float, travelled: float, *, dt_s: float, least: float) -> None:
        grow = 1.0 - math.exp(-dt_s / GROW_S)
        shrink = SHRINK * min(1.0, travelled / max(self.high - self.low, 1e-6))
        room = max(0.0, (self.high - self.low) - 2.0 * least)
        if at < self.low:
            self.low += (at - self.low) * grow
        else:
            self.low += min(shrink * (at - self.low), room / 2.0)
        if at > self.high:
            self.high += (at - self.high) * grow
        else:
            self.high += max(shrink * (at - self.high), -room / 2.0)

    def place(self, at: float) -> float:
        """-1 at the low edge, 0 in the middle, 1 at the high edge; a little beyond at most."""
        middle = (self.low + self.high) / 2.0
        return max(-1.15, min(1.15, (at - middle) / max((self.high - self.low) / 2.0, 1e-6)))


class Reach:
    """The box of the picture in which the player's hands move, learned silently while they move.

    A hand in the middle of the picture looks straight ahead until the player shows another middle. Both hands
    share one box, so that they can meet.
    """

    def __init__(self) -> None:
        self._x = _Axis(low=0.5 - START_HALF[0], high=0.5 + START_HALF[0])
        self._y = _Axis(low=0.5 - START_HALF[1], high=0.5 + START_HALF[1])
        self._fitted = False

    def recenter(self) -> None:
        """Forget what was learned: where the hands are next seen becomes the middle."""
        self.__init__()  # type: ignore[misc]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) in the mirrored picture, 0 to 1."""
        return self._x.low, self._y.low, self._x.high, self._y.high

    def learn(
        self,
        at: tuple[float, float],
        travelled: tuple[float, float],
        *,
        palm_width: float,
        aspect: float,
        dt_s: float,
    ) -> None:
        """Take in one frame of one hand: its place, how far it went since the last frame (both in the
        mirrored picture), and its palm length in widths of the picture."""
        if not self._fitted:
            self._fit(at, palm_width, aspect)
        least = min(LEAST_PALMS * palm_width, START_HALF[0])
        self._x.learn(at[0], abs(travelled[0]), dt_s=dt_s, least=least)
        least = min(LEAST_PALMS * palm_width * aspect, START_HALF[1])
        self._y.learn(at[1], abs(travelled[1]), dt_s=dt_s, least=least)

    def _fit(self, at: tuple[float, float], palm_width: float, aspect: float) -> None:
        """Far from the camera an arm cannot span the picture: begin with what it can span, where it is."""
        self._fitted = True
        for axis, place, palm, half in (
            (self._x, at[0], palm_width, START_HALF[0]),
            (self._y, at[1], palm_width * aspect, START_HALF[1]),
        ):
            span = min(half, COMFORT_PALMS * palm)
            free = half - span
            middle = 0.5 + max(-free, min(free, place - 0.5))
            axis.low, axis.high = middle - span, middle + span

    def aim(self, at: tuple[float, float]) -> tuple[float, float]:
        """Azimuth (right positive) and elevation in radians of a place in the mirrored picture."""
        return self._x.place(at[0]) * AZIMUTH_RAD, -self._y.place(at[1]) * ELEVATION_RAD
