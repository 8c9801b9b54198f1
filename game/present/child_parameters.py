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


PARAMETERS: Final = len(P)
HANDS: Final = (P.HAND_L_X, P.HAND_L_Y, P.HAND_L_Z, P.HAND_R_X, P.HAND_R_Y, P.HAND_R_Z)
Vector = NDArray[np.float64]
