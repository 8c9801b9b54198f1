"""What a transcript says of the commands that were found by ear."""

import pytest

from game.sense.commands_file import Command, CommandSet, Match
from game.sense.second_opinion import Opinion, second_opinion
from game.sense.sound_alike import unlike
from game.sense.transcriber import Transcript

LOOK = Command(name="look", phrases=("look",), does="", undo=True, answered=True)
CENTER = Command(name="recenter", phrases=("center the picture",), does="", undo=False, answered=False)
COMMANDS = CommandSet(commands=(LOOK, CENTER), others=("look here",), pronunciations={}, source="test")


def opinion(text: str, match: Match, *, confidence: float = 0.9, fired: bool, talk: bool = False) -> Opinion:
    found = [(match, 1.0)]
    return second_opinion(
        Transcript(text=text, confidence=confidence), COMMANDS,
        found if fired else (), () if fired else found, talk=talk, end_s=2.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Luke.", "look", True),
        ("Center of the picture", "center the picture", True),
        ("Presume!", "resume", True),
        ("Can you make it rain?", "go on", False),
        ("Thank you.", "darker", False),
        ("", "stop", False),
    ],
)
def test_what_is_heard_for_a_word_sounds_like_it(one: str, other: str, alike: bool) -> None:
    assert (unlike(one, other, {}) <= 0.3) == alike
    assert unlike(other, other, {}) == 0.0


@pytest.mark.parametrize(("text", "told"), [("Luke.", True), ("Look!", True), ("Thank you.", False),
                                            ("", False), ("Look here.", False)])  # fmt: skip
def test_what_is_not_sure_is_told_when_the_transcript_sounds_like_it(text: str, told: bool) -> None:
    unsure = Match(command=LOOK, phrase="look", confidence=0.03, sure=False)
    assert ("look" in opinion(text, unsure, fired=False).told) == told


@pytest.mark.parametrize("talk", [True, False])
def test_more_words_that_sound_the_same_deny_nothing(talk: bool) -> None:
    match = Match(command=CENTER, phrase="center the picture", confidence=0.4)
    assert "recenter" in opinion("center of the picture.", match, fired=False, talk=talk).told
    assert not opinion("send her a big picture", match, fired=False, talk=talk).told


@pytest.mark.parametrize(("confidence", "back"), [(0.42, 0), (0.8, 1)])
def test_a_transcript_that_is_hardly_sure_takes_nothing_back(confidence: float, back: int) -> None:
    match = Match(command=LOOK, phrase="look", confidence=0.3)
    heard = opinion("I love you, ma'am.", match, confidence=confidence, fired=True, talk=True)
    assert len(heard.taken_back) == back


def test_a_transcript_that_is_another_command_needs_to_be_no_surer_than_the_ears() -> None:
    match = Match(command=CENTER, phrase="center the picture", confidence=0.3)
    assert list(opinion("Look!", match, confidence=0.39, fired=False).told) == ["look"]
    assert list(opinion("Look!", match, confidence=0.2, fired=False).told) == ["recenter"]
