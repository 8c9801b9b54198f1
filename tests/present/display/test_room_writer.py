"""Corners into a room file that a person wrote: one line changes, the rest stays, the old file is kept."""

from functools import partial
from pathlib import Path

import pytest

from game.corner_pin import CornerPin
from game.present.display.pin import Corners
from game.present.display.room_file import RoomFault, load_room
from game.present.display.room_writer import save_room, with_camera, with_corners
from game.world.cave import grow
from game.world.corners import WHOLE
from game.world.state import Setting, World
from npc.assets import asset

PULLED: Corners = ((0.05, 0.02), (0.97, 0.0), (1.0, 0.98), (0.0, 1.0))
OWN = """# My wall.
eyes_m = [0.1, 2.0, 1.6]   # sitting

[[screen]]
width_m = 3.1
corners = [
  [0.0, 0.0], [1.0, 0.0],
  [1.0, 1.0], [0.0, 1.0],
]   # level

[[screen]]
name = "side"
middle_m = [1.6, 1.0, 1.3]
turn_deg = 90
"""


def plain() -> str:
    return asset("room.toml").read_text(encoding="utf-8")


def test_only_the_corners_change(tmp_path: Path) -> None:
    path = tmp_path / "room.toml"
    path.write_text(OWN, encoding="utf-8")
    old = save_room(path, plain(), partial(with_corners, corners=PULLED))
    assert old is not None
    assert old.read_text(encoding="utf-8") == OWN
    room = load_room(path)
    assert room.screens[0].corners == PULLED
    assert room.screens[1].corners == WHOLE
    text = path.read_text(encoding="utf-8")
    for kept in ("# My wall.", "# sitting", "# level", 'name = "side"', "width_m = 3.1"):
        assert kept in text


def test_a_new_file_has_the_comments_of_the_one_that_comes_with_the_game(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "room.toml"
    assert save_room(path, plain(), partial(with_corners, corners=PULLED)) is None
    assert load_room(path).screens[0].corners == PULLED
    assert "docs/projection.md" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["", "eyes_m = [0.0, 1.5, 1.5]\n", "[[screen]]\nwidth_m = 2.0\n[camera]\nplace_m = [0, 0, 1]\n"]
)
def test_a_file_without_corners_gets_them(text: str, tmp_path: Path) -> None:
    path = tmp_path / "room.toml"
    path.write_text(with_corners(text, PULLED), encoding="utf-8")
    assert load_room(path).screens[0].corners == PULLED


def test_what_could_not_be_read_again_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "room.toml"
    path.write_text(OWN, encoding="utf-8")
    flipped: Corners = ((1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    with pytest.raises(RoomFault, match="flipped"):
        save_room(path, plain(), partial(with_corners, corners=flipped))
    assert path.read_text(encoding="utf-8") == OWN
    assert sorted(one.name for one in tmp_path.iterdir()) == ["room.toml"]


class Display:
    def __init__(self) -> None:
        self.told: list[tuple[Corners, int | None]] = []

    def pin(self, corners: Corners, corner: int | None) -> None:
        self.told.append((corners, corner))


def test_the_display_follows_and_what_was_kept_is_written(tmp_path: Path) -> None:
    display = Display()
    said: list[str] = []
    world = World(seed=1, cave=grow(1))
    path = tmp_path / "room.toml"
    pin = CornerPin(display, WHOLE, path=path, plain=plain(), tell=said.append)
    pin.follow(world)
    assert display.told == []
    world.setting = Setting(corners=PULLED, number=2)
    pin.follow(world)
    pin.follow(world)
    assert display.told == [(PULLED, 2)]
    # Crossed ones are not shown.
    world.setting.corners = ((0.9, 0.9), *PULLED[1:])
    pin.follow(world)
    assert display.told == [(PULLED, 2)]
    world.setting = Setting(corners=PULLED, number=3, kept=True)
    pin.follow(world)
    world.setting = None
    pin.follow(world)
    assert display.told[-1] == (PULLED, None)
    assert load_room(path).screens[0].corners == PULLED
    assert str(path) in said[-1]


def test_given_up_corners_are_as_before_and_a_folder_that_cannot_be_written_is_a_sentence(
    tmp_path: Path,
) -> None:
    display = Display()
    said: list[str] = []
    world = World(seed=1, cave=grow(1))
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    pin = CornerPin(display, WHOLE, path=blocked / "room.toml", plain=plain(), tell=said.append)
    world.setting = Setting(corners=PULLED)
    pin.follow(world)
    world.setting.kept = False
    pin.follow(world)
    assert display.told[-1] == (WHOLE, None)
    assert said == []
    world.setting = Setting(corners=PULLED, kept=True)
    pin.follow(world)
    assert "cannot be written" in said[0]
    assert display.told[-1] == (PULLED, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        OWN,
        asset("room.toml").read_text(encoding="utf-8"),
        "[camera]\ntilt_deg = 12.0  # up\nplace_m = [0.0, 0.1, 0.5]  # shelf\n\n[[screen]]\nwidth_m = 2.0\n",
    ],
)
def test_where_the_camera_was_found_is_written(text: str, tmp_path: Path) -> None:
    path = tmp_path / "room.toml"
    path.write_text(with_camera(text, (0.12, 0.06, 0.75), 44.0), encoding="utf-8")
    room, written = load_room(path), path.read_text(encoding="utf-8")
    assert room.camera is not None
    assert room.camera.place_m == (0.12, 0.06, 0.75)
    assert room.camera.view_deg == 44.0
    if "tilt_deg = 12.0" in text:
        assert room.camera.tilt_deg == 12.0
        assert "# shelf" in written
        assert "# up" in written
