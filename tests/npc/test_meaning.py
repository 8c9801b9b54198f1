"""Nearness in meaning, where no word is shared."""

from pathlib import Path

import numpy as np
import pytest

from npc import meaning
from npc.meaning import MeaningIndex
from npc.text import clauses
from npc.training.word_vectors import DIMENSIONS, word_vectors
from tests.npc.fakes import child


def test_what_means_the_same_is_near() -> None:
    index = MeaningIndex(["my puppy died", "i had soup for lunch", "this cave is dark"], lambda word: 1.0)
    alike = {"our dog passed away": 0, "we ate a sandwich": 1, "what a gloomy cavern": 2}
    for saying, nearest in alike.items():
        near = index.near(saying)
        assert near.argmax() == nearest
        assert 0.0 <= near.min() <= near.max() <= 1.0


def test_what_is_not_known_is_near_to_nothing() -> None:
    index = MeaningIndex(["my puppy died", ""], lambda word: 1.0)
    assert not index.near("").any()
    assert not index.near("xqzzk blorptfen").any()
    assert index.near("my puppy died")[1] == 0.0


def test_a_written_line_is_found_by_what_it_means() -> None:
    near = child().dialogue.near("i put the lights into houses as an electrician")
    assert "electrician" in near[0][0].player
    assert near[0][1] > near[-1][1]


def test_vectors_that_cannot_be_read_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "word_vectors.npz"
    path.write_bytes(b"PK")
    monkeypatch.setattr(meaning, "WORD_VECTORS", path)
    meaning._vectors.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"word_vectors.npz: expected"):
            MeaningIndex(["hello"], lambda word: 1.0)
        np.savez(path, words=np.array("a\nb"), vectors=np.zeros((3, 4), dtype=np.int8))
        with pytest.raises(ValueError, match="a vector for each of 2 words"):
            MeaningIndex(["hello"], lambda word: 1.0)
    finally:
        meaning._vectors.cache_clear()


def test_only_whole_english_words_have_vectors() -> None:
    names = ["\u0120dog", "\u0120cat", "\u0120Paris", "ing", "\u0120caf\u00e9", "\u0120run"]
    table = np.random.default_rng(1).normal(size=(6, DIMENSIONS + 8)).astype(np.float32)
    found, vectors = word_vectors(names, table)
    assert found == ["dog", "cat", "run"]
    assert vectors.dtype == np.int8
    assert len(vectors) == 3
    assert np.abs(vectors).max(axis=1).tolist() == [127, 127, 127]


@pytest.mark.parametrize(
    ("saying", "parts"),
    [
        ("are you eating enough you look terribly thin", ["are you eating enough", "you look terribly thin"]),
        ("i can't come tomorrow i have to work", ["i cant come tomorrow", "i have to work"]),
        ("you can keep half and i keep the rest", ["you can keep half", "i keep the rest"]),
        ("what did i say to you two minutes ago", []),
        ("how do i get out", []),
    ],
)
def test_two_things_said_in_one_breath_are_taken_apart(saying: str, parts: list[str]) -> None:
    assert clauses(saying) == parts


def test_an_exchange_is_found_by_a_clause() -> None:
    dialogue = child().dialogue
    found = next(one for one, _ in dialogue.near("my knees are not what they were so i hope it isn't steep"))
    assert "knees" in found.player
