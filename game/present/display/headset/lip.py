"""The torn edge of a hole in the floor: rock as thick as a hand is long, so that the hole has a depth."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import panda3d.core as p3d

from game.present.display.headset.opening import HOLE_M, edge_m
from game.present.display.headset.sides import Passage
from game.present.shading import Shaders, Uniforms

_THICK_M: Final = 0.26
_UNDERCUT_M: Final = 0.07
"""So much wider is the hole below."""
_AROUND: Final = 160
_ROWS: Final = 3
_OPEN: Final = 0.985
"""The edge is there when the hole has grown so far: before that it tears on."""


class Lip:
    """Hangs under the player's own floor, on the cave's side."""

    def __init__(self, floor: p3d.NodePath, shaders: Shaders) -> None:
        self._node = floor.attach_new_node(_ring())
        self._node.set_shader(shaders.make("lip", "lip"))
        self._node.set_two_sided(True)
        # First of all, for it hides the cave behind it.
        self._node.set_bin("background", -20)
        self._told = Uniforms(1)
        self._told.bind(self._node, "lip")
        self._node.hide()

    def put(self, passage: Passage) -> None:
        """Under the opening, where that is in the floor."""
        opening = passage.opening
        if opening is None or not opening.floor or passage.grown < _OPEN:
            self._node.hide()
            return
        self._node.show()
        self._node.set_pos_hpr(*opening.at_m, -math.degrees(opening.yaw_rad), 0.0, 0.0)
        self._told.values[0, :2] = ((passage.grown - _OPEN) / (1.0 - _OPEN), passage.time_s)


def outline() -> Iterator[tuple[float, float]]:
    """Places of the edge all round, metres to the right of `Opening.at_m` and ahead of it."""
    for number in range(_AROUND + 1):
        s, c = math.sin(math.tau * number / _AROUND), math.cos(math.tau * number / _AROUND)
        low, high = 0.0, 2.0 * HOLE_M[0]
        for _ in range(24):
            middle = (low + high) / 2.0
            inside = edge_m(middle * s, HOLE_M[1] + middle * c, floor=True) < 0.0
            low, high = (middle, high) if inside else (low, middle)
        yield low * s, HOLE_M[1] + low * c


def _ring() -> p3d.GeomNode:
    edge = np.array(list(outline()))
    out = edge - np.array([0.0, HOLE_M[1]])
    out /= np.linalg.norm(out, axis=1)[:, None]
    data = p3d.GeomVertexData("lip", p3d.GeomVertexFormat.get_v3(), p3d.Geom.UH_static)
    writer = p3d.GeomVertexWriter(data, "vertex")
    for row in range(_ROWS):
        down = row / (_ROWS - 1)
        for (x, y), (a, b) in zip(edge, out, strict=True):
            wide = _UNDERCUT_M * down * down
            writer.add_data3(x + wide * a, y + wide * b, -_THICK_M * down)
    strip = p3d.GeomTriangles(p3d.Geom.UH_static)
    for row in range(_ROWS - 1):
        for number in range(_AROUND):
            one = row * (_AROUND + 1) + number
            below = one + _AROUND + 1
            strip.add_vertices(one, below, one + 1)
            strip.add_vertices(one + 1, below, below + 1)
    geom = p3d.Geom(data)
    geom.add_primitive(strip)
    node = p3d.GeomNode("lip")
    node.add_geom(geom)
    return node
