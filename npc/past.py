"""The evening so far, understood again from what was really heard."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from npc.contract import Exchange, Question
from npc.kinds import Kind, Votes, classify
from npc.text import plain

TELLS_WAY: Final = frozenset({"tell_way", "lead"})
"""Acts after which the way is known."""
SPEAKS_OF_WAY: Final = TELLS_WAY | {"hint"}
"""Acts that say something of the way out."""
NIGHT: Final = "night"
"""Act of an exchange without words: an evening ended here, and the next one began."""
Ballot = Callable[[str], Votes | None]
"""Asks a dialogue what the sayings nearest to one are."""
_HEAD_CHARS: Final = 40
"""So many letters of a written line tell it from others."""
_SLOT: Final = re.compile(r"\{\w+\}")
_BRACKETS: Final = re.compile(r"^\s*\[([^\]]{1,40})\]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One earlier turn, understood."""

    kind: Kind | None
    """None for a line of the story, which answers nobody."""
    gesture: str | None
    said: str
    act: str
    reply: str
    cut_off: bool


def gesture_in(text: str) -> str | None:
    """The gesture that a bracketed player line stands for ("[palm up]" -> "palm_up"), or None."""
    match = _BRACKETS.match(text)
    return match.group(1).strip().lower().replace(" ", "_") if match else None


def as_said(question: Question) -> str:
    """A player's turn as a line of the talk: their words, or in brackets what they did: "[palm up]"."""
    return question.text or f"[{(question.gesture or 'silence').replace('_', ' ')}]"


def _nobody(_: str) -> Votes | None:
    return None


def understand_past(history: Sequence[Exchange], votes: Ballot = _nobody) -> list[Past]:
    """The evening so far with the kind of each of the player's turns."""
    past = []
    for exchange in history:
        gesture = gesture_in(exchange.player)
        kind: Kind | None = None
        if gesture is not None:
            kind = Kind.SILENCE if gesture == "silence" else Kind.GESTURE
        elif exchange.player:
            kind = classify(exchange.player, votes(exchange.player)).kind
        past.append(
            Past(
                kind=kind,
                gesture=gesture,
                said=exchange.player,
                act=exchange.act,
                reply=exchange.reply,
                cut_off=exchange.cut_off,
            )
        )
    return past


def kind_of(question: Question, votes: Ballot = _nobody) -> tuple[Kind, str | None]:
    """The kind of a question and its gesture, whether it came as a gesture or as a bracketed line."""
    gesture = question.gesture or gesture_in(question.text)
    if gesture == "silence":
        return Kind.SILENCE, None
    if gesture is not None and not (question.text and gesture_in(question.text) is None):
        return Kind.GESTURE, gesture
    return classify(question.text, votes(question.text)).kind, gesture


def holds(reply: str, line: str) -> bool:
    """Whether a reply holds a written line, whatever its slots were filled with."""
    fixed = max((plain(part) for part in _SLOT.split(line)), key=len)[:_HEAD_CHARS]
    return bool(fixed) and fixed in plain(reply)


def begins(reply: str, line: str) -> bool:
    """Whether a reply that was cut off had begun a written line."""
    said = plain(reply)
    return bool(said) and plain(line).startswith(said)
