"""Written dialogue as examples to learn from, in the very form in which the model is asked later."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from npc.dialogue import REWORDED_SHARE, Told
from npc.past import SPEAKS_OF_WAY
from npc.personality import Personality
from npc.script import CUT, NOTHING_SAID, REMEMBERED, continuation, script_of_turn, voiced_prompt
from npc.wording import COPIED, wordings

HELD_OUT_SHARE: Final = 0.05
"""Share of the dialogues that are kept from training, to see how well it goes with lines never read."""
CUT_SHARE: Final = 0.08
"""Share of the earlier replies that are learned from as if they had been cut off."""
HANDED: Final = 0.95
"""Share of the replies with other words that are learned with these in hand. A model must speak without a
written line, too."""
AS_IT_STANDS: Final = 0.75
"""Share of those, where the words in hand may be spoken, that are learned as they stand; the rest in still
other words."""
BESIDES: Final = 0.25
"""So many replies without another wording are learned beside those with one, as a share of these."""
LESSON: Final = 9_000
"""Replies that one epoch learns from at most: enough for the manner, and an epoch has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One reply: ``script`` goes before it, ``reply`` is what is to be learned."""

    script: str
    reply: str
    player: str
    """What was said, as the script has it."""
    key: str
    """Same for all replies of one dialogue."""
    worded: bool = False
    """The reply is written in other words as well."""


def examples_of(personality: Personality, *, draw: int = 0, worded: bool = True) -> list[Example]:
    """Every written reply that the character may say, with what went before it: in the light wordings that
    the game hands to the model, said as they stand or in still other words; where it has none, as another
    wording of what is written for the same words of the player. Each ``draw`` chooses other wordings;
    ``worded`` False takes none. What it could never say is not among them: `npc.dialogue.load_dialogue` has
    left that out, with a note."""
    dialogue = personality.dialogue
    return [
        _example(
            personality, told, [one.reply.text for one in dialogue.wordings(told)], draw if worded else None
        )
        for told in dialogue.told
    ]


def lesson(examples: Sequence[Example], draw: int) -> list[Example]:
    """What one epoch learns from. Where rewording is taught, that is all replies with another wording and,
    for the voice, some of the others, in each ``draw`` different ones; else all there are."""
    rng = random.Random(f"lesson:{draw}")
    worded = [one for one in examples if one.worded]
    if len(worded) < REWORDED_SHARE * len(examples):
        return _some(examples, LESSON, rng)
    worded = _some(worded, round(LESSON / (1.0 + BESIDES)), rng)
    others = [one for one in examples if not one.worded]
    return [*worded, *_some(others, round(BESIDES * len(worded)), rng)]


def _some(examples: Sequence[Example], most: int, rng: random.Random) -> list[Example]:
    return list(examples) if len(examples) <= most else rng.sample(examples, most)


def _example(personality: Personality, told: Told, others: Sequence[str], draw: int | None) -> Example:
    like, reply = "", told.reply.text
    worded = False
    earlier: Sequence[tuple[str, str]] = told.earlier[-REMEMBERED:]
    if draw is not None:
        rng = random.Random(f"like:{draw}:{told.player}:{told.reply.text}")
        light = [one.text for one in wordings(reply, others, marked=told.reply.marked, copied=COPIED)]
        worded = bool(light or others)
        if worded and rng.random() < HANDED:
            if light:
                like = rng.choice(light)
                reply = like if rng.random() < AS_IT_STANDS else rng.choice(light)
            else:
                like = rng.choice(others)
        earlier = [(said, _cut(before, rng)) for said, before in earlier]
    prompt = voiced_prompt(
        name=personality.name,
        place=told.place,
        mood=told.mood,
        act=told.act,
        way=told.way if told.act in SPEAKS_OF_WAY else "",
        like=like,
        earlier=earlier,
        player=told.player or NOTHING_SAID,
    )
    gesture = f"[{told.reply.gesture}] " if told.reply.gesture else ""
    return Example(
        script=script_of_turn(prompt),
        reply=continuation(gesture + reply),
        player=prompt.player,
        key=told.talk,
        worded=worded,
    )


def _cut(reply: str, rng: random.Random) -> str:
    """The reply, now and then as if the player had talked over it: it happens, and must not confuse."""
    there = reply.split()
    if len(there) < 4 or rng.random() >= CUT_SHARE:
        return reply
    return " ".join(there[: rng.randrange(2, len(there) - 1)]) + CUT


def held_out_keys(keys: Iterable[str], share: float = HELD_OUT_SHARE) -> frozenset[str]:
    """The dialogues, by `Example.key`, that are kept from training. A dialogue stays on its side when others
    are added, but among a few of them: of two or more at least one is held out and one is not; of fewer
    none."""
    digests = {key: hashlib.sha256(key.encode()).digest() for key in keys}
    low = sum(int.from_bytes(digest[:4], "big") < share * 2**32 for digest in digests.values())
    count = min(low or max(1, round(share * len(digests))), len(digests) - 1)
    return frozenset(sorted(digests, key=digests.__getitem__)[: max(0, count)])
