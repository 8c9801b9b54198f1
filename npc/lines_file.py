"""lines.toml: what a character surely says, and which of it could ever be said."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from npc.checks import Context, failed
from npc.dialogue import BRACKET, Line
from npc.line_keys import unknown
from npc.tables import PersonalityError, Table
from npc.text import plain
from npc.wording import choices, is_marked

SLOTS: Final = frozenset(
    {"way", "way_side", "way_sign", "word", "Word", "name", "place", "camera", "recording"}
)

_NAME: Final = re.compile(r"^[a-z][a-z0-9_]{0,39}\Z")
_SLOT: Final = re.compile(r"\{([^{}]*)\}")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
MAX_LINES: Final = 4000
_LINES_DEEP: Final = 3
"""So many tables of lines may lie in one another."""
_FILLED: Final = {
    "way": "left tunnel, red glow", "way_side": "left tunnel", "way_sign": "red glow", "word": "pebble",
    "Word": "Pebble", "name": "Dana", "place": "echo hall", "camera": "The camera is on.",
    "recording": "Nothing is being recorded.",
}  # fmt: skip
"""Slots as they may be filled, to see whether a line could ever be said."""
_UNSAYABLE: Final = frozenset({"blocked", "leak", "out_of_role", "markup", "too_long"})
"""Checks that no turn lifts."""
_CARE: Final = "care"


def read_lines(top: Table, gestures: frozenset[str], acts: frozenset[str]) -> dict[str, tuple[Line, ...]]:
    """The lines under ``[lines]`` by dotted key. Raises PersonalityError."""
    result: dict[str, tuple[Line, ...]] = {}

    def walk(table: Table, prefix: str, depth: int) -> None:
        for key in table:
            if not _NAME.match(key):
                raise PersonalityError(f"{table.where}: '{key[:40]}' is no name (small letters and _).")
            if table.is_table(key) and depth < _LINES_DEEP:
                walk(table.table(key), f"{prefix}{key}.", depth + 1)
                continue
            where = f"{table.where}: {key}"
            texts = table.texts(key)
            if not texts:
                raise table.complain(key, "a line or several")
            result[f"{prefix}{key}"] = tuple(read_line(where, text, gestures) for text in texts)
            likely = unknown(f"{prefix}{key}", acts)
            if likely is not None:
                meant = f"; nearest is '{likely}'" if likely else ""
                if prefix.startswith("dares."):
                    meant = "; dares stand under [dares.CHECK], beside [lines]"
                raise PersonalityError(
                    f"{top.where}: lines: '{f'{prefix}{key}'[:60]}' is asked for by nothing{meant}."
                )

    walk(top.table("lines", needed=True), "", 0)
    if sum(len(lines) for lines in result.values()) > MAX_LINES:
        raise PersonalityError(f"{top.where}: more than {MAX_LINES} lines.")
    return result


def read_line(where: str, text: str, gestures: frozenset[str]) -> Line:
    """One line, begun by one of the ``gestures`` or none; ``where`` leads complaints. Raises
    PersonalityError."""
    for slot in _SLOT.findall(text):
        if slot not in SLOTS and "|" not in slot:
            raise PersonalityError(
                f"{where}: slot '{{{slot[:20]}}}' is not known; slots are {', '.join(sorted(SLOTS))}."
            )
    line = Line.parse(text)
    if (tag := BRACKET.match(line.text)) is not None:
        raise PersonalityError(
            f"{where}: expected a gesture such as [come_close], found '{tag.group(0)[:40]}'."
        )
    if is_marked(line.text) or any(brace in _SLOT.sub("", line.text) for brace in "{}"):
        try:
            line = replace(line, text=next(iter(choices(line.text, slots=True))), marked=line.text)
        except ValueError as error:
            raise PersonalityError(f"{where}: {error}.") from None
    if line.gesture is not None and line.gesture not in gestures:
        raise PersonalityError(
            f"{where}: gesture '{line.gesture[:30]}' is not one of the personality's "
            f"({', '.join(sorted(gestures))})."
        )
    if not line.text:
        raise PersonalityError(f"{where}: expected words, found '{text[:40]}'.")
    return line


def with_slots_filled(text: str) -> str:
    """A written line as it may be said one day."""
    return _SLOT.sub(lambda match: _FILLED[match.group(1)], text)


def _never(key: str, line: Line, honest: bool, unseen: tuple[str, ...]) -> str | None:
    """Name of the check for which a written line could never be said, or None. The care text may be long: it
    is judged sentence by sentence."""
    text = with_slots_filled(line.text)
    context = Context(heard="", unseen=unseen, out_of_role=not honest)
    parts = _SENTENCE_END.split(text) if key == _CARE else [text]
    found = (failed(part, context) for part in parts if plain(part))
    return next((why for why in found if why in _UNSAYABLE), None)


def sayable(
    lines: Mapping[str, tuple[Line, ...]], honest: bool, unseen: tuple[str, ...]
) -> tuple[dict[str, tuple[Line, ...]], tuple[str, ...]]:
    """The lines without those that may never be said, and a note for each of these."""
    notes: list[str] = []
    kept: dict[str, tuple[Line, ...]] = {}
    for key, those in lines.items():
        why = {line: _never(key, line, honest, unseen) for line in those}
        notes += [f"lines.toml: {key}: {name}: {line.text}" for line, name in why.items() if name is not None]
        kept[key] = tuple(line for line in those if why[line] is None)
        if those and not kept[key]:
            raise PersonalityError(
                f"lines.toml: {key}: expected a line that may be said, found none ({notes[-1][:120]})."
            )
    return kept, tuple(notes)
