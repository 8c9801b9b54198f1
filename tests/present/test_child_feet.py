"""Feet that stand where they were put, on every way and in every mood; knees that give under a landing."""

import math

import numpy as np
import pytest

from game.present.child_body import JOINTS, Bone, joint
from game.present.child_feet import LEAP_M
from game.present.child_figure import Doing, Figure
from game.present.child_moods import MOODS
from game.present.child_motion import ChildMotion
from game.world.state import Pose

FRAME_S = 1.0 / 60.0
SLIDE_M = 0.01


def doing(mood: str, position: tuple[float, float, float], yaw: float, **changes: object) -> Doing:
    x, y, z = position
    values: dict[str, object] = {
        "look_at": (x + 3.0 * math.sin(yaw), y + 3.0 * math.cos(yaw), z + 1.4), "pose": Pose.STAND,
        "gesture": None, "gesture_age_s": 0.0, "speed_mps": 0.0, "has_light": False, "mouth": 0.0,
        "heard": 0.0,
    }  # fmt: skip
    return Doing(**{**values, **changes}, mood=mood, position=position, yaw_rad=yaw)  # type: ignore[arg-type]


def ankle(figure: Figure, side: int) -> np.ndarray:
    bone = Bone.FOOT_L if side == 0 else Bone.FOOT_R
    rest = joint("ankle", -1.0 if side == 0 else 1.0)
    return np.asarray(figure.bones[3 * bone : 3 * bone + 3].astype(np.float64) @ np.array([*rest, 1.0]))


class Steps:
    """Watches drawn feet: how far each slid while it stood, and how often they came down."""

    def __init__(self) -> None:
        self.slides: list[float] = []
        self._from: list[np.ndarray | None] = [None, None]

    def see(self, figure: Figure) -> None:
        for side in (0, 1):
            at, start = ankle(figure, side), self._from[side]
            if not figure.planted[side]:
                self._from[side] = None
            elif start is None:
                self._from[side] = at
                self.slides.append(0.0)
            else:
                self.slides.append(math.dist(at[:2], start[:2]))


def walk(mood: str, *, top_mps: float, turn_per_m: float = 0.0) -> tuple[Steps, ChildMotion]:
    motion, steps = ChildMotion(), Steps()
    at, yaw, speed = np.zeros(3), 0.3, 0.0
    for number in range(300):
        speed = min(top_mps, speed + 7.0 * FRAME_S) if 30 < number < 220 else max(0.0, speed - 7.0 * FRAME_S)
        yaw += turn_per_m * speed * FRAME_S
        at = at + speed * FRAME_S * np.array([math.sin(yaw), math.cos(yaw), 0.0])
        pose = Pose.WALK if speed > 0.15 else Pose.STAND
        place = (float(at[0]), float(at[1]), 0.0)
        steps.see(motion.advance(doing(mood, place, yaw, speed_mps=speed, pose=pose), FRAME_S))
    return steps, motion


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize(("top_mps", "turn_per_m"), [(0.3, 0.0), (1.5, 0.7), (3.0, 0.3)])
def test_feet_slide_below_a_centimetre_a_step(mood: str, top_mps: float, turn_per_m: float) -> None:
    steps, _ = walk(mood, top_mps=top_mps, turn_per_m=turn_per_m)
    assert sum(slide == 0.0 for slide in steps.slides) > 8
    assert max(steps.slides) < SLIDE_M


@pytest.mark.parametrize("mood", MOODS)
def test_it_turns_on_the_spot_by_stepping(mood: str) -> None:
    motion, steps, lifted = ChildMotion(), Steps(), 0
    for number in range(240):
        figure = motion.advance(doing(mood, (0.0, 0.0, 0.0), min(2.5, 0.02 * number)), FRAME_S)
        steps.see(figure)
        lifted += not all(figure.planted)
        assert any(figure.planted)
    assert lifted > 20
    assert max(steps.slides) < SLIDE_M


@pytest.mark.parametrize("tag", ["steal", "come_close", "lead", "laugh", "hide", "turn_away", "rude"])
def test_feet_stand_through_gestures(tag: str) -> None:
    for mood in MOODS:
        motion, steps = ChildMotion(), Steps()
        for number in range(200):
            what = doing(mood, (0.0, 0.0, 0.0), 0.0, gesture=tag, gesture_age_s=(number - 40) * FRAME_S)
            steps.see(motion.advance(what, FRAME_S))
        assert max(steps.slides) < SLIDE_M, mood


def test_feet_neither_sink_nor_float_where_they_stand() -> None:
    motion = ChildMotion()
    for number in range(200):
        figure = motion.advance(doing("hostile", (0.0, 0.02 * number, 0.5), 0.0, speed_mps=1.2), FRAME_S)
        for side in (0, 1):
            height = ankle(figure, side)[2] - 0.5 - JOINTS["ankle"][2]
            assert height > -1e-4
            assert height < 0.002 or not figure.planted[side]


def test_a_jump_lifts_both_feet_and_lands_on_bent_knees() -> None:
    motion = ChildMotion()
    hips, flown = [], 0
    for number in range(150):
        what = doing("friend", (0.0, 0.0, 0.0), 0.0, gesture="jump", gesture_age_s=(number - 60) * FRAME_S)
        figure = motion.advance(what, FRAME_S)
        flown += not any(figure.planted)
        pelvis = figure.bones[3 * Bone.PELVIS : 3 * Bone.PELVIS + 3].astype(np.float64)
        hips.append(float((pelvis @ np.array([*JOINTS["pelvis"], 1.0]))[2]))
    still, top = hips[55], int(np.argmax(hips))
    assert flown > 8
    # Down before up, up, and down again under its weight.
    assert min(hips[60:top]) < still - 0.03
    assert max(hips) > still + 0.08
    assert min(hips[top:]) < still - 0.05


def test_feet_go_up_with_the_ground_that_carries_them() -> None:
    motion = ChildMotion()
    for number in range(120):
        part = min(1.0, max(0.0, (number - 40) / 20))
        height, ahead = 0.3 * part * part * (3.0 - 2.0 * part), 0.025 * number
        figure = motion.advance(doing("wary", (0.0, ahead, height), 0.0, speed_mps=1.5), FRAME_S)
        for side in (0, 1):
            assert ankle(figure, side)[2] - JOINTS["ankle"][2] > height - 0.03
    assert abs(ankle(figure, 0)[2] - JOINTS["ankle"][2] - 0.3) < 0.08


def test_a_child_that_was_put_elsewhere_has_its_feet_there() -> None:
    motion = ChildMotion()
    for _ in range(30):
        motion.advance(doing("wary", (0.0, 0.0, 0.0), 0.0), FRAME_S)
    figure = motion.advance(doing("wary", (4.0 * LEAP_M, 0.0, 0.0), 0.0), FRAME_S)
    for side in (0, 1):
        assert abs(ankle(figure, side)[0] - 4.0 * LEAP_M) < 0.2
