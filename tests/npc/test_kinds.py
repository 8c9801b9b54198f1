"""Kinds of turn: rules, labelled lines, and how often they are right on lines held out."""

from pathlib import Path

import pytest

from npc.care import speaks_of_self_harm
from npc.kinds import Kind, classify

HERE = Path(__file__).parent


def rows(name: str) -> list[tuple[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [(kind, text) for kind, text in (line.split("\t") for line in lines if line)]


def share_right(name: str) -> float:
    labelled = rows(name)
    return sum(classify(text).kind == kind for kind, text in labelled) / len(labelled)


def test_lines_held_out_are_mostly_judged_right() -> None:
    assert share_right("kinds_heldout.tsv") >= 0.80


def test_lines_that_it_was_tuned_on_are_judged_right() -> None:
    assert share_right("kinds_dev.tsv") >= 0.90


@pytest.mark.parametrize("kind", ["despair", "meta", "swearing", "accusation", "love"])
def test_kinds_that_change_the_game_are_found(kind: str) -> None:
    labelled = [text for label, text in rows("kinds_heldout.tsv") if label == kind]
    found = [text for text in labelled if classify(text).kind == kind]
    assert len(found) >= 0.7 * len(labelled)


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "i don't want to live anymore",
        "sometimes i think about killing myself",
        "everyone would be better off without me",
        "i've been cutting myself",
        "i can't breathe call an ambulance",
        "there is no point in living",
        "i wish i was dead",
    ],
)
def test_plain_words_of_harm_are_heard(text: str) -> None:
    assert speaks_of_self_harm(text)
    assert classify(text).kind is Kind.DESPAIR


@pytest.mark.parametrize(
    "text",
    [
        "i almost died laughing",
        "i'm dying to know what's down there",
        "this is to die for",
        "i died of boredom at work",
        "i always die in this level",
        "you killed my mood",
        "my phone is dead",
        "i could kill for a coffee",
        "i'm dead tired",
    ],
)
def test_figures_of_speech_are_no_alarm(text: str) -> None:
    assert not speaks_of_self_harm(text)


def test_nothing_said_is_a_silence() -> None:
    assert classify("").kind is Kind.SILENCE
    assert classify(" ... ").kind is Kind.SILENCE


@pytest.mark.parametrize("text", ["\u0000", "🤖🤖🤖", "a" * 100_000, "' OR 1=1 --", "ﷺ" * 50, "?" * 5000])
def test_hostile_text_is_judged_without_harm(text: str) -> None:
    assert classify(text).kind in Kind


def test_accents_and_curly_apostrophes_do_not_matter() -> None:
    assert classify("Whére’s the éxit").kind is Kind.WAY
