"""Boulders as light: dust that has drifted onto some facets and not onto others, cracks, bent lines of the
scan, a little light on broken edges, and a black body that hides what is behind them."""

import math
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present import shading
from game.present.rock import Packed, ribbons
from game.world.boulders import Boulder, Cut
from game.world.cave import Cave
from game.world.noise import fractal_noise

Floats = NDArray[np.float64]

SHARE: Final = 0.011
"""Points of one boulder, in parts of the rock's."""
_APART: Final = 0.5
"""Distance of the lines on a boulder, in parts of the rock's: it is small, and each should have some."""
_EDGES: Final = 2.0
"""So many of a boulder's edges for a metre's lines of the rock are drawn as lines, the longest first."""
_FLAT: Final = 0.15
"""Sine of the angle between two cuts below which nobody sees an edge."""
_EDGE_M: Final = 0.012
_DRIFT: Final = np.array([-0.50, -0.46, 0.73])
"""The way that facets with the most dust face."""
_UNDER_M: Final = 0.02
"""The body lies so far under the skin: rock breathes by two centimetres."""
_ROUGH_M: Final = 0.025
"""Relief eats into what the planes have left by so much at most, and by as much again at edges."""
_GRID: Final = (72, 22)
_TINY_GRID: Final = (12, 5)
"""Steps around and up of a body."""
_TINY: Final = 0.8
"""Points of a fragment, in parts of the boulder's on as much rock."""


def _pieces(cave: Cave) -> list[tuple[Boulder, float]]:
    """Every boulder and fragment with its share of points."""
    return [
        (piece, share) for one in cave.boulders
        for piece, share in ((one, 1.0), *((small, _TINY * (small.radius_m / one.radius_m) ** 2)
                                           for small in one.fragments))
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
    tries = 6 * count
    around, part = rng.uniform(-math.pi, math.pi, tries), rng.uniform(0.0, 1.0, tries) ** 1.2
    rays = np.stack(
        [np.cos(around) * (1.0 - part**2) ** 0.5, np.sin(around) * (1.0 - part**2) ** 0.5, part], axis=1
    )
    points, normals, edge_m, crease_m = one.cast(np.zeros((tries, 3)), rays)
    # Facets are told apart by how much dust each has: most on what faces up and one way, as if it had drifted
    # there. Edges have broken and keep some; cracks and creases are dark.
    thick = np.clip(0.35 + 1.5 * fractal_noise(points * 3.1, one.seed, octaves=3), 0.02, 1.0)
    lit = np.clip(normals @ _DRIFT, 0.0, 1.0) ** 1.3
    deep = np.clip(crease_m / 0.06, 0.1, 1.0)
    cracks = 1.0 - 0.9 * np.exp(-((fractal_noise(points * 3.6, one.seed + 13, octaves=2) / 0.045) ** 2))
    deep = deep * cracks
    near = np.exp(-edge_m / _EDGE_M) * thick
    wanted = (0.07 + 0.85 * lit * (0.45 + thick) + 0.5 * near) * deep
    # Rays from its middle are thick on what is near.
    far = points - np.array([one.x, one.y, one.z])
    wanted *= (far**2).sum(axis=1) / np.maximum(0.25, (rays * normals).sum(axis=1))
    kept = rng.choice(tries, count, replace=False, p=_sum_one(wanted))
    near, lit, deep = near[kept], lit[kept], deep[kept]
    weight = rng.uniform(0.15, 0.6, count) * (0.35 + 1.3 * lit + 0.6 * near) * deep
    skin = _worn(one, points[kept], edge_m[kept]) + normals[kept] * (0.003 * rng.normal(size=count))[:, None]
    return _packed(cave, one, skin, normals[kept], weight, rng.uniform(0.0, 1.0, count))


def _worn(one: Boulder, points: Floats, edge_m: Floats) -> Floats:
    """Points of its skin where relief and broken edges have eaten into them, towards its heart."""
    heart = np.array([one.x, one.y, one.z + 0.3 * one.height_m])
    out = points - heart
    far = np.maximum(1e-6, np.sqrt((out**2).sum(axis=1)))
    relief = 0.5 + 0.5 * fractal_noise(points * 7.0, one.seed + 3, octaves=3)
    chips = np.clip(0.5 + 1.2 * fractal_noise(points * 9.0, one.seed + 5, octaves=2), 0.0, 1.4)
    chipped = np.exp(-edge_m / 0.05) * chips
    eaten = min(_ROUGH_M, 0.12 * one.radius_m) * (relief + chipped)
    return np.asarray(points - out * (eaten / far)[:, None])


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
    """Ribbons of ``length`` steps along the lines of the scan and the broken edges of every boulder,
    ``apart_m`` apart on the rock around; None in a cave without boulders."""
    edges = int(_EDGES / apart_m)
    apart_m *= _APART
    # A fragment that is low beside the distance of the lines is dust alone.
    tall = [one for one, _ in _pieces(cave) if one.height_m > 2.0 * apart_m]
    parts = [_strands(cave, one, length, apart_m, rng) for one in tall]
    parts += [_edges(cave, one, edges, length, rng) for one in cave.boulders]
    if not parts:
        return None
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _strands(cave: Cave, one: Boulder, length: int, apart_m: float, rng: np.random.Generator) -> Packed:
    """Lines where planes askew, bent by noise, cut the boulder: its strata, each once round it, bright and
    dark."""
    apart_m = min(apart_m, one.height_m * 0.5)
    lean, turn = float(rng.uniform(0.35, 0.8)), float(rng.uniform(0.0, math.tau))
    c, s = math.cos(lean), math.sin(lean)
    axis = np.array([s * math.cos(turn), s * math.sin(turn), c])
    first = np.array([c * math.cos(turn), c * math.sin(turn), -s])
    second = np.cross(axis, first)
    heart = np.array([0.0, 0.0, 0.3 * one.height_m])
    reach = one.radius_m + one.height_m
    levels = np.arange(-reach, reach, apart_m) + float(rng.uniform(0.0, apart_m))
    around = rng.uniform(0.0, math.tau, len(levels))[:, None] + np.linspace(0.0, math.tau, length)[None, :]
    rays = np.cos(around)[..., None] * first + np.sin(around)[..., None] * second
    # Warped as the rock's lines are: by noise of the place, more in some places than in others.
    fold = fractal_noise(rays * 1.3 + levels[:, None, None] * axis * 1.6, one.seed + 31, octaves=3)
    height = levels[:, None] + 1.5 * apart_m * fold
    origins = (heart + height[..., None] * axis).reshape(-1, 3)
    inside = np.zeros(len(origins), np.bool_)
    for block in one.blocks:
        normals_of, distances = np.array([cut[:3] for cut in block]), np.array([cut[3] for cut in block])
        inside |= (distances - origins @ normals_of.T).min(axis=1) > 0.0
    points, normals, edge_m, crease_m = one.cast(origins, rays.reshape(-1, 3))
    # Only what is above the floor; a plane whose middle is in the air cuts a corner, too little for a line.
    above = np.clip((points[:, 2] - one.z) / 0.03, 0.0, 1.0)
    rows = np.flatnonzero(inside.reshape(around.shape).all(axis=1))
    thick = np.clip(0.4 + 1.7 * fractal_noise(points * 2.3, one.seed + 7, octaves=2), 0.0, 1.0)
    juts = np.exp(-np.clip(edge_m, 0.0, 1.0) / 0.03)
    deep = np.clip(crease_m / 0.08, 0.15, 1.0)
    bright = 0.6 + 1.6 * thick**2 + 0.8 * np.clip(normals[:, 2], 0.0, 1.0) + 1.1 * juts * thick
    bright *= deep * above
    heavy = np.where(np.arange(len(levels)) % 3 == 0, 1.0, 0.5)[:, None]
    weight = (bright.reshape(around.shape) * heavy)[rows].reshape(-1)
    picked = (rows[:, None] * length + np.arange(length)[None, :]).reshape(-1)
    random = np.repeat(rng.uniform(0.0, 1.0, len(rows)), length)
    skin = _worn(one, points, edge_m)
    packed = _packed(cave, one, skin[picked], normals[picked], weight, random)
    return ribbons(packed, len(rows), length, rng)


def _edges(cave: Cave, one: Boulder, count: int, length: int, rng: np.random.Generator) -> Packed:
    """The ``count`` longest edges between cuts, where they stand free of other blocks, broken and chipped."""
    lines, both = [], []
    every = [edge for block in one.blocks for edge in _edges_of(block)]
    part = np.linspace(0.0, 1.0, length)[:, None]
    for a, b, normal in sorted(every, key=lambda edge: -math.dist(edge[0], edge[1]))[:count]:
        lines.append(a * (1.0 - part) + b * part)
        both.append(np.repeat(normal[None, :], length, axis=0))
    line, normals = np.concatenate(lines), np.concatenate(both)
    out = np.full(len(line), -np.inf)
    for block in one.blocks:
        normals_of, distances = np.array([cut[:3] for cut in block]), np.array([cut[3] for cut in block])
        out = np.maximum(out, (distances - line @ normals_of.T).min(axis=1))
    # What is inside another block is not seen.
    free = np.clip(1.0 - out / 0.01, 0.0, 1.0)
    points = line + np.array([one.x, one.y, one.z])
    thick = np.clip(0.3 + 1.8 * fractal_noise(points * 4.1, one.seed + 9, octaves=3), 0.0, 1.0)
    ends = np.tile(np.sin(np.linspace(0.0, math.pi, length)) ** 0.4, len(lines))
    weight = 0.6 * thick**1.5 * free * ends * np.clip((line[:, 2] - 0.01) / 0.1, 0.0, 1.0)
    random = np.repeat(rng.uniform(0.0, 1.0, len(lines)), length)
    skin = _worn(one, points, np.zeros(len(points)))
    return ribbons(_packed(cave, one, skin, normals, weight, random), len(lines), length, rng)


def _edges_of(block: tuple[Cut, ...]) -> list[tuple[Floats, Floats, Floats]]:
    """(end, end, normal) of every edge of a block above the floor, metres from the middle of its floor."""
    normals, distances = np.array([cut[:3] for cut in block]), np.array([cut[3] for cut in block])
    walls = np.concatenate([normals, [[0.0, 0.0, -1.0]]]), np.concatenate([distances, [0.0]])
    found = []
    for i, j in zip(*np.triu_indices(len(block), 1), strict=True):
        one, other = normals[i], normals[j]
        way = np.array([one[1] * other[2] - one[2] * other[1], one[2] * other[0] - one[0] * other[2],
                        one[0] * other[1] - one[1] * other[0]])  # fmt: skip
        size_2 = float(way @ way)
        if size_2 < _FLAT**2:
            continue
        # The point of both planes that is nearest to the middle of the floor.
        both = float(one @ other)
        first, second = float(distances[i]), float(distances[j])
        at = ((first - both * second) * one + (second - both * first) * other) / size_2
        way = way / math.sqrt(size_2)
        out, free = walls[0] @ way, walls[1] - walls[0] @ at
        if np.any(free[np.abs(out) < 1e-9] < -1e-6):
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            t = free / out
        begins, ends = float(t[out < -1e-9].max(initial=-9.0)), float(t[out > 1e-9].min(initial=9.0))
        if ends - begins > 0.06:
            normal = (one + other) / math.sqrt(float((one + other) @ (one + other)))
            found.append((at + way * begins, at + way * ends, normal))
    return found


def boulder_bodies(cave: Cave, shaders: shading.Shaders, *, coarse: bool) -> p3d.NodePath:
    """The black bodies of all boulders: they write depth before anything is drawn. ``coarse`` ones have a
    quarter of the corners."""
    vertices, corners = [], []
    count = 0
    for one, _ in _pieces(cave):
        columns, rows = _GRID if one.fragments else _TINY_GRID
        if coarse:
            columns, rows = columns // 2, rows // 2 + 1
        around, part = np.meshgrid(
            np.linspace(0.0, math.tau, columns, endpoint=False), np.linspace(0.0, 1.0, rows), indexing="ij"
        )
        angle = part.reshape(-1) * (math.pi / 2)
        turn = around.reshape(-1)
        rays = np.stack([np.cos(angle) * np.cos(turn), np.cos(angle) * np.sin(turn), np.sin(angle)], axis=1)
        points, normals, edge_m, _ = one.cast(np.zeros((len(rays), 3)), rays)
        vertices.append(_worn(one, points, edge_m) - min(_UNDER_M, 0.2 * one.radius_m) * normals)
        a = (np.arange(columns)[:, None] * rows + np.arange(rows - 1)[None, :]).reshape(-1)
        b = (a + rows) % (columns * rows)
        corners.append(count + np.stack([a, b, a + 1, a + 1, b, b + 1], axis=1).reshape(-1, 3))
        count += len(points)
    if not vertices:
        return p3d.NodePath("boulders")
    node = shading.triangles(
        {"vertex": np.concatenate(vertices).astype(np.float32)}, np.concatenate(corners),
        shaders.make("block", "block"), name="boulders",
    )  # fmt: skip
    node.set_depth_write(True)
    node.set_bin("background", 0)
    return node
