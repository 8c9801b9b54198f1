import pytest

from game.sense.camera_pace import Order, Pace, hold_exposure, obey, release_exposure


def play(pace: Pace, start_s: float, seconds: float, fps: float, luma: float) -> tuple[list[Order], float]:
    """The orders to a camera of so many pictures a second, and when it ended."""
    count = round(seconds * fps)
    orders = [pace.see(start_s + i / fps, luma) for i in range(1, count + 1)]
    return [order for order in orders if order is not Order.NOTHING], start_s + count / fps


def test_a_quick_camera_is_left_alone_in_light_and_dark() -> None:
    pace = Pace("camera 0")
    for luma in (0.6, 0.05):
        assert play(pace, 10.0 * luma, 5.0, 30.0, luma)[0] == []
    assert pace.take_sentences() == []


def test_a_slow_camera_in_a_bright_room_is_just_slow() -> None:
    assert play(Pace("camera 0"), 0.0, 10.0, 7.5, 0.6)[0] == []


def test_a_camera_that_slows_down_in_the_dark_is_held_and_says_so_once() -> None:
    pace = Pace("camera 0")
    _, t_s = play(pace, 0.0, 3.0, 30.0, 0.3)
    orders, t_s = play(pace, t_s, 4.0, 7.5, 0.2)
    assert orders == [Order.HOLD]
    assert pace.holds
    orders, t_s = play(pace, t_s, 6.0, 30.0, 0.08)
    assert orders == []
    (sentence,) = pace.take_sentences()
    assert "7 pictures a second" in sentence or "8 pictures a second" in sentence
    assert "held" in sentence
    assert pace.take_sentences() == []


def test_a_held_camera_is_released_when_the_light_is_back() -> None:
    pace = Pace("camera 0")
    _, t_s = play(pace, 0.0, 3.0, 7.5, 0.2)
    _, t_s = play(pace, t_s, 5.0, 30.0, 0.1)
    orders, _ = play(pace, t_s, 3.0, 30.0, 0.8)
    assert orders == [Order.RELEASE]
    assert not pace.holds


def test_a_camera_that_stays_slow_is_released_and_more_light_is_asked_for() -> None:
    pace = Pace("camera 3")
    orders, _ = play(pace, 0.0, 30.0, 7.5, 0.2)
    assert orders == [Order.HOLD, Order.RELEASE]
    (sentence,) = pace.take_sentences()
    assert "camera 3" in sentence
    assert "light" in sentence


class FakeWebcam:
    """Remembers what was set."""

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self.values: dict[int, float] = {}

    def get(self, key: int, /) -> float:
        return self.values.get(key, 0.0)

    def set(self, key: int, value: float, /) -> bool:
        self.values[key] = value
        return True

    def getBackendName(self) -> str:  # noqa: N802 - OpenCV's name
        return self._backend


@pytest.mark.parametrize(
    ("backend", "manual", "exposure", "automatic"), [("V4L2", 1.0, 303.0, 3.0), ("DSHOW", 0.25, -5.0, 0.75)]
)
def test_exposure_is_held_in_the_driver_s_own_unit(
    backend: str, manual: float, exposure: float, automatic: float
) -> None:
    import cv2

    webcam = FakeWebcam(backend)
    hold_exposure(webcam)
    assert webcam.values == {cv2.CAP_PROP_AUTO_EXPOSURE: manual, cv2.CAP_PROP_EXPOSURE: exposure}
    release_exposure(webcam)
    assert webcam.values[cv2.CAP_PROP_AUTO_EXPOSURE] == automatic


def test_a_device_that_cannot_be_set_is_left_alone() -> None:
    obey(Order.HOLD, object())
    webcam = FakeWebcam("V4L2")
    obey(Order.NOTHING, webcam)
    assert webcam.values == {}
