"""A hole in the player's own floor through which a headset shows the cave below: how the Child comes out."""

import math
from typing import Final

from game.interpret.intents import Vec3
from game.world.state import World

_CLIMBS_M: Final = (0.45, -0.15)
"""Beyond the near edge of the hole it begins to climb, before it it stands on the player's floor."""
_OUT_M: Final = 0.3
"""It stands no nearer to the near edge than this on the floor ..."""
_SEEN_M: Final = 1.4
"""... and no nearer to it below, where the edge would hide it from the player."""


def stands_m(hole_m: float, wish_m: float) -> float:
    """How far from the player it stands that would stand ``wish_m`` away, with a hole that begins ``hole_m``
    away (0: with none)."""
    if hole_m <= 0.0:
        return wish_m
    return max(wish_m, hole_m + _SEEN_M) if wish_m > hole_m + _OUT_M else min(wish_m, hole_m - _OUT_M)


def climbed(world: World) -> float:
    """How far out of the hole the Child is: 0 below, 1 on the player's floor."""
    player, (x, y, _) = world.player, world.child.position
    antic = world.child.antic
    on_rock = antic is not None and antic.boulder >= 0 and antic.phase != "go"
    if player.hole_m <= 0.0 or on_rock:
        return 0.0
    beyond_m = math.hypot(x - player.position[0], y - player.position[1]) - player.hole_m
    part = min(1.0, max(0.0, (_CLIMBS_M[0] - beyond_m) / (_CLIMBS_M[0] - _CLIMBS_M[1])))
    return part * part * (3.0 - 2.0 * part)


def feet_of_child(world: World) -> Vec3:
    """Where it stands: on the cave's floor, or on the player's, which is higher over a hole."""
    x, y, z = world.child.position
    return x, y, z + climbed(world) * world.player.deep_m
