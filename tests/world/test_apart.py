"""The Child and the player never stand in each other, and the view turns in steps for whoever wants it so."""

import math

import pytest

from game.interpret.intents import Head, Intents, Walk
from game.world.apart import APART_M, keep_apart
from game.world.child import on_rail
from game.world.state import Scene, World
from game.world.step import begin, step
from game.world.walking import head_of

STEP_RAD = math.radians(30.0)


def between_m(world: World) -> float:
    head = head_of(world.player)
    return math.hypot(world.child.position[0] - head[0], world.child.position[1] - head[1])


@pytest.mark.parametrize("seed", range(3))
def test_a_goal_behind_the_player_is_reached_round_them(seed: int) -> None:
    world = begin(seed)
    world.player.along_m = 9.0
    step(world, Intents())
    world.scene, world.child.position = Scene.POINT, on_rail(world, 3.0)
    world.child.goal = goal = on_rail(world, -2.5)
    least = math.inf
    for _ in range(60 * 8):
        world.child.goal = goal
        step(world, Intents())
        least = min(least, between_m(world))
    assert least >= APART_M - 1e-6
    assert math.dist(world.child.position, goal) < 0.3


@pytest.mark.parametrize("seed", range(3))
def test_a_player_who_walks_about_the_room_never_stands_in_it(seed: int) -> None:
    world = begin(seed)
    world.player.along_m = 9.0
    step(world, Intents())
    world.scene, world.child.position = Scene.FORK, on_rail(world, 1.8)
    for tick in range(60 * 10):
        t = tick / 60.0
        x, y = 1.2 * math.sin(1.3 * t), 1.8 * math.sin(0.9 * t + 1.0)
        step(
            world,
            Intents(head=Head(present=True, offset_m=(x, y, 0.0)), walk=Walk(speed=0.9 if t > 5 else 0.0)),
        )
        assert between_m(world) >= APART_M - 1e-6


def test_on_the_very_spot_it_is_put_ahead() -> None:
    world = begin(3)
    head = head_of(world.player)
    world.child.position = (head[0], head[1], world.player.position[2])
    keep_apart(world)
    assert between_m(world) == pytest.approx(APART_M, abs=0.02)


@pytest.mark.parametrize("seed", range(2))
def test_a_view_that_turns_in_steps_is_still_between_them(seed: int) -> None:
    world = begin(seed)
    world.player.turn_step_rad = STEP_RAD
    world.scene = Scene.LEAD
    world.player.along_m = 10.0
    step(world, Intents())
    last, turns, off = world.player.yaw_rad, [], 0.0
    for _ in range(60 * 25):
        step(world, Intents(walk=Walk(speed=1.2)))
        turned = abs(math.remainder(world.player.yaw_rad - last, math.tau))
        last = world.player.yaw_rad
        if turned > 1e-9:
            turns.append(turned)
        tunnel = world.cave.tunnels[world.player.tunnel]
        rail = tunnel.heading(min(tunnel.length_m, world.player.along_m + 2.0))
        off = max(off, abs(math.remainder(rail - last, math.tau)))
    assert world.player.tunnel != 0
    assert all(turned == pytest.approx(round(turned / STEP_RAD) * STEP_RAD) for turned in turns)
    assert len(turns) <= 8
    assert off <= 0.76 * STEP_RAD
