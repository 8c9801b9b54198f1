"""Rotations and limbs of two bones: the geometry under the Child's motion.

Metres and radians; x right, y ahead, z up.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.present.child_body import joint

Floats = NDArray[np.float64]
STRAIGHTEST: Final = 0.998
"""A limb stretches to this part of its length: a straight one has no side to bend to."""


def turned(yaw: float) -> Floats:
    """About z; positive to the right."""
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def bowed(pitch: float) -> Floats:
    """About x; positive forward and down."""
    c, s = math.cos(pitch), math.sin(pitch)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, s], [0.0, -s, c]])


def tilted(roll: float) -> Floats:
    """About y; positive to the right."""
    c, s = math.cos(roll), math.sin(roll)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def frame(way: Floats, pole: Floats) -> Floats:
    """Columns: along ``way``, towards ``pole``, and across."""
    x = way / max(1e-6, math.sqrt(float(way @ way)))
    y = pole - x * float(pole @ x)
    y = y / max(1e-6, math.sqrt(float(y @ y)))
    z = np.array([x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]])
    return np.array([x, y, z]).T


def bend(
    root: Floats, target: Floats, first_m: float, second_m: float, pole: Floats
) -> tuple[Floats, Floats]:
    """(middle, end) of a limb of two bones that reaches from ``root`` to ``target``, bent to ``pole``."""
    line = target - root
    far = math.sqrt(float(line @ line))
    reach = min(max(far, abs(first_m - second_m) + 1e-3), (first_m + second_m) * STRAIGHTEST)
    axes = frame(line if far > 1e-6 else np.array([0.0, 0.0, -1.0]), pole)
    along = (first_m * first_m - second_m * second_m + reach * reach) / (2.0 * reach)
    out = math.sqrt(max(0.0, first_m * first_m - along * along))
    middle = root + axes[:, 0] * along + axes[:, 1] * out
    return middle, root + axes[:, 0] * reach


class Limb:
    """Rest lengths and frames of one limb of two bones and its end."""

    def __init__(self, names: tuple[str, str, str], side: float, pole: tuple[float, float, float]) -> None:
        self.root, self.middle, self.end = (joint(name, side) for name in names)
        self.first_m = float(np.linalg.norm(self.middle - self.root))
        self.second_m = float(np.linalg.norm(self.end - self.middle))
        self.pole = np.array([pole[0] * side, pole[1], pole[2]])
        self.rest_first = frame(self.middle - self.root, self.pole).T
        self.rest_second = frame(self.end - self.middle, self.pole).T
