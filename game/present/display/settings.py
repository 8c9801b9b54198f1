"""The player's display settings: one small file, checked field by field before it is believed."""

import math
import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from platformdirs import user_config_dir

from game.present.display import pin


class Mirror(StrEnum):
    """How the picture must be turned to be seen the right way round."""

    FRONT = "front"
    REAR = "rear"
    CEILING = "ceiling"
    REAR_CEILING = "rear-ceiling"

    @property
    def flips(self) -> tuple[bool, bool]:
        """(left to right, top to bottom)."""
        # A projector that hangs upside down turns the picture by half a turn: both flips. Seen from the
        # other side of the screen, left and right change places once more.
        return (
            self in (Mirror.REAR, Mirror.CEILING),
            self in (Mirror.CEILING, Mirror.REAR_CEILING),
        )


class SettingsFault(ValueError):
    """The file cannot be used; the message names file, field, what was found and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplaySettings:
    """What a projector needs to know; the defaults suit a plain screen."""

    mirror: Mirror = Mirror.FRONT
    corners: pin.Corners = pin.WHOLE
    """Upper left, upper right, lower right, lower left, in parts of the screen, y down."""
    brightness: float = 1.0
    """Factor on the light of the picture, 0.2 to 3."""
    width_m: float = 2.4
    """Width of the picture on the wall, metres."""
    distance_m: float = 1.35
    """From the player's eyes to the wall, metres."""
    below_eyes_m: float = 0.22
    """How far the middle of the picture lies below the player's eyes, metres."""


def user_settings_path() -> Path:
    """Where the player's own copy lives; it need not exist."""
    return Path(user_config_dir("hollow")) / "display.toml"


def load_display_settings(path: Path) -> DisplaySettings:
    """The settings in ``path``; raises `SettingsFault` with an exact sentence when they cannot be used."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsFault(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SettingsFault(f"{path} is not a text file in UTF-8") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsFault(f"{path} is not valid TOML: {error}") from error
    known = {field.name for field in fields(DisplaySettings)}
    for name in table:
        if name not in known:
            raise SettingsFault(f"{path}: unknown field '{name}'; known are {', '.join(sorted(known))}")
    plain = DisplaySettings()
    return DisplaySettings(
        mirror=_mirror(path, table.get("mirror", plain.mirror.value)),
        corners=_corners(path, table.get("corners", plain.corners)),
        brightness=_number(path, "brightness", table.get("brightness", plain.brightness), 0.2, 3.0),
        width_m=_number(path, "width_m", table.get("width_m", plain.width_m), 0.2, 20.0),
        distance_m=_number(path, "distance_m", table.get("distance_m", plain.distance_m), 0.2, 20.0),
        below_eyes_m=_number(path, "below_eyes_m", table.get("below_eyes_m", plain.below_eyes_m), -3.0, 3.0),
    )


def _mirror(path: Path, found: object) -> Mirror:
    try:
        return Mirror(str(found)) if isinstance(found, str) else Mirror("")
    except ValueError as error:
        names = ", ".join(f'"{mirror}"' for mirror in Mirror)
        raise SettingsFault(f"{path}: mirror is {found!r}; expected one of {names}") from error


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(path: Path, name: str, found: object, low: float, high: float) -> float:
    if not (isinstance(found, int | float) and _is_number(found) and low <= found <= high):
        raise SettingsFault(f"{path}: {name} is {found!r}; expected a number from {low:g} to {high:g}")
    return float(found)


def _corners(path: Path, found: object) -> pin.Corners:
    wanted = "expected four pairs of numbers: upper left, upper right, lower right, lower left"
    if not isinstance(found, list | tuple) or len(found) != 4:
        raise SettingsFault(f"{path}: corners is {found!r}; {wanted}")
    pairs = []
    for pair in found:
        if not (isinstance(pair, list | tuple) and len(pair) == 2 and all(_is_number(n) for n in pair)):
            raise SettingsFault(f"{path}: corners holds {pair!r}; {wanted}")
        pairs.append((float(pair[0]), float(pair[1])))
    corners: pin.Corners = (pairs[0], pairs[1], pairs[2], pairs[3])
    if (reason := pin.fault(corners)) is not None:
        raise SettingsFault(f"{path}: corners cannot be used: {reason}")
    return corners
