"""Made-up still hands with labels, as a landmarker would see them in a picture."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.sense.hand_model import Pose
from game.sense.synthetic_player import Stroke, SyntheticPlayer

POSES: Final = (Pose.OPEN, Pose.FIST, Pose.POINT, Pose.PINCH, Pose.RUDE)


def still_hands(
    each: int, *, seed: int, poses: Sequence[Pose] = POSES
) -> tuple[list[str], NDArray[np.float64]]:
    """Names and n x 21 x 2 pixels: ``each`` frames of every pose, pose after pose."""
    names: list[str] = []
    hands: list[list[tuple[float, float]]] = []
    for pose in poses:
        strokes = [Stroke(t_s=0.0, pose=pose, side="right", distance_m=0.6)]
        seen = [
            one for one in SyntheticPlayer(strokes, seed=seed).hands_until(1.0 + each / 30.0) if one.hands
        ]
        for one in seen[-each:]:
            names.append(str(pose))
            hands.append([(1280.0 * x, 720.0 * y) for x, y, _ in one.hands[0].image])
    return names, np.array(hands)
