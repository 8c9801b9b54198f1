"""Four-corner pin: where the corners of the picture are put, and how a pixel finds its way back.

Screen coordinates here are 0 to 1, x right and y *down*, as a person reads a picture.
"""

import numpy as np
from numpy.typing import NDArray

from game.world.corners import WHOLE, Corners, fault

Floats = NDArray[np.float64]

__all__ = ["WHOLE", "Corners", "back", "fault", "homography", "through"]


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
