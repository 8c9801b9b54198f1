"""Squares of a picture in which hands are looked for: the arithmetic of MediaPipe's hand graph.

Source: mediapipe/modules/palm_detection and hand_landmark (anchors, detection to rectangle, landmarks to
rectangle). Lengths are pixels of the whole picture as it was taken, x right, y down.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]

WRIST: Final = 0
MIDDLE_MCP: Final = 9
PALM: Final = (0, 5, 9, 13, 17)
"""Landmarks of the palm, which no gesture moves against each other."""
_STEADY: Final = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
"""The landmarks that frame the next square: not the fingertips, which come and go."""
_PALM_SCALE: Final = 2.6
_PALM_SHIFT: Final = -0.5
_HAND_SCALE: Final = 2.0
_HAND_SHIFT: Final = -0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A square of the picture, turned so that the hand in it points up."""

    x: float
    y: float
    """Its centre."""
    side: float
    turn_rad: float = 0.0
    """Clockwise on the screen."""

    def to_picture(self) -> NDArray[np.float64]:
        """(2, 3) affine matrix from the square's own coordinates (0 to 1, y down) to the picture's."""
        c, s = math.cos(self.turn_rad) * self.side, math.sin(self.turn_rad) * self.side
        return np.array([[c, -s, self.x - 0.5 * (c - s)], [s, c, self.y - 0.5 * (s + c)]], dtype=np.float64)

    def moved(self, dx: float, dy: float) -> "Square":
        return Square(x=self.x + dx, y=self.y + dy, side=self.side, turn_rad=self.turn_rad)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """An upright rectangle of the picture, in whole pixels."""

    x: int
    y: int
    width: int
    height: int


def window_about(x: float, y: float, side: float, *, width: int, height: int) -> Window:
    """The square of about ``side`` around a place, pushed inside a picture of ``width`` by ``height``."""
    w, h = min(width, max(2, round(side))), min(height, max(2, round(side)))
    left = min(max(0, round(x - w / 2.0)), width - w)
    top = min(max(0, round(y - h / 2.0)), height - h)
    return Window(x=left, y=top, width=w, height=h)


def _turn_of(up: NDArray[np.floating[Any]]) -> float:
    """How far an arrow (x, y) is turned from straight up: clockwise, -pi to pi."""
    radians = math.pi / 2.0 - math.atan2(-float(up[1]), float(up[0]))
    return radians - 2.0 * math.pi * math.floor((radians + math.pi) / (2.0 * math.pi))


def square_of_palm(box: tuple[float, float, float, float], wrist: Points, middle_mcp: Points) -> Square:
    """Where a hand's landmarks are looked for, given its palm: ``box`` is (left, top, right, bottom)."""
    left, top, right, bottom = box
    turn = _turn_of(middle_mcp - wrist)
    return _framed(
        (left + right) / 2.0, (top + bottom) / 2.0, right - left, bottom - top, turn, _PALM_SHIFT, _PALM_SCALE
    )


def square_of_hand(points: Points) -> Square:
    """Where a hand is looked for next, given its (21, 2 or 3) landmarks."""
    xy = points[:, :2].astype(np.float64)
    knuckles = 0.25 * (xy[5] + xy[13]) + 0.5 * xy[9]
    up = knuckles - xy[WRIST]
    turn = _turn_of(up)
    steady = xy[list(_STEADY)]
    middle = (steady.min(axis=0) + steady.max(axis=0)) / 2.0
    c, s = math.cos(-turn), math.sin(-turn)
    about = (steady - middle) @ np.array([[c, s], [-s, c]])
    low, high = about.min(axis=0), about.max(axis=0)
    offset = (low + high) / 2.0
    centre = middle + np.array([[c, s], [-s, c]]) @ offset
    size = high - low
    return _framed(
        float(centre[0]), float(centre[1]), float(size[0]), float(size[1]), turn, _HAND_SHIFT, _HAND_SCALE
    )


def _framed(
    x: float, y: float, width: float, height: float, turn: float, shift: float, scale: float
) -> Square:
    x -= math.sin(turn) * height * shift
    y += math.cos(turn) * height * shift
    return Square(x=x, y=y, side=max(1.0, max(width, height) * scale), turn_rad=turn)


def palm_length(points: Points) -> float:
    """From the wrist to the middle finger's first joint, pixels."""
    return float(np.hypot(*(points[MIDDLE_MCP, :2] - points[WRIST, :2])))


def palm_centre(points: Points) -> Points:
    """(2,) mean of the palm's landmarks."""
    centre: Points = points[list(PALM), :2].mean(axis=0)
    return centre


def anchor_centres() -> NDArray[np.float32]:
    """(2016, 2) centres of the palm detector's anchors, 0 to 1 of its input: two on each cell of 8 pixels of
    the 192, then six on each of 16 (three layers of two)."""
    grids = []
    for cells, copies in ((24, 2), (12, 6)):
        at = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(at, at)
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), copies, axis=0))
    return np.concatenate(grids)
