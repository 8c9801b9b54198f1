"""Setting the picture's corners by hand: a pinch pulls the corner that beats, a thumb up goes on to the next,
and after the fourth they are kept. A thumb down, "stop", or nothing for a long time leaves all as it was.

The world keeps the corners and tells what is wrong with them; that the display follows and the room file is
written is not its own (`game.corner_pin`).
"""

from dataclasses import replace
from typing import Final

from game.interpret.intents import Action, HandIntent, Intents, Walk
from game.world.corners import NAMES, WHOLE, Corner, Corners, fault
from game.world.light import show_words
from game.world.state import Setting, World

COMMAND: Final = "set the screen"
_PULL: Final = 0.30
"""Parts of the screen that a corner moves with a radian of the hand: finer than the hand itself."""
_GIVES_UP_S: Final = 60.0
_STANDS_S: Final = 600.0


def take(world: World, intents: Intents) -> Intents:
    """Takes from the intents what is meant for the corners; while they are set nothing else is left of them
    but where the hands are."""
    names = [command.name for command in intents.commands]
    if world.setting is not None and world.setting.kept is not None:
        world.setting = None
    if world.setting is None and COMMAND in names:
        world.setting = Setting(touched_s=world.time_s, waited=world.paused)
        world.paused = True
        _ask(world)
        names = []
    if world.setting is None:
        return intents
    _set(world, world.setting, intents, names)
    return replace(intents, gestures=(), heard=(), heard_so_far=(), commands=(), taken_back=(), walk=Walk())


def _set(world: World, now: Setting, intents: Intents, names: list[str]) -> None:
    shown = {event.name for event in intents.gestures if event.end_s is None}
    _pull(world, now, intents.hands)
    if "stop" in names or Action.THUMB_DOWN in shown or world.time_s - now.touched_s > _GIVES_UP_S:
        _end(world, now, kept=False)
    elif "go on" in names or "save" in names or Action.THUMB_UP in shown:
        now.touched_s, now.hand = world.time_s, None
        wrong = fault(now.corners)
        if wrong is not None:
            show_words(world, wrong, "hint", _STANDS_S)
        elif now.number == len(NAMES) - 1 or "save" in names:
            _end(world, now, kept=True)
        else:
            now.number += 1
            _ask(world)


def _pull(world: World, now: Setting, hands: tuple[HandIntent, ...]) -> None:
    pinching = {
        hand.side: hand for hand in hands if (found := hand.actions.get(Action.PINCH)) and found.active
    }
    if now.hand not in pinching:
        now.hand = next(iter(sorted(pinching)), None)
        if now.hand is not None:
            now.from_aim, now.from_corner = pinching[now.hand].aim, now.corners[now.number]
    if now.hand is None:
        return
    now.touched_s = world.time_s
    aim = pinching[now.hand].aim
    x = now.from_corner[0] + _PULL * (aim[0] - now.from_aim[0])
    y = now.from_corner[1] - _PULL * (aim[1] - now.from_aim[1])
    now.corners = _with(now.corners, now.number, (min(1.0, max(0.0, x)), min(1.0, max(0.0, y))))


def _with(corners: Corners, number: int, corner: Corner) -> Corners:
    a, b, c, d = (corner if i == number else old for i, old in enumerate(corners))
    return a, b, c, d


def _ask(world: World) -> None:
    if world.setting is not None:
        name = NAMES[world.setting.number]
        show_words(world, f"{name}: pinch and pull, then thumb up", "hint", _STANDS_S)


def _end(world: World, now: Setting, *, kept: bool) -> None:
    if not kept:
        now.corners = WHOLE
    now.kept, world.paused = kept, now.waited
    show_words(world, "the picture is set" if kept else "the picture stays as it was", "hint", 3.0)
