"""The room file: the default is good, every mistake is told exactly, and walls stand where it says."""

from pathlib import Path

import numpy as np
import pytest

from game.present.display.room import Mirror, Room, Screen
from game.present.display.room_file import RoomFault, load_room
from npc.assets import asset

CORNER = """
eyes_m = [0.0, 1.5, 1.4]
[[screen]]
name = "front"
middle_m = [0.0, 0.0, 1.3]
width_m = 2.0
height_m = 1.5
[[screen]]
name = "right"
middle_m = [1.0, 1.0, 1.3]
turn_deg = 90
width_m = 2.0
height_m = 1.5
"""


def load(tmp_path: Path, text: str) -> Room:
    path = tmp_path / "room.toml"
    path.write_text(text, encoding="utf-8")
    return load_room(path)


def test_the_file_that_comes_with_the_game_says_the_defaults() -> None:
    assert load_room(asset("room.toml")) == Room()


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Room()


@pytest.mark.parametrize(
    ("text", "field", "found"),
    [
        ("brightness = 9", "brightness", "9"),
        ("brightness = nan", "brightness", "nan"),
        ("brightness = true", "brightness", "True"),
        ("eyes_m = [0, 1]", "eyes_m", "[0, 1]"),
        ("eyes_m = [0, 99, 1]", "eyes_m", "99"),
        ("eye_gap_m = 6.3", "eye_gap_m", "6.3"),
        ("colour = 1", "colour", "known"),
        ("screen = 3", "screen", "3"),
        ("camera = 3", "camera", "3"),
        ("[camera]\ntilt_deg = 10", "place_m", "missing"),
        ("[camera]\nplace_m = [0, 0, 1]\ntilt_deg = 95", "camera: tilt_deg", "95"),
        ("[camera]\nplace_m = [0, 0, 1]\nview_deg = 5", "camera: view_deg", "5"),
        ('[[screen]]\nmirror = "back"', "mirror", "'back'"),
        ("[[screen]]\nmirror = 3", "mirror", "3"),
        ("[[screen]]\nwidth_m = -1", "width_m", "-1"),
        ("[[screen]]\ncorners = [[0, 0], [1, 0], [1, 1]]", "corners", "[1, 1]"),
        ('[[screen]]\ncorners = [[0, 0], [1, 0], [1, "low"], [0, 1]]', "corners", "low"),
        ("[[screen]]\ncorners = [[0, 0], [1, 0], [1, 1], [0, inf]]", "corners", "inf"),
        ("[[screen]]\ncorners = [[0, 0], [1.2, 0], [1, 1], [0, 1]]", "upper right", "1.2"),
        ("[[screen]]\npart = [0.5, 0, 0.6, 1]", "part", "0.6"),
        ("[[screen]]\nmonitor = -1", "monitor", "-1"),
        ("[[screen]]\nsize = 1", "size", "known"),
        ("[[screen]]\n[[screen]]\nname = 'two'", "screen 2 (two): middle_m", "missing"),
        ("[[screen]]\nturn_deg = 180", "screen 1 (wall)", "-1.35"),
        ("eyes_m = [0, 0.1, 1.5]", "eyes_m", "0.10"),
    ],
)
def test_a_mistake_names_file_field_and_what_was_found(
    tmp_path: Path, text: str, field: str, found: str
) -> None:
    with pytest.raises(RoomFault) as fault:
        load(tmp_path, text)
    message = str(fault.value)
    assert "room.toml" in message
    assert field in message
    assert found in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("corners", "why"),
    [
        ("[[0, 0], [1, 1], [1, 0], [0, 1]]", "crossed"),
        ("[[1, 0], [0, 0], [0, 1], [1, 1]]", "flipped"),
        ("[[0, 0], [1, 0], [1, 1.1], [0, 1]]", "outside"),
        ("[[0.7, 0.7], [1, 0], [1, 1], [0, 1]]", "dented"),
    ],
)
def test_corners_that_are_no_picture_are_refused(tmp_path: Path, corners: str, why: str) -> None:
    with pytest.raises(RoomFault, match=why):
        load(tmp_path, f"[[screen]]\ncorners = {corners}")


def test_walls_stand_where_the_file_says(tmp_path: Path) -> None:
    room = load(tmp_path, CORNER)
    front, right = room.rectangle(0, 16 / 9), room.rectangle(1, 16 / 9)
    assert front.ahead == pytest.approx([0.0, 1.0, 0.0])
    assert front.middle == pytest.approx([0.0, 1.5, -0.1])
    assert right.ahead == pytest.approx([1.0, 0.0, 0.0])
    assert right.middle == pytest.approx([1.0, 0.5, -0.1])
    # They meet in the corner: the front's right edge is the right wall's left edge.
    edge = front.lower_left + front.right * front.width_m
    assert edge == pytest.approx(right.lower_left)
    assert room.parts() == ((0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 0.5, 1.0))


def test_a_table_lies_and_an_easel_leans_back() -> None:
    table = Room(screens=(Screen(middle_m=(0.0, 1.0, 0.7), tilt_deg=90.0),)).rectangle(0, 1.0)
    assert table.ahead == pytest.approx([0.0, 0.0, -1.0])
    assert table.up == pytest.approx([0.0, 1.0, 0.0])
    easel = Room(screens=(Screen(tilt_deg=20.0),)).rectangle(0, 1.0)
    assert easel.up[1] > 0.3
    assert easel.ahead[2] < 0.0


def test_the_height_is_the_picture_s_unless_it_was_measured() -> None:
    assert Room().rectangle(0, 2.0).height_m == pytest.approx(1.2)
    assert Room(screens=(Screen(height_m=1.0),)).rectangle(0, 2.0).height_m == pytest.approx(1.0)
    assert np.isclose(Room().rectangle(0, 2.0).distance_m(np.zeros(3)), 1.35)


def test_what_is_no_toml_and_what_is_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(RoomFault, match="not valid TOML"):
        load(tmp_path, "mirror = ")
    with pytest.raises(RoomFault, match="cannot be read"):
        load_room(tmp_path / "none.toml")
    with pytest.raises(RoomFault, match="found 'eyes_m = 0,4'"):
        load(tmp_path, "eyes_m = 0,4")
    with pytest.raises(RoomFault, match="nested too deeply"):
        load(tmp_path, "mirror = " + "[" * 5_000)
    load(tmp_path, "\ufeffeye_gap_m = 0.06")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RoomFault, match="UTF-8"):
        load_room(tmp_path / "bytes.toml")


def test_hanging_behind_the_cloth_turns_only_top_and_bottom() -> None:
    assert Mirror.FRONT.flips == (False, False)
    assert Mirror.REAR.flips == (True, False)
    assert Mirror.CEILING.flips == (True, True)
    assert Mirror.REAR_CEILING.flips == (False, True)
