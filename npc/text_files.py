"""Text and TOML that somebody wrote in an editor: read with a limit; what is amiss told by file and line."""

import io
import re
import tomllib
from pathlib import Path
from typing import Any, Final

_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")
_HINTS: Final = (
    ("\u201c", '; texts stand in straight quotation marks ("), not in curly ones'),
    ("\u201d", '; texts stand in straight quotation marks ("), not in curly ones'),
    ("Illegal character '\\n'", "; a text ends on its own line, with the quotation mark that it began with"),
    ("Unclosed array", '; between the texts of a list stand commas, and a " within a text is written \\"'),
    ("Unescaped '\\'", "; a backslash within a text is written \\\\"),
    ("Invalid initial character for a key part", "; what begins with { ends with } on the same line"),
    ("Cannot overwrite", "; the key stands twice"),
    ("Cannot declare", "; the heading stands twice"),
)
"""A sign of the line, or words of the complaint, and what helps."""


class TextFault(ValueError):
    """A file cannot be read; the message names it, the line, what was found and what helps."""


def read_text(path: Path, *, largest_bytes: int) -> str:
    """The text of a file of at most so many bytes, in UTF-8, with or without a mark at its beginning; lines
    end as they are used to where it was written. Raises TextFault."""
    try:
        if path.exists() and not path.is_file():
            raise TextFault(f"{path}: expected a file, found a folder or a device.")
        with path.open("rb") as file:
            # What a file says of its size may be wrong: no more is read than may be.
            content = file.read(largest_bytes + 1)
    except OSError as error:
        raise TextFault(f"{path}: cannot be read ({error.strerror or error}).") from error
    if len(content) > largest_bytes:
        raise TextFault(f"{path}: larger than {_size(largest_bytes)}.")
    try:
        return io.StringIO(content.decode("utf-8-sig"), newline=None).read()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TextFault(
            f"{path}, line {line}: expected UTF-8 text, found the byte {content[error.start]:#04x}; "
            "save the file as UTF-8."
        ) from error


def read_toml(path: Path, *, largest_bytes: int) -> dict[str, Any]:
    """The tables of a TOML file. Raises TextFault."""
    text = read_text(path, largest_bytes=largest_bytes)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TextFault(f"{path}: not valid TOML: {error}{_amiss(text, str(error))}.") from error
    except RecursionError as error:
        raise TextFault(f"{path}: nested too deeply.") from error
    except ValueError as error:  # a number of thousands of digits
        raise TextFault(f"{path}: {error}.") from error


def _size(count: int) -> str:
    return f"{count // 1024 // 1024} MiB" if count >= 1024 * 1024 else f"{count // 1024} KiB"


def _amiss(text: str, complaint: str) -> str:
    """The line that TOML's reader complains of, and what is likely meant."""
    place = _AT_LINE.search(complaint)
    if place is None:
        return ""
    line = text.split("\n")[int(place.group(1)) - 1].strip()
    hint = next((hint for found, hint in _HINTS if found in (line if len(found) == 1 else complaint)), "")
    return f", found '{line[:60]}'{hint}"
