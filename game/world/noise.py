"""Smooth value noise, vectorised and free of tables: the same seed gives the same rock everywhere."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def _hash(x: NDArray[np.int64], y: NDArray[np.int64], z: NDArray[np.int64], seed: int) -> Floats:
    """Integer lattice points to numbers in [-1, 1); a multiply-xorshift mix in 64 bits."""
    with np.errstate(over="ignore"):
        h = (
            x.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            ^ y.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
            ^ z.astype(np.uint64) * np.uint64(0x165667B19E3779F9)
            ^ np.uint64(seed & 0xFFFFFFFF) * np.uint64(0xD6E8FEB86659FD93)
        )
        h ^= h >> np.uint64(29)
        h *= np.uint64(0xBF58476D1CE4E5B9)
        h ^= h >> np.uint64(32)
    scaled: Floats = (h >> np.uint64(11)).astype(np.float64) * (2.0 / (1 << 53)) - 1.0
    return scaled


def value_noise(points: Floats, seed: int) -> Floats:
    """Noise in about [-1, 1] at (..., 3) points, with a period of one unit and continuous slopes."""
    cell = np.floor(points).astype(np.int64)
    f = points - cell
    u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0)
    x, y, z = cell[..., 0], cell[..., 1], cell[..., 2]
    ux, uy, uz = u[..., 0], u[..., 1], u[..., 2]

    def edge(dy: int, dz: int) -> Floats:
        low = _hash(x, y + dy, z + dz, seed)
        return low + (_hash(x + 1, y + dy, z + dz, seed) - low) * ux

    near = edge(0, 0)
    near = near + (edge(1, 0) - near) * uy
    far = edge(0, 1)
    far = far + (edge(1, 1) - far) * uy
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
