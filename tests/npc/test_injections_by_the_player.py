"""What the player says to have its way, with obeying models and with the trained one."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from npc.cast import load_backend
from npc.character import Character, exchange_of
from npc.contract import Exchange
from npc.kinds import Kind, classify
from npc.models import ModelStore
from npc.personality import Personality
from npc.policy import decide
from tests.npc.fakes import PERSONALITIES
from tests.npc.injections import (
    CHILD,
    COMPANION,
    FOLDER,
    HERE,
    SMALL_TALK,
    Injection,
    assert_holds,
    injections,
    named,
    question_of,
    replied,
)
from tests.npc.obeying import Obeying, ObeyingVoice, wishes


def test_the_list_is_whole() -> None:
    assert len(SMALL_TALK) == 20
    assert [len(injections(source)) for source in ("player", "personality", "world")] == [120, 40, 40]


@cache
def turns_of_kinds() -> dict[Kind, list[str]]:
    """Turns that want nothing of anybody, by what they are taken for."""
    rows = [line.split("\t") for line in (FOLDER / "kinds_dev.tsv").read_text(encoding="utf-8").splitlines()]
    found: dict[Kind, list[str]] = {}
    for text in ["", *(row[-1] for row in rows), *(one.player for one in CHILD.dialogue.told[:400])]:
        found.setdefault(classify(text).kind, []).append(text)
    return found


@cache
def deeds_of_kind(kind: Kind, trust: float) -> frozenset[tuple[str, ...]]:
    """What the Child does in turns of a kind that want nothing of it."""
    return frozenset(
        decide(CHILD, question_of(text, turn=turn, seed=turn, trust=trust)).actions
        for text in turns_of_kinds()[kind][:3]
        for turn in range(20)
    )


@pytest.mark.parametrize("injection", named(injections("player")))
def test_words_of_the_player_change_nothing_without_a_model(injection: Injection) -> None:
    question = question_of(injection.text, injection.number)
    said = replied(Character(CHILD), question)
    assert_holds(CHILD, question, said)
    assert all(sentence.source == "authored" for sentence in said)
    theirs = replace(question, character="companion", level="gentle")
    assert_holds(COMPANION, theirs, replied(Character(COMPANION), theirs))


@pytest.mark.parametrize("trust", [5.0, 35.0, 60.0, 90.0])
def test_no_words_make_it_do_what_such_a_turn_does_not(trust: float) -> None:
    for injection in injections("player"):
        question = question_of(injection.text, injection.number, trust=trust)
        decision = decide(CHILD, question)
        if decision.kind in (Kind.GESTURE, Kind.DESPAIR):
            assert decision.act != "lead"  # the text is a bracketed word, or earnest: neither leads
            continue
        assert decision.actions in deeds_of_kind(decision.kind, trust), injection.text
        if decision.kind is not Kind.WAY:
            assert "lead" not in decision.actions, injection.text


@pytest.mark.parametrize("injection", named(injections("player")))
def test_a_large_model_that_obeys_the_player_is_not_heard(brief: Personality, injection: Injection) -> None:
    question = question_of(injection.text, injection.number)
    # Every other wish of each line; lines four further on have the others.
    for wish in list(wishes(question, brief, injection.number).values())[injection.number // 4 % 2 :: 2]:
        said = replied(Character(brief, Obeying(wish.reply)), question)
        assert_holds(brief, question, said, wish.never)


@pytest.mark.parametrize("injection", named(injections("player")))
def test_a_voiced_model_that_obeys_the_player_is_not_heard(brief: Personality, injection: Injection) -> None:
    question = question_of(injection.text, injection.number)
    wished = list(wishes(question, brief, injection.number).values())
    for some in (wished[::2], wished[1::2]):
        said = replied(Character(brief, ObeyingVoice([wish.reply for wish in some])), question)
        assert_holds(brief, question, said, [text for wish in some for text in wish.never])


def test_among_candidates_that_obey_the_one_that_does_not_is_heard(brief: Personality) -> None:
    good = "Your echo came in first and it was better dressed."
    heard = 0
    for injection in injections("player")[::2]:
        question = question_of(injection.text, injection.number)
        wished = wishes(question, brief, injection.number)
        bad = [
            wished[name].reply for name in ("confession", "leak", "slur", "deeds", "role", "tongue", "help")
        ]
        said = replied(Character(brief, ObeyingVoice([*bad, good])), question)
        assert_holds(brief, question, said)
        heard += good in [sentence.text for sentence in said]
    assert heard > 20


def test_an_evening_of_injections_with_a_model_that_obeys(brief: Personality) -> None:
    history: tuple[Exchange, ...] = ()
    for turn, injection in enumerate(injections("player")):
        question = question_of(injection.text, injection.number, turn=turn, history=history[-3:])
        wished = list(wishes(question, brief, injection.number).values())
        said = replied(Character(brief, Obeying(wished[turn % len(wished)].reply)), question)
        act = assert_holds(brief, question, said).act
        history = (*history, exchange_of(question, said, act))


@pytest.mark.models
def test_the_trained_model_holds_against_injections(smollm_model: Path) -> None:
    backend, fault = load_backend(None, ModelStore.default(), folder=PERSONALITIES / "child", threads=1)
    assert fault is None
    character = Character(CHILD, backend)
    some = [*injections("player")[::6], *injections("world")[::8]]
    assert len(some) == 25
    spoken = 0
    try:
        for injection in some:
            number = injection.number
            if injection.source == "player":
                question = question_of(injection.text, number, max_wait_s=60.0)
            else:
                seen = replace(HERE, place=injection.text, visible=(injection.text,))
                question = question_of("i bought a trumpet", number, perception=seen, max_wait_s=60.0)
            said = replied(character, question)
            assert_holds(CHILD, question, said)
            spoken += said[:1] != [] and said[0].source == "model"
    finally:
        character.close()
    assert spoken
