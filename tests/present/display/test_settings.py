"""Display settings: the default file is good, and every mistake is told exactly."""

from pathlib import Path

import pytest

from game.present.display.settings import DisplaySettings, Mirror, SettingsFault, load_display_settings
from npc.assets import asset


def load(tmp_path: Path, text: str) -> DisplaySettings:
    path = tmp_path / "display.toml"
    path.write_text(text, encoding="utf-8")
    return load_display_settings(path)


def test_the_file_that_comes_with_the_game_says_the_defaults() -> None:
    assert load_display_settings(asset("display.toml")) == DisplaySettings()


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    assert load(tmp_path, "") == DisplaySettings()


@pytest.mark.parametrize(
    ("text", "field", "found"),
    [
        ('mirror = "back"', "mirror", "'back'"),
        ("mirror = 3", "mirror", "3"),
        ("brightness = 9", "brightness", "9"),
        ("brightness = nan", "brightness", "nan"),
        ("brightness = true", "brightness", "True"),
        ("corners = [[0, 0], [1, 0], [1, 1]]", "corners", "[1, 1]"),
        ('corners = [[0, 0], [1, 0], [1, "low"], [0, 1]]', "corners", "low"),
        ("corners = [[0, 0], [1, 0], [1, 1], [0, inf]]", "corners", "inf"),
        ("width_m = -1", "width_m", "-1"),
        ("colour = 1", "colour", "known"),
    ],
)
def test_a_mistake_names_file_field_and_what_was_found(
    tmp_path: Path, text: str, field: str, found: str
) -> None:
    with pytest.raises(SettingsFault) as fault:
        load(tmp_path, text)
    message = str(fault.value)
    assert "display.toml" in message
    assert field in message
    assert found in message


def test_crossed_corners_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="crossed"):
        load(tmp_path, "corners = [[0, 0], [1, 1], [1, 0], [0, 1]]")


def test_what_is_no_toml_and_what_is_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="not valid TOML"):
        load(tmp_path, "mirror = ")
    with pytest.raises(SettingsFault, match="cannot be read"):
        load_display_settings(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsFault, match="UTF-8"):
        load_display_settings(tmp_path / "bytes.toml")


def test_hanging_behind_the_cloth_turns_only_top_and_bottom() -> None:
    assert Mirror.FRONT.flips == (False, False)
    assert Mirror.REAR.flips == (True, False)
    assert Mirror.CEILING.flips == (True, True)
    assert Mirror.REAR_CEILING.flips == (False, True)
