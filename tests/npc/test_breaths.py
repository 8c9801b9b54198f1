"""Where a sentence may be cut."""

import pytest

from npc.breaths import breaths


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("I watched a wall, and then one more wall.", ("I watched a wall,", "and then one more wall.")),
        ("Call them. Do they come when called?", ("Call them.", "Do they come when called?")),
        ("Yes. About that wall I have been right.", ("Yes.", "About that wall I have been right.")),
        ("Well... I know what you mean.", ("Well... I know what you mean.",)),
        ("...No, leave it just there.", ("...No, leave it just there.",)),
        ("Say it to the wall first, please.", ("Say it to the wall first, please.",)),
        ("It costs 3.50, as all of them do.", ("It costs 3.50,", "as all of them do.")),
        ("No, no, no, it was only a very small bat.", ("No, no, no,", "it was only a very small bat.")),
        ("", ("",)),
    ],
)
def test_a_sentence_is_cut_where_one_may_breathe(text: str, parts: tuple[str, ...]) -> None:
    assert breaths(text) == parts
    assert " ".join(parts) == text
