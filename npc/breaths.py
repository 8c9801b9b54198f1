"""Where a sentence may be cut so that its beginning can be said while its end is still to come."""

import re
from typing import Final

_CLAUSE_LETTERS: Final = 10
"""Letters and blanks that a part before a comma must have: to say it takes about as long as making the sound
of the rest. A short rest behind a sentence, were that only a "Yes.", is no gap."""
_REST_WORDS: Final = 3
_MARK: Final = re.compile(r"[.!?;:,](?=\s)")


def ends(part: str) -> bool:
    """Whether a part is a sentence of its own, behind which one pauses."""
    return part[-1:] in set(".!?")


def breaths(text: str) -> tuple[str, ...]:
    """A sentence in one or two parts that can be said one after the other: cut behind the first mark that
    has enough on both sides."""
    for mark in _MARK.finditer(text):
        first, rest = text[: mark.end()], text[mark.end() :].strip()
        said = ends(first) and not first.endswith("..")
        long_enough = said or (" " in first and mark.start() >= _CLAUSE_LETTERS)
        if long_enough and re.search(r"\w", first) and len(rest.split()) >= _REST_WORDS:
            return first, rest
    return (text,)
