"""Where the player's shoulders are: from the head when it is seen, else from where the hands are at ease."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.interpret.hand_features import FOCAL_WIDTHS
from game.interpret.one_euro import OneEuro
from game.sense.observations import HeadSeen, Point3, Side

SHOULDER_ASIDE_M: Final = 0.17
SHOULDER_BELOW_M: Final = 0.25
"""From the middle of the head to a shoulder joint of an adult who sits or stands upright."""
EASE_BELOW_M: Final = 0.20
"""A hand at ease, with its elbow at the side, is about this far below its shoulder ..."""
EASE_BEFORE_M: Final = 0.30
"""... and this far before it."""
FAR_M: Final = 50.0


class Body:
    """Fed with each `HeadSeen`. Places are metres from the camera: x right (the player's), y away, z up."""

    def __init__(self) -> None:
        self._filter = OneEuro(min_cutoff_hz=0.8, beta=3.0, together=True)
        self._head: NDArray[np.float64] | None = None

    def feed(self, seen: HeadSeen) -> None:
        place = np.array(seen.position_m)
        if not seen.present:
            self._head = None
            self._filter = OneEuro(min_cutoff_hz=0.8, beta=3.0, together=True)
        elif bool(np.all(np.abs(place) < FAR_M)) and place[1] > 0.1:
            self._head = self._filter(place, seen.captured_s)

    def lose(self) -> None:
        """The camera is gone."""
        self._head = None

    def shoulder(self, side: Side) -> Point3 | None:
        """The shoulder of one arm; None without a head."""
        if self._head is None:
            return None
        x, y, z = (float(v) for v in self._head)
        aside = SHOULDER_ASIDE_M if side == "right" else -SHOULDER_ASIDE_M
        return x + aside, y, z - SHOULDER_BELOW_M

    def ease(self, distance_m: float, *, aspect: float) -> tuple[float, float] | None:
        """Where in the mirrored picture a hand at ease is, for hands ``distance_m`` from the camera: before
        the middle of the chest, so that two hands that meet aim at one place. None without a head."""
        if self._head is None:
            return None
        x, _, z = (float(v) for v in self._head)
        per_m = FOCAL_WIDTHS / max(distance_m, 0.1)
        below = z - SHOULDER_BELOW_M - EASE_BELOW_M
        return 0.5 + x * per_m, 0.5 - below * per_m * aspect


def place_m(at: tuple[float, float], distance_m: float, *, aspect: float) -> Point3:
    """A place in the mirrored picture at a known distance, in metres from the camera."""
    across = distance_m / FOCAL_WIDTHS
    return (at[0] - 0.5) * across, distance_m, (0.5 - at[1]) * across / aspect


def shoulder_before(palm: Point3, ease: Point3, shoulder: Point3 | None) -> Point3:
    """The shoulder behind a palm, for what an arm costs, metres.

    A head gives it across the view; in depth one camera tells too little of either, so the estimate goes half
    way to an arm at ease. Without a head (``shoulder`` is None) it is above the place where hands are at
    ease.
    """
    if shoulder is None:
        return ease[0], palm[1] + EASE_BEFORE_M, ease[2] + EASE_BELOW_M
    before = 0.5 * (max(0.0, shoulder[1] - palm[1]) + EASE_BEFORE_M)
    return shoulder[0], palm[1] + before, shoulder[2]
