"""The words that nobody may say, and the ways to hide one."""

import pytest

from npc.text import plain
from npc.wordlists import BLOCKED_WORDS, blocked, disguises


@pytest.mark.parametrize("word", BLOCKED_WORDS)
def test_every_listed_word_is_blocked_alone_and_among_others(word: str) -> None:
    written = word.replace("*", "")
    assert plain(written) == written  # nothing else could ever match
    assert blocked(written)
    assert blocked(f"you said {written} to me")


@pytest.mark.parametrize(
    "said",
    [
        "the therapist met a cockatoo in essex",
        "a scunthorpe title on a class assignment",
        "lana analysed the grape",
        "there is a document on the asphalt",
        "diggin and huggin all day",
        "sand now and then",
        "chinese food is good and so are you",
        "my uncle sussex likes peacocks",
    ],
)
def test_words_that_only_hold_one_are_not(said: str) -> None:
    assert not any(blocked(form) for form in disguises(said))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("H3ll0 th3re", "hello there"),
        ("he-llo", "hello"),
        ("helllllo", "hello"),
        ("go h e l l o now", "hello"),
        (f"go {'l a ' * 40}h e l l o now", "hello"),
        ("H.E.L.L.O.", "hello"),
    ],
)
def test_a_disguise_is_undone(text: str, form: str) -> None:
    found = disguises(text)
    assert found[0] == plain(text)
    assert any(form in one.split() or form == one for one in found)


def test_plain_talk_has_one_form() -> None:
    assert disguises("Go away, you. It's me again!") == ("go away you its me again",)
