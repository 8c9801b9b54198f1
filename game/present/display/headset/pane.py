"""The pane of words of light before a head: it follows late and gently, and never tilts with it."""

import math
from typing import Final

import panda3d.core as p3d

from game.present.display.headset.axes import Vec3

_FOLLOWS_S: Final = 0.7
"""So slowly that one can read along the words."""
_STAYS_RAD: Final = 0.45
"""A head may turn so far from them before they follow."""
_REACHES_M: Final = 2.7
"""So far ahead of an eye the words reach that stand 2.2 m before it, to either side and turned aside."""
_BEFORE_WALL_M: Final = 0.1


class Pane:
    """Where the words hang."""

    def __init__(self, now_s: float) -> None:
        self._yaw_rad = 0.0
        self._laid_s = now_s

    def lay(
        self, pane: p3d.NodePath, *, eye: Vec3, yaw_rad: float, head_yaw_rad: float, now_s: float,
        room_m: float,
    ) -> None:  # fmt: skip
        """Hang ``pane`` before ``eye`` (world) of a player who faces ``yaw_rad`` in the cave and whose head
        is turned from that by ``head_yaw_rad``, and before the wall that is ``room_m`` away."""
        dt_s, self._laid_s = now_s - self._laid_s, now_s
        away = math.remainder(head_yaw_rad - self._yaw_rad, math.tau)
        if abs(away) > _STAYS_RAD:
            ahead = away - math.copysign(_STAYS_RAD, away)
            self._yaw_rad += ahead * (1.0 - math.exp(-dt_s / _FOLLOWS_S))
        # Nearer and smaller is the same to the eye, and nothing of it is behind the wall.
        size = min(1.0, (room_m - _BEFORE_WALL_M) / _REACHES_M)
        pane.set_pos_hpr_scale(*eye, -math.degrees(yaw_rad + self._yaw_rad), 0.0, 0.0, size, size, size)
