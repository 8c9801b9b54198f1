"""Small vectors as plain tuples: quicker than arrays for single points, and simple to log."""

import math
from collections.abc import Iterable

from game.interpret.intents import Vec3


def add(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def subtract(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def scale(a: Vec3, k: float) -> Vec3:
    return (a[0] * k, a[1] * k, a[2] * k)


def distance(a: Vec3, b: Vec3) -> float:
    return math.dist(a, b)


def vec3(values: Iterable[float]) -> Vec3:
    x, y, z = values
    return (float(x), float(y), float(z))


def view_direction(yaw_rad: float, azimuth_rad: float, elevation_rad: float) -> Vec3:
    """Unit vector of a direction in the view: yaw 0 is +y, positive to the right, elevation up."""
    angle = yaw_rad + azimuth_rad
    flat = math.cos(elevation_rad)
    return (math.sin(angle) * flat, math.cos(angle) * flat, math.sin(elevation_rad))


def from_view(yaw_rad: float, offset: Vec3) -> Vec3:
    """An offset in view axes (x right, y ahead, z up) as one in the world."""
    x, y, z = offset
    sin, cos = math.sin(yaw_rad), math.cos(yaw_rad)
    return (x * cos + y * sin, y * cos - x * sin, z)


def yaw_towards(origin: Vec3, goal: Vec3) -> float:
    return math.atan2(goal[0] - origin[0], goal[1] - origin[1])


def turn(angle_rad: float) -> float:
    """The same angle within (-pi, pi]."""
    return math.remainder(angle_rad, math.tau)


def approach(value: float, goal: float, rate_per_s: float, dt_s: float) -> float:
    """Exponential approach that does not depend on the length of the step."""
    return goal + (value - goal) * math.exp(-rate_per_s * dt_s)


def angle_between(origin: Vec3, direction: Vec3, goal: Vec3) -> float:
    """Angle in radians between a unit direction and the line from ``origin`` to ``goal``."""
    to = subtract(goal, origin)
    length = math.hypot(*to)
    if length < 1e-6:
        return 0.0
    cosine = sum(a * b for a, b in zip(direction, to, strict=True)) / length
    return math.acos(max(-1.0, min(1.0, cosine)))
