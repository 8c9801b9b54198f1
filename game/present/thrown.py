"""Thrown things: a mote of light, or the words themselves as a clump of letters, in flight and in hands."""

import math
from typing import Final

import numpy as np
import panda3d.core as p3d

from game.interpret.intents import Vec3
from game.present import shading
from game.present.air import Glows
from game.present.viewpoint import Viewpoint
from game.present.words import letters, readable
from game.world.state import Thrown

_SCALE: Final = 0.42
"""Of flying letters, against those that stand."""
_COLOUR: Final = (1.0, 0.62, 0.28)
_FADES_S: Final = 0.7


class ThrownThings:
    """The one thing that flies; its letters are made when it is first seen."""

    def __init__(self, root: p3d.NodePath, shaders: shading.Shaders, rng: np.random.Generator) -> None:
        self._root = root
        self._shader = shaders.make("words", "grain")
        self._rng = rng
        self._key: str | None = None
        self._node: p3d.NodePath | None = None
        self._uniforms = shading.Uniforms(2)
        self._size = 0.0
        """Of the letters now, as `_SCALE`."""

    def update(
        self,
        thrown: list[Thrown],
        glows: Glows,
        *,
        held_at: Vec3,
        view: Viewpoint,
        time_s: float,
        dt_s: float,
    ) -> None:
        """Show what flies; what is held is shown at ``held_at``, between the hands that hold it."""
        wanted = thrown[-1] if thrown else None
        key = wanted.text if wanted is not None and wanted.text else None
        if key != self._key:
            if self._node is not None:
                self._node.remove_node()
                self._node = None
            self._key = key
            lines = readable(key) if key is not None else []
            if lines:
                self._node = shading.points(letters(lines, self._rng), self._shader, name="thrown words")
                self._uniforms.bind(self._node, "words")
                self._uniforms.values[1, :3] = _COLOUR
                self._node.reparent_to(self._root)
        if wanted is None:
            return
        at = held_at if wanted.held else wanted.position
        left = 1.0 if wanted.fades_s is None else max(0.0, 1.0 - (time_s - wanted.fades_s) / _FADES_S)
        beat = left * (0.9 + 0.1 * math.sin(time_s * 9.0))
        size = 1.0 + 1.5 * (1.0 - left)
        r, g, b = (0.42 * beat * part for part in _COLOUR)
        glows.add(at, 0.20 * size, (r, g, b))
        glows.add(at, 0.045, (2.2 * beat, 1.7 * beat, 1.0 * beat))
        if self._node is not None:
            # Letters face the eye; in hands they are crumpled small.
            goal = 0.15 if wanted.held else _SCALE
            self._size += (goal - self._size) * (1.0 - math.exp(-dt_s * 8.0))
            self._node.set_pos(*at)
            self._node.set_scale(self._size)
            self._node.look_at(p3d.LPoint3f(*(2.0 * a - e for a, e in zip(at, view.eye, strict=True))))
            self._uniforms.values[0] = (9.0, 9.0 + (2.0 if wanted.fades_s is None else 1.1 * left), 0.0, 1.0)
