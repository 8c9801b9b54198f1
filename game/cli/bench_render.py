"""``hollow bench render``: what a picture costs the processor and the graphics."""

import argparse
import json
import math
import os
import sys
import time
from typing import Any, Final

import numpy as np

from game.cli.look import FPS, picture_size
from game.cli.staging import staged_world
from game.present import cost
from game.present.amounts import Quality
from game.present.display import NoGraphics, open_display
from game.present.display.pace import ToldPacer
from game.present.display.panda import PandaDisplay
from game.present.stage import Stage
from game.world.state import Scene, World
from npc.assets import asset

WARM_UP: Final = 4
"""Frames before measuring: shaders are compiled and buffers are filled in the first."""
_OWN_SHARE: Final = 0.3
"""This share of the time goes to frames that draw nothing but their calls."""


def add_parser(kinds: Any) -> None:
    parser = kinds.add_parser(
        "render",
        help="what a picture costs: processor, draw calls, vertices, overdraw",
        description="Draw a scene that moves as fast as this machine can, seen by nobody, and tell what a "
        "frame costs. 'main thread' is the processor time of moving the scene, culling and issuing the draw "
        "calls, measured with every call cut to one primitive: a renderer in software draws on that same "
        "thread. 'drawing' has everything.",
    )
    parser.add_argument("--size", type=picture_size, default=(1280, 720), metavar="WxH")
    parser.add_argument("--quality", choices=[q.value for q in Quality], default=Quality.HIGH.value)
    parser.add_argument("--scene", choices=[scene.value for scene in Scene], default=Scene.FORK.value)
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="which cave (7)")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="S", help="how long to draw (10)")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(run=run)


def spread(values: list[float]) -> dict[str, float]:
    """p50 and p95 of seconds, as milliseconds."""
    p50, p95 = np.percentile(values, (50, 95)) * 1e3
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3)}


def run(options: argparse.Namespace) -> int:
    """Measure and tell; 1 with a sentence when there are no graphics."""
    try:
        display = open_display(
            "offscreen", size=options.size, pacer=ToldPacer(now=lambda: 0.0), shaders=asset("shaders")
        )
    except NoGraphics as error:
        print(error, file=sys.stderr)
        return 1
    assert isinstance(display, PandaDisplay)
    try:
        result = measure(display, options)
    finally:
        display.close()
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        _tell(result)
    return 0


def measure(display: PandaDisplay, options: argparse.Namespace) -> dict[str, Any]:
    """The document of `hollow bench render --json`."""
    world = staged_world(Scene(options.scene), options.seed)
    began = time.thread_time()
    stage = Stage(display, world, Quality(options.quality))
    built_s = time.thread_time() - began
    frames = _Frames(display, stage, world)
    for _ in range(WARM_UP):
        frames.draw()
    calls, vertices = cost.count(display)
    drawn = frames.draw_for(options.seconds * (1.0 - _OWN_SHARE))
    overdraw = cost.overdraw(display, frames.draw)
    cost.cut(display.root, stage.sights)
    for _ in range(WARM_UP):
        frames.draw()
    own = frames.draw_for(options.seconds * _OWN_SHARE)
    return {
        "renderer": display.renderer,
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "size": "{}x{}".format(*options.size),
        "quality": options.quality,
        "scene": options.scene,
        "built_s": round(built_s, 2),
        "points": stage.points,
        "draw_calls": calls,
        "vertices": vertices,
        "overdraw": overdraw,
        "frames": len(drawn.wall),
        "main_thread_ms": spread(own.thread),
        "drawing_thread_ms": spread(drawn.thread),
        "drawing_process_ms": spread(drawn.process),
        "wall_ms": spread(drawn.wall),
        "frames_a_second": round(len(drawn.wall) / sum(drawn.wall), 1),
        # Panda3D hands its timer queries to its own profiler alone; each frame here ends with a read of the
        # picture, so on a graphics card the wall time holds the whole of its work.
        "gpu_timer": cost.times_itself(display),
    }


class _Times:
    def __init__(self) -> None:
        self.thread: list[float] = []
        self.process: list[float] = []
        self.wall: list[float] = []


class _Frames:
    """Draws frames of a scene in which head and time move, so that nothing can be kept from the last one."""

    def __init__(self, display: PandaDisplay, stage: Stage, world: World) -> None:
        self._display, self._stage, self._world = display, stage, world
        self._first = world.tick = 240

    def draw(self) -> None:
        world = self._world
        world.tick += 1
        t = (world.tick - self._first) / FPS
        world.player.head = (0.2 * math.sin(t), 0.1 * math.sin(0.7 * t), 0.05 * math.sin(1.3 * t))
        self._display.begin()
        self._stage.update(
            world, alpha=1.0, mouth=0.4, voice_level=0.2, predicted_s=world.time_s, frame_dt_s=1.0 / FPS
        )
        self._display.submit()

    def draw_for(self, seconds: float) -> _Times:
        times = _Times()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or not times.wall:
            thread, process, wall = time.thread_time(), time.process_time(), time.perf_counter()
            self.draw()
            times.thread.append(time.thread_time() - thread)
            _finish(self._display)
            times.process.append(time.process_time() - process)
            times.wall.append(time.perf_counter() - wall)
        return times


def _finish(display: PandaDisplay) -> None:
    """Wait until the picture is drawn: what is read must be there."""
    display.read_rgb()


def _tell(result: dict[str, Any]) -> None:
    print(f"{result['renderer']}; {result['cores']} cores, load {result['load_before']} before")
    print(f"{result['scene']} at {result['size']}, quality {result['quality']}")
    for name, words in (
        ("main_thread_ms", "main thread"), ("drawing_thread_ms", "with drawing"),
        ("drawing_process_ms", "whole process"), ("wall_ms", "wall"),
    ):  # fmt: skip
        part = result[name]
        print(f"{words:14} p50 {part['p50']:8.2f}  p95 {part['p95']:8.2f} ms")
    over = result["overdraw"]
    print(
        f"{result['draw_calls']} draw calls, {result['vertices']} vertices; a pixel is painted "
        f"{over['mean']:.2f} times on average, {over['of_painted']:.2f} where it is painted at all"
    )
    print(f"{result['frames_a_second']} frames a second; built in {result['built_s']} s")
