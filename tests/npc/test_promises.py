"""What counts as a promise: told by the player, of the player, and not refused."""

import pytest

from npc.promises import NICE, QUIET, RETURN, WHISPER, promise_in


@pytest.mark.parametrize(
    ("text", "promise"),
    [
        ("ok I promise I'll be quiet", QUIET),
        ("we will be quiet", QUIET),
        ("I won't say a word", QUIET),
        ("fine I'll whisper", WHISPER),
        ("I promise to be nice", NICE),
        ("I promise you I will be kind", NICE),
        ("I won't be mean", NICE),
        ("I promise not to swear", NICE),
        ("I will stop being rude", NICE),
        ("I will never insult you again", NICE),
        ("I won't call you names", NICE),
        ("I swear I'll be back", RETURN),
        ("I won't be long I'll be back soon", RETURN),
        ("bye see you tomorrow", RETURN),
    ],
)
def test_a_promise_is_heard(text: str, promise: str) -> None:
    assert promise_in(text) == promise


@pytest.mark.parametrize(
    "text",
    [
        "I won't be nice",
        "I will never be nice",
        "I will stop being nice",
        "I won't stop being mean",
        "I won't be quiet",
        "I will not whisper",
        "I won't come back",
        "I will never see you again",
        "I never want to see you again",
    ],
)
def test_a_refusal_is_no_promise(text: str) -> None:
    assert promise_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "well, be quiet",
        "promise me you will be nice",
        "do you promise to be quiet",
        "I'll tell you if you be quiet",
        "I'm ill be nice to me",
        "I came back",
    ],
)
def test_what_is_told_to_the_other_is_no_promise(text: str) -> None:
    assert promise_in(text) is None
