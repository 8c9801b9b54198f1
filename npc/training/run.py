"""From a personality's folder to an adapter in it."""

import hashlib
import math
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from npc.adapters import ADAPTER_FILE, SHEET_FILE, adapter_in, sha256_of, write_sheet
from npc.backends.base import BackendError, Prompt, Sampling
from npc.backends.embedded import EmbeddedBackend
from npc.personality import Personality
from npc.training.data import Example, examples_of, held_out_keys, lesson
from npc.training.gguf_adapter import tensors_of, write_adapter
from npc.training.lora import Adapted, TrainingError, load_adapted
from npc.training.train import Begun, Progress, Settings, Told, epochs_for, train

CHECKPOINT: Final = "training.pt"
BEFORE: Final = ".before"
"""Behind the names of the adapter and the sheet that were in place before a training."""
Keep = Literal["last", "best"]
_TRIAL: Final = Prompt(system="", turns=(), player="hello", hint="wary, answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What a training came to."""

    adapter: Path
    epoch: int
    """The epoch that was kept."""
    others: tuple[int, ...]
    """The other epochs, any of which `use_epoch` puts in place."""


def work_folder(root: Path, folder: Path) -> Path:
    """Where below ``root`` the training of the personality in ``folder`` keeps its files."""
    resolved = folder.resolve()
    return root / f"{resolved.name}-{hashlib.sha256(os.fsencode(resolved)).hexdigest()[:8]}"


def train_personality(
    personality: Personality,
    folder: Path,
    base: Path,
    *,
    work: Path,
    settings: Settings,
    keep: Keep,
    begun: Callable[[Begun], None],
    tell: Callable[[Told], None],
    epoch_done: Callable[[Progress], None],
) -> Trained:
    """Train on the dialogue of the personality, which was loaded from ``folder``, and put the adapter there,
    bound to the model ``base``. ``work`` holds an adapter for every epoch of the last training and, until the
    end, the file to go on from. Raises TrainingError, PersonalityError and OSError."""
    name = folder.resolve().name
    unworded = examples_of(personality, worded=False)
    keys = {example.key for example in unworded}
    kept_back = held_out_keys(keys)
    if not kept_back:
        raise TrainingError(
            f"{name} has {len(unworded)} exchanges in {len(keys)} conversations: too few to train and to "
            "judge by; end conversations with an empty line, or write more."
        )
    unworded = [example for example in unworded if example.key in kept_back]
    held_out = lesson([example for example in examples_of(personality) if example.key in kept_back], 0)

    def learn(epoch: int) -> list[Example]:
        drawn = examples_of(personality, draw=epoch + 1)
        return lesson([example for example in drawn if example.key not in kept_back], epoch)

    first = learn(0)
    if not settings.epochs:
        settings = replace(settings, epochs=epochs_for(len(first), settings.batch))
    digest = _digest(base, (*first, *held_out))
    adapted = load_adapted(
        base, rank=settings.rank, alpha=settings.alpha, dropout=settings.dropout, seed=settings.seed
    )
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = work / CHECKPOINT

    def written(progress: Progress) -> None:
        if progress.epoch == 1:
            for earlier in work.glob("epoch-*"):
                shutil.rmtree(earlier)
        there = _epoch_folder(work, progress.epoch)
        there.mkdir(exist_ok=True)
        _write(adapted, there / ADAPTER_FILE, name)
        write_sheet(there, base, _note(progress, settings, len(first)))
        epoch_done(progress)

    progress = train(
        adapted,
        learn,
        held_out,
        unworded,
        settings,
        digest=digest,
        checkpoint=checkpoint,
        begun=begun,
        tell=tell,
        epoch_done=written,
    )
    epoch = progress.epoch if keep == "last" else max(1, progress.best_epoch)
    if epoch not in epochs_in(work):
        raise TrainingError(f"{checkpoint} goes on from an epoch that is gone: delete it to begin anew.")
    adapter = use_epoch(folder, base, work=work, epoch=epoch)
    checkpoint.unlink(missing_ok=True)
    others = tuple(other for other in epochs_in(work) if other != epoch)
    return Trained(adapter=adapter, epoch=epoch, others=others)


def epochs_in(work: Path) -> tuple[int, ...]:
    """The epochs of the last training that are done, in order."""
    numbers = (path.parent.name.removeprefix("epoch-") for path in work.glob(f"epoch-*/{SHEET_FILE}"))
    return tuple(sorted(int(number) for number in numbers if number.isdecimal()))


def use_epoch(folder: Path, base: Path, *, work: Path, epoch: int) -> Path:
    """Put the adapter of an epoch of the last training into the personality's folder, with its sheet, once it
    has been loaded as the game does it and has spoken; its path there. What was in place before the training
    stays beside it, named `BEFORE`. Raises TrainingError, PersonalityError and OSError."""
    source = adapter_in(_epoch_folder(work, epoch), base)
    if source is None:
        done = ", ".join(map(str, epochs_in(work))) or "none"
        raise TrainingError(
            f"There is no epoch {epoch} of {folder.resolve().name}'s last training; done are: {done}."
        )
    _try(base, source)
    adapter, sheet = folder / ADAPTER_FILE, folder / SHEET_FILE
    parts = [(path, path.with_name(path.name + ".part")) for path in (sheet, adapter)]
    for path, part in parts:
        shutil.copyfile(source.with_name(path.name), part)
    # The adapter goes first and comes last: stopped anywhere between, there is none, never a damaged one.
    if adapter.is_file():
        if not _is_of(adapter, work):
            for path in (adapter, sheet):
                if path.is_file():
                    shutil.copyfile(path, path.with_name(path.name + BEFORE))
        adapter.unlink()
    for path, part in parts:
        part.replace(path)
    return adapter


def _is_of(adapter: Path, work: Path) -> bool:
    """Whether an adapter is itself one of the last training, and so needs no keeping."""
    found = sha256_of(adapter)
    return any(sha256_of(path) == found for path in work.glob(f"epoch-*/{ADAPTER_FILE}"))


def _digest(base: Path, examples: Iterable[Example]) -> str:
    """What tells one training from another: the model's hash and all that is learned and judged by."""
    digest = hashlib.sha256(sha256_of(base).encode())
    for example in examples:
        digest.update(f"\0{example.script}\0{example.reply}".encode())
    return digest.hexdigest()


def _note(progress: Progress, settings: Settings, replies: int) -> str:
    losses = ", ".join(f"{loss:.2f}" for loss in progress.held_out)
    fits = ", ".join(f"{100 * share:.0f} %" for share in progress.fits if not math.isnan(share))
    return (
        f"Rank {settings.rank}, epoch {progress.epoch} of {settings.epochs} over {replies} replies; before "
        f"and after each: held-out loss {losses}, fit {fits or 'not told (too few lines)'}."
    )


def _try(base: Path, adapter: Path) -> None:
    """Load the adapter as the game does, and let it speak. Raises TrainingError when it cannot."""
    try:
        backend = EmbeddedBackend(base, adapter=adapter)
        try:
            said = "".join(token.text for _, token in backend.candidates(_TRIAL, Sampling(seed=0)))
        finally:
            backend.close()
    except BackendError as error:
        raise TrainingError(f"{adapter} is trained, but cannot be used: {error}") from error
    if not said.strip():
        raise TrainingError(f"{adapter} is trained, but with it the model says nothing.")


def _epoch_folder(work: Path, epoch: int) -> Path:
    """Holds the epoch's adapter and its sheet, as a personality's folder does."""
    return work / f"epoch-{epoch}"


def _write(adapted: Adapted, path: Path, name: str) -> None:
    pairs = {
        key: (a.detach().cpu().numpy(), b.detach().cpu().numpy()) for key, (a, b) in adapted.pairs.items()
    }
    tensors = tensors_of(pairs, heads=adapted.shape.heads, key_heads=adapted.shape.key_heads)
    write_adapter(path, tensors, alpha=adapted.alpha, name=name)
