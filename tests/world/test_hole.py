"""A hole in the player's floor: the Child stays below, climbs out, and stands where it is seen to stand."""

import math

import pytest

from game.interpret.intents import Head, Intents
from game.world import aiming
from game.world.child import NEAR_M, on_rail
from game.world.commands import start_again
from game.world.geometry import subtract, turn
from game.world.hole import climbed, feet_of_child, stands_m
from game.world.state import Pose, Scene, World
from game.world.step import begin, step
from game.world.walking import eyes_of, head_of, in_cave

HOLE_M, DEEP_M = 1.5, 1.1


def worn(trust: float) -> World:
    """The Child with the player in a headset, before a hole."""
    world = begin(7)
    player = world.player
    player.near, player.hole_m, player.deep_m, player.towed = True, HOLE_M, DEEP_M, False
    player.along_m = 9.0
    step(world, Intents())
    world.scene, world.trust = Scene.FORK, trust
    world.child.body = world.child.eyes = 1.0
    world.child.pose = Pose.STAND
    return world


def away_m(world: World) -> float:
    return math.hypot(*subtract(world.child.position, world.player.position)[:2])


@pytest.mark.parametrize(("trust", "below"), [(5.0, True), (40.0, True), (60.0, False), (90.0, False)])
def test_trust_brings_the_child_out_of_the_hole(trust: float, below: bool) -> None:
    world = worn(trust)
    for _ in range(60 * 6):
        world.scene, world.trust = Scene.FORK, trust
        step(world, Intents())
        head = head_of(world.player)
        assert math.hypot(*(a - b for a, b in zip(world.child.position[:2], head[:2], strict=True))) >= 0.69
    over_m = feet_of_child(world)[2] - world.child.position[2]
    assert over_m == pytest.approx(0.0 if below else DEEP_M, abs=0.02)
    assert (away_m(world) > HOLE_M) is below


def test_who_comes_nearer_rises_and_never_sinks() -> None:
    world = worn(50.0)
    x, y, z = world.player.position
    risen = []
    for n in range(40):
        world.child.position = (x, y + 2.6 - 0.05 * n, z)
        risen.append(climbed(world))
    assert risen == sorted(risen)
    assert risen[0] == 0.0
    assert risen[-1] == 1.0


def test_it_stands_where_the_edge_does_not_hide_it() -> None:
    assert [stands_m(HOLE_M, wish_m) for wish_m in (NEAR_M["friend"], NEAR_M["warming"])] == [0.9, 1.2]
    assert stands_m(HOLE_M, 1.6) == pytest.approx(1.2)
    assert stands_m(HOLE_M, 2.5) == pytest.approx(2.9)
    assert stands_m(HOLE_M, 4.0) == 4.0
    assert stands_m(0.0, 2.5) == 2.5


def test_the_player_stands_over_the_cave_and_points_at_the_child_where_it_is_seen() -> None:
    world = worn(90.0)
    x, y, z = world.player.position
    assert eyes_of(world.player) == pytest.approx((x, y, z + DEEP_M + 1.5))
    assert in_cave(world.player, (0.0, 0.0, 1.2))[2] == pytest.approx(z + DEEP_M + 1.2)
    world.child.position = (x, y + 1.0, z)
    assert aiming.targets(world)["child"] == pytest.approx((x, y + 1.0, z + DEEP_M + 0.7))


def test_what_was_wished_for_the_evening_outlives_a_new_beginning() -> None:
    world = worn(50.0)
    world.player.turn_step_rad = 0.5
    start_again(world)
    player = world.player
    assert (player.near, player.hole_m, player.deep_m) == (True, HOLE_M, DEEP_M)
    assert (player.towed, player.turn_step_rad) == (False, 0.5)


@pytest.mark.parametrize("hole_rad", [-0.5, 0.5, 1.2])
def test_it_comes_out_and_goes_back_through_the_hole_wherever_that_is(hole_rad: float) -> None:
    world = worn(50.0)
    world.child.position = on_rail(world, 4.0)
    intents = Intents(head=Head(present=True, hole_rad=hole_rad))
    heights = []
    for trust, seconds in ((5.0, 4), (90.0, 5), (5.0, 4)):
        for _ in range(60 * seconds):
            world.scene, world.trust = Scene.FORK, trust
            step(world, intents)
            x, y = subtract(world.child.position, world.player.position)[:2]
            aside_rad = turn(math.atan2(x, y) - world.player.yaw_rad - hole_rad)
            if abs(hole_rad) < 1.0 and 0.2 < climbed(world) < 0.8:
                # The hole is 2.7 m wide, and begins 1.5 m away.
                assert abs(away_m(world) * math.sin(aside_rad)) < 0.9
                assert math.cos(aside_rad) > 0.0
        heights.append(climbed(world))
    # Where the cave was turned so far that there is rock under the hole it finds another way.
    assert heights == pytest.approx([0.0, 1.0, 0.0], abs=0.01)


def test_on_the_players_floor_it_stands_level_with_the_player() -> None:
    world = worn(90.0)
    x, y, z = world.player.position
    world.child.position = (x, y + 0.9, z - 0.08)
    assert feet_of_child(world)[2] == pytest.approx(z + DEEP_M)
    world.child.position = (x, y + 2.9, z - 0.2)
    assert feet_of_child(world)[2] == pytest.approx(z - 0.2)
