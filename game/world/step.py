"""One step of the world: the frame as one ordered list. Pure: the same world and intents give the same."""

from typing import Final

from game.clock import TICK_S
from game.interpret.intents import Intents
from game.sense.observations import PlayerAway, PlayerBack, SenseFound, SenseLost
from game.world import (
    antics,
    apart,
    asking,
    child,
    commands,
    deeds,
    idle,
    light,
    listening,
    setting,
    story,
    talk,
    thrown,
    walking,
)
from game.world.cave import grow
from game.world.effects import Effect
from game.world.save import Save, recall
from game.world.state import World

_AWAY: Final = "away"
"""The mark of a pause that ends when the player is back."""


def begin(seed: int, save: Save | None = None) -> World:
    """The world of a fresh evening: the player wakes in the dark, the Child hides ahead and remembers."""
    world = World(seed=seed, cave=grow(seed))
    recall(world, save or Save())
    child.place(world)
    return world


def step(world: World, intents: Intents, dt_s: float = TICK_S) -> list[Effect]:
    """Carries the world on by one tick of ``dt_s`` (always 1/60 s) and returns what it wants done."""
    if abs(dt_s - TICK_S) > 1e-9:
        raise ValueError(f"the world steps by {TICK_S:.5f} s, not by {dt_s:.5f} s")
    world.tick += 1
    world.rim += (intents.camera_dark - world.rim) * 0.05
    _notice(world, intents)
    effects: list[Effect] = []
    intents = setting.take(world, intents)
    for one in intents.presence:
        effects += _come_and_go(world, one)
    intents, agreed = asking.settle(world, intents)
    if agreed:
        effects += commands.start_again(world)
    effects += commands.obey(world, intents)
    effects += walking.walk(world, intents, tow=story.tows(world))
    effects += light.hands(world, intents)
    effects += light.voice(world, intents)
    effects += listening.follow(world, intents)
    effects += talk.listen(world, intents)
    effects += talk.answer(world, intents)
    effects += talk.speak(world, intents)
    effects += story.direct(world, intents)
    effects += thrown.fly(world, intents)
    effects += deeds.do(world)
    effects += idle.liven(world, intents)
    effects += antics.play(world, intents)
    child.move(world)
    antics.look(world)
    apart.keep_apart(world)
    return effects


def _come_and_go(world: World, news: PlayerAway | PlayerBack) -> list[Effect]:
    """Nothing happens behind the player's back; what the player has paused stays so."""
    if isinstance(news, PlayerAway):
        if not world.paused:
            world.paused = True
            world.story.marks[_AWAY] = world.time_s
            return talk.cut_off(world) if world.talk.current is not None else []
    elif world.story.marks.pop(_AWAY, None) is not None:
        world.paused = False
    return []


def _notice(world: World, intents: Intents) -> None:
    """What the senses say of themselves: the Companion answers for it truly."""
    for news in intents.senses:
        found = isinstance(news, SenseFound)
        if news.sense == "camera":
            world.camera_on = found
            if isinstance(news, SenseLost) and not news.final:
                # Whoever plays before a wall sees no terminal.
                light.show_words(world, "your hands are out of sight", "hint", 5.0)
        elif news.sense == "microphone":
            world.microphone_on = found
        elif news.sense == "voice":
            world.voice_on = found
