"""What the Child's body can do: the numbers that moods and gestures set and springs follow."""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray


class P(IntEnum):
    """Parameters of the body. Angles are radians, lengths metres, the rest parts of a whole."""

    CROUCH = 0
    """0 stands, 1 sits on its heels."""
    LEAN = 1
    """Trunk forward."""
    SIDE = 2
    """Trunk to its right."""
    TWIST = 3
    """Chest turned to its right."""
    TURN = 4
    """Whole body turned to its right."""
    NOD = 5
    """Head down."""
    SHAKE = 6
    """Head turned to its right."""
    TILT = 7
    """Head laid to its right shoulder."""
    HOP = 8
    """Height above the ground."""
    FORTH = 9
    """Whole body forward."""
    HAND_L_X = 10
    HAND_L_Y = 11
    HAND_L_Z = 12
    HAND_R_X = 13
    HAND_R_Y = 14
    HAND_R_Z = 15
    """Hands from where they hang at rest."""
    EARS = 16
    """1 up and forward, -1 laid back."""
    LIDS = 17
    """Opening of the eyes added to rest; -1 shuts them."""
    SMILE = 18
    """Corners of the mouth."""
    PUPIL = 19
    """-1 a pinprick, 1 wide."""
    SHRUG = 20
    """Shoulders up, metres."""
    MOUTH = 21
    """Opening of the mouth without a voice."""
    LIGHT = 22
    """Its own light added to what it has; -1 puts it out."""
    SLANT = 23
    """Upper lids: 1 falls to the nose in anger, -1 rises there in worry."""
    CHEEK = 24
    """Lower lids: 1 pushed up by a smile."""
    WEIGHT = 25
    """Hips over its right foot (negative: left), metres."""
    STANCE = 26
    """Feet apart more than at rest, metres each."""
    BACK = 27
    """Right foot behind the left, metres each way."""
    NARROW = 28
    """Shoulders drawn in, metres each."""
    EAR_ODD = 29
    """Right ear above the left."""
    ELBOWS = 30
    """1 turns the elbows straight out, as of fists on hips."""

    INDEX_L = 31
    MIDDLE_L = 32
    OUTER_L = 33
    THUMB_L = 34
    INDEX_R = 35
    MIDDLE_R = 36
    OUTER_R = 37
    THUMB_R = 38
    """Curl of each finger added to rest: 0.75 is a fist, -0.25 straight, less stretches it."""
    PALM_L_Y = 39
    PALM_L_Z = 40
    PALM_R_Y = 41
    PALM_R_Z = 42
    """Where the palm faces: ahead, up; negative to itself, down. Else inwards, as of a hanging hand."""
    WRIST_L = 43
    WRIST_R = 44
    """1 bends the hand up from the line of the forearm, -1 down."""


PARAMETERS: Final = len(P)
HANDS: Final = (P.HAND_L_X, P.HAND_L_Y, P.HAND_L_Z, P.HAND_R_X, P.HAND_R_Y, P.HAND_R_Z)
"""Where hands are."""
LEFT: Final = (*HANDS[:3], P.INDEX_L, P.MIDDLE_L, P.OUTER_L, P.THUMB_L, P.PALM_L_Y, P.PALM_L_Z, P.WRIST_L)
RIGHT: Final = (*HANDS[3:], P.INDEX_R, P.MIDDLE_R, P.OUTER_R, P.THUMB_R, P.PALM_R_Y, P.PALM_R_Z, P.WRIST_R)
"""All that a hand is, fingers included."""
Vector = NDArray[np.float64]


def fingers(
    side: str, index: float, middle: float, outer: float, thumb: float,
    *, ahead: float = 0.0, up: float = 0.0, wrist: float = 0.0,
) -> dict[P, float]:  # fmt: skip
    """A shape of the hand ``side`` ("L" or "R"): curls of its fingers, where its palm faces, its wrist."""
    return {
        P[f"INDEX_{side}"]: index, P[f"MIDDLE_{side}"]: middle, P[f"OUTER_{side}"]: outer,
        P[f"THUMB_{side}"]: thumb, P[f"PALM_{side}_Y"]: ahead, P[f"PALM_{side}_Z"]: up,
        P[f"WRIST_{side}"]: wrist,
    }  # fmt: skip
