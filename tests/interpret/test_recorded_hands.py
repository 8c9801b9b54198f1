"""Real hands, as a landmarker saw them, against what people saw in the same clips.

Wants HOLLOW_TEST_DATA: a folder with tracks/*.jsonl.gz; without it these tests are skipped.
"""

import os
from functools import cache
from pathlib import Path

import pytest

from game.interpret.intents import Action
from game.sense.tracks import read_track
from tests.interpret.hands import Played, play

DATA = os.environ.get("HOLLOW_TEST_DATA", "")
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA, reason="HOLLOW_TEST_DATA does not name a folder of real recordings"),
]


@cache
def recorded(clip: str) -> Played:
    path = Path(DATA) / "tracks" / f"{clip}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not in HOLLOW_TEST_DATA")
    return play(read_track(path))


def overlaps(spans: list[tuple[float, float]], start_s: float, end_s: float) -> bool:
    return any(a < end_s and b > start_s for a, b in spans)


def test_fingers_that_walk_on_a_table_are_counted_step_by_step() -> None:
    steps = recorded("nwam_all_moves_360").steps
    index = [step.t_s for step in steps if step.finger == "index"]
    assert 7 <= sum(0.15 <= t <= 3.45 for t in index) <= 9
    for peak_s in (0.59, 0.92, 1.25, 1.51, 1.84, 2.30, 3.09):
        assert any(abs(t - peak_s) <= 0.1 for t in index), peak_s
    assert not [t for t in index if 3.5 <= t <= 4.3 or 5.0 <= t <= 8.0]


def test_walking_on_a_table_ends_with_the_last_step() -> None:
    ((start_s, end_s),) = recorded("nwam_all_moves_360").made(Action.WALK)
    assert start_s < 0.8
    assert 2.9 <= end_s <= 3.49


def test_two_pinches_before_a_dark_and_slow_webcam() -> None:
    pinches = recorded("bhuvanesh_lowlight_webcam").made(Action.PINCH)
    assert len(pinches) == 2
    assert overlaps(pinches[:1], 10.0, 10.4)
    assert overlaps(pinches[1:], 11.2, 11.55)


@pytest.mark.parametrize(
    ("clip", "action", "spans"),
    [
        (
            "dandan_palm_fist_thumb",
            Action.PALM_OUT,
            [(0.0, 0.9), (1.23, 1.4), (1.67, 2.2), (3.8, 4.25), (4.6, 4.8)],
        ),
        ("dandan_palm_fist_thumb", Action.GRASP, [(0.97, 1.2), (1.45, 1.62), (4.3, 4.55), (4.85, 5.0)]),
        ("dandan_palm_fist_thumb", Action.THUMB_UP, [(5.1, 5.9)]),
        ("blue_palm_fist_60fps", Action.PALM_OUT, [(0.0, 0.25), (1.1, 1.6), (5.55, 5.72)]),
        ("blue_palm_fist_60fps", Action.GRASP, [(0.5, 1.03), (1.95, 5.4)]),
        ("temuge_stereo_cam0", Action.POINT, [(0.5, 7.1)]),
        ("temuge_stereo_cam0", Action.GRASP, [(7.8, 8.0), (8.8, 9.1)]),
        ("mediapipe_samples_thumb_up", Action.THUMB_UP, [(2.0, 7.8)]),
        ("mediapipe_samples_open_hand", Action.PALM_UP, [(2.2, 8.0)]),
        ("bhuvanesh_lowlight_webcam", Action.POINT, [(4.4, 4.85), (6.35, 7.2), (8.45, 9.1)]),
        ("bhuvanesh_lowlight_webcam", Action.PALM_OUT, [(0.9, 2.8), (9.25, 9.9), (10.55, 11.15)]),
    ],
)
def test_what_people_saw_is_found(clip: str, action: Action, spans: list[tuple[float, float]]) -> None:
    made = recorded(clip).made(action)
    for start_s, end_s in spans:
        assert overlaps(made, start_s, end_s), (start_s, end_s)
        if end_s - start_s >= 0.3:
            begun = [a for a, b in made if a < end_s and b > start_s]
            assert min(begun) <= start_s + 0.25, (start_s, end_s)


@pytest.mark.parametrize(
    "clip",
    ["dandan_palm_fist_thumb", "blue_palm_fist_60fps", "temuge_stereo_cam0", "mediapipe_samples_thumb_up"],
)
def test_hands_that_do_not_walk_call_or_throw_do_none_of_it(clip: str) -> None:
    assert not recorded(clip).names & {Action.WALK, Action.CALL, Action.RUDE, Action.PUSH}


def test_a_talking_person_s_hands_hardly_act() -> None:
    played = recorded("mediapipe_webcam_talking")
    assert played.steps == []
    assert not played.names & {
        Action.WALK,
        Action.PINCH,
        Action.THROW,
        Action.RUDE,
        Action.CALL,
        Action.POINT,
    }
