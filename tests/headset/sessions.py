"""What the scenes play in: a headset with the cave in it, or a session of which nothing is drawn."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from game.cli.staging import staged_world
from game.headset import wear
from game.present.display import open_display
from game.present.display.headset.comfort import Comfort
from game.present.display.headset.display import HeadsetDisplay
from game.present.display.headset.openxr import OpenXrRuntime
from game.present.display.headset.seeker import OpenXrSeeker
from game.present.display.pace import RealPacer
from game.present.display.panda import PandaDisplay
from game.present.stage import Stage
from game.world.state import Scene, World
from npc.assets import asset

LONGEST_S: Final = 1500.0


class Evening:
    """A headset, a scene of the cave in it, and what was told."""

    def __init__(
        self, *, kind: Any = "offscreen", size: tuple[int, int] = (320, 180), comfort: Comfort | None = None
    ) -> None:
        pacer = RealPacer(now=time.monotonic, sleep=time.sleep)
        desktop = open_display(kind, size=size, pacer=pacer, shaders=asset("shaders"))
        assert isinstance(desktop, PandaDisplay)
        self.display = HeadsetDisplay(desktop, OpenXrSeeker(), now=time.monotonic, comfort=comfort)
        self.world: World = staged_world(Scene.FORK, 7)
        wear(self.world.player, comfort or Comfort())
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


def service_again() -> subprocess.Popen[bytes]:
    """The runtime's service once more, as soon as it answers. The one that was killed may still hold what it
    held, and then a new one ends at once: it is started again, as a system does. Raises RuntimeError."""
    folder = Path(os.environ["XDG_RUNTIME_DIR"])
    socket, log = folder / "monado_comp_ipc", folder / "service-again.log"
    for _ in range(20):
        socket.unlink(missing_ok=True)
        with log.open("wb") as told:
            started = subprocess.Popen(os.environ["HOLLOW_SERVICE_AGAIN"].split(), stdout=told, stderr=told)
        while started.poll() is None:
            if socket.exists():
                return started
            time.sleep(0.1)
        time.sleep(1.0)
    raise RuntimeError(
        f"the runtime's service does not start again: {log.read_text(errors='replace')[-500:]}"
    )


def bare_session() -> tuple[OpenXrRuntime, PandaDisplay]:
    """A session of which nothing is drawn, and the display that has its graphics context."""
    desktop = open_display(
        "offscreen", size=(64, 36), pacer=RealPacer(now=time.monotonic, sleep=time.sleep),
        shaders=asset("shaders"),
    )  # fmt: skip
    assert isinstance(desktop, PandaDisplay)
    desktop.submit()
    runtime = OpenXrSeeker().take()
    assert runtime is not None
    return runtime, desktop


def with_room(modes: str, *, tiled: bool = False) -> Any:
    """A headset from now on that lists these ways of blending and whose cameras see a room (`RoomLayer`)."""
    from tests.headset.room_layer import NAME, RoomLayer

    os.environ["XR_ENABLE_API_LAYERS"] = NAME
    return RoomLayer(tuple(modes.split(",")), tiled=tiled)
