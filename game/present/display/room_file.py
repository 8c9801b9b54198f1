"""The room file (`assets/room.toml` shows one): read, and checked field by field before it is believed."""

import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from game.interpret.intents import Vec3
from game.present.display import pin
from game.present.display.room import CameraPlace, Mirror, Part, Room, Screen
from npc.text_files import TextFault, read_toml

MOST_SCREENS: Final = 6
LEAST_DISTANCE_M: Final = 0.3
"""Eyes that rest nearer to a screen than this (or behind it) are a mistake in the file."""
_LARGEST_BYTES: Final = 64 * 1024


class RoomFault(ValueError):
    """The file cannot be used; the message names file, field, what was found and what was expected."""


def load_room(path: Path) -> Room:
    """The room in ``path``; what is not in the file is as in `Room`. Raises `RoomFault` with one sentence."""
    try:
        table = read_toml(path, largest_bytes=_LARGEST_BYTES)
    except TextFault as error:
        raise RoomFault(str(error).removesuffix(".")) from error
    return _Reader(path).room(table)


class _Reader:
    """Reads one file; holds its name for the messages."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def room(self, table: dict[str, Any]) -> Room:
        self._known(table, Room, "", renamed={"screens": "screen"})
        plain = Room()
        screens = self._screens(table["screen"]) if "screen" in table else plain.screens
        camera = self._camera(table["camera"]) if "camera" in table else None
        room = Room(
            screens=screens,
            eyes_m=self._place(table, "", "eyes_m", plain.eyes_m),
            eye_gap_m=self._number(table, "", "eye_gap_m", plain.eye_gap_m, 0.0, 0.08),
            camera=camera,
            brightness=self._number(table, "", "brightness", plain.brightness, 0.2, 3.0),
        )
        for number, screen in enumerate(screens):
            # The distance from a plane does not depend on how wide the picture is.
            distance_m = room.rectangle(number, 1.0).distance_m(room.inward(room.eyes_m))
            if distance_m < LEAST_DISTANCE_M:
                raise RoomFault(
                    f"{self._path}: {self._name(number, screen.name)}: eyes_m lies {distance_m:.2f} m before "
                    f"its face; expected {LEAST_DISTANCE_M} or more: see middle_m, turn_deg and tilt_deg"
                )
        return room

    def _screens(self, found: object) -> tuple[Screen, ...]:
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise RoomFault(f"{self._path}: screen is {found!r}; expected a [[screen]] for each")
        if not 1 <= len(found) <= MOST_SCREENS:
            raise RoomFault(f"{self._path}: found {len(found)} screens; expected 1 to {MOST_SCREENS}")
        return tuple(self._screen(number, table) for number, table in enumerate(found))

    def _screen(self, number: int, table: dict[str, Any]) -> Screen:
        plain = Screen()
        name = table.get("name", plain.name)
        where = f"{self._name(number, name)}: "
        self._known(table, Screen, where)
        if not isinstance(name, str) or not name:
            raise RoomFault(f"{self._path}: {where}name is {name!r}; expected a word")
        if number > 0 and "middle_m" not in table:
            raise RoomFault(f"{self._path}: {where}middle_m is missing; expected [right, out, up] in metres")
        height = self._number(table, where, "height_m", 1.0, 0.1, 20.0) if "height_m" in table else None
        return Screen(
            name=name,
            middle_m=self._place(table, where, "middle_m", plain.middle_m),
            width_m=self._number(table, where, "width_m", plain.width_m, 0.1, 20.0),
            height_m=height,
            turn_deg=self._number(table, where, "turn_deg", plain.turn_deg, -180.0, 180.0),
            tilt_deg=self._number(table, where, "tilt_deg", plain.tilt_deg, -90.0, 90.0),
            monitor=self._monitor(table, where),
            part=self._part(table["part"], where) if "part" in table else None,
            mirror=self._mirror(table.get("mirror", plain.mirror.value), where),
            corners=self._corners(table.get("corners", plain.corners), where),
        )

    def _camera(self, found: object) -> CameraPlace:
        where = "camera: "
        if not isinstance(found, dict):
            raise RoomFault(f"{self._path}: camera is {found!r}; expected [camera] and its fields below")
        self._known(found, CameraPlace, where)
        if "place_m" not in found:
            raise RoomFault(f"{self._path}: {where}place_m is missing; expected [right, out, up] in metres")
        view = self._number(found, where, "view_deg", 60.0, 20.0, 120.0) if "view_deg" in found else None
        return CameraPlace(
            place_m=self._place(found, where, "place_m", (0.0, 0.0, 0.0)),
            turn_deg=self._number(found, where, "turn_deg", 0.0, -80.0, 80.0),
            tilt_deg=self._number(found, where, "tilt_deg", 0.0, -80.0, 80.0),
            view_deg=view,
        )

    @staticmethod
    def _name(number: int, name: object) -> str:
        return f"screen {number + 1} ({name})"

    def _known(
        self, table: Mapping[str, Any], kind: type, where: str, renamed: Mapping[str, str] | None = None
    ) -> None:
        known = {(renamed or {}).get(field.name, field.name) for field in fields(kind)}
        for name in table:
            if name not in known:
                raise RoomFault(
                    f"{self._path}: {where}unknown field '{name}'; known are {', '.join(sorted(known))}"
                )

    def _number(
        self, table: Mapping[str, Any], where: str, name: str, plain: float, low: float, high: float
    ) -> float:
        found = table.get(name, plain)
        if not (_is_number(found) and low <= found <= high):
            raise RoomFault(
                f"{self._path}: {where}{name} is {found!r}; expected a number from {low:g} to {high:g}"
            )
        return float(found)

    def _place(self, table: Mapping[str, Any], where: str, name: str, plain: Vec3) -> Vec3:
        found = table.get(name, plain)
        if not (
            isinstance(found, list | tuple)
            and len(found) == 3
            and all(_is_number(n) and abs(n) <= 30.0 for n in found)
        ):
            raise RoomFault(
                f"{self._path}: {where}{name} is {found!r}; expected [right, out, up] in metres, 30 at most"
            )
        return float(found[0]), float(found[1]), float(found[2])

    def _monitor(self, table: Mapping[str, Any], where: str) -> int | None:
        found = table.get("monitor")
        if found is not None and (isinstance(found, bool) or not isinstance(found, int) or found < 0):
            raise RoomFault(f"{self._path}: {where}monitor is {found!r}; expected 0, 1, 2 ...")
        return found

    def _part(self, found: object, where: str) -> Part:
        if isinstance(found, list) and len(found) == 4 and all(_is_number(n) for n in found):
            left, top, width, height = (float(n) for n in found)
            fits = max(left + width, top + height) <= 1.0 + 1e-9
            if fits and min(left, top) >= 0.0 and min(width, height) >= 0.01:
                return left, top, width, height
        raise RoomFault(
            f"{self._path}: {where}part is {found!r}; expected [left, top, width, height] in parts of the "
            "window, 0 to 1"
        )

    def _mirror(self, found: object, where: str) -> Mirror:
        try:
            return Mirror(str(found)) if isinstance(found, str) else Mirror("")
        except ValueError as error:
            names = ", ".join(f'"{mirror}"' for mirror in Mirror)
            raise RoomFault(f"{self._path}: {where}mirror is {found!r}; expected one of {names}") from error

    def _corners(self, found: object, where: str) -> pin.Corners:
        wanted = "expected four pairs of numbers: upper left, upper right, lower right, lower left"
        if not isinstance(found, list | tuple) or len(found) != 4:
            raise RoomFault(f"{self._path}: {where}corners is {found!r}; {wanted}")
        pairs = []
        for pair in found:
            if not (isinstance(pair, list | tuple) and len(pair) == 2 and all(_is_number(n) for n in pair)):
                raise RoomFault(f"{self._path}: {where}corners holds {pair!r}; {wanted}")
            pairs.append((float(pair[0]), float(pair[1])))
        corners: pin.Corners = (pairs[0], pairs[1], pairs[2], pairs[3])
        if (reason := pin.fault(corners)) is not None:
            raise RoomFault(f"{self._path}: {where}corners cannot be used: {reason}")
        return corners


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
