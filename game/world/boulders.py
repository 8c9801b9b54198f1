"""Boulders beside the rail: what the Child climbs and hides behind. They are drawn, walked around, held and
stood on by the same shape: a block that planes have cut, as rock breaks, with a leaning crown and a broken
shoulder, not quite as high as the Child."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from game.world.cave import Tunnel

Floats = NDArray[np.float64]
Cut = tuple[float, float, float, float]
"""A plane: its unit normal out of the rock, and its distance (m) from the middle of the boulder's floor."""
Way = tuple[float, float]
"""A level unit vector."""

_RIM: Final = 0.88
"""At this part of a boulder's height its flank is held and its crown begins."""
_BESIDE_M: Final = 1.35
"""From the rail to its middle, where there is room."""
_NEAREST_M: Final = 0.95
_BEHIND_M: Final = 0.36
"""Room that the Child needs between it and the tunnel's wall."""
_FROM_END_M: Final = ((18.5, 9.6, 3.0), (15.0, 3.2), (15.0, 3.2))
"""Where boulders lie in each tunnel, metres before its end."""
_FRAGMENTS: Final = (3, 6)
"""So many lie at its foot, the second not included."""


@dataclass(frozen=True, slots=True)
class Boulder:
    """One boulder: its middle on the floor, how far it reaches at most and how high its middle is, metres,
    and the planes that cut it. All of them face up a little, so that nothing overhangs."""

    x: float
    y: float
    z: float
    radius_m: float
    height_m: float
    cuts: tuple[Cut, ...]
    tunnel: int
    along_m: float
    aside_m: float
    """From the rail to its middle, positive to the right."""
    seed: int
    fragments: tuple["Boulder", ...] = ()
    """What broke off and lies at its foot: seen, too low to be climbed."""

    def girth_m(self, way: Way, up_m: float) -> float:
        """How far its flank is from its middle in direction ``way``, ``up_m`` above the floor; 0 above it."""
        far = self.radius_m
        for a, b, c, distance in self.cuts:
            out = a * way[0] + b * way[1]
            if out > 1e-9:
                far = min(far, (distance - c * up_m) / out)
        return max(0.0, far)

    def rim_m(self, way: Way) -> float:
        """From its middle to where its flank becomes its crown."""
        return self.girth_m(way, _RIM * self.height_m)

    def height_at(self, way: Way, away_m: float) -> float:
        """How high it is above the floor at ``away_m`` from its middle in direction ``way``; 0 beside it."""
        x, y = way[0] * away_m, way[1] * away_m
        return max(0.0, min((distance - a * x - b * y) / c for a, b, c, distance in self.cuts))

    def away_m(self, point: Sequence[float]) -> float:
        """Level distance from its middle."""
        return math.hypot(point[0] - self.x, point[1] - self.y)

    def towards(self, point: Sequence[float]) -> Way:
        """Unit vector (level) from its middle to a point."""
        dx, dy = point[0] - self.x, point[1] - self.y
        far = math.hypot(dx, dy)
        return (dx / far, dy / far) if far > 1e-6 else (1.0, 0.0)

    def beside(self, way: Way, away_m: float, up_m: float = 0.0) -> tuple[float, float, float]:
        """The place ``away_m`` from its middle along a level unit vector, ``up_m`` above the floor."""
        return (self.x + way[0] * away_m, self.y + way[1] * away_m, self.z + up_m)

    def surface(self, around_rad: Floats, part: Floats) -> tuple[Floats, Floats]:
        """(n, 3) points of its skin and their normals; ``part`` runs from 0 at the floor to 1 at the crown's
        middle."""
        angle = np.clip(part, 0.0, 1.0) * (math.pi / 2)
        rays = np.stack(
            [np.cos(angle) * np.cos(around_rad), np.cos(angle) * np.sin(around_rad), np.sin(angle)], axis=1
        )
        points, normals, _ = self.cast(np.zeros((len(rays), 3)), rays)
        return points, normals

    def cast(self, origins: Floats, rays: Floats) -> tuple[Floats, Floats, Floats]:
        """Where (n, 3) unit ``rays`` from ``origins`` in the rock, metres from the middle of its floor, leave
        it: (n, 3) points of the cave, (n, 3) normals, and (n,) metres from the nearest edge between cuts."""
        normals = np.array([cut[:3] for cut in self.cuts])
        distances = np.array([cut[3] for cut in self.cuts])
        out = rays @ normals.T
        free = distances - origins @ normals.T
        with np.errstate(divide="ignore", invalid="ignore"):
            far = np.where(out > 1e-9, free / out, np.inf)
        first = far.argmin(axis=1)
        points = origins + rays * far[np.arange(len(rays)), first][:, None]
        left = distances - points @ normals.T
        left[np.arange(len(rays)), first] = np.inf
        return points + np.array([self.x, self.y, self.z]), normals[first], left.min(axis=1)


def _plane(around_rad: float, up_rad: float, through: tuple[float, float]) -> Cut:
    """The plane that faces ``around_rad`` and ``up_rad`` above the level, through a point so far out in that
    direction and so high."""
    c, s = math.cos(up_rad), math.sin(up_rad)
    return (c * math.cos(around_rad), c * math.sin(around_rad), s, c * through[0] + s * through[1])


def _cuts(radius_m: float, height_m: float, rail_rad: float, rng: np.random.Generator) -> tuple[Cut, ...]:
    """Planes of a boulder: flanks of which some are steep and some slope, a crown that leans, a broken
    shoulder away from the side where it is climbed."""
    number = int(rng.integers(6, 9))
    long_rad, thin = float(rng.uniform(0.0, math.pi)), float(rng.uniform(0.05, 0.26))
    first = float(rng.uniform(0.0, math.tau))
    # A slender one has steeper flanks: its crown must hold two feet.
    slope = math.atan(0.42 * radius_m / height_m)
    sides = []
    for i in range(number):
        around = first + (i + float(rng.uniform(-0.3, 0.3))) * math.tau / number
        off_rail = abs(math.remainder(around - rail_rad, math.tau))
        up = float(rng.uniform(0.06, 0.12 if off_rail < 1.2 else slope))
        far = radius_m * (1.0 - thin * math.sin(around - long_rad) ** 2) * float(rng.uniform(0.88, 1.0))
        sides.append((around, up, far))
    lean = float(rng.uniform(0.05, 0.11))
    crown = _plane(float(rng.uniform(0.0, math.tau)), math.pi / 2 - lean, (0.0, height_m))
    broken = rail_rad + float(rng.choice([-1.0, 1.0])) * float(rng.uniform(1.9, 3.0))
    cuts = [_plane(around, up, (far, 0.0)) for around, up, far in sides]
    cuts += [
        crown,
        _plane(broken, float(rng.uniform(0.70, 0.98)), (radius_m * float(rng.uniform(0.34, 0.48)), height_m)),
    ]
    for turn in (2.0, 4.1):
        around = broken + turn + float(rng.uniform(-0.5, 0.5))
        up, far = float(rng.uniform(0.60, 0.95)), radius_m * float(rng.uniform(0.62, 0.78))
        # Where it is climbed a hand reaches the rim.
        if abs(math.remainder(around - rail_rad, math.tau)) > 1.0:
            cuts.append(_plane(around, up, (far, height_m)))
    # Its farthest corner is its radius.
    circle = np.linspace(0.0, math.tau, 1440, endpoint=False)
    out = np.cos(circle[:, None] - np.array([one[0] for one in sides])[None, :])
    level = np.array([far for _, _, far in sides])
    corner_m = float(np.where(out > 0.05, level / np.maximum(out, 0.05), np.inf).min(axis=1).max())
    scale = radius_m / corner_m
    return tuple(
        (a, b, c, distance * scale if place < number else distance)
        for place, (a, b, c, distance) in enumerate(cuts)
    )


def _fragments(rock: Boulder, rail_rad: float, rng: np.random.Generator) -> tuple[Boulder, ...]:
    """Small pieces close to its foot, none where it is climbed."""
    found = []
    for number in range(int(rng.integers(*_FRAGMENTS))):
        around = rail_rad + float(rng.choice([-1.0, 1.0])) * float(rng.uniform(0.9, 2.4))
        way = (math.cos(around), math.sin(around))
        radius = float(rng.uniform(0.05, 0.12))
        away = rock.girth_m(way, 0.0) + radius * float(rng.uniform(-0.2, 0.5))
        x, y, z = rock.beside(way, away)
        height = radius * float(rng.uniform(0.5, 1.1))
        found.append(
            Boulder(
                x=x, y=y, z=z, radius_m=radius, height_m=height, cuts=_cuts(radius, height, around, rng),
                tunnel=rock.tunnel, along_m=rock.along_m, aside_m=rock.aside_m,
                seed=rock.seed * 7 + number,
            )
        )  # fmt: skip
    return tuple(found)


def scatter(tunnels: Sequence["Tunnel"], way_out: int, rng: np.random.Generator) -> tuple[Boulder, ...]:
    """The boulders of a cave; where a tunnel is too narrow for one there is none. They lie on the side where
    the Child waits (`game.world.child.keep_distance`)."""
    side = 1.0 if way_out == 1 else -1.0
    found = []
    for tunnel, places in zip(tunnels, _FROM_END_M, strict=True):
        for number, before_end_m in enumerate(places):
            radius, height = float(rng.uniform(0.37, 0.47)), float(rng.uniform(0.58, 0.69))
            along = tunnel.length_m - before_end_m
            i = round(along / tunnel.length_m * (len(tunnel.centre) - 1))
            left, right = tunnel.room_at(along)
            free = right if side > 0.0 else left
            aside = min(_BESIDE_M, free - _BEHIND_M)
            if aside < _NEAREST_M:
                continue
            x, y, z = (float(n) for n in tunnel.point(along) + tunnel.right[i] * side * aside)
            rail = -side * tunnel.right[i]
            rail_rad = math.atan2(float(rail[1]), float(rail[0]))
            rock = Boulder(
                x=x, y=y, z=z, radius_m=radius, height_m=height, cuts=_cuts(radius, height, rail_rad, rng),
                tunnel=tunnel.index, along_m=along, aside_m=side * aside, seed=tunnel.seed * 5 + number,
            )  # fmt: skip
            found.append(replace(rock, fragments=_fragments(rock, rail_rad, rng)))
    return tuple(found)
