"""Where the real room cannot be seen: a quiet room of lines, so that nobody floats and the wall or floor that
opens is seen to be one."""

import math
from collections.abc import Iterator
from typing import Final

import panda3d.core as p3d

from game.present.display.canvas import CAVE_SIDE, ROOM_SIDE
from game.present.display.headset.opening import Opening, edge_m
from game.present.display.headset.sides import Passage
from game.present.shading import Shaders

_HALF_M: Final = 3.0
_HIGH_M: Final = 2.6
_GRID_M: Final = 0.5
_PIECE_M: Final = 0.05
_CLEAR_M: Final = 0.06
"""Lines on the wall keep so far from the opening."""
_BEFORE_M: Final = 0.01
"""The wall's lines lie so far before it, or they would be cut with what is behind."""
_OVER_M: Final = 0.004
"""So do the floor's lie over it."""


class DrawnRoom:
    """A grid on the floor, and around an opening a wall or no lines of the floor."""

    def __init__(self, floor: p3d.NodePath, shaders: Shaders) -> None:
        self._node = floor.attach_new_node("room")
        self._node.set_shader(shaders.make("room", "line"))
        self._node.set_attrib(
            p3d.ColorBlendAttrib.make(
                p3d.ColorBlendAttrib.M_add, p3d.ColorBlendAttrib.O_one, p3d.ColorBlendAttrib.O_one
            )
        )
        self._node.set_depth_write(False)
        # Before the shadow of whoever stands in the room, which hides it.
        self._node.set_bin("background", -10)
        self._node.hide(CAVE_SIDE)
        self._node.show_through(ROOM_SIDE)
        self._opening: Opening | None = None
        self._drawn: p3d.NodePath | None = None
        self._draw()

    def put(self, passage: Passage) -> None:
        """The room's wall is where the opening is; a hole has the floor around it."""
        opening = passage.opening
        if opening is None:
            return
        if self._opening is None:
            self._opening = opening
            self._draw()
        self._node.set_pos_hpr(*opening.at_m, -math.degrees(opening.yaw_rad), 0.0, 0.0)

    def _draw(self) -> None:
        if self._drawn is not None:
            self._drawn.remove_node()
        lines = p3d.LineSegs("lines")
        opening = self._opening
        has_wall, has_hole = (opening is not None and opening.floor is floor for floor in (False, True))
        # With a wall the floor ends there, and begins that much farther back.
        begin, end = (-2.0 * _HALF_M, 0.0) if has_wall else (-_HALF_M, _HALF_M)
        for across in _steps(-_HALF_M, _HALF_M):
            for low, high in _pieces(end - begin):
                at, on = begin + low, begin + high
                if not has_hole or edge_m(across, (at + on) / 2.0, floor=True) > _CLEAR_M:
                    _line(lines, (across, at, _OVER_M), (across, on, _OVER_M))
        for along in _steps(begin, end):
            for left, right in _pieces(2.0 * _HALF_M):
                at, on = left - _HALF_M, right - _HALF_M
                if not has_hole or edge_m((at + on) / 2.0, along, floor=True) > _CLEAR_M:
                    _line(lines, (at, along, _OVER_M), (on, along, _OVER_M))
        if has_wall:
            at = -_BEFORE_M
            for across in _steps(-_HALF_M, _HALF_M):
                for low, high in _pieces(_HIGH_M):
                    if edge_m(across, (low + high) / 2.0) > _CLEAR_M:
                        _line(lines, (across, at, low), (across, at, high))
            for up in _steps(_GRID_M, _HIGH_M):
                for left, right in _pieces(2.0 * _HALF_M):
                    if edge_m((left + right) / 2.0 - _HALF_M, up) > _CLEAR_M:
                        _line(lines, (left - _HALF_M, at, up), (right - _HALF_M, at, up))
        self._drawn = self._node.attach_new_node(lines.create())


def _line(lines: p3d.LineSegs, begin: tuple[float, float, float], end: tuple[float, float, float]) -> None:
    lines.move_to(*begin)
    lines.draw_to(*end)


def _steps(low: float, high: float) -> Iterator[float]:
    for number in range(round((high - low) / _GRID_M - 1e-6) + 1):
        if (at := low + number * _GRID_M) <= high + 1e-6:
            yield at


def _pieces(length_m: float) -> Iterator[tuple[float, float]]:
    count = round(length_m / _PIECE_M)
    for number in range(count):
        yield number * _PIECE_M, (number + 1) * _PIECE_M
