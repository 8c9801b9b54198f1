"""The eye before the wall: each picture as a window, corrected to where the player's head is.

Generalised perspective projection (Robert Kooima, 2008): the camera stands in the eye and looks square at the
screen's plane, and its lens reaches exactly to the screen's corners.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
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
class Viewpoint:
    """Where the player is in the cave."""

    eye: Vec3
    """Between the eyes, world."""
    rest: Vec3
    """Where the eyes would be at rest at the place of the feet, world: what hangs in the room hangs there."""
    yaw_rad: float


def frustum(rectangle: Rectangle, eye: Floats) -> Frustum:
    """The frustum from an eye (3,) before a screen, both about the resting eyes."""
    corner = rectangle.lower_left - eye
    left, bottom = float(rectangle.right @ corner), float(rectangle.up @ corner)
    return Frustum(
        distance_m=float(rectangle.ahead @ corner),
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


def setback_m(wall: Rectangle) -> float:
    """How far behind their place in the cave the player's eyes rest: 0 unless the wall is far."""
    return max(0.0, wall.distance_m(np.zeros(3)) - DEEPEST_WALL_M)


def place_cameras(views: Sequence[View], *, room: Room, feet: Vec3, yaw_rad: float, head: Vec3) -> Viewpoint:
    """Put each view's camera into its eye and its lens behind its screen; ``head`` is metres from rest.

    Writes the eye, the pixels and the focal length of each view into the frame that its shaders see.
    """
    rectangles = [room.rectangle(view.screen, view.aspect) for view in views]
    at = before_screens(np.array(head, dtype=np.float64), rectangles)
    cos, sin = math.cos(yaw_rad), math.sin(yaw_rad)
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    rest = np.array([feet[0], feet[1], feet[2] + EYE_HEIGHT_M])
    origin = rest - turn @ np.array([0.0, setback_m(rectangles[0]), 0.0])
    for view, rectangle in zip(views, rectangles, strict=True):
        eye = at + np.array([view.eye_m, 0.0, 0.0])
        seen = frustum(rectangle, eye)
        across_px, down_px = view.screen_size
        metres = rectangle.width_m / across_px, rectangle.height_m / down_px
        seen = widened(seen, view.guard[0] * metres[0], view.guard[1] * metres[1])
        _place(view.camera, origin + turn @ eye, turn @ rectangle.right, turn @ rectangle.up, seen)
        view.tell(
            eye=_vec(origin + turn @ eye),
            focal_px=seen.distance_m / metres[0],
        )
    return Viewpoint(eye=_vec(origin + turn @ at), rest=_vec(rest), yaw_rad=yaw_rad)


def place_pane(pane: p3d.NodePath, *, wall: Rectangle, view: Viewpoint) -> None:
    """Put the pane of words of light: a node whose plane y = `PANE_M` stands behind the first screen.

    Whatever is put there at (x, `PANE_M`, z) is in the same place of the picture for any size and distance of
    the wall as it is in the default room for an eye at rest.
    """
    cos, sin = math.cos(view.yaw_rad), math.sin(view.yaw_rad)
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    distance_m = wall.distance_m(np.zeros(3))
    larger = min(wall.width_m / _PLAIN_WIDTH_M, wall.height_m / _PLAIN_HEIGHT_M)
    behind = (distance_m + _WORDS_BEHIND_M) / distance_m
    scale = larger * behind * 1.35 / PANE_M
    level = (wall.middle + wall.up * _PLAIN_LOW_M * larger) * behind
    corner = level - wall.ahead * PANE_M * scale
    origin = np.array(view.rest) + turn @ (corner - np.array([0.0, setback_m(wall), 0.0]))
    right, ahead, up = (turn @ (axis * scale) for axis in (wall.right, wall.ahead, wall.up))
    pane.set_mat(_matrix(right, ahead, up, origin))


def _place(camera: p3d.NodePath, at: Floats, right: Floats, up: Floats, seen: Frustum) -> None:
    camera.set_mat(_matrix(right, np.cross(up, right), up, at))
    lens = camera.node().get_lens()
    lens.set_near_far(NEAR_M, FAR_M)
    d, left, right_m = seen.distance_m, seen.left_m, seen.right_m
    # Both flags: without FC_aspect_ratio Panda3D keeps its own aspect and the corners are missed.
    lens.set_frustum_from_corners(
        p3d.LVecBase3f(left, d, seen.top_m), p3d.LVecBase3f(right_m, d, seen.top_m),
        p3d.LVecBase3f(left, d, seen.bottom_m), p3d.LVecBase3f(right_m, d, seen.bottom_m),
        p3d.Lens.FC_off_axis | p3d.Lens.FC_aspect_ratio,
    )  # fmt: skip


def _matrix(right: Floats, ahead: Floats, up: Floats, at: Floats) -> p3d.LMatrix4:
    return p3d.LMatrix4(*map(float, (*right, 0.0, *ahead, 0.0, *up, 0.0, *at, 1.0)))


def _vec(values: Floats) -> Vec3:
    return (float(values[0]), float(values[1]), float(values[2]))
