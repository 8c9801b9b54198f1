"""The eye before the wall: each picture as a window, corrected to where the player's head is.

Generalised perspective projection (Robert Kooima, 2008): the camera stands in the eye and looks square at the
screen's plane, and its lens reaches exactly to the screen's corners.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.present.display.room import Rectangle, Room
from game.present.display.view import View
from game.world.cave import EYE_HEIGHT_M

Floats = NDArray[np.float64]

NEAR_M: Final = 0.12
FAR_M: Final = 80.0
CLOSEST_M: Final = 0.45
"""The eye never comes nearer to a screen than this."""
DEEPEST_WALL_M: Final = 2.8
"""The wall stands at most this far ahead in the cave. Whoever is farther from it stands that much behind the
place where the cave has them, so the Child, which a friend has at 1.8 m, leaves the wall by a metre."""
_WORDS_BEHIND_M: Final = 0.85
"""Words of light stand so far behind the wall: easy for two eyes, and clear of whoever steps out of it."""
PANE_M: Final = 2.2
"""Where on the pane of words, ahead of its origin, the words stand."""
_PLAIN_WIDTH_M: Final = 2.4
_PLAIN_HEIGHT_M: Final = 1.35
_PLAIN_LOW_M: Final = 0.22


@dataclass(frozen=True, slots=True, kw_only=True)
class Frustum:
    """What a lens must take in, metres in the screen's own axes: x right, y ahead, z up from the eye."""

    distance_m: float
    left_m: float
    right_m: float
    bottom_m: float
    top_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one camera takes in: its frustum, where its eye is (world), and the eye's x, y and z as rows."""

    frustum: Frustum
    at: Floats
    axes: Floats

    def sides(self) -> Floats:
        """(4, 4) planes: the left, right, lower and upper side. (x, y, z, 1) times one of them is how many
        metres a place of the world is inside of it."""
        seen = self.frustum
        d = seen.distance_m
        normals = np.array([
            (d, -seen.left_m, 0.0), (-d, seen.right_m, 0.0), (0.0, -seen.bottom_m, d), (0.0, seen.top_m, -d),
        ]) @ self.axes  # fmt: skip
        normals /= np.sqrt((normals**2).sum(axis=1))[:, None]
        return np.column_stack([normals, -normals @ self.at])


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewpoint:
    """Where the player is in the cave."""

    eye: Vec3
    """Between the eyes, world."""
    rest: Vec3
    """Where the eyes would be at rest at the place of the feet, world: what hangs in the room hangs there."""
    yaw_rad: float
    seen: tuple[Seen, ...] = ()
    """What each camera takes in; none where a headset has its own."""


def frustum(rectangle: Rectangle, eye: Floats) -> Frustum:
    """The frustum from an eye (3,) before a screen, both about the resting eyes."""
    left, distance, bottom = (rectangle.axes @ (rectangle.lower_left - eye)).tolist()
    return Frustum(
        distance_m=distance,
        left_m=left,
        right_m=left + rectangle.width_m,
        bottom_m=bottom,
        top_m=bottom + rectangle.height_m,
    )


def widened(seen: Frustum, across_m: float, up_m: float) -> Frustum:
    """The frustum with so much more on either side."""
    return Frustum(
        distance_m=seen.distance_m,
        left_m=seen.left_m - across_m,
        right_m=seen.right_m + across_m,
        bottom_m=seen.bottom_m - up_m,
        top_m=seen.top_m + up_m,
    )


def before_screens(head: Floats, rectangles: Sequence[Rectangle], closest_m: float = CLOSEST_M) -> Floats:
    """The nearest place to ``head`` that is in front of all screens; both about the resting eyes.

    Every screen sees the same moved eye, so that corners stay without a seam.
    """
    for rectangle in rectangles:
        lacks_m = closest_m - rectangle.distance_m(head)
        if lacks_m > 0.0:
            head = head - rectangle.ahead * lacks_m
    return head


@lru_cache(maxsize=8)
def setback_m(wall: Rectangle) -> float:
    """How far behind their place in the cave the player's eyes rest: 0 unless the wall is far."""
    return max(0.0, wall.distance_m(np.zeros(3)) - DEEPEST_WALL_M)


def place_cameras(views: Sequence[View], *, room: Room, feet: Vec3, yaw_rad: float, head: Vec3) -> Viewpoint:
    """Put each view's camera into its eye and its lens behind its screen; ``head`` is metres from rest.

    Writes the eye, the pixels and the focal length of each view into the frame that its shaders see.
    """
    rectangles = [view.rectangle(room) for view in views]
    at = before_screens(np.array(head, dtype=np.float64), rectangles)
    cos, sin = math.cos(yaw_rad), math.sin(yaw_rad)
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    rest = (feet[0], feet[1], feet[2] + EYE_HEIGHT_M)
    back_m = setback_m(rectangles[0])
    origin = np.array([rest[0] - sin * back_m, rest[1] - cos * back_m, rest[2]])
    placed = []
    for view, rectangle in zip(views, rectangles, strict=True):
        eye = at + np.array([view.eye_m, 0.0, 0.0])
        seen = frustum(rectangle, eye)
        across_px, down_px = view.screen_size
        metres = rectangle.width_m / across_px, rectangle.height_m / down_px
        if any(view.guard):
            seen = widened(seen, view.guard[0] * metres[0], view.guard[1] * metres[1])
        one = Seen(frustum=seen, at=origin + turn @ eye, axes=rectangle.axes @ turn.T)
        _place(view.camera, one)
        view.tell(eye=_vec(one.at), focal_px=seen.distance_m / metres[0])
        placed.append(one)
    return Viewpoint(eye=_vec(origin + turn @ at), rest=rest, yaw_rad=yaw_rad, seen=tuple(placed))


def place_pane(pane: p3d.NodePath, *, wall: Rectangle, view: Viewpoint) -> None:
    """Put the pane of words of light: a node whose plane y = `PANE_M` stands behind the first screen.

    Whatever is put there at (x, `PANE_M`, z) is in the same place of the picture for any size and distance of
    the wall as it is in the default room for an eye at rest.
    """
    x, y, z = view.rest
    cos, sin = math.cos(view.yaw_rad), math.sin(view.yaw_rad)
    room = p3d.LMatrix4(cos, -sin, 0.0, 0.0, sin, cos, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, x, y, z, 1.0)
    pane.set_mat(_in_room(wall) * room)


@lru_cache(maxsize=4)
def _in_room(wall: Rectangle) -> p3d.LMatrix4:
    """The pane about the resting eyes."""
    distance_m = wall.distance_m(np.zeros(3))
    larger = min(wall.width_m / _PLAIN_WIDTH_M, wall.height_m / _PLAIN_HEIGHT_M)
    behind = (distance_m + _WORDS_BEHIND_M) / distance_m
    scale = larger * behind * 1.35 / PANE_M
    level = (wall.middle + wall.up * _PLAIN_LOW_M * larger) * behind
    right, ahead, up = (wall.axes * scale).tolist()
    at = (level - wall.axes[1] * PANE_M * scale - (0.0, setback_m(wall), 0.0)).tolist()
    return p3d.LMatrix4(*right, 0.0, *ahead, 0.0, *up, 0.0, *at, 1.0)


def _place(camera: p3d.NodePath, seen: Seen) -> None:
    right, ahead, up = seen.axes.tolist()
    camera.set_mat(p3d.LMatrix4(*right, 0.0, *ahead, 0.0, *up, 0.0, *seen.at.tolist(), 1.0))
    lens, corners = camera.node().get_lens(), seen.frustum
    # A film at the screen's distance, as large as the screen, set off from the eye's axis: the same matrix
    # as `set_frustum_from_corners` makes, and some fifteen times sooner.
    lens.set_near_far(NEAR_M, FAR_M)
    lens.set_focal_length(corners.distance_m)
    lens.set_film_size(corners.right_m - corners.left_m, corners.top_m - corners.bottom_m)
    lens.set_film_offset(0.5 * (corners.left_m + corners.right_m), 0.5 * (corners.bottom_m + corners.top_m))


def _vec(values: Floats) -> Vec3:
    return (float(values[0]), float(values[1]), float(values[2]))
