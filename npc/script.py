"""The form in which a trained model is asked: one way to write a turn, for its training and for the talk.

    the Alien Child, echo hall
    Player: hello
    You: You again.
    Player: where is the way out
    You (wary, withhold: That's a secret, and you've got a big mouth.):

What comes next is " [gesture] words" and a line end. Behind the act stands what was written for such an
occasion, to be said in other words now; where nothing was, the way out, if it may be said. Everything up to
the newest two lines is known before the player speaks, so a model has read it by then.
"""

import re
from collections.abc import Sequence
from typing import Final

from npc.backends.base import Prompt, Turn
from npc.past import gesture_in

CUT: Final = "-"
"""Ends a reply that was cut off there."""
NOTHING_SAID: Final = "..."
"""Stands for a player who said nothing, and for whatever a player might have said."""
MAX_HEARD_CHARS: Final = 200
REMEMBERED: Final = 2
"""Exchanges of the evening that the model is told."""
_HEARD = re.compile(r"[^\w' ]+")
_BLANKS = re.compile(r"\s+")
_GESTURE = re.compile(r"^[a-z_]{1,30}$")


def heard(text: str) -> str:
    """A player's words as the model has learned to read them: small letters, no marks, one line. Written and
    recognised lines differ in nothing else. A gesture stays in its brackets, which no words can bring."""
    gesture = gesture_in(text)
    if gesture == "silence":
        return NOTHING_SAID
    if gesture is not None and _GESTURE.match(gesture):
        return f"[{gesture.replace('_', ' ')}]"
    bare = _BLANKS.sub(" ", _HEARD.sub(" ", text.lower().replace("\u2019", "'"))).strip()
    return bare[:MAX_HEARD_CHARS].rstrip() or NOTHING_SAID


def voiced_prompt(
    *,
    name: str,
    place: str,
    mood: str,
    act: str,
    way: str = "",
    like: str = "",
    gesture: str | None = None,
    earlier: Sequence[tuple[str, str]],
    player: str,
) -> Prompt:
    """The prompt of one turn. ``earlier`` are exchanges (player, reply), oldest first; ``like`` is a written
    line to be said in other words, ``way`` the way out where the reply may say it and no line is there;
    ``gesture`` is what the reply begins with, where that is settled."""
    hint = f"{mood}, {act.replace('_', ' ')}"
    if like:
        hint += f": {_line(like)}"
    elif way:
        hint += f", {_line(_HEARD.sub(' ', way))}"
    return Prompt(
        system=_line(f"{name}, {_HEARD.sub(' ', place)[:MAX_HEARD_CHARS]}" if place else name),
        turns=tuple(Turn(player=heard(said), reply=_line(reply)) for said, reply in earlier),
        player=heard(player),
        hint=hint,
        begun=f" [{gesture}]" if gesture else "",
    )


def script_before(prompt: Prompt) -> str:
    """What the model can read before the player speaks."""
    lines = [prompt.system]
    for turn in prompt.turns:
        lines += [f"Player: {turn.player}", f"You: {turn.reply}"]
    return "\n".join([*lines, "Player:"])


def script_of_turn(prompt: Prompt) -> str:
    """The text that the model goes on writing."""
    return f"{script_before(prompt)} {prompt.player}\nYou ({prompt.hint}):{prompt.begun}"


def continuation(reply: str) -> str:
    """A reply as it follows `script_of_turn`."""
    return f" {_line(reply)}\n"


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
