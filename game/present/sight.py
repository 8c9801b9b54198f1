"""What an eye can see of a cloud of light, for drawing without a graphics card.

A renderer in software works on several vertices at once and so reckons with each in full, also where the
shader knows at its first line that nobody sees it. Here neighbours are gathered into groups, and a frame
names only the vertices of groups that may be in the picture.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present.rock import Packed
from game.present.viewpoint import Seen

STRAYS_M: Final = 0.35
"""So far from its place at rest shaders move a vertex: breath, the ripples of two hands, a ring of sound."""
MIRRORED_M: Final = 0.7
"""The same of what is seen in water, which waves move more the deeper it is."""
_THINS_M: Final = (9.0, 26.0)
_SOFT: Final = 0.08
"""Between these distances a cloud thins out, each of its points softly; as `thinned` of `common.glsl`."""
_RANKS: Final = 4
"""So many kinds of points by how near they are shown."""
_CELL_M: Final = 0.3
"""Places in one such cell are as near to each other as makes no difference."""
_GROUP: Final = 16
"""Points in a group: few enough to be in one place, many enough to be quickly gone through."""
_STEPS: Final = 6
"""Steps of a ribbon in a group."""


def rank(cloud: Packed) -> NDArray[np.float32]:
    """(n,) 0 to 1: how soon each vertex goes with distance, 1 first; as `thinned` of `common.glsl`."""
    return np.asarray((cloud["place"][:, 3] * np.float32(61.0)) % np.float32(1.0))


def ordered(cloud: Packed) -> Packed:
    """The rows of a cloud of points by rank, about, and then so that neighbours lie side by side (Morton)."""
    places = cloud["vertex"]
    cells = ((places - places.min(axis=0)) / _CELL_M).astype(np.int64)
    code = (rank(cloud) * _RANKS).astype(np.int64) << 30
    for bit in range(10):
        for axis in range(3):
            code |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    order = np.argsort(code, kind="stable")
    return {name: values[order] for name, values in cloud.items()}


def groups_of_points(count: int) -> NDArray[np.int64]:
    """(groups, k) numbers of ``count`` points that follow each other, but for the last few that fill none."""
    return np.arange(count - count % _GROUP).reshape(-1, _GROUP)


def groups_of_ribbons(corners: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """(groups, k) numbers of the vertices of triangles: ``corners`` of ribbons of ``length`` steps as
    `game.present.shading.ribbon_corners` has them."""
    steps = length - 1
    ribbons = corners.reshape(-1, steps * 6)
    # What is left over of a ribbon is filled with triangles without an inside.
    over = -steps % _STEPS
    filled = np.concatenate([ribbons, np.repeat(ribbons[:, -1:], 6 * over, axis=1)], axis=1)
    return np.asarray(filled.reshape(-1, _STEPS * 6))


class Sight:
    """One cloud of light of which a frame draws what may be seen."""

    def __init__(
        self,
        node: p3d.NodePath,
        cloud: Packed,
        groups: NDArray[np.int64],
        *,
        thinned: float,
        strays_m: float = STRAYS_M,
    ) -> None:
        """``cloud`` has the vertices of ``node`` at rest, ``groups`` (m, k) are their numbers. ``thinned``
        is the part of it that is not there far away."""
        self.node = node
        corners = cloud["vertex"][groups].astype(np.float64)
        low, high = corners.min(axis=1), corners.max(axis=1)
        self._middles = np.column_stack([0.5 * (low + high), np.ones(len(groups))])
        reach = corners - self._middles[:, None, :3]
        self._radii = np.sqrt((reach**2).sum(axis=2).max(axis=1)) + strays_m
        self._groups = groups.astype(np.uint32)
        # Where each group has gone: nowhere, for those that stay.
        thin = np.maximum(0.0, 1.0 - (rank(cloud)[groups].min(axis=1) - _SOFT)) / max(thinned, 1e-9)
        part = 0.5 - np.sin(np.arcsin(1.0 - 2.0 * np.minimum(thin, 1.0)) / 3.0)
        self._gone_m = np.where(thin < 1.0, _THINS_M[0] + (_THINS_M[1] - _THINS_M[0]) * part, np.inf)
        self._gone_m += self._radii
        self.most = len(groups)
        """Groups that are drawn at most; for measuring what the rest of a frame costs."""
        geom = node.node().modify_geom(0)
        primitive = type(geom.get_primitive(0))(p3d.Geom.UH_dynamic)
        primitive.set_index_type(p3d.Geom.NT_uint32)
        geom.set_primitive(0, primitive)

    def show(self, seen: Sequence[Seen]) -> None:
        """Draw what any of these cameras may see; all of it where there is none."""
        groups = self._groups[self._chosen(seen)] if seen else self._groups
        groups = groups[: self.most]
        table = self.node.node().modify_geom(0).modify_primitive(0).modify_vertices()
        table.unclean_set_num_rows(groups.size)
        if groups.size:
            memoryview(table).cast("B")[:] = groups.reshape(-1).view(np.uint8).data

    def _chosen(self, seen: Sequence[Seen]) -> NDArray[np.bool_]:
        chosen = np.zeros(len(self._groups), np.bool_)
        for one in seen:
            inside_m = (self._middles @ one.sides().T).min(axis=1)
            off = self._middles[:, :3] - one.at
            far_m = np.sqrt(np.einsum("ij,ij->i", off, off))
            chosen |= (inside_m > -self._radii) & (far_m < self._gone_m)
        return chosen
