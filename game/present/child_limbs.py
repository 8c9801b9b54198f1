"""Rotations and limbs of two bones: the geometry under the Child's motion.

Metres and radians; x right, y ahead, z up. Vectors are three numbers and matrices nine, row by row: for one
body's few dozen bones plain numbers are reckoned with in a fifth of the time that NumPy takes to begin.
"""

import math
from typing import Final

from game.interpret.intents import Vec3
from game.present.child_body import joint

Matrix = tuple[float, float, float, float, float, float, float, float, float]
STRAIGHTEST: Final = 0.998
"""A limb stretches to this part of its length: a straight one has no side to bend to."""


def turned(yaw: float) -> Matrix:
    """About z; positive to the right."""
    c, s = math.cos(yaw), math.sin(yaw)
    return (c, s, 0.0, -s, c, 0.0, 0.0, 0.0, 1.0)


def bowed(pitch: float) -> Matrix:
    """About x; positive forward and down."""
    c, s = math.cos(pitch), math.sin(pitch)
    return (1.0, 0.0, 0.0, 0.0, c, s, 0.0, -s, c)


def tilted(roll: float) -> Matrix:
    """About y; positive to the right."""
    c, s = math.cos(roll), math.sin(roll)
    return (c, 0.0, s, 0.0, 1.0, 0.0, -s, 0.0, c)


def after(first: Matrix, *others: Matrix) -> Matrix:
    """The product of matrices, in the order in which they are written."""
    a, b, c, d, e, f, g, h, i = first
    for j, k, u, m, n, o, p, q, r in others:
        a, b, c = a * j + b * m + c * p, a * k + b * n + c * q, a * u + b * o + c * r
        d, e, f = d * j + e * m + f * p, d * k + e * n + f * q, d * u + e * o + f * r
        g, h, i = g * j + h * m + i * p, g * k + h * n + i * q, g * u + h * o + i * r
    return (a, b, c, d, e, f, g, h, i)


def transposed(m: Matrix) -> Matrix:
    a, b, c, d, e, f, g, h, i = m
    return (a, d, g, b, e, h, c, f, i)


def scaled(m: Matrix, part: float) -> Matrix:
    a, b, c, d, e, f, g, h, i = m
    return (a * part, b * part, c * part, d * part, e * part, f * part, g * part, h * part, i * part)


def through(m: Matrix, v: Vec3) -> Vec3:
    """The matrix times a vector."""
    x, y, z = v
    return (
        m[0] * x + m[1] * y + m[2] * z,
        m[3] * x + m[4] * y + m[5] * z,
        m[6] * x + m[7] * y + m[8] * z,
    )


def back(m: Matrix, v: Vec3) -> Vec3:
    """The transposed matrix times a vector: a rotation undone."""
    x, y, z = v
    return (
        m[0] * x + m[3] * y + m[6] * z,
        m[1] * x + m[4] * y + m[7] * z,
        m[2] * x + m[5] * y + m[8] * z,
    )


def plus(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def minus(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def between(a: Vec3, b: Vec3, part: float) -> Vec3:
    """From ``a`` (0) to ``b`` (1)."""
    return (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part)


def dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def unit(v: Vec3) -> Vec3:
    """As long as one metre; nothing stays nothing."""
    x, y, z = v
    far = max(1e-6, math.sqrt(x * x + y * y + z * z))
    return (x / far, y / far, z / far)


def resting(name: str, side: float = 1.0) -> Vec3:
    """A joint at rest, as `game.present.child_body.joint`."""
    x, y, z = joint(name, side).tolist()
    return (x, y, z)


def frame(way: Vec3, pole: Vec3) -> Matrix:
    """Columns: along ``way``, towards ``pole``, and across."""
    a, b, c = unit(way)
    off = pole[0] * a + pole[1] * b + pole[2] * c
    x, y, z = unit((pole[0] - a * off, pole[1] - b * off, pole[2] - c * off))
    return (a, x, b * z - c * y, b, y, c * x - a * z, c, z, a * y - b * x)


def bend(root: Vec3, target: Vec3, first_m: float, second_m: float, pole: Vec3) -> tuple[Vec3, Vec3]:
    """(middle, end) of a limb of two bones that reaches from ``root`` to ``target``, bent to ``pole``."""
    line = minus(target, root)
    far = math.sqrt(dot(line, line))
    reach = min(max(far, abs(first_m - second_m) + 1e-3), (first_m + second_m) * STRAIGHTEST)
    axes = frame(line if far > 1e-6 else (0.0, 0.0, -1.0), pole)
    along = (first_m * first_m - second_m * second_m + reach * reach) / (2.0 * reach)
    out = math.sqrt(max(0.0, first_m * first_m - along * along))
    return plus(root, through(axes, (along, out, 0.0))), plus(root, through(axes, (reach, 0.0, 0.0)))


class Limb:
    """Rest lengths and frames of one limb of two bones and its end."""

    def __init__(self, names: tuple[str, str, str], side: float, pole: Vec3) -> None:
        self.root, self.middle, self.end = (resting(name, side) for name in names)
        first, second = minus(self.middle, self.root), minus(self.end, self.middle)
        self.first_m = math.sqrt(dot(first, first))
        self.second_m = math.sqrt(dot(second, second))
        self.pole = (pole[0] * side, pole[1], pole[2])
        self.rest_first = transposed(frame(first, self.pole))
        self.rest_second = transposed(frame(second, self.pole))
