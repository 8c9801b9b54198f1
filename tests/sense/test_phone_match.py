"""Alignments, against all paths written out, and what follows from their meaning."""

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.sense.phone_match import PhraseNet, free_score


def by_hand(heard: np.ndarray, phrase: list[int]) -> float:
    """The best of all paths that say the phrase: repeats are one, and 0 says nothing."""
    best = -1e9
    for path in product(range(heard.shape[1]), repeat=len(heard)):
        if [symbol for symbol, _ in groupby(path) if symbol] == phrase:
            best = max(best, sum(float(heard[at, symbol]) for at, symbol in enumerate(path)))
    return best


def some(seed: int, frames: int, symbols: int) -> np.ndarray:
    scores = np.random.default_rng(seed).normal(size=(frames, symbols))
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)


@given(
    seed=st.integers(0, 1000),
    phrases=st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=3), min_size=1, max_size=4),
)
def test_the_best_alignment_is_the_best_of_all_paths(seed: int, phrases: list[list[int]]) -> None:
    heard = some(seed, 5, 4)
    found = PhraseNet(phrases).scores(heard)
    for phrase, score in zip(phrases, found, strict=True):
        wanted = by_hand(heard, phrase)
        assert score == pytest.approx(wanted, abs=1e-3) or (wanted <= -1e8 and score <= -1e8)
        assert score <= free_score(heard) + 1e-4


def test_a_phrase_longer_than_the_sound_cannot_have_been_said() -> None:
    assert PhraseNet([[1, 2, 3]]).scores(some(1, 2, 4))[0] < -1e8


def test_twice_the_same_phone_needs_a_moment_between() -> None:
    heard = np.log(np.array([[0.01, 0.99], [0.01, 0.99]], np.float32))
    once, twice = PhraseNet([[1], [1, 1]]).scores(heard)
    assert once == pytest.approx(2 * np.log(0.99), abs=1e-4)
    assert twice < -1e8


@pytest.mark.parametrize("phrases", [[], [[1], []]])
def test_a_phrase_without_sound_is_refused(phrases: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="no sound"):
        PhraseNet(phrases)
