"""What a listener says while another speaks."""

import pytest

from game.world.backchannel import is_backchannel


@pytest.mark.parametrize(
    "text",
    ["Mhm.", "Mm-hmm.", "Mm hmm", "Uh-huh.", "Hmm...", "Yeah.", "Yeah, yeah.", "Oh, okay.", "Ha ha ha!",
     "Hahaha", "I see.", "Right.", "Wow!", "All right.", "Oh."],
)  # fmt: skip
def test_a_listeners_words_are_known(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize(
    "text",
    ["", "Stop.", "No.", "Yeah, but why?", "Okay, show me the way.", "Home.", "Who?", "Right is where I go.",
     "yeah yeah yeah yeah yeah"],
)  # fmt: skip
def test_what_says_more_is_none(text: str) -> None:
    assert not is_backchannel(text)
