"""Where a hand aims: the ray, the body behind it, and arms that tire."""

import math
from dataclasses import replace

import pytest

from game.interpret.body import Body, shoulder_before
from game.interpret.interpreter import Interpreter
from game.interpret.pointing_ray import aim
from game.interpret.reach import AZIMUTH_RAD, ELEVATION_RAD, Reach
from game.sense.hand_model import Pose
from game.sense.observations import HandsSeen, HeadSeen, Observation
from game.sense.synthetic_player import Stroke
from tests.interpret.hands import perform, play

HALF_M = (0.3, 0.2)
NO_FINGER = (0.0, 0.0, 0.0)


def head(t_s: float, x: float = 0.0, y: float = 1.0, z: float = 0.3) -> HeadSeen:
    return HeadSeen(at_s=t_s, captured_s=t_s, present=True, position_m=(x, y, z), faces=1)


def test_the_edges_of_the_reach_are_the_edges_of_the_view() -> None:
    assert aim((0.0, 0.0), HALF_M, NO_FINGER, 0.0) == (0.0, 0.0)
    azimuth, elevation = aim((1.0, -1.0), HALF_M, NO_FINGER, 0.0)
    assert azimuth == pytest.approx(AZIMUTH_RAD)
    assert elevation == pytest.approx(-ELEVATION_RAD)


def test_a_finger_turns_the_ray_only_of_a_hand_that_points() -> None:
    finger = (0.06, 0.08, 0.0)
    assert aim((0.0, 0.0), HALF_M, finger, 0.0)[0] == 0.0
    assert math.radians(1.0) < aim((0.0, 0.0), HALF_M, finger, 1.0)[0] < math.radians(12.0)


def test_a_shoulder_is_beside_and_below_the_head_and_none_without_one() -> None:
    body = Body()
    assert body.shoulder("right") is None
    body.feed(head(0.0))
    right, left = body.shoulder("right"), body.shoulder("left")
    assert right is not None
    assert left is not None
    assert right[0] == pytest.approx(-left[0])
    assert right[0] > 0.1
    assert right[2] < 0.2
    body.feed(replace(head(0.1), present=False))
    assert body.shoulder("right") is None


def test_without_a_head_the_shoulder_is_above_the_place_of_ease() -> None:
    x, y, z = shoulder_before((0.2, 0.6, 0.0), (0.05, 0.6, -0.1), None)
    assert (x, z) == pytest.approx((0.05, 0.1))
    assert y > 0.7


def test_a_hand_before_the_chest_of_a_player_at_the_side_looks_ahead() -> None:
    aside_m = 0.25
    where = (0.5 + 0.8 * aside_m / 0.6, 0.55)
    seen: list[Observation] = [head(i / 10.0, x=aside_m, z=0.35) for i in range(20)]
    seen += perform([Stroke(t_s=0.3, pose=Pose.RELAXED, where=where, distance_m=0.6)], until_s=2.0)
    azimuth, _ = play(seen, until_s=2.0).intents[-1].hands[0].aim
    assert abs(azimuth) < math.radians(5.0)


def shifted(frames: list[HandsSeen], right: float, from_s: float) -> list[HandsSeen]:
    """The hand carried aside by the body, in pictures."""
    out = []
    for frame in frames:
        by = right * min(1.0, max(0.0, (frame.captured_s - from_s) / 1.5))
        hands = tuple(
            replace(hand, image=tuple((x + by, y, z) for x, y, z in hand.image)) for hand in frame.hands
        )
        out.append(replace(frame, hands=hands))
    return out


def test_a_player_who_sways_keeps_the_aim() -> None:
    frames = perform([Stroke(t_s=0.0, pose=Pose.RELAXED, where=(0.5, 0.5), distance_m=0.6)], until_s=6.0)
    swayed = shifted(frames, 0.8 * 0.12 / 0.6, 2.0)
    heads: list[Observation] = [
        head(i / 10.0, x=0.12 * min(1.0, max(0.0, (i / 10.0 - 2.0) / 1.5))) for i in range(60)
    ]
    with_head = play([*heads, *swayed], until_s=6.0).intents[-1].hands[0].aim[0]
    without = play(swayed, until_s=6.0).intents[-1].hands[0].aim[0]
    assert abs(with_head) < 0.5 * abs(without)
    assert abs(without) > math.radians(8.0)


def test_a_tired_arm_reaches_as_far_with_smaller_and_lower_motions() -> None:
    reach = Reach()
    fresh = reach.place((0.6, 0.45))
    spent = reach.place((0.6, 0.45), spent=1.0)
    assert spent[0] > 1.3 * fresh[0]
    low = reach.place((0.5, 0.6), spent=1.0)
    assert low[1] > reach.place((0.5, 0.6))[1]


def test_a_hand_that_rests_in_the_lap_can_reach_up_and_down() -> None:
    seen = perform([Stroke(t_s=0.0, pose=Pose.RELAXED, where=(0.5, 0.85), distance_m=0.7)], until_s=0.5)
    _, resting = play(seen, until_s=0.5).intents[-1].hands[0].aim
    assert math.radians(-20.0) < resting < math.radians(-2.0)


def test_an_arm_held_high_tires_and_one_at_rest_recovers() -> None:
    high = perform([Stroke(t_s=0.0, pose=Pose.OPEN, where=(0.6, 0.2), distance_m=0.5)], until_s=60.0)
    heads: list[Observation] = [head(i / 2.0, y=0.95, z=0.1) for i in range(120)]
    interpreter, waiting, spent = Interpreter(), sorted([*high, *heads], key=lambda o: o.at_s), []
    for tick in range(60 * 80):
        due = []
        while waiting and waiting[0].at_s <= tick / 60.0:
            due.append(waiting.pop(0))
        spent.append(interpreter.tick(due, tick / 60.0).arms)
    assert spent[60].right < 0.05
    assert spent[60 * 59].right > 0.15
    assert spent[-1].right < spent[60 * 59].right
    assert spent[60 * 59].left == 0.0
    assert spent[60 * 59].most == spent[60 * 59].right
