"""``hollow bench``: measures, on the player's own machine."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from game.cli import (
    bench_echo,
    bench_gestures,
    bench_hands,
    bench_mouth,
    bench_noise,
    bench_npc,
    bench_voice,
)


def add_parser(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "bench", help="measure how fast this machine plays", description="Measure this machine."
    )
    kinds = command.add_subparsers(dest="bench", metavar="WHAT", required=True)
    frame = kinds.add_parser(
        "frame",
        help="the main thread's work in a frame, everything else running",
        description="Play on the real clock with everything running but the drawing, and tell what the main "
        "thread needs for a frame (interpret, step, scene update), and how long a player waits.",
    )
    frame.add_argument("--camera", default="off", metavar="FILE", help="a clip of hands")
    frame.add_argument("--microphone", default="off", metavar="FILE", help="a recording of speech")
    frame.add_argument("--seconds", type=float, default=20.0, metavar="S")
    frame.add_argument("--json", action="store_true", help="one JSON document")
    frame.set_defaults(run=run)
    bench_hands.add_parser(kinds)
    bench_npc.add_parser(kinds)
    bench_gestures.add_parser(kinds)
    bench_echo.add_parser(kinds)
    bench_noise.add_parser(kinds)
    bench_mouth.add_parser(kinds)
    bench_voice.add_parser(kinds)
    return command


def run(options: argparse.Namespace) -> int:
    """Measure the frames; what play returned."""
    # Imported here: whoever measures a character needs no window.
    from game.app import PlaySettings, play
    from game.clock import ClockKind

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        settings = PlaySettings(
            camera=options.camera,
            microphone=options.microphone,
            display="none",
            clock=ClockKind.REAL,
            seed=1,
            seconds=options.seconds,
            report=path,
        )
        status = play(settings)
        report = json.loads(path.read_text(encoding="utf-8"))
    result = {
        "cores": os.cpu_count(),
        "seconds": report["seconds"],
        "frames": report["frames"],
        "main_thread_ms": report["main_thread_ms"],
        "stages_ms": report["stages_ms"],
        "first_picture_s": report["ran_on"]["first_picture_s"],
        "ready_s": report["ran_on"]["ready_s"],
        "faults": report["faults"],
    }
    if options.json:
        print(json.dumps(result, indent=1))
        return status
    for name, part in (*result["main_thread_ms"].items(), *result["stages_ms"].items()):
        print(f"{name:12} p50 {part['p50']:8.2f}  p95 {part['p95']:8.2f}  max {part['max']:8.2f} ms")
    print(f"first picture after {result['first_picture_s']:.1f} s, ready to talk after {result['ready_s']} s")
    sys.stdout.flush()
    return status
