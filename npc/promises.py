"""Promises that a character can see kept: what the player said they would do, and whether they did.

Only what it perceives itself counts: being quiet, whispering, leaving off rudeness, coming back.
"""

import re
from collections.abc import Sequence
from typing import Final

from npc.kinds import INSULTS, Kind
from npc.past import NIGHT, Past
from npc.text import plain

QUIET: Final = "quiet"
WHISPER: Final = "whisper"
NICE: Final = "nice"
RETURN: Final = "return"
_NICE_TURNS: Final = 3
"""So many turns without an insult keep the promise to be nice."""
_MADE: Final = re.compile(r"\b(?:ill|i will|i wont|i promise|promise|i swear|ill be|we will|well)\b")
_PROMISES: Final = (
    (
        QUIET,
        re.compile(
            r"\b(?:(?:be|stay|keep) (?:\w+ )?(?:quiet|silent|still)|shut up|(?:wont|not) (?:say|make) a)\b"
        ),
    ),
    (WHISPER, re.compile(r"\b(?:whisper|(?:speak|talk) (?:softly|quietly))\b")),
    (
        NICE,
        re.compile(
            r"\b(?:be (?:nice|kind|good|polite|nicer)|(?:wont|not|stop|never) (?:\w+ )?"
            r"(?:be(?:ing)? (?:mean|rude)|swear(?:ing)?|insult(?:ing)?|call(?:ing)? you))\b"
        ),
    ),
    (RETURN, re.compile(r"\b(?:come back|be back|return|visit|see you (?:again|tomorrow|soon))\b")),
)


def promise_in(text: str) -> str | None:
    """Name of the promise that a saying makes, or None."""
    said = plain(text)
    if not _MADE.search(said) and "see you" not in said:
        return None
    return next((name for name, pattern in _PROMISES if pattern.search(said)), None)


def kept(kind: Kind, loudness: str, past: Sequence[Past]) -> str | None:
    """Name of the promise that this very turn keeps, or None. Each is kept once, at the first turn that
    shows it."""
    for back, earlier in enumerate(reversed(past), 1):
        name = promise_in(earlier.said)
        since = past[len(past) - back + 1 :]
        nights = sum(p.act == NIGHT for p in since)
        turns = sum(p.kind is not None for p in since)
        match name:
            case "quiet" if not turns and not nights and kind is Kind.SILENCE:
                return name
            case "whisper" if not turns and not nights and loudness == "whisper":
                return name
            case "nice" if turns == _NICE_TURNS - 1 and not nights:
                if kind not in INSULTS and not any(p.kind in INSULTS for p in since):
                    return name
            case "return" if nights == 1 and since[-1].act == NIGHT:
                return name
            case _:
                pass
    return None
