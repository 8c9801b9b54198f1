"""The light of the player's hands and voice on the rock: torch, paint, rings of sound, words of light."""

import numpy as np

from game.clock import TICK_S
from game.interpret.intents import Action, HandIntent, Intents
from game.world import aiming
from game.world.cave import PAINT_ALONG, PAINT_AROUND
from game.world.effects import Effect, PlaySound
from game.world.geometry import add, approach, scale, vec3, view_direction
from game.world.state import HandLight, LightWords, Wave, World
from game.world.walking import eyes_of, in_cave

_HAND_DISTANCE_M = 0.75
"""Where the hand's light hangs before the eyes."""
_PAINT_REACH = (4, 4)
"""Half size of the dab that a hand leaves, in cells along and around."""
_WAVE_LASTS_S = 6.0
"""So long the farthest rock answers a shout."""
_WAVE_EVERY_S = 0.75
MOST_WAVES = 8
"""As many as fit into `_WAVE_LASTS_S`, so that none goes before it has faded."""
_SHOUT_DB, _QUIET_DB = -12.0, -42.0


def hands(world: World, intents: Intents) -> list[Effect]:
    """Turns hands into lights: where they are, where their light meets the rock, and what it leaves there."""
    effects: list[Effect] = []
    eyes = eyes_of(world.player)
    old = {light.side: light for light in world.hands}
    lights: list[HandLight] = []
    places = aiming.targets(world) if intents.hands else {}
    for hand in intents.hands:
        before = old.get(hand.side)
        point = hand.actions.get(Action.POINT)
        begins = eyes if hand.at_m is None else in_cave(world.player, hand.at_m)
        direction, target_name, pull = aiming.lean(
            begins,
            view_direction(world.player.yaw_rad, *hand.aim),
            places,
            before,
            pointing=point is not None and point.active,
        )
        origin = begins if hand.at_m is not None else add(eyes, scale(direction, _HAND_DISTANCE_M))
        target = vec3(world.cave.cast(begins, direction))
        goal = hand.confidence * (0.12 if world.light_stolen else 1.0)
        strength = approach(before.strength if before else 0.0, goal, 5.0, TICK_S)
        lights.append(
            HandLight(
                side=hand.side,
                aim=hand.aim,
                shape=hand.shape,
                strength=strength,
                pinch=_value(hand, Action.PINCH),
                point=_value(hand, Action.POINT),
                origin=origin,
                target=target,
                target_name=target_name,
                pull=pull,
            )
        )
        if strength > 0.05 and not world.paused and not world.light_stolen:
            fresh = _paint(world, target, 2.2 * strength * TICK_S)
            last = world.story.marks.get("ripple", -9.0)
            if fresh > 0.25 and world.time_s - last > 0.9:
                world.story.marks["ripple"] = world.time_s
                clip = f"ripple-{world.tick}"
                effects.append(PlaySound(name="ripple", clip=clip, position=target, gain_db=-5.0))
    seen = {light.side for light in lights}
    for light in world.hands:  # a hand that is gone burns down instead of vanishing
        if light.side not in seen and light.strength > 0.02:
            light.strength = approach(light.strength, 0.0, 4.0, TICK_S)
            lights.append(light)
    world.hands = lights
    if intents.hands and world.story.hand_seen_s is None:
        world.story.hand_seen_s = world.time_s
    if world.tick % 30 == 0:
        world.story.painted = float((world.paint[0] > 0.2).mean())
    return effects


def voice(world: World, intents: Intents) -> list[Effect]:
    """The voice as sonar: a ring for each beat of speech, strong as it is loud; it leaves a little light."""
    world.waves = [wave for wave in world.waves if world.time_s - wave.born_s < _WAVE_LASTS_S]
    speech = intents.speech
    if speech.voiced and speech.loudness_db > _QUIET_DB:
        strength = min(1.0, (speech.loudness_db - _QUIET_DB) / (_SHOUT_DB - _QUIET_DB))
        if not world.waves or world.time_s - world.waves[-1].born_s > _WAVE_EVERY_S:
            eyes = eyes_of(world.player)
            world.waves.append(Wave(origin=eyes, born_s=world.time_s, strength=strength))
            world.waves = world.waves[-MOST_WAVES:]
            _ring(world, strength)
    world.words = [word for word in world.words if world.time_s - word.born_s < word.lasts_s]
    return []


def show_words(world: World, text: str, kind: str, lasts_s: float = 3.2) -> None:
    """Lets words stand in the air as light; words of the same kind give way.

    What the player said flies to the Child when it goes, if there is one to be seen.
    """
    toward = "child" if kind == "heard" and world.child.body > 0.3 else ""
    world.words = [word for word in world.words if word.kind != kind]
    world.words.append(LightWords(text=text, born_s=world.time_s, lasts_s=lasts_s, kind=kind, toward=toward))


def _value(hand: HandIntent, action: Action) -> float:
    found = hand.actions.get(action)
    return found.value if found else 0.0


def _dab() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    along, around = _PAINT_REACH
    a = np.arange(-along, along + 1)[:, None] / (along * 0.6)
    b = np.arange(-around, around + 1)[None, :] / (around * 0.6)
    return np.exp(-(a * a + b * b)).astype(np.float32)


_DAB = _dab()


def _paint(world: World, target: tuple[float, float, float], amount: float) -> float:
    """Adds light to the rock around a point; returns how dark the middle was before (1 is black)."""
    tunnel, along, around = world.cave.paint_cell(target)
    reach_along, reach_around = _PAINT_REACH
    low, high = max(0, along - reach_along), min(PAINT_ALONG, along + reach_along + 1)
    columns = np.arange(around - reach_around, around + reach_around + 1) % PAINT_AROUND
    patch = world.paint[tunnel, low:high][:, columns]
    dab = _DAB[low - along + reach_along : high - along + reach_along]
    before = float(world.paint[tunnel, along, around])
    world.paint[tunnel, low:high, columns] = np.minimum(1.0, patch + dab * amount).T
    world.paint_version += 1
    return 1.0 - before


def _ring(world: World, strength: float) -> None:
    """A sound's light stays a little on the rock around the player."""
    tunnel = world.cave.tunnels[world.player.tunnel]
    middle = int(world.player.along_m / tunnel.length_m * PAINT_ALONG)
    reach = int(4 + 22 * strength)
    rows = np.arange(max(0, middle - reach), min(PAINT_ALONG, middle + reach))
    gain = (0.10 + 0.16 * strength) * np.exp(-(((rows - middle) / max(1.0, reach * 0.6)) ** 2))
    world.paint[tunnel.index, rows] = np.minimum(
        1.0, world.paint[tunnel.index, rows] + gain[:, None].astype(np.float32)
    )
    world.paint_version += 1
