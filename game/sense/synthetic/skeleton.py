"""Bones and joints of a hand, for many moments at once. Pure numpy.

A hand has a frame of its own: ``t`` towards the thumb, ``u`` along the fingers, ``n`` out of the palm. Its
lengths are palm lengths (wrist to middle knuckle) until `Anatomy.palm_m` makes them metres. The landmarks are
the 21 of MediaPipe.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PALM_M: Final = 0.092
"""Wrist to middle knuckle of a grown hand, metres."""

_KNUCKLES: Final = np.array([[0.27, 0.97, 0.0], [0.04, 1.0, 0.02], [-0.18, 0.93, 0.0], [-0.36, 0.82, -0.03]])
"""Index to little finger, (t, u, n)."""
_PHALANGES: Final = np.array([[0.46, 0.27, 0.22], [0.50, 0.30, 0.23], [0.46, 0.29, 0.23], [0.36, 0.21, 0.20]])
_FAN_RAD: Final = np.radians([14.0, 2.0, -9.0, -20.0])
"""How far the fingers fan out from the middle one when they are spread."""
_THUMB_ROOT: Final = np.array([0.26, 0.26, 0.06])
_THUMB_BONES: Final = np.array([0.42, 0.34, 0.29])
_THUMB_GUIDE: Final = np.array([0.75, 0.62, 0.25])
"""Where the thumb points before it reaches for anything."""
_REACHES: Final = 8
"""Passes of the thumb's solver; more change nothing that a landmarker would see."""
_CLOSED_RAD: Final = np.radians([85.0, 100.0, 62.0])
"""Angles of a finger's three joints when it is closed: the last joint follows the middle one."""
LEAST_BEND: Final = -0.2
MOST_BEND: Final = 1.05
"""Limits of the knuckles, in shares of a closed finger: 17 degrees back, 89 degrees in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """The build of one person's hands."""

    palm_m: float = PALM_M
    """Wrist to middle knuckle, metres."""
    fingers: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    """Length of index to little finger over the usual length."""
    thumb: float = 1.0
    """Length of the thumb over the usual length."""
    breadth: float = 1.0
    """Breadth of the palm over the usual breadth."""

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Anatomy":
        """Somebody's hands: from a child of ten to a tall man, with long or short fingers."""
        all_fingers = rng.normal(1.0, 0.05)
        i, m, r, p = np.clip(rng.normal(all_fingers, 0.025, 4), 0.84, 1.16).tolist()
        return cls(
            palm_m=float(np.clip(rng.normal(0.091, 0.008), 0.07, 0.11)),
            fingers=(i, m, r, p),
            thumb=float(np.clip(rng.normal(1.0, 0.05), 0.85, 1.15)),
            breadth=float(np.clip(rng.normal(1.0, 0.05), 0.85, 1.15)),
        )


def hand_points(
    anatomy: Anatomy, *, knuckles: Floats, joints: Floats, spread: Floats, thumb: Floats, touch: Floats
) -> Floats:
    """(N, 21, 3) landmarks in palm lengths, the hand's own frame, about the wrist; a right hand.

    ``knuckles`` and ``joints`` (N, 4) bend index to little finger at their root and beyond it: 0 stretched,
    1 closed. ``spread`` (N,) is 0 together, 1 fanned out. ``thumb`` (N, 3) is where the thumb's tip wants to
    be; ``touch`` (N,) how far it goes to the index fingertip instead, 0 to 1.
    """
    count = len(spread)
    own = np.zeros((count, 21, 3))
    knuckles = np.clip(knuckles, LEAST_BEND, MOST_BEND)
    joints = np.clip(joints, 0.0, MOST_BEND)
    bases = _KNUCKLES * np.array([anatomy.breadth, 1.0, 1.0])
    # Fingers fan out less the more they are closed.
    fan = _FAN_RAD * (0.25 + 0.75 * spread[:, None]) * (1.0 - 0.8 * np.clip(knuckles, 0.0, 1.0))
    angles = np.stack(
        [
            _CLOSED_RAD[0] * knuckles,
            _CLOSED_RAD[0] * knuckles + _CLOSED_RAD[1] * joints,
            _CLOSED_RAD[0] * knuckles + (_CLOSED_RAD[1] + _CLOSED_RAD[2]) * joints,
        ],
        axis=2,
    )
    along = np.cos(angles)
    steps = np.stack(
        [np.sin(fan)[:, :, None] * along, np.cos(fan)[:, :, None] * along, np.sin(angles)], axis=3
    )
    lengths = _PHALANGES * np.array(anatomy.fingers)[:, None]
    reached = np.cumsum(steps * lengths[None, :, :, None], axis=2) + bases[None, :, None, :]
    for finger in range(4):
        own[:, 5 + 4 * finger] = bases[finger]
        own[:, 6 + 4 * finger : 9 + 4 * finger] = reached[:, finger]
    target = thumb * (1.0 - touch[:, None]) + own[:, 8] * touch[:, None]
    own[:, 1:5] = _thumb(target, _THUMB_BONES * anatomy.thumb)
    return own


def _thumb(target: Floats, bones: Floats) -> Floats:
    """(N, 4, 3): root, two joints and tip, reaching for ``target`` (N, 3) as far as they can.

    FABRIK (Aristidou and Lasenby 2011): from the tip back to the root and out again, keeping the bones.
    """
    points = np.empty((len(target), 4, 3))
    guide = _THUMB_GUIDE / math.sqrt(float(_THUMB_GUIDE @ _THUMB_GUIDE))
    points[:] = _THUMB_ROOT + np.concatenate([[0.0], np.cumsum(bones)])[:, None] * guide
    for _ in range(_REACHES):
        points[:, 3] = target
        for joint in (2, 1, 0):
            points[:, joint] = _towards(points[:, joint + 1], points[:, joint], float(bones[joint]))
        points[:, 0] = _THUMB_ROOT
        for joint in (0, 1, 2):
            points[:, joint + 1] = _towards(points[:, joint], points[:, joint + 1], float(bones[joint]))
    return points


def _towards(origin: Floats, point: Floats, length: float) -> Floats:
    step = point - origin
    size = np.sqrt(np.einsum("ij,ij->i", step, step))
    share: Floats = np.divide(length, size, out=np.zeros_like(size), where=size > 1e-9)
    return np.asarray(origin + step * share[:, None])
