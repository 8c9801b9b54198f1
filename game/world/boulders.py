"""Boulders beside the rail: what the Child climbs and hides behind. They are drawn, walked around and stood
on by the same shape: a block with round shoulders and a flat crown, not quite as high as the Child."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from game.world.cave import Tunnel

Floats = NDArray[np.float64]

_SHOULDER: Final = 4.0
"""Exponent of the shoulder: 2 is a ball, more is a block."""
_BESIDE_M: Final = 1.35
"""From the rail to its middle, where there is room."""
_NEAREST_M: Final = 0.95
_BEHIND_M: Final = 0.36
"""Room that the Child needs between it and the tunnel's wall."""
_FROM_END_M: Final = ((18.5, 9.6, 3.0), (15.0, 3.2), (15.0, 3.2))
"""Where boulders lie in each tunnel, metres before its end."""


@dataclass(frozen=True, slots=True)
class Boulder:
    """One boulder: its middle on the floor, and how broad and high it is, metres."""

    x: float
    y: float
    z: float
    radius_m: float
    height_m: float
    tunnel: int
    along_m: float
    aside_m: float
    """From the rail to its middle, positive to the right."""
    seed: int

    def girth_m(self, up_m: float) -> float:
        """How far its flank is from its middle at ``up_m`` above the floor."""
        part = min(1.0, max(0.0, up_m / self.height_m))
        return float(self.radius_m * (1.0 - part**_SHOULDER) ** (1.0 / _SHOULDER))

    def height_at(self, away_m: float) -> float:
        """How high its crown is above the floor at ``away_m`` from its middle; 0 beside it."""
        part = min(1.0, away_m / self.radius_m)
        return float(self.height_m * (1.0 - part**_SHOULDER) ** (1.0 / _SHOULDER))

    def away_m(self, point: Sequence[float]) -> float:
        """Level distance from its middle."""
        return math.hypot(point[0] - self.x, point[1] - self.y)

    def towards(self, point: Sequence[float]) -> tuple[float, float]:
        """Unit vector (level) from its middle to a point."""
        dx, dy = point[0] - self.x, point[1] - self.y
        far = math.hypot(dx, dy)
        return (dx / far, dy / far) if far > 1e-6 else (1.0, 0.0)

    def beside(
        self, way: tuple[float, float], away_m: float, up_m: float = 0.0
    ) -> tuple[float, float, float]:
        """The place ``away_m`` from its middle along a level unit vector, ``up_m`` above the floor."""
        return (self.x + way[0] * away_m, self.y + way[1] * away_m, self.z + up_m)

    def surface(self, around_rad: Floats, part: Floats) -> tuple[Floats, Floats]:
        """(n, 3) points of its skin and their normals; ``part`` runs from 0 at the floor to 1 at the crown's
        middle."""
        angle = np.clip(part, 0.0, 1.0) * (math.pi / 2)
        # A superellipse by angle: points spread evenly over flank, shoulder and crown.
        out = np.cos(angle) ** (2.0 / _SHOULDER)
        up = np.sin(angle) ** (2.0 / _SHOULDER)
        points = np.stack(
            [
                self.x + self.radius_m * out * np.cos(around_rad),
                self.y + self.radius_m * out * np.sin(around_rad),
                self.z + self.height_m * up,
            ],
            axis=1,
        )
        level = out ** (_SHOULDER - 1.0) / self.radius_m
        normals = np.stack(
            [level * np.cos(around_rad), level * np.sin(around_rad), up ** (_SHOULDER - 1.0) / self.height_m],
            axis=1,
        )
        return points, normals / np.maximum(1e-9, np.sqrt((normals**2).sum(axis=1)))[:, None]


def scatter(tunnels: Sequence["Tunnel"], way_out: int, rng: np.random.Generator) -> tuple[Boulder, ...]:
    """The boulders of a cave; where a tunnel is too narrow for one there is none. They lie on the side where
    the Child waits (`game.world.child.keep_distance`)."""
    side = 1.0 if way_out == 1 else -1.0
    found = []
    for tunnel, places in zip(tunnels, _FROM_END_M, strict=True):
        for number, before_end_m in enumerate(places):
            radius, height = float(rng.uniform(0.40, 0.46)), float(rng.uniform(0.56, 0.66))
            along = tunnel.length_m - before_end_m
            i = round(along / tunnel.length_m * (len(tunnel.centre) - 1))
            left, right = tunnel.room_at(along)
            free = right if side > 0.0 else left
            aside = min(_BESIDE_M, free - _BEHIND_M)
            if aside < _NEAREST_M:
                continue
            x, y, z = (float(n) for n in tunnel.point(along) + tunnel.right[i] * side * aside)
            found.append(
                Boulder(
                    x=x, y=y, z=z, radius_m=radius, height_m=height, tunnel=tunnel.index, along_m=along,
                    aside_m=side * aside, seed=tunnel.seed * 5 + number,
                )
            )  # fmt: skip
    return tuple(found)
