"""Gestures for Monado's scripted hands, and a headset that is looked at without drawing anything."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from game.present.display.headset.display import News, Tracked
from game.present.display.headset.runtime import Pose, Runtime

Curls = tuple[float, float, float, float, float]
"""Little, ring, middle, index finger, thumb: 0 straight to 1 closed."""
Turn = tuple[float, float, float, float]

OPEN: Final[Curls] = (0.0, 0.0, 0.0, 0.0, 0.0)
HALF: Final[Curls] = (0.5, 0.45, 0.4, 0.35, 0.3)
FIST: Final[Curls] = (1.0, 1.0, 1.0, 1.0, 1.0)
POINT: Final[Curls] = (1.0, 1.0, 1.0, 0.0, 1.0)
PINCH: Final[Curls] = (0.0, 0.0, 0.1, 0.95, 0.9)
_R: Final = math.sqrt(0.5)
DOWN: Final[Turn] = (0.0, 0.0, 0.0, 1.0)
"""Fingers ahead, the palm to the floor: how Monado's hands are at rest."""
UP: Final[Turn] = (0.0, 0.0, 1.0, 0.0)
"""The palm to the ceiling."""
OUT: Final[Turn] = (_R, 0.0, 0.0, _R)
"""Fingers up, the palm away from the player."""
HANGING: Final[Turn] = (-_R, 0.0, 0.0, _R)
"""Fingers to the floor, the palm to the player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hand at one time; OpenXR's axes, metres."""

    at: tuple[float, float, float]
    turn: Turn = DOWN
    curls: Curls = HALF


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Where the hands are at each time; a relaxed hand before 0."""

    seconds: float
    hand: Callable[[str, float], Held | None]


def _mix(a: Curls, b: Curls, share: float) -> Curls:
    share = min(1.0, max(0.0, share))
    mixed = tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))
    return (mixed[0], mixed[1], mixed[2], mixed[3], mixed[4])


def _still(curls: Curls, turn: Turn, seconds: float = 2.0) -> Script:
    def hand(side: str, t_s: float) -> Held | None:
        if side == "left":
            return None
        if t_s < 0.0:
            return Held(at=(0.2, 1.25, -0.4), turn=DOWN if turn != OUT else turn, curls=HALF)
        return Held(at=(0.2, 1.25, -0.4), turn=turn, curls=_mix(HALF, curls, t_s / 0.15))

    return Script(seconds=seconds, hand=hand)


def _grasp(side: str, t_s: float) -> Held | None:
    if side == "left":
        return None
    return Held(at=(0.2, 1.25, -0.4), turn=OUT, curls=_mix(OPEN, FIST, t_s / 0.2))


def _push(side: str, t_s: float) -> Held | None:
    x = 0.16 if side == "right" else -0.16
    share = min(1.0, max(0.0, t_s / 0.45))
    return Held(at=(x, 1.3, -0.3 - 0.3 * share), turn=OUT, curls=OPEN)


def _walk(side: str, t_s: float) -> Held | None:
    if side == "left":
        return None
    swing = 0.2 * math.sin(2.0 * math.pi * 1.1 * t_s) if t_s > 0.0 else 0.0
    return Held(at=(0.2, 1.2, -0.4), turn=HANGING, curls=(1.0, 1.0, 0.32 + swing, 0.32 - swing, 0.7))


def _wave(side: str, t_s: float) -> Held | None:
    if side == "left":
        return None
    aside = 0.10 * math.sin(2.0 * math.pi * 1.8 * t_s) if t_s > 0.0 else 0.0
    return Held(at=(0.2 + aside, 1.4, -0.4), turn=OUT, curls=OPEN)


SCRIPTS: Final[dict[str, Script]] = {
    "point": _still(POINT, DOWN),
    "pinch": _still(PINCH, DOWN),
    "grasp": Script(seconds=2.0, hand=_grasp),
    "palm_out": _still(OPEN, OUT),
    "palm_up": _still(OPEN, UP),
    "push": Script(seconds=2.0, hand=_push),
    "walk": Script(seconds=4.0, hand=_walk),
    "call": Script(seconds=3.0, hand=_wave),
}


class Watched:
    """A session of which nothing is drawn."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.tracked: Tracked | None = None

    def news(self) -> list[News]:
        return []

    def frame(self) -> None:
        runtime = self._runtime
        runtime.begin()
        eyes = runtime.eyes()
        hands = runtime.hands()
        runtime.end(None)
        if eyes is not None:
            left, right = (eye.pose for eye in eyes)
            at = [(a + b) / 2.0 for a, b in zip(left.at_m, right.at_m, strict=True)]
            self.tracked = Tracked(head=Pose(at_m=(at[0], at[1], at[2]), turn=left.turn), hands=hands)
