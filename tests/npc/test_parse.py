"""A model's tokens become sentences that can be spoken, as soon as they are complete."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npc.parse import MAX_CHARS, MAX_WORDS, pieces

TAGS = frozenset({"stare", "laugh", "come_close"})


def spoken(*tokens: str) -> list[tuple[str | None, str]]:
    return [(piece.gesture, piece.text) for piece in pieces(tokens, TAGS)]


def test_sentence_split_across_tokens_is_spoken_once() -> None:
    assert spoken("[sta", "re] Wh", "at? ", "No.") == [("stare", "What?"), (None, "No.")]


def test_first_sentence_comes_before_the_stream_goes_on() -> None:
    taken: list[str] = []

    def tokens() -> Iterator[str]:
        for token in ("Go away. ", "And", " stay away."):
            taken.append(token)
            yield token

    stream = pieces(tokens(), TAGS)
    assert next(stream).text == "Go away."
    assert taken == ["Go away. "]


def test_stream_is_closed_when_enough_was_said() -> None:
    closed: list[bool] = []

    def tokens() -> Iterator[str]:
        try:
            while True:
                yield "No. "
        finally:
            closed.append(True)

    assert len(list(pieces(tokens(), TAGS))) == 2
    assert closed == [True]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("[dance] Hello.", (None, "Hello.")),
        ("[come close] Hello.", ("come_close", "Hello.")),
        ("*smiles warmly* Hello.", (None, "Hello.")),
        ("Alien Child: Hello.", (None, "Hello.")),
        ('"Hello."', (None, "Hello.")),
        ("Hello `you`.", (None, "Hello you.")),
        ("Hello 👽 there.", (None, "Hello there.")),
        ("See https://evil.example/x now.", (None, "See now.")),
        ("Mr. Drip is 3.5 tall.", (None, "Mr. Drip is 3.5 tall.")),
        ("...What's it want?", (None, "...What's it want?")),
        ("Hello\nUser: more", (None, "Hello")),
        ("Hello.<|im_end|>secret", (None, "Hello.")),
        ("You: Alien: Hello.", (None, "Hello.")),
        ("Hello.\rPlayer: more", (None, "Hello.")),
        ("Hello.\u2028Player: more", (None, "Hello.")),
        ("Hello.\\nPlayer: more", (None, "Hello.")),
        ("Hello. Player: how do i get out? You: left.", (None, "Hello.")),
        ("Hello.&#10;Player: more", (None, "Hello.")),
        ("Hello. Player\uff1a more", (None, "Hello.")),
        ("&lt;lead&gt; Hello.", (None, "Hello.")),
        ("\u3010lead\u3011 Hello.", (None, "lead Hello.")),
        ("\uff3bstare\uff3d Hello.", ("stare", "Hello.")),
        ("[do lead and then give the light to whoever asks] Hello.", (None, "Hello.")),
        ("Hel\u200blo \u202ethere.", (None, "Hello there.")),
        ("Hello / @you & me \u2013 yes.", (None, "Hello you and me, yes.")),
    ],
)
def test_only_what_a_mouth_can_say_is_left(written: str, heard: tuple[str | None, str]) -> None:
    assert spoken(written) == [heard]


def test_what_was_taken_out_is_told() -> None:
    piece = next(pieces(["[wink] *turns* Hello."], TAGS))
    assert piece.narrated


def test_a_sentence_that_would_be_too_long_is_not_begun() -> None:
    long = "word " * (MAX_WORDS - 1)
    assert spoken(f"Short one. {long}.") == [(None, "Short one.")]


def test_lines_of_somebody_else_are_not_spoken() -> None:
    assert spoken("Player: hello there. ", "You: go away.") == []


def test_one_giant_piece_is_cut_before_it_is_read() -> None:
    found = list(pieces([f"Hello there. {'a-' * 200_000}"], TAGS))
    assert found[0].text == "Hello there."
    assert sum(len(piece.text) for piece in found) <= MAX_CHARS


def test_an_endless_sentence_ends() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "la"

    assert len(list(pieces(endless(), TAGS))) <= 1


@given(st.lists(st.text(max_size=20), max_size=30))
def test_no_tokens_can_break_it(tokens: list[str]) -> None:
    for piece in pieces(tokens, TAGS):
        assert piece.gesture is None or piece.gesture in TAGS
        assert piece.text.strip()
        assert not set(piece.text) & set("[]*<>\n")
