"""Crystals: points of light on facets that flash in colours as one moves, and what they throw down."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.present.rock import Packed
from game.world.cave import PAINT_ALONG, PAINT_AROUND, Cave

Floats = NDArray[np.float64]

CRYSTAL_WEIGHT: Final = 2.0
"""Weights from here on are points of crystal, which the shader lights by their facets."""
_COARSE: Final = 8.0
"""With so few points a metre each shines at its full light."""
_FANS: Final = 5
"""Narrow fans of light that a cluster throws on the floor."""


def _faces(
    base: Floats, axis: Floats, height: float, radius: float, turn: float
) -> list[tuple[Floats, Floats, Floats, Floats]]:
    """Facets of a six-sided crystal with an oblique point: four corners, at the tip two alike."""
    way = axis / np.sqrt(float(axis @ axis))
    side = np.cross(way, np.array([0.31, 0.95, 0.11]))
    side /= np.sqrt(float(side @ side))
    other = np.cross(way, side)
    around = [
        math.cos(turn + k * math.pi / 3) * side + math.sin(turn + k * math.pi / 3) * other for k in range(6)
    ]
    feet = [base + radius * 0.8 * a for a in around]
    # The shoulder is cut aslant, as in quartz.
    shoulders = [
        base + radius * a + way * height * (0.74 + 0.09 * math.sin(turn * 3 + k * 2.1))
        for k, a in enumerate(around)
    ]
    tip = base + way * height + radius * 0.25 * around[1]
    sides = [(feet[k], feet[(k + 1) % 6], shoulders[(k + 1) % 6], shoulders[k]) for k in range(6)]
    return sides + [(shoulders[k], shoulders[(k + 1) % 6], tip, tip) for k in range(6)]


def _on_face(
    corners: tuple[Floats, Floats, Floats, Floats], count: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """``count`` points of a facet (n, 3), its normal (3,), and each point's weight: more along its edges."""
    a, b, c, d = corners
    u, v = rng.uniform(0.0, 1.0, count), rng.uniform(0.0, 1.0, count)
    # Every other point lies on an edge: left, or the upper one.
    on_edge = rng.uniform(0.0, 1.0, count)
    u = np.where(on_edge < 0.38, 0.0, u)
    v = np.where((on_edge > 0.38) & (on_edge < 0.55), 1.0, v)
    points = ((a * (1 - u[:, None]) + b * u[:, None]) * (1 - v[:, None])
              + (d * (1 - u[:, None]) + c * u[:, None]) * v[:, None])  # fmt: skip
    (ux, uy, uz), (vx, vy, vz) = (b - a).tolist(), (d - a).tolist()
    # For a thousand facets, one by one, NumPy's own cross product takes longer than all the rest.
    normal = np.array([uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx])
    normal /= max(1e-9, math.sqrt(float(normal @ normal)))
    # Inside it is clear: the foot is dim, the edges shine.
    weight = np.where(on_edge < 0.55, 0.75, 0.28) * (0.35 + 0.65 * v)
    return points, normal, weight


def _thrown(
    foot: Floats, height: float, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Light on the floor around a cluster, in narrow fans: (n, 3) places, (n, 3) normals that turn along a
    fan so that its colour does, and weights."""
    fan = rng.uniform(0.0, math.tau, _FANS)[rng.integers(0, _FANS, count)]
    out = rng.uniform(0.0, 1.0, count) ** 0.7
    angle = fan + rng.normal(0.0, 0.05, count) * (1.2 - out)
    reach = height * (0.25 + 1.1 * out)
    places = foot + np.stack([np.cos(angle) * reach, np.sin(angle) * reach, np.full(count, 0.03)], axis=1)
    tilt = (out - 0.5) * 0.8
    normals = np.stack([np.sin(tilt) * np.cos(angle), np.sin(tilt) * np.sin(angle), np.cos(tilt)], axis=1)
    return places, normals, 0.7 * (1.0 - out) ** 1.5 + 0.05


def crystal_points(cave: Cave, fineness: float, rng: np.random.Generator) -> Packed:
    """All crystals of the cave; ``fineness`` is points per metre of a facet's height."""
    parts = []
    # Of many points each has less light.
    share = (_COARSE / fineness) ** 0.4
    for foot_x, foot_y, foot_z, height in cave.crystals:
        foot = np.array([foot_x, foot_y, foot_z])
        tunnel, along, around = cave.paint_cell(foot + np.array([0.0, 0.0, 0.2]))
        place = ((along + 0.5) / PAINT_ALONG, (around + 0.5) / PAINT_AROUND, float(tunnel))
        clouds = [_thrown(foot, height, int(fineness * 3 * height), rng)]
        lean_to = rng.normal(0.0, 0.12, 2)
        for number in range(int(rng.integers(6, 11))):
            size = height * (1.0 if number == 0 else float(rng.uniform(0.22, 0.75)))
            turn = float(rng.uniform(0.0, math.tau))
            # The small ones stand around the large one and lean away from it.
            lean = 0.0 if number == 0 else float(rng.uniform(0.2, 0.75))
            aside = 0.0 if number == 0 else height * float(rng.uniform(0.06, 0.24))
            axis = np.array([lean_to[0] + lean * math.cos(turn), lean_to[1] + lean * math.sin(turn), 1.0])
            base = foot + np.array([aside * math.cos(turn), aside * math.sin(turn), -0.04])
            radius = size * float(rng.uniform(0.085, 0.13))
            for corners in _faces(base, axis, size, radius, float(rng.uniform(0, 2))):
                count = max(2, int(fineness * np.sqrt(((corners[3] - corners[0]) ** 2).sum())))
                points, normal, weight = _on_face(corners, count, rng)
                clouds.append((points, np.broadcast_to(normal, (count, 3)), weight))
        points = np.concatenate([cloud[0] for cloud in clouds])
        count = len(points)
        parts.append({
            "vertex": points,
            "place": np.column_stack([np.tile(place, (count, 1)), rng.uniform(0.0, 0.98, count)]),
            "lie": np.column_stack([
                np.concatenate([cloud[1] for cloud in clouds]),
                CRYSTAL_WEIGHT + share * np.minimum(0.95, np.concatenate([cloud[2] for cloud in clouds])),
            ]),
        })  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]).astype(np.float32) for name in parts[0]}
