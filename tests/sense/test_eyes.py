import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from game.clock import LATENCY_S
from game.sense.camera import FileCamera, Picture, Pixels, SourceError
from game.sense.eyes import REOPEN_EVERY_S, Eyes
from game.sense.hand_model import Pose
from game.sense.head_tracker import Face, HeadPose
from game.sense.observations import HandSeen, HandsSeen, HeadSeen, SenseFound, SenseLost
from game.sense.synthetic_player import Stroke, SyntheticPlayer
from tests.sense.films import make_film


class SeesHands:
    """Finds nothing, but remembers when it was asked."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.people: list[int] = []
        self.closed = False

    def detect(self, rgb: Pixels, captured_s: float, *, people: int = 1) -> tuple[HandSeen, ...]:
        self.asked.append(captured_s)
        self.people.append(people)
        return ()

    def close(self) -> None:
        self.closed = True


class SeesHead(SeesHands):
    """Finds a head until 0.5 s."""

    def detect(self, rgb: Pixels, captured_s: float) -> HeadPose | None:  # type: ignore[override]
        self.asked.append(captured_s)
        return HeadPose(position_m=(0.1, 0.8, 0.2), yaw_rad=0.0, faces=1) if captured_s < 0.5 else None


def test_every_picture_is_looked_at_and_dated_by_the_table(tmp_path: Path) -> None:
    hands = SeesHands()
    eyes = Eyes(FileCamera(make_film(tmp_path / "a.mp4")), hands)
    seen = eyes.look_until(0.5)
    assert len(seen) == 16
    assert [o.at_s for o in seen] == pytest.approx([i / 30 + LATENCY_S["hands"] for i in range(16)], abs=1e-3)
    assert eyes.look_until(0.5) == []
    assert eyes.watermark_s == pytest.approx(16 / 30, abs=1e-3)


def test_however_often_one_looks_one_sees_the_same(tmp_path: Path) -> None:
    film = make_film(tmp_path / "a.mp4")
    at_once = Eyes(FileCamera(film), SeesHands(), SeesHead()).look_until(5.0)
    eyes = Eyes(FileCamera(film), SeesHands(), SeesHead())
    bit_by_bit = [o for i in range(100) for o in eyes.look_until(i / 60.0)]
    times = [(type(o), o.at_s) for o in sorted(bit_by_bit, key=lambda o: o.at_s)]
    assert times == [(type(o), o.at_s) for o in at_once]


def test_the_head_is_looked_for_less_often_and_its_loss_is_told_once(tmp_path: Path) -> None:
    head = SeesHead()
    seen = Eyes(FileCamera(make_film(tmp_path / "a.mp4")), SeesHands(), head).look_until(5.0)
    heads = [o for o in seen if isinstance(o, HeadSeen)]
    assert 9 <= len(head.asked) <= 10
    assert [o.present for o in heads] == [True] * (len(heads) - 1) + [False]


class SeesTwo(SeesHands):
    """Finds the player on the left, and a friend on the right from 0.3 s on."""

    def detect(self, rgb: Pixels, captured_s: float) -> HeadPose | None:  # type: ignore[override]
        player, friend = Face(x=0.2, y=0.2, width=0.1), Face(x=0.8, y=0.2, width=0.1)
        places = (player, friend) if captured_s > 0.25 else (player,)
        return HeadPose(position_m=(0.1, 0.8, 0.2), yaw_rad=0.0, faces=len(places), places=places)


class SeesAHandOfEach(SeesHands):
    """One hand below each face."""

    def detect(self, rgb: Pixels, captured_s: float, *, people: int = 1) -> tuple[HandSeen, ...]:
        super().detect(rgb, captured_s, people=people)
        strokes = (
            Stroke(t_s=0.0, pose=Pose.OPEN, where=(0.2, 0.5), side="left"),
            Stroke(t_s=0.0, pose=Pose.OPEN, where=(0.8, 0.5), side="right"),
        )
        return tuple(
            replace(SyntheticPlayer([stroke]).hands_until(0.0)[0].hands[0], track=i)
            for i, stroke in enumerate(strokes)
        )


def test_a_friend_s_hands_are_left_out_as_soon_as_the_friend_is_seen(tmp_path: Path) -> None:
    hands = SeesAHandOfEach()
    seen = Eyes(FileCamera(make_film(tmp_path / "a.mp4")), hands, SeesTwo()).look_until(0.9)
    tracks = [[hand.track for hand in o.hands] for o in seen if isinstance(o, HandsSeen)]
    assert tracks[0] == [0, 1]
    assert tracks[-1] == [0]
    assert (hands.people[0], hands.people[-1]) == (1, 2)
    assert [o.faces for o in seen if isinstance(o, HeadSeen)][-1] == 2


def test_the_end_of_the_film_is_the_last_thing_seen(tmp_path: Path) -> None:
    eyes = Eyes(FileCamera(make_film(tmp_path / "a.mp4")), SeesHands())
    lost = eyes.look_until(50.0)[-1]
    assert isinstance(lost, SenseLost)
    assert (lost.sense, lost.final) == ("camera", True)
    assert lost.at_s == pytest.approx(1.0 + LATENCY_S["hands"], abs=0.01)
    assert eyes.watermark_s == math.inf
    assert eyes.look_until(60.0) == []


def test_brightness_is_the_pictures_mean_luma(tmp_path: Path) -> None:
    class Grey(OneCamera):
        def read_newest(self, now_s: float) -> Picture | None:
            return Picture(captured_s=now_s, rgb=np.full((64, 64, 3), 128, dtype=np.uint8), capture_ms=1.0)

    (seen,) = Eyes(Grey(), SeesHands()).look_newest(1.0)
    assert isinstance(seen, HandsSeen)
    assert seen.brightness == pytest.approx(128 / 255, abs=0.01)
    assert seen.aspect == 1.0
    assert seen.at_s >= 1.0


class OneCamera:
    """A camera that is lost, or not, as the test says."""

    def __init__(self) -> None:
        self.works = True
        self.tries = 0
        self.closed = False

    def read_newest(self, now_s: float) -> Picture | None:
        if not self.works:
            raise SourceError("The camera is gone.")
        return None

    def reopen(self) -> None:
        self.tries += 1
        if not self.works:
            raise SourceError("It is still gone.")

    def close(self) -> None:
        self.closed = True


def test_a_lost_camera_is_told_once_and_tried_again_until_it_is_back() -> None:
    camera = OneCamera()
    eyes = Eyes(camera, SeesHands(), name="the webcam")
    assert eyes.look_newest(0.0) == []
    camera.works = False
    (lost,) = eyes.look_newest(1.0)
    assert isinstance(lost, SenseLost)
    assert (lost.reason, lost.final) == ("The camera is gone.", False)
    assert [o for i in range(300) for o in eyes.look_newest(1.0 + i / 60.0)] == []
    assert camera.tries == 1
    camera.works = True
    back = [o for i in range(300) for o in eyes.look_newest(6.0 + i / 60.0)]
    assert back == [SenseFound(at_s=back[0].at_s, sense="camera", what="the webcam")]
    assert back[0].at_s <= 6.0 + REOPEN_EVERY_S


def test_a_file_at_true_speed_skips_what_is_too_old(tmp_path: Path) -> None:
    hands = SeesHands()
    eyes = Eyes(FileCamera(make_film(tmp_path / "a.mp4")), hands)
    for now_s in (0.0, 0.5, 0.9):
        eyes.look_newest(now_s)
    assert hands.asked == pytest.approx([0.0, 0.5, 0.9], abs=1e-3)
    eyes.look_newest(2.0)
    (lost,) = eyes.look_newest(2.1)
    assert isinstance(lost, SenseLost)
    assert lost.final


def test_eyes_close_what_they_were_given(tmp_path: Path) -> None:
    camera, hands, head = OneCamera(), SeesHands(), SeesHead()
    Eyes(camera, hands, head).close()
    assert (camera.closed, hands.closed, head.closed) == (True, True, True)


def test_a_webcam_has_no_times_of_its_own() -> None:
    with pytest.raises(TypeError):
        Eyes(OneCamera(), SeesHands()).look_until(1.0)
