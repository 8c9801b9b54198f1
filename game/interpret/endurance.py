"""How tired an arm is: Consumed Endurance (Hincapié-Ramos, Guo, Moghadasian and Irani, CHI 2014), estimated
live.

An arm that is held up uses part of the shoulder's greatest torque; the more it uses, the sooner it gives up:
E(S) = 1236.5 / (S - 15)^0.618 - 72.5 seconds at S per cent, and for ever at 15 and below (Rohmert). What
was used of that time is consumed; an arm that rests wins it back, which the published measure does not know.
"""

import math
from typing import Final

from game.sense.observations import Point3

UPPER_ARM_M: Final = 0.29
FOREARM_M: Final = 0.33
"""Elbow to the middle of the palm."""
UPPER_ARM_KG: Final = 1.9
FOREARM_KG: Final = 1.5
"""With the hand. Lengths and masses of an adult between the mean woman and the mean man (after Winter's
tables)."""
GRAVITY: Final = 9.81
STRENGTH_NM: Final = 30.0
"""Greatest torque of a shoulder that is not strong: tired arms are to be spared, not measured."""
RESTING_SHARE: Final = 15.0
"""Per cent of the greatest torque that can be held for ever."""
SUPPORTED_BELOW_M: Final = 0.42
"""A palm this far below its shoulder lies in the lap or on a table, or hangs: nothing of the arm is held
up."""
RECOVERY_S: Final = 90.0
"""A spent arm that rests is fresh again after this long."""
LONGEST_GAP_S: Final = 0.5
"""Between two frames that are farther apart than this the arm is taken to rest."""


def torque_share(palm_m: Point3, shoulder_m: Point3) -> float:
    """Torque of the arm's own weight about the shoulder, per cent of the greatest.

    Both places are in metres in axes with z up; which way the others point does not matter. The elbow is
    taken to hang as low as the arm's length allows. A palm that is farther than the arm is long counts as
    stretched.
    """
    away = math.hypot(palm_m[0] - shoulder_m[0], palm_m[1] - shoulder_m[1])
    up = palm_m[2] - shoulder_m[2]
    reach = math.hypot(away, up)
    longest = UPPER_ARM_M + FOREARM_M
    if reach > longest - 1e-6:
        away, up = away * (longest - 1e-6) / reach, up * (longest - 1e-6) / reach
        reach = longest - 1e-6
    elif reach < 0.05:
        return 0.0
    if palm_m[2] < shoulder_m[2] - SUPPORTED_BELOW_M:
        return 0.0
    # Cosine rule: how far along the line from shoulder to palm the elbow lies, and how far below it.
    along = (UPPER_ARM_M**2 - FOREARM_M**2 + reach**2) / (2.0 * reach)
    below = math.sqrt(max(0.0, UPPER_ARM_M**2 - along**2))
    elbow = abs(away * along / reach + up * below / reach)
    newton_metres = GRAVITY * (UPPER_ARM_KG * elbow / 2.0 + FOREARM_KG * (elbow + away) / 2.0)
    return min(100.0, 100.0 * newton_metres / STRENGTH_NM)


def endurance_s(share: float) -> float:
    """For how long a torque of ``share`` per cent can be held; infinite at 15 and below."""
    if share <= RESTING_SHARE:
        return math.inf
    return max(1.0, 1236.5 / math.pow(share - RESTING_SHARE, 0.618) - 72.5)


class Arm:
    """One arm over an evening. `spent` is 0 when it is fresh and 1 when it cannot be held any longer."""

    def __init__(self) -> None:
        self.spent = 0.0
        self._t_s: float | None = None

    def hold(self, palm_m: Point3, shoulder_m: Point3, t_s: float) -> None:
        """Take in where the arm was at ``t_s``; it was there since the call before, unless that is long
        ago."""
        self.rest(t_s - LONGEST_GAP_S)
        dt_s = 0.0 if self._t_s is None else max(0.0, t_s - self._t_s)
        self._t_s = t_s if self._t_s is None else max(self._t_s, t_s)
        needs_s = endurance_s(torque_share(palm_m, shoulder_m))
        if math.isinf(needs_s):
            self._recover(dt_s)
        else:
            self.spent = min(1.0, self.spent + dt_s / needs_s)

    def rest(self, t_s: float) -> None:
        """The arm is not seen: it has been resting until ``t_s``."""
        if self._t_s is not None and t_s > self._t_s:
            self._recover(t_s - self._t_s)
            self._t_s = t_s

    def _recover(self, dt_s: float) -> None:
        self.spent = max(0.0, self.spent - dt_s / RECOVERY_S)
