"""What a reply may be made of: a plan handed to a small model that speaks well and thinks little.

Planning a line before writing it (plan-and-write, Yao et al. 2019) and starting from something written before
(retrieve and refine, Weston et al. 2018) help where a model cannot hold a thought. A plan names a word of the
player's, so that the reply is about what was said, and lends a few words in a row of what the writer once
answered to something like it: the turn of the joke, without what it was made on.
"""

import random
import re
from dataclasses import dataclass
from typing import Final

from npc.contract import Question
from npc.dialogue import Dialogue, Told
from npc.policy import Decision
from npc.text import STOP_WORDS, content_words, stem, stems, words
from npc.topic import topic

NEAR: Final = 0.45
"""Nearness from which a written exchange may lend words."""
LENDERS: Final = 4
"""Nearest exchanges of which one lends."""
FEWEST: Final = 2
MOST: Final = 5
"""Words in a row that are lent."""
SHARE: Final = 0.6
"""Of a written reply no more than this is lent."""
_HOOKED: Final = 0.85
"""How often a plan names the player's own word."""
_LEARN_HOOK: Final = 0.7
_LEARN_PHRASE: Final = 0.55
"""How often a plan to learn from has a hook where there is one, and a phrase: a model must speak without
either, too."""
_WORD: Final = re.compile(r"[\w']+")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_NAMED: Final = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a reply may be made of."""

    hooks: tuple[str, ...] = ()
    """Words of the player's, to be taken up."""
    phrase: str = ""
    """Some words in a row, to be worked in; small letters, no marks."""

    def __bool__(self) -> bool:
        return bool(self.hooks or self.phrase)

    def used(self, text: str) -> float:
        """Share (0 to 1) of the plan that a reply speaks of; 1 without a plan."""
        there = {stem(word) for word in words(text)}
        wanted = [*self.hooks, *content_words(self.phrase)]
        return sum(stem(word) in there for word in wanted) / len(wanted) if wanted else 1.0


def of_reply(text: str, player: str, rng: random.Random) -> Plan:
    """A plan that would have led to a written reply."""
    heard = stems(player)
    taken_up = [word for word in dict.fromkeys(content_words(text)) if stem(word) in heard]
    hooks = tuple(word for word in taken_up[:2] if rng.random() < _LEARN_HOOK)
    phrase = ""
    if rng.random() < _LEARN_PHRASE:
        lent = _phrases(text)
        phrase = rng.choice(lent) if lent else ""
    return Plan(hooks=hooks, phrase=phrase)


def for_reply(dialogue: Dialogue, question: Question, decision: Decision, *, barred: frozenset[str]) -> Plan:
    """A plan for the reply to a question; empty where nothing like it was written and nothing in it can be
    taken up. ``barred`` are words that may not be spoken here."""
    if decision.say or decision.facts:
        return Plan(hooks=decision.say)  # there is something to be said: nothing else is to be worked in
    rng = random.Random(f"plan:{question.seed}:{question.turn}:{question.text}")
    hook = hook_of(question.text, dialogue)
    hooks = (hook,) if hook is not None and hook not in barred and rng.random() < _HOOKED else ()
    lender = _lender(dialogue, question, decision, rng)
    return Plan(hooks=hooks, phrase=_lent(lender, dialogue, question, barred, rng) if lender else "")


def hook_of(text: str, dialogue: Dialogue) -> str | None:
    """The word of the player's that a reply is best made of, or None."""
    about = topic(text)
    there = [word for word in content_words(text) if len(word) > 2]

    def worth(word: str) -> float:
        named = about is not None and word == about.word
        return dialogue.taken_up(word) * (1.0 + named) * (1.0 + dialogue.rarity(word))

    return max(there, key=worth, default=None)


def _phrases(text: str) -> list[str]:
    """All runs of words of a reply that a plan may lend: within a sentence, with something to say."""
    longest = min(MOST, int(SHARE * len(_WORD.findall(text))))
    found = []
    for sentence in _SENTENCE.split(text):
        there = _WORD.findall(sentence.lower())
        for length in range(FEWEST, longest + 1):
            for at in range(len(there) - length + 1):
                run = there[at : at + length]
                if any(word.replace("'", "") not in STOP_WORDS for word in run):
                    found.append(" ".join(run))
    return found


def _lender(dialogue: Dialogue, question: Question, decision: Decision, rng: random.Random) -> Told | None:
    """A written exchange like this one, whose reply was not said this evening."""
    said = [exchange.reply for exchange in question.history]
    found: list[tuple[float, Told]] = []
    for told, near in dialogue.near(question.text)[:60]:
        if near < NEAR:
            break
        if told.says_way or any(told.reply.text in reply for reply in said):
            continue
        fit = near + 0.06 * (told.kind == decision.kind) + 0.05 * (told.act == decision.act)
        fit += 0.04 * (told.mood == decision.mood) - 0.05 * (told.before is not None)
        found.append((fit, told))
    found.sort(key=lambda one: -one[0])
    found = found[:LENDERS]
    if not found:
        return None
    # The nearest most often, the others for variety.
    best = found[0][0]
    weights = [max(0.05, 1.0 - 4.0 * (best - fit)) for fit, _ in found]
    return rng.choices([told for _, told in found], weights)[0]


def _lent(
    lender: Told, dialogue: Dialogue, question: Question, barred: frozenset[str], rng: random.Random
) -> str:
    """The telling words in a row of a written reply, without what it took from its own player."""
    here = stems(question.text)
    theirs = stems(lender.player) - here
    names = {word.lower() for word in _NAMED.findall(lender.reply.text)}

    def fits(phrase: str) -> bool:
        there = words(phrase)
        return len(there) >= 3 and not any(
            word in barred or word in names or stem(word) in theirs for word in there
        )

    def telling(phrase: str) -> float:
        return sum(dialogue.rarity(word) for word in content_words(phrase)) + 2.0 * rng.random()

    return max(filter(fits, _phrases(lender.reply.text)), key=telling, default="")
