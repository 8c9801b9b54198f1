"""Written dialogue as examples to learn from, in the very form in which the model is asked later."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from npc.dialogue import Told
from npc.past import SPEAKS_OF_WAY
from npc.personality import Personality
from npc.script import CUT, NOTHING_SAID, REMEMBERED, continuation, script_of_turn, voiced_prompt

HELD_OUT_SHARE: Final = 0.05
"""Share of the dialogues that are kept from training, to see how well it goes with lines never read."""
CUT_SHARE: Final = 0.08
"""Share of the earlier replies that are learned from as if they had been cut off."""
REWORDED: Final = 0.9
"""Share of the replies with another wording that are learned as a rewording of it. A model must speak without
a written line, too."""
ADAPTED: Final = 0.25
"""Share of the other replies with siblings that are learned from the joke as told on another occasion. Such
a pair seldom has a word in common: with too many of them a model learns to look past the written line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One reply: ``script`` goes before it, ``reply`` is what is to be learned."""

    script: str
    reply: str
    player: str
    """What was said, as the script has it."""
    key: str
    """Same for all replies of one dialogue."""


def examples_of(personality: Personality, *, draw: int = 0, worded: bool = True) -> list[Example]:
    """Every written reply that the character may say, with what went before it, each as another wording of
    one of its siblings. Each ``draw`` chooses other siblings; ``worded`` False takes none. What it could
    never say is not among them: `npc.dialogue.load_dialogue` has left that out, with a note."""
    jokes: dict[str, list[Told]] = {}
    for told in personality.dialogue.told:
        jokes.setdefault(told.joke, []).append(told)
    return [
        _example(
            personality, told, [one for one in jokes[told.joke] if one is not told], draw if worded else None
        )
        for told in personality.dialogue.told
    ]


def _example(personality: Personality, told: Told, siblings: Sequence[Told], draw: int | None) -> Example:
    like = ""
    earlier: Sequence[tuple[str, str]] = told.earlier[-REMEMBERED:]
    if draw is not None:
        rng = random.Random(f"like:{draw}:{told.player}:{told.reply.text}")
        like = _like(told, siblings, rng)
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
    )


def _like(told: Told, siblings: Sequence[Told], rng: random.Random) -> str:
    """The line that a reply rewords; empty for none."""
    wordings = [one for one in siblings if one.player == told.player]
    from_these, share = (wordings, REWORDED) if wordings else (siblings, ADAPTED)
    return rng.choice(from_these).reply.text if from_these and rng.random() < share else ""


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
