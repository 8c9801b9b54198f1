"""What may lie in a personality's folder: a stranger packed it, and a misspelt name must not be lost in
silence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from npc.adapters import SHEET_FILE
from npc.tables import PersonalityError

DIALOGUE: Final = "dialogue"
_TABLES: Final = ("personality.toml", "policy.toml", "lines.toml", "voice.toml", SHEET_FILE)


def check_folder(folder: Path) -> None:
    """Raises PersonalityError for what is no folder, for a table or a file of dialogue under a name that
    nobody reads, and for one that is a link to somewhere outside the folder."""
    if not folder.is_dir():
        raise PersonalityError(f"{folder}: no such folder of a personality.")
    home = folder.resolve()
    for path in _read_from(folder):
        try:
            inside = path.resolve().is_relative_to(home)
        except (OSError, RuntimeError):  # a link that leads to itself; which of them depends on Python
            inside = False
        if not inside:
            raise PersonalityError(
                f"{path}: expected a file of this folder, found a link that leads out of it or nowhere."
            )


def _read_from(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("*.toml")):
        if path.name not in _TABLES and not _is_hidden(path):
            raise PersonalityError(
                f"{path}: nothing reads a file of this name; those that are read are {', '.join(_TABLES)}."
            )
        yield path
    dialogue = folder / DIALOGUE
    if dialogue.is_symlink() or dialogue.exists():
        yield dialogue
        if not dialogue.is_dir():
            raise PersonalityError(f"{dialogue}: expected a folder of *.txt files, found none.")
        for path in sorted(dialogue.iterdir()):
            if _is_hidden(path):
                continue
            if path.suffix != ".txt":
                raise PersonalityError(
                    f"{path}: expected a file with a name that ends in .txt, found another."
                )
            yield path


def _is_hidden(path: Path) -> bool:
    """Whether a file is an editor's or a system's own."""
    return path.name.startswith(".") or path.name.endswith("~")
