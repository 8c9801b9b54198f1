"""From the runtime's axes to the game's, in plain numbers.

OpenXR: x right, y up, z towards the player. Panda3D and the world: x right, y ahead, z up.
"""

import math

Vec3 = tuple[float, float, float]
Turn = tuple[float, float, float, float]
"""A unit quaternion: w, x, y, z."""


def place(x: float, y: float, z: float) -> Vec3:
    """A point (or a direction) of OpenXR in the game's axes."""
    return x, -z, y


def turned(x: float, y: float, z: float, w: float) -> Turn:
    """A rotation of OpenXR (its own order of components) as (w, x, y, z) in the game's axes."""
    return w, x, -z, y


def yaw_of(turn: Turn) -> float:
    """Where a head that is turned so faces on the floor: 0 ahead, positive to the right, radians.

    A face that looks straight up or down is told by its crown instead.
    """
    ahead = rotated(turn, (0.0, 1.0, 0.0))
    if math.hypot(ahead[0], ahead[1]) < 0.2:
        crown = rotated(turn, (0.0, 0.0, 1.0))
        sign = -1.0 if ahead[2] > 0.0 else 1.0
        ahead = (sign * crown[0], sign * crown[1], 0.0)
    return math.atan2(ahead[0], ahead[1])


def rotated(turn: Turn, v: Vec3) -> Vec3:
    """``v`` rotated by the unit quaternion ``turn``."""
    w, x, y, z = turn
    # v + 2 q x (q x v + w v)
    tx = 2.0 * (y * v[2] - z * v[1])
    ty = 2.0 * (z * v[0] - x * v[2])
    tz = 2.0 * (x * v[1] - y * v[0])
    return (
        v[0] + w * tx + (y * tz - z * ty),
        v[1] + w * ty + (z * tx - x * tz),
        v[2] + w * tz + (x * ty - y * tx),
    )


def about_floor(v: Vec3, yaw_rad: float) -> Vec3:
    """``v`` as somebody sees it who has turned to the right by ``yaw_rad``."""
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    return v[0] * c - v[1] * s, v[0] * s + v[1] * c, v[2]


def unturned(turn: Turn, yaw_rad: float) -> Turn:
    """``turn`` as somebody sees it who has turned to the right by ``yaw_rad``."""
    # A turn to the right is a negative rotation about z; it is taken back by the opposite one.
    w, z = math.cos(yaw_rad / 2.0), math.sin(yaw_rad / 2.0)
    a, b, c, d = turn
    return w * a - z * d, w * b - z * c, w * c + z * b, w * d + z * a
