"""``hollow replay``: an evening once more from its log, without camera, microphone or models."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from game.replay import replay
from game.sense.evening_log import read_log


def add_parser(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "replay",
        help="play an evening once more from its log",
        description="Run the world once more through everything that came in. It needs no camera, no "
        "microphone and no model, and ends in the same world; the exit status is 1 when it does not.",
    )
    command.add_argument("log", type=Path, metavar="LOG", help="a file that hollow play --log wrote")
    command.add_argument("--report", type=Path, metavar="OUT.json", help="the report; - prints it")
    command.set_defaults(run=run)
    return command


def run(options: argparse.Namespace) -> int:
    evening = read_log(options.log)
    result = replay(evening)
    for note in result.notes:
        print(note, file=sys.stderr)
    if options.report is not None:
        text = json.dumps(result.report, indent=1, ensure_ascii=False)
        if str(options.report) == "-":
            print(text)
        else:
            options.report.write_text(text + "\n", encoding="utf-8")
    match = "the same world" if result.same else "another world"
    if evening.world_hash is None:
        match = "a log that was broken off: there is no hash to compare with"
    print(f"{evening.last_tick / 60:.1f} s, {match} ({result.world_hash[:16]})", file=sys.stderr)
    return 0 if result.same or evening.world_hash is None else 1
