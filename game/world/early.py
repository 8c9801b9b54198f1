"""Early questions: what was said up to a pause is put to the Child before it is known whether that was all.

Nothing of such a question is seen, heard or remembered before the turn is over. Then either the words were
all, and the answer may stand ready; or the player went on, and it never was.
"""

from typing import Final

from game.interpret.intents import Intents
from game.sense.observations import Heard, HeardSoFar
from game.world.effects import Effect, Withdraw
from game.world.state import World
from game.world.talk_state import Talk

_LONGEST_S: Final = 3.0
"""A turn that is not over so long after its pause was no turn."""


def may_ask(world: World, heard: HeardSoFar) -> bool:
    """Whether nothing stands in the way of asking now: nobody speaks or is about to, and no other question
    waits, but one that these words go on with."""
    talk = world.talk
    if world.paused or talk.current is not None or talk.said:
        return False
    if talk.early:
        return talk.question is None or talk.question.text != heard.text
    if talk.queue:
        return False
    return talk.question is None or (talk.utterance is not None and talk.utterance == heard.extends)


def is_settled_by(talk: Talk, heard: Heard) -> bool:
    """Whether the open question is an early one with just these words."""
    return talk.early and talk.question is not None and talk.question.text == heard.text


def lapse(world: World, intents: Intents) -> list[Effect]:
    """Drops an early question when the player goes on speaking, or falls silent without an end."""
    # A quick recogniser has the words before the silence counts as a pause: only a voice that sounds goes on.
    goes_on = intents.speech.speaking and intents.speech.sounding_s is not None
    late = world.time_s - world.talk.asked_s > _LONGEST_S
    return drop(world) if world.talk.early and (goes_on or late) else []


def drop(world: World) -> list[Effect]:
    """Takes an early question back: it leaves no trace."""
    talk = world.talk
    effects: list[Effect] = [Withdraw(turn=talk.question.turn)] if talk.question is not None else []
    talk.question, talk.utterance, talk.held = None, None, None
    talk.early, talk.queue, talk.reply_ended = False, [], False
    return effects
