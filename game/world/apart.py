"""The Child and the player never stand in each other: a room is small, and a real head is anywhere in it."""

import math
from typing import Final

from game.clock import TICK_S
from game.interpret.intents import Vec3
from game.world.geometry import approach
from game.world.state import Doing, World
from game.world.walking import head_of

APART_M: Final = 0.7
"""On the floor, between the middle of the Child and the player's head."""
_BESIDE_M: Final = 0.32
"""The Child's middle stays so far from the rock, as where it walks."""
_ROUND_MPS: Final = 1.5
"""Whose way leads through the player goes round them."""
_TRIES: Final = 16


def keep_apart(world: World) -> None:
    """Moves the Child out of the player's way, on the floor and in the air of the cave."""
    child = world.child
    if child.antic is not None and child.antic.doing is Doing.CLIMB and child.antic.phase != "go":
        return  # On a boulder, whose rock keeps them apart.
    head = head_of(world.player)
    x, y = child.position[0] - head[0], child.position[1] - head[1]
    far_m = math.hypot(x, y)
    if far_m >= APART_M:
        return
    # One who stands on the very spot is put ahead of the player.
    away_rad = math.atan2(x, y) if far_m > 1e-3 else world.player.yaw_rad
    if child.goal is not None:
        wish = math.atan2(child.goal[0] - head[0], child.goal[1] - head[1])
        aside = _way_round(world, head, away_rad, wish)
        step = _ROUND_MPS * TICK_S / APART_M
        away_rad += max(-step, min(step, aside))
    # Where rock is in the way, the nearest free place round the player.
    for number in range(_TRIES):
        turned = away_rad + (number + 1) // 2 * (-1 if number % 2 else 1) * math.tau / _TRIES
        place = _beside(world, head, turned)
        if place is not None:
            child.position = (*place[:2], approach(child.position[2], place[2], 12.0, TICK_S))
            return
    ax, ay = math.sin(away_rad), math.cos(away_rad)
    child.position = (head[0] + APART_M * ax, head[1] + APART_M * ay, child.position[2])


def _beside(world: World, head: Vec3, around_rad: float) -> Vec3 | None:
    """The place at `APART_M` from the player in that direction; None where rock is in the way."""
    beside = (head[0] + APART_M * math.sin(around_rad), head[1] + APART_M * math.cos(around_rad))
    x, y, z = (float(v) for v in world.cave.walkable((*beside, world.child.position[2]), _BESIDE_M))
    return (x, y, z) if math.hypot(x - head[0], y - head[1]) >= APART_M - 1e-6 else None


def _way_round(world: World, head: Vec3, from_rad: float, to_rad: float) -> float:
    """By how much to turn round the player to come from one direction to the other: the shorter way, but the
    other one where that is free and the shorter is not."""
    short = math.remainder(to_rad - from_rad, math.tau)
    for way in (short, short - math.copysign(math.tau, short)):
        steps = max(1, round(abs(way) / math.tau * _TRIES))
        if all(_beside(world, head, from_rad + way * (n + 1) / steps) is not None for n in range(steps)):
            return way
    return short
