"""The Child's head and eyes: they share the turn to what it looks at, and meet it whatever the body does."""

import math
from collections.abc import Sequence
from typing import Final

from game.interpret.intents import Vec3
from game.present.child_body import HEAD_CENTRE, JOINTS
from game.present.child_limbs import (
    Matrix,
    after,
    back,
    between,
    bowed,
    minus,
    plus,
    through,
    tilted,
    turned,
    unit,
)
from game.present.child_moods import noise
from game.present.child_parameters import P

EYE_REACH_RAD: Final = 0.42
HEAD_REACH_RAD: Final = 1.25
HEAD_UP_RAD, HEAD_DOWN_RAD = 0.95, 0.7
_HIGH_M: Final = float(HEAD_CENTRE[2] - JOINTS["neck"][2])
"""The middle of the head above the neck, which is straight below it."""
HEAD_SHARE: Final = 0.80
"""Of a turn to what it looks at; the eyes do the rest."""


def lids_shut(time_s: float, blink_age_s: float = math.inf) -> float:
    """0 open to 1 shut: a blink somewhere in each slot of 3.4 s, at times two, and one that began
    ``blink_age_s`` ago."""
    slot = math.floor(time_s / 3.4)
    start = (slot + 0.15 + 0.7 * noise(slot)) * 3.4
    begins = (start, start + 0.26) if noise(slot + 0.5) > 0.75 else (start,)
    return max(_blink(blink_age_s), *(_blink(time_s - begin) for begin in begins))


def _blink(age_s: float) -> float:
    return math.sin(math.pi * (age_s / 0.20) ** 0.7) if 0.0 < age_s < 0.20 else 0.0


class Gaze:
    """The eyes leap, the head follows with most of the turn, and the eyes make up for every nod and tilt."""

    def __init__(self) -> None:
        self._head = [0.0, 0.0]
        self._aim: Vec3 | None = None
        self._time_s = 0.0

    def advance(
        self, look_at: Vec3, v: Sequence[float], root: Matrix, neck_at: Vec3, *, pace: float, dt_s: float
    ) -> tuple[Matrix, tuple[float, float]]:
        """Turn of the head in the body's axes, and of the eyes in the head (right and up, radians).

        ``v`` are the body's parameters, ``root`` turns its axes into the world's, ``neck_at`` is where its
        neck is in the world.
        """
        self._time_s += dt_s
        shake, nod = v[P.SHAKE], v[P.NOD]
        way = back(root, minus(minus(look_at, neck_at), (0.0, 0.0, _HIGH_M)))
        flat = math.hypot(way[0], way[1])
        if flat + abs(way[2]) < 0.05:
            right, up = 0.0, 0.0
        else:
            right, up = math.atan2(way[0], way[1]), math.atan2(way[2], max(flat, 0.05))
        # What is behind its back it does not follow.
        heed = max(0.0, 1.0 - max(0.0, abs(right) - 2.0))
        right, up = right * heed, up * heed
        # The head's share; more where a nod or a shake would leave the eyes too little.
        spare = 0.72 * EYE_REACH_RAD
        sure_right = min(right - shake + spare, max(right - shake - spare, HEAD_SHARE * right))
        sure_up = min(up + nod + spare, max(up + nod - spare, HEAD_SHARE * up))
        wanted = (
            min(HEAD_REACH_RAD, max(-HEAD_REACH_RAD, sure_right)),
            min(HEAD_UP_RAD, max(-HEAD_DOWN_RAD, sure_up)),
        )
        follow = 1.0 - math.exp(-dt_s * 7.0 * pace) if self._aim is not None else 1.0
        for axis in (0, 1):
            self._head[axis] += (wanted[axis] - self._head[axis]) * follow
        spin = after(
            turned(self._head[0] + shake),
            bowed(-self._head[1] + nod),
            tilted(v[P.TILT] - 0.35 * v[P.SIDE]),
        )
        centre = plus(neck_at, through(root, through(spin, (0.0, 0.0, _HIGH_M))))
        aim = unit(minus(look_at, centre))
        # Eyes hold on to a direction in the world, whatever the head does under them.
        leap = 1.0 - math.exp(-dt_s * 38.0)
        self._aim = aim if self._aim is None else between(self._aim, aim, leap)
        local = back(spin, back(root, self._aim))
        flat = math.hypot(local[0], local[1])
        if flat + abs(local[2]) < 1e-6:
            return spin, (0.0, 0.0)
        # Living eyes are never fixed: every half second they jump by up to a degree.
        slot = math.floor(self._time_s * 1.9)
        eye = [
            math.atan2(local[0], local[1]) * heed + 0.028 * (noise(slot) - 0.5),
            math.atan2(local[2], flat) * heed + 0.020 * (noise(slot + 0.3) - 0.5),
        ]
        far = math.hypot(*eye)
        if far > EYE_REACH_RAD:
            eye = [part * EYE_REACH_RAD / far for part in eye]
        return spin, (eye[0], eye[1])
