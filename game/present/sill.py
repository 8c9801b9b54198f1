"""The lower edge of the wall's picture as a sill: whoever steps out of the wall steps onto it.

What stands on the floor before a wall is seen against the floor, where there is no picture. So the Child
hops up as it comes out, just high enough for its feet to be in the picture of an eye at rest.
"""

import math
from typing import Final

import numpy as np

from game.interpret.intents import Vec3
from game.present.display.room import Rectangle
from game.present.viewpoint import Viewpoint, setback_m

HOP_M: Final = (-0.15, 0.25)
"""From here before the plane of the wall to there behind it (out is positive) it hops."""
MARGIN: Final = 0.03
"""Its feet are so far above the edge, in parts of the picture's height."""
ASIDE_M: Final = 0.4
"""Farther than this beside the picture nothing is lifted: it is not seen."""
NEAREST_M: Final = 0.4
"""Nor nearer to the eye than this."""


def lift_m(feet: Vec3, *, wall: Rectangle, view: Viewpoint) -> float:
    """How far up somebody with these feet (world) stands for being on the sill; 0 behind the wall."""
    sin, cos = math.sin(view.yaw_rad), math.cos(view.yaw_rad)
    x, y, z = (a - b for a, b in zip(feet, view.rest, strict=True))
    at = np.array([cos * x - sin * y, sin * x + cos * y + setback_m(wall), z])
    out_m, distance_m = wall.distance_m(at), wall.distance_m(np.zeros(3))
    part = min(1.0, max(0.0, (out_m - HOP_M[0]) / (HOP_M[1] - HOP_M[0])))
    if part == 0.0 or distance_m - out_m < NEAREST_M or wall.up[2] < 0.5:
        return 0.0
    # Where the resting eye sees the feet on the plane of the wall.
    larger = distance_m / (distance_m - out_m)
    on_wall = larger * at - wall.lower_left
    across_m, up_m = float(wall.right @ on_wall), float(wall.up @ on_wall)
    if not -ASIDE_M < across_m < wall.width_m + ASIDE_M:
        return 0.0
    lacks_m = max(0.0, MARGIN * wall.height_m - up_m)
    return part * part * (3.0 - 2.0 * part) * lacks_m / (larger * float(wall.up[2]))
