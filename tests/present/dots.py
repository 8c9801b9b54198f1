"""Dots of light at known places, and where they are found again in a picture."""

from collections.abc import Sequence

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.present import shading

Floats = NDArray[np.float64]

VERTEX = """#version 330
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
void main() {
    gl_Position = p3d_ModelViewProjectionMatrix * p3d_Vertex;
    gl_PointSize = 9.0;
}
"""
FRAGMENT = """#version 330
out vec4 colour;
void main() {
    vec2 q = gl_PointCoord - 0.5;
    colour = vec4(vec3(2.0 * exp(-dot(q, q) * 28.0)), 1.0);
}
"""


def hang(root: p3d.NodePath, places: Sequence[Vec3] | Floats) -> p3d.NodePath:
    """Soft white dots of nine pixels at these places of the world."""
    shader = p3d.Shader.make(p3d.Shader.SL_GLSL, VERTEX, FRAGMENT)
    node = shading.points({"vertex": np.array(places, dtype=np.float32)}, shader, name="dots")
    node.reparent_to(root)
    return node


def centre(picture: NDArray[np.generic], near: tuple[float, float], reach: int = 8) -> tuple[float, float]:
    """Where the dot near (x, y) is in a (height, width) picture: its centre of light, pixels, y down."""
    x, y = round(near[0]), round(near[1])
    left, top = max(0, x - reach), max(0, y - reach)
    part = picture[top : y + reach + 1, left : x + reach + 1].astype(np.float64)
    assert part.max() > 40, f"no dot near {near}"
    # Glow and grain far from the dot would pull the centre to the middle of the part.
    light = np.maximum(0.0, part - 0.25 * part.max())
    rows, columns = np.mgrid[0 : part.shape[0], 0 : part.shape[1]]
    total = light.sum()
    # A pixel's middle is half a pixel from its corner.
    return (
        left + float((light * columns).sum() / total) + 0.5,
        top + float((light * rows).sum() / total) + 0.5,
    )
