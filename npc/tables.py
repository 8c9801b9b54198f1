"""Reading tables that a stranger wrote: every value is checked, every error says where and what."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from npc import text_files
from npc.text_files import TextFault

MAX_FILE_BYTES: Final = 4 * 1024 * 1024
"""A personality's text file may not be larger."""
MAX_TEXT_CHARS: Final = 2000
MAX_LIST_ITEMS: Final = 2000


class PersonalityError(ValueError):
    """A personality cannot be used; the message names the file, the place in it, and what was expected."""


class Table:
    """One table of a file, with typed access; ``where`` leads every complaint."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self._values = values
        self._read: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def complain(self, key: str, expected: str) -> PersonalityError:
        found = repr(self._values[key]) if key in self._values else "nothing"
        if len(found) > 60:
            found = found[:57] + "..."
        return PersonalityError(f"{self.where}: {key}: expected {expected}, found {found}.")

    def _get(self, key: str, default: Any) -> Any:
        self._read.add(key)
        return self._values.get(key, default)

    def text(self, key: str, default: str | None = None, *, at_most: int = MAX_TEXT_CHARS) -> str:
        value = self._get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.complain(key, "a text")
        if len(value) > at_most:
            raise self.complain(key, f"a text of at most {at_most} characters")
        return value

    def number(self, key: str, default: float | None = None, *, low: float, high: float) -> float:
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.complain(key, f"a number from {low:g} to {high:g}")
        return float(value)

    def count(self, key: str, default: int, *, high: int) -> int:
        """A whole number from 0."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
            raise self.complain(key, f"a whole number from 0 to {high}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self.complain(key, "true or false")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self._get(key, default)
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise self.complain(key, "a list of texts")
        if len(value) > MAX_LIST_ITEMS or any(len(item) > MAX_TEXT_CHARS for item in value):
            raise self.complain(key, f"at most {MAX_LIST_ITEMS} texts of {MAX_TEXT_CHARS} characters")
        return tuple(value)

    def choices(self, key: str, allowed: frozenset[str], default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts, each one of ``allowed``."""
        value = self.texts(key, default)
        for item in value:
            if item not in allowed:
                raise PersonalityError(
                    f"{self.where}: {key}: expected some of {', '.join(sorted(allowed))}, "
                    f"found '{item[:40]}'."
                )
        return value

    def is_table(self, key: str) -> bool:
        return isinstance(self._values.get(key), dict)

    def table(self, key: str, *, needed: bool = False) -> "Table":
        value = self._get(key, None if needed else {})
        if not isinstance(value, dict):
            raise self.complain(key, "a table")
        return Table(f"{self.where}: {key}", value)

    def finish(self) -> None:
        """Raise for a key that nobody read: a misspelt key must not be lost in silence."""
        for key in self._values:
            if key not in self._read:
                known = ", ".join(sorted(self._read))
                raise PersonalityError(f"{self.where}: '{key[:40]}' is not known here; known are {known}.")


def read_text(path: Path) -> str:
    """The text of a file of a personality. Raises PersonalityError."""
    try:
        return text_files.read_text(path, largest_bytes=MAX_FILE_BYTES)
    except TextFault as error:
        raise PersonalityError(str(error)) from error


def read_toml(path: Path) -> Table:
    """The tables of a TOML file. Raises PersonalityError naming the file and line."""
    try:
        return Table(path.name, text_files.read_toml(path, largest_bytes=MAX_FILE_BYTES))
    except TextFault as error:
        raise PersonalityError(str(error)) from error
