"""Boulders as light: level lines and dust on their skin, and a black body that hides what is behind them."""

import math
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present import shading
from game.world.boulders import Boulder
from game.world.cave import Cave

Packed = dict[str, NDArray[np.float32]]

SHARE: Final = 0.0165
"""Points of one boulder, in parts of the rock's."""
_LINE_M: Final = 0.072
_UNDER_M: Final = 0.03
"""The body lies so far under the skin: rock breathes by two centimetres."""
_AROUND, _UP = 28, 9


def boulder_points(cave: Cave, count: int, rng: np.random.Generator) -> Packed:
    """``count`` points for each boulder, columns as of `game.present.rock.rock_points`."""
    parts = [_points(cave, one, count, rng) for one in cave.boulders]
    if not parts:
        return {"vertex": np.zeros((0, 3), np.float32), "place": np.zeros((0, 4), np.float32),
                "lie": np.zeros((0, 4), np.float32)}  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _points(cave: Cave, one: Boulder, count: int, rng: np.random.Generator) -> Packed:
    lines = int(count * 0.7)
    around = rng.uniform(-math.pi, math.pi, count)
    up_m = rng.uniform(0.0, 1.0, count) ** 0.8 * one.height_m
    # Lines as of strata that lie askew and fold: rock, not a lathe's work.
    fold = 0.085 * np.sin(around + one.seed) + 0.045 * np.sin(2.0 * around + 1.7 * one.seed)
    fold += 0.022 * np.sin(5.0 * around + 2.3 * one.seed)
    level = np.round((up_m + fold) / _LINE_M)
    dust_m = np.where(rng.uniform(0.0, 1.0, count) < 0.7, 0.004, 0.02) * rng.normal(size=count)
    up_m[:lines] = (level * _LINE_M - fold + dust_m)[:lines]
    # A stratum comes and goes on its way round.
    seen = 0.5 + 0.5 * np.sin(around * (1.0 + level % 3) + 1.9 * level + one.seed)
    part = np.arcsin(np.clip(up_m / one.height_m, 0.0, 1.0) ** 2) * 2.0 / math.pi
    # The crown is flat: there lines run round its middle instead.
    crown = rng.uniform(0.0, 1.0, count) < 0.24
    part[crown] = rng.uniform(0.5, 1.0, int(crown.sum()))
    points, normals = one.surface(around, part)
    tunnel = cave.tunnels[one.tunnel]
    i = round(one.along_m / tunnel.length_m * (len(tunnel.centre) - 1))
    out = points - tunnel.centre[i]
    turn = (np.arctan2(out @ tunnel.up[i], out @ tunnel.right[i]) + math.pi) / math.tau
    random = rng.uniform(0.0, 1.0, count)
    weight = np.where(np.arange(count) < lines, 0.15 + 0.75 * seen, rng.uniform(0.1, 0.5, count))
    along = np.full(count, one.along_m / tunnel.length_m)
    return {
        "vertex": points.astype(np.float32),
        "place": np.stack([along, turn, np.full(count, one.tunnel), random], axis=1).astype(np.float32),
        "lie": np.concatenate([normals, weight[:, None]], axis=1).astype(np.float32),
    }


def boulder_bodies(cave: Cave, shaders: shading.Shaders) -> p3d.NodePath:
    """The black bodies of all boulders: they write depth before anything is drawn."""
    around, part = np.meshgrid(
        np.linspace(0.0, math.tau, _AROUND, endpoint=False), np.linspace(0.0, 1.0, _UP), indexing="ij"
    )
    vertices, corners = [np.zeros((1, 3))], [np.zeros((1, 3), dtype=np.int64)]
    count = 1
    for one in cave.boulders:
        points, normals = one.surface(around.reshape(-1), part.reshape(-1))
        vertices.append(points - _UNDER_M * normals)
        a = (np.arange(_AROUND)[:, None] * _UP + np.arange(_UP - 1)[None, :]).reshape(-1)
        b = (a + _UP) % (_AROUND * _UP)
        corners.append(count + np.stack([a, b, a + 1, a + 1, b, b + 1], axis=1).reshape(-1, 3))
        count += len(points)
    node = shading.triangles(
        {"vertex": np.concatenate(vertices).astype(np.float32)}, np.concatenate(corners),
        shaders.make("block", "block"), name="boulders",
    )  # fmt: skip
    node.set_depth_write(True)
    node.set_bin("background", 0)
    return node
