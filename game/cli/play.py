"""``hollow play``: the game."""

import argparse
import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from game.app import play
from game.cli.folders import folder_of
from game.clock import ClockKind
from game.plan import PlaySettings
from game.present.display.headset.comfort import USUAL_M, Comfort, Where


def add_parser(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "play",
        help="play: a hand before the camera, a voice in the room",
        description="Play. With no option it finds the camera, the microphone and the screen that there are; "
        "what is missing is named in a line and replaced.",
    )
    sense = command.add_argument_group("senses")
    sense.add_argument(
        "--camera",
        metavar="N|FILE|off",
        help="a camera's number, a video file, a recorded track of hands (.jsonl, .jsonl.gz), or off",
    )
    sense.add_argument("--microphone", metavar="NAME|FILE|off", help="a name, a sound file, or off")
    sense.add_argument("--earpiece", metavar="NAME", help="a sound device in your ear, by a part of its "
                       "name: the Companion speaks there, the Child in the room")  # fmt: skip
    sense.add_argument("--recogniser", metavar="ENGINE", help="an engine of SpeechRecognition, not Whisper "
                       "(sphinx, google, ...: some send your voice away)")  # fmt: skip
    sense.add_argument("--backend", metavar="URL", help="an OpenAI-compatible server that speaks instead")
    who = command.add_argument_group("character")
    who.add_argument("--child", metavar="FOLDER|NAME", help="a character of your own in the Child's place: "
                     "its folder, or its name in assets/personalities")  # fmt: skip
    picture = command.add_argument_group("picture")
    picture.add_argument("--display", choices=["window", "fullscreen", "offscreen", "none", "openxr"],
                         help="where the light goes (openxr: a headset; none: nowhere)")  # fmt: skip
    picture.add_argument("--screen", type=int, metavar="N", help="the screen for fullscreen; 0 is the first")
    picture.add_argument("--size", type=_size, metavar="WxH", help="of the picture, such as 1280x720")
    picture.add_argument("--quality", choices=["low", "medium", "high"], help="how many points of light")
    picture.add_argument("--room", type=Path, metavar="FILE", help="where screens, camera and you are")
    picture.add_argument("--stereo", choices=["anaglyph", "sbs"],
                         help="for two eyes: red and cyan glasses, or side by side")  # fmt: skip
    worn = command.add_argument_group("headset")
    plain = Comfort()
    worn.add_argument("--opening", choices=[where.value for where in Where], default=plain.opening.value,
                      help="the cave opens in a wall or the floor of your room, or all around")  # fmt: skip
    worn.add_argument("--away", type=_metres, metavar="M",
                      help=f"how far that is from you: the wall ({USUAL_M[Where.WALL]:g}), or the near "
                      f"edge of the hole in the floor ({USUAL_M[Where.FLOOR]:g})")  # fmt: skip
    worn.add_argument("--dark", type=_share, default=plain.solid, metavar="S",
                      help="how much of your room the dark in the opening hides (0 to 1)")  # fmt: skip
    worn.add_argument("--vignette", action="store_true", help="see less at the edges while you walk")
    worn.add_argument("--turns", choices=["steps", "smooth"], default="steps",
                      help="how the cave turns where the tunnel bends")  # fmt: skip
    worn.add_argument("--fist", action="store_true", help="a fist that you draw aside turns the cave")
    worn.add_argument(
        "--tow", action="store_true", help="the thread of light draws you on where you do not walk"
    )
    run = command.add_argument_group("run")
    run.add_argument("--clock", choices=[kind.value for kind in ClockKind],
                     help="real: as on the evening; game: files at their own times")  # fmt: skip
    run.add_argument("--seed", type=int, metavar="N", help="the same cave again; fresh without")
    run.add_argument("--seconds", type=_seconds, metavar="S", help="stop after so long")
    run.add_argument("--record", type=Path, metavar="OUT.mp4", help="picture and sound together")
    run.add_argument("--report", type=Path, metavar="OUT.json", help="what was sensed, said, and how fast")
    run.add_argument("--log", type=Path, metavar="OUT.jsonl", help="what came in, for hollow replay")
    command.set_defaults(run=run_play)
    return command


def run_play(options: argparse.Namespace) -> int:
    settings = PlaySettings(
        camera=options.camera,
        microphone=options.microphone,
        earpiece=options.earpiece,
        recogniser=options.recogniser,
        backend=options.backend,
        child=folder_of(options.child) if options.child is not None else None,
        display=options.display,
        screen=options.screen,
        size=options.size,
        quality=options.quality,
        room=options.room,
        stereo=options.stereo,
        clock=ClockKind(options.clock) if options.clock else None,
        seed=options.seed,
        seconds=options.seconds,
        record=options.record,
        report=options.report,
        log=options.log,
        comfort=Comfort(
            opening=Where(options.opening),
            away_m=options.away,
            solid=options.dark,
            vignette=options.vignette,
            turns=options.turns == "steps",
            fist=options.fist,
            tow=options.tow,
        ),
    )
    with ends_when_asked():
        return play(settings)


@contextmanager
def ends_when_asked() -> Iterator[None]:
    """A terminal that closes, a session that ends and ``kill`` end the evening as Ctrl-C does: film, log and
    report are finished. A signal that is ignored (nohup) stays so."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        asks = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
        before = {ask: signal.SIG_DFL for ask in asks if signal.getsignal(ask) is signal.SIG_DFL}
    for ask in before:
        signal.signal(ask, _interrupt)
    try:
        yield
    finally:
        for ask, handler in before.items():
            signal.signal(ask, handler)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if width.isdigit() and height.isdigit() and 64 <= int(width) <= 16384 and 64 <= int(height) <= 16384:
        return int(width), int(height)
    raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT such as 1280x720 (64 to 16384), found {text!r}")


def _metres(text: str) -> float:
    return _number(text, 1.0, 8.0, "metres")


def _share(text: str) -> float:
    return _number(text, 0.0, 1.0, "a share")


def _number(text: str, low: float, high: float, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if low <= value <= high:
        return value
    raise argparse.ArgumentTypeError(f"expected {what} between {low:g} and {high:g}, found {text!r}")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if 0.0 < value <= 86_400.0:
        return value
    raise argparse.ArgumentTypeError(f"expected seconds between 0 and 86400, found {text!r}")
