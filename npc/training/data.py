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

HELD_OUT_SHARE: Final = 0.05
"""Share of the dialogues that are kept from training, to see how well it goes with lines never read."""
CUT_SHARE: Final = 0.08
"""Share of the earlier replies that are learned from as if they had been cut off."""
REWORDED: Final = 0.95
"""Share of the replies with another wording that are learned as a rewording of it. A model must speak without
a written line, too."""
BESIDES: Final = 0.25
"""So many replies without another wording are learned beside those with one, as a share of these."""


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
    """Every written reply that the character may say, with what went before it, as another wording of what
    is written for the same words of the player. Each ``draw`` chooses other wordings; ``worded`` False takes
    none. What it could never say is not among them: `npc.dialogue.load_dialogue` has left that out, with a
    note."""
    dialogue = personality.dialogue
    return [
        _example(personality, told, dialogue.wordings(told), draw if worded else None)
        for told in dialogue.told
    ]


def lesson(examples: Sequence[Example], draw: int) -> list[Example]:
    """What one epoch learns from. Where rewording is taught, that is all replies with another wording and,
    for the voice, some of the others, in each ``draw`` different ones; else all there are."""
    worded = [one for one in examples if one.worded]
    if len(worded) < REWORDED_SHARE * len(examples):
        return list(examples)
    others = [one for one in examples if not one.worded]
    count = min(len(others), round(BESIDES * len(worded)))
    return [*worded, *random.Random(f"lesson:{draw}").sample(others, count)]


def _example(personality: Personality, told: Told, wordings: Sequence[Told], draw: int | None) -> Example:
    like = ""
    earlier: Sequence[tuple[str, str]] = told.earlier[-REMEMBERED:]
    if draw is not None:
        rng = random.Random(f"like:{draw}:{told.player}:{told.reply.text}")
        if wordings and rng.random() < REWORDED:
            like = rng.choice(wordings).reply.text
        earlier = [(said, _cut(reply, rng)) for said, reply in earlier]
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
        reply=continuation(gesture + told.reply.text),
        player=prompt.player,
        key=told.talk,
        worded=bool(wordings),
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
