import math
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from game.sense.camera import Device, DeviceCamera, FileCamera, SourceError, quiet_native_stderr
from tests.sense.films import make_film, make_sound, turn_clockwise


def grey(picture: Any) -> int:
    """Which of `make_film`'s pictures it is."""
    return round(float(picture.rgb[24:, 32:].mean()) / 8.0)


def test_every_picture_of_a_file_comes_at_its_own_time(tmp_path: Path) -> None:
    camera = FileCamera(make_film(tmp_path / "a.mp4", fps=25))
    early = list(camera.read_until(0.2))
    late = list(camera.read_until(10.0))
    camera.close()
    assert [grey(p) for p in early] == [0, 1, 2, 3, 4, 5]
    assert [p.captured_s for p in early + late] == pytest.approx([i / 25 for i in range(30)], abs=1e-3)
    assert early[0].captured_s == 0.0
    assert early[0].rgb.shape == (48, 64, 3)
    assert early[0].rgb.dtype == np.uint8


def test_red_is_red(tmp_path: Path) -> None:
    camera = FileCamera(make_film(tmp_path / "a.mp4"))
    picture = next(camera.read_until(0.0))
    red, green, blue = picture.rgb[4, 4].astype(int)
    assert red > 180
    assert max(green, blue) < 80


def test_the_newest_picture_wins_and_is_given_once(tmp_path: Path) -> None:
    camera = FileCamera(make_film(tmp_path / "a.mp4"))
    newest = camera.read_newest(0.51)
    assert newest is not None
    assert grey(newest) == 15
    assert camera.read_newest(0.52) is None
    assert camera.next_s == pytest.approx(16 / 30, abs=1e-3)


def test_the_end_of_a_file_is_told_and_is_no_damage(tmp_path: Path) -> None:
    camera = FileCamera(make_film(tmp_path / "a.mp4"))
    assert camera.ended is None
    list(camera.read_until(99.0))
    assert camera.ended is not None
    assert not camera.damaged
    assert camera.next_s == math.inf
    assert camera.read_newest(100.0) is None


def test_a_film_marked_as_turned_is_shown_upright(tmp_path: Path) -> None:
    camera = FileCamera(turn_clockwise(make_film(tmp_path / "a.mp4")))
    picture = next(camera.read_until(0.0))
    assert picture.rgb.shape == (64, 48, 3)
    corner = picture.rgb[4, -4].astype(int)  # the upper left corner has gone to the upper right
    assert corner[0] > 180
    assert corner[1] < 80


def test_files_that_are_no_film_are_refused_with_a_sentence(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("this is not a film")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    whole = make_film(tmp_path / "whole.mp4").read_bytes()
    headless = tmp_path / "headless.mp4"
    headless.write_bytes(whole[: len(whole) // 2])  # an mp4 keeps its index at the end
    for path in (text, empty, headless, tmp_path / "missing.mp4", tmp_path, make_sound(tmp_path / "a.wav")):
        with pytest.raises(SourceError) as caught:
            FileCamera(path)
        assert str(caught.value).endswith(".")
        assert "Errno" not in str(caught.value)


def test_a_film_that_breaks_off_ends_there_with_a_sentence(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mp4", frames=40, codec="mjpeg")
    data = bytearray(path.read_bytes())
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    middle = (start + end) // 2
    data[middle:end] = bytes(end - middle)
    path.write_bytes(data)
    camera = FileCamera(path)
    pictures = list(camera.read_until(99.0))
    times = [p.captured_s for p in pictures]
    assert 15 <= len(pictures) <= 22
    assert times == sorted(times)
    assert camera.damaged
    assert camera.ended is not None
    assert "a.mp4 is damaged after 0." in camera.ended
    assert camera.next_s == math.inf


def test_a_film_that_lacks_its_second_half_breaks_off(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.avi", frames=90)  # its index is at the end, its length at the beginning
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    camera = FileCamera(path)
    assert 1 <= len(list(camera.read_until(99.0))) < 80
    assert camera.damaged
    assert camera.ended is not None
    assert camera.ended.startswith("a.avi breaks off after ")


class FakeWebcam:
    """Gives the pictures that the test puts in; fails from then on."""

    def __init__(self, pictures: int) -> None:
        self._left = pictures
        self.gave_all = threading.Event()
        self.released = threading.Event()

    def read(self) -> tuple[bool, Any]:
        if self._left == 0:
            self.gave_all.set()
            return False, None
        self._left -= 1
        return True, np.full((2, 2, 3), (0, 0, 200 + self._left), dtype=np.uint8)

    def release(self) -> None:
        self.released.set()


def test_a_webcam_s_newest_picture_wins_and_its_age_is_known() -> None:
    webcam = FakeWebcam(3)
    camera = DeviceCamera(0, open_device=lambda index: webcam)
    assert webcam.gave_all.wait(5.0)
    picture = camera.read_newest(100.0)
    assert picture is not None
    assert picture.rgb[0, 0].tolist() == [200, 0, 0]
    assert 95.0 < picture.captured_s <= 100.0
    camera.close()
    assert webcam.released.wait(5.0)


def test_a_lost_webcam_is_a_sentence_and_can_come_back() -> None:
    devices: list[Device | None] = [FakeWebcam(1), None, FakeWebcam(1)]
    first = devices[0]
    assert isinstance(first, FakeWebcam)
    camera = DeviceCamera(4, open_device=lambda index: devices.pop(0))
    assert first.released.wait(5.0)
    assert camera.read_newest(1.0) is not None
    with pytest.raises(SourceError, match="Camera 4"):
        camera.read_newest(1.1)
    with pytest.raises(SourceError, match="no camera number 4"):
        camera.reopen()
    camera.reopen()
    camera.close()


class SlowWebcam(FakeWebcam):
    """Seven pictures a second until its exposure is set, thirty from then on; ``now_s`` is its clock."""

    def __init__(self) -> None:
        super().__init__(pictures=150)
        self.now_s = 0.0
        self.held = False
        self.set_back = False

    def read(self) -> tuple[bool, Any]:
        self.now_s += 1.0 / 30.0 if self.held else 1.0 / 7.0
        return super().read()

    def get(self, key: int, /) -> float:
        return 0.0

    def set(self, key: int, value: float, /) -> bool:
        import cv2

        if key == cv2.CAP_PROP_AUTO_EXPOSURE:
            self.held, self.set_back = value == 1.0, value == 3.0
        return True

    def getBackendName(self) -> str:  # noqa: N802 - OpenCV's name
        return "V4L2"


def test_a_webcam_that_slows_down_in_the_dark_is_held_and_given_back_as_it_was() -> None:
    webcam = SlowWebcam()
    camera = DeviceCamera(2, open_device=lambda index: webcam, clock=lambda: webcam.now_s)
    assert webcam.gave_all.wait(5.0)
    assert webcam.held
    (sentence,) = camera.take_sentences()
    assert "camera 2" in sentence
    assert "held" in sentence
    assert camera.take_sentences() == []
    camera.close()
    assert webcam.released.wait(5.0)
    assert webcam.set_back


def test_a_patient_webcam_is_lost_from_its_beginning_and_can_come() -> None:
    webcam = FakeWebcam(1)
    devices: list[Device | None] = [None, None, webcam]
    camera = DeviceCamera(4, open_device=lambda index: devices.pop(0), patient=True)
    assert not camera.present
    for _ in range(2):
        with pytest.raises(SourceError, match="no camera number 4"):
            camera.read_newest(1.0)
    with pytest.raises(SourceError, match="no camera number 4"):
        camera.reopen()
    camera.reopen()
    assert camera.present
    assert webcam.gave_all.wait(5.0)
    assert camera.read_newest(2.0) is not None
    camera.close()


def test_a_camera_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(SourceError, match="no camera number 98"):
        DeviceCamera(98)


def test_native_chatter_is_kept_off_the_terminal_unless_something_fails(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with quiet_native_stderr():
        os.write(2, b"chatter\n")
    assert capfd.readouterr().err == ""

    def fail() -> None:
        with quiet_native_stderr():
            os.write(2, b"a reason\n")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert capfd.readouterr().err == "a reason\n"
