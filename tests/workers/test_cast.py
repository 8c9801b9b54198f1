"""The parts of an evening and the characters that play them."""

import shutil
from pathlib import Path

import pytest

from game.workers.cast import CHILD, COMPANION, Cast, Spoken
from npc.assets import asset
from npc.cast import load_cast
from npc.contract import Question
from npc.tables import PersonalityError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A character beside an unfinished one."""
    made = tmp_path / "gnome"
    shutil.copytree(asset("personalities/companion"), made)
    unfinished = tmp_path / "gnome copy"
    unfinished.mkdir()
    (unfinished / "personality.toml").write_text("name = 3", encoding="utf-8")
    return made


def test_a_character_of_any_name_plays_the_child_whatever_lies_beside_it(folder: Path) -> None:
    cast = Cast(load_cast({CHILD: folder, COMPANION: asset("personalities/companion")}, None, None))
    assert set(cast.characters) == {CHILD, COMPANION}
    assert cast.characters[CHILD].personality.key == "gnome"
    told = list(cast.reply(Question(turn=1, character=CHILD, text="hello", trust=40.0)))
    spoken = [one.character for one in told if isinstance(one, Spoken)]
    assert spoken
    assert set(spoken) == {CHILD}


def test_a_faulty_folder_is_an_error_with_a_sentence(folder: Path) -> None:
    with pytest.raises(PersonalityError, match="no such folder"):
        load_cast({CHILD: folder.parent / "nobody"}, None, None)
    with pytest.raises(PersonalityError, match=r"personality\.toml"):
        load_cast({CHILD: folder.parent / "gnome copy"}, None, None)
