"""Written exchanges of a character: how it talks, shown rather than described."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from npc.checks import Context, failed
from npc.kinds import TRAINED, Kind, Votes
from npc.meaning import MeaningIndex
from npc.past import SPEAKS_OF_WAY
from npc.screenplay import Conversation, Marks, read_screenplay
from npc.tables import PersonalityError
from npc.text import Floats, Index, clauses, grams, plain, words
from npc.wording import choices

MAX_EXCHANGES: Final = 60_000
REWORDED_SHARE: Final = 0.1
"""So many of the exchanges need another wording to teach rewording."""
CLAUSE: Final = 0.88
"""Nearness of an exchange to a clause of what was said counts so much of that to all of it ..."""
MEANT_CLAUSE: Final = 0.82
"""... and less where what all of it means is known."""
MEANT: Final = 0.8
"""Weight of what a saying means beside its words: recognised speech is misspelt, not misworded."""
_LEVEL: Final = 0.04
"""Puts nearness in meaning on the scale of nearness in words."""
_VOTERS: Final = 16
_VOTES_FROM: Final = 0.25
"""Cosine below which a saying has no vote."""
_MOST_VOTES: Final = 1024
_MOST_COSINES: Final = 32
_COPY_WORDS: Final = 4
_NEAREST: Final = 48
BRACKET: Final = re.compile(r"\[[^\]]*\]?")
"""What stands in brackets at the beginning of a line's words: no gesture."""
_SLOT: Final = re.compile(r"\{[^{}]*\}?")
_TAGGED = re.compile(r"^\s*\[([a-z_]{1,30})\]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words to speak, begun by a gesture."""

    text: str
    gesture: str | None = None
    marked: str = ""
    """The words with their choices, where the writer marked them (`npc.wording.choices`)."""

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
    reworded: bool = False
    """It is another exchange's reply in other words: to learn from, and to mix with it."""

    @property
    def before(self) -> str | None:
        """What the character said just before, when the exchange goes on from there."""
        return self.earlier[-1][1] if self.earlier else None


class Encodes(Protocol):
    """What makes vectors of sayings (`npc.encoder`)."""

    def encode(self, sayings: Sequence[str]) -> Floats:
        """(n, d) float32, each row of length one."""
        ...


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
        self.sayings = tuple(self._answers)
        """What players say in it, each once."""
        self._index = Index(self.sayings)
        self._meaning = MeaningIndex(self.sayings, lambda word: self._rarity.get(word, self._unknown))
        self._encoder: Encodes | None = None
        self._vectors: Floats = np.zeros((0, 0), dtype=np.float32)
        self._has_vector: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._labelled = np.zeros(0, dtype=np.int64)
        self._labels: list[Kind] = []
        """Kinds of the sayings `_labelled`."""
        self._votes: dict[str, Votes] = {}
        self._cosines: dict[str, Floats] = {}

        self._wordings: dict[tuple[str, str], list[Told]] = {}
        for one in self.told:
            self._wordings.setdefault((one.joke, one.player), []).append(one)
        self._by_reply = {one.reply.text: one for one in self.told}
        worded = sum(
            len(found) > 1 or bool(one.reply.marked) for found in self._wordings.values() for one in found
        )
        self.reworded_share = worded / max(1, len(self.told))
        """Share (0 to 1) of the exchanges that are written in other words as well."""
        self.teaches_rewording = self.reworded_share >= REWORDED_SHARE
        """Whether a model can have learned from it to say a written line in other words."""

    def __len__(self) -> int:
        return len(self.told)

    def wordings(self, told: Told) -> list[Told]:
        """The exchanges that are the same in other words."""
        return [one for one in self._wordings[told.joke, told.player] if one is not told]

    def other_words(self, reply: str) -> list[str]:
        """A written reply in other words, as these are written, too; empty where there are none."""
        told = self._by_reply.get(reply)
        return [one.reply.text for one in self.wordings(told)] if told is not None else []

    def understand(self, encoder: "Encodes", vectors: Floats) -> None:
        """Be searched by what is meant: ``vectors`` are those of `sayings`, (n, d) float32, each of length
        one, or zero where there is none."""
        self._encoder, self._vectors = encoder, vectors
        self._has_vector = np.asarray(vectors.any(axis=1))
        rows, labels = [], []
        for row, saying in enumerate(self.sayings):
            told = next((one for one in self._answers[saying] if one.kind and one.before is None), None)
            if told is not None and self._has_vector[row] and told.kind in TRAINED:
                rows.append(row)
                labels.append(Kind(told.kind))
        self._labelled, self._labels = np.array(rows, dtype=np.int64), labels

    @property
    def understands(self) -> bool:
        """Whether it is searched by what is meant, not by words alone."""
        return self._encoder is not None

    def near(self, saying: str) -> list[tuple[Told, float]]:
        """Exchanges that begin with one of the `_NEAREST` sayings likest to ``saying`` or to a clause of it,
        nearest first, with nearness 0 to 1."""
        parts = [saying, *clauses(saying)]
        near = self._near(parts)
        for row in near[1:]:
            near[0] = np.maximum(near[0], (MEANT_CLAUSE if self.understands else CLAUSE) * row)
        return [
            (told, float(near[0][i]))
            for i in (-near[0]).argsort(kind="stable")[:_NEAREST]
            for told in self._answers[self.sayings[i]]
        ]

    def votes(self, saying: str) -> Votes | None:
        """What kinds of turn the sayings nearest in meaning are, by their writers; None where only words are
        known."""
        if self._encoder is None or not self._labelled.size or not plain(saying):
            return None
        if saying not in self._votes:
            if len(self._votes) >= _MOST_VOTES:
                self._votes.clear()
            near = self._meant(saying)[self._labelled]
            best = (-near).argsort(kind="stable")[:_VOTERS]
            weights = np.maximum(0.0, near[best] - _VOTES_FROM) ** 3
            shares: dict[Kind, float] = {}
            for row, weight in zip(best, weights / max(1e-9, float(weights.sum())), strict=True):
                kind = self._labels[row]
                shares[kind] = shares.get(kind, 0.0) + float(weight)
            self._votes[saying] = Votes(shares=tuple(sorted(shares.items())), nearness=float(near[best[0]]))
        return self._votes[saying]

    def _meant(self, saying: str) -> Floats:
        """Cosine with every saying: (sayings,) float32. Asked for several times in a turn."""
        if self._encoder is None:
            raise ValueError("the dialogue does not understand")
        if saying not in self._cosines:
            if len(self._cosines) >= _MOST_COSINES:
                self._cosines.clear()
            self._cosines[saying] = np.asarray(self._vectors @ self._encoder.encode([saying])[0], np.float32)
        return self._cosines[saying]

    def _near(self, parts: Sequence[str]) -> Floats:
        """(parts, sayings) float32."""
        by_words = np.stack([self._index.near(part) for part in parts])
        if self._encoder is None:
            known = np.stack([self._meaning.near(part) for part in parts])
            return np.asarray(0.5 * (by_words + known), dtype=np.float32)
        meant = np.maximum(np.stack([self._meant(part) for part in parts]), 0.0)
        both = MEANT * meant + (1.0 - MEANT) * by_words + _LEVEL
        return np.asarray(np.where(self._has_vector, both, by_words), dtype=np.float32)

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
            reply=_marked(line, pair.marks),
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
        told_of = {pair.player}
        for sibling in pair.siblings:
            other = _line(sibling.where, sibling.reply, gestures)
            yield (
                replace(
                    one,
                    player=sibling.player,
                    reply=_marked(other, sibling.marks),
                    nouns=_nouns(other, place_nouns),
                    reworded=sibling.player in told_of,
                ),
                sibling.where,
            )
            told_of.add(sibling.player)
        earlier.append((pair.player, line.text))


def _line(where: str, written: str, gestures: frozenset[str]) -> Line:
    line = Line.parse(written)
    if line.gesture is not None and line.gesture not in gestures:
        raise PersonalityError(
            f"{where}: gesture '{line.gesture}' is not one of the personality's "
            f"({', '.join(sorted(gestures))})."
        )
    if (tag := BRACKET.match(line.text)) is not None:
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


def _marked(line: Line, marks: Marks | None) -> Line:
    """The line with its marks. Raises PersonalityError for those of another."""
    if marks is None:
        return line
    spoken = Line.parse(marks.text)
    if spoken.gesture not in (None, line.gesture):
        raise PersonalityError(
            f"{marks.where}: expected the reply above with its gesture or none, found '[{spoken.gesture}]'."
        )
    try:
        own = next(iter(choices(spoken.text)))
    except ValueError as error:
        raise PersonalityError(f"{marks.where}: {error}.") from None
    if own != line.text:
        raise PersonalityError(
            f"{marks.where}: expected that the first choices give the reply above, '{line.text[:60]}', "
            f"found '{own[:60]}'."
        )
    return replace(line, marked=spoken.text)


def _nouns(line: Line, place_nouns: Sequence[str]) -> frozenset[str]:
    return frozenset(plain(line.text).split()) & frozenset(place_nouns)
