"""The hall at the end of a tunnel: a dome of spiralling light that closes it, open at its eye."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.present.rock import Packed
from game.world.cave import Tunnel
from game.world.noise import fractal_noise

Floats = NDArray[np.float64]

DEPTH: Final = 1.15
"""Depth of the dome in parts of the tunnel's radius at its end."""
EYE_RAD: Final = 0.13
"""Half the angle of the opening at the dome's end."""


def eye_of(tunnel: Tunnel) -> Floats:
    """The middle of the dome's opening, (3,)."""
    return np.asarray(tunnel.centre[-1] + tunnel.forward[-1] * tunnel.radius[-1] * DEPTH)


def _dome(tunnel: Tunnel, around: Floats, rise: Floats) -> Floats:
    """(n, 3) points of the dome: ``around`` the axis, and ``rise`` from its rim (0) to its end (pi / 2)."""
    radius = float(tunnel.radius[-1])
    out = np.cos(around)[:, None] * tunnel.right[-1] + np.sin(around)[:, None] * tunnel.up[-1]
    way = out * np.cos(rise)[:, None] + tunnel.forward[-1] * DEPTH * np.sin(rise)[:, None]
    rough = fractal_noise(way * radius * 0.45, tunnel.seed + 17, octaves=3)
    points = tunnel.centre[-1] + way * (radius * (1.0 + 0.20 * rough))[:, None]
    floor_z = float(tunnel.centre[-1, 2] - tunnel.floor_m)
    points[:, 2] = np.maximum(points[:, 2], floor_z + 0.02 * (points[:, 2] - floor_z))
    return np.asarray(points)


def _lit(tunnel: Tunnel, points: Floats, around: Floats, random: Floats, weight: Floats) -> Packed:
    inward = tunnel.centre[-1] - points
    inward /= np.maximum(1e-6, np.sqrt((inward**2).sum(axis=1)))[:, None]
    turn = (around / (2 * np.pi) + 0.5) % 1.0
    place = np.column_stack([np.ones(len(points)), turn, np.full(len(points), float(tunnel.index)), random])
    return {
        "vertex": points.astype(np.float32),
        "place": place.astype(np.float32),
        "lie": np.column_stack([inward, weight]).astype(np.float32),
    }


def dome_points(tunnel: Tunnel, count: int, apart_m: float, rng: np.random.Generator) -> Packed:
    """Points on rings about the dome's eye, ``apart_m`` apart and bent by its rock, and dust between them."""
    radius = float(tunnel.radius[-1])
    rise = np.arcsin(rng.uniform(0.0, np.cos(EYE_RAD), count))
    around = rng.uniform(0.0, 2 * np.pi, count)
    ring = np.stack([np.cos(around), np.sin(around), rise], axis=1)
    bent = 0.5 * fractal_noise(ring * 2.3, tunnel.seed + 29, octaves=3)
    lines = (rise * radius + bent) / apart_m
    on_line = rng.uniform(0.0, 1.0, count) < 0.7
    snapped = rise + (np.round(lines) - lines) * apart_m / radius
    rise = np.where(on_line, np.clip(snapped, 0.0, np.pi / 2 - EYE_RAD), rise)
    patch = np.clip(0.5 + 1.3 * fractal_noise(ring * 1.4, tunnel.seed + 41, octaves=3), 0.0, 1.0)
    weight = np.where(on_line, 1.9, 0.6) * (0.1 + 1.2 * patch**2) * rng.uniform(0.5, 1.0, count)
    return _lit(tunnel, _dome(tunnel, around, rise), around, rng.uniform(0, 1, count), weight)


def dome_strands(tunnel: Tunnel, count: int, length: int, rng: np.random.Generator) -> Packed:
    """Ribbons that climb the dome from its rim and turn into its eye, ``length`` steps each."""
    start = np.arange(count) / count * 2 * np.pi + rng.normal(0.0, 0.05, count)
    climb = np.linspace(0.0, 1.0, length)
    rise = (np.pi / 2 - EYE_RAD) * climb
    turn = np.where(np.arange(count) % 2 == 0, 1.0, -0.55)[:, None] * 1.1 * climb[None, :] ** 1.6
    around = (start[:, None] + turn).reshape(-1)
    points = _dome(tunnel, around, np.tile(rise, count))
    weight = np.repeat(rng.uniform(0.3, 0.9, count), length) * np.tile(np.minimum(1.0, climb * 6.0), count)
    packed = _lit(tunnel, points, around, np.repeat(rng.uniform(0, 1, count), length), weight)
    line = points.reshape(count, length, 3)
    direction = np.asarray(np.gradient(line, axis=1)).reshape(-1, 3)
    direction /= np.maximum(1e-6, np.sqrt((direction**2).sum(axis=1)))[:, None]
    run = np.cumsum(np.sqrt((np.diff(line, axis=1, prepend=line[:, :1]) ** 2).sum(axis=2)), axis=1)
    both = {name: np.repeat(values, 2, axis=0) for name, values in packed.items()}
    side = np.tile([-1.0, 1.0], count * length)[:, None]
    both["along"] = np.column_stack([np.repeat(direction, 2, axis=0), side]).astype(np.float32)
    both["run"] = np.repeat(run.reshape(-1, 1), 2, axis=0).astype(np.float32)
    return both
