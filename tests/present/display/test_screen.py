"""What really stands on a screen, seen by another program: a picture can be drawn and never shown."""

import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

DRAW = """
import time
from game.cli.staging import staged_world
from game.present.display import open_display
from game.present.display.pace import RealPacer
from game.present.amounts import Quality
from game.present.stage import Stage
from npc.assets import asset

pacer = RealPacer(now=time.monotonic, sleep=time.sleep)
display = open_display("window", size=(320, 180), pacer=pacer, shaders=asset("shaders"))
world = staged_world("fork", 7)
stage = Stage(display, world, quality=Quality.LOW)
for number in range(6):
    display.begin()
    stage.update(world, alpha=1.0, mouth=0.0, voice_level=0.0, predicted_s=number / 30, frame_dt_s=1 / 30)
    display.submit()
display.begin()
print("shown", flush=True)
input()
display.close()
"""


def seen(environment: dict[str, str], path: Path) -> int:
    """The brightest value on the whole screen."""
    subprocess.run(["xwd", "-root", "-out", str(path)], env=environment, check=True, timeout=20)
    data = path.read_bytes()
    head = struct.unpack(">25I", data[:100])
    return int(np.frombuffer(data[head[0] + 12 * head[19] :], dtype=np.uint8).max())


def test_the_picture_of_a_window_reaches_the_screen(screen: dict[str, str], tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", DRAW], env=screen, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    if child.stdout.readline().strip() != "shown":
        child.kill()
        pytest.skip(f"no window here: {child.communicate()[1][-200:]}")
    bright = 0
    limit_s = time.monotonic() + 10.0
    while bright < 200 and time.monotonic() < limit_s:
        bright = seen(screen, tmp_path / "screen.xwd")
    child.communicate("\n", timeout=30)
    assert bright >= 200
