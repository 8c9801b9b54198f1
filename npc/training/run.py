"""From a personality's folder to an adapter in it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from npc.adapters import ADAPTER_FILE, write_sheet
from npc.personality import load_personality
from npc.training.data import Example, examples_of, is_held_out
from npc.training.gguf_adapter import tensors_of, write_adapter
from npc.training.lora import Adapted, TrainingError, load_adapted
from npc.training.train import Progress, Settings, Told, train

CHECKPOINT: Final = "training.pt"
Keep = Literal["last", "best"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What a training came to."""

    adapter: Path
    epoch: int
    """The epoch that was kept."""
    held_out: tuple[float, ...]
    """Held-out loss (nats a token) before training and after every epoch."""


def train_personality(
    folder: Path,
    base: Path,
    *,
    work: Path,
    settings: Settings,
    keep: Keep,
    tell: Callable[[Told], None],
    epoch_done: Callable[[Progress], None],
) -> Trained:
    """Train on the dialogue of the personality in ``folder`` and put the adapter there, bound to the model
    ``base``. ``work`` holds an adapter for every epoch and, until the end, the file to go on from. Raises
    TrainingError, PersonalityError and OSError."""
    personality = load_personality(folder)
    held_out = [example for example in examples_of(personality) if is_held_out(example)]

    def learn(epoch: int) -> list[Example]:
        return [example for example in examples_of(personality, draw=epoch + 1) if not is_held_out(example)]

    count = len(learn(0))
    if not count or not held_out:
        raise TrainingError(f"{folder.name} has too little dialogue to train on: write some dozen exchanges.")
    adapted = load_adapted(
        base, rank=settings.rank, alpha=settings.alpha, dropout=settings.dropout, seed=settings.seed
    )
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = work / CHECKPOINT

    def written(progress: Progress) -> None:
        _write(adapted, work / _epoch_file(progress.epoch), folder.name)
        epoch_done(progress)

    progress = train(adapted, learn, held_out, settings, checkpoint=checkpoint, tell=tell, epoch_done=written)
    epoch = progress.epoch if keep == "last" else max(1, progress.best_epoch)
    adapter = folder / ADAPTER_FILE
    shutil.copyfile(work / _epoch_file(epoch), adapter)
    losses = ", ".join(f"{loss:.2f}" for loss in progress.held_out)
    note = (
        f"Rank {settings.rank}, {epoch} epochs over {count} replies; "
        f"held-out loss before and after each epoch: {losses}."
    )
    write_sheet(folder, base, note)
    checkpoint.unlink(missing_ok=True)
    return Trained(adapter=adapter, epoch=epoch, held_out=tuple(progress.held_out))


def _epoch_file(epoch: int) -> str:
    return f"epoch-{epoch}.gguf"


def _write(adapted: Adapted, path: Path, name: str) -> None:
    pairs = {key: (a.detach().numpy(), b.detach().numpy()) for key, (a, b) in adapted.pairs.items()}
    tensors = tensors_of(pairs, heads=adapted.shape.heads, key_heads=adapted.shape.key_heads)
    write_adapter(path, tensors, alpha=adapted.alpha, name=name)
