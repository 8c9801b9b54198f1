"""Four-corner pin: where the corners of the picture are put, and how a pixel finds its way back.

Screen coordinates here are 0 to 1, x right and y *down*, as a person reads a picture.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]

WHOLE: Final[Corners] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
"""Upper left, upper right, lower right, lower left: the picture fills the screen."""
SMALLEST_TURN: Final = 1e-3
"""Least cross product of two neighbouring edges; below it a corner is flat or flipped."""


def homography(corners: Corners) -> Floats:
    """(3, 3) matrix that takes points of the picture to points of the screen, homogeneous."""
    rows, right = [], []
    for (u, v), (x, y) in zip(WHOLE, corners, strict=True):
        rows.append([u, v, 1.0, 0.0, 0.0, 0.0, -x * u, -x * v])
        rows.append([0.0, 0.0, 0.0, u, v, 1.0, -y * u, -y * v])
        right += [x, y]
    solved = np.linalg.solve(np.array(rows), np.array(right))
    return np.append(solved, 1.0).reshape(3, 3)


def back(corners: Corners) -> Floats:
    """(3, 3) matrix that takes points of the screen back to points of the picture."""
    return np.asarray(np.linalg.inv(homography(corners)))


def through(matrix: Floats, points: Floats) -> Floats:
    """(n, 2) points through a homography."""
    moved = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def fault(corners: Corners) -> str | None:
    """Why these corners cannot be pinned, as a sentence; None when they can."""
    names = ("upper left", "upper right", "lower right", "lower left")
    for name, (x, y) in zip(names, corners, strict=True):
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
            return f"the {name} corner ({x:g}, {y:g}) lies outside the screen; both numbers must be 0 to 1"
    points = np.array(corners)
    edges = np.roll(points, -1, axis=0) - points
    nexts = np.roll(edges, -1, axis=0)
    # With y down, the order upper left, upper right, lower right, lower left turns right at each corner.
    turns = edges[:, 0] * nexts[:, 1] - edges[:, 1] * nexts[:, 0]
    if (turns < SMALLEST_TURN).all():
        return "the corners are flipped; the order is upper left, upper right, lower right, lower left"
    if (turns < SMALLEST_TURN).any():
        bad = names[(int(np.argmin(turns)) + 1) % 4]
        return f"the {bad} corner makes the picture crossed or dented; the four corners must bulge outward"
    return None
