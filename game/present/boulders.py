"""Boulders as light: the lines of the scan run on over their facets, dust lies between and along their edges,
and a black body hides what is behind them."""

import math
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present import shading
from game.present.rock import Packed, ribbons
from game.world.boulders import Boulder
from game.world.cave import Cave
from game.world.noise import fractal_noise

Floats = NDArray[np.float64]

SHARE: Final = 0.0048
"""Points of one boulder, in parts of the rock's."""
_APART: Final = 0.62
"""Distance of the lines on a boulder, in parts of the rock's: it is small, and each should have some."""
_EDGE_M: Final = 0.02
_UNDER_M: Final = 0.03
"""The body lies so far under the skin: rock breathes by two centimetres."""
_AROUND, _UP = 48, 14


def _pieces(cave: Cave) -> list[tuple[Boulder, float]]:
    """Every boulder and fragment with its share of points."""
    return [
        (piece, share) for one in cave.boulders
        for piece, share in ((one, 1.0), *((small, 0.05) for small in one.fragments))
    ]  # fmt: skip


def boulder_points(cave: Cave, count: int, rng: np.random.Generator) -> Packed:
    """``count`` points for each boulder and some for its fragments, columns as of
    `game.present.rock.rock_points`."""
    parts = [_points(cave, one, max(1, int(count * share)), rng) for one, share in _pieces(cave)]
    if not parts:
        return {"vertex": np.zeros((0, 3), np.float32), "place": np.zeros((0, 4), np.float32),
                "lie": np.zeros((0, 4), np.float32)}  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _points(cave: Cave, one: Boulder, count: int, rng: np.random.Generator) -> Packed:
    # Most of the tries that count are those along edges, where rock breaks and dust lies.
    around, part = rng.uniform(-math.pi, math.pi, 6 * count), rng.uniform(0.0, 1.0, 6 * count) ** 1.3
    rays = np.stack(
        [np.cos(around) * (1.0 - part**2) ** 0.5, np.sin(around) * (1.0 - part**2) ** 0.5, part], axis=1
    )
    points, normals, edge_m = one.cast(np.zeros((6 * count, 3)), rays)
    # Dust lies in patches.
    thick = np.clip(0.4 + 1.3 * fractal_noise(points * 3.1, one.seed, octaves=2), 0.03, 1.0)
    near = np.exp(-edge_m / _EDGE_M) * thick
    kept = rng.choice(6 * count, count, replace=False, p=_sum_one(0.25 * thick + 0.5 * near))
    points, normals, near, thick = points[kept], normals[kept], near[kept], thick[kept]
    points = points + normals * (0.004 * rng.normal(size=count))[:, None]
    weight = rng.uniform(0.2, 0.7, count) * (0.6 + 1.2 * thick + 0.6 * near)
    return _packed(cave, one, points, normals, weight, rng.uniform(0.0, 1.0, count))


def _sum_one(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum())


def _packed(
    cave: Cave, one: Boulder, points: Floats, normals: Floats, weight: Floats, random: Floats
) -> Packed:
    tunnel = cave.tunnels[one.tunnel]
    i = round(one.along_m / tunnel.length_m * (len(tunnel.centre) - 1))
    out = points - tunnel.centre[i]
    turn = (np.arctan2(out @ tunnel.up[i], out @ tunnel.right[i]) + math.pi) / math.tau
    along = np.full(len(points), one.along_m / tunnel.length_m)
    return {
        "vertex": points.astype(np.float32),
        "place": np.stack([along, turn, np.full(len(points), one.tunnel), random], axis=1).astype(np.float32),
        "lie": np.concatenate([normals, weight[:, None]], axis=1).astype(np.float32),
    }


def boulder_strands(cave: Cave, length: int, apart_m: float, rng: np.random.Generator) -> Packed | None:
    """Ribbons of ``length`` steps along the lines of the scan on every boulder, ``apart_m`` apart on the rock
    around; None in a cave without boulders."""
    apart_m *= _APART
    # A fragment lower than the lines are apart is dust alone.
    tall = [one for one, _ in _pieces(cave) if one.height_m > apart_m]
    parts = [_strands(cave, one, length, apart_m, rng) for one in tall]
    if not parts:
        return None
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _strands(cave: Cave, one: Boulder, length: int, apart_m: float, rng: np.random.Generator) -> Packed:
    """Lines where planes askew, bent by noise, cut the boulder: each once round it, bright and dark."""
    apart_m = min(apart_m, one.height_m * 0.5)
    lean, turn = float(rng.uniform(0.45, 0.95)), float(rng.uniform(0.0, math.tau))
    c, s = math.cos(lean), math.sin(lean)
    axis = np.array([s * math.cos(turn), s * math.sin(turn), c])
    first = np.array([c * math.cos(turn), c * math.sin(turn), -s])
    second = np.cross(axis, first)
    heart = np.array([0.0, 0.0, 0.45 * one.height_m])
    reach = one.radius_m + one.height_m
    levels = np.arange(-reach, reach, apart_m) + float(rng.uniform(0.0, apart_m))
    around = rng.uniform(0.0, math.tau, len(levels))[:, None] + np.linspace(0.0, math.tau, length)[None, :]
    rays = np.cos(around)[..., None] * first + np.sin(around)[..., None] * second
    # Warped as the rock's lines are: by noise of the place, more in some places than in others.
    fold = fractal_noise(rays * 1.1 + levels[:, None, None] * axis * 1.4, one.seed + 31, octaves=3)
    height = levels[:, None] + 1.1 * apart_m * fold
    origins = (heart + height[..., None] * axis).reshape(-1, 3)
    normals_of, distances = np.array([cut[:3] for cut in one.cuts]), np.array([cut[3] for cut in one.cuts])
    inside = ((distances - origins @ normals_of.T).min(axis=1) > 0.0).reshape(around.shape)
    points, normals, edge_m = one.cast(origins, rays.reshape(-1, 3))
    # Only what is above the floor; a plane whose middle is in the air cuts a corner, too little for a line.
    above = np.clip((points[:, 2] - one.z) / 0.03, 0.0, 1.0).reshape(around.shape)
    rows = np.flatnonzero(inside.all(axis=1))
    thick = np.clip(0.45 + 1.5 * fractal_noise(points * 2.3, one.seed + 7, octaves=2), 0.0, 1.0)
    juts = np.exp(-np.clip(edge_m, 0.0, 1.0) / 0.03)
    bright = (0.25 + 1.7 * thick**2 + 1.2 * juts * thick).reshape(around.shape)
    heavy = np.where(np.arange(len(levels)) % 4 == 0, 1.0, 0.55)[:, None]
    weight = (bright * above * heavy)[rows].reshape(-1)
    picked = (rows[:, None] * length + np.arange(length)[None, :]).reshape(-1)
    random = np.repeat(rng.uniform(0.0, 1.0, len(rows)), length)
    packed = _packed(cave, one, points[picked], normals[picked], weight, random)
    return ribbons(packed, len(rows), length, rng)


def boulder_bodies(cave: Cave, shaders: shading.Shaders) -> p3d.NodePath:
    """The black bodies of all boulders: they write depth before anything is drawn."""
    around, part = np.meshgrid(
        np.linspace(0.0, math.tau, _AROUND, endpoint=False), np.linspace(0.0, 1.0, _UP), indexing="ij"
    )
    vertices, corners = [np.zeros((1, 3))], [np.zeros((1, 3), dtype=np.int64)]
    count = 1
    for one, _ in _pieces(cave):
        points, normals = one.surface(around.reshape(-1), part.reshape(-1))
        vertices.append(points - min(_UNDER_M, 0.2 * one.radius_m) * normals)
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
