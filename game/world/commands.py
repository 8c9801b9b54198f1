"""Commands of the voice that the world itself carries out; the others are turns of talk."""

from dataclasses import fields
from typing import Final

from game.interpret.intents import Intents
from game.world import talk
from game.world.child import place
from game.world.effects import Effect
from game.world.state import World

_LOOKS_S: Final = 4.0
_KEPT: Final = ("seed", "cave", "tick", "level", "brightness", "volume", "recording", "camera_on",
                "microphone_on", "voice_on", "paint_version", "evenings")  # fmt: skip
"""What does not begin anew with the story."""


def start_again(world: World) -> list[Effect]:
    """The same cave from its first second; what is being said falls silent."""
    effects = talk.cut_off(world) if talk.busy(world) else []
    turns = world.talk.turns
    fresh = World(seed=world.seed, cave=world.cave)
    for spot in fields(World):
        if spot.name not in _KEPT:
            setattr(world, spot.name, getattr(fresh, spot.name))
    world.talk.turns = turns
    world.talk.silent_since_s = world.scene_since_s = world.time_s
    world.paint_version += 1
    place(world)
    return effects


def obey(world: World, intents: Intents) -> list[Effect]:
    """Carries out the commands of this tick (`assets/commands.toml` names them)."""
    effects: list[Effect] = []
    for command in intents.commands:
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
                world.player.backwards = not world.player.backwards
            case "look":
                world.child.looks_until_s = world.time_s + _LOOKS_S
            case "start again":
                effects += start_again(world)
            case _:
                pass  # stop is talk's, recenter interpret's, good night the loop's; others are turns of talk
    return effects
