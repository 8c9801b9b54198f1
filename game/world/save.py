"""What is left of an evening for the next one: trust, words, the talk as it was heard."""

from dataclasses import dataclass
from typing import Final

from game.world.state import World
from npc.contract import Exchange
from npc.past import NIGHT
from npc.trust import START

KEPT_EXCHANGES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """The state with which an evening begins; the default is a player who was never here."""

    evenings: int = 0
    """Evenings that were played before."""
    trust: float = START
    level: str = "film"
    brightness: float = 1.0
    volume: float = 1.0
    history: tuple[Exchange, ...] = ()


def keep(world: World) -> Save:
    """What the next evening begins with. Trust cools a little overnight, towards where it starts."""
    return Save(
        evenings=world.evenings + 1,
        trust=round(START + (world.trust - START) * 0.8, 2),
        level=world.level,
        brightness=round(world.brightness, 3),
        volume=round(world.volume, 3),
        history=tuple(world.history[-KEPT_EXCHANGES:]),
    )


def recall(world: World, save: Save) -> None:
    """Begins the world with what is left of the last evening."""
    world.evenings = save.evenings
    world.trust = save.trust
    world.level = save.level
    world.brightness = save.brightness
    world.volume = save.volume
    # The night between is part of the talk: a promise to come back has been kept.
    night = (Exchange(player="", reply="", act=NIGHT),) if save.evenings else ()
    world.history = [*save.history, *night]
