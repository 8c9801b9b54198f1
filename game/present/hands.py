"""Hands of light: the player's two, and the ghost that shows how to walk."""

import math
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.present import shading

Floats = NDArray[np.float64]

GHOST: Final = 2
"""Number of the ghost among the hands."""
_BONES: Final = (
    (0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 6), (6, 7), (7, 8), (5, 9), (9, 10), (10, 11), (11, 12),
    (9, 13), (13, 14), (14, 15), (15, 16), (13, 17), (0, 17), (17, 18), (18, 19), (19, 20), (0, 9), (0, 13),
)  # fmt: skip
_ROWS: Final = 22

_GHOST_REST: Final = np.array([
    (0.00, -0.02, 0.070), (-0.030, 0.00, 0.050), (-0.050, 0.02, 0.028), (-0.052, 0.03, 0.004),
    (-0.048, 0.03, -0.014),
    (-0.024, 0.01, -0.008), (-0.026, 0.02, -0.048), (-0.026, 0.01, -0.076), (-0.026, 0.00, -0.098),
    (0.000, 0.01, -0.012), (0.001, 0.02, -0.056), (0.001, 0.01, -0.086), (0.001, 0.00, -0.110),
    (0.022, 0.01, -0.006), (0.026, 0.05, -0.020), (0.024, 0.04, 0.004), (0.022, 0.02, 0.010),
    (0.041, 0.01, 0.006), (0.046, 0.045, -0.006), (0.042, 0.035, 0.014), (0.039, 0.02, 0.018),
])  # fmt: skip
"""A right hand that hangs down before the eye, seen from behind: two fingers are legs, the rest is curled."""


def ghost_shape(time_s: float) -> Floats:
    """(21, 3) landmarks about the palm of a hand that walks on index and middle finger, view axes."""
    shape = _GHOST_REST.copy()
    pace = time_s * 2.0 * math.pi * 1.25
    for first, phase in ((5, 0.0), (9, math.pi)):
        swing = 0.62 * math.sin(pace + phase)
        lift = 0.75 * max(0.0, math.cos(pace + phase))
        base = shape[first].copy()
        for knuckle in range(1, 4):
            # The finger swings at its root and bends where a knee would be while it comes forward.
            angle = swing - (lift if knuckle > 1 else 0.0) * 0.9
            line = _GHOST_REST[first + knuckle] - _GHOST_REST[first + knuckle - 1]
            c, s = math.cos(angle), math.sin(angle)
            turned = np.array([line[0], line[1] * c - line[2] * s, line[1] * s + line[2] * c])
            base = base + turned
            shape[first + knuckle] = base
    shape[:, 2] += 0.008 * abs(math.cos(pace))
    shape[:, 0] += 0.004 * math.sin(pace)
    return shape


class Hands:
    """One cloud of motes for all three hands."""

    def __init__(
        self, root: p3d.NodePath, shaders: shading.Shaders, per_bone: int, rng: np.random.Generator
    ) -> None:
        self._uniforms = shading.Uniforms(3 * _ROWS)
        clouds = []
        strays = []
        for number in range(3):
            for a, b in _BONES:
                t = np.append(rng.uniform(0.0, 1.0, per_bone - 1), 1.0)
                thick = 0.0045 if b % 4 != 0 else 0.0035
                if {a, b} & {0} or (a, b) in ((5, 9), (9, 13), (13, 17)):
                    thick = 0.0075
                clouds.append(np.stack([np.full(per_bone, a), np.full(per_bone, b), t], axis=1))
                stray = rng.normal(0.0, thick * 0.6, (per_bone, 3))
                strays.append(np.concatenate([stray, np.full((per_bone, 1), number)], axis=1))
        node = shading.points(
            {
                "vertex": np.concatenate(clouds).astype(np.float32),
                "stray": np.concatenate(strays).astype(np.float32),
            },
            shaders.make("hand", "grain"),
            name="hands",
        )
        # Hands are nearer than anything.
        node.set_depth_test(False)
        node.reparent_to(root)
        self._uniforms.bind(node, "hand")
        self._node = node

    def clear(self) -> None:
        """No hand; to be called before the hands of a frame are put."""
        self._uniforms.values[_ROWS - 1 :: _ROWS] = 0.0
        self._node.hide()

    def put(
        self, number: int, shape: Floats, origin: Vec3, yaw_rad: float, *, strength: float, pinch: float
    ) -> None:
        """Show hand ``number`` (0 and 1 are the player's): (21, 3) landmarks about ``origin``, view axes."""
        c, s = math.cos(yaw_rad), math.sin(yaw_rad)
        turned = shape @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        row = number * _ROWS
        self._uniforms.values[row : row + 21, :3] = turned + np.array(origin)
        self._uniforms.values[row + 21] = (strength, pinch, 1.0 if number == GHOST else 0.0, 0.0)
        self._node.show()
