"""Corners into a room file that a person wrote: one line changes, the rest stays, the old file is kept."""

from pathlib import Path

import pytest

from game.corner_pin import CornerPin
from game.present.display.pin import Corners
from game.present.display.room_file import RoomFault, load_room
from game.present.display.room_writer import save_corners, with_corners
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
    old = save_corners(path, PULLED, plain())
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
    assert save_corners(path, PULLED, plain()) is None
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
        save_corners(path, flipped, plain())
    assert path.read_text(encoding="utf-8") == OWN
    assert sorted(one.name for one in tmp_path.iterdir()) == ["room.toml"]


class Display:
    def __init__(self) -> None:
        self.told: list[tuple[Corners, int | None]] = []

    def pin(self, corners: Corners, corner: int | None) -> None:
        self.told.append((corners, corner))


def test_the_display_follows_and_what_was_kept_is_written(tmp_path: Path) -> None:
    display, said = Display(), []
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
    assert display.told[-1] == (PULLED, 2)
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
    display, said = Display(), []
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
