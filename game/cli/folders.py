"""A character as a command line names it: by its name or by its folder."""

from pathlib import Path
from typing import Final

from npc.assets import asset
from npc.personality import Personality
from npc.tables import PersonalityError

_NOTE_CHARS: Final = 160


def folder_of(name: str) -> Path:
    """The folder of a personality by its name or path. Raises PersonalityError naming those there are."""
    as_path = Path(name)
    if as_path.is_dir():
        return as_path.resolve()  # its name is the character's, and "." is none
    if as_path.is_file():
        raise PersonalityError(
            f"{as_path}: expected the folder of a personality, found a file; character cards of other "
            "programs are not read."
        )
    known = {
        path.name: path for path in asset("personalities").iterdir() if (path / "personality.toml").is_file()
    }
    if name not in known:
        raise PersonalityError(f"There is no personality '{name}'; there are {', '.join(sorted(known))}.")
    return known[name]


def left_out(personality: Personality, name: str) -> str:
    """A sentence on the lines that could never be said, where there are any; ``name`` as it was given."""
    count = len(personality.notes)
    return (
        f"{'1 line is' if count == 1 else f'{count} lines are'} left out, the first: "
        f"{personality.notes[0][:_NOTE_CHARS]} (hollow audition {name} --written lists them)."
    )
