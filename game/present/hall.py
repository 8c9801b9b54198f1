"""The hall at the end of a tunnel: a dome of rock that closes it, open at its eye.

It is scanned like the tunnels, yet across instead of along: lines about its eye would be rings.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.present.rock import Packed, Rock, edges_of, rock_points, scan_strands
from game.world.cave import Tunnel
from game.world.noise import fractal_noise

Floats = NDArray[np.float64]

DEPTH: Final = 1.15
"""Depth of the dome in parts of the tunnel's radius at its end."""
EYE_RAD: Final = 0.13
"""Half the angle of the opening at the dome's end."""
_ROWS: Final = 100
_COLUMNS: Final = 320
"""Cells of the table of a dome, from its rim to its eye and around."""
_CURTAIN_M: Final = (1.5, 0.5)
"""Width and depth of the curtains that water has left on the wall."""


def eye_of(tunnel: Tunnel) -> Floats:
    """The middle of the dome's opening, (3,)."""
    return np.asarray(tunnel.centre[-1] + tunnel.forward[-1] * tunnel.radius[-1] * DEPTH)


def _dome(tunnel: Tunnel, around: Floats, rise: Floats) -> Floats:
    """(n, 3) points of the dome: ``around`` the axis, and ``rise`` from its rim (0) to its end (pi / 2)."""
    radius = float(tunnel.radius[-1])
    out = np.cos(around)[:, None] * tunnel.right[-1] + np.sin(around)[:, None] * tunnel.up[-1]
    way = out * np.cos(rise)[:, None] + tunnel.forward[-1] * DEPTH * np.sin(rise)[:, None]
    rough = 0.20 * radius * fractal_noise(way * radius * 0.45, tunnel.seed + 17, octaves=3)
    # Curtains hang: narrow across, long from top to bottom; each juts out in a rounded ridge.
    width_m, depth_m = _CURTAIN_M
    folds = fractal_noise(way * radius * np.array([1.0, 1.0, 0.16]) / width_m, tunnel.seed + 23, octaves=2)
    hung = depth_m * (1.0 - np.abs(np.clip(2.2 * folds, -1.0, 1.0))) ** 2
    # At the rim the dome is the tunnel's rock, around its eye it is whole.
    hung *= np.clip(rise / 0.3, 0.0, 1.0) * np.clip((np.pi / 2 - EYE_RAD - rise) / 0.25, 0.0, 1.0)
    points = tunnel.centre[-1] + way * (radius + rough - hung)[:, None]
    floor_z = float(tunnel.centre[-1, 2] - tunnel.floor_m)
    points[:, 2] = np.maximum(points[:, 2], floor_z + 0.02 * (points[:, 2] - floor_z))
    return np.asarray(points)


def survey(tunnel: Tunnel) -> Rock:
    """The table of the dome behind a tunnel's end; its rows run from the rim to the eye."""
    radius = float(tunnel.radius[-1])
    rise = np.repeat(np.linspace(0.0, np.pi / 2 - EYE_RAD, _ROWS), _COLUMNS)
    around = np.tile(np.arange(_COLUMNS) / _COLUMNS * 2 * np.pi - np.pi, _ROWS)
    points = _dome(tunnel, around, rise)
    shape = (_ROWS, _COLUMNS)
    grid = points.reshape(*shape, 3)
    normals = np.cross(np.gradient(grid, axis=0), np.roll(grid, -1, axis=1) - np.roll(grid, 1, axis=1))
    normals /= np.maximum(1e-9, np.sqrt((normals**2).sum(axis=2)))[:, :, None]
    normals[(normals * (grid - tunnel.centre[-1])).sum(axis=2) > 0.0] *= -1.0
    relief = fractal_noise(points * 0.5, tunnel.seed + 29, octaves=3)
    wild = np.clip(0.5 + 1.1 * fractal_noise(points * 0.16, tunnel.seed + 37, octaves=2), 0.0, 1.0)
    across = (points - tunnel.centre[-1]) @ tunnel.right[-1]
    patches = np.clip(0.5 + 1.3 * fractal_noise(points * 0.33, tunnel.seed + 41, octaves=3), 0.0, 1.0)
    return Rock(
        index=tunnel.index,
        length_m=radius * np.pi / 2,
        points=grid,
        normals=normals,
        scan=(across + relief * (0.5 + 1.6 * wild)).reshape(shape),
        edge=edges_of(grid, normals),
        thick=patches.reshape(shape) ** 2,
        open=np.zeros(shape),
        centre=np.repeat(tunnel.centre[-1:], 2, axis=0),
        right=np.repeat(tunnel.right[-1:], 2, axis=0),
        up=np.repeat(tunnel.up[-1:], 2, axis=0),
    )


def _at_end(packed: Packed) -> Packed:
    """Rows of a dome, which shine as the end of their tunnel does."""
    packed["place"][:, 0] = 1.0
    return packed


def dome_points(dome: Rock, count: int, apart_m: float, rng: np.random.Generator) -> Packed:
    """At most ``count`` points on the lines of the dome's scan, ``apart_m`` apart, and between them."""
    return _at_end(rock_points([dome], dome.index, count, apart_m, rng))


def dome_strands(dome: Rock, count: int, length: int, apart_m: float, rng: np.random.Generator) -> Packed:
    """At most ``count`` ribbons of ``length`` steps along the lines of the dome's scan."""
    return _at_end(scan_strands([dome], dome.index, count, length, apart_m, rng))
