"""Both sides of the opening in one eye's light: the cave behind the wall or below the floor, and what
has come into the room.

The cave is drawn with a lens whose near plane is the wall (after Lengyel, "Oblique View Frustum Depth
Projection and Clipping", 2005), then all that is not seen through the opening is taken away, then what is
in the room is drawn with a lens whose far plane is the wall. So whoever steps through the opening is cut
exactly at the wall, and nothing of the cave is in the room.
"""

import math
from dataclasses import dataclass
from typing import Final

import panda3d.core as p3d

from game.present.display.canvas import CAVE_SIDE, ROOM_SIDE
from game.present.display.headset.axes import Vec3
from game.present.display.headset.opening import Opening
from game.present.display.headset.runtime import Eye
from game.present.display.light import Light, full_triangle, show
from game.present.display.view import View
from game.present.shading import Shaders, Uniforms

NEAR_M: Final = 0.05
FAR_M: Final = 80.0
_ROOM_SLOPE: Final = 0.04
"""Of depth in the room: half of it, times the distance of the wall, is how near to the eye things may be."""
_VIGNETTE: Final = (math.tan(math.radians(18.0)), math.tan(math.radians(34.0)))
"""The vignette begins so far from the middle of the picture, and hides all from there on."""


def projection(fov: tuple[float, float, float, float]) -> p3d.LMatrix4:
    """The matrix of a lens that sees exactly these angles, radians: left, right, up, down of straight ahead.

    It takes Panda3D's axes (y ahead, z up; rows are multiplied from the left) to OpenGL's clip space.
    """
    left, right, up, down = (math.tan(angle) for angle in fov)
    far, depth = (FAR_M + NEAR_M) / (FAR_M - NEAR_M), 2.0 * FAR_M * NEAR_M / (FAR_M - NEAR_M)
    return p3d.LMatrix4(
        2.0 / (right - left), 0, 0, 0,
        -(right + left) / (right - left), -(up + down) / (up - down), far, 1,
        0, 2.0 / (up - down), 0, 0,
        0, 0, -depth, 0,
    )  # fmt: skip


def behind_wall(
    lens: p3d.LMatrix4, fov: tuple[float, float, float, float], plane: tuple[Vec3, float]
) -> p3d.LMatrix4:
    """``lens`` with the wall as its near plane: only what is behind it is drawn."""
    left, right, up, down = (math.tan(angle) for angle in fov)
    (x, y, z), far = plane
    # As far as one can see, in the corner of the picture that looks most into the wall.
    most = max(x * across + y + z * high for across in (left, right) for high in (up, down))
    return _depth(lens, scale=2.0 / max(most, 1e-3), plane=((x, y, z), far), share=-1.0)


def before_wall(lens: p3d.LMatrix4, plane: tuple[Vec3, float]) -> p3d.LMatrix4:
    """``lens`` with the wall as its far plane: only what is in the room is drawn."""
    return _depth(lens, scale=_ROOM_SLOPE, plane=plane, share=1.0)


def _depth(lens: p3d.LMatrix4, *, scale: float, plane: tuple[Vec3, float], share: float) -> p3d.LMatrix4:
    """Depth as ``scale`` times the distance behind the plane, and ``share`` of the distance ahead."""
    (x, y, z), far = plane
    made = p3d.LMatrix4(lens)
    for row, value in enumerate((scale * x, scale * y + share, scale * z, scale * far)):
        made.set_cell(row, 2, value)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """How the cave comes into the room in one frame."""

    opening: Opening | None
    """None: the cave is all around."""
    grown: float = 1.0
    """0 to 1: how far it is open."""
    vignette: float = 0.0
    """0 to 1: how much the cave is hidden at the edges of the picture."""
    time_s: float = 0.0


class Sides:
    """The passes of one eye's light."""

    def __init__(self, view: View, light: Light, shaders: Shaders) -> None:
        self._camera = view.camera.node()
        self._mask = full_triangle(shaders.make("screen", "opening"))
        self._mask.set_attrib(
            p3d.ColorBlendAttrib.make(
                p3d.ColorBlendAttrib.M_add, p3d.ColorBlendAttrib.O_one, p3d.ColorBlendAttrib.O_incoming_alpha,
                p3d.ColorBlendAttrib.M_add, p3d.ColorBlendAttrib.O_one, p3d.ColorBlendAttrib.O_zero,
                p3d.LColor(0),
            )
        )  # fmt: skip
        self._hole = Uniforms(5)
        self._hole.bind(self._mask, "hole")
        region = light.buffer.make_display_region()
        region.set_sort(10)
        self._root = show(region, self._mask)
        room = p3d.Camera(f"{view.name} room", p3d.MatrixLens())
        # How much of a pixel is cave is not changed by what stands before it.
        plain = p3d.ColorWriteAttrib.C_red | p3d.ColorWriteAttrib.C_green | p3d.ColorWriteAttrib.C_blue
        room.set_initial_state(
            self._camera.get_initial_state().compose(p3d.RenderState.make(p3d.ColorWriteAttrib.make(plain)))
        )
        room.set_camera_mask(ROOM_SIDE)
        self._room = room
        self._region = light.buffer.make_display_region()
        self._region.set_sort(20)
        self._region.set_clear_depth_active(True)
        self._region.set_camera(view.camera.attach_new_node(room))

    def aim(self, eye: Eye, passage: Passage) -> None:
        """Draw what ``eye`` sees."""
        lens, hole, opening = projection(eye.fov), self._hole.values, passage.opening
        left, right, up, down = (math.tan(angle) for angle in eye.fov)
        hole[0, 3] = 0.0 if opening is None else 2.0 if opening.floor else 1.0
        hole[1, 3], hole[2, 3] = passage.grown, passage.time_s
        hole[3] = (left, right, down, up)
        hole[4] = (passage.vignette, *_VIGNETTE, 0.0)
        self._region.set_active(opening is not None)
        if opening is None:
            self._camera.set_camera_mask(CAVE_SIDE | ROOM_SIDE)
            self._camera.get_lens().set_user_mat(lens)
            return
        plane = opening.before(eye)
        hole[:3, :3] = opening.seen_by(eye)
        self._camera.set_camera_mask(CAVE_SIDE)
        self._camera.get_lens().set_user_mat(behind_wall(lens, eye.fov, plane))
        self._room.get_lens().set_user_mat(before_wall(lens, plane))
