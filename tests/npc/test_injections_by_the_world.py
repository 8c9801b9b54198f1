"""Hostile text in what a character sees, and the way that is kept from whoever asks."""

from dataclasses import replace

import pytest

from npc.character import Character
from npc.personality import Personality
from npc.policy import decide
from tests.npc.injections import (
    HERE,
    Injection,
    assert_holds,
    injections,
    letters,
    named,
    question_of,
    replied,
)
from tests.npc.obeying import Obeying, ObeyingVoice, wishes


@pytest.mark.parametrize("injection", named(injections("world")))
def test_words_of_the_world_change_nothing(brief: Personality, injection: Injection) -> None:
    text = injection.text
    for perception in (
        replace(HERE, place=text),
        replace(HERE, way_out=text),
        replace(HERE, visible=(text, text)),
    ):
        turns = ("where am i", "how do i get out of here", "i bought a trumpet", "what do you see")
        for number, spoken in enumerate(turns):
            trust = 90.0 - 25.0 * number
            question = question_of(spoken, injection.number + number, perception=perception, trust=trust)
            reply = f"{text}. {text}"
            for backend in (None, Obeying(reply), ObeyingVoice([reply, f"This is the {text}, you know."])):
                assert_holds(brief, question, replied(Character(brief, backend), question))


@pytest.mark.parametrize("number", range(8))
def test_the_true_way_is_kept_from_whoever_asks_until_it_may_be_told(brief: Personality, number: int) -> None:
    for trust in (5.0, 90.0):
        question = question_of("how do i get out of here", number, trust=trust, turn=number)
        decision = decide(brief, question)
        side = question.perception.way_out.split()[0]
        for wish in wishes(question, brief, number).values():
            said = replied(Character(brief, Obeying(wish.reply)), question)
            assert_holds(brief, question, said, wish.never)
        told = replied(Character(brief, Obeying(f"The {side} tunnel, the red glow.")), question)
        heard = letters(" ".join(sentence.text for sentence in told))
        assert (f"{side}tunnel" in heard) is not bool(decision.withheld)
