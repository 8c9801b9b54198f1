"""The command ``hollow``: one parser, one way to fail (a sentence), one way to stop (Ctrl-C)."""

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

from game.budget import one_thread_for_matrices
from game.version import version

COMMANDS: Final = {
    "play": "play: a hand before the camera, a voice in the room",
    "replay": "play an evening once more from its log",
    "doctor": "what this machine has, and what to do about what it lacks",
    "talk": "talk to a character in the terminal",
    "audition": "hear a character out, and see what is not yet written for it",
    "personality": "train a character's voice",
    "look": "one picture of the cave",
    "hands": "what the game sees of the hands in a clip",
    "gestures": "how well labelled hands that stand still can be told apart",
    "perform": "write a track of a synthetic player",
    "voice": "what the game hears in a recording",
    "phones": "train the layer that names the sounds of speech",
    "say": "a sentence in a character's voice",
    "bench": "measure how fast this machine plays",
}
"""Modules of `game.cli`, one a command, and what each is for."""


class CommandError(Exception):
    """A command cannot go on; the message is a sentence for the player."""


def parser(wanted: str | None) -> argparse.ArgumentParser:
    """The parser. Only the wanted command's module is imported, for each brings its engines along."""
    top = argparse.ArgumentParser(
        prog="hollow",
        description="A cave of light that you walk with your hands, and a rude small creature who answers.",
        epilog="hollow play is all you need; hollow COMMAND --help tells the rest.",
    )
    top.add_argument("--version", action="version", version=f"hollow {version()}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, purpose in COMMANDS.items():
        if name != wanted:
            commands.add_parser(name, help=purpose, add_help=False)
            continue
        importlib.import_module(f"game.cli.{name}").add_parser(commands)
        command = commands.choices[name]
        if "--debug" not in command.format_usage():
            command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 only for success, 130 after Ctrl-C, 1 with one sentence for an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((word for word in given if word in COMMANDS), None)
    one_thread_for_matrices()
    try:
        # Building the parser imports the command's engines, which takes a second: Ctrl-C may come then too.
        options = parser(wanted).parse_args(given)
        return int(options.run(options))
    except KeyboardInterrupt:
        print("", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away; Python would complain once more while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the edge of the program: every error becomes one sentence
        if "--debug" in given:
            traceback.print_exc()
        else:
            print(f"hollow {wanted or ''}".rstrip() + f": {_sentence(error)}", file=sys.stderr)
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
