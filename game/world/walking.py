"""The player's body: walking on the soft rail, choosing at the fork, looking about."""

import math

from game.clock import TICK_S
from game.interpret.intents import Action, Intents
from game.world.cave import EYE_HEIGHT_M
from game.world.effects import Effect, PlaySound
from game.world.geometry import add, approach, distance, from_view, turn, vec3
from game.world.state import Doing, Player, Scene, World

BARS_M = 1.7
"""So far before the player the Child stands in the way."""
_STRIDE_M = 0.75
_BEGINNING_M = 1.0
"""Nearer to the beginning of a tunnel one does not walk back."""
_TOW_MPS = 0.9
"""Pace of the thread that tows a player who does not walk."""
_LOOK_AHEAD_M = 2.0
_TOLD_YAW_RAD = 0.35
"""How far the view leans to where the player was told to turn."""
_FREE_YAW_RAD = 0.6
"""How far the view may turn away from the rail."""


def eyes_of(player: Player) -> tuple[float, float, float]:
    """The player's eyes in the world."""
    x, y, z = player.position
    return (x, y, z + player.deep_m + EYE_HEIGHT_M)


def in_cave(player: Player, at_m: tuple[float, float, float]) -> tuple[float, float, float]:
    """A place of the player's room (x right, y ahead, z up from the floor at the feet) in the world."""
    x, y, z = player.position
    return add((x, y, z + player.deep_m), from_view(player.yaw_rad, at_m))


def head_of(player: Player) -> tuple[float, float, float]:
    """The player's eyes in the world, where the real head has them."""
    return add(eyes_of(player), from_view(player.yaw_rad, player.head))


def barred(world: World) -> bool:
    """Whether it stands before the player with its arms out: nobody walks through it."""
    antic, child = world.child.antic, world.child
    if antic is None or antic.doing is not Doing.BLOCK or antic.phase != "stand":
        return False
    return distance(child.position, world.player.position) < BARS_M


def walk(world: World, intents: Intents, *, tow: bool) -> list[Effect]:
    """Moves the player along the rail; where a tunnel ends in a fork, the heading chooses the next one."""
    player = world.player
    effects: list[Effect] = []
    goal_mps = 0.0 if world.paused else min(1.8, intents.walk.speed)
    if tow and not world.paused:
        goal_mps = max(goal_mps, _TOW_MPS)
    rate = 6.0 if goal_mps > player.speed_mps else 9.0
    player.speed_mps = approach(player.speed_mps, goal_mps, rate, TICK_S)
    if player.speed_mps < 0.02:
        player.speed_mps = 0.0
    moved = 0.0 if barred(world) and not player.backwards else player.speed_mps * TICK_S
    tunnel = world.cave.tunnels[player.tunnel]
    before_m = player.along_m
    if player.backwards:
        player.along_m = max(player.along_m - moved, _BEGINNING_M)
        if player.tunnel != 0 and player.along_m <= _BEGINNING_M:
            player.tunnel = 0
            player.along_m = world.cave.tunnels[0].length_m - _BEGINNING_M
    else:
        player.along_m = min(player.along_m + moved, end_of_walk(world))
        if player.along_m == before_m:
            player.speed_mps = 0.0  # Whoever is held stands, though legs or the thread go on.
        if player.along_m >= tunnel.length_m and tunnel.next:
            player.tunnel = _choice(world, intents)
            player.bears = 0
            player.along_m = 0.0
    world.story.walked_m += abs(player.along_m - before_m) if player.tunnel == tunnel.index else 0.0
    if world.story.walked_m // _STRIDE_M > player.steps:
        player.steps += 1
        effects.append(
            PlaySound(name="step", clip=f"step-{player.steps}", position=player.position, gain_db=-8.0)
        )
    tunnel = world.cave.tunnels[player.tunnel]
    player.position = vec3(tunnel.point(player.along_m))
    if player.backwards:
        rail = tunnel.heading(max(0.0, player.along_m - _LOOK_AHEAD_M)) + math.pi
    else:
        rail = tunnel.heading(min(tunnel.length_m, player.along_m + _LOOK_AHEAD_M))
    heading_rad = intents.walk.heading_rad + _TOLD_YAW_RAD * player.bears
    wish = max(-_FREE_YAW_RAD, min(_FREE_YAW_RAD, heading_rad))
    away = turn(rail + wish - player.yaw_rad)
    if player.turn_step_rad > 0.0:
        player.yaw_rad = turn(player.yaw_rad + _steps_of(away, player.turn_step_rad))
    else:
        player.yaw_rad = turn(approach(player.yaw_rad, player.yaw_rad + away, 1.6, TICK_S))
    # Filtered, predicted and soft already, also where no head is seen.
    x, y, z = intents.head.offset_m
    player.hole_rad = intents.head.hole_rad
    player.head = (_within(x, 3.0), _within(y, 4.0), _within(z, 1.2))
    return effects


def _steps_of(away_rad: float, step_rad: float) -> float:
    """Whole steps towards ``away_rad``; none before three quarters of one, so that a bend there and back is
    no turn and none is taken back at once."""
    return math.copysign(round(max(0.0, abs(away_rad) / step_rad - 0.25)) * step_rad, away_rad)


def _within(value: float, most: float) -> float:
    return max(-most, min(most, value))


def end_of_walk(world: World) -> float:
    """How far the rail goes now, metres along the present tunnel: the story holds the player at a hall."""
    tunnel = world.cave.tunnels[world.player.tunnel]
    if world.player.tunnel == 0:
        stop_m = {
            Scene.DARK: 6.0,
            Scene.PAINT: 8.0,
            Scene.WALK: 13.0,
            Scene.POINT: 13.5,
            Scene.EYES: 13.5,
            Scene.ASK: 13.5,
            Scene.THEFT: 15.0,
            Scene.FORK: tunnel.length_m - 5.0,
        }.get(world.scene, tunnel.length_m)
        return max(world.player.along_m, stop_m)
    return max(world.player.along_m, tunnel.length_m - 6.0)


def _choice(world: World, intents: Intents) -> int:
    """The tunnel that the player's pointing or heading means; without a sign, the one that is led to."""
    if world.player.bears:
        left, right = world.cave.tunnels[world.player.tunnel].next
        return left if world.player.bears < 0 else right
    sign = intents.walk.heading_rad
    for hand in intents.hands:
        point = hand.actions.get(Action.POINT)
        if point is not None and point.active:
            sign += hand.aim[0]
    left, right = world.cave.tunnels[world.player.tunnel].next
    if abs(sign) < 0.12:
        return world.cave.way_out
    return left if sign < 0 else right
