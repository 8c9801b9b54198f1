"""Boulders beside the rail: what the Child climbs and hides behind. They are drawn, walked around, held and
stood on by the same shape: blocks that planes have cut, as rock breaks, grown into one another. One has the
crown that is climbed, not quite as high as the Child; a fin of rock leans up behind it, a low shoulder juts
out at its side, and rubble lies about its foot."""

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
_FREE_M: Final = 0.46
"""Between the rail and its flank."""
_BEHIND_M: Final = 0.36
"""Room that the Child needs between it and the tunnel's wall."""
_FROM_END_M: Final = ((18.5, 9.6, 3.0), (15.0, 3.2), (15.0, 3.2))
"""Where boulders lie in each tunnel, metres before its end."""
_STONES: Final = (2, 5)
"""So many larger stones lie at its foot on the wall's side, the second not included."""
_RUBBLE: Final = (6, 11)
"""And so many small ones around it."""


@dataclass(frozen=True, slots=True)
class Boulder:
    """One boulder: its middle on the floor, how far it reaches at most and how high its crown is over its
    middle, metres, and its blocks, each the planes that cut it. Every block holds the middle of the floor and
    every plane faces up a little, so that nothing overhangs."""

    x: float
    y: float
    z: float
    radius_m: float
    height_m: float
    blocks: tuple[tuple[Cut, ...], ...]
    tunnel: int
    along_m: float
    aside_m: float
    """From the rail to its middle, positive to the right."""
    seed: int
    fragments: tuple["Boulder", ...] = ()
    """What broke off and lies at its foot: seen, too low to be climbed."""

    def girth_m(self, way: Way, up_m: float) -> float:
        """How far out its outermost flank is in direction ``way``, ``up_m`` above the floor; 0 above it."""
        girth = 0.0
        for block in self.blocks:
            enters, leaves = 0.0, self.radius_m
            for a, b, c, distance in block:
                out, free = a * way[0] + b * way[1], distance - c * up_m
                if out > 1e-9:
                    leaves = min(leaves, free / out)
                elif out < -1e-9:
                    enters = max(enters, free / out)
                elif free < 0.0:
                    leaves = -1.0
            if enters <= leaves:
                girth = max(girth, leaves)
        return girth

    def rim_m(self, way: Way) -> float:
        """From its middle to where its flank becomes its crown."""
        return self.girth_m(way, _RIM * self.height_m)

    def height_at(self, way: Way, away_m: float) -> float:
        """How high it is above the floor at ``away_m`` from its middle in direction ``way``; 0 beside it."""
        x, y = way[0] * away_m, way[1] * away_m
        return max(
            0.0,
            *(min((distance - a * x - b * y) / c for a, b, c, distance in block) for block in self.blocks),
        )

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
        points, normals, _, _ = self.cast(np.zeros((len(rays), 3)), rays)
        return points, normals

    def cast(self, origins: Floats, rays: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Where (n, 3) unit ``rays`` from ``origins`` in the rock, metres from the middle of its floor, leave
        it: (n, 3) points of the cave, (n, 3) normals, (n,) metres from the nearest edge between cuts, and
        (n,) metres from the nearest crease between blocks, infinite where there is one block."""
        tables = [(np.array([cut[:3] for cut in block]), np.array([cut[3] for cut in block]))
                  for block in self.blocks]  # fmt: skip
        enters, leaves, exits = [], [], []
        for normals, distances in tables:
            out, free = rays @ normals.T, distances - origins @ normals.T
            with np.errstate(divide="ignore", invalid="ignore"):
                at = free / out
            ahead = np.where(out > 1e-9, at, np.inf)
            enters.append(np.where(out < -1e-9, at, -np.inf).max(axis=1).clip(0.0))
            leaves.append(ahead.min(axis=1))
            exits.append(ahead.argmin(axis=1))
        far, which = np.zeros(len(rays)), np.zeros(len(rays), np.int64)
        for _ in self.blocks:
            for number in range(len(self.blocks)):
                # A block that begins where the rock so far has not ended goes on from there.
                goes_on = (enters[number] <= far + 1e-9) & (leaves[number] > far)
                far, which = np.where(goes_on, leaves[number], far), np.where(goes_on, number, which)
        points = origins + rays * far[:, None]
        found, edge_m, crease_m = np.zeros_like(points), np.zeros(len(rays)), np.full(len(rays), np.inf)
        for number, (normals, distances) in enumerate(tables):
            left, mine = distances - points @ normals.T, which == number
            crease_m = np.where(mine, crease_m, np.minimum(crease_m, (-left.min(axis=1)).clip(0.0)))
            left[np.arange(len(rays)), exits[number]] = np.inf
            found[mine] = normals[exits[number][mine]]
            edge_m = np.where(mine, left.min(axis=1), edge_m)
        return points + np.array([self.x, self.y, self.z]), found, edge_m, crease_m


def _plane(around_rad: float, up_rad: float, through: tuple[float, float]) -> Cut:
    """The plane that faces ``around_rad`` and ``up_rad`` above the level, through a point so far out in that
    direction and so high."""
    c, s = math.cos(up_rad), math.sin(up_rad)
    return (c * math.cos(around_rad), c * math.sin(around_rad), s, c * through[0] + s * through[1])


def _flanks(
    reach_m: float, towards_rad: float, long_m: float, up_rad: tuple[float, float], rng: np.random.Generator
) -> list[Cut]:
    """Planes around a block that reaches ``long_m`` towards one side, ``reach_m`` to the others and half of
    it to the back: five to seven, as steep as ``up_rad`` (from the vertical) allows."""
    number = int(rng.integers(5, 8))
    first = towards_rad + float(rng.uniform(-0.35, 0.35))
    cuts = []
    for i in range(number):
        around = first + (i + float(rng.uniform(-0.28, 0.28))) * math.tau / number
        ahead = math.cos(around - towards_rad)
        far = reach_m + ((long_m - reach_m) * ahead if ahead > 0.0 else 0.5 * reach_m * ahead)
        cuts.append(_plane(around, float(rng.uniform(*up_rad)), (far * float(rng.uniform(0.86, 1.0)), 0.0)))
    return cuts


def _within(flanks: Sequence[Cut], radius_m: float) -> list[Cut]:
    """Flanks moved in by as much as their farthest corner at the floor is outside ``radius_m``."""
    planes = np.array([(a, b, distance) for a, b, _, distance in flanks])
    i, j = np.triu_indices(len(planes), 1)
    one, other = planes[i], planes[j]
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    met = np.abs(cross) > 1e-9
    one, other, cross = one[met], other[met], cross[met]
    x = (one[:, 2] * other[:, 1] - one[:, 1] * other[:, 2]) / cross
    y = (one[:, 0] * other[:, 2] - one[:, 2] * other[:, 0]) / cross
    inside = (planes[:, :1] * x + planes[:, 1:2] * y <= planes[:, 2:] + 1e-9).all(axis=0)
    scale = min(1.0, radius_m / float(np.hypot(x[inside], y[inside]).max()))
    return [(a, b, c, distance * scale) for a, b, c, distance in flanks]


def _crowned(radius_m: float, height_m: float, rail_rad: float, rng: np.random.Generator) -> tuple[Cut, ...]:
    """The block that is climbed: steep where the rail is, sloping elsewhere, its crown askew, its shoulders
    broken off to both sides."""
    number = int(rng.integers(5, 8))
    first = float(rng.uniform(0.0, math.tau))
    cuts = []
    for i in range(number):
        around = first + (i + float(rng.uniform(-0.3, 0.3))) * math.tau / number
        climbed = abs(math.remainder(around - rail_rad, math.tau)) < 1.1
        up = float(rng.uniform(0.18, 0.32)) if climbed else float(rng.uniform(0.15, 0.55))
        cuts.append(_plane(around, up, (radius_m * float(rng.uniform(0.85, 1.05)), 0.0)))
    cuts = _within(cuts, radius_m)
    cuts.append(_plane(float(rng.uniform(0.0, math.tau)), math.pi / 2 - float(rng.uniform(0.12, 0.26)),
                       (0.0, height_m)))  # fmt: skip
    side = float(rng.choice([-1.0, 1.0]))
    # One side has come down in a slide, the other has lost its corner.
    slid = 1.6, rng.uniform(0.42, 0.75), rng.uniform(0.26, 0.38)
    lost = -1.75, rng.uniform(0.6, 1.0), rng.uniform(0.3, 0.5)
    for turn, up, far in (slid, lost):
        around = rail_rad + side * (turn + float(rng.uniform(-0.2, 0.3)))
        cuts.append(_plane(around, float(up), (radius_m * float(far), height_m)))
    return tuple(cuts)


def _fin(radius_m: float, height_m: float, rail_rad: float, rng: np.random.Generator) -> tuple[Cut, ...]:
    """A slab that leans up behind the crown, on the wall's side: its back steep, its upper face a slope that
    comes out of the crown, its ridge broken."""
    back = rail_rad + math.pi + float(rng.uniform(-0.55, 0.55))
    slope = float(rng.uniform(0.8, 1.1))
    flanks = [
        _plane(back, float(rng.uniform(0.04, 0.2)), (radius_m * 0.98, 0.0)),
        _plane(back + math.pi, 0.02, (0.3 * radius_m, 0.0)),
    ]
    face = _plane(back + math.pi, math.pi / 2 - slope, (0.0, float(rng.uniform(0.7, 0.92)) * height_m))
    # Its sides draw together towards the ridge, which is broken: it falls away, to one side more steeply.
    tops = [float(rng.uniform(1.35, 1.8)) * height_m, float(rng.uniform(1.15, 1.6)) * height_m]
    leans = [float(rng.uniform(0.35, 0.6)), float(rng.uniform(0.7, 1.0))]
    ridge = []
    for side, top, lean in zip(rng.permutation([-1.0, 1.0]), tops, leans, strict=True):
        around = back + float(side) * float(rng.uniform(1.1, 1.5))
        flank_m = radius_m * float(rng.uniform(0.5, 0.8))
        flanks.append(_plane(around, float(rng.uniform(0.12, 0.36)), (flank_m, 0.0)))
        ridge.append(_plane(around, lean, (0.62 * radius_m * math.cos(back - around), top)))
    return (*_within(flanks, radius_m), face, *ridge)


def _shoulder(radius_m: float, height_m: float, rail_rad: float, rng: np.random.Generator) -> tuple[Cut, ...]:
    """A low block that juts out at one side, where it is not climbed, its top a slope."""
    towards = rail_rad + float(rng.choice([-1.0, 1.0])) * float(rng.uniform(1.35, 1.9))
    cuts = _within(_flanks(0.5 * radius_m, towards, radius_m, (0.08, 0.5), rng), radius_m)
    top = float(rng.uniform(0.34, 0.62)) * height_m
    cuts.append(_plane(towards + float(rng.uniform(-0.9, 0.9)), math.pi / 2 - float(rng.uniform(0.15, 0.5)),
                       (0.45 * radius_m, top)))  # fmt: skip
    return tuple(cuts)


def _stone(radius_m: float, height_m: float, rng: np.random.Generator) -> tuple[Cut, ...]:
    """A stone as it has fallen: a few flanks, a crown that leans much."""
    flanks = _flanks(radius_m, float(rng.uniform(0.0, math.tau)), 1.35 * radius_m, (0.05, 0.6), rng)
    cuts = _within(flanks, radius_m)
    for lean in (rng.uniform(0.1, 0.6), rng.uniform(0.5, 1.0)):
        cuts.append(_plane(float(rng.uniform(0.0, math.tau)), math.pi / 2 - float(lean), (0.0, height_m)))
    return tuple(cuts)


def _fragments(rock: Boulder, rail_rad: float, rng: np.random.Generator) -> tuple[Boulder, ...]:
    """Stones on the wall's side and rubble around its foot, little of it where it is climbed."""
    found = []
    stones = int(rng.integers(*_STONES))
    for number in range(stones + int(rng.integers(*_RUBBLE))):
        if number < stones:
            around = rail_rad + math.pi + float(rng.uniform(-1.0, 1.0))
            radius = float(rng.uniform(0.10, 0.19))
            apart = float(rng.uniform(-0.5, 0.5))
        else:
            around = rail_rad + float(rng.choice([-1.0, 1.0])) * float(rng.uniform(0.8, math.pi))
            radius = float(rng.uniform(0.02, 0.085))
            apart = float(rng.uniform(-0.2, 2.4))
        way = (math.cos(around), math.sin(around))
        away = rock.girth_m(way, 0.0) + radius * apart
        x, y, z = rock.beside(way, away)
        height = radius * float(rng.uniform(0.5, 1.2))
        found.append(
            Boulder(
                x=x, y=y, z=z, radius_m=radius, height_m=height, blocks=(_stone(radius, height, rng),),
                tunnel=rock.tunnel, along_m=rock.along_m, aside_m=rock.aside_m,
                seed=rock.seed * 17 + number,
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
            radius, height = float(rng.uniform(0.42, 0.54)), float(rng.uniform(0.56, 0.68))
            along = tunnel.length_m - before_end_m
            i = round(along / tunnel.length_m * (len(tunnel.centre) - 1))
            left, right = tunnel.room_at(along)
            free = right if side > 0.0 else left
            aside = min(_BESIDE_M, free - _BEHIND_M)
            if aside < _NEAREST_M:
                continue
            radius = min(radius, aside - _FREE_M)
            x, y, z = (float(n) for n in tunnel.point(along) + tunnel.right[i] * side * aside)
            rail = -side * tunnel.right[i]
            rail_rad = math.atan2(float(rail[1]), float(rail[0]))
            blocks = (
                _crowned(radius, height, rail_rad, rng), _fin(radius, height, rail_rad, rng),
                _shoulder(radius, height, rail_rad, rng),
            )  # fmt: skip
            rock = Boulder(
                x=x, y=y, z=z, radius_m=radius, height_m=height, blocks=blocks,
                tunnel=tunnel.index, along_m=along, aside_m=side * aside, seed=tunnel.seed * 5 + number,
            )  # fmt: skip
            found.append(replace(rock, fragments=_fragments(rock, rail_rad, rng)))
    return tuple(found)
