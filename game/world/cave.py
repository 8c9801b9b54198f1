"""The shape of a cave, grown from a seed: tunnels with rails through them, and their rock.

Axes: x right, y forward, z up, metres. A tunnel is a smooth centre line with a radius that varies along it;
its rock is a displaced tube around it with a flattened floor. What is drawn and what is walked on, pointed
at and hidden behind come from the same functions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.world.boulders import Boulder, scatter
from game.world.noise import fractal_noise

Floats = NDArray[np.float64]

EYE_HEIGHT_M: Final = 1.5
"""Height of the player's eyes above the rail."""
PAINT_ALONG: Final = 96
PAINT_AROUND: Final = 48
"""Cells of the paint (light that a hand has left on the rock) along and around one tunnel."""
_CHILD_BETWEEN_M: Final = (0.04, 0.95)
_SAMPLES_PER_M: Final = 4
_CAST_STEPS: Final = 80


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One tunnel. ``centre`` (n, 3), ``forward``, ``right``, ``up`` (n, 3) and ``radius`` (n,) are sampled
    evenly along its length; ``floor_m`` is the drop from the centre line to the floor."""

    name: str
    index: int
    centre: Floats
    forward: Floats
    right: Floats
    up: Floats
    radius: Floats
    length_m: float
    floor_m: float
    next: tuple[int, ...]
    glow: tuple[float, float, float]
    seed: int
    room: Floats
    """(n, 2): metres from the rail to the rock on its left and right, up to a child's height."""

    def _at(self, table: Floats, along_m: Floats) -> Floats:
        position = np.clip(along_m / self.length_m, 0.0, 1.0) * (len(table) - 1)
        low = np.minimum(position.astype(np.int64), len(table) - 2)
        f = position - low
        if table.ndim == 2:
            f = f[..., None]
        between: Floats = table[low] * (1.0 - f) + table[low + 1] * f
        return between

    def point(self, along_m: float) -> Floats:
        """The rail's point on the floor at ``along_m``: (3,)."""
        s = np.array([along_m])
        return np.asarray((self._at(self.centre, s) - np.array([0.0, 0.0, self.floor_m]))[0])

    def heading(self, along_m: float) -> float:
        """Yaw of the rail in radians; 0 looks along +y, positive to the right."""
        forward = self._at(self.forward, np.array([along_m]))[0]
        return float(np.arctan2(forward[0], forward[1]))

    def radius_at(self, along_m: float) -> float:
        return float(self._at(self.radius, np.array([along_m]))[0])

    def room_at(self, along_m: float) -> tuple[float, float]:
        """Metres free to the left and to the right of the rail, the least within half a metre along it."""
        steps = len(self.room) - 1
        i = round(min(1.0, max(0.0, along_m / self.length_m)) * steps)
        near = self.room[max(0, i - 2) : i + 3].min(axis=0)
        return float(near[0]), float(near[1])

    def surface(self, along_m: Floats, around_rad: Floats) -> Floats:
        """Points of the rock, (n, 3), at lengths along the rail and angles around it (0 is the right wall,
        pi/2 the ceiling)."""
        along_m = np.asarray(along_m, dtype=np.float64)
        around_rad = np.asarray(around_rad, dtype=np.float64)
        direction = np.cos(around_rad)[:, None] * self._at(self.right, along_m) + np.sin(around_rad)[
            :, None
        ] * self._at(self.up, along_m)
        centre = self._at(self.centre, along_m)
        radius = self._at(self.radius, along_m)
        rough = fractal_noise((centre + direction * radius[:, None]) * 0.55, self.seed, octaves=4)
        fine = fractal_noise((centre + direction * radius[:, None]) * 1.9, self.seed + 31, octaves=2)
        points = centre + direction * (radius * (1.0 + 0.34 * rough + 0.07 * fine))[:, None]
        # The floor: rock below the walking plane is pressed flat, with a little of its relief left.
        floor_z = centre[:, 2] - self.floor_m
        below = points[:, 2] < floor_z
        points[below, 2] = floor_z[below] + 0.10 * (points[below, 2] - floor_z[below]) * 0.35
        return np.asarray(points)

    def contains(self, points: Floats, *, margin_m: float = 0.0) -> NDArray[np.bool_]:
        """Which of the (n, 3) points are inside this tunnel's air, ``margin_m`` away from its mean wall."""
        centre, reach_m = self.centre[::4], self.radius[::4] - margin_m
        centre, reach_m = centre[reach_m > 0.0], reach_m[reach_m > 0.0]
        result = np.zeros(len(points), dtype=np.bool_)
        for start in range(0, len(points), 4096):
            chunk = points[start : start + 4096]
            # |p - c|^2 < r^2 by the square of the difference written out: one product of matrices.
            bound = reach_m**2 - (centre**2).sum(axis=1)
            result[start : start + 4096] = (
                2.0 * (chunk @ centre.T) + bound > (chunk**2).sum(axis=1)[:, None]
            ).any(axis=1)
        return result


@dataclass(frozen=True, slots=True)
class Cave:
    """Tunnels by index; tunnel 0 is where the player wakes. The first fork is at its end."""

    seed: int
    tunnels: tuple[Tunnel, ...]
    way_out: int
    """Index of the tunnel at the fork that is the way out."""
    place: str
    way_out_words: str
    crystals: Floats
    """(n, 4): foot of each crystal and its height."""
    rings: "Rings"
    boulders: tuple[Boulder, ...]

    def visible(self, points: Floats, tunnel: int) -> NDArray[np.bool_]:
        """Which of one tunnel's (n, 3) surface points are rock, not the open air of another tunnel."""
        keep = np.ones(len(points), dtype=np.bool_)
        for other in self.tunnels:
            if other.index != tunnel:
                keep &= ~other.contains(points, margin_m=0.35)
        return keep

    def cast(self, origin: Sequence[float], direction: Sequence[float], *, reach_m: float = 24.0) -> Floats:
        """Where a ray from the air of the cave meets the rock, (3,); its end where it meets none."""
        o = np.asarray(origin, dtype=np.float64)
        d = np.asarray(direction, dtype=np.float64)
        d = d / max(1e-9, math.sqrt(float(d @ d)))
        steps = np.linspace(0.25, reach_m, _CAST_STEPS)
        # Squared distance of every step to every ring, by the square of the difference written out:
        # |o + t d - c|^2 = |o - c|^2 + 2 t d.(o - c) + t^2. One call for a hand in each tick must be cheap.
        to = o - self.rings.centre
        gap = (to * to).sum(axis=1)[None, :] + 2.0 * steps[:, None] * (to @ d)[None, :]
        gap += (steps * steps)[:, None]
        air = (gap < self.rings.reach_2[None, :]).any(axis=1)
        air &= o[2] + steps * d[2] > self.rings.floor_z
        rock = int(np.argmin(air)) if not air.all() else len(steps) - 1
        return np.asarray(o + steps[rock] * d)

    def walkable(self, point: Sequence[float], beside_m: float) -> Floats:
        """(3,) the place on the floor next to a point of the cave's air, ``beside_m`` from the rock."""
        p = np.asarray(point, dtype=np.float64)
        to = (p - self.rings.centre)[:, :2]
        ring = int(np.argmin((to * to).sum(axis=1)))
        tunnel = self.tunnels[int(self.rings.tunnel[ring])]
        i = int(self.rings.index[ring])
        ahead, right = float(to[ring] @ tunnel.forward[i, :2]), tunnel.right[i]
        along_m = i / (len(tunnel.centre) - 1) * tunnel.length_m + ahead
        aside = float(to[ring] @ right[:2])
        left_m, right_m = (max(0.0, free - beside_m) for free in tunnel.room_at(along_m))
        p = p + right * (min(right_m, max(-left_m, aside)) - aside)
        for boulder in self.boulders:
            lacks = boulder.radius_m + beside_m - boulder.away_m(p)
            if lacks > 0.0 and beside_m > 0.0:
                way = boulder.towards(p)
                p[:2] += np.array(way) * lacks
                # Between boulder and wall nobody passes: then along the rail.
                aside = float((p - tunnel.centre[i]) @ right)
                if not -left_m <= aside <= right_m:
                    p = p + right * (min(right_m, max(-left_m, aside)) - aside)
                    lacks = boulder.radius_m + beside_m - boulder.away_m(p)
                    sign = 1.0 if float(tunnel.forward[i, :2] @ np.array(way)) >= 0.0 else -1.0
                    p = p + tunnel.forward[i] * sign * max(0.0, lacks)
        p[2] = tunnel.point(along_m)[2]
        return np.asarray(p)

    def paint_cell(self, point: Sequence[float]) -> tuple[int, int, int]:
        """(tunnel, cell along, cell around) of the rock nearest to a point."""
        p = np.asarray(point, dtype=np.float64)
        to = p - self.rings.centre
        ring = int(np.argmin(np.sqrt((to * to).sum(axis=1)) - self.rings.radius))
        tunnel = self.tunnels[int(self.rings.tunnel[ring])]
        i = int(self.rings.index[ring])
        out = to[ring]
        angle = math.atan2(float(out @ tunnel.up[i]), float(out @ tunnel.right[i]))
        along = min(PAINT_ALONG - 1, int(i / (len(tunnel.centre) - 1) * PAINT_ALONG))
        around = int((angle + math.pi) / math.tau * PAINT_AROUND) % PAINT_AROUND
        return tunnel.index, along, around


@dataclass(frozen=True, slots=True)
class Rings:
    """Cross sections of all tunnels in one table, for rays and nearest points."""

    centre: Floats
    """(n, 3)"""
    radius: Floats
    """(n,)"""
    reach_2: Floats
    """(n,): squared radius."""
    tunnel: NDArray[np.int64]
    index: NDArray[np.int64]
    """Of the ring in its tunnel's own tables."""
    floor_z: float
    """The lowest floor of all."""

    @classmethod
    def of(cls, tunnels: Sequence[Tunnel]) -> "Rings":
        """Every other ring: half a metre apart."""
        index = [np.arange(0, len(tunnel.centre), 2) for tunnel in tunnels]
        centre = np.vstack([tunnel.centre[i] for tunnel, i in zip(tunnels, index, strict=True)])
        radius = np.concatenate([tunnel.radius[i] for tunnel, i in zip(tunnels, index, strict=True)])
        return cls(
            centre=centre,
            radius=radius,
            reach_2=radius * radius,
            tunnel=np.concatenate([np.full(len(i), k) for k, i in enumerate(index)]),
            index=np.concatenate(index),
            floor_z=float(min((tunnel.centre[:, 2] - tunnel.floor_m).min() for tunnel in tunnels)),
        )


def _tunnel(
    name: str,
    index: int,
    knots: Floats,
    radii: Floats,
    *,
    next_: tuple[int, ...],
    glow: tuple[float, float, float],
    seed: int,
) -> Tunnel:
    """A tunnel through ``knots`` (k, 3) with ``radii`` (k,), both smoothed by a Catmull-Rom spline."""
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    padded_r = np.concatenate([[radii[0]], radii, [radii[-1]]])
    fine: list[Floats] = []
    fine_r: list[Floats] = []
    t = np.linspace(0.0, 1.0, 64, endpoint=False)
    basis = 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3], axis=1
    )
    for i in range(len(knots) - 1):
        fine.append(basis @ padded[i : i + 4])
        fine_r.append(basis @ padded_r[i : i + 4])
    line = np.vstack([*fine, knots[-1:]])
    radius = np.concatenate([*fine_r, radii[-1:]])
    step = np.sqrt((np.diff(line, axis=0) ** 2).sum(axis=1))
    distance = np.concatenate([[0.0], np.cumsum(step)])
    length = float(distance[-1])
    even = np.linspace(0.0, length, max(8, int(length * _SAMPLES_PER_M)))
    centre = np.stack([np.interp(even, distance, line[:, axis]) for axis in range(3)], axis=1)
    forward = np.gradient(centre, axis=0)
    forward /= np.sqrt((forward**2).sum(axis=1))[:, None]
    right = np.cross(forward, np.array([0.0, 0.0, 1.0]))
    right /= np.sqrt((right**2).sum(axis=1))[:, None]
    up = np.cross(right, forward)
    tunnel = Tunnel(
        name=name,
        index=index,
        centre=centre,
        forward=forward,
        right=right,
        up=up,
        radius=np.interp(even, distance, radius),
        length_m=length,
        floor_m=1.45,
        next=next_,
        glow=glow,
        seed=seed,
        room=np.zeros((len(even), 2)),
    )
    return replace(tunnel, room=_room(tunnel, even))


def _room(tunnel: Tunnel, along_m: Floats) -> Floats:
    """(n, 2) metres from the rail to the rock, left and right, between ankle and crown of a child."""
    angles = np.linspace(-1.45, 0.35, 28)
    around = np.stack([math.pi - angles, angles])
    points = tunnel.surface(
        np.repeat(along_m, around.size),
        np.broadcast_to(around.reshape(-1), (len(along_m), around.size)).reshape(-1),
    ).reshape(len(along_m), 2, len(angles), 3)
    offset = points - tunnel.centre[:, None, None, :]
    beside = np.abs((offset * tunnel.right[:, None, None, :]).sum(axis=3))
    height = offset[..., 2] + tunnel.floor_m
    low, high = _CHILD_BETWEEN_M
    return np.asarray(
        np.where((height > low) & (height < high), beside, tunnel.radius[:, None, None]).min(axis=2)
    )


_PLACES: Final = ("echo hall", "tunnel fork", "glass gallery", "the low throat", "ember hall")


def grow(seed: int) -> Cave:
    """The first cave: a gallery in which one wakes, a hall with a fork, the way out and the other way.

    The same seed gives the same cave; the side of the way out is part of the seed.
    """
    rng = np.random.default_rng(seed)
    bend = rng.uniform(-1.0, 1.0, 8)
    z = 1.45
    entry = np.array(
        [
            [0.0, -4.0, z],
            [0.0, 0.0, z],
            [0.5 * bend[0], 6.0, z + 0.1],
            [1.6 * bend[1], 12.0, z + 0.25 * bend[2]],
            [1.0 * bend[3], 18.0, z],
            [0.4 * bend[3], 24.0, z],
        ]
    )
    fork = entry[-1]
    left_out = bool(rng.integers(0, 2))

    def branch(side: float, wild: Floats) -> Floats:
        knots: Floats = fork + np.array(
            [
                [0.0, 0.0, 0.0],
                [side * 3.0, 4.5, 0.1],
                [side * 6.5, 9.0, 0.3 + 0.4 * wild[0]],
                [side * (8.5 + wild[1]), 15.0, 0.6 + 0.6 * wild[0]],
                [side * (8.0 + 2.0 * wild[1]), 22.0, 0.8 + 0.8 * wild[0]],
                [side * (7.0 + 2.0 * wild[1]), 30.0, 0.8 + 0.8 * wild[0]],
            ]
        )
        return knots

    red, blue = (1.0, 0.16, 0.06), (0.14, 0.34, 1.0)
    tunnels = (
        _tunnel("gallery", 0, entry, np.array([2.4, 2.7, 2.3, 2.1, 3.6, 5.2]), next_=(1, 2),
                glow=(1.0, 0.42, 0.12), seed=seed * 3 + 1),
        _tunnel("left tunnel", 1, branch(-1.0, bend[4:6]), np.array([5.0, 3.4, 1.9, 2.2, 4.6, 8.5]), next_=(),
                glow=red if left_out else blue, seed=seed * 3 + 2),
        _tunnel("right tunnel", 2, branch(1.0, bend[6:8]), np.array([5.0, 3.4, 1.9, 2.2, 4.6, 8.5]), next_=(),
                glow=blue if left_out else red, seed=seed * 3 + 3),
    )  # fmt: skip
    way_out = 1 if left_out else 2
    feet = []
    for _ in range(26):
        tunnel = tunnels[int(rng.choice(3, p=[0.5, 0.25, 0.25]))]
        along = float(rng.uniform(3.0, tunnel.length_m - 1.0))
        side = float(rng.choice([-1.0, 1.0]))
        i = min(len(tunnel.centre) - 1, int(along / tunnel.length_m * (len(tunnel.centre) - 1)))
        foot = tunnel.point(along) + tunnel.right[i] * side * tunnel.radius[i] * float(rng.uniform(0.6, 0.8))
        feet.append([*foot, float(rng.uniform(0.35, 1.5))])
    return Cave(
        seed=seed,
        tunnels=tunnels,
        way_out=way_out,
        place=str(rng.choice(_PLACES)),
        way_out_words=f"{'left' if left_out else 'right'} tunnel, red glow",
        crystals=np.array(feet),
        rings=Rings.of(tunnels),
        boulders=scatter(tunnels, way_out, np.random.default_rng(seed * 11 + 3)),
    )
