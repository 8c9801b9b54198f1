"""From a personality's folder to an adapter in it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from npc.adapters import ADAPTER_FILE, write_sheet
from npc.backends.base import BackendError, Prompt, Sampling
from npc.backends.embedded import EmbeddedBackend
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
    fits: tuple[float, ...]
    """The same of `npc.training.judge.fit`."""


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
    held_out, unworded = (
        [example for example in examples_of(personality, worded=worded) if is_held_out(example)]
        for worded in (True, False)
    )

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

    progress = train(
        adapted, learn, held_out, unworded, settings, checkpoint=checkpoint, tell=tell, epoch_done=written
    )
    epoch = progress.epoch if keep == "last" else max(1, progress.best_epoch)
    adapter = folder / ADAPTER_FILE
    shutil.copyfile(work / _epoch_file(epoch), adapter)
    losses = ", ".join(f"{loss:.2f}" for loss in progress.held_out)
    fits = ", ".join(f"{100 * share:.0f} %" for share in progress.fits)
    note = (
        f"Rank {settings.rank}, {epoch} epochs over {count} replies; before and after each epoch: "
        f"held-out loss {losses}, fit {fits}."
    )
    write_sheet(folder, base, note)
    _try(base, adapter, unworded[0])
    checkpoint.unlink(missing_ok=True)
    return Trained(adapter=adapter, epoch=epoch, held_out=tuple(progress.held_out), fits=tuple(progress.fits))


def _try(base: Path, adapter: Path, example: Example) -> None:
    """Load the adapter as the game does, and let it speak. Raises TrainingError when it cannot."""
    try:
        backend = EmbeddedBackend(base, adapter=adapter)
        try:
            prompt = Prompt(system="", turns=(), player=example.player, hint="wary, answer")
            said = "".join(token.text for _, token in backend.candidates(prompt, Sampling(seed=0)))
        finally:
            backend.close()
    except BackendError as error:
        raise TrainingError(f"{adapter} was written, but cannot be used: {error}") from error
    if not said.strip():
        raise TrainingError(f"{adapter} was written, but with it the model says nothing.")


def _epoch_file(epoch: int) -> str:
    return f"epoch-{epoch}.gguf"


def _write(adapted: Adapted, path: Path, name: str) -> None:
    pairs = {
        key: (a.detach().cpu().numpy(), b.detach().cpu().numpy()) for key, (a, b) in adapted.pairs.items()
    }
    tensors = tensors_of(pairs, heads=adapted.shape.heads, key_heads=adapted.shape.key_heads)
    write_adapter(path, tensors, alpha=adapted.alpha, name=name)
