"""The form in which a trained model is asked: one way to write a turn, for its training and for the talk.

    the Alien Child, echo hall
    Player: hello
    You: You again.
    Player: where is the way out
    You (wary, withhold):

What comes next is " [gesture] words" and a line end. Everything up to the newest lines stays the same from
turn to turn, so a model keeps it in its memory.
"""

import re
from collections.abc import Sequence
from typing import Final

from npc.backends.base import Prompt, Turn

NOTHING_SAID: Final = "..."
"""Stands for a player who said nothing, and for whatever a player might have said."""
MAX_HEARD_CHARS: Final = 200
_HEARD = re.compile(r"[^\w' ]+")
_BLANKS = re.compile(r"\s+")


def heard(text: str) -> str:
    """A player's words as the model has learned to read them: small letters, no marks, one line. Written and
    recognised lines differ in nothing else."""
    bare = _BLANKS.sub(" ", _HEARD.sub(" ", text.lower().replace("\u2019", "'"))).strip()
    return bare[:MAX_HEARD_CHARS].rstrip() or NOTHING_SAID


def voiced_prompt(
    *,
    name: str,
    place: str,
    mood: str,
    act: str,
    facts: Sequence[str],
    earlier: Sequence[tuple[str, str]],
    player: str,
) -> Prompt:
    """The prompt of one turn. ``earlier`` are exchanges (player, reply), oldest first; ``facts`` may be said
    in the reply."""
    hint = ", ".join([mood, act.replace("_", " "), *(heard(fact) for fact in facts)])
    return Prompt(
        system=f"{name}, {place}" if place else name,
        turns=tuple(Turn(player=heard(said), reply=_line(reply)) for said, reply in earlier),
        player=heard(player),
        hint=hint,
    )


def script_of_turn(prompt: Prompt) -> str:
    """The text that the model goes on writing."""
    lines = [prompt.system]
    for turn in prompt.turns:
        lines += [f"Player: {turn.player}", f"You: {turn.reply}"]
    return "\n".join([*lines, f"Player: {prompt.player}", f"You ({prompt.hint}):"])


def continuation(reply: str) -> str:
    """A reply as it follows `script_of_turn`."""
    return f" {_line(reply)}\n"


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
