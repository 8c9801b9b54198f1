"""Promises that a character can see kept: what the player said they would do, and whether they did.

Only what it perceives itself counts: being quiet, whispering, leaving off rudeness, coming back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
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
_MADE: Final = re.compile(
    r"(?<!im )(?<!am )\bill\b|\bi (?:will|wont|promise|swear)\b|\bwe will\b|(?<!you )\bpromise\b"
)
_REFUSAL: Final = re.compile(r"\b(?:wont|not|never|cant|cannot|dont|stop|quit|no longer)\b")
_NOT_OF_ME: Final = re.compile(
    r"(?<!promise )(?<!swear )(?<!to )\byou\b|\b(?:youll|youd|if|unless|until|when)\b|\bpromise me\b"
)
"""Between the promise and the deed they make it somebody else's, or a condition: "promise me you will"."""
_PARTING: Final = re.compile(r"\bsee you (?:again|tomorrow|soon)\b")
"""At a goodbye it is a promise without "I will"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    name: str
    done: re.Pattern[str]
    """What is promised to be done."""
    left: re.Pattern[str] | None = None
    """What is promised to be left off."""


_DEEDS: Final = (
    _Deed(
        name=QUIET,
        done=re.compile(r"\b(?:(?:be|stay|keep) (?:\w+ )?(?:quiet|silent|still)|shut up)\b"),
        left=re.compile(r"\b(?:say|make) a\b"),
    ),
    _Deed(name=WHISPER, done=re.compile(r"\b(?:whisper|(?:speak|talk) (?:softly|quietly))\b")),
    _Deed(
        name=NICE,
        done=re.compile(r"\bbe(?:ing)? (?:nice|kind|good|polite|nicer)\b"),
        left=re.compile(
            r"\b(?:be(?:ing)? (?:\w+ )?(?:mean|rude)|swear(?:ing)?|insult(?:ing)?|call(?:ing)? you)\b"
        ),
    ),
    _Deed(
        name=RETURN,
        done=re.compile(rf"\b(?:come back|be back|return|visit)\b|{_PARTING.pattern}"),
    ),
)


def promise_in(text: str) -> str | None:
    """Name of the promise that a saying makes, or None."""
    said = plain(text)
    for deed in _DEEDS:
        if any(_promised(said, match.start(), refused=False) for match in deed.done.finditer(said)):
            return deed.name
        if deed.left and any(_promised(said, m.start(), refused=True) for m in deed.left.finditer(said)):
            return deed.name
    parting = _PARTING.search(said)
    if parting and not re.search(rf"{_REFUSAL.pattern}|\b(?:i|did|when)\b", said[: parting.start()]):
        return RETURN
    return None


def _promised(said: str, at: int, *, refused: bool) -> bool:
    """Whether the deed that is named ``at`` this place is promised to be done, or ``refused``: promised to be
    left off."""
    made = [match.start() for match in _MADE.finditer(said, 0, at)]
    if not made:
        return False
    between = said[made[-1] : at]
    # "I won't stop being mean": two refusals are none.
    return not _NOT_OF_ME.search(between) and (len(_REFUSAL.findall(between)) % 2 == 1) is refused


def kept(kind: Kind, loudness: str, past: Sequence[Past]) -> str | None:
    """Name of the promise that this very turn keeps, or None. Each is kept once, at the first turn that
    shows it."""
    for back, earlier in enumerate(reversed(past), 1):
        name = promise_in(earlier.said)
        since = past[len(past) - back + 1 :]
        nights = sum(p.act == NIGHT for p in since)
        turns = sum(p.kind is not None for p in since)
        answered = [p for p in since if p.kind is not None or p.act == NIGHT]
        match name:
            case "quiet" if not turns and not nights and kind is Kind.SILENCE:
                return name
            case "whisper" if not turns and not nights and loudness == "whisper":
                return name
            case "nice" if turns == _NICE_TURNS - 1 and not nights:
                if kind not in INSULTS and not any(p.kind in INSULTS for p in since):
                    return name
            case "return" if nights == 1 and answered[-1].act == NIGHT:
                return name
            case _:
                pass
    return None
