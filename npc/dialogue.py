"""Written exchanges of a character: how it talks, shown rather than described."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from npc.checks import Context, failed
from npc.meaning import MeaningIndex
from npc.past import SPEAKS_OF_WAY
from npc.screenplay import Conversation, read_screenplay
from npc.tables import PersonalityError
from npc.text import Floats, Index, clauses, grams, plain, words

MAX_EXCHANGES: Final = 60_000
REWORDED_SHARE: Final = 0.1
"""So many of the exchanges need a sibling to teach rewording."""
CLAUSE: Final = 0.88
"""Nearness of an exchange to a clause of what was said counts so much of that to all of it."""
_COPY_WORDS: Final = 4
_NEAREST: Final = 40
_BRACKET: Final = re.compile(r"\[[^\]]*\]?")
_SLOT: Final = re.compile(r"\{[^{}]*\}?")
_TAGGED = re.compile(r"^\s*\[([a-z_]{1,30})\]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words to speak, begun by a gesture."""

    text: str
    gesture: str | None = None

    @staticmethod
    def parse(written: str) -> "Line":
        """Read ``[gesture] words``, or plain words."""
        match = _TAGGED.match(written)
        if match is None:
            return Line(text=written.strip())
        return Line(text=written[match.end() :].strip(), gesture=match.group(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One written exchange."""

    player: str
    reply: Line
    kind: str | None
    """Kind of the player's turn, where the writer told it."""
    mood: str
    act: str
    nouns: frozenset[str]
    """Nouns of places in the reply: it fits only where these are in view."""
    says_way: bool
    """The reply names the way out of its own scene, so it fits no other."""
    place: str = ""
    """Where it is said."""
    way: str = ""
    """The way out of its scene, in words."""
    earlier: tuple[tuple[str, str], ...] = ()
    """What player and character said before in the same conversation, oldest first."""
    joke: str = ""
    """Same for an exchange and its siblings: the same joke in other words or on other occasions."""
    talk: str = ""
    """Same for all exchanges of a conversation and their siblings."""

    @property
    def before(self) -> str | None:
        """What the character said just before, when the exchange goes on from there."""
        return self.earlier[-1][1] if self.earlier else None


class Dialogue:
    """A character's written exchanges, searchable by what the player said."""

    def __init__(self, told: Sequence[Told]) -> None:
        self.told = tuple(told)
        self._grams: dict[tuple[str, ...], list[int]] = {}
        for number, one in enumerate(self.told):
            for gram in set(grams(plain(one.reply.text), _COPY_WORDS)):
                self._grams.setdefault(gram, []).append(number)

        counts = Counter(word for one in self.told for word in set(words(f"{one.player} {one.reply.text}")))
        self._unknown = math.log(1 + len(self.told))
        self._rarity = {word: math.log(len(self.told) / count) for word, count in counts.items()}

        self._answers: dict[str, list[Told]] = {}
        for one in self.told:
            self._answers.setdefault(one.player, []).append(one)
        sayings = list(self._answers)
        self._sayings = sayings
        self._index = Index(sayings)
        self._meaning = MeaningIndex(sayings, lambda word: self._rarity.get(word, self._unknown))

        jokes = Counter(one.joke for one in self.told)
        told_otherwise = sum(count > 1 for count in jokes.values())
        self.reworded_share = told_otherwise / max(1, len(jokes))
        """Share (0 to 1) of the exchanges that have a sibling."""
        self.teaches_rewording = self.reworded_share >= REWORDED_SHARE
        """Whether a model can have learned from it to say a written line in other words."""

    def __len__(self) -> int:
        return len(self.told)

    def near(self, saying: str) -> list[tuple[Told, float]]:
        """Exchanges that begin with one of the `_NEAREST` sayings likest to ``saying`` or to a clause of it,
        nearest first, with nearness 0 to 1: half of it the words and how they are spelt, half what they
        mean."""
        near = self._near(saying)
        for clause in clauses(saying):
            near = np.maximum(near, CLAUSE * self._near(clause))
        return [
            (told, float(near[i]))
            for i in (-near).argsort(kind="stable")[:_NEAREST]
            for told in self._answers[self._sayings[i]]
        ]

    def _near(self, saying: str) -> Floats:
        return np.asarray(0.5 * (self._index.near(saying) + self._meaning.near(saying)), dtype=np.float32)

    def copied(self, saying: str) -> float:
        """Share (0 to 1) of the saying's runs of four words that stand in one written reply."""
        found = set(grams(plain(saying), _COPY_WORDS))
        hits = Counter(number for gram in found for number in self._grams.get(gram, ()))
        return max(hits.values(), default=0) / len(found) if found else 0.0


def load_dialogue(
    folder: Path,
    *,
    gestures: frozenset[str],
    acts: frozenset[str],
    unseen: Sequence[str],
    place_nouns: Sequence[str],
    honest: bool = False,
) -> tuple[Dialogue, tuple[str, ...]]:
    """The exchanges of all screenplays (``*.txt``) in a folder, by file name, and a note for each that was
    left out because the character could never say it: an ``honest`` one may speak of software. A missing
    folder is an empty dialogue. Raises PersonalityError for a malformed line."""
    context = Context(heard="", unseen=unseen, out_of_role=not honest)
    told: list[Told] = []
    notes: list[str] = []
    for path in sorted(folder.glob("*.txt")):
        for conversation in read_screenplay(path, acts):
            for one, where in _told(conversation, gestures, place_nouns):
                why = failed(one.reply.text, context)
                if why is None:
                    told.append(one)
                else:
                    notes.append(f"{where}: {why}: {one.reply.text}")
            if len(told) > MAX_EXCHANGES:
                raise PersonalityError(f"{folder.name}: more than {MAX_EXCHANGES} exchanges.")
    return Dialogue(told), tuple(notes)


def _told(
    conversation: Conversation, gestures: frozenset[str], place_nouns: Sequence[str]
) -> Iterator[tuple[Told, str]]:
    """The exchanges of a conversation with their siblings, each with where it stands."""
    first = conversation.pairs[0]
    earlier: list[tuple[str, str]] = []
    for pair in conversation.pairs:
        line = _line(pair.where, pair.reply, gestures)
        one = Told(
            player=pair.player,
            reply=line,
            kind=pair.kind,
            mood=conversation.mood,
            act=pair.act,
            nouns=_nouns(line, place_nouns),
            says_way=pair.act in SPEAKS_OF_WAY and bool(plain(conversation.way)),
            place=conversation.place,
            way=conversation.way,
            earlier=tuple(earlier),
            joke=f"{pair.player}\n{line.text}",
            talk=f"{first.player}\n{Line.parse(first.reply).text}",
        )
        yield one, pair.where
        for sibling in pair.siblings:
            other = _line(sibling.where, sibling.reply, gestures)
            yield (
                replace(one, player=sibling.player, reply=other, nouns=_nouns(other, place_nouns)),
                sibling.where,
            )
        earlier.append((pair.player, line.text))


def _line(where: str, written: str, gestures: frozenset[str]) -> Line:
    line = Line.parse(written)
    if line.gesture is not None and line.gesture not in gestures:
        raise PersonalityError(
            f"{where}: gesture '{line.gesture}' is not one of the personality's "
            f"({', '.join(sorted(gestures))})."
        )
    if (tag := _BRACKET.match(line.text)) is not None:
        raise PersonalityError(
            f"{where}: expected a gesture such as [come_close], found '{tag.group(0)[:40]}'."
        )
    if (slot := _SLOT.search(line.text)) is not None:
        raise PersonalityError(
            f"{where}: expected words, found '{slot.group(0)[:40]}'; slots stand in lines.toml only."
        )
    if not line.text:
        raise PersonalityError(f"{where}: expected words behind the gesture, found none.")
    return line


def _nouns(line: Line, place_nouns: Sequence[str]) -> frozenset[str]:
    return frozenset(plain(line.text).split()) & frozenset(place_nouns)
