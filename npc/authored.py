"""The right written line for a turn: made for it, near to it in meaning, or taking up a word of it."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from npc.contract import Perception, Question
from npc.dialogue import Line, Told
from npc.kinds import Kind
from npc.personality import Personality
from npc.policy import Decision
from npc.text import likeness, plain, stems, words
from npc.topic import topic
from npc.trust import BANDS

STRONG: Final = 0.62
"""Nearness from which a written exchange is as good as made for this turn."""
WEAK: Final = 0.50
"""Nearness below which a written exchange speaks of something else."""
_SHARED: Final = 0.5
"""Share of topic words that a less than strongly near exchange must have in common, where only words tell
nearness."""
_BROKEN: Final = 0.12
"""What it costs an exchange that its joke is made of a word that the player did not say."""
_KEPT: Final = 0.03
"""What it is worth that the joke's word was said."""
_MOST_WORDS: Final = 2
_FAR: Final = 0.10
"""What an exchange from two moods away is worth less."""
_TELLING: Final = 3
"""So many topic words tell a joke from others."""
_SAME_JOKE: Final = 0.67
"""Share of topic words from which a line is the same joke as another."""
_FEW_WORDS: Final = 4
_SAME_WORDS: Final = 0.6
"""Share of all words, of two lines with more than a few, from which they are the same."""
RIFF_SHARE: Final = 0.6
"""How often an insult's own noun is thrown back."""
_FACT_ACTS: Final = frozenset({"lead", "tell_way", "hint", "test"})
"""Acts that promise something of one scene or dare what cannot be checked here."""
_RIFF_KINDS: Final = frozenset({Kind.ABOUT_PLAYER, Kind.OFF_TOPIC, Kind.NONSENSE})
_SENTENCE_START: Final = re.compile(r"(^|[.!?]\s+|\.\.\.\s*)([a-z])")
_ARTICLE: Final = re.compile(r"^(?:the|an|a)\s+", re.IGNORECASE)
_ARTICLE_SLOT: Final = re.compile(r"\b([Aa]) (\{word\})")
_MARKS: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A written line, filled in."""

    line: Line
    why: str
    """Where it came from, for the trace."""
    fit: float
    """0 to 1: how surely it speaks of what was said."""


def slots_of(question: Question, decision: Decision) -> dict[str, str]:
    """What the slots of a line stand for in this turn; a slot that stands for nothing is missing."""
    perception: Perception = question.perception
    result = {
        "place": perception.place,
        "camera": "The camera is on." if perception.camera_on else "The camera is off.",
        "recording": (
            "This is being recorded, into a file on this machine."
            if perception.recording
            else "Nothing is being recorded."
        ),
    }
    if decision.facts:
        way = decision.facts[0]
        side, _, sign = way.partition(",")
        result |= {"way": way, "way_side": side.strip(), "way_sign": _ARTICLE.sub("", (sign or side).strip())}
    about = topic(question.text)
    if about is not None:
        result |= {"word": about.word, "Word": about.word.capitalize()}
    if decision.name is not None:
        result["name"] = decision.name
    return result


def fill(line: Line, slots: dict[str, str]) -> Line | None:
    """The line with its slots filled, or None when one of them stands for nothing here."""
    if any(slot not in slots for slot in _MARKS.findall(line.text)):
        return None

    def filled(text: str) -> str:
        text = _MARKS.sub(lambda match: slots[match.group(1)], _ARTICLE_SLOT.sub(_article(slots), text))
        return _SENTENCE_START.sub(lambda m: m.group(1) + m.group(2).upper(), text)

    return replace(line, text=filled(line.text), marked=filled(line.marked))


def _article(slots: Mapping[str, str]) -> str:
    return r"\1n \2" if slots.get("word", "")[:1] in tuple("aeiou") else r"\1 \2"


def keyed(personality: Personality, key: str, mood: str) -> list[Line]:
    """Lines of a key for a mood: its own and those for any; else those of the nearest mood."""
    lines = personality.lines
    own = [*lines.get(f"{key}.{mood}", ()), *lines.get(f"{key}.any", ()), *lines.get(key, ())]
    if own or mood not in BANDS:
        return own
    here = BANDS.index(mood)
    nearest = sorted(BANDS, key=lambda name: abs(BANDS.index(name) - here))
    return next((list(found) for name in nearest if (found := lines.get(f"{key}.{name}"))), [])


def was_said(written_line: str, filled: str, earlier: Sequence[str]) -> bool:
    """Whether a line was spoken this evening (``earlier`` is plain): be it only its beginning, with other
    words in its slots, or the same joke in other words."""
    said = plain(filled)
    fixed = max((plain(part) for part in _MARKS.split(written_line)[::2]), key=len, default="")
    telling = len(stems(filled)) >= _TELLING
    return any(
        said[:40] in before
        or (len(before) > 12 and before in said)
        or (len(fixed) >= 14 and fixed in before)
        or (telling and likeness(said, before) >= _SAME_JOKE)
        or _same_words(said, before)
        for before in earlier
    )


def _same_words(said: str, before: str) -> bool:
    """For a joke without words that tell: "that's three, who gets the other two"."""
    mine, theirs = set(said.split()), set(before.split())
    return len(mine) >= _FEW_WORDS and len(mine & theirs) >= _SAME_WORDS * len(mine | theirs)


def _shares(text: str, other: str) -> bool:
    mine, theirs = stems(text), stems(other)
    return bool(mine & theirs) and len(mine & theirs) / len(mine | theirs) >= _SHARED


def _away(told: Told, mood: str) -> int:
    """Moods between the exchange's and this one."""
    return abs(BANDS.index(told.mood) - BANDS.index(mood)) if mood in BANDS else 0


def _fits_here(told: Told, mood: str, here: frozenset[str], farthest: int) -> bool:
    unfit = told.says_way or told.act in _FACT_ACTS or told.reworded
    return _away(told, mood) <= farthest and not unfit and told.nouns <= here


def anchored(told: Told, said: frozenset[str]) -> float:
    """Worth of the words of the player that the reply takes up: a joke about the van falls flat where no van
    was spoken of."""
    taken = stems(told.reply.text) & stems(told.player)
    kept = min(_MOST_WORDS, len(taken & said))
    broken = min(_MOST_WORDS, len(taken - said))
    return _KEPT * kept - _BROKEN * broken


def from_dialogue(personality: Personality, question: Question, decision: Decision) -> list[Candidate]:
    """Written exchanges near to this turn that fit its mood and place, best first."""
    here = frozenset(
        words(" ".join((question.perception.place, *question.perception.visible, question.text)))
    )
    found = []
    dialogue = personality.dialogue
    said = stems(question.text)
    for told, near in dialogue.near(question.text):
        if near < 0.2 or not _fits_here(told, decision.mood, here, 2 if dialogue.understands else 1):
            continue
        fit = near + 0.04 * (told.mood == decision.mood) + 0.06 * (told.act == decision.act)
        fit -= 0.12 * (told.before is not None)
        if dialogue.understands:
            fit += anchored(told, said) - _FAR * (_away(told, decision.mood) > 1)
        elif fit < STRONG and not _shares(question.text, told.player):
            continue
        found.append(Candidate(line=told.reply, why=f"dialogue: {told.player}", fit=fit))
    # Several wordings of one joke are equally near.
    rng = random.Random(f"wording:{question.seed}:{question.turn}")
    return sorted(rng.sample(found, len(found)), key=lambda candidate: -candidate.fit)


def _shuffled(lines: Sequence[Line], rng: random.Random) -> list[Line]:
    return rng.sample(list(lines), len(lines))


def written(personality: Personality, question: Question, decision: Decision) -> Iterator[Candidate]:
    """Every written line that may answer this turn, best first, filled in; lines used this evening come
    last. Never ends without a line where the personality has any for the act."""
    rng = random.Random(f"written:{personality.key}:{question.seed}:{question.turn}:{question.text}")
    slots = slots_of(question, decision)
    earlier = [plain(exchange.reply) for exchange in question.history if exchange.reply]
    later: list[Candidate] = []

    def fresh(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
        for candidate in candidates:
            line = fill(candidate.line, slots)
            if line is None:
                continue
            ready = Candidate(line=line, why=candidate.why, fit=candidate.fit)
            if was_said(candidate.line.text, line.text, earlier):
                later.append(ready)
            else:
                yield ready

    def of_key(key: str, fit: float) -> list[Candidate]:
        return [
            Candidate(line=line, why=key, fit=fit)
            for line in _shuffled(keyed(personality, key, decision.mood), rng)
        ]

    near = [] if decision.made else from_dialogue(personality, question, decision)
    if decision.made and decision.keys:
        yield from fresh(of_key(decision.keys[0], 1.0))
    yield from fresh([candidate for candidate in near if candidate.fit >= STRONG])
    about = topic(question.text)
    riff_it = about is not None and about.sure and not about.plural and rng.random() < RIFF_SHARE
    if (
        riff_it
        and decision.kind is Kind.INSULT
        and not decision.made
        and "insult_again" not in decision.events
    ):
        yield from fresh(of_key("riff.insult", 0.6))
    for key in decision.keys:
        yield from fresh(of_key(key, 0.6))
    yield from fresh([candidate for candidate in near if WEAK <= candidate.fit < STRONG])
    if about is not None and decision.kind in _RIFF_KINDS:
        key = "riff.things" if about.plural else "riff.thing"
        riffs = of_key(key, 0.45)
        yield from fresh(riffs)
    yield from fresh(of_key(f"act.{decision.act}", 0.2))
    for key in ("act.tease", "act.deflect", "act.small_talk"):
        if not decision.facts:
            yield from fresh(of_key(key, 0.1))
    yield from later


def line_of(personality: Personality, key: str, slots: dict[str, str], rng: random.Random) -> Line | None:
    """One line of a key ("theft", or "reply.greeting" with its moods), filled in, or None."""
    found = keyed(personality, key, "wary")
    ready = [line for line in (fill(line, slots) for line in found) if line is not None]
    return rng.choice(ready) if ready else None
