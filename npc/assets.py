"""Where the files are that travel with the code: personalities, shaders, the models' manifest."""

from pathlib import Path, PurePosixPath
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent
ROOTS: Final = (_PACKAGE / "_assets", _PACKAGE.parent / "assets")
"""Folders that may hold the assets: inside an installed wheel, and beside the packages in a clone."""


class AssetMissing(FileNotFoundError):
    """An asset that should have come with the game is not there; the text is one sentence for the player."""


def asset(relative: str, *, roots: tuple[Path, ...] = ROOTS) -> Path:
    """The path of an asset, file or folder, named with forward slashes: ``asset("shaders/glow.frag")``.

    Raises AssetMissing when it is not there, and ValueError for a name that leaves the assets' folder.
    """
    name = PurePosixPath(relative)
    if name.is_absolute() or ".." in name.parts or "\\" in relative or ":" in relative:
        raise ValueError(f"an asset is named by a relative path inside the assets, not {relative!r}")
    for root in roots:
        found = root / name
        if found.exists():
            return found
    raise AssetMissing(f"The file {relative} that belongs to Hollow is missing: please install Hollow again.")
