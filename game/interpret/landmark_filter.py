"""A tracked hand's landmarks made still without being made late: One Euro for a whole hand, in palm lengths.

One Euro (Casiez, Roussel and Vogel, 2012) opens with speed, and the speed of one landmark trembles as the
landmark does. A hand moves as a whole, though: the mean speed of its points trembles far less, so it may
open the filter more; what a finger does beside it opens the filter for that finger alone.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.interpret.hand_features import PALM_M
from game.interpret.one_euro import SPEED_CUTOFF_HZ, smoothing
from game.sense.observations import Point3

Floats = NDArray[np.float64]

MIN_CUTOFF_HZ: Final = 0.6
BETA_HAND: Final = 4.0
BETA_FINGER: Final = 3.0
"""Cutoff hertz for each palm length a second of the hand, and of a point beside its hand."""
STILL_HAND: Final = 0.05
STILL_FINGER: Final = 0.1
"""Palm lengths a second that are trembling and open nothing."""
MAKES_UP: Final = 0.6
"""Which part of the filter's own lag a moving hand makes up for by its speed."""
SIZE_S: Final = 0.5
"""Time constant of the ruler: the palm's length in the picture."""
SURE_SPEED: Final = (0.15, 0.5)
"""Palm lengths a second: slower than the first a hand stands, and is foretold to stand; from the second on
its speed is believed."""
USUAL_FRAME_S: Final = 1.0 / 30.0
LONGEST_FRAME_S: Final = 0.15


class PointsFilter:
    """Filters (K, D) points of one hand. Fed with palm lengths."""

    def __init__(self) -> None:
        self._t_s: float | None = None
        self._value: Floats = np.zeros(0)
        self._speed: Floats = np.zeros(0)
        self._ahead: Floats | float = 0.0

    @property
    def speed(self) -> Floats:
        """(D,) filtered speed of the whole hand, palm lengths a second."""
        return np.asarray(np.add.reduce(self._speed, axis=0) / len(self._speed))

    def __call__(self, points: Floats, t_s: float) -> Floats:
        """The filtered points at ``t_s``; a stamp that does not rise changes nothing."""
        if self._t_s is None:
            self._t_s, self._value, self._speed = t_s, points, np.zeros_like(points)
            return points
        dt_s = t_s - self._t_s
        if dt_s <= 0.0:
            return self._value + self._ahead
        self._t_s = t_s
        rate = (points - self._value) / dt_s
        self._speed = self._speed + smoothing(SPEED_CUTOFF_HZ, dt_s) * (rate - self._speed)
        hand = np.add.reduce(self._speed, axis=0) / len(points)
        beside = np.sqrt(((self._speed - hand) ** 2).sum(axis=1, keepdims=True))
        over = max(0.0, math.sqrt(float(hand @ hand)) - STILL_HAND)
        cutoff = MIN_CUTOFF_HZ + BETA_HAND * over + BETA_FINGER * np.maximum(0.0, beside - STILL_FINGER)
        self._value = self._value + smoothing(cutoff, dt_s) * (points - self._value)
        lag_s = np.minimum(dt_s, 1.0 / (2.0 * math.pi * cutoff))
        self._ahead = MAKES_UP * min(1.0, over / STILL_HAND) * lag_s * hand
        return self._value + self._ahead

    def scale(self, by: float) -> None:
        """The unit has changed: what was 1 is now ``by``."""
        self._value, self._speed, self._ahead = self._value * by, self._speed * by, self._ahead * by


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """One hand's filtered landmarks at the time of its newest frame."""

    image: Floats
    """(21, 3) in the mirrored picture, as `HandSeen.image`."""
    world: Floats
    """(21, 3) metres, as `HandSeen.world`."""


class LandmarkFilter:
    """Image and world landmarks of one hand, from its first frame to its loss."""

    def __init__(self) -> None:
        self._image = PointsFilter()
        self._world = PointsFilter()
        self._palm = 0.0
        self._ruler: Floats = np.ones(3)
        self._t_s: float | None = None
        self._frame_s = USUAL_FRAME_S
        self._seen = False

    def feed(
        self,
        image: tuple[Point3, ...],
        world: tuple[Point3, ...],
        t_s: float,
        *,
        palm_width: float,
        aspect: float,
    ) -> Steady:
        """Take in one frame; ``palm_width`` is a palm length at this distance in widths of the picture."""
        dt_s = None if self._t_s is None else t_s - self._t_s
        if dt_s is None:
            self._palm = palm_width
        elif dt_s > 0.0:
            # Of frames that were lost on the way the usual distance knows nothing.
            self._frame_s += (min(dt_s, LONGEST_FRAME_S) - self._frame_s) * 0.2
            before = self._palm
            self._palm += (palm_width - self._palm) * (1.0 - math.exp(-dt_s / SIZE_S))
            self._image.scale(before / self._palm)
        self._t_s, self._seen = t_s, True
        self._ruler = self._palm * np.array([1.0, aspect, 1.0])
        return Steady(
            image=self._image(np.array(image) / self._ruler, t_s) * self._ruler,
            world=self._world(np.array(world) / PALM_M, t_s) * PALM_M,
        )

    def miss(self) -> None:
        """The newest frame does not show the hand: nothing is foretold of it until it is seen again."""
        self._seen = False

    @property
    def palm_width(self) -> float:
        """The ruler: a palm length in widths of the picture, slowly following."""
        return self._palm

    def ahead(self, now_s: float) -> tuple[float, float]:
        """How far the hand has moved on since its newest frame, in the mirrored picture: foretold from its
        speed for the time of one camera frame at most, and not at all after a frame without it."""
        if not self._seen or self._t_s is None:
            return 0.0, 0.0
        lead_s = min(max(0.0, now_s - self._t_s), self._frame_s)
        speed = self._image.speed
        low, high = SURE_SPEED
        sure = min(1.0, max(0.0, (math.hypot(speed[0], speed[1]) - low) / (high - low)))
        right, down, _ = (speed * self._ruler * lead_s * sure).tolist()
        return right, down
