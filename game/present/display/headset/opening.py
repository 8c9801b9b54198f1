"""The opening in the player's own wall or floor through which the cave is seen: where it is, and its shape.

Plain numbers in the play space (x right, y ahead, z up from the floor, metres).
``assets/shaders/opening.frag`` has the same shape.
"""

import math
from dataclasses import dataclass
from typing import Final

from game.present.display.headset import axes
from game.present.display.headset.axes import Vec3
from game.present.display.headset.runtime import Eye

HALF_WIDTH_M: Final = 1.15
SHOULDER_M: Final = 0.95
"""The sides stand upright up to here; above is a round arch."""
CLOSEST_M: Final = 0.6
"""The wall gives way to a head that comes nearer than this."""
HOLE_M: Final = (1.35, 1.2)
"""Half the width and half the length of a hole in the floor."""
CLOSEST_HOLE_M: Final = 0.9
"""A hole gives way likewise; at places its torn edge is 8 cm nearer."""
_STEPS_DOWN_M: Final = 0.6
"""Whoever comes out finds the real floor over so much of the way before the wall."""

Row = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A plane in the play space: upright, or with ``floor`` the floor itself."""

    at_m: Vec3
    """The middle of the opening's lower or near edge, on the real floor."""
    yaw_rad: float
    """Which way the player looks at it: 0 is y, positive to the right."""
    floor: bool = False

    @property
    def ahead(self) -> Vec3:
        """From the room into the cave."""
        return (0.0, 0.0, -1.0) if self.floor else (math.sin(self.yaw_rad), math.cos(self.yaw_rad), 0.0)

    @property
    def up(self) -> Vec3:
        """In the plane, away from `at_m`."""
        return (math.sin(self.yaw_rad), math.cos(self.yaw_rad), 0.0) if self.floor else (0.0, 0.0, 1.0)

    @property
    def right(self) -> Vec3:
        return math.cos(self.yaw_rad), -math.sin(self.yaw_rad), 0.0

    def behind_m(self, place: Vec3) -> float:
        """How far behind the plane a place of the play space is; below 0 it is in the room."""
        return dot(self.ahead, minus(place, self.at_m))

    def seen_by(self, eye: Eye) -> tuple[Row, Row, Row]:
        """Rows that take (u, v, 1) of an eye's picture (0 to 1, from the lower left) to (x w, y w, w): metres
        to the right and up from `at_m`; w is above 0 where the way through that pixel meets the plane."""
        ways = pixel_ways(eye)
        ahead, right, upwards = self.ahead, self.right, self.up
        from_foot = minus(eye.pose.at_m, self.at_m)
        far = -dot(ahead, from_foot)
        along = [dot(ahead, way) for way in ways]
        aside, high = dot(right, from_foot), dot(upwards, from_foot)
        across = [aside * a + far * dot(right, way) for a, way in zip(along, ways, strict=True)]
        up = [high * a + far * dot(upwards, way) for a, way in zip(along, ways, strict=True)]
        return _row(across), _row(up), _row(along)

    def before(self, eye: Eye) -> tuple[Vec3, float]:
        """The plane as the eye's camera has it: a place in the camera's axes (x right, y ahead, z up) lies
        behind it by the first times the place, plus the second."""
        w, x, y, z = eye.pose.turn
        return axes.rotated((w, -x, -y, -z), self.ahead), self.behind_m(eye.pose.at_m)


def opened(middle: Vec3, yaw_rad: float, *, away_m: float, head: Vec3, floor: bool = False) -> Opening:
    """The opening for a player who began at ``middle`` facing ``yaw_rad``: in a wall ``away_m`` ahead, or
    beginning there in the floor. ``head`` is where the head is now: the opening gives way to it."""
    ahead = math.sin(yaw_rad), math.cos(yaw_rad), 0.0
    closest_m = CLOSEST_HOLE_M if floor else CLOSEST_M
    far_m = max(away_m, dot(ahead, minus(head, middle)) + closest_m)
    at = (middle[0] + ahead[0] * far_m, middle[1] + ahead[1] * far_m, middle[2])
    return Opening(at_m=at, yaw_rad=yaw_rad, floor=floor)


def edge_m(x: float, y: float, *, floor: bool = False) -> float:
    """How far outside the edge a place of the plane is (about; inside is below 0). ``x`` is to the right of
    the middle, ``y`` above the floor, or on it from the near edge."""
    torn = (
        0.085 * math.sin(3.1 * x + 1.3 * y + 0.4) * math.sin(2.2 * y - 1.7 * x + 1.9)
        + 0.035 * math.sin(9.0 * x + 5.0 * y) * math.sin(7.3 * y - 4.0 * x + 0.6)
        + 0.012 * math.sin(27.0 * x - 11.0 * y) * math.sin(23.0 * y + 6.0 * x)
    )
    if floor:
        across, along = HOLE_M
        return along * (math.hypot(x / across, (y - along) / along) - 1.0) + 0.6 * torn
    return max(math.hypot(x, max(0.0, y - SHOULDER_M)) - HALF_WIDTH_M + torn, -y)


def lift_m(behind_m: float, over_floor_m: float) -> float:
    """How much higher than the cave has it somebody stands whose feet are ``behind_m`` behind the wall and so
    far over the room's floor: in the room on its floor, in the cave on the cave's."""
    part = min(1.0, max(0.0, 1.0 - behind_m / _STEPS_DOWN_M))
    return -over_floor_m * part * part * (3.0 - 2.0 * part)


def pixel_ways(eye: Eye) -> tuple[Vec3, Vec3, Vec3]:
    """Ways out of the eye in the play space: what each u and v of a pixel adds, and the lower left's."""
    left, right, up, down = (math.tan(angle) for angle in eye.fov)
    turn = eye.pose.turn
    return (
        axes.rotated(turn, (right - left, 0.0, 0.0)),
        axes.rotated(turn, (0.0, 0.0, up - down)),
        axes.rotated(turn, (left, 1.0, down)),
    )


def dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def minus(a: Vec3, b: Vec3) -> Vec3:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _row(values: list[float]) -> Row:
    return values[0], values[1], values[2]
