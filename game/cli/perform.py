"""``hollow perform``: a synthetic player performs a script, and a track of it is written."""

import argparse
from pathlib import Path
from typing import Any

from game.sense.synthetic.script import load
from game.sense.synthetic.track_file import write_track
from game.sense.tracks import is_track


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command; returns its parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "perform",
        help="write a track of a synthetic player who performs a script of gestures",
        description="Performs a script and writes what a landmarker would have seen: a track that "
        "hollow hands reads. docs/performances.md tells how a script is written.",
    )
    parser.add_argument("script", metavar="SCRIPT", type=Path, help="a text file")
    parser.add_argument("track", metavar="TRACK", type=Path, help="to be written: .jsonl or .jsonl.gz")
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """0 when the track was written."""
    if not is_track(args.track):
        raise ValueError(f"The track {args.track.name} must end in .jsonl or .jsonl.gz.")
    shown = load(args.script)
    frames = write_track(args.track, shown)
    for truth in shown.player.truths:
        hands = " and ".join(truth.sides)
        print(f"{truth.shown_s:8.2f} s to {truth.end_s:.2f} s  {hands:14} {truth.variant}")
    print(f"{frames} frames, {shown.seconds:.1f} seconds, in {args.track}.")
    return 0
