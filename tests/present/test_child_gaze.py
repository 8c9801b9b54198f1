"""Eyes that meet the player's head anywhere in the room, whatever mood, nod or step the body is in."""

import math

import numpy as np
import pytest

from game.present.child_body import Bone
from game.present.child_figure import Doing, Figure
from game.present.child_gaze import EYE_REACH_RAD
from game.present.child_moods import MOODS
from game.present.child_motion import ChildMotion
from game.world.state import Pose

FRAME_S = 1.0 / 60.0
NEAR_DEG = 3.0


def doing(mood: str, look_at: tuple[float, float, float], **changes: object) -> Doing:
    values: dict[str, object] = {
        "position": (0.0, 0.0, 0.0), "yaw_rad": 0.0, "pose": Pose.STAND, "gesture": None,
        "gesture_age_s": 0.0, "speed_mps": 0.0, "has_light": False, "mouth": 0.0, "heard": 0.0,
    }  # fmt: skip
    return Doing(**{**values, **changes}, mood=mood, look_at=look_at)  # type: ignore[arg-type]


def off_deg(figure: Figure, target: tuple[float, float, float]) -> float:
    """Angle between where the drawn eyes look, from the middle of the head, and the target."""
    head = figure.bones[3 * Bone.HEAD : 3 * Bone.HEAD + 3, :3].astype(np.float64)
    right, up = figure.gaze
    way = head @ np.array([math.sin(right) * math.cos(up), math.cos(right) * math.cos(up), math.sin(up)])
    to = np.array(target) - figure.head
    return math.degrees(math.acos(min(1.0, float(way @ to) / math.sqrt(float(to @ to)))))


@pytest.mark.parametrize("mood", MOODS)
def test_eyes_meet_the_head_within_three_degrees_anywhere_in_the_room(mood: str) -> None:
    rng = np.random.default_rng(11)
    for _ in range(16):
        side, far, high = rng.uniform(-1.6, 1.6), rng.uniform(1.0, 4.0), rng.uniform(0.9, 2.0)
        motion, target = ChildMotion(), (float(side), float(far), float(high))
        figures = [motion.advance(doing(mood, target), FRAME_S) for _ in range(60)]
        assert max(off_deg(figure, target) for figure in figures[20:]) < NEAR_DEG, target


@pytest.mark.parametrize("mood", MOODS)
def test_eyes_stay_on_a_head_that_walks_through_the_room(mood: str) -> None:
    motion, worst = ChildMotion(), 0.0
    for number in range(360):
        t = number * FRAME_S
        target = (1.2 * math.sin(0.9 * t), 2.2 + 0.6 * math.sin(0.5 * t), 1.5 + 0.1 * math.sin(2.0 * t))
        figure = motion.advance(doing(mood, target, mouth=0.5 + 0.5 * math.sin(9.0 * t)), FRAME_S)
        if number > 20:
            worst = max(worst, off_deg(figure, target))
    assert worst < NEAR_DEG


def test_head_and_eyes_share_the_turn() -> None:
    for target in ((1.5, 2.0, 1.2), (-1.5, 2.0, 1.2)):
        motion = ChildMotion()
        figure = [motion.advance(doing("friend", target), FRAME_S) for _ in range(120)][-1]
        nose = figure.bones[3 * Bone.HEAD : 3 * Bone.HEAD + 3, :3] @ np.array([0.0, 1.0, 0.0])
        whole = math.atan2(target[0] - figure.head[0], target[1] - figure.head[1])
        head = math.atan2(float(nose[0]), float(nose[1]))
        assert 0.6 < head / whole < 0.95


def test_eyes_never_roll_out_of_their_sockets() -> None:
    for target in ((0.0, -3.0, 0.7), (0.1, 0.0, 4.0), (3.0, 0.0, 0.0), (0.0, 0.0, 0.7)):
        motion = ChildMotion()
        figures = [motion.advance(doing("wary", target), FRAME_S) for _ in range(60)]
        assert max(math.hypot(*figure.gaze) for figure in figures) <= EYE_REACH_RAD + 1e-9
