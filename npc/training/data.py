"""Written dialogue as examples to learn from, in the very form in which the model is asked later."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from npc.personality import Personality
from npc.script import NOTHING_SAID, continuation, script_of_turn, voiced_prompt

HELD_OUT_SHARE: Final = 0.07
"""Share of the dialogues that are kept from training, to see how well it goes with lines never read."""
FACT_ACTS: Final = frozenset({"hint", "tell_way", "lead"})
"""Acts that may say the way out: only then is it in the prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One reply: ``script`` goes before it, ``reply`` is what is to be learned."""

    script: str
    reply: str
    without: str
    """The same script with nothing said by the player: what fits it as well, fits everything."""
    key: str
    """Same for all replies of one dialogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Examples to learn from and examples to judge by; no dialogue is in both."""

    learn: tuple[Example, ...]
    held_out: tuple[Example, ...]


def examples_of(personality: Personality) -> list[Example]:
    """Every written reply that the character may say, with what went before it."""
    found: list[Example] = []
    earlier: list[tuple[str, str]] = []
    key = ""
    for told in personality.dialogue.told:
        if not earlier or told.before != earlier[-1][1]:
            earlier, key = [], f"{told.player}\n{told.reply.text}"
        facts = (told.way,) if told.act in FACT_ACTS and told.way else ()
        prompt = voiced_prompt(
            name=personality.name,
            place=told.place,
            mood=told.mood,
            act=told.act or "answer",
            facts=facts,
            earlier=earlier,
            player=told.player,
        )
        gesture = f"[{told.reply.gesture}] " if told.reply.gesture else ""
        found.append(
            Example(
                script=script_of_turn(prompt),
                reply=continuation(gesture + told.reply.text),
                without=script_of_turn(replace(prompt, player=NOTHING_SAID)),
                key=key,
            )
        )
        earlier = [*earlier, (told.player, told.reply.text)]
    return found


def split(examples: Sequence[Example], share: float = HELD_OUT_SHARE) -> Split:
    """The examples, parted by dialogue; a dialogue stays in its part when others are added."""

    def is_held_out(example: Example) -> bool:
        digest = hashlib.sha256(example.key.encode()).digest()
        return int.from_bytes(digest[:4], "big") < share * 2**32

    return Split(
        learn=tuple(example for example in examples if not is_held_out(example)),
        held_out=tuple(example for example in examples if is_held_out(example)),
    )
