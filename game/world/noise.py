"""Smooth value noise, vectorised and free of tables: the same seed gives the same rock everywhere."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


Lattice = NDArray[np.uint64]
_MIX: Final = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


def _mixed(h: Lattice) -> Floats:
    """Numbers of the lattice to numbers in [-1, 1); a multiply-xorshift mix in 64 bits. ``h`` is changed."""
    h ^= h >> np.uint64(29)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(32)
    h >>= np.uint64(11)
    scaled = h.astype(np.float64)
    scaled *= 2.0 / (1 << 53)
    scaled -= 1.0
    return scaled


def value_noise(points: Floats, seed: int) -> Floats:
    """Noise in about [-1, 1] at (..., 3) points, with a period of one unit and continuous slopes."""
    cell = np.floor(points).astype(np.int64)
    f = points - cell
    u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0)
    ux, uy, uz = u[..., 0], u[..., 1], u[..., 2]
    with np.errstate(over="ignore"):
        # Each corner of a cell is three products, so eight corners need six of them.
        low = [cell[..., axis].astype(np.uint64) * _MIX[axis] for axis in range(3)]
        high = [low[axis] + _MIX[axis] for axis in range(3)]
        seeded = np.uint64(seed & 0xFFFFFFFF) * np.uint64(0xD6E8FEB86659FD93)
        x0, x1 = low[0] ^ seeded, high[0] ^ seeded

        def edge(yz: Lattice) -> Floats:
            first = _mixed(x0 ^ yz)
            return first + (_mixed(x1 ^ yz) - first) * ux

        near = edge(low[1] ^ low[2])
        near = near + (edge(high[1] ^ low[2]) - near) * uy
        far = edge(low[1] ^ high[2])
        far = far + (edge(high[1] ^ high[2]) - far) * uy
    return near + (far - near) * uz


def fractal_noise(points: Floats, seed: int, *, octaves: int = 4, gain: float = 0.5) -> Floats:
    """Sum of octaves of `value_noise`, scaled to stay within about [-1, 1]."""
    total = np.zeros(points.shape[:-1])
    amplitude, norm, frequency = 1.0, 0.0, 1.0
    for octave in range(octaves):
        total += amplitude * value_noise(points * frequency, seed + 7919 * octave)
        norm += amplitude
        amplitude *= gain
        frequency *= 2.03
    return total / norm
