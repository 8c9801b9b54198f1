"""The pointing ray: from a point between palm and shoulder through the stabilised hand (Ultraleap's
recipe)."""

import math
from typing import Final

from game.interpret.reach import AZIMUTH_RAD, ELEVATION_RAD
from game.sense.observations import Point3

TOWARDS_SHOULDER: Final = 0.532
"""Where the ray begins: this share of the way from the hand to the shoulder."""
FINGER: Final = 0.27
"""How far from the palm to the index fingertip the ray goes through, for a hand that points."""


def aim(
    reach: tuple[float, float], half_m: tuple[float, float], finger_m: Point3, pointing: float
) -> tuple[float, float]:
    """Azimuth (right positive) and elevation of the ray, radians.

    ``reach`` is the palm's place in the player's comfortable reach, -1 to 1 to the right and up, and
    ``half_m`` half of that reach in metres. Its middle is straight before the shoulder, at the height where
    the hand is at ease, and the arm is as long as makes its edge the edge of the view: so the player's own
    comfort, not the anatomy of a model, sets the gain. ``finger_m`` goes from the palm to the index
    fingertip (right, forward, up), and counts as far as the hand points (``pointing``, 0 to 1).
    """
    share = FINGER * min(1.0, max(0.0, pointing))
    return (
        _angle(reach[0], half_m[0], AZIMUTH_RAD, finger_m[0] * share, finger_m[1] * share),
        _angle(reach[1], half_m[1], ELEVATION_RAD, finger_m[2] * share, finger_m[1] * share),
    )


def aim_in_room(palm_m: Point3, tip_m: Point3, shoulder_m: Point3, pointing: float) -> tuple[float, float]:
    """The same ray where hand and shoulder are known in the room (x right, y ahead, z up): azimuth (right
    positive) and elevation, radians."""
    share = FINGER * min(1.0, max(0.0, pointing))
    through = [p + (t - p) * share for p, t in zip(palm_m, tip_m, strict=True)]
    begins = [p + (s - p) * TOWARDS_SHOULDER for p, s in zip(palm_m, shoulder_m, strict=True)]
    x, y, z = (a - b for a, b in zip(through, begins, strict=True))
    return math.atan2(x, y), math.atan2(z, math.hypot(x, y))


def _angle(at: float, half_m: float, edge_rad: float, finger_m: float, finger_forward_m: float) -> float:
    forward_m = half_m / math.tan(edge_rad)
    aside_m = TOWARDS_SHOULDER * at * half_m + finger_m
    return math.atan2(aside_m, TOWARDS_SHOULDER * forward_m + max(0.0, finger_forward_m))
