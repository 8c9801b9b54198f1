"""Moods that show without colour: outlines, faces and pace apart; gestures that still read in each."""

import itertools
import math
import tomllib

import numpy as np
import pytest

from game.present.child_body import Bone, joint
from game.present.child_figure import Doing, Figure
from game.present.child_gestures import claim, length_s
from game.present.child_moods import MOODS, carried, wander
from game.present.child_motion import ChildMotion
from game.present.child_parameters import HANDS, PARAMETERS, P
from game.world.state import Pose
from npc.assets import asset

FRAME_S = 1.0 / 60.0
TAGS = tomllib.loads(asset("personalities/child/personality.toml").read_text(encoding="utf-8"))["gestures"]
MARKS = {
    Bone.HEAD: (0.0, 0.0, 0.877), Bone.EAR_TIP_L: tuple(joint("ear_tip", -1.0)),
    Bone.EAR_TIP_R: tuple(joint("ear_tip", 1.0)), Bone.HAND_L: tuple(joint("wrist", -1.0)),
    Bone.HAND_R: tuple(joint("wrist", 1.0)), Bone.FOREARM_L: tuple(joint("elbow", -1.0)),
    Bone.FOREARM_R: tuple(joint("elbow", 1.0)), Bone.FOOT_L: tuple(joint("ankle", -1.0)),
    Bone.FOOT_R: tuple(joint("ankle", 1.0)),
}  # fmt: skip


def doing(mood: str, **changes: object) -> Doing:
    values: dict[str, object] = {
        "position": (0.0, 0.0, 0.0), "yaw_rad": 0.0, "look_at": (0.0, 2.2, 1.5), "pose": Pose.STAND,
        "gesture": None, "gesture_age_s": 0.0, "speed_mps": 0.0, "has_light": False, "mouth": 0.0,
        "heard": 0.0, "mood": mood,
    }  # fmt: skip
    return Doing(**{**values, **changes})  # type: ignore[arg-type]


def marks(figure: Figure) -> np.ndarray:
    """(marks, 3) head, ears, elbows, hands and feet in the world."""
    return np.array(
        [figure.bones[3 * bone : 3 * bone + 3] @ np.array([*at, 1.0]) for bone, at in MARKS.items()]
    )


def outlines(mood: str, seconds: float = 8.0, **changes: object) -> np.ndarray:
    """(frames, marks, 2) the outline as the player sees it: across and up."""
    motion = ChildMotion()
    return np.array([
        marks(motion.advance(doing(mood, **changes), FRAME_S))[:, [0, 2]]
        for _ in range(round(seconds / FRAME_S))
    ])  # fmt: skip


def test_every_moment_of_a_mood_looks_more_like_its_own_than_like_another() -> None:
    seen = {mood: outlines(mood) for mood in MOODS}
    middle = {mood: frames.mean(axis=0) for mood, frames in seen.items()}
    for mood, frames in seen.items():
        far = {
            other: np.sqrt(((frames - rest) ** 2).sum(axis=2)).mean(axis=1) for other, rest in middle.items()
        }
        for other in MOODS:
            if other != mood:
                assert (far[mood] < 0.6 * far[other]).all(), (mood, other)


def test_eyes_tell_the_moods_apart() -> None:
    def face(mood: str) -> Figure:
        motion = ChildMotion()
        return [motion.advance(doing(mood), FRAME_S) for _ in range(60)][-1]

    hostile, wary, warming, friend = (face(mood) for mood in MOODS)
    assert hostile.slant > 0.6
    assert 0.0 > warming.slant > wary.slant
    assert wary.lids[0] > 1.2
    assert hostile.lids[0] < 0.9
    assert friend.cheek - warming.cheek > 0.3
    assert warming.cheek - hostile.cheek > 0.1
    assert friend.smile > warming.smile > 0.0 > wary.smile > hostile.smile
    assert hostile.hard > wary.hard > warming.hard > friend.hard


def test_a_hostile_child_moves_in_jerks_and_a_warming_one_sways() -> None:
    def quickest(mood: str) -> float:
        head = outlines(mood, 20.0)[:, 0]
        speed = np.sqrt((np.diff(head, axis=0) ** 2).sum(axis=1)) / FRAME_S
        return float(np.percentile(speed, 99) / np.percentile(speed, 50))

    assert quickest("hostile") > 2.0 * quickest("warming")


def test_nothing_comes_again() -> None:
    heads = outlines("friend", 40.0)[:, 0, 0]
    heads = heads - heads.mean()
    late = heads[len(heads) // 2 :]
    alike = [
        float(np.corrcoef(late[: -lag or None], heads[len(heads) // 2 - lag : len(heads) - 2 * lag])[0, 1])
        for lag in range(120, 600, 10)
        if len(late[:-lag]) > 600
    ]
    assert max(alike) < 0.98
    way = [wander(t * 0.05, 1.0) for t in range(2000)]
    assert max(abs(b - a) for a, b in itertools.pairwise(way)) < 0.2


def test_a_mood_changes_over_a_second_and_not_at_once() -> None:
    motion = ChildMotion()
    for _ in range(120):
        figure = motion.advance(doing("hostile"), FRAME_S)
    before = marks(figure)
    figure = motion.advance(doing("friend"), FRAME_S)
    assert np.abs(marks(figure) - before).max() < 0.02
    for _ in range(150):
        figure = motion.advance(doing("friend"), FRAME_S)
    assert figure.cheek > 0.5


def test_an_unknown_mood_is_carried_as_wary() -> None:
    assert np.allclose(outlines("bored", 0.5), outlines("wary", 0.5))


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("tag", TAGS)
def test_every_gesture_of_the_personality_reads_in_every_mood(mood: str, tag: str) -> None:
    still, moved = ChildMotion(), ChildMotion()
    for _ in range(60):
        still.advance(doing(mood), FRAME_S)
        moved.advance(doing(mood), FRAME_S)
    told = 0.0
    for number in range(round(length_s(tag) / FRAME_S)):
        age_s = number * FRAME_S
        rest = still.advance(doing(mood), FRAME_S)
        figure = moved.advance(doing(mood, gesture=tag, gesture_age_s=age_s), FRAME_S)
        body = float(np.abs(marks(figure) - marks(rest)).max())
        lids = abs(figure.lids[0] - rest.lids[0]) if min(figure.lids[0], rest.lids[0]) > 0.2 else 0.0
        told = max(told, body / 0.05, lids / 0.25)
    assert told > 1.0


def test_a_pointing_hand_points_to_the_same_place_in_every_mood() -> None:
    """What a gesture claims of the hands it has whole."""
    ruled = claim("point", 1.0)
    assert ruled[P.HAND_R_X] == ruled[P.HAND_R_Y] == ruled[P.HAND_R_Z] == 1.0
    assert ruled[P.HAND_L_X] == 0.0
    left = carried(np.ones(PARAMETERS), ruled)
    assert not left[list(HANDS[3:])].any()
    assert (left[list(HANDS[:3])] == 1.0).all()
    assert not claim("point", -1.0).any()
    assert not claim("point", length_s("point") + 0.1).any()


@pytest.mark.parametrize("mood", MOODS)
def test_hands_that_hold_the_light_hold_it_in_every_mood(mood: str) -> None:
    motion = ChildMotion()
    for _ in range(90):
        figure = motion.advance(doing(mood, has_light=True), FRAME_S)
    hands = marks(figure)[3:5]
    assert math.dist(*hands) < 0.14
