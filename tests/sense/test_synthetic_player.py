import math

import numpy as np
import pytest

from game.clock import LATENCY_S
from game.sense.hand_model import PALM_M, Pose, at_phase, blend, landmarks
from game.sense.synthetic_player import FRAME_S, Stroke, SyntheticPlayer, first_minute

BONES = [(a, a + 1) for finger in range(5) for a in range(4 * finger + 1, 4 * finger + 4)]
POSES = [pose for pose in Pose if pose is not Pose.AWAY]


def lengths(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
    return [math.dist(points[a], points[b]) for a, b in BONES]


def test_bones_keep_their_length_in_every_pose_and_between() -> None:
    rest = lengths(landmarks(at_phase(Pose.OPEN, 0.0)))
    for a in POSES:
        for b in (Pose.FIST, Pose.PALM_UP):
            shape = blend(at_phase(a, 0.3), at_phase(b, 0.0), 0.4)
            assert lengths(landmarks(shape)) == pytest.approx(rest, rel=1e-6)


def test_a_pinch_touches_and_an_open_hand_does_not() -> None:
    for pose, low, high in ((Pose.PINCH, 0.0, 0.25), (Pose.OPEN, 0.6, 2.0)):
        points = landmarks(at_phase(pose, 0.0))
        assert low <= math.dist(points[4], points[8]) / PALM_M <= high


def test_the_left_hand_is_the_right_one_in_a_mirror() -> None:
    right, left = landmarks(at_phase(Pose.POINT, 0.0)), landmarks(at_phase(Pose.POINT, 0.0), left=True)
    assert left == pytest.approx(right * np.array([-1.0, 1.0, 1.0]))


def test_frames_come_thirty_a_second_and_each_once() -> None:
    player = SyntheticPlayer([Stroke(t_s=0.5, pose=Pose.OPEN)])
    first, second = player.hands_until(1.0), player.hands_until(2.0)
    assert (len(first), len(second)) == (31, 30)
    assert player.next_s == pytest.approx(61 * FRAME_S)
    assert [bool(frame.hands) for frame in first] == [frame.captured_s >= 0.5 for frame in first]
    assert all(frame.at_s == frame.captured_s + LATENCY_S["hands"] for frame in first)


def test_the_same_seed_gives_the_same_player_and_another_one_another() -> None:
    a, b, c = (SyntheticPlayer(first_minute(), seed=seed).hands_until(6.0) for seed in (3, 3, 4))
    assert a == b
    assert a != c


def test_the_palm_is_where_the_script_says() -> None:
    frame = SyntheticPlayer([Stroke(t_s=0.0, pose=Pose.OPEN, where=(0.3, 0.7))]).hands_until(0.0)[0]
    palm = np.array(frame.hands[0].image)[[0, 5, 9, 13, 17], :2].mean(axis=0)
    assert palm == pytest.approx([0.3, 0.7], abs=0.03)


def test_the_hand_moves_without_jumps_even_when_a_stroke_is_cut_short() -> None:
    strokes = [
        Stroke(t_s=0.0, pose=Pose.OPEN, where=(0.2, 0.3)),
        Stroke(t_s=0.5, pose=Pose.FIST, where=(0.8, 0.6)),
        Stroke(t_s=0.7, pose=Pose.POINT, where=(0.3, 0.5)),
        Stroke(t_s=0.8, pose=Pose.PALM_UP, where=(0.6, 0.5)),
    ]
    frames = SyntheticPlayer(strokes).hands_until(2.0)
    palms = np.array([np.array(frame.hands[0].image)[[0, 5, 9, 13, 17], :2].mean(axis=0) for frame in frames])
    assert np.abs(np.diff(palms, axis=0)).max() < 0.09


def test_a_hand_that_is_away_is_not_seen() -> None:
    player = SyntheticPlayer([Stroke(t_s=0.0, pose=Pose.OPEN), Stroke(t_s=0.5, pose=Pose.AWAY)])
    assert [bool(frame.hands) for frame in player.hands_until(1.0)] == [i < 15 for i in range(31)]
