"""``hollow personality``: what the writer of a character needs: its voice trained, its dialogue indexed."""

import argparse
import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from platformdirs import user_cache_path

from game.cli.folders import folder_of, left_out
from npc.cast import MODEL, load_encoder
from npc.models import ModelStore
from npc.personality import load_personality
from npc.sayings import VECTORS_FILE, write_vectors
from npc.training.run import BEFORE, train_personality, use_epoch, work_folder
from npc.training.train import Begun, Progress, Settings, Told

_DEFAULT = Settings()
_TOLD_EVERY_S: Final = 5.0
_MAX_RANK: Final = 64
"""An adapter of a higher one is larger than the game accepts."""


def add_parser(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "personality",
        help="train a character's voice, index its dialogue",
        description="For writers of characters.",
    )
    kinds = command.add_subparsers(dest="deed", metavar="WHAT", required=True)
    training = kinds.add_parser(
        "train",
        help="teach the bundled model to speak like the character",
        description="Train a small adapter for the bundled language model on the character's dialogue, and "
        "put it into the character's folder, where the game finds it. Stopped with Ctrl-C, it goes on from "
        "there the next time. docs/training.md tells what it needs and how long it takes.",
    )
    training.add_argument("name", metavar="NAME", help="a character, or a folder")
    training.add_argument(
        "--epochs",
        type=_count(256),
        default=_DEFAULT.epochs,
        metavar="N",
        help="how often to go through the dialogue (3; a small one more often)",
    )
    training.add_argument(
        "--rank", type=_count(_MAX_RANK), default=_DEFAULT.rank, metavar="N", help="size of the adapter"
    )
    training.add_argument("--learning-rate", type=float, default=_DEFAULT.learning_rate, metavar="X")
    training.add_argument(
        "--batch",
        type=_count(256),
        default=_DEFAULT.batch,
        metavar="N",
        help="replies at a time: more are faster, fewer learn more from a small dialogue",
    )
    training.add_argument("--seed", type=int, default=_DEFAULT.seed)
    training.add_argument(
        "--keep",
        choices=("last", "best"),
        default="last",
        help="the last epoch (sharper, the default) or the one with the lowest held-out loss",
    )
    training.set_defaults(run=train)
    using = kinds.add_parser(
        "use",
        help="speak as after another epoch of the last training",
        description="Put the adapter of another epoch of the character's last training in place.",
    )
    using.add_argument("name", metavar="NAME", help="a character, or a folder")
    using.add_argument("epoch", type=_count(256), metavar="EPOCH", help="1 is the first")
    using.set_defaults(run=use)
    indexing = kinds.add_parser(
        "index",
        help="work out what the sayings of the dialogue mean",
        description="Work out, for each line that a player says in the character's dialogue, what it means, "
        f"and keep that as {VECTORS_FILE} in the character's folder: the written answer is found by it. A "
        "dialogue of a few hundred lines needs none: it is worked out at every start.",
    )
    indexing.add_argument("name", metavar="NAME", help="a character, or a folder")
    indexing.set_defaults(run=index)
    return command


def train(options: argparse.Namespace) -> int:
    """Train; 0 when the adapter is in place, 130 after Ctrl-C. Raises PersonalityError, TrainingError and
    ModelMissing."""
    # Read when torch is loaded: threads that wait by spinning hold each other up by seconds on shared cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if hasattr(os, "nice"):
        os.nice(10)  # it takes long, and the machine is for other things too
    folder = folder_of(options.name)
    personality = load_personality(folder)
    if personality.notes:
        print(left_out(personality, options.name), file=sys.stderr)
    try:
        trained = train_personality(
            personality,
            folder,
            ModelStore.default().file(*MODEL),
            work=_work(folder),
            settings=Settings(
                epochs=options.epochs,
                rank=options.rank,
                alpha=2.0 * options.rank,
                learning_rate=options.learning_rate,
                batch=options.batch,
                seed=options.seed,
            ),
            keep=options.keep,
            begun=_begun,
            tell=_tell,
            epoch_done=_epoch_done,
        )
    except KeyboardInterrupt:
        print("\nStopped; the same command goes on.", file=sys.stderr)
        return 130
    _say_in_place(trained.adapter, trained.epoch, options.name)
    if trained.others:
        print(f"Other epochs: hollow personality use {options.name} {'|'.join(map(str, trained.others))}")
    return 0


def use(options: argparse.Namespace) -> int:
    """Put an epoch's adapter in place; 0. Raises PersonalityError, TrainingError and ModelMissing."""
    folder = folder_of(options.name)
    base = ModelStore.default().file(*MODEL)
    adapter = use_epoch(folder, base, work=_work(folder), epoch=options.epoch)
    _say_in_place(adapter, options.epoch, options.name)
    return 0


def index(options: argparse.Namespace) -> int:
    """Write the vectors of the dialogue's sayings; 0. Raises PersonalityError, ModelMissing and
    EncoderError."""
    folder = folder_of(options.name)
    sayings = load_personality(folder).dialogue.sayings
    encoder = load_encoder(ModelStore.default())
    told_s = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s > _TOLD_EVERY_S:
            told_s = time.monotonic()
            print(f"{done} of {len(sayings)} sayings", file=sys.stderr)

    path = write_vectors(folder, sayings, encoder, tell=tell)
    print(f"{path} holds what {len(sayings)} sayings mean.")
    return 0


def _work(folder: Path) -> Path:
    return work_folder(user_cache_path("hollow") / "training", folder)


def _count(at_most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isdecimal() and 1 <= int(text) <= at_most):
            raise argparse.ArgumentTypeError(f"a whole number from 1 to {at_most}, not '{text[:20]}'")
        return int(text)

    return parse


def _begun(begun: Begun) -> None:
    if begun.changed:
        print("The dialogue has changed since: beginning anew.", file=sys.stderr)
    print(
        f"Learning from {begun.replies} replies, epochs: {begun.epochs}; {begun.held_out} more are held out "
        "to judge by.",
        file=sys.stderr,
    )
    if begun.judges:
        print(
            "The untrained model is judged first: with a large dialogue that takes a minute or more.",
            file=sys.stderr,
        )
    elif begun.epoch > begun.epochs:
        print("All epochs are done; what is left is to put the adapter in place.", file=sys.stderr)
    else:
        share = 100 * begun.step // begun.steps
        print(f"Going on in epoch {begun.epoch} at {share} %.", file=sys.stderr)


def _tell(told: Told) -> None:
    minutes, seconds = divmod(round(told.left_s), 60)
    left = f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    share = 100 * told.step // told.steps
    print(f"{share:3d} %  epoch {told.epoch}  loss {told.loss:.2f}  {left} left", file=sys.stderr)


def _epoch_done(progress: Progress) -> None:
    before, now = progress.held_out[0], progress.held_out[-1]
    fit_before, fit_now = progress.fits[0], progress.fits[-1]
    told = "too few lines to tell" if math.isnan(fit_now) else f"{fit_now:.0%} ({fit_before:.0%})"
    print(
        f"Epoch {progress.epoch} is done. Lines never read: {now:.2f} nats a token ({before:.2f} untrained); "
        f"replies told from others: {told.replace('%', ' %')}.",
        file=sys.stderr,
    )


def _say_in_place(adapter: Path, epoch: int, name: str) -> None:
    print(f"{adapter} speaks as after epoch {epoch}. Try it: hollow talk {name}")
    kept = adapter.with_name(adapter.name + BEFORE)
    if kept.is_file():
        print(f"The one from before the training is kept as {kept.name}.")
