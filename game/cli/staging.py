"""Worlds as they plausibly stand at a moment of the game, for pictures, measures and tests."""

import math
from typing import Any, Final

import numpy as np

from game.interpret.intents import Vec3
from game.world.antics import lair
from game.world.cave import EYE_HEIGHT_M, PAINT_ALONG, PAINT_AROUND, grow
from game.world.child import DISTANCE_M
from game.world.state import HandLight, LightWords, Pose, Scene, Wave, World

_OPEN_HAND: Final = (
    (0.00, 0.0, -0.07), (-0.03, 0.0, -0.05), (-0.055, -0.01, -0.025), (-0.075, -0.02, -0.005),
    (-0.092, -0.02, 0.012),
    (-0.03, 0.0, 0.015), (-0.038, 0.01, 0.055), (-0.042, 0.015, 0.080), (-0.045, 0.02, 0.102),
    (-0.008, 0.0, 0.020), (-0.010, 0.012, 0.065), (-0.011, 0.02, 0.093), (-0.012, 0.025, 0.117),
    (0.014, 0.0, 0.014), (0.017, 0.01, 0.055), (0.019, 0.016, 0.082), (0.020, 0.02, 0.104),
    (0.034, 0.0, 0.002), (0.042, 0.008, 0.034), (0.047, 0.012, 0.055), (0.051, 0.015, 0.073),
)  # fmt: skip
"""A right hand, open, palm away from the player; metres about the palm, view axes."""


def _paint_around(
    world: World, tunnel: int, along: float, around: float, *, strength: float, wide: float
) -> None:
    """A dab of kept light; along and around 0 to 1, ``wide`` in cells."""
    i = (np.arange(PAINT_ALONG)[:, None] + 0.5) - along * PAINT_ALONG
    j = (np.arange(PAINT_AROUND)[None, :] + 0.5) - around * PAINT_AROUND
    j = (j + PAINT_AROUND / 2) % PAINT_AROUND - PAINT_AROUND / 2
    dab = strength * np.exp(-(i * i + j * j) / (2 * wide * wide))
    world.paint[tunnel] = np.maximum(world.paint[tunnel], dab)
    world.paint_version += 1


def hand_light(
    world: World, side: str, aim: tuple[float, float], *, strength: float, pinch: float = 0.0
) -> HandLight:
    """An open hand of the player at ``aim`` (right and up, radians), its light on the rock there."""
    yaw = world.player.yaw_rad + aim[0]
    way = np.array([math.sin(yaw) * math.cos(aim[1]), math.cos(yaw) * math.cos(aim[1]), math.sin(aim[1])])
    x, y, z = world.player.position
    eye = np.array([x, y, z + EYE_HEIGHT_M])
    target = world.cave.cast(tuple(eye), tuple(way))
    sign = 1.0 if side == "right" else -1.0
    return HandLight(
        side=side,
        aim=aim,
        shape=tuple((px * sign, py, pz) for px, py, pz in _OPEN_HAND),
        strength=strength,
        pinch=pinch,
        point=0.0,
        origin=vec(eye + 0.75 * way),
        target=vec(target),
    )


def vec(values: Any) -> Vec3:
    """Three numbers of any kind as a place."""
    return (float(values[0]), float(values[1]), float(values[2]))


def _stand(world: World, along_m: float, tunnel: int = 0) -> None:
    rail = world.cave.tunnels[tunnel]
    world.player.tunnel, world.player.along_m = tunnel, along_m
    world.player.position = vec(rail.point(along_m))
    world.player.yaw_rad = rail.heading(along_m)


def _put_child(world: World, distance_m: float, azimuth_rad: float = 0.0) -> None:
    yaw = world.player.yaw_rad + azimuth_rad
    x, y, z = world.player.position
    child = world.child
    child.position = (x + math.sin(yaw) * distance_m, y + math.cos(yaw) * distance_m, z)
    child.yaw_rad = yaw + math.pi
    child.look_at = (x, y, z + EYE_HEIGHT_M)


def staged_world(scene: Scene, seed: int, *, mood: str = "wary", distance_m: float | None = None) -> World:
    """A world as it plausibly stands in ``scene``; the same arguments give the same world."""
    world = World(seed=seed, cave=grow(seed), scene=scene)
    child = world.child
    usual_m = DISTANCE_M[mood]
    child.warmth = {"hostile": 0.0, "wary": 0.15, "warming": 0.55, "friend": 0.9}[mood]
    child.mood = mood
    world.mote = 1.0 if scene is Scene.DARK else 0.0
    world.way_glow = 0.0 if scene in (Scene.DARK, Scene.PAINT) else 0.25
    _stand(world, 4.0)
    if scene is Scene.DARK:
        return world
    rng = np.random.default_rng(seed)
    for _ in range(26):
        _paint_around(world, 0, rng.uniform(0.15, 0.62), rng.uniform(0.0, 1.0),
                      strength=rng.uniform(0.4, 1.0), wide=rng.uniform(3.0, 6.0))  # fmt: skip
    if scene is Scene.PAINT:
        world.paint *= np.linspace(1.0, 0.3, PAINT_ALONG, dtype=np.float32)[None, :, None]
        world.hands = [hand_light(world, "right", (0.22, 0.06), strength=1.0)]
        return world
    _stand(world, 9.0)
    if scene is Scene.WALK:
        world.ghost_hand = 1.0
        world.words = [LightWords(text="walk on two fingers", born_s=-1.0, lasts_s=12.0, kind="hint")]
        world.hands = [hand_light(world, "right", (0.25, -0.12), strength=1.0)]
        return world
    _stand(world, 13.0)
    if scene is Scene.POINT:
        world.hands = [hand_light(world, "right", (-0.3, 0.05), strength=1.0)]
        return world
    if scene is Scene.EYES:
        _put_child(world, distance_m or 4.0, 0.05)
        if distance_m is None and (behind := lair(world)) is not None:
            child.position = behind
        child.pose, child.eyes, child.body = Pose.PEEK, 1.0, 0.0
        world.paint *= np.float32(0.35)
        return world
    _stand(world, 20.5)
    for tunnel in (1, 2):
        for _ in range(14):
            _paint_around(world, tunnel, rng.uniform(0.0, 0.35), rng.uniform(0.0, 1.0),
                          strength=rng.uniform(0.2, 0.6), wide=rng.uniform(3.0, 6.0))  # fmt: skip
    for _ in range(20):
        _paint_around(world, 0, rng.uniform(0.55, 1.0), rng.uniform(0.0, 1.0),
                      strength=rng.uniform(0.4, 1.0), wide=rng.uniform(3.0, 6.0))  # fmt: skip
    child.pose, child.eyes, child.body = Pose.STAND, 1.0, 1.0
    _put_child(world, distance_m or usual_m, -0.13)
    if scene is Scene.ASK:
        world.hands = [hand_light(world, "right", (0.35, -0.10), strength=1.0)]
        child.gesture = "stare"
    elif scene is Scene.THEFT:
        child.has_light, child.gesture = True, "steal"
        world.hands = [hand_light(world, "right", (0.35, -0.10), strength=0.12)]
    elif scene is Scene.FORK:
        child.has_light = True
        world.way_glow = 0.45
        world.words = [
            LightWords(text="get lost yourself, you little lamp", born_s=0.6, lasts_s=5.0, kind="heard")
        ]
        world.waves = [
            Wave(origin=vec(np.add(world.player.position, (0, 0, 1.5))), born_s=3.4, strength=0.8)
        ]
        world.hands = [hand_light(world, "right", (0.42, -0.16), strength=0.12)]
    elif scene is Scene.LEAD:
        world.thread, world.way_glow = 1.0, 0.7
        side = -1.0 if world.cave.way_out == 1 else 1.0
        _put_child(world, distance_m or 3.2, 0.25 * side)
        child.pose, child.speed_mps, child.has_light = Pose.WALK, 0.8, True
        child.yaw_rad = world.player.yaw_rad + 0.7 * side
        child.look_at = vec(world.cave.tunnels[world.cave.way_out].point(12.0))
    elif scene is Scene.SIGHT:
        _stand(world, world.cave.tunnels[world.cave.way_out].length_m - 11.0, world.cave.way_out)
        _put_child(world, distance_m or 2.6, -0.42)
        world.way_glow, world.ambient, world.thread = 1.0, 0.35, 0.4
    return world
