"""An evening as a player has it: ``hollow play --display openxr`` before a real runtime, with scripted hands.

``runtime.sh remote tests/headset/evening.py [OPTION ...]``; options are those of ``hollow play``. Head and
hands follow `EVENING`, then another program takes the headset for a while, then the runtime's service is
killed and started again, and the evening ends when the game is back in the headset. Prints one JSON object as
its last line.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from game import app
from game.cli.main import main
from game.present.display.headset.openxr import OpenXrRuntime
from game.present.display.headset.runtime import Beat
from tests.headset.remote import RemoteHeadset
from tests.headset.scripted_hands import SCRIPTS
from tests.headset.sessions import service_again

EVENING: Final = (
    ("", 3.0), ("point", 8.0), ("", 2.0), ("pinch", 8.0), ("", 2.0), ("walk", 10.0), ("", 2.0),
    ("palm_out", 8.0), ("", 2.0), ("palm_up", 8.0), ("", 2.0),
)  # fmt: skip
"""Gestures of `SCRIPTS` and how long each is made, seconds; none while the hands are down."""
_WORN: Final = "You are in the headset"
_COMES_BACK_S: Final = 90.0


class Evening(threading.Thread):
    """The player, and what befalls them."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.told: list[str] = []
        self.again: subprocess.Popen[bytes] | None = None
        """The runtime's service when it has been started once more."""

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)
        print(sentence, file=sys.stderr, flush=True)

    def run(self) -> None:
        try:
            remote = RemoteHeadset()
            remote.head((0.0, 1.6, 0.0))
            remote.send()
            self._wait(1)
            for name, seconds in EVENING:
                self._make(remote, name, seconds)
            remote.close()
            self._open_another()
            self._lose_the_runtime()
        finally:
            # As Ctrl-C does.
            os.kill(os.getpid(), signal.SIGINT)

    def _make(self, remote: RemoteHeadset, name: str, seconds: float) -> None:
        begun_s = time.monotonic()
        while (t_s := time.monotonic() - begun_s) < seconds:
            for side in ("left", "right"):
                held = SCRIPTS[name].hand(side, t_s) if name else None
                if held is None:
                    remote.hand(side, (0.0, 0.0, 0.0), seen=False)
                else:
                    remote.hand(side, held.at, held.turn, held.curls)
            remote.send()
            time.sleep(0.02)

    def _open_another(self) -> None:
        """Another program of the headset is opened, and closed again."""
        scenes = str(Path(__file__).with_name("scenes.py"))
        subprocess.run(
            [*os.environ["HOLLOW_PYTHON"].split(), scenes, "guest", "40"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_COMES_BACK_S, check=True,
        )  # fmt: skip
        self._wait(2)

    def _lose_the_runtime(self) -> None:
        os.kill(int(os.environ["HOLLOW_SERVICE"]), signal.SIGKILL)
        time.sleep(3.0)
        self.again = service_again()
        self._wait(3)
        time.sleep(2.0)

    def _wait(self, times: int) -> None:
        """Until the player is in the headset so many times."""
        until_s = time.monotonic() + _COMES_BACK_S
        while sum(_WORN in one for one in self.told) < times and time.monotonic() < until_s:
            time.sleep(0.05)


def draw_late(evening: Evening) -> None:
    """Until the runtime is lost frames are counted and not drawn, as a runtime may ask for: where the
    processor draws, hands would be seen once a second."""
    begin = OpenXrRuntime.begin

    def begun(self: OpenXrRuntime) -> Beat:
        beat = begin(self)
        return replace(beat, shows=beat.shows and evening.again is not None)

    OpenXrRuntime.begin = begun  # type: ignore[method-assign]


if __name__ == "__main__":
    # A shell that starts this in the background has Ctrl-C ignored, and that is inherited.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    evening = Evening()
    app.tell = evening.tell
    draw_late(evening)
    evening.start()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        played = ("--display", "openxr", "--microphone", "off", "--seed", "7", "--size", "320x180")
        try:
            ended = main(["play", *played, "--report", str(report), *sys.argv[1:]])
        finally:
            if evening.again is not None:
                evening.again.kill()
                evening.again.wait()
        found = json.loads(report.read_text(encoding="utf-8"))
    made = {one["name"]: one["hand"] for one in found["gestures"]}
    print(json.dumps({"ended": ended, "told": evening.told, "made": made, "frames": found["frames"],
                      "faults": [one["what"] for one in found["faults"]]}), flush=True)  # fmt: skip
