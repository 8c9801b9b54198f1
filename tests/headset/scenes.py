"""What the tests play before a real runtime; each scene prints one JSON object as its last line.

``runtime.sh MODE tests/headset/scenes.py SCENE [ARGUMENT]``
"""

import gc
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from game.cli.look import staged_world
from game.present.display import open_display
from game.present.display.headset.display import HeadsetDisplay
from game.present.display.headset.seeker import OpenXrSeeker
from game.present.display.pace import RealPacer
from game.present.display.panda import PandaDisplay
from game.present.stage import Stage
from game.world.state import Scene, World
from npc.assets import asset

LONGEST_S: Final = 240.0


class Evening:
    """A headset, a scene of the cave in it, and what was told."""

    def __init__(self, *, kind: Any = "offscreen", size: tuple[int, int] = (320, 180)) -> None:
        pacer = RealPacer(now=time.monotonic, sleep=time.sleep)
        desktop = open_display(kind, size=size, pacer=pacer, shaders=asset("shaders"))
        assert isinstance(desktop, PandaDisplay)
        self.display = HeadsetDisplay(desktop, OpenXrSeeker(), now=time.monotonic)
        self.world: World = staged_world(Scene.FORK, 7)
        self.stage = Stage(self.display, self.world, headset=self.display)
        self.told: list[tuple[bool, str]] = []
        self.states: list[str] = []
        self.begun_s = time.monotonic()
        self.frames = 0

    def frame(self) -> None:
        display = self.display
        seen = display.begin()
        self.stage.update(
            self.world, alpha=1.0, mouth=0.0, voice_level=0.0, predicted_s=seen.predicted_s, frame_dt_s=0.02
        )
        display.submit()
        self.frames += 1
        self.told += [(one.here, one.sentence) for one in display.news()]
        if not self.states or self.states[-1] != display.state.value:
            self.states.append(display.state.value)

    def play(self, until: Callable[[], bool]) -> bool:
        """Frames until ``until``; False when that never came."""
        while not until():
            if time.monotonic() - self.begun_s > LONGEST_S:
                return False
            self.frame()
        return True

    def counts(self) -> tuple[int, int, int]:
        runtime = self.display.runtime
        return (0, 0, 0) if runtime is None else runtime.frames

    def about(self) -> dict[str, Any]:
        runtime = self.display.runtime
        return {
            "told": self.told,
            "states": self.states,
            "faults": list(self.display.faults),
            "renderer": self.display.renderer,
            "runtime": None if runtime is None else runtime.name,
            "blend": None if runtime is None else runtime.blend.value,
            "hands": None if runtime is None else runtime.tracks_hands,
            "frames": self.counts(),
            "fps": round(self.frames / (time.monotonic() - self.begun_s), 1),
        }


def frames(wanted: str) -> dict[str, Any]:
    """So many frames, and a clean end."""
    evening = Evening(kind=os.environ.get("HOLLOW_KIND", "offscreen"))
    evening.play(lambda: evening.counts()[2] >= int(wanted))
    about = evening.about()
    runtime = evening.display.runtime
    evening.display.close()
    assert runtime is not None
    return {**about, "after": runtime.frames, "ended": runtime.state.value}


def killed(_: str) -> dict[str, Any]:
    """The runtime's service dies in mid-play; the game goes on on the desktop."""
    evening = Evening()
    evening.play(lambda: evening.counts()[2] >= 20)
    os.kill(int(os.environ["HOLLOW_SERVICE"]), signal.SIGKILL)
    evening.play(lambda: evening.display.runtime is None)
    after = evening.frames + 20
    evening.play(lambda: evening.frames >= after)
    about = evening.about()
    evening.display.close()
    return {**about, "frames_after": 20}


def absent(_: str) -> dict[str, Any]:
    """Nobody answers: the picture stays on the desktop."""
    evening = Evening()
    evening.play(lambda: evening.frames >= 20)
    about = evening.about()
    evening.display.close()
    return about


def restarts(wanted: str) -> dict[str, Any]:
    """The headset is left and entered again so many times, in one process."""
    evening = Evening(size=(64, 36))
    seen = []
    for _ in range(int(wanted)):
        evening.play(lambda: evening.counts()[2] >= 4)
        evening.display.leave()
        gc.collect()
        handles = len(list(Path("/proc/self/fd").iterdir()))
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        seen.append((handles, pages * resource.getpagesize() / 1e6))
        evening.begun_s = time.monotonic()
        evening.display.enter()
    evening.display.close()
    return {"handles": [one[0] for one in seen], "memory_mb": [round(one[1], 1) for one in seen]}


SCENES: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "frames": frames, "killed": killed, "absent": absent, "restarts": restarts,
}  # fmt: skip


if __name__ == "__main__":
    answer = SCENES[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else "")
    sys.stdout.flush()
    print(json.dumps(answer), flush=True)
