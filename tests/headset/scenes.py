"""What the tests play before a real runtime; each scene prints one JSON object as its last line.

``runtime.sh MODE tests/headset/scenes.py SCENE [ARGUMENT]``
"""

import gc
import json
import math
import os
import resource
import signal
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

from game.cli.doctor import check_headset
from game.cli.probes import headset
from game.headset import HeadsetSenses
from game.interpret.interpreter import Interpreter
from game.present.display.headset.comfort import OPENS_S, Comfort, Where
from game.present.display.headset.runtime import Controller, Eye, State
from game.world.child import on_rail
from game.world.geometry import yaw_towards
from game.world.hole import feet_of_child
from game.world.walking import head_of
from tests.headset.remote import RemoteHeadset
from tests.headset.screens import (
    FLOOR,
    WALL,
    left_of,
    part_of,
    screen_of,
    shown_box,
    tile_colours,
    usual_colour,
)
from tests.headset.scripted_hands import SCRIPTS, Watched
from tests.headset.sessions import Evening, bare_session, service_again, with_room

ROOM: Final = (200, 160, 60)
_LOOKS_DOWN: Final = (-math.sin(math.radians(14.0)), 0.0, 0.0, math.cos(math.radians(14.0)))
"""So far, 28 degrees, a head is bent that looks into a hole."""


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
    again = service_again()
    try:
        evening.play(lambda: evening.display.runtime is not None and evening.counts()[2] >= 10)
        about = evening.about()
        evening.display.close()
    finally:
        again.kill()
        again.wait()
    return about


def guest(wanted: str) -> dict[str, Any]:
    """Another program of the headset, which shows nothing for so many frames."""
    runtime, desktop = bare_session()
    while runtime.frames[2] < int(wanted):
        if runtime.poll() in (State.AWAY, State.ENDED):
            time.sleep(0.01)
            continue
        runtime.begin()
        runtime.end(None)
    runtime.close()
    desktop.close()
    return {"frames": runtime.frames}


def covered(_: str) -> dict[str, Any]:
    """Another program is opened in the headset, and closed again."""
    evening = Evening()
    evening.play(lambda: evening.display.state is State.PLAYED and evening.counts()[2] >= 10)
    other = subprocess.Popen(
        [*os.environ["HOLLOW_PYTHON"].split(), __file__, "guest", "60"], stdout=subprocess.DEVNULL
    )
    try:
        evening.play(lambda: evening.display.state is not State.PLAYED)
        evening.play(lambda: evening.display.state is State.PLAYED)
        ended = other.wait(60.0)
    finally:
        other.kill()
        other.wait()
    about = evening.about()
    evening.display.close()
    return {**about, "ended": ended}


def doctor(_: str) -> dict[str, Any]:
    """What ``hollow doctor`` says of this headset."""
    check = check_headset(lambda _, argument: headset(argument))
    return {"found": check.found, "what": check.what, "advice": check.advice}


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
    layer = with_room(modes)
    evening = Evening()
    evening.play(lambda: evening.counts()[2] >= 10)
    about = evening.about()
    evening.display.close()
    return {**about, "submitted": layer.submitted, "layer_faults": layer.faults}


def seen_through(folder: str) -> dict[str, Any]:
    """The room through the cave, as a real compositor mixes it; and through pictures of four alphas."""
    layer = with_room("ALPHA_BLEND,OPAQUE")
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


def opening(told: str) -> dict[str, Any]:
    """``WHERE,METRES,FOLDER``: wall or floor have opened, the Child is so far away, and the runtime's own
    compositor lays that over a room with a tiled floor; a picture of it is kept in the folder."""
    where, away_m, folder = told.split(",", 2)
    layer = with_room("ALPHA_BLEND,OPAQUE", tiled=True)
    remote = RemoteHeadset()
    evening = Evening(comfort=Comfort(opening=Where(where)))
    world, display = evening.world, evening.display
    remote.head((0.0, 1.6, 0.0))
    remote.send()
    evening.play(lambda: evening.counts()[2] >= 5)
    display.recentre()
    remote.head((0.0, 1.6, 0.0), _LOOKS_DOWN)
    remote.send()
    world.hands, world.mote, world.thread, world.words = [], 0.0, 0.0, []
    child, looks_at = world.child, head_of(world.player)
    child.position, child.body, child.eyes = on_rail(world, float(away_m)), 1.0, 1.0
    child.yaw_rad, child.look_at = yaw_towards(child.position, looks_at), looks_at
    world.tick += 1
    open_s = time.monotonic() + OPENS_S
    evening.play(lambda: time.monotonic() > open_s)
    after = evening.frames + 4
    evening.play(lambda: evening.frames >= after)
    screen = screen_of(folder)
    Image.fromarray(screen).save(Path(folder) / f"{where}-{away_m}.png")
    about, eyes, seen = evening.about(), display.eyes, display.seen
    assert eyes is not None
    assert seen is not None
    x, y, z = feet_of_child(world)
    stands = eyes.in_room((x, y, z + display.lift_m((x, y, z))))
    display.close()
    remote.close()
    return {
        **about, **measured(left_of(screen), seen[0], stands), "stands": stands,
        "submitted": layer.submitted, "layer_faults": layer.faults,
    }  # fmt: skip


def measured(picture: NDArray[np.uint8], eye: Eye, stands: tuple[float, float, float]) -> dict[str, float]:
    """Of the picture of an eye (height, width, 3) that is bent down: how far away the feet of the Child are
    and how tall it is, who stands there and is white; and how much is dark, and how much tiled."""
    levels = picture.astype(int)
    height, width, _ = picture.shape
    left, right, up, down = (math.tan(angle) for angle in eye.fov)
    w, x, *_ = eye.pose.turn
    bent = 2.0 * math.atan2(x, w)
    eye_x, _, eye_m = eye.pose.at_m
    # From the eye to the middle of its body, along the way that the eye looks.
    deep_m = stands[1] * math.cos(bent) - (eye_m - 0.5) * math.sin(bent)
    middle, aside = (stands[0] - eye_x) / deep_m, 0.25 / deep_m
    columns = [round((at - left) / (right - left) * width) for at in (middle - aside, middle + aside)]
    (rows,) = np.nonzero((levels[:, slice(*columns)].min(axis=2) > 170).sum(axis=1) > 1)

    def drop(row: int) -> float:
        """How far a way through that row falls in a metre."""
        return -math.tan(bent + math.atan(up + (row + 0.5) / height * (down - up)))

    tiled = [
        np.abs(levels - colour).max(axis=2) < 12 for colour in (*tile_colours(WALL), *tile_colours(FLOOR))
    ]
    return {
        "feet_m": eye_m / drop(int(rows.max())),
        "tall_m": eye_m - stands[1] * drop(int(rows.min())),
        "dark": float((levels.max(axis=2) < 16).mean()),
        "tiles": float(np.any(tiled, axis=0).mean()),
    }


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
    "back": back, "controllers": controllers, "guest": guest, "covered": covered, "doctor": doctor,
    "opening": opening,
    "tracked": tracked, "gestures": gestures, "blends": blends, "seen_through": seen_through,
}  # fmt: skip


if __name__ == "__main__":
    answer = SCENES[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else "")
    sys.stdout.flush()
    print(json.dumps(answer), flush=True)
