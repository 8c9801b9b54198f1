"""Shapes of the Child's hands, and where gestures put them."""

from typing import Final

from game.present.child_parameters import P, fingers


def hands(
    left: tuple[float, float, float] | None = None, right: tuple[float, float, float] | None = None
) -> dict[P, float]:
    pose: dict[P, float] = {}
    if left is not None:
        pose |= {P.HAND_L_X: left[0], P.HAND_L_Y: left[1], P.HAND_L_Z: left[2]}
    if right is not None:
        pose |= {P.HAND_R_X: right[0], P.HAND_R_Y: right[1], P.HAND_R_Z: right[2]}
    return pose


SPREAD: Final = fingers("L", -0.3, -0.3, -0.3, -0.4, ahead=1.0, wrist=0.5) | fingers(
    "R", -0.3, -0.3, -0.3, -0.4, ahead=1.0, wrist=0.5
)
FLAT: Final = fingers("L", -0.2, -0.2, -0.2, -0.2, ahead=-1.0, wrist=0.6) | fingers(
    "R", -0.2, -0.2, -0.2, -0.2, ahead=-1.0, wrist=0.6
)
UPTURNED: Final = fingers("L", -0.3, -0.25, -0.15, -0.4, up=1.0, wrist=-0.2) | fingers(
    "R", -0.3, -0.25, -0.15, -0.4, up=1.0, wrist=-0.2
)
CLAWS: Final = fingers("L", 0.1, 0.1, 0.1, -0.3, up=-1.0) | fingers("R", 0.1, 0.1, 0.1, -0.3, up=-1.0)
FINGER: Final = fingers("R", 0.85, -0.8, 0.85, 0.6, ahead=-1.0, wrist=1.0)
"""The middle one, and longer than yours."""
POINTING: Final = fingers("R", -0.62, 0.75, 0.75, 0.5, up=-1.0)
FLAG: Final = fingers("R", -0.3, -0.3, -0.3, -0.4, ahead=1.0, wrist=0.8)
