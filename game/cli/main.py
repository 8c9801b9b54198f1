"""The command ``hollow``: one parser, one way to fail (a sentence), one way to stop (Ctrl-C)."""

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

from game.version import version

COMMANDS: Final = ("play", "replay", "doctor", "talk", "look", "hands", "voice", "bench")
"""Modules of `game.cli` that each add one command; only the asked one is imported with its engines."""


class CommandError(Exception):
    """A command cannot go on; the message is a sentence for the player."""


def parser() -> argparse.ArgumentParser:
    """The whole parser, with every command's own help."""
    top = argparse.ArgumentParser(
        prog="hollow",
        description="A cave of light that you walk with your hands, and a rude small creature who answers.",
        epilog="hollow play is all you need; hollow COMMAND --help tells the rest.",
    )
    top.add_argument("--version", action="version", version=f"hollow {version()}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f"game.cli.{name}")
        command = module.add_parser(commands)
        command.add_argument("--debug", action="store_true", help="show the whole traceback of an error")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 only for success, 130 after Ctrl-C, 1 with one sentence for an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        print("", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away; Python would complain once more while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the edge of the program: every error becomes one sentence
        if options.debug:
            traceback.print_exc()
        else:
            print(f"hollow {options.command}: {_sentence(error)}", file=sys.stderr)
        return 1


def _sentence(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    known = isinstance(error, CommandError | OSError | ValueError) or type(error).__module__.startswith(
        ("game.", "npc.")
    )
    return text if known else f"{type(error).__name__}: {text} (--debug shows where)"


if __name__ == "__main__":
    sys.exit(main())
