"""The save as a file: JSON that a person can read; checked before it is believed."""

import dataclasses
import json
import math
import os
from pathlib import Path
from typing import Any, Final

from platformdirs import user_data_dir

from game.world.save import KEPT_EXCHANGES, Save
from npc.contract import Exchange

_LARGEST_BYTES: Final = 256 * 1024
_LONGEST_TEXT: Final = 1000
_RANGES: Final = {
    "evenings": (0, 1_000_000),
    "trust": (0.0, 100.0),
    "brightness": (0.3, 2.5),
    "volume": (0.1, 2.0),
}


class SaveFault(ValueError):
    """A save cannot be used; the message names the file, the field, what was found and expected."""


def save_path() -> Path:
    """Where the player's save lives; it need not exist."""
    return Path(user_data_dir("hollow")) / "save.json"


def as_json(save: Save) -> dict[str, Any]:
    return dataclasses.asdict(save)


def from_json(values: Any, where: str) -> Save:
    """The save of what `as_json` gave; `SaveFault` names ``where`` and what is wrong. Missing fields have
    their defaults, unknown ones are refused: they would be lost."""
    if not isinstance(values, dict):
        raise SaveFault(f"{where}: expected an object, found {_shown(values)}.")
    known = {spot.name for spot in dataclasses.fields(Save)}
    for name in values:
        if name not in known:
            raise SaveFault(f"{where}: unknown field {_shown(name)}; known are {', '.join(sorted(known))}.")
    found: dict[str, Any] = {}
    for name, (low, high) in _RANGES.items():
        if name in values:
            found[name] = _number(values[name], low, high, whole=name == "evenings", where=f"{where}: {name}")
    if "level" in values:
        if values["level"] not in ("gentle", "film"):
            raise SaveFault(f'{where}: level: expected "gentle" or "film", found {_shown(values["level"])}.')
        found["level"] = values["level"]
    if "history" in values:
        found["history"] = _history(values["history"], f"{where}: history")
    return Save(**found)


def load_save(path: Path) -> Save:
    """The save at ``path``; a fresh one where there is no file. Raises `SaveFault`."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise SaveFault(f"{path} is larger than any save ({_LARGEST_BYTES} bytes).")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Save()
    except UnicodeDecodeError as error:
        raise SaveFault(f"{path} is not a text file in UTF-8.") from error
    except OSError as error:
        raise SaveFault(f"{path} cannot be read: {error.strerror}.") from error
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SaveFault(f"{path} is not JSON: {error}.") from error
    return from_json(values, str(path))


def write_save(path: Path, save: Save) -> None:
    """Writes the save whole or not at all. Raises `SaveFault`."""
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(as_json(save), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(fresh, path)
    except OSError as error:
        raise SaveFault(f"The save {path} cannot be written: {error.strerror}.") from error


def set_aside(path: Path) -> Path | None:
    """Moves a save that cannot be used out of the way, so that nothing is lost; where it is then."""
    aside = path.with_suffix(".unreadable")
    try:
        os.replace(path, aside)
    except OSError:
        return None
    return aside


def _number(value: Any, low: float, high: float, *, whole: bool, where: str) -> float:
    kind = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kind) or not math.isfinite(value):
        raise SaveFault(f"{where}: expected a number, found {_shown(value)}.")
    if not low <= value <= high:
        raise SaveFault(f"{where}: expected {low:g} to {high:g}, found {_shown(value)}.")
    return value


def _history(value: Any, where: str) -> tuple[Exchange, ...]:
    if not isinstance(value, list | tuple) or len(value) > KEPT_EXCHANGES:
        raise SaveFault(f"{where}: expected at most {KEPT_EXCHANGES} exchanges, found {_shown(value)}.")
    exchanges = []
    for number, item in enumerate(value, start=1):
        match item:
            case {"player": str(player), "reply": str(reply), "act": str(act), "cut_off": bool(cut)} if (
                len(item) == 4 and max(len(player), len(reply), len(act)) <= _LONGEST_TEXT
            ):
                exchanges.append(Exchange(player=player, reply=reply, act=act, cut_off=cut))
            case _:
                raise SaveFault(
                    f"{where}, exchange {number}: expected player, reply, act (texts up to {_LONGEST_TEXT} "
                    f"characters) and cut_off, found {_shown(item)}."
                )
    return tuple(exchanges)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
