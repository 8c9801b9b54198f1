"""What the tests play before a real runtime; each scene prints one JSON object as its last line.

``runtime.sh MODE tests/headset/scenes.py SCENE [ARGUMENT]``
"""

import gc
import json
import math
import os
import resource
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))

from game.cli.staging import staged_world
from game.headset import HeadsetSenses
from game.interpret.interpreter import Interpreter
from game.present.display import open_display
from game.present.display.headset.comfort import OPENS_S
from game.present.display.headset.display import HeadsetDisplay
from game.present.display.headset.openxr import OpenXrRuntime
from game.present.display.headset.runtime import Controller, State
from game.present.display.headset.seeker import OpenXrSeeker
from game.present.display.pace import RealPacer
from game.present.display.panda import PandaDisplay
from game.present.stage import Stage
from game.world.state import Scene, World
from npc.assets import asset
from tests.headset.remote import RemoteHeadset
from tests.headset.scripted_hands import SCRIPTS, Watched

ROOM: Final = (200, 160, 60)
LONGEST_S: Final = 1500.0


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


def back(_: str) -> dict[str, Any]:
    """The runtime's service dies and comes back, and so does the picture."""
    evening = Evening()
    evening.play(lambda: evening.counts()[2] >= 10)
    os.kill(int(os.environ["HOLLOW_SERVICE"]), signal.SIGKILL)
    evening.play(lambda: evening.display.runtime is None)
    (Path(os.environ["XDG_RUNTIME_DIR"]) / "monado_comp_ipc").unlink(missing_ok=True)
    again = subprocess.Popen(
        os.environ["HOLLOW_SERVICE_AGAIN"].split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        evening.play(lambda: evening.display.runtime is not None and evening.counts()[2] >= 10)
        about = evening.about()
        evening.display.close()
    finally:
        again.kill()
        again.wait()
    return about


def controllers(_: str) -> dict[str, Any]:
    """Both controllers are held, and the right one's trigger pressed."""
    remote = RemoteHeadset()
    runtime, desktop = bare_session()
    remote.head((0.0, 1.6, 0.0))
    remote.hand("right", (0.2, 1.2, -0.4), trigger=1.0)
    remote.hand("left", (-0.2, 1.2, -0.4))
    remote.send()
    held: tuple[Controller, ...] = ()
    while runtime.frames[2] < 15:
        if runtime.poll() in (State.AWAY, State.ENDED):
            time.sleep(0.01)
            continue
        runtime.begin()
        held = runtime.controllers()
        runtime.end(None)
    runtime.close()
    desktop.close()
    remote.close()
    return {"held": [(one.side, one.grip.at_m, one.aim.turn, one.select, one.walk, one.turn) for one in held]}


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


def blends(modes: str) -> dict[str, Any]:
    """A runtime that lists these ways of seeing the room, such as ALPHA_BLEND,OPAQUE."""
    layer = _room(modes)
    evening = Evening()
    evening.play(lambda: evening.counts()[2] >= 10)
    about = evening.about()
    evening.display.close()
    return {**about, "submitted": layer.submitted, "layer_faults": layer.faults}


def seen_through(folder: str) -> dict[str, Any]:
    """The room through the cave, as a real compositor mixes it; and through pictures of four alphas."""
    layer = _room("ALPHA_BLEND,OPAQUE")
    evening = Evening(kind="offscreen")
    evening.play(lambda: evening.counts()[2] >= 5)
    # The wall takes a while to open.
    open_s = time.monotonic() + OPENS_S
    evening.play(lambda: time.monotonic() > open_s)
    cave = screen_of(folder)
    box = shown_box(cave)
    display = evening.display
    eyes = display.eyes
    assert eyes is not None
    shares, hidden = [], []
    for picture in (eyes.picture(0), eyes.picture(1)):
        engine = p3d.GraphicsEngine.get_global_ptr()
        engine.extract_texture_data(picture, display.desktop.output.get_gsg())
        pixels = np.frombuffer(picture.get_ram_image_as("RGBA"), dtype=np.uint8).reshape(-1, 4)
        shares.append(float((pixels[:, 3] == 0).mean()))
        hidden.append(float((pixels[:, 3] == 255).mean()))
        assert not pixels[pixels[:, 3] == 0][:, :3].max(initial=0) > 1
    mixes = {}
    for name, colour in (("clear", (0, 0, 0, 0)), ("half", (0, 0, 0, 128)), ("black", (0, 0, 0, 255)),
                         ("glow", (128, 128, 128, 0))):  # fmt: skip
        eyes.show_plain(p3d.LColor(*(part / 255 for part in colour)))
        # A few frames each, so that none of the picture before is still on its way.
        for _ in range(4):
            evening.frame()
        mixes[name] = usual_colour(part_of(screen_of(folder), box))
    about = evening.about()
    display.close()
    Image.fromarray(cave).save(Path(folder) / "room.png")
    same = (part_of(cave, box) == np.array(ROOM)).all(axis=2)
    return {
        **about, "mixes": mixes, "transparent": shares, "hidden": hidden, "room": float(same.mean()),
        "submitted": layer.submitted, "layer_faults": layer.faults,
    }  # fmt: skip


def _room(modes: str) -> Any:
    from tests.headset.room_layer import NAME, RoomLayer

    os.environ["XR_ENABLE_API_LAYERS"] = NAME
    return RoomLayer(tuple(modes.split(",")))


def screen_of(folder: str) -> NDArray[np.uint8]:
    """The X screen that Xvfb keeps in ``folder`` as an XWD file; (height, width, 3)."""
    # The compositor shows what it was given when it comes to it.
    time.sleep(2.0)
    data = (Path(folder) / "Xvfb_screen0").read_bytes()
    head = struct.unpack(">25I", data[:100])
    # Size of the head, width, height, bits a pixel, bytes a row, colours of the table (12 bytes each).
    start, width, height, row = head[0] + head[19] * 12, head[4], head[5], head[12]
    assert head[11] == 32, f"expected 32 bits a pixel, found {head[11]}"
    rows = np.frombuffer(data[start : start + row * height], dtype=np.uint8).reshape(height, row)
    pixels = rows[:, : width * 4].reshape(height, width, 4)
    return np.ascontiguousarray(pixels[:, :, 2::-1])


def shown_box(screen: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Rows and columns of the compositor's window: what is not black, a twentieth off each edge."""
    rows, columns = np.nonzero(screen.max(axis=2) > 40)
    low, high, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    down, across = (high - low) // 20, (right - left) // 20
    return int(low + down), int(high - down), int(left + across), int(right - across)


def part_of(screen: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    low, high, left, right = box
    return screen[low:high, left:right]


def usual_colour(part: NDArray[np.uint8]) -> list[int]:
    colours, counts = np.unique(part.reshape(-1, 3), axis=0, return_counts=True)
    return [int(v) for v in colours[counts.argmax()]]


def tracked(_: str) -> dict[str, Any]:
    """The head at a known place: where it is in the world, and what each eye sees."""
    remote = RemoteHeadset()
    evening = Evening()
    world, display = evening.world, evening.display
    world.player.position, world.player.yaw_rad = (0.0, 0.0, 0.0), 0.0
    evening.frame()
    world.tick += 1
    remote.head((0.0, 1.6, 0.0))
    remote.send()
    evening.play(lambda: evening.counts()[2] >= 6)
    # The middle of the room is below the head, wherever that was at first.
    display.recentre()
    remote.head((0.3, 1.7, 0.2))
    remote.hand("right", (0.2, 1.2, -0.4))
    remote.send()
    after = evening.frames + 6
    evening.play(lambda: evening.frames >= after)
    eyes, seen = display.eyes, display.seen
    assert eyes is not None
    assert seen is not None
    assert display.tracked is not None
    found = []
    for number, eye in enumerate(seen):
        camera = eyes.views[number].camera
        lens = camera.node().get_lens()
        corners = []
        for x, z in ((-1, 0), (1, 0), (0, 1), (0, -1)):
            near, far = p3d.LPoint3(), p3d.LPoint3()
            lens.extrude(p3d.LPoint2(x, z), near, far)
            way = far - near
            corners.append(math.atan2(way[0] if z == 0 else way[2], way[1]))
        found.append({"fov": eye.fov, "lens": corners, "at": list(camera.get_pos(display.root))})
    about = evening.about()
    hands = [(hand.side, hand.places[0], hand.sure) for hand in display.tracked.hands]
    head = display.tracked.head.at_m
    display.close()
    remote.close()
    return {**about, "eyes": found, "head": head, "tracked_hands": hands}


def gestures(name: str) -> dict[str, Any]:
    """A scripted pair of hands makes a gesture; what the interpreter takes it for.

    Nothing is drawn, so that the runtime's twenty frames a second are kept on any machine.
    """
    script = SCRIPTS[name]
    remote = RemoteHeadset()
    runtime, desktop = bare_session()
    headset = Watched(runtime)
    senses, interpreter = HeadsetSenses(headset), Interpreter()
    remote.head((0.0, 1.6, 0.0))
    begun_s = time.monotonic()
    tick, frames, found, walked = 0, 0, [], 0
    while (t_s := time.monotonic() - begun_s) < script.seconds + 1.0:
        if runtime.poll() in (State.AWAY, State.ENDED):
            time.sleep(0.01)
            begun_s = time.monotonic()
            continue
        for side in ("left", "right"):
            held = script.hand(side, t_s - 1.0)
            if held is None:
                remote.hand(side, (0.0, 0.0, 0.0), seen=False)
            else:
                remote.hand(side, held.at, held.turn, held.curls)
        remote.send()
        headset.frame()
        frames += 1
        now_s = time.monotonic() - begun_s
        news = senses.until(now_s)
        while tick / 60.0 <= now_s:
            intents = interpreter.tick(news, tick / 60.0)
            walked += intents.walk.steps
            news = []
            found += [(one.name.value, one.side, one.start_s - 1.0) for one in intents.gestures
                      if one.end_s is None]  # fmt: skip
            tick += 1
    runtime.close()
    desktop.close()
    remote.close()
    return {"gestures": found, "steps": walked, "frames": frames, "fps": frames / script.seconds}


SCENES: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "frames": frames, "killed": killed, "absent": absent, "restarts": restarts,
    "back": back, "controllers": controllers,
    "tracked": tracked, "gestures": gestures, "blends": blends, "seen_through": seen_through,
}  # fmt: skip


if __name__ == "__main__":
    answer = SCENES[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else "")
    sys.stdout.flush()
    print(json.dumps(answer), flush=True)
