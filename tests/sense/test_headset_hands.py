"""Joints of a headset feed the same action layer as the webcam: the same gestures, at the same times."""

import math
from dataclasses import replace

import pytest

from game.interpret.hand_features import FOCAL_WIDTHS as WEBCAM_FOCAL
from game.interpret.hand_features import measure, to_view
from game.interpret.intents import Action
from game.sense.headset_hands import (
    ASPECT,
    CAMERA_AHEAD_M,
    CAMERA_BELOW_M,
    LANDMARKS,
    BodyYaw,
    hand_seen,
    hands_seen,
    head_seen,
)
from game.sense.observations import HandSeen, HandsSeen, Point3
from game.sense.synthetic.script import perform
from game.steering import Steering
from tests.interpret.hands import Played, play

HEAD: Point3 = (0.0, 0.0, 1.6)
GESTURES = {
    "point": Action.POINT,
    "pinch": Action.PINCH,
    "grasp": Action.GRASP,
    "palm_out": Action.PALM_OUT,
    "palm_up": Action.PALM_UP,
    "push_both": Action.PUSH,
    "walk_air": Action.WALK,
    "beckon": Action.CALL,
    "thumb_up": Action.THUMB_UP,
}
FRAME_S = 1.0 / 60.0


def joints_of(hand: HandSeen, aspect: float, body_yaw_rad: float = 0.0) -> list[Point3]:
    """The 26 joints in the room of a hand that a webcam sees where the headset has its camera."""
    features = measure(hand, aspect=aspect)
    assert features is not None
    far_m = features.distance_m
    x = (features.palm_image[0] - 0.5) * far_m / WEBCAM_FOCAL
    up = -(features.palm_image[1] - 0.5) * far_m / (WEBCAM_FOCAL * aspect) - CAMERA_BELOW_M
    ahead = CAMERA_AHEAD_M - far_m
    c, s = math.cos(body_yaw_rad), math.sin(body_yaw_rad)
    spots: list[Point3] = []
    for px, py, pz in to_view(hand.world):
        right, front = px + x, py + ahead
        spots.append((HEAD[0] + right * c + front * s, HEAD[1] - right * s + front * c, HEAD[2] + pz + up))
    joints: list[Point3] = [(0.0, 0.0, 0.0)] * 26
    for number, spot in zip(LANDMARKS, spots, strict=True):
        joints[number] = spot
    wrist = spots[0]
    for root, knuckle in ((6, 5), (11, 9), (16, 13), (21, 17)):
        joints[root] = tuple(w + 0.3 * (k - w) for w, k in zip(wrist, spots[knuckle], strict=True))  # type: ignore[assignment]
    joints[0] = tuple((w + m) / 2 for w, m in zip(wrist, spots[9], strict=True))  # type: ignore[assignment]
    return joints


def in_a_headset(frames: list[HandsSeen], body_yaw_rad: float = 0.0) -> list[HandsSeen]:
    """The same hands as a headset knows them, at the same times."""
    told = []
    for frame in frames:
        hands = []
        for hand in frame.hands:
            joints = joints_of(hand, frame.aspect, body_yaw_rad)
            seen = hand_seen(hand.side, joints, sure=1.0, head=HEAD, body_yaw_rad=body_yaw_rad)
            assert seen is not None
            hands.append(seen)
        told.append(replace(hands_seen(hands, frame.captured_s), at_s=frame.at_s))
    return told


def begins(played: Played, action: Action) -> list[float]:
    return [start_s for start_s, _ in played.made(action)]


@pytest.mark.parametrize("name", sorted(GESTURES))
def test_a_gesture_means_the_same_in_a_headset_as_before_a_webcam(name: str) -> None:
    shown = perform(f"fps 60\nnoise clean\nwait 1\nright {name} for 2\nright away\nwait 1\n")
    webcam = list(shown.scene.frames(shown.seconds))
    action = GESTURES[name]
    wanted = begins(play(webcam), action)
    found = begins(play(in_a_headset(webcam, body_yaw_rad=2.0)), action)
    assert wanted
    assert found == pytest.approx(wanted, abs=2.0 * FRAME_S)


def test_walking_steps_are_counted_alike() -> None:
    shown = perform("fps 60\nnoise clean\nwait 1\nright walk_air for 4\nright away\nwait 1\n")
    webcam = list(shown.scene.frames(shown.seconds))
    wanted, found = play(webcam), play(in_a_headset(webcam))
    assert len(wanted.steps) > 4
    assert len(found.steps) == len(wanted.steps)


def test_both_palms_held_to_the_floor_begin_anew() -> None:
    asked: list[str] = []

    class Display:
        def recentre(self) -> None:
            asked.append("recentre")

        def turn(self, steps: int) -> None:
            asked.append("turn")

    shown = perform("fps 60\nnoise clean\nwait 1\nright palm_down for 4\nright away\nwait 1\n")
    frames = []
    for frame in shown.scene.frames(shown.seconds):
        hands = []
        for hand in frame.hands:
            right = joints_of(hand, frame.aspect)
            left = [(-x, y, z) for x, y, z in right]
            for side, joints in (("left", left), ("right", right)):
                seen = hand_seen(side, joints, sure=1.0, head=HEAD, body_yaw_rad=0.0)  # type: ignore[arg-type]
                assert seen is not None
                hands.append(seen)
        frames.append(replace(hands_seen(hands, frame.captured_s), at_s=frame.at_s))
    steering = Steering(Display())
    for tick, intents in enumerate(play(frames).intents):
        steering.tick(intents, tick / 60.0)
    assert asked == ["recentre"]


def pointing(tip: Point3, palm: Point3) -> HandSeen:
    """A straight hand from ``palm`` to ``tip`` in the room."""
    joints: list[Point3] = []
    way = [(t - p) / 0.18 for t, p in zip(tip, palm, strict=True)]
    along = {0: 0.0, 1: -0.07}
    for number in range(26):
        far = along.get(number, 0.04 * ((number - 1) % 5))
        aside = 0.02 * ((number - 2) // 5 - 2)
        joints.append((palm[0] + way[0] * far + aside, palm[1] + way[1] * far, palm[2] + way[2] * far))
    seen = hand_seen("right", joints, sure=1.0, head=HEAD, body_yaw_rad=0.0)
    assert seen is not None
    return seen


def test_the_light_comes_from_the_hand_and_goes_where_shoulder_and_hand_point() -> None:
    ahead = pointing((0.17, 0.7, 1.35), (0.17, 0.5, 1.35))
    frames = [hands_seen([ahead], t / 60.0) for t in range(60)]
    hand = play(frames, until_s=1.0).intents[-2].hands[0]
    assert hand.at_m is not None
    assert ahead.room is not None
    assert hand.at_m == pytest.approx(ahead.room.palm_m, abs=0.002)
    # Straight before the right shoulder, at its height.
    assert hand.aim == pytest.approx((0.0, 0.0), abs=0.1)
    high = pointing((0.6, 0.7, 1.9), (0.5, 0.5, 1.75))
    frames = [hands_seen([high], t / 60.0) for t in range(60)]
    azimuth, elevation = play(frames, until_s=1.0).intents[-2].hands[0].aim
    assert azimuth > 0.4
    assert elevation > 0.4


def test_a_look_aside_is_no_turn_of_the_body() -> None:
    body = BodyYaw()
    body.feed(0.0, 0.0)
    assert body.feed(0.3, 0.1) == 0.0
    for step in range(300):
        turned = body.feed(3.0, 0.1 + step / 60.0)
    assert turned == pytest.approx(2.65, abs=0.02)
    # Round the back: the short way.
    for step in range(300):
        turned = body.feed(-3.0, 5.2 + step / 60.0)
    assert abs(math.remainder(turned - -3.0, math.tau)) < 0.37


def test_joints_that_are_none_are_no_hand() -> None:
    whole = [(0.0, 0.5, 1.2)] * 26
    assert hand_seen("left", whole[:25], sure=1.0, head=HEAD, body_yaw_rad=0.0) is None
    broken = [*whole[:25], (math.nan, 0.0, 0.0)]
    assert hand_seen("left", broken, sure=1.0, head=HEAD, body_yaw_rad=0.0) is None


def test_the_hand_is_as_large_in_the_picture_as_its_distance_makes_it() -> None:
    near, far = (pointing((0.1, y + 0.18, 1.3), (0.1, y, 1.3)) for y in (0.2, 0.6))
    sizes = [measure(hand, aspect=ASPECT) for hand in (near, far)]
    assert sizes[0] is not None
    assert sizes[1] is not None
    # Nearer to the player is farther from the camera that looks at them.
    assert sizes[0].distance_m == pytest.approx(CAMERA_AHEAD_M - 0.2, rel=0.15)
    assert sizes[1].distance_m == pytest.approx(CAMERA_AHEAD_M - 0.6, rel=0.15)


def test_the_head_is_told_from_its_resting_place() -> None:
    seen = head_seen((0.3, 0.2, 1.7), 0.4, eye_height_m=1.5, t_s=1.0)
    head = play([seen], until_s=1.1).intents[-1].head
    assert head.present
    assert head.offset_m == pytest.approx((0.3, 0.2, 0.2))
    assert head.yaw_rad == pytest.approx(0.4)
    away = replace(seen, at_s=1.2, captured_s=1.2, present=False)
    assert not play([seen, away], until_s=1.4).intents[-1].head.present
