"""What is light between the rocks: dust, fog near the way out, glows, and the thread."""

from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present import shading
from game.present.rock import Packed
from game.world.cave import Cave

Floats = NDArray[np.float64]
Corners = NDArray[np.int64]

GLOWS: Final = 16
_THREAD_STEP_M: Final = 0.16


def dust_points(cave: Cave, count: int, rng: np.random.Generator) -> Packed:
    """Motes in the air of the tunnels, more of them where the player wakes."""
    parts = []
    for tunnel, share in zip(cave.tunnels, (0.5, 0.25, 0.25), strict=True):
        amount = int(count * share)
        row = rng.integers(0, len(tunnel.centre), amount)
        reach = tunnel.radius[row] * 0.75
        offset = rng.uniform(-1.0, 1.0, (amount, 3)) * np.stack(
            [reach, np.full(amount, 0.2), reach * 0.7], axis=1
        )
        parts.append(tunnel.centre[row] + offset)
    points = np.concatenate(parts)
    return {
        "vertex": points.astype(np.float32),
        "drift": rng.uniform(0.0, 1.0, (len(points), 4)).astype(np.float32),
    }


def fog_banks(cave: Cave, count: int, rng: np.random.Generator) -> tuple[Packed, Corners]:
    """Banks of fog in the last two thirds of the tunnels that glow: four corners each."""
    middles, banks, places = [], [], []
    for tunnel in cave.tunnels[1:]:
        for along in rng.uniform(0.3, 1.0, count):
            row = int(along * (len(tunnel.centre) - 1))
            radius = float(tunnel.radius[row])
            spot = tunnel.centre[row] + tunnel.right[row] * rng.uniform(-0.5, 0.5) * radius
            spot = spot + np.array([0.0, 0.0, rng.uniform(-0.9, 0.5)])
            look = float(rng.uniform(0.55, 1.0)) * radius
            random = float(rng.uniform())
            for x, z in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
                middles.append(spot)
                banks.append((x, z, look, random))
                places.append((along, 0.5, float(tunnel.index), random))
    quads = len(middles) // 4
    corners = (np.arange(quads)[:, None] * 4 + np.array([0, 1, 2, 2, 1, 3])[None, :]).reshape(-1, 3)
    return {
        "vertex": np.array(middles, dtype=np.float32),
        "bank": np.array(banks, dtype=np.float32),
        "place": np.array(places, dtype=np.float32),
    }, corners


class Glows:
    """Soft balls of light, told anew each frame."""

    def __init__(self, root: p3d.NodePath, shaders: shading.Shaders) -> None:
        rows = [(x, number, z) for number in range(GLOWS) for x, z in ((-1, -1), (1, -1), (-1, 1), (1, 1))]
        corners = (np.arange(GLOWS)[:, None] * 4 + np.array([0, 1, 2, 2, 1, 3])[None, :]).reshape(-1, 3)
        node = shading.triangles(
            {"vertex": np.array(rows, dtype=np.float32)}, corners, shaders.make("glow", "glow"), name="glows"
        )
        node.set_depth_test(False)
        node.reparent_to(root)
        self._uniforms = shading.Uniforms(2 * GLOWS)
        self._uniforms.bind(node, "glow")
        self._used = 0

    def clear(self) -> None:
        self._uniforms.values[1::2] = 0.0
        self._used = 0

    def add(
        self, at: Floats | tuple[float, float, float], radius_m: float, colour: tuple[float, float, float]
    ) -> None:
        """One more ball; beyond the last place it is left out."""
        if self._used < GLOWS:
            self._uniforms.values[2 * self._used] = (*at, radius_m)
            self._uniforms.values[2 * self._used + 1, :3] = colour
            self._used += 1


class Thread:
    """Threads of light above the floor from where one wakes to the way out."""

    def __init__(self, root: p3d.NodePath, shaders: shading.Shaders, cave: Cave) -> None:
        self._cave = cave
        line, metres = [], []
        start_m = 0.0
        for index in (0, cave.way_out):
            tunnel = cave.tunnels[index]
            for s in np.arange(0.0, tunnel.length_m, _THREAD_STEP_M):
                line.append(tunnel.point(float(s)) + np.array([0.0, 0.0, 0.42]))
                metres.append(start_m + float(s))
            start_m += tunnel.length_m
        path, length = np.array(line), len(line)
        direction = np.gradient(path, axis=0)
        direction /= np.sqrt((direction**2).sum(axis=1))[:, None]
        threads = 4
        ways = [np.column_stack([metres, np.full(length, 1.57 * number)]) for number in range(threads)]
        side = np.tile([-1.0, 1.0], threads * length)[:, None]
        columns = {
            "vertex": np.repeat(np.tile(path, (threads, 1)), 2, axis=0).astype(np.float32),
            "along": np.column_stack([np.repeat(np.tile(direction, (threads, 1)), 2, axis=0), side]).astype(
                np.float32
            ),
            "way": np.repeat(np.concatenate(ways), 2, axis=0).astype(np.float32),
        }
        node = shading.triangles(
            columns, shading.ribbon_corners(threads, length), shaders.make("thread", "thread"), name="thread"
        )
        node.reparent_to(root)
        self._uniforms = shading.Uniforms(1)
        self._uniforms.bind(node, "walker")
        self._node = node

    def update(self, thread: float, tunnel: int, along_m: float) -> None:
        """Show the thread ahead of a player ``along_m`` into ``tunnel``; none in a tunnel that is no way."""
        if thread <= 0.001 or tunnel not in (0, self._cave.way_out):
            self._node.hide()
            return
        self._node.show()
        before_m = 0.0 if tunnel == 0 else self._cave.tunnels[0].length_m
        self._uniforms.values[0, 0] = before_m + along_m
