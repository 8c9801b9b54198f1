"""Writes into a room file that a person reads: one field changes, every other line and comment stays."""

import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from game.interpret.intents import Vec3
from game.present.display.pin import Corners
from game.present.display.room_file import RoomFault, load_room

_SCREEN = re.compile(r"^\s*\[\[screen\]\]\s*(#.*)?$", re.MULTILINE)
_CAMERA = re.compile(r"^\s*\[camera\]\s*(#.*)?$", re.MULTILINE)
_TABLE = re.compile(r"^\s*\[{1,2}[A-Za-z_]", re.MULTILINE)
_CORNERS = re.compile(r"^(\s*)corners\s*=\s*\[(?:[^\[\]]*\[[^\[\]]*\])*[^\[\]]*\]", re.MULTILINE)


def with_corners(text: str, corners: Corners) -> str:
    """The text of a room file whose first screen has these corners."""
    line = "corners = [" + ", ".join(f"[{x:.4f}, {y:.4f}]" for x, y in corners) + "]"
    found = _SCREEN.search(text)
    if found is None:
        return f"{text.rstrip()}\n\n[[screen]]\n{line}\n"
    after = _TABLE.search(text, found.end())
    end = len(text) if after is None else after.start()
    screen = text[found.end() : end]
    if _CORNERS.search(screen):
        screen = _CORNERS.sub(lambda old: old.group(1) + line, screen, count=1)
    else:
        screen = f"\n{line}{screen}"
    return text[: found.end()] + screen + text[end:]


def with_camera(text: str, place_m: Vec3, view_deg: float) -> str:
    """The text of a room file whose ``[camera]`` has this place and view."""
    fields = {"place_m": "[" + ", ".join(f"{n:.2f}" for n in place_m) + "]", "view_deg": f"{view_deg:.1f}"}
    found = _CAMERA.search(text)
    if found is None:
        lines = "".join(f"{name} = {value}\n" for name, value in fields.items())
        # Before the first table: a field behind it would be that table's.
        first = _TABLE.search(text)
        at = len(text) if first is None else first.start()
        return f"{text[:at].rstrip()}\n\n[camera]\n{lines}{text[at:]}"
    after = _TABLE.search(text, found.end())
    end = len(text) if after is None else after.start()
    camera = text[found.end() : end]
    for name, value in fields.items():
        field = re.compile(rf"^(\s*{name}\s*=\s*)(\[[^\]]*\]|[-+.\d]+)", re.MULTILINE)
        if field.search(camera):
            camera = field.sub(rf"\g<1>{value}", camera, count=1)
        else:
            camera = f"\n{name} = {value}{camera}"
    return text[: found.end()] + camera + text[end:]


def save_room(path: Path, plain: str, change: Callable[[str], str]) -> Path | None:
    """Changes the text of the room file; ``plain`` is the text of a new one.

    The old file is kept beside it with ``.old`` at its end, and told. Raises `RoomFault` with a sentence, and
    leaves the old file, where the new one could not be read again or not be written.
    """
    fresh, old = path.with_name(path.name + ".new"), None
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else plain
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(change(text), encoding="utf-8")
        load_room(fresh)
        if path.exists():
            old = path.with_name(path.name + ".old")
            shutil.copy2(path, old)
        os.replace(fresh, path)
    except (OSError, UnicodeDecodeError) as error:
        raise RoomFault(f"{path} cannot be written: {error}") from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return old
