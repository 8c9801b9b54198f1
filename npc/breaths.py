"""Where a sentence may be cut so that its beginning can be said while its end is still to come."""

import re
from typing import Final

_FIRST_LETTERS: Final = {".": 7, "!": 7, "?": 7, ";": 10, ":": 10, ",": 10}
"""By the mark behind it, letters and blanks that a part must have: to say it takes about as long as making
the sound of the rest, and a short rest between two sentences is no gap."""
_REST_WORDS: Final = 3
_MARK: Final = re.compile(r"[.!?;:,](?=\s)")


def breaths(text: str) -> tuple[str, ...]:
    """A sentence in one or two parts that can be said one after the other: cut behind the first mark that
    has enough on both sides."""
    for mark in _MARK.finditer(text):
        first, rest = text[: mark.end()], text[mark.end() :].strip()
        enough = len(rest.split()) >= _REST_WORDS
        if enough and " " in first and mark.start() >= _FIRST_LETTERS[mark.group()]:
            return first, rest
    return (text,)
