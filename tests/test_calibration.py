"""From the room file to the senses, and through a log and back."""

import json
import math

import pytest

from game.calibration import as_json, calibration_of, from_json, in_room_file
from game.interpret.calibration import Calibration
from game.present.display.room import CameraPlace, Room, Screen

MEASURED = Room(
    eyes_m=(0.2, 2.5, 1.4),
    screens=(Screen(width_m=3.0),),
    camera=CameraPlace(place_m=(0.5, 0.1, 0.6), tilt_deg=20.0, turn_deg=-5.0, view_deg=41.0),
)


def test_the_default_room_changes_nothing() -> None:
    found = calibration_of(Room())
    assert found.camera is None
    assert found.aim == pytest.approx((1.0, 1.0))


def test_a_camera_is_told_about_the_resting_eyes() -> None:
    camera = calibration_of(MEASURED).camera
    assert camera is not None
    assert camera.place_m == pytest.approx((0.3, 2.4, -0.8))
    assert camera.tilt_rad == pytest.approx(math.radians(20.0))
    # A camera that sees less in height has the head look larger, hence too near.
    assert camera.scale == pytest.approx(math.tan(math.radians(31.5)) / math.tan(math.radians(20.5)))


def test_a_far_wall_makes_hands_aim_less_far_and_a_corner_farther() -> None:
    across, up = calibration_of(Room(eyes_m=(0.0, 3.0, 1.5))).aim
    assert 0.4 <= across < 0.65
    assert 0.4 <= up < 0.65
    corner = Room(screens=(Screen(), Screen(name="right", middle_m=(1.2, 1.2, 1.28), turn_deg=90.0)))
    assert calibration_of(corner).aim[0] > 1.2


def test_a_calibration_comes_back_from_a_log() -> None:
    for room in (Room(), MEASURED):
        found = calibration_of(room)
        assert from_json(json.loads(json.dumps(as_json(found)))) == found
    assert from_json({}) == Calibration()


def test_a_camera_is_written_as_the_room_file_has_it() -> None:
    camera = calibration_of(MEASURED).camera
    assert camera is not None
    assert in_room_file(camera, MEASURED) == "place_m = [0.5, 0.1, 0.6], view_deg = 41"


@pytest.mark.parametrize(
    "values",
    [
        [], {"aim": [1.0]}, {"aim": [1.0, math.nan]}, {"aim": [1, 1], "lens": 2},
        {"aim": [1, 1], "camera": {"place_m": [0, 0]}},
        {"aim": [1, 1], "camera": {"place_m": [0, 0, "x"], "turn_rad": 0, "tilt_rad": 0, "scale": 1}},
    ],
)  # fmt: skip
def test_a_log_from_a_stranger_is_not_believed(values: object) -> None:
    with pytest.raises(ValueError, match="calibration"):
        from_json(values)
