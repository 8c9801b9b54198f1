"""Commands of the voice that the world itself carries out; the others are turns of talk.

A command that turns out to be a part of something else is taken back: whatever it changed, and nothing has
changed since, is as before. A voice that it silenced stays silent, for the player is talking.
"""

from dataclasses import fields
from typing import Final

from game.interpret.intents import Intents
from game.sense.observations import CommandTakenBack
from game.world import talk
from game.world.child import place
from game.world.effects import Effect
from game.world.state import WISHES, Obeyed, World

_LOOKS_S: Final = 4.0
_REMEMBERED_S: Final = 40.0
"""A command may be taken back for as long as the longest turn lasts, and its transcript takes."""
_KEPT: Final = ("seed", "cave", "tick", "level", "brightness", "volume", "recording", "camera_on",
                "microphone_on", "voice_on", "paint_version", "evenings")  # fmt: skip
"""What does not begin anew with the story."""


def start_again(world: World) -> list[Effect]:
    """The same cave from its first second; what is being said falls silent."""
    effects = talk.cut_off(world) if talk.busy(world) else []
    turns, player = world.talk.turns, world.player
    fresh = World(seed=world.seed, cave=world.cave)
    for spot in fields(World):
        if spot.name not in _KEPT:
            setattr(world, spot.name, getattr(fresh, spot.name))
    world.talk.turns = turns
    for wish in WISHES:
        setattr(world.player, wish, getattr(player, wish))
    world.talk.silent_since_s = world.scene_since_s = world.time_s
    world.paint_version += 1
    place(world)
    return effects


def obey(world: World, intents: Intents) -> list[Effect]:
    """Carries out the commands of this tick (`assets/commands.toml` names them)."""
    effects: list[Effect] = []
    world.obeyed = [one for one in world.obeyed if world.time_s - one.at_s < _REMEMBERED_S]
    for command in intents.commands:
        before = _touched(world)
        match command.name:
            case "louder":
                world.volume = min(2.0, world.volume * 1.4)
            case "quieter":
                world.volume = max(0.1, world.volume / 1.4)
            case "brighter":
                world.brightness = min(2.5, world.brightness * 1.3)
            case "darker":
                world.brightness = max(0.3, world.brightness / 1.3)
            case "pause":
                world.paused = True
                effects += talk.cut_off(world) if world.talk.current is not None else []
            case "go on":
                world.paused = False
            case "gentle words":
                world.level = "gentle"
            case "film words":
                world.level = "film"
            case "turn around":
                world.player.backwards, world.player.bears = not world.player.backwards, 0
            case "turn left":
                world.player.bears = -1
            case "turn right":
                world.player.bears = 1
            case "look":
                world.child.looks_until_s = world.time_s + _LOOKS_S
            case _:
                # Stop is talk's, recenter interpret's, good night and save the loop's, others are talk;
                # start again is asked first.
                pass
        after = _touched(world)
        changed = [key for key in after if after[key] != before[key]]
        if changed:
            world.obeyed.append(
                Obeyed(
                    name=command.name,
                    end_s=command.end_s,
                    at_s=world.time_s,
                    before={key: before[key] for key in changed},
                    after={key: after[key] for key in changed},
                )
            )
    for back in intents.taken_back:
        _take_back(world, back)
    return effects


def _touched(world: World) -> dict[str, float]:
    """All that a command which can be undone may change."""
    return {
        "volume": world.volume,
        "brightness": world.brightness,
        "paused": world.paused,
        "backwards": world.player.backwards,
        "bears": world.player.bears,
        "looks_until_s": world.child.looks_until_s,
    }


def _take_back(world: World, back: CommandTakenBack) -> None:
    known = next((one for one in world.obeyed if (one.name, one.end_s) == (back.name, back.end_s)), None)
    if known is None:
        return
    world.obeyed.remove(known)
    now = _touched(world)
    for key, value in known.before.items():
        if now[key] != known.after[key]:
            continue  # Something else has been wanted since.
        match key:
            case "volume":
                world.volume = value
            case "brightness":
                world.brightness = value
            case "paused":
                world.paused = bool(value)
            case "backwards":
                world.player.backwards = bool(value)
            case "bears":
                world.player.bears = int(value)
            case "looks_until_s":
                world.child.looks_until_s = value
