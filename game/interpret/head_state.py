"""The head's place relative to where it rests before the picture: filtered, predicted, never with a jump."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.interpret.head_filter import HeadFilter
from game.interpret.intents import Head, Vec3
from game.sense.observations import HeadSeen

Floats = NDArray[np.float64]

SETTLE_S: Final = 1.0
"""In the first moments the resting place follows quickly ..."""
REST_S: Final = 25.0
"""... and then only as slowly as one shifts in a chair."""
HOLD_S: Final = 0.5
"""So long a head that is not found in a picture is believed to be where it was."""
CORRECT_S: Final = 0.07
"""Time constant with which the picture takes in what a new observation corrects ..."""
GLIDE_S: Final = 0.4
"""... and with which it goes over to another place: a head is found or lost, or another head is nearer."""
GLIDE_MPS: Final = 0.5
"""No correction moves the eye faster: 0.8 cm in one of 60 frames a second, 1.7 cm in one of 30."""
RISE_S: Final = 0.4
"""A glide takes so long to reach its speed."""
LEAP_M: Final = 0.3
"""A head that is seen so far from where it was awaited is another one."""
MAX_OFFSET_M: Final = 0.8
"""Of a head whose resting place is only guessed."""
MAX_PLACE_M: Final = (3.0, 4.0, 1.2)
"""Right, ahead and up, where the room is known."""
FAR_M: Final = 50.0
"""No head is this far from the camera; what is not a number is not nearer."""
EYES_BEFORE_M: Final = 0.044
EYES_ABOVE_M: Final = 0.026
"""Between the eyes, from the origin of MediaPipe's face model."""
SCALES: Final = (0.6, 1.7)
"""Least and greatest ratio of the true distance to the tracker's: webcams see 40 to 75 degrees in height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPose:
    """Where the camera is in the room, about the player's resting eyes."""

    place_m: Vec3
    """View axes: x right, y into the picture, z up."""
    turn_rad: float = 0.0
    """0 looks straight away from the picture; positive is turned towards the player's right."""
    tilt_rad: float = 0.0
    """Positive looks up."""
    scale: float = 1.0
    """True distance along the camera's view, in parts of the tracker's."""

    def axes(self) -> Floats:
        """(3, 3): columns are the camera's right (the player's), away and up, in view axes."""
        ct, st = math.cos(self.turn_rad), math.sin(self.turn_rad)
        cu, su = math.cos(self.tilt_rad), math.sin(self.tilt_rad)
        across = np.array([ct, st, 0.0])
        level = np.array([st, -ct, 0.0])
        up = np.array([0.0, 0.0, 1.0])
        return np.stack([across, level * cu + up * su, up * cu - level * su], axis=1)


class HeadState:
    """Fed with each `HeadSeen`; `at` tells the head of one tick.

    Without a camera pose the place where the head usually is counts as its resting place.
    """

    def __init__(self, camera: CameraPose | None = None) -> None:
        self._camera = camera
        self._axes = camera.axes() if camera is not None else np.diag([1.0, -1.0, 1.0])
        self._scale = np.array([1.0, camera.scale if camera is not None else 1.0, 1.0])
        self._origin: Floats | None = np.array(camera.place_m) if camera is not None else None
        """Of the camera in view axes about the resting eyes; None until a head shows where those are."""
        self._recentering = False
        self._corrected = False
        self._filter: HeadFilter | None = None
        self._present = False
        self._faces = 0
        self._yaw_rad = 0.0
        self._exact: Vec3 | None = None
        """Where the head is about its resting place, from a sense that knows."""
        self._hole_rad = 0.0
        self._first_s = 0.0
        self._gone_s: float | None = None
        """Since when no head is found, where one was."""
        self._now_s: float | None = None
        self._gap = np.zeros(3)
        """What the picture has not taken in yet: the shown place minus the head's."""
        self._glide_s: float | None = None
        """Since when the picture glides to another place; None while it follows."""

    def feed(self, seen: HeadSeen) -> None:
        if seen.from_rest:
            self._feed_exact(seen)
            return
        self._exact = None
        self._present = seen.present
        self._faces = seen.faces if seen.present else 0
        raw = np.array(seen.position_m)
        known = bool(np.all(np.abs(raw) < FAR_M)) and math.isfinite(seen.yaw_rad)
        if not (seen.present and known):
            if self._gone_s is None and self._filter is not None:
                self._gone_s = seen.captured_s
            return
        captured_s = seen.captured_s
        now_s = captured_s if self._now_s is None else self._now_s
        before = self._aim(now_s)
        self._gone_s = None
        self._yaw_rad = seen.yaw_rad
        raw = raw + _eyes(seen.yaw_rad)
        if self._recentering and self._camera is not None:
            self._scale[1] = _scale(raw, math.hypot(*self._camera.place_m))
            self._corrected = True
        place = self._scale * raw
        dt_s = 0.0
        if self._filter is None or self._recentering or _far(place, self._filter.at(captured_s)):
            self._filter, self._glide_s = HeadFilter(place, captured_s), now_s
        else:
            dt_s = min(1.0, max(0.0, captured_s - self._filter.t_s))
            self._filter.feed(place, captured_s)
        away = self._axes @ place
        if self._origin is None or self._recentering:
            self._origin, self._first_s, self._recentering = -away, captured_s, False
        elif self._camera is None:
            settling = captured_s - self._first_s < 2.0 * SETTLE_S
            follow = min(1.0, dt_s / (SETTLE_S if settling else REST_S))
            self._origin = self._origin + (-away - self._origin) * follow
        # The picture stays where it is; what it learned just now it makes up for in what follows.
        self._gap = self._gap + before - self._aim(now_s)

    def _feed_exact(self, seen: HeadSeen) -> None:
        """A headset knows where the head is about its resting place, and is the first to know."""
        x, y, z = seen.position_m
        known = all(abs(part) < FAR_M for part in (x, y, z)) and math.isfinite(seen.yaw_rad + seen.hole_rad)
        self._present = seen.present and known
        self._faces = seen.faces if self._present else 0
        self._exact = (x, -y, z) if self._present else None
        self._yaw_rad = seen.yaw_rad if self._present else 0.0
        if self._present:
            self._hole_rad = seen.hole_rad

    def recenter(self) -> None:
        """Where the head is next seen becomes its resting place. In a measured room the player stands where
        the room file has their eyes: what is off is the camera's place and its idea of distance."""
        self._recentering = True

    @property
    def corrected(self) -> CameraPose | None:
        """The measured camera as `recenter` found it; None where it did not."""
        if self._camera is None or not self._corrected or self._origin is None:
            return None
        x, y, z = (float(part) for part in self._origin)
        return replace(self._camera, place_m=(x, y, z), scale=float(self._scale[1]))

    def lose(self) -> None:
        """The camera is gone."""
        self._present, self._faces = False, 0
        if self._filter is not None and self._gone_s is None:
            self._gone_s = self._now_s

    def at(self, now_s: float) -> Head:
        """The head as it will be seen at ``now_s``."""
        if self._exact is not None:
            self._now_s = now_s
            return Head(
                present=True, offset_m=self._exact, yaw_rad=self._yaw_rad, faces=self._faces,
                hole_rad=self._hole_rad,
            )  # fmt: skip
        dt_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        if self._gone_s is not None and now_s - self._gone_s > HOLD_S:
            self._gap = self._gap + self._aim(now_s)
            self._filter, self._gone_s, self._glide_s = None, None, now_s
        self._gap = self._made_up(now_s, dt_s)
        x, y, z = (float(v) for v in self._aim(now_s) + self._gap)
        return Head(
            present=self._present,
            offset_m=(x, y, z),
            yaw_rad=self._yaw_rad if self._present else 0.0,
            faces=self._faces,
            hole_rad=self._hole_rad,
        )

    def _aim(self, now_s: float) -> Floats:
        """Where the eyes are about their resting place; at rest without a head."""
        if self._filter is None or self._origin is None:
            return np.zeros(3)
        place = self._origin + self._axes @ self._filter.at(now_s)
        most = np.full(3, MAX_OFFSET_M) if self._camera is None else np.array(MAX_PLACE_M)
        return np.asarray(np.clip(place, -most, most))

    def _made_up(self, now_s: float, dt_s: float) -> Floats:
        """The gap after ``dt_s``: it closes, quickly where it is a correction, softly where it is a way."""
        size = float(np.linalg.norm(self._gap))
        if size == 0.0:
            return self._gap
        time_s, most_mps = CORRECT_S, GLIDE_MPS
        if self._glide_s is not None:
            time_s = GLIDE_S
            most_mps = GLIDE_MPS * min(1.0, (now_s - self._glide_s) / RISE_S)
            if size < 0.01:
                self._glide_s = None
        close_m = min(size * (1.0 - math.exp(-dt_s / time_s)), most_mps * dt_s)
        return np.asarray(self._gap * (1.0 - close_m / size))


def _far(place: Floats, awaited: Floats) -> bool:
    return float(np.linalg.norm(place - awaited)) > LEAP_M


def _scale(raw: Floats, distance_m: float) -> float:
    """By how much the tracker's distance must grow for a head that is known to be so far from the camera."""
    across = distance_m**2 - raw[0] ** 2 - raw[2] ** 2
    return min(SCALES[1], max(SCALES[0], math.sqrt(max(0.0, across)) / max(0.1, float(raw[1]))))


def _eyes(yaw_rad: float) -> Floats:
    """From the middle of the head to between the eyes, in the axes of `HeadSeen`."""
    return np.array([EYES_BEFORE_M * math.sin(yaw_rad), -EYES_BEFORE_M * math.cos(yaw_rad), EYES_ABOVE_M])
