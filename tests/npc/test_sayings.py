"""Vectors of a dialogue's sayings on disk, and recall by what is meant."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from npc import sayings as module
from npc.authored import anchored, from_dialogue, was_said
from npc.cast import load_person
from npc.contract import Question
from npc.encoder import DIMENSIONS, MODEL
from npc.models import ModelStore
from npc.personality import Personality, load_personality
from npc.policy import decide
from npc.sayings import VECTORS_FILE, understand, write_vectors
from npc.text import stems, words
from tests.npc.fakes import PERSONALITIES

DIALOGUE = (
    "== wary | echo hall\n\n"
    "about_player: my boat sank\ncomfort: [stare] Did the boat say why?\n\n"
    "about_player: my cat is ill\ncomfort: [stare] Which end of the cat?\n\n"
    "off_topic: it is raining\ntease: [stare] On you, I hope.\n"
)


class Bag:
    """Stands for the encoder: a place for each word."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, sayings: Sequence[str]) -> Any:
        self.asked += sayings
        table = np.zeros((len(sayings), DIMENSIONS), dtype=np.float32)
        for row, saying in enumerate(sayings):
            for word in words(saying):
                table[row, sum(word.encode()) % DIMENSIONS] += 1.0
        return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    shutil.copytree(
        PERSONALITIES / "child", made, ignore=shutil.ignore_patterns("dialogue", "*.npz", "adapter.*")
    )
    (made / "dialogue").mkdir()
    (made / "dialogue" / "a.txt").write_text(DIALOGUE, encoding="utf-8")
    return made


def test_vectors_are_read_back_and_not_worked_out_again(folder: Path) -> None:
    personality = load_personality(folder)
    done: list[int] = []
    path = write_vectors(folder, personality.dialogue.sayings, Bag(), tell=done.append)  # type: ignore[arg-type]
    assert (path.name, done) == (VECTORS_FILE, [3])
    assert sorted(one.name for one in folder.glob("*.npz*")) == [VECTORS_FILE]
    encoder = Bag()
    assert understand(personality, folder, encoder) is None  # type: ignore[arg-type]
    assert encoder.asked == []
    assert personality.dialogue.near("my boat sank")[0][1] == pytest.approx(1.0, abs=0.06)


def test_what_was_written_since_is_worked_out_at_the_start(folder: Path) -> None:
    write_vectors(folder, load_personality(folder).dialogue.sayings, Bag(), tell=lambda _: None)  # type: ignore[arg-type]
    with (folder / "dialogue" / "a.txt").open("a", encoding="utf-8") as file:
        file.write("\nabout_player: i am cold\ntease: [stare] Rub two words together.\n")
    encoder = Bag()
    personality = load_personality(folder)
    assert understand(personality, folder, encoder) is None  # type: ignore[arg-type]
    assert encoder.asked == ["i am cold"]
    assert personality.dialogue.near("i am cold")[0][0].reply.text == "Rub two words together."


def test_of_too_many_it_is_said_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    personality, encoder = load_personality(folder), Bag()
    told = understand(personality, folder, encoder)  # type: ignore[arg-type]
    assert told == (
        "mine: 3 of 3 sayings are found by their words alone until `hollow personality index mine` has been "
        "run."
    )
    assert encoder.asked == []
    assert personality.dialogue.near("my boat sank")[0][0].player == "my boat sank"


ROW = np.zeros((1, DIMENSIONS), np.int8)
KEY = np.zeros(1, np.uint64)


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (b"no archive", "expected the arrays model, keys and vectors"),
        ({"model": np.array(MODEL)}, "expected the arrays model, keys and vectors"),
        ({"model": np.array("other"), "keys": KEY, "vectors": ROW}, "made for another model"),
        ({"model": np.array(MODEL), "keys": np.zeros(2, np.uint64), "vectors": ROW}, "numbers for each of 2"),
        ({"model": np.array(MODEL), "keys": np.array([object()]), "vectors": ROW}, "expected the arrays"),
    ],
)
def test_a_file_that_is_none_is_one_sentence_and_not_used(folder: Path, held: Any, why: str) -> None:
    if isinstance(held, bytes):
        (folder / VECTORS_FILE).write_bytes(held)
    else:
        np.savez(folder / VECTORS_FILE, **held)
    personality, encoder = load_personality(folder), Bag()
    told = understand(personality, folder, encoder)  # type: ignore[arg-type]
    assert told is not None
    assert why in told
    assert VECTORS_FILE in told
    assert len(encoder.asked) == 3


def test_a_missing_model_leaves_recall_to_the_words(folder: Path, tmp_path: Path) -> None:
    empty = ModelStore(tmp_path / "none", ModelStore.default().manifest)
    personality, amiss = load_person(folder, empty)
    assert amiss is not None
    assert "all-minilm-l6-v2 is not here yet" in amiss
    assert not personality.dialogue.understands
    assert personality.dialogue.near("my boat sank")[0][0].player == "my boat sank"


@pytest.fixture(scope="module")
def child() -> Personality:
    personality, amiss = load_person(PERSONALITIES / "child", ModelStore.default())
    assert amiss is None
    return personality


@pytest.mark.models
def test_every_saying_of_the_child_has_its_vector() -> None:
    personality, encoder = load_personality(PERSONALITIES / "child"), Bag()
    assert understand(personality, PERSONALITIES / "child", encoder) is None  # type: ignore[arg-type]
    assert encoder.asked == []


@pytest.mark.models
@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("people at school dont talk to me either", {"school", "talk", "talking"}),
        ("oi wheres the loo", {"toilet", "bats", "go"}),
        ("hello there you small glowing person", {"hello", "person", "small", "glow", "glowing"}),
        ("everybody tells me that it will get easier", {"easier", "hard"}),
    ],
)
def test_a_reply_is_found_by_what_was_meant(child: Personality, said: str, about: set[str]) -> None:
    question = Question(turn=1, character="child", text=said, trust=35.0)
    found = from_dialogue(child, question, decide(child, question))[:5]
    assert any(about & set(words(f"{one.why} {one.line.text}")) for one in found)


def test_a_joke_about_a_word_that_was_not_said_counts_less(folder: Path) -> None:
    by_player = {one.player: one for one in load_personality(folder).dialogue.told}
    cat, rain = by_player["my cat is ill"], by_player["it is raining"]
    assert anchored(cat, stems("the cat sneezed")) > anchored(rain, stems("the cat sneezed")) == 0.0
    assert anchored(cat, stems("the dog sneezed")) < -0.05


@pytest.mark.parametrize(
    ("line", "before", "said"),
    [
        ("That's three. Who gets the other two?", "thats three who are the other two for", True),
        ("You count the drips, and I count the bats.", "i count the bats and you number the drips", True),
        ("It is.", "it was", False),
        ("Who gets the lamp? Not you.", "who are the other two for", False),
        ("Sit down by the water, you long thing.", "stand up by the wall you long drip", False),
    ],
)
def test_a_joke_that_was_made_in_other_words_counts_as_said(line: str, before: str, said: bool) -> None:
    assert was_said(line, line, [before]) is said
