"""Feet that stand where they were put: each is planted in the world until the body has left it behind, then
swings in an arc to where the body will be. Metres, seconds, radians."""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STANDING_M: Final = 0.045
"""So far may a foot be from its place under a body that stands."""
STRETCHED_M: Final = 0.135
"""So far off a leg can hardly reach: it steps, whatever the other does."""
LEAP_M: Final = 0.6
"""A body that is this far from its feet was moved, not walked: the feet are put under it."""
_UNEVEN_M: Final = 0.02
"""So far above or below the body's ground may a foot stand."""
_ASKEW_RAD: Final = 0.55
_LONGEST_SWING_S: Final = 0.26
_SHORTEST_SWING_S: Final = 0.07
_CLAMBERS_S: Final = 0.2


@dataclass(slots=True)
class Foot:
    """One foot in the world: the ankle's place, and where it points."""

    at: Floats = field(default_factory=lambda: np.zeros(3))
    yaw: float = 0.0
    planted: bool = True
    swing: float = 1.0
    """0 as it lifts, 1 as it lands."""
    pitch: float = 0.0
    """Toes down, radians."""
    _from: Floats = field(default_factory=lambda: np.zeros(3))
    _from_yaw: float = 0.0
    _swing_s: float = _LONGEST_SWING_S

    def put(self, home: Floats, yaw: float) -> None:
        self.at, self.yaw, self.planted, self.swing, self.pitch = home.copy(), yaw, True, 1.0, 0.0

    def lift(self, swing_s: float) -> None:
        self.planted, self.swing, self._swing_s = False, 0.0, swing_s
        self._from, self._from_yaw = self.at.copy(), self.yaw

    def fly(self, target: Floats, yaw: float, lift_m: float, dt_s: float) -> bool:
        """Swings on towards where it lands; whether it has landed."""
        self.swing = min(1.0, self.swing + dt_s / self._swing_s)
        part = self.swing * self.swing * (3.0 - 2.0 * self.swing)
        self.at = self._from + (target - self._from) * part
        self.at[2] += lift_m * math.sin(math.pi * self.swing)
        self.yaw = self._from_yaw + math.remainder(yaw - self._from_yaw, math.tau) * part
        self.pitch = 0.55 * math.sin(math.pi * min(1.0, 1.4 * self.swing)) if self.swing < 0.71 else 0.0
        if self.swing >= 1.0:
            self.put(target, yaw)
            return True
        return False

    @property
    def lands_in_s(self) -> float:
        return (1.0 - self.swing) * self._swing_s


class Feet:
    """Left and right foot; `advance` once a frame."""

    def __init__(self) -> None:
        self.feet = (Foot(), Foot())
        self._born = False
        self._air_s = 0.0

    def advance(
        self,
        homes: tuple[Floats, Floats],
        yaw: float,
        velocity: Floats,
        hop_m: float,
        lift_m: float,
        dt_s: float,
        *,
        climbs: bool = False,
        flies: bool = False,
    ) -> int:
        """How many feet came down in this frame. ``homes`` are the ankles' places in the world under the
        body as it stands now, ``velocity`` (3,) is the body's in metres a second. Who climbs
        has footholds for homes; who flies has none."""
        if not self._born or any(
            max(abs(foot.at[0] - home[0]), abs(foot.at[1] - home[1])) > LEAP_M
            for foot, home in zip(self.feet, homes, strict=True)
        ):
            self._born = True
            for foot, home in zip(self.feet, homes, strict=True):
                foot.put(home, yaw)
            return 0
        if hop_m > 0.012 or flies:
            self._jump(homes, yaw, 0.0 if flies else hop_m, dt_s)
            return 0
        landed = 0
        if self._air_s > 0.0:
            self._air_s = 0.0
            for foot in self.feet:
                down = foot.at.copy()
                down[2] = homes[0][2]
                foot.put(down, foot.yaw)
            landed = 2
        if climbs:
            return landed + self._clamber(homes, yaw, lift_m, dt_s)
        speed = math.hypot(float(velocity[0]), float(velocity[1]))
        way = velocity / speed if speed > 0.05 else np.zeros(3)
        way = np.array([way[0], way[1], 0.0])
        ahead_m = 0.045 + 0.055 * min(1.0, speed / 1.2) if speed > 0.05 else 0.0
        for number, foot in enumerate(self.feet):
            if foot.planted:
                # The ground may carry it up or down: a slope a little, the wall's sill by half a leg.
                level = float(homes[number][2])
                foot.at[2] = min(level + _UNEVEN_M, max(level - _UNEVEN_M, float(foot.at[2])))
            else:
                target = homes[number] + velocity * foot.lands_in_s + way * ahead_m
                landed += foot.fly(target, yaw, lift_m, dt_s)
        self._lift(homes, yaw, way, speed, ahead_m)
        return landed

    def _clamber(self, homes: tuple[Floats, Floats], yaw: float, lift_m: float, dt_s: float) -> int:
        """One foot after the other from hold to hold; the one that is farther behind goes first."""
        landed = 0
        far = []
        for foot, home in zip(self.feet, homes, strict=True):
            if not foot.planted:
                landed += foot.fly(home, yaw, 0.5 * lift_m, dt_s)
            gap = home - foot.at
            far.append(math.sqrt(float(gap @ gap)))
        number = 0 if far[0] >= far[1] else 1
        foot, other = self.feet[number], self.feet[1 - number]
        if foot.planted and far[number] > STANDING_M and (other.planted or far[number] > STRETCHED_M):
            foot.lift(_CLAMBERS_S)
        return landed

    def _lift(
        self, homes: tuple[Floats, Floats], yaw: float, way: Floats, speed: float, ahead_m: float
    ) -> None:
        """Lifts whichever foot must step, the one farther from its place first."""
        limit = max(STANDING_M, ahead_m)
        swing_s = _LONGEST_SWING_S
        if speed > 0.05:
            swing_s = min(swing_s, max(_SHORTEST_SWING_S, 1.5 * ahead_m / speed))
        off = []
        for foot, home in zip(self.feet, homes, strict=True):
            gap = (home - foot.at)[:2]
            askew = abs(math.remainder(yaw - foot.yaw, math.tau)) / _ASKEW_RAD
            # A foot ahead of a walking body waits to be overtaken.
            behind = float(gap @ way[:2]) if speed > 0.05 else 1.0
            far = math.hypot(float(gap[0]), float(gap[1]))
            off.append(max(far / limit if behind > 0.0 or far > STRETCHED_M else 0.0, askew))
        for number in (0, 1) if off[0] >= off[1] else (1, 0):
            foot, other = self.feet[number], self.feet[1 - number]
            far = float(np.hypot(*(homes[number] - foot.at)[:2]))
            free = other.planted or (speed > 1.0 and other.swing > 0.5) or far > STRETCHED_M
            if foot.planted and off[number] > 1.0 and free:
                foot.lift(swing_s)

    def _jump(self, homes: tuple[Floats, Floats], yaw: float, hop_m: float, dt_s: float) -> None:
        self._air_s += dt_s
        ease = 1.0 - math.exp(-dt_s * 12.0)
        for foot, home in zip(self.feet, homes, strict=True):
            foot.planted, foot.swing, foot.pitch = False, 1.0, 0.4
            foot.at = foot.at + (home - foot.at) * ease
            foot.at[2] = home[2] + hop_m
            foot.yaw += math.remainder(yaw - foot.yaw, math.tau) * ease
