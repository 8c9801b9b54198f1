"""``hollow personality``: what the writer of a character needs. So far: training its voice."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from npc.assets import asset
from npc.cast import MODEL
from npc.models import ModelStore
from npc.tables import PersonalityError
from npc.training.run import train_personality
from npc.training.train import Progress, Settings, Told

_DEFAULT = Settings()


def add_parser(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "personality", help="train a character's voice", description="For writers of characters."
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
    training.add_argument("--epochs", type=_count, default=_DEFAULT.epochs, metavar="N")
    training.add_argument(
        "--rank", type=_count, default=_DEFAULT.rank, metavar="N", help="size of the adapter"
    )
    training.add_argument("--learning-rate", type=float, default=_DEFAULT.learning_rate, metavar="X")
    training.add_argument(
        "--batch",
        type=_count,
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
    command.set_defaults(run=run)
    return command


def run(options: argparse.Namespace) -> int:
    """Train; 0 when the adapter is in place. Raises PersonalityError, TrainingError and ModelMissing."""
    # Read when torch is loaded: threads that wait by spinning hold each other up by seconds on shared cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if hasattr(os, "nice"):
        os.nice(10)  # it takes long, and the machine is for other things too
    folder = _folder(options.name)
    trained = train_personality(
        folder,
        ModelStore.default().file(*MODEL),
        work=user_cache_path("hollow") / "training" / folder.name,
        settings=Settings(
            epochs=options.epochs,
            rank=options.rank,
            alpha=2.0 * options.rank,
            learning_rate=options.learning_rate,
            batch=options.batch,
            seed=options.seed,
        ),
        keep=options.keep,
        tell=_tell,
        epoch_done=_epoch_done,
    )
    print(f"{trained.adapter} speaks as after epoch {trained.epoch}. Try it: hollow talk {options.name}")
    return 0


def _folder(name: str) -> Path:
    folder = Path(name) if Path(name).is_dir() else asset("personalities") / name
    if not (folder / "personality.toml").is_file():
        raise PersonalityError(f"There is no personality '{name}'.")
    return folder


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 256:
        raise argparse.ArgumentTypeError(f"from 1 to 256, not {number}")
    return number


def _tell(told: Told) -> None:
    left = time.strftime("%H:%M:%S", time.gmtime(told.left_s))
    share = 100 * told.step // told.steps
    print(f"{share:3d} %  epoch {told.epoch}  loss {told.loss:.2f}  {left} left", file=sys.stderr)


def _epoch_done(progress: Progress) -> None:
    before, now = progress.held_out[0], progress.held_out[-1]
    print(
        f"Epoch {progress.epoch} is done. Lines never read: {now:.2f} nats a token ({before:.2f} untrained); "
        f"replies told from others: {100 * progress.fits[-1]:.0f} % ({100 * progress.fits[0]:.0f} %).",
        file=sys.stderr,
    )
