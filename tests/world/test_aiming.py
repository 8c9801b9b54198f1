import math
from itertools import pairwise

import pytest

from game.interpret.intents import Action, Vec3
from game.world.aiming import lean, targets
from game.world.geometry import angle_between, distance, view_direction, yaw_towards
from game.world.state import HandLight, Pose, Scene
from game.world.step import begin
from game.world.walking import eyes_of
from tests.world.players import Evening, hand

EYES: Vec3 = (0.0, 0.0, 1.5)
PLACES: dict[str, Vec3] = {"child": (0.0, 4.0, 1.5)}


def lit(
    direction_rad: list[float], *, pointing: bool = True, places: dict[str, Vec3] = PLACES
) -> list[tuple[float, str]]:
    """Angle from the first target, degrees, and what is aimed at, tick by tick."""
    before: HandLight | None = None
    told = []
    for azimuth in direction_rad:
        direction, name, pull = lean(
            EYES, view_direction(0.0, azimuth, 0.0), places, before, pointing=pointing
        )
        before = HandLight(
            side="right", aim=(azimuth, 0.0), shape=(), strength=1.0, pinch=0.0, point=1.0,
            origin=EYES, target=EYES, target_name=name, pull=pull,
        )  # fmt: skip
        told.append((math.degrees(angle_between(EYES, direction, PLACES["child"])), name))
    return told


def test_a_light_that_points_near_a_target_leans_to_it() -> None:
    angles = lit([math.radians(3.5)] * 60)
    assert angles[-1][1] == "child"
    assert angles[-1][0] < 1.0
    assert angles[0][0] > 2.5  # it leans, it does not jump


def test_it_holds_the_target_a_little_farther_than_it_catches_it() -> None:
    angle, name = lit([math.radians(4.5)] * 60)[-1]
    assert (round(angle, 2), name) == (4.5, "")
    held = lit([math.radians(3.0)] * 60 + [math.radians(4.5)] * 60)
    assert held[-1][1] == "child"
    gone = lit([math.radians(3.0)] * 60 + [math.radians(6.0)] * 60)
    assert gone[-1][0] == pytest.approx(6.0, abs=0.05)
    assert gone[-1][1] == ""
    steps = [abs(b[0] - a[0]) for a, b in pairwise(gone[62:])]
    assert max(steps) < 0.8


def test_an_open_hand_is_drawn_by_nothing() -> None:
    angle, name = lit([math.radians(1.0)] * 30, pointing=False)[-1]
    assert (round(angle, 2), name) == (1.0, "")


def test_the_nearer_of_two_targets_is_meant() -> None:
    places = {"child": (0.0, 4.0, 1.5), "left tunnel": (0.4, 4.0, 1.5)}
    assert lit([math.radians(3.6)] * 10, places=places)[-1][1] == "left tunnel"


def test_a_child_that_hides_is_no_target_until_it_giggles() -> None:
    world = begin(3)
    assert world.child.pose is Pose.HIDDEN
    assert "child" not in targets(world)
    for scene in (Scene.POINT, Scene.EYES):  # Its eyes shine before the rest of it.
        world.scene = scene
        assert "child" in targets(world)


def test_a_hand_that_points_past_the_giggle_by_little_lights_it() -> None:
    play = Evening(begin(2))
    world = play.world
    play.run(0.1)
    world.scene = Scene.POINT
    eyes, goal = eyes_of(world.player), targets(world)["child"]
    azimuth = yaw_towards(eyes, goal) - world.player.yaw_rad
    elevation = math.asin((goal[2] - eyes[2]) / distance(eyes, goal))
    near = (azimuth + math.radians(3.0), elevation)
    play.run(0.5, hands=(hand(near, Action.POINT),))
    assert [light.target_name for light in world.hands] == ["child"]
    play.run(0.5, hands=(hand((azimuth + math.radians(12.0), elevation), Action.POINT),))
    assert [light.target_name for light in world.hands] == [""]
