import math
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from game.cli.bench_hands import PlainLoop
from game.cli.hand_trials import dark, far
from game.sense.camera import FileCamera, Picture, Pixels, SourceError
from game.sense.hand_model import Pose
from game.sense.hand_tracker import HandTracker, Identities, player_hand
from game.sense.head_tracker import HeadTracker, head_pose
from game.sense.observations import HandSeen, Side
from game.sense.synthetic_player import Stroke, SyntheticPlayer
from npc.models import ModelMissing, ModelStore

DATA = Path(os.environ.get("HOLLOW_TEST_DATA", "/nonexistent"))
needs_data = [
    pytest.mark.data,
    pytest.mark.skipif(
        not DATA.is_dir(), reason="HOLLOW_TEST_DATA does not name a folder of real recordings"
    ),
]


def model(name: str) -> Path:
    try:
        return ModelStore.default().file(name, f"{name}.task")
    except ModelMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def hand_tracker() -> Iterator[HandTracker]:
    tracker = HandTracker(model("hand_landmarker"))
    yield tracker
    tracker.close()


@pytest.fixture
def head_tracker() -> Iterator[HeadTracker]:
    tracker = HeadTracker(model("face_landmarker"))
    yield tracker
    tracker.close()


def photograph(path: Path) -> Pixels:
    with av.open(str(path)) as container:
        return np.asarray(next(container.decode(video=0)).to_ndarray(format="rgb24"), dtype=np.uint8)


def hand(side: Side, x: float, *, y: float = 0.5, score: float = 0.9) -> HandSeen:
    """An open hand with its palm at ``x``, ``y`` of the mirrored picture."""
    stroke = Stroke(t_s=0.0, pose=Pose.OPEN, where=(x, y), side=side)
    seen = SyntheticPlayer([stroke]).hands_until(0.0)[0].hands[0]
    return replace(seen, track=0, score=score)


def test_positions_are_mirrored_and_the_true_side_is_kept() -> None:
    points = tuple((0.1 + i / 100, 0.2, -0.01) for i in range(21))
    world = tuple((0.01 * i, 0.02, 0.03) for i in range(21))
    seen = player_hand(label="right", score=1.2, image=points, world=world)
    assert seen.side == "right"
    assert seen.score == 1.0
    assert seen.image[3] == pytest.approx((1.0 - 0.13, 0.2, -0.01))
    assert seen.world[3] == pytest.approx((-0.03, 0.02, 0.03))


def test_a_hand_keeps_its_number_while_it_moves_and_through_a_short_loss() -> None:
    identities = Identities()
    tracks = [
        identities.name((hand("right", 0.3 + 0.02 * i),), i / 30.0, aspect=1.5)[0].track for i in range(15)
    ]
    tracks.append(identities.name((hand("right", 0.62),), 15 / 30.0 + 0.4, aspect=1.5)[0].track)
    assert set(tracks) == {1}
    assert identities.name((hand("right", 0.62),), 5.0, aspect=1.5)[0].track == 2


def test_two_hands_that_pass_keep_their_numbers() -> None:
    identities, seen = Identities(), set()
    for i in range(61):
        left, right = hand("left", 0.2 + 0.01 * i, y=0.4), hand("right", 0.8 - 0.01 * i, y=0.6)
        order = (left, right) if i % 2 else (right, left)  # the landmarker's order means nothing
        named = identities.name(order, i / 30.0, aspect=1.5)
        seen.add(tuple(sorted((h.side, h.track) for h in named)))
    assert len(seen) == 1


def test_one_wrong_label_does_not_turn_a_hand_over() -> None:
    identities = Identities()
    for i in range(6):
        identities.name((hand("right", 0.5),), i / 30.0, aspect=1.5)
    assert identities.name((hand("left", 0.5),), 0.2, aspect=1.5)[0].side == "right"
    for i in range(12):
        named = identities.name((hand("left", 0.5),), 0.3 + i / 30.0, aspect=1.5)
    assert named[0].side == "left"


@pytest.mark.parametrize("fps", [15.0, 60.0])
def test_labels_count_by_their_time_and_not_by_their_number(fps: float) -> None:
    identities = Identities()
    for i in range(round(0.5 * fps)):
        identities.name((hand("right", 0.5),), i / fps, aspect=1.5)
    sides = [
        identities.name((hand("left", 0.5),), 0.5 + i / fps, aspect=1.5)[0].side
        for i in range(round(0.6 * fps))
    ]
    assert set(sides[: round(0.2 * fps)]) == {"right"}
    assert set(sides[round(0.45 * fps) :]) == {"left"}


def test_one_hand_seen_twice_is_one_hand() -> None:
    named = Identities().name((hand("right", 0.5), hand("left", 0.505, score=0.6)), 0.0, aspect=1.5)
    assert [h.side for h in named] == ["right"]


def test_nobody_has_two_right_hands() -> None:
    identities = Identities()
    for i in range(5):
        identities.name((hand("right", 0.7),), i / 30.0, aspect=1.5)
    named = identities.name((hand("right", 0.7), hand("right", 0.3)), 0.2, aspect=1.5)
    assert [(h.side, round(h.image[0][0], 1)) for h in named] == [("right", 0.7), ("left", 0.3)]


def matrix(
    x_cm: float, y_cm: float, z_cm: float, yaw_rad: float = 0.0
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    return np.array([[c, 0, s, x_cm], [0, 1, 0, y_cm], [-s, 0, c, z_cm], [0, 0, 0, 1]], dtype=np.float64)


def test_a_head_is_told_in_metres_on_the_player_s_own_side() -> None:
    pose = head_pose([matrix(-20.0, 10.0, -80.0)])
    assert pose is not None
    assert pose.position_m == pytest.approx((0.2, 0.8, 0.1))
    assert pose.yaw_rad == pytest.approx(0.0)


def test_a_head_turned_to_its_own_right_has_a_positive_yaw() -> None:
    # The player's right is the unmirrored picture's left.
    pose = head_pose([matrix(0.0, 0.0, -80.0, yaw_rad=-0.3)])
    assert pose is not None
    assert pose.yaw_rad == pytest.approx(0.3)


def test_of_two_heads_the_nearer_is_the_player() -> None:
    pose = head_pose([matrix(50.0, 0.0, -200.0), matrix(0.0, 0.0, -70.0), np.full((4, 4), np.nan)])
    assert pose is not None
    assert pose.position_m[1] == pytest.approx(0.7)
    assert pose.faces == 2
    assert head_pose([]) is None


@pytest.mark.models
def test_a_dark_room_shows_no_hand_and_the_model_says_nothing(
    capfd: pytest.CaptureFixture[str], hand_tracker: HandTracker, head_tracker: HeadTracker
) -> None:
    black = np.zeros((120, 160, 3), dtype=np.uint8)
    assert hand_tracker.detect(black, 0.0) == ()
    assert hand_tracker.detect(black, 0.0) == ()  # the same time twice is no error
    assert head_tracker.detect(black, 0.0) is None
    assert capfd.readouterr().err == ""


@pytest.mark.models
def test_a_model_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.task"
    broken.write_bytes(b"nothing")
    for tracker in (HandTracker, HeadTracker):
        with pytest.raises(SourceError, match=r"broken\.task cannot be loaded\."):
            tracker(broken)


@pytest.mark.models
@pytest.mark.parametrize(
    ("picture", "sides"), [("thumb_up.jpg", ["left"]), ("two_hands_pointing.jpeg", ["left", "right"])]
)
class TestRealHands:
    pytestmark = needs_data

    def test_hands_are_on_the_side_on_which_the_person_has_them(
        self, hand_tracker: HandTracker, picture: str, sides: list[str]
    ) -> None:
        hands = hand_tracker.detect(photograph(DATA / "hands" / picture), 0.0)
        assert sorted(h.side for h in hands) == sides

    def test_a_mirrored_photograph_shows_the_other_hands_on_the_other_side(
        self, hand_tracker: HandTracker, picture: str, sides: list[str]
    ) -> None:
        taken = photograph(DATA / "hands" / picture)
        straight = hand_tracker.detect(taken, 0.0)
        xs = sorted(h.image[9][0] for h in straight)
        tracker = HandTracker(model("hand_landmarker"))
        mirrored = tracker.detect(np.ascontiguousarray(taken[:, ::-1]), 0.0)
        tracker.close()
        assert sorted(1.0 - h.image[9][0] for h in mirrored) == pytest.approx(xs, abs=0.03)
        flipped = {"left": "right", "right": "left"}
        assert sorted(flipped[h.side] for h in mirrored) == sides


@pytest.mark.models
@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="HOLLOW_TEST_DATA does not name a folder of real recordings")
def test_a_real_face_is_before_the_camera_and_mirrors(head_tracker: HeadTracker) -> None:
    taken = photograph(DATA / "faces" / "skimage_astronaut.png")
    pose = head_tracker.detect(taken, 0.0)
    mirrored = head_tracker.detect(np.ascontiguousarray(taken[:, ::-1]), 1.0)
    assert pose is not None
    assert mirrored is not None
    assert pose.position_m[0] > 0.02  # she sits left of the middle of the picture: on her own right
    assert 0.4 < pose.position_m[1] < 1.2
    assert pose.position_m[2] > 0.1
    assert mirrored.position_m[0] == pytest.approx(-pose.position_m[0], abs=0.02)


@pytest.mark.models
@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="HOLLOW_TEST_DATA does not name a folder of real recordings")
def test_a_real_hand_is_seen_in_nearly_every_picture(hand_tracker: HandTracker) -> None:
    camera = FileCamera(DATA / "hands" / "temuge_stereo_cam0.mp4")
    pictures = list(camera.read_until(3.0))
    camera.close()
    seen = [hand_tracker.detect(p.rgb, p.captured_s) for p in pictures if p.captured_s > 0.5]
    assert sum(bool(hands) for hands in seen) >= 0.9 * len(seen)
    assert {h.side for hands in seen for h in hands} == {"right"}
    assert {h.track for hands in seen for h in hands} == {1}


def clip_pictures(name: str, until_s: float, *, from_s: float = 0.0) -> list[Picture]:
    camera = FileCamera(DATA / "hands" / name)
    pictures = [p for p in camera.read_until(until_s) if p.captured_s >= from_s]
    camera.close()
    return pictures


@pytest.mark.models
@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="HOLLOW_TEST_DATA does not name a folder of real recordings")
class TestHardPictures:
    def test_landmarks_are_those_of_mediapipe_s_own_loop(self, hand_tracker: HandTracker) -> None:
        loop = PlainLoop(model("hand_landmarker"))
        gaps, compared = [], 0
        for picture in clip_pictures("temuge_stereo_cam0.mp4", 3.2, from_s=2.2):
            size = np.array([picture.rgb.shape[1], picture.rgb.shape[0]])
            theirs = loop.detect(picture.rgb, picture.captured_s)
            ours = hand_tracker.detect(picture.rgb, picture.captured_s)
            if len(theirs) == 1 and len(ours) == 1:
                compared += 1
                points = np.array([(1.0 - x, y) for x, y, _ in ours[0].image]) * size
                palm = float(np.hypot(*(points[9] - points[0])))
                gaps.append(float(np.hypot(*(points - theirs[0]).T).mean()) / palm)
        loop.close()
        assert compared >= 25
        assert np.median(gaps) < 0.05

    def test_a_hand_far_away_is_found_within_half_a_second_and_kept(self, hand_tracker: HandTracker) -> None:
        found = []
        for picture in clip_pictures("temuge_stereo_cam0.mp4", 3.4, from_s=2.0):
            rgb = far(picture.rgb, 0.22)  # a palm of about 25 pixels
            found.append(bool(hand_tracker.detect(rgb, picture.captured_s)))
        assert True in found[:15]
        first = found.index(True)
        assert sum(found[first:]) >= 0.95 * len(found[first:])

    def test_a_hand_in_the_dark_is_seen_and_trusted_less(self, hand_tracker: HandTracker) -> None:
        noise, scores = np.random.default_rng(2), []
        pictures = clip_pictures("mediapipe_samples_open_hand.mp4", 3.2, from_s=2.4)
        for picture in pictures:
            seen = hand_tracker.detect(dark(picture.rgb, 0.15, 3.0, noise), picture.captured_s)
            scores += [hand.score for hand in seen]
        assert len(scores) >= 0.9 * len(pictures)
        assert 0.5 < max(scores) < 0.8

    def test_a_second_hand_is_found_within_300_ms(self, hand_tracker: HandTracker) -> None:
        appears_s, found_s = 2.9, None
        for picture in clip_pictures("temuge_stereo_cam0.mp4", 3.4, from_s=2.2):
            rgb = np.full((720, 1440, 3), 110, dtype=np.uint8)
            rgb[:, :720] = picture.rgb
            if picture.captured_s >= appears_s:
                rgb[:, 720:] = picture.rgb[:, ::-1]
            seen = hand_tracker.detect(rgb, picture.captured_s)
            if len(seen) == 2 and found_s is None:
                found_s = picture.captured_s
                assert {hand.side for hand in seen} == {"left", "right"}
        assert found_s is not None
        assert found_s - appears_s <= 0.3

    def test_faces_and_noise_are_no_hands(self, hand_tracker: HandTracker) -> None:
        noise = np.random.default_rng(3)
        face = photograph(DATA / "faces" / "skimage_astronaut.png")
        pictures = [face] * 4 + [far(face, 0.25)] * 4 + [dark(face, 0.15, 3.0, noise) for _ in range(4)]
        pictures += [dark(np.full((480, 640, 3), 40, dtype=np.uint8), 0.15, 3.0, noise) for _ in range(6)]
        for i, picture in enumerate(pictures):
            assert hand_tracker.detect(picture, i / 15.0) == ()
