"""Water that is only its reflections: what stands above it, drawn upside down where one sees the film.

A film a finger deep lies in the halls; one walks on it. It has no surface of its own.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.present import child, shading
from game.present.rock import Packed
from game.world.cave import Cave

Floats = NDArray[np.float64]
Rounds = Sequence[tuple[float, float, float, float]]
"""Rows of `pools`."""

POOLS: Final = 12
"""Rounds of water that run together, as `water.glsl` counts them."""
_AWAY: Final = 1e4
_NEAR_FORK: Final = 0.35
"""Part of a branch that the water before the fork mirrors."""


def levels(cave: Cave) -> tuple[float, ...]:
    """Height of the water of each tunnel: the floor at its end, metres."""
    return tuple(float(tunnel.centre[-1, 2] - tunnel.floor_m) + 0.03 for tunnel in cave.tunnels)


def pools(cave: Cave) -> Floats:
    """(POOLS, 4): middle x, y and radius of each round of water, and the height of its film."""
    rng = np.random.default_rng(cave.seed * 13 + 3)
    found = []
    for tunnel, level in zip(cave.tunnels, levels(cave), strict=True):
        hall = bool(tunnel.index)
        for number in range(4):
            before_m = (0.5 + 3.1 * number) if hall else (1.0 + 2.2 * number)
            spot = tunnel.point(tunnel.length_m - before_m)
            i = int((1.0 - before_m / tunnel.length_m) * (len(tunnel.centre) - 1))
            wide = float(tunnel.radius[i])
            side = 0.0 if hall else (-1.0 if number % 2 else 1.0) * rng.uniform(0.45, 0.6) * wide
            spot = spot + tunnel.right[i] * (side + rng.uniform(-0.1, 0.1) * wide)
            radius = wide * rng.uniform(0.62, 0.75) if hall else wide * rng.uniform(0.26, 0.36)
            found.append((spot[0], spot[1], radius, level))
    found += [(_AWAY, _AWAY, 1.0, 0.0)] * (POOLS - len(found))
    return np.array(found)


def wet(rounds: Rounds, at: Vec3) -> float:
    """0 to 1: whether a place on the floor is under the film; as `wet` of `water.glsl`."""
    x, y, z = at
    # A dozen rounds are sooner gone through than handed to NumPy, several times a frame.
    deep = 0.13 * math.sin(x * 1.7 + 2.0 * math.sin(y * 0.9)) + 0.08 * math.sin(y * 3.1 + x * 0.7)
    for middle_x, middle_y, radius, level in rounds:
        if -0.35 < level - z < 0.35:
            far = ((middle_x - x) ** 2 + (middle_y - y) ** 2) / (radius * radius)
            if far < 9.0:
                deep += math.exp(-far)
    part = min(1.0, max(0.0, (deep - 0.46) / 0.10))
    return part * part * (3.0 - 2.0 * part)


def films(cloud: Packed, cave: Cave) -> Floats:
    """(n,) height of the film that each row of a cloud could be mirrored in; as `film_of` of `water.glsl`."""
    place = cloud["place"]
    tunnel = place[:, 2].astype(np.int64)
    level = np.array(levels(cave))
    return np.where((tunnel == 0) | (place[:, 0] < _NEAR_FORK), level[0], level[tunnel])


def mirrored(cloud: Packed, cave: Cave, share: float, rng: np.random.Generator) -> Packed:
    """Those rows of a cloud that a film can show, ``share`` of them."""
    place, height = cloud["place"], cloud["vertex"][:, 2]
    tunnel = place[:, 2].astype(np.int64)
    film = films(cloud, cave)
    seen = (height > film + 0.05) & ((place[:, 0] > 0.5) | ((place[:, 0] < _NEAR_FORK) & (tunnel > 0)))
    seen &= rng.uniform(0.0, 1.0, len(seen)) < share
    return {name: values[seen] for name, values in cloud.items()}


def reflect(rounds: Rounds, films: Iterable[float], at: Vec3, eye: Vec3) -> tuple[Vec3, float]:
    """Where a thing at ``at`` is seen in a film before ``eye``, and how much of its light comes (0 to 1)."""
    best = ((0.0, 0.0, 0.0), 0.0)
    for level in set(films):
        above, height = at[2] - level, eye[2] - level
        if above < 0.0 or height < 0.1:
            continue
        part = height / (height + above)
        light = wet(rounds, (eye[0] + (at[0] - eye[0]) * part, eye[1] + (at[1] - eye[1]) * part, level))
        if light > best[1]:
            best = ((at[0], at[1], 2.0 * level - at[2]), light)
    return best


class Water:
    """Tells the shaders where the films are, and holds the Child's reflection."""

    def __init__(self, root: p3d.NodePath, cave: Cave) -> None:
        table = pools(cave)
        self._pools: Rounds = [(x, y, radius, level) for x, y, radius, level in table.tolist()]
        self._levels = levels(cave)
        rounds = shading.Uniforms(POOLS + 1)
        rounds.values[:POOLS] = table
        rounds.values[POOLS, : len(self._levels)] = self._levels
        rounds.bind(root, "pools")
        root.set_shader_input("mirror", 0.0)
        self._child = root.attach_new_node("child in the water")
        self._told = shading.Uniforms(child.ROWS)
        self._told.bind(self._child, "child")
        self._child.hide()

    def hold(self, skin: p3d.NodePath) -> None:
        """Whose reflection `show_child` shows, and nobody else's."""
        self._child.get_children().detach()
        skin.copy_to(self._child)

    def show_child(self, told: shading.Floats32, feet: Vec3, eye: Vec3, *, shown: bool) -> None:
        """The Child's reflection under its feet where there is water. ``told`` is what its shaders know."""
        _, light = self.reflect((feet[0], feet[1], feet[2] + 0.3), eye)
        level = min(self._levels, key=lambda z: abs(z - feet[2]))
        if not shown or light < 0.02:
            self._child.hide()
            return
        self._child.show()
        self._child.set_pos(0.0, 0.0, 2.0 * level)
        self._child.set_scale(1.0, 1.0, -1.0)
        self._told.values[:] = told
        # The light of each point of skin, of which the water keeps most.
        self._told.values[3, 3] *= 0.3 * light

    def reflect(self, at: Vec3, eye: Vec3) -> tuple[Vec3, float]:
        """As `reflect`, in this cave's water."""
        return reflect(self._pools, self._levels, at, eye)
