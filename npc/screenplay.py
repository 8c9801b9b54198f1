"""Dialogue as its writer puts it down: a plain text, like a screenplay.

    # a comment
    == warming | echo hall | left tunnel, red glow

    off_topic: my mum made pizza
    ask_back: [come_close] Does a pizza bite back, or does your mum always win?
    = Does a pizza {bite back|ever bite}, or {does your mum always win|is it always your mum who wins}?
    ~ my dad cooked us a curry
    ~ [stare] And who won, your dad or the curry?

A heading tells mood, place and way out of all that follows it. Below it pairs of lines: the kind of the
player's turn (or ``player`` where that is left open) with what the player says or does, then the act of the
reply with the reply. Behind a reply may stand ``=`` and the same reply in other words, or the reply once more
with marks where it may change, ``{its words|other words}``; and ``~`` twice, which is the same joke in other
words on another occasion of the same kind: what the player says, and the reply. An empty line ends a
conversation. Nothing is lost: what is not understood is an error that names file and line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from npc.kinds import Kind
from npc.tables import PersonalityError, read_text
from npc.trust import BANDS
from npc.wording import is_marked

ANY_KIND: Final = "player"
"""Stands for the kind of a player's line where its writer has not told it."""
MAX_LINE_CHARS: Final = 500
MAX_PAIRS: Final = 16
"""Pairs of one conversation."""
MAX_SIBLINGS: Final = 12
"""Of one pair."""
_SIBLING: Final = "~"
_REWORDED: Final = "="
_THERE: Final = f"the sibling's reply behind '{_SIBLING}'"
_KINDS: Final = frozenset({str(kind) for kind in Kind} | {ANY_KIND})
_LABELLED: Final = re.compile(r"^([a-z_]+):(.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """A reply once more, with marks where it may change (`npc.wording.choices`)."""

    where: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """The joke of a pair in other words, or on another occasion."""

    where: str
    player: str
    reply: str
    marks: Marks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One line of the player and the reply to it."""

    where: str
    """File and line, for complaints."""
    kind: str | None
    """Kind of the player's turn, where its writer tells it."""
    player: str
    """What the player says; ``[rude]`` for a gesture, empty for silence."""
    act: str
    reply: str
    """With its gesture tag."""
    marks: Marks | None = None
    siblings: tuple[Sibling, ...] = ()

    def beside(self, sibling: Sibling) -> "Pair":
        """The pair with one sibling more."""
        return replace(self, siblings=(*self.siblings, sibling))

    def with_marks(self, marks: Marks) -> "Pair":
        """The pair, its last reply marked. Raises PersonalityError where that has marks already."""
        last = self.siblings[-1] if self.siblings else self
        if last.marks is not None:
            raise PersonalityError(
                f"{marks.where}: expected one line of marks behind a reply, found another."
            )
        if not self.siblings:
            return replace(self, marks=marks)
        return replace(self, siblings=(*self.siblings[:-1], replace(self.siblings[-1], marks=marks)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Pairs that follow one another."""

    mood: str
    place: str
    way: str
    """The way out of the place, in words; empty when there is none."""
    pairs: tuple[Pair, ...]


def read_screenplay(path: Path, acts: frozenset[str]) -> Iterator[Conversation]:
    """The conversations of a file, in order. Raises PersonalityError: file, line, found, expected."""
    return parse_screenplay(path.name, read_text(path), acts)


def parse_screenplay(name: str, text: str, acts: frozenset[str]) -> Iterator[Conversation]:
    """The conversations of a text; ``name`` leads complaints. Raises PersonalityError."""
    heading: tuple[str, str, str] | None = None
    asked: tuple[str, str | None, str] | None = None
    other: tuple[str, str] | None = None
    pairs: list[Pair] = []

    def ended() -> Iterator[Conversation]:
        open_line = asked[0] if asked is not None else other[0] if other is not None else None
        if open_line is not None:
            raise PersonalityError(f"{open_line}: expected a reply on the next line, found none.")
        if pairs and heading is not None:
            mood, place, way = heading
            yield Conversation(mood=mood, place=place, way=way, pairs=tuple(pairs))
            pairs.clear()

    for number, raw in enumerate(text.splitlines(), 1):
        line, where = raw.strip(), f"{name}, line {number}"
        if line.startswith("#"):
            continue
        if len(line) > MAX_LINE_CHARS:
            raise PersonalityError(
                f"{where}: expected at most {MAX_LINE_CHARS} characters, found {len(line)}."
            )
        if not line:
            yield from ended()
        elif line.startswith("=="):
            yield from ended()
            heading = _heading(where, line)
        elif heading is None:
            raise PersonalityError(
                f"{where}: expected a heading '== mood | place | way out', found '{line[:40]}'."
            )
        elif line.startswith((_SIBLING, _REWORDED)):
            said = line[1:].strip()
            if asked is not None or not pairs or len(pairs[-1].siblings) >= MAX_SIBLINGS:
                raise PersonalityError(
                    f"{where}: expected a sibling behind a reply, at most {MAX_SIBLINGS}, "
                    f"found '{line[:40]}'."
                )
            before = pairs[-1].siblings
            if line.startswith(_REWORDED):
                if other is not None:
                    raise PersonalityError(f"{where}: expected {_THERE}, found '{line[:40]}'.")
                if is_marked(said):
                    pairs[-1] = pairs[-1].with_marks(Marks(where=where, text=said))
                    continue
                player = before[-1].player if before else pairs[-1].player
                pairs[-1] = pairs[-1].beside(Sibling(where=where, player=player, reply=said))
            elif other is None:
                other = (where, said)
            else:
                pairs[-1] = pairs[-1].beside(Sibling(where=other[0], player=other[1], reply=said))
                other = None
        elif other is not None:
            raise PersonalityError(f"{where}: expected {_THERE}, found '{line[:40]}'.")
        elif asked is None:
            label, said = _labelled(where, line, _KINDS, "a kind of turn")
            asked = (where, None if label == ANY_KIND else label, said)
        else:
            act, reply = _labelled(where, line, acts, "an act")
            if not reply:
                raise PersonalityError(f"{where}: expected a reply behind '{act}:', found nothing.")
            pairs.append(Pair(where=asked[0], kind=asked[1], player=asked[2], act=act, reply=reply))
            asked = None
            if len(pairs) > MAX_PAIRS:
                raise PersonalityError(f"{where}: expected at most {MAX_PAIRS} pairs in one conversation.")
    yield from ended()


def _heading(where: str, line: str) -> tuple[str, str, str]:
    parts = [part.strip() for part in line.strip("= ").split("|")]
    if not 1 <= len(parts) <= 3 or parts[0] not in BANDS:
        raise PersonalityError(
            f"{where}: expected '== mood | place | way out' with a mood of {', '.join(BANDS)}, "
            f"found '{line[:60]}'."
        )
    mood, place, way = (*parts, "", "")[:3]
    return mood, place, way


def _labelled(where: str, line: str, labels: frozenset[str], what: str) -> tuple[str, str]:
    match = _LABELLED.match(line)
    if match is None or match.group(1) not in labels:
        raise PersonalityError(
            f"{where}: expected {what} and a colon ({', '.join(sorted(labels))}), found '{line[:40]}'."
        )
    return match.group(1), match.group(2).strip()
