"""When a silence of the player's is a turn of the talk."""

from collections.abc import Sequence
from typing import Final

from game.interpret.intents import Intents
from game.world.state import Scene, World
from npc.contract import Exchange
from npc.past import NIGHT
from npc.promises import QUIET, promise_in

SILENCE: Final = "silence"
_QUIET_S: Final = 8.0
"""A silence of this length is a turn, where the Child waits to see what the player does."""


def silence_counts(world: World, intents: Intents, *, talking: bool) -> bool:
    """Whether the player has been quiet so long that it answers the Child. What the Child cannot perceive is
    no silence: a player who is out of the camera's sight, or who spoke to a microphone that is gone.
    ``talking`` tells that somebody speaks or an answer is on its way."""
    talk = world.talk
    if world.paused or talking or world.scene in (Scene.DARK, Scene.PAINT):
        return False
    if world.time_s - talk.silent_since_s < _QUIET_S or world.story.still_palm_s > 0.0:
        return False
    return perceived(world, intents) and _silence_answers(world.history)


def perceived(world: World, intents: Intents) -> bool:
    """Whether a silence is one: the player is there, and would be heard."""
    seen = not world.camera_on or intents.head.present or bool(intents.hands)
    return seen and (world.microphone_on or not world.talk.by_ear)


def _silence_answers(history: Sequence[Exchange]) -> bool:
    """Whether the last turn left the Child waiting: it dared the player or asked back, or was promised quiet.
    Each turn is answered by one silence at most, which is then the last turn itself."""
    if not history:
        return False
    last = history[-1]
    # Whoever stays silent is not asked why again and again, but may be dared.
    waits = last.act == "test" or (last.act == "ask_back" and last.player != f"[{SILENCE}]")
    if waits and last.reply and not last.cut_off:
        return True
    for exchange in reversed(history):
        if exchange.player or exchange.act == NIGHT:
            return promise_in(exchange.player) == QUIET
    return False
