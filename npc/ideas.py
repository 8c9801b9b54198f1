"""What a reply may be made of: a plan handed to a small model that speaks well and thinks little.

Starting from something written before (retrieve and refine, Weston et al. 2018) helps where a model cannot
hold a thought. A plan holds the line that the character's writer would have answered with, for the model to
say in other words and on this occasion; and a word of the player's, so that the reply is about what was said.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from npc.contract import Question
from npc.dialogue import Dialogue, Told
from npc.policy import Decision
from npc.text import content_words, stem, stems, words
from npc.topic import topic

_LEARN_LIKE: Final = 0.85
_LEARN_HOOK: Final = 0.5
"""How often a plan to learn from holds a sibling where there is one, and a hook: a model must speak without
either, too."""
_HOOKED: Final = 0.6
"""How often a plan names the player's own word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a reply may be made of."""

    hooks: tuple[str, ...] = ()
    """Words of the player's, to be taken up."""
    like: str = ""
    """What was once written for such an occasion."""

    def used(self, text: str) -> float:
        """Share (0 to 1) of the plan that a reply speaks of; 1 without a plan."""
        there = {stem(word) for word in words(text)}
        wanted = [*self.hooks, *content_words(self.like)]
        return sum(stem(word) in there for word in wanted) / len(wanted) if wanted else 1.0


def of_reply(told: Told, siblings: Sequence[Told], rng: random.Random) -> Plan:
    """A plan that would have led to a written reply. ``siblings`` hold the same joke in other words."""
    heard = stems(told.player)
    taken_up = [word for word in dict.fromkeys(content_words(told.reply.text)) if stem(word) in heard]
    hooks = tuple(word for word in taken_up[:2] if rng.random() < _LEARN_HOOK)
    like = ""
    if siblings and rng.random() < _LEARN_LIKE:
        like = rng.choice(siblings).reply.text
    return Plan(hooks=hooks, like=like)


def for_reply(
    dialogue: Dialogue, question: Question, decision: Decision, *, like: str, barred: frozenset[str]
) -> Plan:
    """A plan for the reply to a question. ``like`` is the written line that stands ready; ``barred`` are
    words that may not be spoken here."""
    if decision.say or decision.facts:
        return Plan(hooks=decision.say)  # there is something to be said: nothing else is to be worked in
    rng = random.Random(f"plan:{question.seed}:{question.turn}:{question.text}")
    hook = hook_of(question.text, dialogue)
    hooked = hook is not None and hook not in barred and rng.random() < _HOOKED
    return Plan(hooks=(hook,) if hooked and hook is not None else (), like=like)


def hook_of(text: str, dialogue: Dialogue) -> str | None:
    """The word of the player's that a reply is best made of, or None."""
    about = topic(text)
    there = [word for word in content_words(text) if len(word) > 2]

    def worth(word: str) -> float:
        named = about is not None and word == about.word
        return dialogue.taken_up(word) * (1.0 + named) * (1.0 + dialogue.rarity(word))

    return max(there, key=worth, default=None)
