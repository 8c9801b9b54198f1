"""What a reply may be made of: a few words handed to a small model that speaks well and thinks little.

Planning a line before writing it (plan-and-write, Yao et al. 2019) helps where a model cannot hold a thought:
told to use "plate" and "dinner" it speaks of them, and the rest of the sentence follows. One word is the
player's own, so that the reply is about what was said; the others come from what the writer once answered to
something like it, put together anew.
"""

import random
import re
from collections.abc import Sequence
from typing import Final

from npc.contract import Question
from npc.dialogue import Dialogue, Told
from npc.policy import Decision
from npc.text import content_words, stem, stems, words
from npc.topic import topic

MOST: Final = 3
"""Words of one plan."""
NEAR: Final = 0.22
"""Nearness from which a written exchange may lend words."""
LENDERS: Final = 4
"""Nearest exchanges of which one lends."""
_HOOKED: Final = 0.8
"""How often the player's own word stands in a plan."""
_COUNTS: Final = (0.15, 0.35, 0.35, 0.15)
"""How often a plan to learn from holds no, one, two, three words: a model must speak without one too."""
_NAMED: Final = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")


def of_reply(text: str, player: str, rng: random.Random) -> tuple[str, ...]:
    """A plan that would have led to a written reply: some of the words that carry it, those that it took
    from the player first of all, in any order."""
    there = list(dict.fromkeys(content_words(text)))
    heard = stems(player)
    weights = [3.0 if stem(word) in heard else 1.0 for word in there]
    count = min(rng.choices(range(len(_COUNTS)), _COUNTS)[0], len(there))
    drawn: list[str] = []
    for _ in range(count):
        index = rng.choices(range(len(there)), weights)[0]
        drawn.append(there.pop(index))
        weights.pop(index)
    return tuple(drawn)


def for_reply(
    dialogue: Dialogue,
    question: Question,
    decision: Decision,
    *,
    barred: frozenset[str],
) -> tuple[str, ...]:
    """A plan for the reply to a question; empty where nothing like it was written and nothing in it can be
    taken up. ``barred`` are words that may not be spoken here."""
    rng = random.Random(f"ideas:{question.seed}:{question.turn}:{question.text}")
    if decision.say:
        return decision.say
    plan: list[str] = []
    hook = hook_of(question.text, dialogue)
    if hook is not None and hook not in barred and rng.random() < _HOOKED:
        plan.append(hook)
    lender = _lender(dialogue, question, decision, rng)
    if lender is not None:
        lent = [
            word
            for word in _own_words(lender)
            if word not in barred and word != hook and stem(word) not in stems(question.text)
        ]
        lent.sort(key=lambda word: -dialogue.rarity(word) - rng.random())
        plan += lent[: MOST - 1 if plan else 2]
    return tuple(plan)


def hook_of(text: str, dialogue: Dialogue) -> str | None:
    """The word of the player's that a reply is best made of, or None."""
    about = topic(text)
    if about is not None:
        return about.word
    there = [word for word in content_words(text) if len(word) > 2]
    return max(there, key=dialogue.rarity, default=None)


def _lender(dialogue: Dialogue, question: Question, decision: Decision, rng: random.Random) -> Told | None:
    found: list[tuple[float, Told]] = []
    said = [exchange.reply for exchange in question.history]
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
    return rng.choices(
        [told for _, told in found], [max(0.05, 1.0 - 4.0 * (best - fit)) for fit, _ in found]
    )[0]


def _own_words(told: Told) -> list[str]:
    """Words that carry a written reply and are not its player's: the joke, without what it was made on."""
    theirs = stems(told.player)
    names = {word.lower() for word in _NAMED.findall(told.reply.text)}
    return [
        word
        for word in dict.fromkeys(content_words(told.reply.text))
        if stem(word) not in theirs and word not in names and len(word) > 2
    ]


def used(text: str, plan: Sequence[str]) -> float:
    """Share (0 to 1) of a plan's words that a reply speaks of; 1 without a plan."""
    there = {stem(word) for word in words(text)}
    return sum(stem(word) in there for word in plan) / len(plan) if plan else 1.0
