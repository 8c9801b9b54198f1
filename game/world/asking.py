"""What is asked before it is done, for it cannot be undone: to begin the game anew.

The question stands in the air as light. "Yes", a thumb up or the same order once more agrees; "no", a
thumb down or a few seconds without an answer do not. An answer to the game is no turn of talk.
"""

import re
from dataclasses import replace
from typing import Final

from game.interpret.intents import Action, GestureEvent, Intents
from game.world.light import show_words
from game.world.state import World

ASKED: Final = "start again"
_WAITS_S: Final = 10.0
_QUESTION: Final = "begin anew? say yes, or no"
_YES: Final = frozenset(
    {"yes", "yeah", "yep", "yup", "sure", "okay", "ok", "do it", "please do", "yes please", "yes do"}
)
_NO: Final = frozenset(
    {"no", "nope", "nah", "don't", "do not", "no thanks", "never mind", "no don't", "stop"}
)


def settle(world: World, intents: Intents) -> tuple[Intents, bool]:
    """The intents without the order to start again and without the answer to the question, and whether the
    player has agreed to it just now."""
    ordered = any(one.name == ASKED for one in intents.commands)
    waits = world.time_s < world.asks_until_s
    told: list[bool] = []
    if waits:
        told = [said for one in intents.heard if (said := _said(one.text)) is not None]
        told += [said for one in intents.gestures if (said := _shown(one)) is not None]
        told += [False for one in intents.commands if one.name == "stop"]
        intents = replace(
            intents,
            heard=tuple(one for one in intents.heard if _said(one.text) is None),
            heard_so_far=tuple(one for one in intents.heard_so_far if _said(one.text) is None),
            gestures=tuple(one for one in intents.gestures if _shown(one) is None),
        )
    agreed = waits and all(told) and (ordered or bool(told))
    if told or agreed:
        world.asks_until_s = 0.0
        world.words = [word for word in world.words if word.kind != ASKED]
    elif ordered:
        world.asks_until_s = world.time_s + _WAITS_S
        show_words(world, _QUESTION, ASKED, _WAITS_S)
    return replace(intents, commands=tuple(one for one in intents.commands if one.name != ASKED)), agreed


def _said(text: str) -> bool | None:
    """Whether the words agree; None for words that are no answer."""
    plain = " ".join(re.findall(r"[a-z']+", text.casefold()))
    return True if plain in _YES else False if plain in _NO else None


def _shown(event: GestureEvent) -> bool | None:
    if event.end_s is not None:
        return None
    return {Action.THUMB_UP: True, Action.THUMB_DOWN: False}.get(event.name)
