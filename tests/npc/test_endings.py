"""Whole sentences and their beginnings."""

import numpy as np
import pytest

from npc.endings import BUCKETS, ended, marks
from npc.text import words
from npc.training.endings import fit, judge


@pytest.mark.parametrize(
    "text",
    ["What do you eat?", "I left the oven on at home.", "Thank you.", "How do I get out of here?"],
)
def test_a_whole_sentence_may_have_ended(text: str) -> None:
    assert ended(text) > 0.3


@pytest.mark.parametrize(
    "text", ["I wanted to", "Have you ever seen the.", "And", "My sister would. I think you.", "", "..."]
)
def test_a_beginning_has_not(text: str) -> None:
    assert ended(text) < 0.2


def test_only_the_last_sentence_counts() -> None:
    assert ended("Where are you? I think that the") == ended("i think that the")


@pytest.mark.parametrize("text", ["hm", "a b", "one two three four five six seven eight nine ten eleven"])
def test_every_text_has_as_many_marks(text: str) -> None:
    found = marks(words(text))
    assert len(found) == len(marks(["word"]))
    assert all(0 <= mark < BUCKETS for mark in found)


def test_training_learns_where_lines_end() -> None:
    lines = [f"{who} {what} the {thing}" for who in ("we", "they", "you") for what in ("saw", "took", "lost")
             for thing in ("lamp", "rope", "dog")]  # fmt: skip
    weights = fit(lines)
    assert np.isfinite(weights).all()
    whole, begun = (
        sum(weights[mark] for mark in marks(words(text))) for text in ("we saw the dog", "we saw the")
    )
    assert whole > 0.0 > begun


def test_the_judge_tells_both_shares() -> None:
    assert "2 lines" in judge(["what do you eat", "where are you"])
