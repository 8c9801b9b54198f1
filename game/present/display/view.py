"""One eye before one screen: its camera, its pixels, and what its shaders know of it."""

from enum import StrEnum
from typing import Final

import panda3d.core as p3d

from game.interpret.intents import Vec3
from game.present.display.room import Rectangle, Room
from game.present.shading import Floats32, Uniforms

FRAME_ROWS: Final = 40
"""Rows of the array `frame` of every shader of the scene."""
GUARD: Final = 0.09
"""Where screens meet, each draws so much more on every side, in parts of its height: light from beyond the
edge glows over it, as it does on the other screen."""


class Stereo(StrEnum):
    """How two eyes are served."""

    OFF = "off"
    ANAGLYPH = "anaglyph"
    """Glasses of two colours: the left eye sees red, the right one cyan."""
    SIDE_BY_SIDE = "sbs"
    """The left half of each screen for the left eye, at half the width: for 3D projectors and screens."""


class View:
    """A camera of the scene; `game.present.viewpoint` places it, the stage shares the frame with it."""

    def __init__(self, root: p3d.NodePath, *, name: str, screen: int, eye_m: float, guarded: bool) -> None:
        self.name = name
        self.screen = screen
        """Number of its screen in the room."""
        self.eye_m = eye_m
        """Of this eye from the middle of the head, to the right."""
        self.size = (1, 1)
        """Pixels of its light, with the guard."""
        self.guard = (0, 0)
        """Pixels on each side, across and down, that lie beyond the screen."""
        self.camera = root.attach_new_node(p3d.Camera(name, p3d.PerspectiveLens()))
        self._guarded = guarded
        self._own = (0.0, 0.0, 0.0, 1.0)
        self._rectangle: tuple[Room, float, Rectangle] | None = None
        self._frame = Uniforms(FRAME_ROWS)
        # The camera's own frame wins over the one that is bound to the root for all.
        told = p3d.ShaderAttrib.make().set_shader_input(self._frame.as_input("frame", priority=1))
        self.camera.node().set_initial_state(p3d.RenderState.make(told))

    @property
    def screen_size(self) -> tuple[int, int]:
        """Pixels of its screen: the light without the guard."""
        return self.size[0] - 2 * self.guard[0], self.size[1] - 2 * self.guard[1]

    @property
    def aspect(self) -> float:
        """Width of the screen's pixels divided by their height."""
        width, height = self.screen_size
        return width / height

    def rectangle(self, room: Room) -> Rectangle:
        """Its screen in ``room``; worked out anew only for another room or shape of the picture."""
        known, aspect = self._rectangle, self.aspect
        if known is None or known[0] is not room or known[1] != aspect:
            known = self._rectangle = (room, aspect, room.rectangle(self.screen, aspect))
        return known[2]

    def resize(self, screen_size: tuple[int, int]) -> None:
        """The pixels of its screen are now so many."""
        guard = round(GUARD * screen_size[1]) if self._guarded else 0
        self.guard = (guard, guard)
        self.size = (screen_size[0] + 2 * guard, screen_size[1] + 2 * guard)

    def tell(self, *, eye: Vec3, focal_px: float) -> None:
        """Where its eye is in the world, and how many pixels a metre takes up at one metre."""
        self._own = (*eye, focal_px)

    def share(self, frame: Floats32) -> None:
        """Take the stage's frame (`FRAME_ROWS`, 4) over, with this view's eye and pixels in it."""
        values = self._frame.values
        values[:] = frame
        values[0, :3] = self._own[:3]
        values[1, :3] = (*self.size, self._own[3])


def make_views(root: p3d.NodePath, room: Room, stereo: Stereo) -> tuple[View, ...]:
    """The views of a room, screen by screen, the left eye before the right one."""
    half = room.eye_gap_m / 2
    eyes = (("", 0.0),) if stereo is Stereo.OFF else ((" left", -half), (" right", half))
    return tuple(
        View(root, name=f"{number}{eye}", screen=number, eye_m=offset, guarded=len(room.screens) > 1)
        for number in range(len(room.screens))
        for eye, offset in eyes
    )
