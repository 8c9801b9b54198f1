"""What a room means for the senses, and that as numbers for the log of an evening."""

import math
from typing import Any, Final

import numpy as np

from game.interpret.calibration import Calibration
from game.interpret.head_state import SCALES, CameraPose
from game.interpret.intents import Vec3
from game.present.display.room import Room
from game.present.viewpoint import setback_m

_GAINS: Final = (0.4, 1.8)
_TRACKER_VIEW_DEG: Final = 63.0
"""MediaPipe's face geometry takes every camera's view to be so high (its perspective camera's default)."""
_USUAL_ASPECT: Final = 16.0 / 9.0


def calibration_of(room: Room) -> Calibration:
    """How heads and hands are to be taken in this room."""
    camera = None
    if room.camera is not None:
        place = room.inward(room.camera.place_m)
        scale = 1.0
        if room.camera.view_deg is not None:
            scale = math.tan(math.radians(_TRACKER_VIEW_DEG / 2)) / math.tan(
                math.radians(room.camera.view_deg / 2)
            )
        camera = CameraPose(
            place_m=(float(place[0]), float(place[1]), float(place[2])),
            turn_rad=math.radians(room.camera.turn_deg),
            tilt_rad=math.radians(room.camera.tilt_deg),
            scale=min(SCALES[1], max(SCALES[0], scale)),
        )
    return Calibration(camera=camera, aim=_aim(room))


def in_room(camera: CameraPose, room: Room) -> tuple[Vec3, float]:
    """A camera's ``place_m`` and ``view_deg`` as the room file has them."""
    x, y, z = camera.place_m
    right, out, up = (round(a + b, 2) for a, b in zip((x, -y, z), room.eyes_m, strict=True))
    view_deg = 2.0 * math.degrees(math.atan(math.tan(math.radians(_TRACKER_VIEW_DEG / 2)) / camera.scale))
    return (right, out, up), float(round(view_deg))


def in_room_file(camera: CameraPose, room: Room) -> str:
    """A camera's place and view in the words of the room file."""
    place, view_deg = in_room(camera, room)
    return f"place_m = {list(place)}, view_deg = {view_deg:.0f}"


def _aim(room: Room) -> tuple[float, float]:
    """How much farther hands aim than in the default room, so that their reach is the picture's."""
    low, high = _GAINS
    found, usual = _half(room), _half(Room())
    gains = [min(high, max(low, a / b)) for a, b in zip(found, usual, strict=True)]
    return gains[0], gains[1]


def _half(room: Room) -> tuple[float, float]:
    """Tangents of half the angles that the pictures take up, across and up."""
    across, up = [], []
    back = np.array([0.0, setback_m(room.rectangle(0, _USUAL_ASPECT)), 0.0])
    for number in range(len(room.screens)):
        wall = room.rectangle(number, _USUAL_ASPECT)
        for x in (0.0, wall.width_m):
            for z in (0.0, wall.height_m):
                corner = wall.lower_left + wall.right * x + wall.up * z - back
                across.append(math.atan2(corner[0], corner[1]))
                up.append(math.atan2(corner[2], math.hypot(corner[0], corner[1])))
    half = [math.tan(min(1.2, (max(angles) - min(angles)) / 2)) for angles in (across, up)]
    return half[0], half[1]


def as_json(calibration: Calibration) -> dict[str, Any]:
    """For the head of a log."""
    camera = calibration.camera
    found: dict[str, Any] = {"aim": list(calibration.aim)}
    if camera is not None:
        found["camera"] = {
            "place_m": list(camera.place_m), "turn_rad": camera.turn_rad, "tilt_rad": camera.tilt_rad,
            "scale": camera.scale,
        }  # fmt: skip
    return found


def from_json(values: Any) -> Calibration:
    """The calibration in the head of a log; `ValueError` says what is wrong with it."""
    match values:
        case {"aim": [across, up], **rest} if _numbers(across, up) and rest.keys() <= {"camera"}:
            return Calibration(camera=_camera(rest.get("camera")), aim=(float(across), float(up)))
        case dict() if not values:
            return Calibration()
    raise ValueError(f"the log's calibration: expected aim and perhaps camera, found {str(values)[:60]}")


def _camera(values: Any) -> CameraPose | None:
    match values:
        case None:
            return None
        case {"place_m": [x, y, z], "turn_rad": turn, "tilt_rad": tilt, "scale": scale} if len(
            values
        ) == 4 and _numbers(x, y, z, turn, tilt, scale):
            place = (float(x), float(y), float(z))
            return CameraPose(place_m=place, turn_rad=float(turn), tilt_rad=float(tilt), scale=float(scale))
    raise ValueError(f"the log's calibration: expected a camera's pose, found {str(values)[:60]}")


def _numbers(*values: Any) -> bool:
    return all(
        isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) and abs(v) < 1e3
        for v in values
    )
