"""Things of light that are thrown: by the player's hand a light, or the words that were just said; by the
Child what it caught. They fly in an arc, burst on rock, and lean a little to whom they are meant for."""

import math
from typing import Final

from game.clock import TICK_S
from game.interpret.intents import Action, Intents, Vec3
from game.world.effects import Effect, PlaySound
from game.world.geometry import add, angle_between, distance, scale, subtract
from game.world.hole import feet_of_child
from game.world.state import HandLight, Pose, Thrown, World
from game.world.walking import eyes_of

FALLS_MPS2: Final = 1.6
"""Light is light: it falls slowly."""
_SPEED_MPS: Final = (2.6, 7.0)
"""Of the softest and the hardest throw."""
_MEANT_RAD: Final = 0.30
"""A throw that goes so near to the Child is meant for it: a hand before one camera errs by degrees."""
CHEST_M: Final = 0.46
_FADES_S: Final = 0.7
_LONGEST_S: Final = 4.0
_WORDS: Final = 34


def fly(world: World, intents: Intents) -> list[Effect]:
    """Begins what the player throws, and carries on what is in the air."""
    effects: list[Effect] = []
    for event in intents.gestures:
        if event.name is Action.THROW and event.end_s is None and not world.paused:
            effects += _begin(world, event.side, event.value)
    for one in world.thrown:
        if one.fades_s is not None or one.held:
            continue
        vx, vy, vz = one.velocity
        one.velocity = (vx, vy, vz - FALLS_MPS2 * TICK_S)
        one.position = add(one.position, scale(one.velocity, TICK_S))
        one.lands_m -= math.hypot(*one.velocity) * TICK_S
        home = one.by == "child" and distance(one.position, eyes_of(world.player)) < 0.7
        if one.lands_m <= 0.0 or home or world.time_s - one.born_s > _LONGEST_S:
            one.fades_s = world.time_s
            effects.append(
                PlaySound(name="ripple", clip=f"thrown-{world.tick}", position=one.position, gain_db=-6.0)
            )
    world.thrown = [
        one for one in world.thrown if one.fades_s is None or world.time_s - one.fades_s < _FADES_S
    ]
    return effects


def _begin(world: World, side: str, hard: float) -> list[Effect]:
    hand = next((one for one in world.hands if one.side == side), None)
    if hand is None or any(one.fades_s is None for one in world.thrown):
        return []
    said = [word for word in world.words if word.kind == "heard"]
    if not said and world.light_stolen:
        return []  # An empty hand.
    text = said[-1].text[:_WORDS] if said else ""
    world.words = [word for word in world.words if word not in said]
    speed = _SPEED_MPS[0] + (_SPEED_MPS[1] - _SPEED_MPS[0]) * min(1.0, max(0.0, hard))
    world.thrown.append(
        Thrown(
            text=text, position=hand.origin, velocity=_aimed(world, hand, speed), by="player",
            born_s=world.time_s, hard=hard, lands_m=distance(hand.origin, hand.target),
        )
    )  # fmt: skip
    return [PlaySound(name="mote", clip=f"throw-{world.tick}", position=hand.origin, gain_db=-8.0)]


def _aimed(world: World, hand: HandLight, speed_mps: float) -> Vec3:
    to = subtract(hand.target, hand.origin)
    chest = add(feet_of_child(world), (0.0, 0.0, CHEST_M))
    seen = world.child.pose is not Pose.HIDDEN and world.child.body > 0.3
    if seen and angle_between(hand.origin, to, chest) < _MEANT_RAD:
        return arc(hand.origin, chest, speed_mps)
    return scale(to, speed_mps / max(1e-6, math.hypot(*to)))


def arc(start: Vec3, end: Vec3, speed_mps: float) -> Vec3:
    """The velocity with which something thrown from ``start`` comes to ``end``."""
    took_s = max(0.25, distance(start, end) / speed_mps)
    x, y, z = scale(subtract(end, start), 1.0 / took_s)
    return (x, y, z + 0.5 * FALLS_MPS2 * took_s)


def coming(world: World) -> Thrown | None:
    """What flies towards the Child now and will come within its reach."""
    chest = add(feet_of_child(world), (0.0, 0.0, CHEST_M))
    for one in world.thrown:
        if one.by == "player" and not one.held and one.fades_s is None:
            to = subtract(chest, one.position)
            speed = math.hypot(*one.velocity)
            ahead = sum(a * b for a, b in zip(to, one.velocity, strict=True)) / max(1e-6, speed)
            aside = math.sqrt(max(0.0, sum(a * a for a in to) - ahead * ahead))
            if ahead > 0.0 and aside < 0.55:
                return one
    return None
