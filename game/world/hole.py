"""A hole in the player's own floor through which a headset shows the cave below: how the Child comes out."""

import math
from typing import Final

from game.interpret.intents import Vec3
from game.world.geometry import turn
from game.world.state import Player, World

_CLIMBS_M: Final = (0.45, -0.15)
"""Beyond the near edge of the hole it begins to climb, before it it stands on the player's floor."""
_OUT_M: Final = 0.3
"""It stands no nearer to the near edge than this on the floor ..."""
_SEEN_M: Final = 1.4
"""... and no nearer to it below, where the edge would hide it from the player."""
_GATE_M: Final = 0.55
"""So far beyond the near edge it comes and goes: there is rock under the player's floor to either side."""
_GATE_RAD: Final = 0.3
"""So far aside of the middle of the near edge it still climbs through the hole."""
_ROOM_M: Final = 0.32
"""It wants between its middle and the rock; ..."""
_ROCK_M: Final = 0.1
"""... and where the rock is nearer to the hole than this it cannot come from there."""
_ASIDE_M: Final = 0.25
"""On the floor it stands so far to the right of the way to the hole, which is left open."""


def stands_m(hole_m: float, wish_m: float) -> float:
    """How far from the player it stands that would stand ``wish_m`` away, with a hole that begins ``hole_m``
    away (0: with none)."""
    if hole_m <= 0.0:
        return wish_m
    return max(wish_m, hole_m + _SEEN_M) if wish_m > hole_m + _OUT_M else min(wish_m, hole_m - _OUT_M)


def way_through(world: World, below: Vec3, wish_m: float) -> Vec3:
    """The next place on its way to where it would stand ``wish_m`` from the player: ``below``, or on the
    player's floor before the hole (there is one). Between the two it goes through the hole, unless the player
    has turned the cave so far that there is rock under it."""
    player, hole_m = world.player, world.player.hole_m
    out = wish_m < hole_m
    place = _before(player, wish_m, _ASIDE_M) if out else below
    x, y = (a - b for a, b in zip(world.child.position[:2], player.position[:2], strict=True))
    is_out = math.hypot(x, y) < hole_m
    aside_rad = turn(math.atan2(x, y) - player.yaw_rad - player.hole_rad)
    gate, within = _before(player, hole_m + _GATE_M, 0.0), abs(aside_rad) < _GATE_RAD
    rock = math.dist(gate[:2], world.cave.walkable(gate, _ROOM_M)[:2]) > _ROCK_M
    if out is is_out or rock or (out and within):
        return place
    return _before(player, hole_m - _OUT_M, 0.0) if is_out and not within else gate


def _before(player: Player, away_m: float, aside_m: float) -> Vec3:
    """A place on the cave's floor so far from the player towards the hole, and so far aside of that way."""
    angle = player.yaw_rad + player.hole_rad
    ahead_m = math.sqrt(max(0.0, away_m**2 - aside_m**2))
    x, y, z = player.position
    c, s = math.cos(angle), math.sin(angle)
    return x + ahead_m * s + aside_m * c, y + ahead_m * c - aside_m * s, z


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
    out = climbed(world)
    # The cave's floor slopes, and the player's does not.
    return x, y, z + out * (world.player.position[2] + world.player.deep_m - z)
