"""What is light between the rocks: crystals, dust, fog near the way out, glows, and the thread."""

import math
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present import shading
from game.present.rock import Packed
from game.world.cave import PAINT_ALONG, PAINT_AROUND, Cave

Floats = NDArray[np.float64]
Corners = NDArray[np.int64]

GLOWS: Final = 16
CRYSTAL_WEIGHT: Final = 2.0
"""Weights from here on are lines of crystal, which the shader lights colder and brighter."""
_EDGE_STEPS: Final = 2
_THREAD_STEP_M: Final = 0.16


def _edges_of_prism(
    base: Floats, axis: Floats, height: float, radius: float, turn: float
) -> list[tuple[Floats, Floats]]:
    """Edges of a six-sided crystal that ends in an oblique point."""
    way = axis / np.linalg.norm(axis)
    side = np.cross(way, np.array([0.31, 0.95, 0.11]))
    side /= np.linalg.norm(side)
    other = np.cross(way, side)
    around = [
        math.cos(turn + k * math.pi / 3) * side + math.sin(turn + k * math.pi / 3) * other for k in range(6)
    ]
    feet = [base + radius * 0.9 * a for a in around]
    # The shoulder is cut aslant, as in quartz.
    shoulders = [
        base + radius * a + way * height * (0.72 + 0.10 * math.sin(turn * 3 + k * 2.1))
        for k, a in enumerate(around)
    ]
    tip = base + way * height + radius * 0.25 * around[1]
    edges = [(feet[k], shoulders[k]) for k in range(6)]
    edges += [(shoulders[k], tip) for k in range(6)]
    edges += [(shoulders[k], shoulders[(k + 1) % 6]) for k in range(6)]
    return edges


def crystal_lines(cave: Cave, rng: np.random.Generator) -> tuple[Packed, Corners, Packed]:
    """Ribbons along the edges of all crystals with their triangles, and glints inside them as points."""
    parts: list[Packed] = []
    glints: list[Packed] = []
    for foot_x, foot_y, foot_z, height in cave.crystals:
        foot = np.array([foot_x, foot_y, foot_z])
        tunnel, along, around = cave.paint_cell(foot + np.array([0.0, 0.0, 0.2]))
        place = np.array([(along + 0.5) / PAINT_ALONG, (around + 0.5) / PAINT_AROUND, float(tunnel)])
        for number in range(int(rng.integers(3, 6))):
            size = height * (1.0 if number == 0 else float(rng.uniform(0.3, 0.7)))
            lean = rng.normal(0.0, 0.10 if number == 0 else 0.42, 2)
            axis = np.array([lean[0], lean[1], 1.0])
            base = foot + np.array([*rng.normal(0.0, 0.02 if number == 0 else 0.11, 2), -0.05])
            radius = size * float(rng.uniform(0.10, 0.15))
            edges = _edges_of_prism(base, axis, size, radius, float(rng.uniform(0, 2)))
            t = np.linspace(0.0, 1.0, _EDGE_STEPS)[None, :, None]
            a = np.array([edge[0] for edge in edges])[:, None, :]
            b = np.array([edge[1] for edge in edges])[:, None, :]
            line = (a + (b - a) * t).reshape(-1, 3)
            away = line - (base + axis * 0.5 * size)
            away /= np.maximum(1e-6, np.sqrt((away**2).sum(axis=1)))[:, None]
            direction = np.repeat((b - a)[:, 0, :], _EDGE_STEPS, axis=0)
            direction /= np.maximum(1e-6, np.sqrt((direction**2).sum(axis=1)))[:, None]
            weight = CRYSTAL_WEIGHT + np.repeat(rng.uniform(0.15, 0.75, len(edges)), _EDGE_STEPS)
            count = len(line)
            packed = {
                "vertex": line,
                "place": np.column_stack([np.tile(place, (count, 1)), np.full(count, rng.uniform(0, 0.98))]),
                "lie": np.column_stack([away, weight]),
            }
            both = {name: np.repeat(values, 2, axis=0).astype(np.float32) for name, values in packed.items()}
            side = np.tile([-1.0, 1.0], count)[:, None]
            both["along"] = np.concatenate([np.repeat(direction, 2, axis=0), side], axis=1).astype(np.float32)
            both["run"] = np.full((2 * count, 1), -1.0, dtype=np.float32)
            parts.append(both)
            inner = int(10 + 40 * size)
            depth = rng.uniform(0.05, 0.9, inner)
            spots = base + axis * (depth * size)[:, None] + rng.normal(0.0, radius * 0.4, (inner, 3))
            glints.append({
                "vertex": spots.astype(np.float32),
                "place": np.column_stack([
                    np.tile(place, (inner, 1)), rng.uniform(0.9, 1.0, inner)
                ]).astype(np.float32),
                "lie": np.column_stack([
                    np.tile([0.0, 0.0, 1.0], (inner, 1)), np.full(inner, CRYSTAL_WEIGHT + 0.4)
                ]).astype(np.float32),
            })  # fmt: skip
    lines = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    points = {name: np.concatenate([part[name] for part in glints]) for name in glints[0]}
    ribbons = len(lines["vertex"]) // (2 * _EDGE_STEPS)
    return lines, shading.ribbon_corners(ribbons, _EDGE_STEPS), points


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
