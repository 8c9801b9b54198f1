"""Looks at one device or library in a process of its own, so that a crash or a hang there harms nobody.

``python -m game.cli.probes NAME [ARGUMENT]`` prints one JSON object as the last line of standard output.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

Facts = Mapping[str, Any]
TIMEOUT_S: Final = 20.0
_ROOT: Final = Path(__file__).resolve().parents[2]


class ProbeFailed(Exception):
    """The probe gave no answer; the text is a clause that tells how it ended."""


def run_probe(name: str, argument: str = "", *, timeout_s: float = TIMEOUT_S) -> Facts:
    """What the probe found; ProbeFailed when it crashed, hung or complained."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "game.cli.probes", name, argument],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProbeFailed(f"it gave no answer for {timeout_s:.0f} s") from error
    except OSError as error:
        raise ProbeFailed(f"it could not be started ({error.strerror or error})") from error
    if ended.returncode < 0:
        raise ProbeFailed(f"it crashed with signal {-ended.returncode}")
    if ended.returncode != 0:
        said = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
        raise ProbeFailed((said or [f"it ended with status {ended.returncode}"])[-1][:300])
    try:
        facts = json.loads(ended.stdout.splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise ProbeFailed("it gave no readable answer") from error
    if not isinstance(facts, dict):
        raise ProbeFailed("it gave no readable answer")
    return facts


def camera(index: str) -> Facts:
    """Whether this camera opens and gives a picture, and the picture's size and brightness (0 to 255)."""
    import cv2

    device = cv2.VideoCapture(int(index))
    try:
        if not device.isOpened():
            return {"opens": False}
        picture = None
        for _ in range(5):  # the first pictures of many cameras are black or missing
            got, newest = device.read()
            picture = newest if got else picture
        if picture is None:
            return {"opens": True, "gives": False}
        height, width = picture.shape[:2]
        return {
            "opens": True,
            "gives": True,
            "width": int(width),
            "height": int(height),
            "brightness": round(float(picture.mean()), 1),
        }
    finally:
        device.release()


def sound(_: str) -> Facts:
    """Names of the microphones and of the speakers, the default one first."""
    import sounddevice

    devices = sounddevice.query_devices()
    facts: dict[str, list[str]] = {}
    for position, kind in enumerate(("input", "output")):
        default = sounddevice.default.device[position]
        able = [device for device in devices if device[f"max_{kind}_channels"] > 0]
        able.sort(key=lambda device: device["index"] != default)
        facts[kind] = list(dict.fromkeys(device["name"] for device in able))
    return facts


def graphics(library: str) -> Facts:
    """Whether this Panda3D display library draws, and by what."""
    from game.present.display.trial import try_graphics

    return asdict(try_graphics(library))


def headset(_: str) -> Facts:
    """Which OpenXR runtime and headset there are and what they can do, or why there are none."""
    from game.present.display.headset.instance import Instance, load
    from game.present.display.headset.runtime import NoHeadset

    try:
        instance = Instance(load())
    except NoHeadset as error:
        return {"fault": str(error)}
    able = instance.abilities
    instance.close()
    return {
        "runtime": able.runtime,
        "system": able.system,
        "blends": [blend.value for blend in able.blends],
        "blend": able.blend.value,
        "by_layer": able.by_layer,
        "hands": able.hands,
        "eye": list(able.eye_size),
    }


def room(_: str) -> Facts:
    """Where the room file is read from, and what is wrong with it."""
    from game.present.display.room import user_room_path
    from game.present.display.room_file import RoomFault, load_room

    path = user_room_path()
    facts = {"path": str(path), "there": path.exists(), "fault": ""}
    if facts["there"]:
        try:
            load_room(path)
        except RoomFault as error:
            facts["fault"] = str(error)
    return facts


def hands(model: str) -> Facts:
    """How long both hand networks take together for a black picture, in milliseconds."""
    import numpy as np

    from game.sense.hand_networks import HandNetworks
    from game.sense.hand_regions import Square, Window

    networks = HandNetworks(Path(model))
    black = np.zeros((480, 640, 3), dtype=np.uint8)

    def look() -> None:
        networks.palms(black, Window(x=0, y=0, width=640, height=480), least=0.5)
        networks.read(black, Square(x=320.0, y=240.0, side=200.0))

    return {"ms": _second_ms(look)}


def head(model: str) -> Facts:
    """How long the face landmarker takes for a black picture, in milliseconds."""
    import numpy as np

    from game.sense.head_tracker import HeadTracker

    tracker = HeadTracker(Path(model))
    black = np.zeros((480, 640, 3), dtype=np.uint8)
    try:
        return {"ms": _second_ms(lambda: tracker.detect(black, 0.0))}
    finally:
        tracker.close()


def _second_ms(look: Callable[[], object]) -> float:
    """Milliseconds of the second look; the first one warms up."""
    look()
    begun_s = time.perf_counter()
    look()
    return round((time.perf_counter() - begun_s) * 1000.0, 1)


def language(model: str) -> Facts:
    """Whether the embedded language library loads and the file is of its format."""
    import xllamacpp

    with Path(model).open("rb") as stream:
        return {"gguf": stream.read(4) == b"GGUF", "version": str(getattr(xllamacpp, "__version__", ""))}


PROBES: Final = {
    "camera": camera,
    "sound": sound,
    "graphics": graphics,
    "headset": headset,
    "room": room,
    "hands": hands,
    "head": head,
    "language": language,
}


def main(arguments: list[str]) -> int:
    """Run the named probe and print what it found."""
    name, argument = (*arguments, "")[:2]
    facts = PROBES[name](argument)
    sys.stdout.flush()
    print(json.dumps(dict(facts)), flush=True)
    # Some libraries crash while the interpreter takes them down; the answer has been given.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
