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
BEYOND: Final = 1.15
LAP: Final = 0.75
"""Lower in the picture than this a hand is first seen in the lap or on a table, 0 to 1 ..."""
LAP_BELOW: Final = 0.5
"""... and the reach then ends this part of its half below it."""
TIRED_GAIN: Final = 0.5
LOWER_BY: Final = 0.4
"""For a spent arm: how much farther each motion reaches, and by which part of half the reach it may sink."""
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
        return max(-BEYOND, min(BEYOND, (at - middle) / max((self.high - self.low) / 2.0, 1e-6)))


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
        ease: tuple[float, float] | None = None,
    ) -> None:
        """Take in one frame of one hand: its place, how far it went since the last frame (both in the
        mirrored picture), and its palm length in widths of the picture; and where a hand at ease would be,
        as far as the head tells."""
        if not self._fitted:
            self._fit(at, palm_width, aspect, ease)
        least = min(LEAST_PALMS * palm_width, START_HALF[0])
        self._x.learn(at[0], abs(travelled[0]), dt_s=dt_s, least=least)
        least = min(LEAST_PALMS * palm_width * aspect, START_HALF[1])
        self._y.learn(at[1], abs(travelled[1]), dt_s=dt_s, least=least)

    def _fit(
        self, at: tuple[float, float], palm_width: float, aspect: float, ease: tuple[float, float] | None
    ) -> None:
        """Far from the camera an arm cannot span the picture: begin with what it can span, before the chest
        when a head was seen, else where the hand is. A hand low in the picture lies in the lap or on a table:
        there it rests, so the reach begins a little below it and goes up."""
        self._fitted = True
        for axis, place, palm, half, before_chest in (
            (self._x, at[0], palm_width, START_HALF[0], ease[0] if ease else None),
            (self._y, at[1], palm_width * aspect, START_HALF[1], ease[1] if ease else None),
        ):
            span = min(half, COMFORT_PALMS * palm)
            free = half - span
            if before_chest is None or abs(place - before_chest) > 1.5 * span:
                middle = 0.5 + max(-free, min(free, place - 0.5))
            else:
                middle = before_chest
            axis.low, axis.high = middle - span, middle + span
        if at[1] > LAP:
            down = max(0.0, at[1] + LAP_BELOW * (self._y.high - self._y.low) / 2.0 - self._y.high)
            self._y.low, self._y.high = self._y.low + down, self._y.high + down

    def move(self, right: float, down: float) -> None:
        """The body has moved by this in the mirrored picture, and the hands' room with it."""
        self._x.low, self._x.high = self._x.low + right, self._x.high + right
        self._y.low, self._y.high = self._y.low + down, self._y.high + down

    @property
    def middle(self) -> tuple[float, float]:
        """Where a hand at ease is, in the mirrored picture."""
        return (self._x.low + self._x.high) / 2.0, (self._y.low + self._y.high) / 2.0

    @property
    def half(self) -> tuple[float, float]:
        """Half of the reach, in widths and heights of the picture."""
        return (self._x.high - self._x.low) / 2.0, (self._y.high - self._y.low) / 2.0

    def place(self, at: tuple[float, float], *, spent: float = 0.0) -> tuple[float, float]:
        """A place in the mirrored picture within the reach: right and up, -1 at one edge and 1 at the other.

        For an arm that is ``spent`` (0 fresh to 1) smaller motions reach as far, and a lower hand as high.
        """
        down = LOWER_BY * spent * (self._y.high - self._y.low) / 2.0
        gain = 1.0 + TIRED_GAIN * spent
        x, y = self._x.place(at[0]) * gain, -self._y.place(at[1] - down) * gain
        return max(-BEYOND, min(BEYOND, x)), max(-BEYOND, min(BEYOND, y))
