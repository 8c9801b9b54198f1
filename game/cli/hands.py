"""``hollow hands``: what the eyes and the interpreter make of a clip, a recorded track or a camera."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from game.clock import TICK_S
from game.interpret.gait import Step
from game.interpret.intents import GestureEvent, Intents
from game.interpret.interpreter import Interpreter
from game.sense.observations import HandsSeen, Observation, SenseLost
from game.sense.tracks import is_track, read_track


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command; returns its parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "hands",
        help="show what the game sees of your hands, in a clip, a track or before a camera",
        description="Shows which gestures and steps the game finds. SOURCE is a video or picture file, "
        "a recorded track (.jsonl, .jsonl.gz), or a camera's number.",
    )
    parser.add_argument("source", metavar="SOURCE", help="a clip, a track, or a camera's number")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--draw", metavar="OUT.mp4", type=Path, help="write a film with the hands drawn in")
    parser.add_argument(
        "--seconds", type=float, default=None, metavar="S", help="stop after S seconds (a camera: 20)"
    )
    parser.set_defaults(run=run)
    return parser


@dataclass(slots=True)
class Found:
    """What is gathered for the report."""

    frames: int = 0
    with_hands: int = 0
    seconds: float = 0.0
    gestures: list[GestureEvent] = field(default_factory=list)
    """Those that have ended."""
    steps: list[Step] = field(default_factory=list)
    ended: str = ""
    damaged: bool = False

    def report(self) -> dict[str, Any]:
        """The document of ``--json``; times in seconds."""
        return {
            "frames": self.frames,
            "with_hands": self.with_hands,
            "seconds": round(self.seconds, 3),
            "gestures": [
                {
                    "name": str(event.name),
                    "hand": event.side,
                    "start_s": round(event.start_s, 3),
                    "end_s": round(event.end_s if event.end_s is not None else self.seconds, 3),
                    "value": round(event.value, 3),
                    "confidence": round(event.confidence, 3),
                }
                for event in sorted(self.gestures, key=lambda event: event.start_s)
            ],
            "steps": [{"t_s": round(step.t_s, 3), "finger": step.finger} for step in self.steps],
        }


class Reading:
    """Observations through the interpreter at the game's ticks, and what it found."""

    def __init__(self, *, live: bool) -> None:
        self.found = Found()
        self._live = live
        self._interpreter = Interpreter()
        self._tick = 0
        self._waiting: list[Observation] = []

    def take(self, seen: list[Observation]) -> None:
        """Take in observations of one look."""
        for one in seen:
            if isinstance(one, HandsSeen):
                self.found.frames += 1
                self.found.with_hands += bool(one.hands)
                self.found.seconds = max(self.found.seconds, one.captured_s)
            elif isinstance(one, SenseLost):
                self.found.ended, self.found.damaged = one.reason, not one.final
        self._waiting += seen

    def until(self, now_s: float) -> Intents | None:
        """Run the ticks up to ``now_s``; the last one's intents, None when there was none to run."""
        intents = None
        while self._tick * TICK_S <= now_s + 1e-9:
            tick_s = self._tick * TICK_S
            due = [one for one in self._waiting if one.at_s <= tick_s + 1e-9]
            self._waiting = [one for one in self._waiting if one.at_s > tick_s + 1e-9]
            intents = self._interpreter.tick(due, tick_s)
            self.found.steps += self._interpreter.steps
            for event in intents.gestures:
                if event.end_s is not None:
                    self.found.gestures.append(event)
                if self._live:
                    print(_line(event), flush=True)
            self._tick += 1
        return intents

    def finish(self) -> None:
        """Let everything that is under way end."""
        self.until(self.found.seconds + 1.0)


def _line(event: GestureEvent) -> str:
    if event.end_s is None:
        return f"{event.start_s:7.2f} s  {event.side:5s}  {event.name} begins"
    lasted_s = event.end_s - event.start_s
    return f"{event.end_s:7.2f} s  {event.side:5s}  {event.name} ends, after {lasted_s:.2f} s"


def run(args: argparse.Namespace) -> int:
    """0 when the source was read to its end (or for as long as asked); 1 when it broke off."""
    reading = Reading(live=not args.json)
    limit_s = args.seconds if args.seconds is not None and args.seconds > 0.0 else None
    source = Path(args.source)
    if is_track(source):
        _read_track(source, reading, limit_s, args.draw)
    else:
        _read_pictures(args.source, reading, limit_s, args.draw)
    reading.finish()
    if args.json:
        json.dump(reading.found.report(), sys.stdout)
        print()
    else:
        found = reading.found
        print(f"{found.with_hands} of {found.frames} pictures show a hand; {len(found.steps)} steps.")
    if reading.found.damaged:
        print(reading.found.ended, file=sys.stderr)
        return 1
    return 0


def _read_track(source: Path, reading: Reading, limit_s: float | None, draw: Path | None) -> None:
    from game.cli.hands_film import Film

    with Film.to(draw) as film:
        for seen in read_track(source):
            if limit_s is not None and seen.captured_s > limit_s:
                break
            reading.take([seen])
            film.add(None, seen, reading.until(seen.at_s))


def _read_pictures(source: str, reading: Reading, limit_s: float | None, draw: Path | None) -> None:
    from game.cli.hands_film import Film
    from game.sense.camera import DeviceCamera, FileCamera
    from game.sense.eyes import Eyes
    from game.sense.hand_tracker import HandTracker
    from npc.models import ModelStore

    model = ModelStore.default().file("hand_landmarker", "hand_landmarker.task")
    device = source.isdecimal() and not Path(source).exists()
    camera = DeviceCamera(int(source)) if device else FileCamera(source)
    try:
        eyes = Eyes(camera, HandTracker(model))
    except BaseException:
        camera.close()
        raise
    try:
        with Film.to(draw) as film:
            looks = _live(eyes, limit_s or 20.0) if device else _recorded(eyes, limit_s)
            for seen, now_s in looks:
                reading.take(seen)
                intents = reading.until(now_s)
                for one in seen:
                    if isinstance(one, HandsSeen):
                        film.add(eyes.picture, one, intents)
    finally:
        eyes.close()


def _recorded(eyes: Any, limit_s: float | None) -> Iterator[tuple[list[Observation], float]]:
    """Every picture of a file, one look each, with the time at which it is known."""
    while (next_s := eyes.watermark_s) != float("inf") and (limit_s is None or next_s <= limit_s):
        seen = eyes.look_until(next_s)
        yield seen, max(one.at_s for one in seen)


def _live(eyes: Any, seconds: float) -> Iterator[tuple[list[Observation], float]]:
    started = time.perf_counter()
    while (now_s := time.perf_counter() - started) < seconds:
        seen = eyes.look_newest(now_s)
        if not seen:
            time.sleep(0.002)
        yield seen, time.perf_counter() - started
