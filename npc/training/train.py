"""Training an adapter on a personality's dialogue: epochs, a held-out part to judge by, a file to resume."""

import math
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from npc.training.batches import batches, tokens_of
from npc.training.data import Example
from npc.training.judge import encoder, fit, losses_of, mean_loss
from npc.training.lora import Adapted, TrainingError, needed

_WARM_UP: Final = 0.05
"""Share of all steps in which the learning rate rises."""
_LAST_RATE: Final = 0.1
"""Share of the learning rate that is left at the end."""
_DAMAGED: Final = (
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    pickle.UnpicklingError,
)
"""What reading a file that is none, or only half of one, ends in."""
_FEWEST_EPOCHS: Final = 3
_MOST_EPOCHS: Final = 16
_FEWEST_STEPS: Final = 300
_SAVE_EVERY_S: Final = 120.0
_TOLD_EVERY_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to train. A file to go on from is used only where these are the same."""

    epochs: int = 0
    """0 for as many as the dialogue needs (`epochs_for`)."""
    rank: int = 16
    alpha: float = 32.0
    dropout: float = 0.05
    learning_rate: float = 1e-3
    batch: int = 8
    patience: int = 3
    """So many epochs without a lower held-out loss end the training."""
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Where a training begins, told before anything is judged or learned."""

    replies: int
    """Learned from in each epoch."""
    held_out: int
    """Replies that are only judged by."""
    epochs: int
    epoch: int
    """1 is the first; one more than there are when only the adapter is left to be put in place."""
    step: int
    """Steps done; 0 for a training that begins anew."""
    steps: int
    """Of the whole training."""
    judges: bool
    """The untrained model is judged first, which takes a while."""
    changed: bool
    """It begins anew because the model or the dialogue has changed since it was stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How far the training is; losses are in nats a token of the replies."""

    epoch: int
    """1 is the first."""
    step: int
    steps: int
    """Of the whole training."""
    loss: float
    left_s: float
    """Time that the rest will take, at the pace so far."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """What a training has come to; all of it lies in the file to go on from."""

    epoch: int = 0
    """Epochs done."""
    batch: int = 0
    """Batches done of the next."""
    held_out: list[float] = field(default_factory=list)
    """Held-out loss before training and after every epoch."""
    fits: list[float] = field(default_factory=list)
    """The same of `npc.training.judge.fit`."""

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest held-out loss, 0 for none."""
        return min(range(len(self.held_out)), key=self.held_out.__getitem__, default=0)


def train(
    adapted: Adapted,
    learn: Callable[[int], Sequence[Example]],
    held_out: Sequence[Example],
    unworded: Sequence[Example],
    settings: Settings,
    *,
    digest: str,
    checkpoint: Path,
    begun: Callable[[Begun], None],
    tell: Callable[[Told], None],
    epoch_done: Callable[[Progress], None],
    clock: Callable[[], float] = time.monotonic,
) -> Progress:
    """Train until the epochs are done or the held-out part has not gained for a while. ``learn(epoch)`` gives
    the examples of an epoch (0 is the first), always as many and at least one; ``unworded`` are the held-out
    ones without another wording to go by, on which fit is judged; ``epoch_done`` is called after each epoch,
    when the adapter must be written: once more for the same epoch where it was stopped meanwhile. Goes on
    from ``checkpoint`` where that was left by a training with the same ``digest`` of model and dialogue; one
    with another begins anew. Raises TrainingError, also for a checkpoint of other settings."""
    torch, _ = needed()
    encode = encoder(adapted)
    judged = [tokens_of(example, encode) for example in held_out]
    count = len(learn(0))
    optimizer = torch.optim.AdamW(
        adapted.trained(), lr=settings.learning_rate, weight_decay=0.01, betas=(0.9, 0.98)
    )
    progress, changed = _resume(torch, adapted, optimizer, settings, digest, checkpoint)
    per_epoch = -(-count // settings.batch)
    steps = per_epoch * settings.epochs
    first_step = progress.epoch * per_epoch + progress.batch
    begun(
        Begun(
            replies=count,
            held_out=len(judged),
            epochs=settings.epochs,
            epoch=progress.epoch + 1,
            step=first_step,
            steps=steps,
            judges=not progress.held_out,
            changed=changed,
        )
    )
    if not progress.held_out:
        progress.held_out.append(mean_loss(adapted, judged, settings.batch))
        progress.fits.append(fit(adapted, unworded))
    begun_s = told_s = saved_s = clock()
    while progress.epoch < settings.epochs and not _given_up(progress, settings.patience):
        items = [tokens_of(example, encode) for example in learn(progress.epoch)]
        order = batches(items, settings.batch, seed=settings.seed * 1000 + progress.epoch)
        adapted.model.train()
        torch.manual_seed(settings.seed * 1000 + progress.epoch)
        for batch in order[progress.batch :]:
            step = progress.epoch * per_epoch + progress.batch
            for group in optimizer.param_groups:
                group["lr"] = settings.learning_rate * rate(step, steps)
            mean = losses_of(adapted, batch)[0].mean()
            loss = float(mean.detach())
            if not math.isfinite(loss):
                raise TrainingError("The training ran away (its loss is no number): lower --learning-rate.")
            optimizer.zero_grad(set_to_none=True)
            mean.backward()
            torch.nn.utils.clip_grad_norm_(adapted.trained(), 1.0)
            optimizer.step()
            progress.batch += 1
            now_s = clock()
            if now_s - told_s >= _TOLD_EVERY_S:
                told_s = now_s
                pace_s = (now_s - begun_s) / (step + 1 - first_step)
                tell(
                    Told(
                        epoch=progress.epoch + 1,
                        step=step + 1,
                        steps=steps,
                        loss=loss,
                        left_s=pace_s * (steps - step - 1),
                    )
                )
            if now_s - saved_s >= _SAVE_EVERY_S:
                saved_s = now_s
                _save(torch, adapted, optimizer, settings, digest, progress, checkpoint)
        progress.epoch, progress.batch = progress.epoch + 1, 0
        progress.held_out.append(mean_loss(adapted, judged, settings.batch))
        progress.fits.append(fit(adapted, unworded))
        # Before the state is saved: a training that goes on from there relies on the epoch's adapter.
        epoch_done(progress)
        _save(torch, adapted, optimizer, settings, digest, progress, checkpoint)
    return progress


def epochs_for(replies: int, batch: int) -> int:
    """Epochs for a dialogue of so many replies: three, and more where those are too few steps to change a
    voice."""
    return max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, -(-_FEWEST_STEPS // max(1, -(-replies // batch)))))


def rate(step: int, steps: int) -> float:
    """Share of the learning rate at a step: a short rise, then half a cosine down."""
    warm = max(1, round(steps * _WARM_UP))
    if step < warm:
        return (step + 1) / warm
    done = (step - warm) / max(1, steps - warm)
    return _LAST_RATE + (1 - _LAST_RATE) * 0.5 * (1 + math.cos(math.pi * done))


def _given_up(progress: Progress, patience: int) -> bool:
    return progress.epoch - progress.best_epoch >= patience


def _save(
    torch: Any,
    adapted: Adapted,
    optimizer: Any,
    settings: Settings,
    digest: str,
    progress: Progress,
    path: Path,
) -> None:
    part = path.with_name(path.name + ".part")
    state = {
        "digest": digest,
        "settings": asdict(settings),
        "progress": asdict(progress),
        "pairs": {name: [t.detach() for t in pair] for name, pair in adapted.pairs.items()},
        "optimizer": optimizer.state_dict(),
    }
    try:
        torch.save(state, part)
        part.replace(path)
    except OSError as error:
        raise TrainingError(f"{path} cannot be written ({error.strerror}).") from error


def _resume(
    torch: Any, adapted: Adapted, optimizer: Any, settings: Settings, digest: str, path: Path
) -> tuple[Progress, bool]:
    """How far the stopped training had come, and whether it must begin anew because of another digest."""
    if not path.exists():
        return Progress(), False
    try:
        state = torch.load(path, weights_only=True)
        if state["digest"] != digest:
            return Progress(), True
        if state["settings"] != asdict(settings):
            raise TrainingError(
                f"{path} was left by a training with other settings: give the same, or delete it."
            )
        with torch.no_grad():
            for name, pair in adapted.pairs.items():
                for tensor, stored in zip(pair, state["pairs"][name], strict=True):
                    tensor.copy_(stored)
        optimizer.load_state_dict(state["optimizer"])
        return Progress(**state["progress"]), False
    except TrainingError:
        raise
    except _DAMAGED as error:
        raise TrainingError(f"{path} cannot be read: delete it to begin anew.") from error
