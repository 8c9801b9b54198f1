"""The Child's body: reach, gaze, blink, gestures, and springs that never burst."""

import math
import tomllib

import numpy as np
import pytest

from game.present.child_body import BONES, Bone, face_patch, skin_points, solid
from game.present.child_figure import Doing, Figure
from game.present.child_gestures import GESTURES, gesture, length_s
from game.present.child_limbs import bend
from game.present.child_motion import ChildMotion
from game.present.child_parameters import PARAMETERS, P
from game.world.state import Pose
from npc.assets import asset

FRAME_S = 1.0 / 60.0


def doing(**changes: object) -> Doing:
    values: dict[str, object] = {
        "position": (0.0, 0.0, 0.0), "yaw_rad": 0.0, "look_at": (0.0, 5.0, 0.7), "pose": Pose.STAND,
        "gesture": None,
        "gesture_age_s": 0.0, "speed_mps": 0.0, "has_light": False, "mouth": 0.0, "heard": 0.0,
        "mood": "warming",
    }  # fmt: skip
    return Doing(**{**values, **changes})  # type: ignore[arg-type]


def settle(what: Doing, seconds: float = 2.0) -> Figure:
    motion = ChildMotion()
    figure = motion.advance(what, FRAME_S)
    for _ in range(int(seconds / FRAME_S)):
        figure = motion.advance(what, FRAME_S)
    return figure


def placed(figure: Figure, bone: Bone, rest: tuple[float, float, float]) -> np.ndarray:
    rows = figure.bones[3 * bone : 3 * bone + 3]
    return np.asarray(rows @ np.array([*rest, 1.0]))


def test_a_limb_of_two_bones_reaches_its_target_and_keeps_its_lengths() -> None:
    root, target = (0.0, 0.0, 0.0), (0.1, 0.15, -0.05)
    middle, end = bend(root, target, 0.12, 0.10, (0.0, 0.0, 1.0))
    assert np.allclose(end, target, atol=1e-9)
    assert math.isclose(np.linalg.norm(middle), 0.12, rel_tol=1e-6)
    assert math.isclose(math.dist(end, middle), 0.10, rel_tol=1e-6)


def test_a_limb_stretches_no_further_than_it_is_long() -> None:
    _, end = bend((0.0, 0.0, 0.0), (0.0, 9.0, 0.0), 0.12, 0.10, (0.0, 0.0, 1.0))
    assert np.linalg.norm(end) <= 0.22


def test_it_stands_ninety_centimetres_tall_with_its_feet_on_the_ground() -> None:
    figure = settle(doing(position=(2.0, 3.0, 1.0)))
    crown = placed(figure, Bone.HEAD, (0.0, -0.018, 0.877))
    assert 0.80 < crown[2] - 1.0 < 0.95
    for foot, side in ((Bone.FOOT_L, -1.0), (Bone.FOOT_R, 1.0)):
        sole = placed(figure, foot, (side * 0.06, -0.004, 0.009))
        assert abs(sole[2] - 1.0) < 0.02


def test_its_head_turns_to_what_it_looks_at() -> None:
    right = settle(doing(look_at=(4.0, 4.0, 0.7)))
    left = settle(doing(look_at=(-4.0, 4.0, 0.7)))
    nose = (0.0, 0.2, 0.7)
    assert placed(right, Bone.HEAD, nose)[0] > 0.05
    assert placed(left, Bone.HEAD, nose)[0] < -0.05


def test_its_eyes_leap_before_its_head_has_turned() -> None:
    motion = ChildMotion()
    for _ in range(60):
        motion.advance(doing(), FRAME_S)
    for _ in range(4):
        figure = motion.advance(doing(look_at=(3.0, 4.0, 0.7)), FRAME_S)
    assert figure.gaze[0] > 0.2


def test_it_blinks_and_mostly_does_not() -> None:
    motion = ChildMotion()
    lids = [motion.advance(doing(), FRAME_S).lids[0] for _ in range(int(12.0 / FRAME_S))]
    assert min(lids) < 0.15
    assert float(np.mean(np.array(lids) > 0.7)) > 0.85


def test_it_blinks_at_what_it_hears_within_a_tenth_of_a_second() -> None:
    motion = ChildMotion()
    lids = [motion.advance(doing(blink_age_s=k * FRAME_S - 0.5), FRAME_S).lids[0] for k in range(40)]
    begins = round(0.5 / FRAME_S)
    assert min(lids[begins : begins + round(0.1 / FRAME_S) + 1]) < 0.15


def test_its_mouth_follows_its_voice() -> None:
    assert settle(doing(mouth=1.0)).mouth > 0.9
    assert settle(doing(mouth=0.0)).mouth < 0.05


def test_it_holds_the_light_before_its_chest() -> None:
    figure = settle(doing(has_light=True))
    assert 0.08 < figure.light_at[1] < 0.35
    assert abs(figure.light_at[0]) < 0.06
    assert 0.3 < figure.light_at[2] < 0.6


@pytest.mark.parametrize("tag", ["laugh", "hide", "steal", "an unknown tag"])
def test_a_gesture_moves_the_body_and_ends(tag: str) -> None:
    span_s = length_s(tag)
    moved = max(float(np.abs(gesture(tag, part * span_s)).max()) for part in (0.2, 0.4, 0.6))
    assert moved > 0.05
    assert not gesture(tag, span_s + 0.01).any()
    assert not gesture(tag, -1.0).any()


def test_every_gesture_of_the_personality_is_known() -> None:
    text = asset("personalities/child/personality.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)["gestures"]) <= set(GESTURES)


def test_the_gestures_of_the_story_are_known() -> None:
    assert {"peek", "whisper", "steal", "lead"} <= set(GESTURES)
    assert len(P) == PARAMETERS


def test_a_shiver_trembles_draws_it_in_and_dims_it_a_little() -> None:
    motion = ChildMotion()
    for _ in range(120):
        motion.advance(doing(), FRAME_S)
    still = motion.advance(doing(), FRAME_S)
    figures = [
        motion.advance(doing(gesture="shiver", gesture_age_s=number * FRAME_S), FRAME_S)
        for number in range(round(length_s("shiver") / FRAME_S))
    ]
    crown = (0.0, -0.018, 0.877)
    tops = np.array([placed(figure, Bone.HEAD, crown) for figure in figures])
    trembling = tops[round(0.6 / FRAME_S) : round(1.6 / FRAME_S)]
    turns = int((np.diff(np.sign(np.diff(trembling[:, 0]))) != 0).sum())
    assert 10 <= turns <= 18
    assert 0.004 < np.ptp(trembling[:, 0]) < 0.04
    assert trembling[:, 2].max() < placed(still, Bone.HEAD, crown)[2] - 0.02
    assert 0.6 < min(figure.light for figure in figures) < 0.85
    after = settle(doing(gesture="shiver", gesture_age_s=9.0))
    assert after.light == pytest.approx(still.light, abs=0.01)


@pytest.mark.parametrize("dt_s", [0.0, 1.0 / 240.0, 0.25, 5.0])
def test_any_frame_rate_gives_finite_bones(dt_s: float) -> None:
    motion = ChildMotion()
    for tag in (None, "jump", "steal"):
        for pose in Pose:
            figure = motion.advance(doing(pose=pose, gesture=tag, gesture_age_s=0.3, speed_mps=1.2), dt_s)
            assert figure.bones.shape == (BONES * 3, 4)
            assert np.isfinite(figure.bones).all()
            assert np.abs(figure.bones).max() < 10.0


def test_looking_at_its_own_head_breaks_nothing() -> None:
    assert np.isfinite(settle(doing(look_at=(0.0, 0.0, 0.7)), 0.5).bones).all()


def test_points_lie_on_the_skin_and_belong_to_bones() -> None:
    columns = skin_points(1200, np.random.default_rng(2))
    assert len(columns["vertex"]) > 800
    assert np.abs(solid(columns["vertex"].astype(np.float64))).max() < 0.004
    assert columns["skin"][:, :2].max() < BONES
    assert columns["skin"][:, 2].max() <= 0.5


def test_the_face_lies_on_the_front_of_the_head() -> None:
    columns, corners = face_patch()
    assert corners.max() < len(columns["vertex"])
    middle = np.abs(columns["face"]).sum(axis=1).argmin()
    assert columns["vertex"][middle, 1] > 0.1
