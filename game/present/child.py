"""The Child on the stage: its skin, its face, and the shadow that hides what it stands before."""

from typing import Final

import numpy as np
import panda3d.core as p3d

from game.present import child_body, shading
from game.present.child_body import BONES
from game.present.child_figure import Doing, Figure
from game.present.child_motion import ChildMotion
from game.world.state import Child

_BONE_ROW: Final = 4
_LOOK_ROW: Final = _BONE_ROW + 3 * BONES
_ROWS: Final = 88
"""Of the array `child` in childbones.glsl."""
_LEAN_SKIN: Final = 4_600
"""Points of a skin whose every point shines at its full light; a denser one shares more than it has."""


class ChildFigure:
    """Owns the Child's nodes and its springs."""

    def __init__(
        self, root: p3d.NodePath, shaders: shading.Shaders, count: int, rng: np.random.Generator
    ) -> None:
        self._motion = ChildMotion()
        self._gain = min(1.0, (_LEAN_SKIN / count) ** 0.75)
        self._uniforms = shading.Uniforms(_ROWS)
        self._node = root.attach_new_node("child")
        self._uniforms.bind(self._node, "child")
        shadow = shading.points(
            child_body.shadow_points(rng), shaders.make("shadow", "shadow"), name="child's shadow"
        )
        shadow.set_depth_write(True)
        # It is black where it covers light that is drawn already: the cave's, behind one who has left it.
        shadow.set_attrib(p3d.ColorBlendAttrib.make(p3d.ColorBlendAttrib.M_none))
        shadow.set_bin("background", 0)
        shadow.reparent_to(self._node)
        skin = shading.points(
            child_body.skin_points(count, rng), shaders.make("child", "grain"), name="child's skin"
        )
        skin.reparent_to(self._node)
        columns, corners = child_body.face_patch()
        face = shading.triangles(columns, corners, shaders.make("face", "face"), name="child's face")
        face.reparent_to(self._node)

    def update(self, child: Child, doing: Doing, *, dt_s: float) -> Figure:
        """Move and light the Child for a frame; the figure says where its parts are."""
        figure = self._motion.advance(doing, dt_s)
        shown = child.body > 0.002 or child.eyes > 0.002
        if shown:
            self._node.show()
        else:
            self._node.hide()
            return figure
        values = self._uniforms.values
        values[0] = (child.body * figure.light, child.eyes, child.warmth, figure.mouth)
        values[1] = (*figure.gaze, *figure.lids)
        values[2] = (figure.smile, figure.pupil, 1.0 if child.has_light else 0.0, figure.mouth)
        values[3, :3] = figure.light_at
        values[3, 3] = self._gain
        values[_LOOK_ROW] = (figure.slant, figure.cheek, figure.hard, 0.0)
        values[_BONE_ROW : _BONE_ROW + len(figure.bones)] = figure.bones
        return figure
