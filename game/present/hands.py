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

_GHOST_BONES: Final = (
    # From, to, radius at each, and whether it goes on past its end: the forearm, which fades.
    (9, 0, 0.031, 0.022, True), (5, 6, 0.0095, 0.009, False), (6, 7, 0.009, 0.0085, False),
    (7, 8, 0.0085, 0.007, False), (9, 10, 0.0095, 0.009, False), (10, 11, 0.009, 0.0085, False),
    (11, 12, 0.0085, 0.007, False), (13, 14, 0.0105, 0.0095, False), (14, 16, 0.0095, 0.008, False),
    (17, 18, 0.0095, 0.009, False), (18, 20, 0.0085, 0.007, False), (1, 2, 0.012, 0.010, False),
    (2, 3, 0.010, 0.0085, False), (3, 4, 0.0085, 0.007, False),
)  # fmt: skip
_GHOST_SHARE: Final = 5
"""So many of its motes for each of a player's: it has an outline, which needs them."""
_FOREARM: Final = 1.9
"""Where the forearm ends, in parts of the back of the hand, which it carries on."""
_GHOST_SIZE: Final = 1.25
"""It is so much larger than a hand: it is an example."""
_GHOST_TURN_RAD: Final = 0.95
"""It walks across the view: from behind one would not see it step."""

_GHOST_REST: Final = np.array([
    (0.00, -0.052, 0.066), (-0.030, 0.00, 0.050), (-0.050, 0.02, 0.028), (-0.052, 0.03, 0.004),
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
    return shape * _GHOST_SIZE


def _ghost_skin(per_bone: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Columns ``vertex`` and ``stray`` of the ghost's motes: on the skin of tapered bones, which the shader
    shows where it turns away. Strays are across the bone, metres, and the mote's own random number."""
    lengths = [math.dist(_GHOST_REST[a], _GHOST_REST[b]) for a, b, *_ in _GHOST_BONES]
    areas = np.array([one[2] + one[3] for one in _GHOST_BONES]) * np.array(lengths)
    counts = np.ceil(per_bone * _GHOST_SHARE * len(_GHOST_BONES) * areas / areas.sum()).astype(np.int64)
    clouds, strays = [], []
    for (a, b, first, last, goes_on), length, count in zip(_GHOST_BONES, lengths, counts, strict=True):
        if goes_on:
            t = rng.uniform(0.0, _FOREARM, count)
            radius = first + (last - first) * np.minimum(t, 1.0)
        else:
            # Past its end a bone is round.
            along = rng.uniform(0.0, length + last, count)
            over = np.maximum(0.0, along - length) / last
            t = along / length
            radius = (first + (last - first) * np.minimum(t, 1.0)) * np.sqrt(1.0 - over**2)
        turn = rng.uniform(0.0, math.tau, count)
        clouds.append(np.stack([np.full(count, a), np.full(count, b), t], axis=1))
        # A back of the hand is half as thick as it is wide.
        flat = 0.55 if goes_on else 1.0
        radius = _GHOST_SIZE * radius
        strays.append(np.stack([
            radius * np.cos(turn), radius * np.sin(turn) * flat, rng.uniform(0.0, 1.0, count),
            np.full(count, GHOST),
        ], axis=1))  # fmt: skip
    return np.concatenate(clouds), np.concatenate(strays)


class Hands:
    """One cloud of motes for all three hands."""

    def __init__(
        self, root: p3d.NodePath, shaders: shading.Shaders, per_bone: int, rng: np.random.Generator
    ) -> None:
        self._uniforms = shading.Uniforms(3 * _ROWS)
        clouds = []
        strays = []
        for number in range(GHOST):
            for a, b in _BONES:
                t = np.append(rng.uniform(0.0, 1.0, per_bone - 1), 1.0)
                thick = 0.0045 if b % 4 != 0 else 0.0035
                if {a, b} & {0} or (a, b) in ((5, 9), (9, 13), (13, 17)):
                    thick = 0.0075
                clouds.append(np.stack([np.full(per_bone, a), np.full(per_bone, b), t], axis=1))
                stray = rng.normal(0.0, thick * 0.6, (per_bone, 3))
                strays.append(np.concatenate([stray, np.full((per_bone, 1), number)], axis=1))
        cloud, stray = _ghost_skin(per_bone, rng)
        clouds.append(cloud)
        strays.append(stray)
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
        ghost = number == GHOST
        yaw_rad += _GHOST_TURN_RAD if ghost else 0.0
        c, s = math.cos(yaw_rad), math.sin(yaw_rad)
        turned = shape @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        row = number * _ROWS
        self._uniforms.values[row : row + 21, :3] = turned + np.array(origin)
        self._uniforms.values[row + 21] = (strength, pinch, float(ghost), yaw_rad)
        self._node.show()
