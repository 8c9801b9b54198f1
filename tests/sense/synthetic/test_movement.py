import math

import numpy as np
import pytest

from game.sense.hand_model import SHAPES, Pose, frame
from game.sense.synthetic.movement import HandMotion, drifting, turned


def moving() -> HandMotion:
    hand = HandMotion(SHAPES[Pose.OPEN], (0.0, 1.0, 0.0), np.random.default_rng(1))
    hand.shape_to(SHAPES[Pose.FIST], 1.0, 0.4)
    hand.move_to((0.3, 0.8, 0.1), 1.0, 0.5)
    return hand


def test_a_hand_is_where_it_was_told_to_be_before_and_after() -> None:
    hand = moving().sample(np.array([0.0, 1.0, 1.5, 9.0]))
    assert hand.place[:2] == pytest.approx(np.array([[0.0, 1.0, 0.0]] * 2))
    assert hand.place[2:] == pytest.approx(np.array([[0.3, 0.8, 0.1]] * 2))
    assert hand.posture[1, :4] == pytest.approx(SHAPES[Pose.OPEN].curls)
    assert hand.posture[2, :4] == pytest.approx(SHAPES[Pose.FIST].curls)
    assert hand.turn[0] == pytest.approx(frame(SHAPES[Pose.OPEN]), abs=1e-9)
    assert hand.turn[3] == pytest.approx(frame(SHAPES[Pose.FIST]), abs=1e-9)


def test_paths_are_smooth_and_end_at_rest() -> None:
    t = np.arange(0.9, 1.6, 0.005)
    place = moving().sample(t).place
    speed = np.linalg.norm(np.diff(place, axis=0), axis=1) / 0.005
    assert speed[0] == speed[-1] == 0.0
    assert speed.max() < 2.2 * 0.374 / 0.5  # Minimum jerk: 1.875 times the mean speed, a little bent.
    assert np.abs(np.diff(speed)).max() < 0.06


def test_a_target_that_is_cut_short_makes_no_jump() -> None:
    hand = moving()
    hand.move_to((0.0, 0.9, 0.3), 1.2, 0.5)
    place = hand.sample(np.arange(0.0, 3.0, 0.005)).place
    assert np.abs(np.diff(place, axis=0)).max() < 0.03
    assert place[-1] == pytest.approx([0.0, 0.9, 0.3])


def test_targets_out_of_order_are_refused() -> None:
    hand = moving()
    with pytest.raises(ValueError, match="follow"):
        hand.move_to((0.0, 1.0, 0.0), 0.5, 0.1)


def test_fingers_set_out_one_after_the_other_and_arrive_together() -> None:
    hand = moving().sample(np.array([1.08, 1.4]))
    early = (hand.posture[0, :4] - SHAPES[Pose.OPEN].curls) / np.subtract(
        SHAPES[Pose.FIST].curls, SHAPES[Pose.OPEN].curls
    )
    assert early.max() > early.min() + 0.005
    assert hand.posture[1, :4] == pytest.approx(SHAPES[Pose.FIST].curls)


def test_what_swings_goes_from_value_to_value_and_leaves_nothing() -> None:
    hand = moving()
    hand.swing([2.0, 2.2, 2.6, 2.8], [0.0, 1.0, -1.0, 0.0], {"index": 0.2, "tilt": 0.5})
    t = np.array([1.9, 2.2, 2.6, 2.9])
    swung, still = hand.sample(t), moving().sample(t)
    assert swung.posture[:, 0] - still.posture[:, 0] == pytest.approx([0.0, 0.2, -0.2, 0.0])
    assert swung.posture[:, 1] == pytest.approx(still.posture[:, 1])
    angles = np.arccos(np.clip(np.einsum("nij,nij->n", swung.turn, still.turn) / 2.0 - 0.5, -1.0, 1.0))
    assert angles == pytest.approx([0.0, 0.5, 0.5, 0.0], abs=1e-6)


def test_turns_follow_their_names() -> None:
    nod, tilt, twist = turned(np.eye(3) * math.radians(90.0))
    t, u, n = np.eye(3)
    assert nod @ u == pytest.approx(n)  # The wrist bends towards the palm.
    assert tilt @ u == pytest.approx(-t)  # The fingers go away from the thumb's side.
    assert twist @ n == pytest.approx(t)  # The palm turns to the thumb's side.


def test_sampling_twice_gives_the_same_hand() -> None:
    hand, t = moving(), np.linspace(0.0, 2.0, 50)
    assert np.array_equal(hand.sample(t).posture, hand.sample(t).posture)
    assert np.array_equal(hand.sample(t).place, hand.sample(t).place)


def test_slow_noise_is_slow_and_as_large_as_asked() -> None:
    t = np.arange(0.0, 2000.0, 0.1)
    noise = drifting(np.random.default_rng(0), t, sigma=0.5, knot_s=1.0, width=2)
    assert noise.std() == pytest.approx(0.5, rel=0.1)
    assert np.abs(np.diff(noise, axis=0)).mean() < 0.1
