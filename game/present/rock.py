"""The cave as light: points along the lines of a scan that its relief bends, dust between, and fine strands.

Everything is sampled once, from tables of the rock's surface, and then only lit.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.world.cave import Cave, Floats
from game.world.noise import fractal_noise

TABLE_ALONG_PER_M: Final = 10
TABLE_AROUND: Final = 160
"""Cells of a table of the rock: about ten centimetres each way."""
_WARP_M: Final = (0.45, 2.1)
"""How far the relief pushes the lines along the tunnel: rings where it is calm, closed curves where wild."""
_EDGE_CELLS: Final = 3
"""The rock is looked at so far to each side to tell an edge."""

Packed = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Rock:
    """One tunnel's rock on a grid of (along, around), which is periodic around: ``points`` and ``normals``
    (a, b, 3); ``scan`` (a, b), metres along that the relief has warped, whose even steps are the lines of the
    scan; ``edge``, 1 where rock juts out; ``thick``, how much dust lies there; ``open``, 1 where another
    tunnel's air begins. ``centre``, ``right`` and ``up`` (k, 3) are the tunnel's line."""

    index: int
    length_m: float
    points: Floats
    normals: Floats
    scan: Floats
    edge: Floats
    thick: Floats
    open: Floats
    centre: Floats
    right: Floats
    up: Floats

    def angle(self, along: Floats, points: Floats) -> Floats:
        """Where around the centre line (n, 3) points lie, 0 to 1: as the paint counts, floor included."""
        row = np.clip(along, 0.0, 1.0) * (len(self.centre) - 1)

        def table(values: Floats) -> Floats:
            low = np.minimum(row.astype(np.int64), len(values) - 2)
            part = (row - low)[:, None]
            return np.asarray(values[low] * (1 - part) + values[low + 1] * part)

        out = points - table(self.centre)
        angle = np.arctan2((out * table(self.up)).sum(axis=1), (out * table(self.right)).sum(axis=1))
        return np.asarray((angle + np.pi) / (2 * np.pi))

    def at(self, table: Floats, along: Floats, around: Floats) -> Floats:
        """``table`` at ``along`` and ``around``, both 0 to 1, smooth between the cells."""
        rows, columns = table.shape[:2]
        x = np.clip(along, 0.0, 1.0) * (rows - 1)
        y = (around % 1.0) * columns
        i = np.minimum(x.astype(np.int64), rows - 2)
        j = y.astype(np.int64) % columns
        j2 = (j + 1) % columns
        fx, fy = x - i, y - np.floor(y)
        if table.ndim == 3:
            fx, fy = fx[:, None], fy[:, None]
        low = table[i, j] * (1 - fy) + table[i, j2] * fy
        high = table[i + 1, j] * (1 - fy) + table[i + 1, j2] * fy
        return np.asarray(low * (1 - fx) + high * fx)


def survey(cave: Cave, index: int) -> Rock:
    """The table of one tunnel."""
    tunnel = cave.tunnels[index]
    rows = max(8, int(tunnel.length_m * TABLE_ALONG_PER_M))
    along = np.repeat(np.linspace(0.0, tunnel.length_m, rows), TABLE_AROUND)
    around = np.tile(np.arange(TABLE_AROUND) / TABLE_AROUND * 2 * np.pi - np.pi, rows)
    points = tunnel.surface(along, around)
    shape = (rows, TABLE_AROUND)
    grid = points.reshape(*shape, 3)
    d_around = np.roll(grid, -1, axis=1) - np.roll(grid, 1, axis=1)
    normals = np.cross(np.gradient(grid, axis=0), d_around)
    normals /= np.maximum(1e-9, np.sqrt((normals**2).sum(axis=2)))[:, :, None]
    at, known = np.linspace(0, 1, rows), np.linspace(0, 1, len(tunnel.centre))
    centre = np.stack([np.interp(at, known, tunnel.centre[:, axis]) for axis in range(3)], axis=1)
    # Normals look into the air.
    outward = (normals * (grid - centre[:, None, :])).sum(axis=2) > 0.0
    normals[outward] *= -1.0
    edge = edges_of(grid, normals)
    relief = fractal_noise(points * 0.5, tunnel.seed + 101, octaves=3) * 1.25
    wild = np.clip(0.5 + 1.1 * fractal_noise(points * 0.16, tunnel.seed + 203, octaves=2), 0.0, 1.0)
    scan = along + relief * (_WARP_M[0] + (_WARP_M[1] - _WARP_M[0]) * wild)
    patches = np.clip(0.5 + 1.2 * fractal_noise(points * 0.33, tunnel.seed + 307, octaves=3), 0.0, 1.0)
    open_ = (1.0 - cave.visible(points, index).astype(np.float64)).reshape(shape)
    # The floor of a hall that several tunnels share is rock, though it lies within the reach of them all.
    floor_z = (centre[:, 2] - tunnel.floor_m)[:, None]
    open_[grid[:, :, 2] < floor_z + 0.15] = 0.0
    for _ in range(4):
        # Lines end softly where a tunnel opens into another.
        padded = np.pad(open_, ((1, 1), (0, 0)), mode="edge")
        open_ = np.maximum(
            open_, (padded[:-2] + padded[2:] + np.roll(open_, 1, 1) + np.roll(open_, -1, 1)) * 0.25
        )
    return Rock(
        index=index,
        length_m=tunnel.length_m,
        points=grid,
        normals=normals,
        scan=scan.reshape(shape),
        edge=edge,
        thick=patches.reshape(shape) ** 2,
        open=open_,
        centre=tunnel.centre,
        right=tunnel.right,
        up=tunnel.up,
    )


def edges_of(grid: Floats, normals: Floats) -> Floats:
    """(a, b) 0 to 1: how sharply rock of a table (a, b, 3), periodic in b, juts out into the air."""
    return np.clip(0.45 * _bend(grid, normals), 0.0, 1.0)


def _bend(grid: Floats, normals: Floats) -> Floats:
    """(a, b) how sharply the rock juts into the air, 1/m; negative in hollows."""
    k = _EDGE_CELLS
    padded = np.pad(grid, ((k, k), (0, 0), (0, 0)), mode="edge")
    sides = (padded[: -2 * k], padded[2 * k :], np.roll(grid, k, axis=1), np.roll(grid, -k, axis=1))
    bend = np.zeros(grid.shape[:2])
    for one in sides:
        off = one - grid
        bend -= (off * normals).sum(axis=2) / np.maximum(0.01, (off**2).sum(axis=2))
    return bend


_GIRTH_M: Final = 2 * np.pi * 2.6
"""A typical way around a tunnel; turns steps in metres into steps in angle."""


@dataclass(frozen=True, slots=True)
class Slope:
    """The slope of one rock's scan, per metre along and around."""

    along: Floats
    around: Floats


def slope_of(rock: Rock) -> Slope:
    rows, columns = rock.scan.shape
    along = np.gradient(rock.scan, axis=0) * (rows - 1) / rock.length_m
    around = (np.roll(rock.scan, -1, axis=1) - np.roll(rock.scan, 1, axis=1)) * 0.5 * columns / _GIRTH_M
    return Slope(along, around)


def _onto(rock: Rock, slope: Slope, level: Floats, along: Floats, around: Floats) -> tuple[Floats, Floats]:
    """Points moved one step along the slope towards where the scan is ``level``."""
    a, b = rock.at(slope.along, along, around), rock.at(slope.around, along, around)
    steep = a * a + b * b + 0.02
    gap_m = np.clip((level - rock.at(rock.scan, along, around)) / steep, -0.3, 0.3)
    return np.clip(along + a * gap_m / rock.length_m, 0.0, 1.0), around + b * gap_m / _GIRTH_M


def _onto_lines(
    rock: Rock, slope: Slope, apart_m: float, along: Floats, around: Floats
) -> tuple[Floats, Floats, Floats]:
    """Points moved onto the nearest line of the scan: (along, around, number of the line or NaN)."""
    number = np.round(rock.at(rock.scan, along, around) / apart_m)
    for _ in range(4):
        along, around = _onto(rock, slope, number * apart_m, along, around)
    left = np.abs(number * apart_m - rock.at(rock.scan, along, around))
    return along, around, np.where(left < 0.12 * apart_m, number, np.nan)


def _area_samples(
    rock: Rock, count: int, rng: np.random.Generator, density: Floats | float = 1.0
) -> tuple[Floats, Floats]:
    """(along, around) of ``count`` samples over the area of the rock, as dense as ``density`` (a, b) says."""
    edges = np.cumsum((_areas(rock) * density).reshape(-1))
    cell = np.minimum(np.searchsorted(edges, rng.uniform(0.0, edges[-1], count)), edges.size - 1)
    rows, columns = rock.scan.shape
    along = (cell // columns + rng.uniform(-0.5, 0.5, count)) / (rows - 1)
    around = (cell % columns + rng.uniform(0.0, 1.0, count)) / columns
    return np.clip(along, 0.0, 1.0), around % 1.0


def _shares(rocks: list[Rock], way_out: int) -> Floats:
    """How much of the light each tunnel gets: most where one walks, least where one does not."""
    wanted = [2.4 if rock.index == 0 else 0.75 if rock.index == way_out else 0.4 for rock in rocks]
    areas = np.array([float(_areas(rock).sum()) for rock in rocks]) * np.array(wanted)
    return np.asarray(areas / areas.sum())


def _areas(rock: Rock) -> Floats:
    """(a, b) square metres of rock that each cell of the table stands for."""
    d_along = np.sqrt((np.gradient(rock.points, axis=0) ** 2).sum(axis=2))
    d_around = np.sqrt(((np.roll(rock.points, -1, axis=1) - rock.points) ** 2).sum(axis=2))
    return np.asarray(d_along * d_around * (1.0 - rock.open))


def _pack(rock: Rock, along: Floats, around: Floats, random: Floats, weight: Floats) -> Packed:
    points = rock.at(rock.points, along, around)
    normals = rock.at(rock.normals, along, around)
    place = np.stack(
        [along, rock.angle(along, points), np.full(len(along), float(rock.index)), random], axis=1
    )
    lie = np.concatenate([normals, weight[:, None]], axis=1)
    return {
        "vertex": points.astype(np.float32),
        "place": place.astype(np.float32),
        "lie": lie.astype(np.float32),
    }


def _joined(parts: list[Packed]) -> Packed:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def rock_points(
    rocks: list[Rock], way_out: int, count: int, apart_m: float, rng: np.random.Generator
) -> Packed:
    """At most ``count`` points: on the lines of the scan, ``apart_m`` apart, and between them, thick where
    the rock juts out."""
    parts = []
    for rock, share in zip(rocks, _shares(rocks, way_out), strict=True):
        lines = int(count * share * 0.5)
        slope = slope_of(rock)
        density = 0.35 + rock.thick + 0.8 * rock.edge
        along, around, number = _onto_lines(
            rock, slope, apart_m, *_area_samples(rock, lines, rng, density)
        )
        good = np.isfinite(number) & (rock.at(rock.open, along, around) < 0.5)
        along, around, number = along[good], around[good], number[good]
        # A line is a few millimetres of dust, and more dust that has slid away from it.
        spread_m = np.where(rng.uniform(0, 1, len(along)) < 0.7, 0.004, 0.05)
        along = along + rng.normal(0.0, spread_m) / rock.length_m
        around = around + rng.normal(0.0, spread_m) / _GIRTH_M
        heavy = np.where(number % 5 == 0, 1.5, 0.7) * np.where(spread_m > 0.03, 0.6, 1.0)
        heavy *= 0.6 + 1.1 * rock.at(rock.edge, along, around)
        parts.append(_pack(rock, along, around, rng.uniform(0, 1, len(along)), heavy))
        density = 0.08 + 0.7 * rock.thick + 2.2 * rock.edge
        along, around = _area_samples(rock, int(count * share * 0.5), rng, density)
        dim = rng.uniform(0.15, 0.6, len(along)) * (0.6 + 1.4 * rock.at(rock.edge, along, around))
        parts.append(_pack(rock, along, around, rng.uniform(0, 1, len(along)), dim))
    joined = _joined(parts)
    # Neighbours lie side by side in memory: a processor that works on eight at once then skips whole groups
    # that are out of sight.
    place = joined["place"]
    order = np.lexsort((place[:, 1], np.floor(place[:, 0] * 24.0), place[:, 2]))
    return {name: values[order] for name, values in joined.items()}


def _ribbons(rock: Rock, along: Floats, around: Floats, weight: Floats, rng: np.random.Generator) -> Packed:
    """Ribbons through (strands, length) tables of places, two vertices a step, thinning at their ends."""
    strands, length = along.shape
    flat_along, flat_around = along.reshape(-1), around.reshape(-1)
    ends = np.sin(np.linspace(0.0, np.pi, length)) ** 0.6
    shut = 1.0 - np.clip(rock.at(rock.open, flat_along, flat_around) * 1.5, 0.0, 1.0)
    weights = (weight * ends[None, :]).reshape(-1) * shut
    packed = _pack(rock, flat_along, flat_around, np.repeat(rng.uniform(0, 1, strands), length), weights)
    line = packed["vertex"].reshape(strands, length, 3)
    for _ in range(2):
        # The table's cells would show as corners in a line near the eye.
        line[:, 1:-1] = 0.25 * line[:, :-2] + 0.5 * line[:, 1:-1] + 0.25 * line[:, 2:]
    return ribbons(packed, strands, length, rng)


def ribbons(packed: Packed, strands: int, length: int, rng: np.random.Generator) -> Packed:
    """(strands * length) points of lines made ribbons: two vertices a step, with direction, side and run."""
    line = packed["vertex"].reshape(strands, length, 3)
    direction = np.asarray(np.gradient(line, axis=1)).reshape(-1, 3)
    direction /= np.maximum(1e-6, np.sqrt((direction**2).sum(axis=1)))[:, None]
    both = {name: np.repeat(values, 2, axis=0) for name, values in packed.items()}
    side = np.tile([-1.0, 1.0], strands * length)[:, None]
    both["along"] = np.concatenate([np.repeat(direction, 2, axis=0), side], axis=1).astype(np.float32)
    step_m = np.sqrt((np.diff(line, axis=1, prepend=line[:, :1]) ** 2).sum(axis=2))
    run = np.cumsum(step_m, axis=1) + rng.uniform(0.0, 50.0, (strands, 1))
    both["run"] = np.repeat(run.reshape(-1, 1), 2, axis=0).astype(np.float32)
    return both


def flow_strands(rocks: list[Rock], per_tunnel: int, length: int, rng: np.random.Generator) -> Packed:
    """Ribbons that flow along the tunnels, gathered into a few streams, most of them on the floor as water
    would leave them."""
    parts = []
    for rock in rocks:
        streams = rng.uniform(0.0, 1.0, 6)
        streams[:3] = 0.25 + rng.normal(0.0, 0.06, 3)  # around 0.25 is the floor
        lane = streams[rng.integers(0, len(streams), per_tunnel)] + rng.normal(0.0, 0.016, per_tunnel)
        start, span = rng.uniform(-0.1, 0.75, per_tunnel), rng.uniform(0.18, 0.42, per_tunnel)
        along = np.clip(start[:, None] + span[:, None] * np.linspace(0.0, 1.0, length)[None, :], 0.002, 0.998)
        wander = np.stack(
            [along * rock.length_m * 0.28,
             np.repeat(lane[:, None] * 9.0, length, axis=1),
             np.repeat(rng.uniform(0.0, 1.2, per_tunnel)[:, None], length, axis=1)], axis=2,
        )  # fmt: skip
        around = lane[:, None] + 0.075 * fractal_noise(wander, rock.index + 555, octaves=3)
        parts.append(_ribbons(rock, along, around, rng.uniform(0.25, 0.9, (per_tunnel, 1)), rng))
    return _joined(parts)


def _once(rock: Rock, along: Floats, around: Floats, step_m: Floats) -> Floats:
    """(strands, length) weights that end a strand where it has come back to its beginning, and pale small
    rings."""
    metres = np.stack([(along - along[:, :1]) * rock.length_m, (around - around[:, :1]) * _GIRTH_M], axis=2)
    away = np.sqrt((metres**2).sum(axis=2))
    steps = np.arange(along.shape[1])[None, :]
    back = (away < 1.2 * step_m[:, None]) & (steps > 4)
    closed = np.maximum.accumulate(back, axis=1)
    size = away.max(axis=1)[:, None]
    return np.asarray(np.where(closed, 0.0, 1.0) * np.clip((size - 0.25) / 0.8, 0.0, 1.0))


def scan_strands(
    rocks: list[Rock], way_out: int, count: int, length: int, apart_m: float, rng: np.random.Generator
) -> Packed:
    """Ribbons that follow the lines of the scan for some metres, ``count`` in all."""
    parts = []
    for rock, share in zip(rocks, _shares(rocks, way_out), strict=True):
        wanted = max(1, int(count * share))
        slope = slope_of(rock)
        density = 0.25 + rock.thick + rock.edge
        along, around, number = _onto_lines(
            rock, slope, apart_m, *_area_samples(rock, wanted * 2, rng, density)
        )
        good = np.flatnonzero(np.isfinite(number))[:wanted]
        along, around, level = along[good], around[good], number[good] * apart_m
        step_m = rng.uniform(0.65, 0.95, len(good)) * apart_m
        path = [(along, around)]
        for _ in range(length - 1):
            a, b = rock.at(slope.along, along, around), rock.at(slope.around, along, around)
            steep = np.maximum(0.02, np.sqrt(a * a + b * b))
            along = np.clip(along - b / steep * step_m / rock.length_m, 0.0, 1.0)
            around = around + a / steep * step_m / _GIRTH_M
            along, around = _onto(rock, slope, level, along, around)
            path.append((along, around))
        alongs, arounds = np.stack([p[0] for p in path], 1), np.stack([p[1] for p in path], 1)
        heavy = np.where(number[good] % 5 == 0, 1.0, 0.4)[:, None]
        every = alongs.reshape(-1), arounds.reshape(-1)
        bright = 0.15 + 0.9 * rock.at(rock.thick, *every) + 0.9 * rock.at(rock.edge, *every)
        heavy = heavy * bright.reshape(alongs.shape) * _once(rock, alongs, arounds, step_m)
        parts.append(_ribbons(rock, alongs, arounds, heavy, rng))
    return _joined(parts)
