"""A voice is used only whole, and only with the model that it was trained on."""

from pathlib import Path

import pytest

from npc.adapters import ADAPTER_FILE, SHEET_FILE, adapter_in, write_sheet
from npc.tables import PersonalityError


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.gguf"
    path.write_bytes(b"GGUF base")
    return path


@pytest.fixture
def folder(tmp_path: Path, base: Path) -> Path:
    path = tmp_path / "somebody"
    path.mkdir()
    (path / ADAPTER_FILE).write_bytes(b"GGUF adapter")
    write_sheet(path, base, 'made "here"')
    return path


def test_a_personality_without_an_adapter_has_none(tmp_path: Path, base: Path) -> None:
    assert adapter_in(tmp_path, base) is None


def test_an_adapter_is_used_with_the_model_it_was_trained_on(folder: Path, base: Path) -> None:
    assert adapter_in(folder, base) == folder / ADAPTER_FILE


def test_it_is_refused_on_another_model(folder: Path, base: Path) -> None:
    base.write_bytes(b"GGUF another")
    with pytest.raises(PersonalityError, match=r"trained on another base\.gguf"):
        adapter_in(folder, base)


def test_a_damaged_one_is_refused(folder: Path, base: Path) -> None:
    (folder / ADAPTER_FILE).write_bytes(b"GGUF adaptex")
    with pytest.raises(PersonalityError, match="damaged"):
        adapter_in(folder, base)


def test_one_without_a_sheet_is_refused(folder: Path, base: Path) -> None:
    (folder / SHEET_FILE).unlink()
    with pytest.raises(PersonalityError, match=SHEET_FILE):
        adapter_in(folder, base)


def test_a_sheet_of_nonsense_is_refused(folder: Path, base: Path) -> None:
    (folder / SHEET_FILE).write_text('base = "b"\nbase_sha256 = "x"\nadapter_sha256 = "y"\n')
    with pytest.raises(PersonalityError, match="64 small hexadecimal digits"):
        adapter_in(folder, base)
