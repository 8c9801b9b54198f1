"""How a sound at a place reaches two ears: pure arithmetic, no state.

A light model that works on headphones and on loudspeakers alike: a difference of time and level between the
ears, the shadow of the head (the far ear hears the dull part), air that dulls what is far, and a share for
the echo of the cave that falls more slowly with distance than the direct sound.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE

Vec3 = tuple[float, float, float]
Params = NDArray[np.float64]
"""(7,): delay left, right (samples); bright gain left, right; dull gain left, right; gain of the send."""

MAX_DELAY: Final = 26
"""Samples: the longest delay of one ear, a little over half a millisecond."""
_HALF_DELAY: Final = MAX_DELAY / 2 - 0.5
_HEAD_S: Final = 0.000_2
"""Radius of a head over the speed of sound, made a little smaller so that loudspeakers do not comb."""
_NEAR_M: Final = 2.6
"""Nearer than this a sound gets no louder."""
_ROLL_OFF: Final = 0.8
"""A little less than in the open (1.0): a tunnel carries a voice."""
_FLOOR: Final = 0.05
"""Gain of a sound that is infinitely far."""
_SEND: Final = 0.20

EVERYWHERE: Final[Params] = np.array([0.0, 0.0, 0.92, 0.92, 0.0, 0.0, 0.3])
"""A sound of the whole cave: in the middle, wide by its echo."""
IN_THE_EAR: Final[Params] = np.array([0.0, 0.0, 0.82, 0.82, 0.22, 0.22, 0.0])
"""Dry and close: no echo, and the warmth of a mouth at the ear."""


def _gain(db: float) -> float:
    return float(10.0 ** (db / 20.0))


def hear(source: Vec3, listener: Vec3, yaw_rad: float) -> Params:
    """(7,) for a sound at ``source``, metres, heard at ``listener`` facing ``yaw_rad`` (0 is +y, positive
    to the right)."""
    dx, dy, dz = (s - e for s, e in zip(source, listener, strict=True))
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    # Inside the head there is no side: the direction fades out over the last 30 cm.
    span = max(distance, 0.3)
    side = max(-1.0, min(1.0, (dx * math.cos(yaw_rad) - dy * math.sin(yaw_rad)) / span))
    front = (dx * math.sin(yaw_rad) + dy * math.cos(yaw_rad)) / span

    theta = math.asin(side)
    late = min(_HALF_DELAY, max(-_HALF_DELAY, 0.5 * _HEAD_S * (theta + side) * SAMPLE_RATE))
    loud = max(_FLOOR, min(1.0, _NEAR_M / max(distance, 1e-6)) ** _ROLL_OFF)
    behind_db = -5.0 * max(0.0, -front)
    air_db = -min(9.0, 0.35 * max(0.0, distance - 2.0))

    out = np.empty(7)
    for ear, toward in enumerate((-side, side)):
        away = max(0.0, -toward)
        low = loud * _gain(2.5 * toward - 2.0 * away)
        high = loud * _gain(3.0 * toward - 8.0 * away + behind_db + air_db)
        out[ear] = _HALF_DELAY - (late if ear == 1 else -late)
        out[2 + ear] = high
        out[4 + ear] = low - high
    out[6] = _SEND * math.sqrt(loud)
    return out
