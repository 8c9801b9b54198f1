"""How well a model expects what was written: its loss on lines never read, and whether replies fit."""

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from npc.training.batches import Tokens, batches, tokens_of
from npc.training.data import Example
from npc.training.lora import Adapted, needed

FIT_LINES: Final = 200
FIT_AGAINST: Final = 4
"""Other replies that the true one has to beat."""


def encoder(adapted: Adapted) -> Callable[[str], list[int]]:
    """What makes token ids of a text."""

    def encode(text: str) -> list[int]:
        return list(adapted.tokenizer(text, add_special_tokens=False)["input_ids"])

    return encode


def losses_of(adapted: Adapted, batch: Sequence[Tokens]) -> tuple[Any, Any]:
    """Loss (nats) of every token of the replies of a batch, and the row (index of the example) of each."""
    torch, _ = needed()
    width = max(len(one.ids) for one in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    mask = torch.zeros(len(batch), width, dtype=torch.long)
    asked = torch.zeros(len(batch), width, dtype=torch.bool)
    for row, one in enumerate(batch):
        length = len(one.ids)
        ids[row, :length] = torch.tensor(one.ids)
        mask[row, :length] = 1
        asked[row, length - one.learned - 1 : length - 1] = True
    ids, mask, asked = (tensor.to(adapted.device) for tensor in (ids, mask, asked))
    hidden = adapted.model.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
    # The vocabulary is the widest matrix of a small model: it is asked only where a reply is learned.
    logits = adapted.model.lm_head(hidden[asked]).float()
    targets = ids[torch.roll(asked, 1, dims=1)]
    return torch.nn.functional.cross_entropy(logits, targets, reduction="none"), asked.nonzero()[:, 0]


def mean_loss(adapted: Adapted, items: Sequence[Tokens], size: int) -> float:
    """Mean loss a token over the replies of ``items``."""
    torch, _ = needed()
    adapted.model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for batch in batches(items, size, seed=None):
            losses, _ = losses_of(adapted, batch)
            total, count = total + float(losses.sum()), count + len(losses)
    return total / max(1, count)


def fit(adapted: Adapted, examples: Sequence[Example], *, seed: int = 0) -> float:
    """Share (0 to 1) of up to `FIT_LINES` examples whose true reply the model expects more, a token, than
    each of `FIT_AGAINST` replies to other lines; nan where the examples are too few to tell."""
    torch, _ = needed()
    encode = encoder(adapted)
    rng = random.Random(seed)
    tried = rng.sample(list(examples), min(FIT_LINES, len(examples)))
    if len(tried) <= FIT_AGAINST:
        return math.nan
    won = 0
    adapted.model.eval()
    with torch.no_grad():
        for true in tried:
            others = rng.sample([one.reply for one in tried if one is not true], FIT_AGAINST)
            items = [
                tokens_of(Example(script=true.script, reply=reply, player=true.player, key=""), encode)
                for reply in (true.reply, *others)
            ]
            losses, rows = losses_of(adapted, items)
            means = [float(losses[rows == row].mean()) for row in range(len(items))]
            won += means[0] < min(means[1:])
    return won / len(tried)
