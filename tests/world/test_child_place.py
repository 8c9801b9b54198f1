"""Where the Child may be: never in the rock, never off the floor."""

import math

import numpy as np
import pytest

from game.clock import TICK_S
from game.world import child as body
from game.world.cave import Cave, Tunnel, grow
from game.world.geometry import vec3
from game.world.state import Pose, World

# Its outline about its feet: head and ears above, elbows, and feet apart below.
BODY = np.array([
    (0.2, 0.0, 0.7), (-0.2, 0.0, 0.7), (0.0, 0.2, 0.7), (0.0, -0.2, 0.7), (0.0, 0.0, 0.88),
    (0.15, 0.0, 0.1), (-0.15, 0.0, 0.1), (0.0, 0.15, 0.1), (0.0, -0.15, 0.1),
])  # fmt: skip


def _air_m(tunnel: Tunnel, points: np.ndarray) -> np.ndarray:
    """(n,) metres from points to the rock that is drawn there; negative inside it and beyond the ends."""
    nearest = ((points[:, None, :] - tunnel.centre[None]) ** 2).sum(axis=2).argmin(axis=1)
    offset = points - tunnel.centre[nearest]
    step_m = tunnel.length_m / (len(tunnel.centre) - 1)
    along = nearest * step_m + (offset * tunnel.forward[nearest]).sum(axis=1)
    beyond = (along < -0.3) | (along > tunnel.length_m + 0.3)
    ring = np.clip(np.round(along / step_m).astype(int), 0, len(tunnel.centre) - 1)
    offset = points - tunnel.centre[ring]
    up, right = (offset * tunnel.up[ring]).sum(axis=1), (offset * tunnel.right[ring]).sum(axis=1)
    rock = tunnel.surface(ring * step_m, np.arctan2(up, right)) - tunnel.centre[ring]
    air = np.sqrt((rock**2).sum(axis=1)) - np.hypot(up, right)
    return np.where(beyond, -9.0, air)


def air_m(cave: Cave, feet: np.ndarray) -> np.ndarray:
    """(n,) metres between the nearest part of a body at ``feet`` (n, 3) and the rock."""
    points = (feet[:, None, :] + BODY[None]).reshape(-1, 3)
    air = np.max([_air_m(tunnel, points) for tunnel in cave.tunnels], axis=0)
    return np.asarray(air.reshape(len(feet), -1).min(axis=1))


@pytest.mark.parametrize("seed", [1, 3, 7, 11, 13])
def test_it_never_stands_in_rock(seed: int) -> None:
    cave = grow(seed)
    world = World(seed=seed, cave=cave)
    places = []
    for tunnel in cave.tunnels:
        world.player.tunnel = tunnel.index
        for along_m in np.arange(0.5, tunnel.length_m - 1.0, 0.9):
            world.player.along_m = float(along_m)
            for ahead_m in (1.7, 2.8, 6.5):
                places += [body.on_rail(world, ahead_m, aside_m=aside) for aside in (-1.2, -0.55, 0.3, 1.2)]
    assert len(places) > 300
    assert air_m(cave, np.array(places)).min() > 0.0


@pytest.mark.parametrize("seed", [2, 5, 7, 13])
def test_it_walks_on_the_floor_and_through_no_rock(seed: int) -> None:
    cave = grow(seed)
    world = World(seed=seed, cave=cave)
    child = world.child
    child.pose = Pose.STAND
    walked, floors = [], []
    for tunnel, along_m in (
        (0, 4.0),
        (0, 9.0),
        (0, 15.0),
        (0, 20.0),
        (cave.way_out, 3.0),
        (cave.way_out, 8.0),
    ):
        world.player.tunnel, world.player.along_m = tunnel, along_m
        world.player.position = vec3(cave.tunnels[tunnel].point(along_m))
        goal = body.on_rail(world, 6.5, aside_m=0.55)
        child.position, child.goal, child.speed_mps = body.on_rail(world, 1.7, aside_m=-0.55), goal, 0.0
        for _ in range(round(6.0 / TICK_S)):
            body.move(world)
            walked.append(child.position)
            floors.append(cave.walkable(child.position, 0.0)[2])
        assert math.dist(child.position, goal) < 0.25
    feet = np.array(walked)
    assert air_m(cave, feet[::6]).min() > 0.0
    assert np.abs(feet[:, 2] - np.array(floors)).max() < 0.03
