"""Examples as numbers: token ids, what of them is learned, and batches of like length. Pure."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from npc.training.data import Example

MAX_TOKENS: Final = 256
"""Of one example; what is older falls off its front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """One example as token ids."""

    ids: tuple[int, ...]
    learned: int
    """So many at the end are the reply; the rest is only read."""


def tokens_of(example: Example, encode: Callable[[str], list[int]]) -> Tokens:
    """The example's tokens. The script and the reply are encoded apart, as they are at run time."""
    reply = encode(example.reply)[:MAX_TOKENS]
    script = encode(example.script)
    room = MAX_TOKENS - len(reply)
    return Tokens(ids=(*script[max(0, len(script) - room) :], *reply), learned=len(reply))


def batches(items: Sequence[Tokens], size: int, *, seed: int | None) -> list[list[Tokens]]:
    """Batches of ``size``, alike in length so that little is padded, in random order; ``seed`` None keeps
    the order of length."""
    if seed is None:
        ordered = sorted(items, key=lambda one: len(one.ids))
        return [ordered[i : i + size] for i in range(0, len(ordered), size)]
    rng = random.Random(seed)
    # A little noise in the length mixes the batches anew in every epoch.
    ordered = sorted(items, key=lambda one: len(one.ids) + rng.uniform(-4, 4))
    cut = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    rng.shuffle(cut)
    return cut
