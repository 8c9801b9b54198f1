"""Commands of the voice that the world itself carries out; the others are turns of talk."""

from game.interpret.intents import Intents
from game.world import talk
from game.world.effects import Effect
from game.world.state import World


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
            case _:
                pass  # stop is talk's, recenter is interpret's
    return effects
