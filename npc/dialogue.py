"""Written exchanges of a character: how it talks, shown rather than described."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from npc.checks import Context, failed
from npc.tables import PersonalityError, read_jsonl
from npc.text import Index, grams, plain
from npc.trust import BANDS

MAX_EXCHANGES: Final = 20_000
_COPY_WORDS: Final = 4
_TAGGED = re.compile(r"^\s*\[([a-z_]{1,30})\]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words to speak, begun by a gesture."""

    text: str
    gesture: str | None = None

    @staticmethod
    def parse(written: str) -> "Line":
        """ "[gesture] words" or plain words."""
        match = _TAGGED.match(written)
        if match is None:
            return Line(text=written.strip())
        return Line(text=written[match.end() :].strip(), gesture=match.group(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One written exchange."""

    player: str
    reply: Line
    mood: str
    act: str
    before: str | None
    """What the character said just before, when the exchange goes on from there."""
    nouns: frozenset[str]
    """Nouns of places in the reply: it fits only where these are in view."""
    says_way: bool
    """The reply names the way out of its own scene, so it fits no other."""
    place: str = ""
    """Where it is said."""
    way: str = ""
    """The way out of its scene, in words."""


class Dialogue:
    """A character's written exchanges, searchable by what the player said."""

    def __init__(self, told: Sequence[Told]) -> None:
        self.told = tuple(told)
        self._index = Index([one.player for one in self.told])
        self._grams: dict[tuple[str, ...], list[int]] = {}
        for number, one in enumerate(self.told):
            for gram in set(grams(plain(one.reply.text), _COPY_WORDS)):
                self._grams.setdefault(gram, []).append(number)

    def __len__(self) -> int:
        return len(self.told)

    def near(self, saying: str) -> list[tuple[Told, float]]:
        """Exchanges that begin with something like ``saying``, nearest first, with nearness 0 to 1."""
        near = self._index.near(saying)
        return [(self.told[i], float(near[i])) for i in (-near).argsort(kind="stable") if near[i] > 0.0]

    def copied(self, saying: str) -> float:
        """Share (0 to 1) of the saying's runs of four words that stand in one written reply."""
        found = set(grams(plain(saying), _COPY_WORDS))
        hits = Counter(number for gram in found for number in self._grams.get(gram, ()))
        return max(hits.values(), default=0) / len(found) if found else 0.0


def load_dialogue(
    path: Path,
    *,
    gestures: frozenset[str],
    acts: frozenset[str],
    unseen: Sequence[str],
    place_nouns: Sequence[str],
) -> tuple[Dialogue, tuple[str, ...]]:
    """The exchanges of a dialogue.jsonl, and a note for each that was left out because the character could
    never say it. A missing file is an empty dialogue. Raises PersonalityError for a malformed line."""
    told: list[Told] = []
    notes: list[str] = []
    if not path.exists():
        return Dialogue(()), ()
    for row in read_jsonl(path):
        mood = row.text("mood")
        if mood not in BANDS:
            raise row.complain("mood", f"one of {', '.join(BANDS)}")
        act = row.text("act")
        if act not in acts:
            raise row.complain("act", f"one of {', '.join(sorted(acts))}")
        way = row.text("exit", "")
        place = row.text("place", "")
        turns = row._get("turns", None)
        if not isinstance(turns, list) or not 1 <= len(turns) <= 12:
            raise row.complain("turns", "a list of 1 to 12 exchanges")
        before: str | None = None
        for number, turn in enumerate(turns, 1):
            last = number == len(turns)
            if not (
                isinstance(turn, dict)
                and isinstance(turn.get("p"), str)
                and isinstance(turn.get("c"), str)
                and len(turn["p"]) < 500
                and 0 < len(turn["c"]) < 500
            ):
                raise PersonalityError(f"{row.where}: turn {number}: expected texts p and c.")
            line = Line.parse(turn["c"])
            if line.gesture is not None and line.gesture not in gestures:
                raise PersonalityError(
                    f"{row.where}: turn {number}: gesture '{line.gesture}' is not one of the personality's."
                )
            said = plain(line.text)
            spoken = frozenset(said.split())
            why = failed(line.text, Context(heard="", unseen=unseen))
            if why is None:
                told.append(
                    Told(
                        player=turn["p"],
                        reply=line,
                        mood=mood,
                        act=act if last else "",
                        before=before,
                        nouns=spoken & frozenset(place_nouns),
                        says_way=last and act in ("tell_way", "lead", "hint") and bool(plain(way)),
                        place=place,
                        way=way,
                    )
                )
            else:
                notes.append(f"{row.where}: turn {number}: {why}: {line.text}")
            before = line.text
            if len(told) > MAX_EXCHANGES:
                raise PersonalityError(f"{path.name}: more than {MAX_EXCHANGES} exchanges.")
        row.finish()
    return Dialogue(told), tuple(notes)
