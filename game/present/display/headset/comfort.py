"""What makes a headset easy to bear, by the player's choice, and what follows from how the world moves."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from game.present.display.headset.axes import Vec3

STEP_RAD: Final = math.radians(30.0)
"""Of one turn in steps."""
_MOVES_MPS: Final = (0.1, 0.7)
"""The vignette begins at the first speed and is whole at the second."""
_FOLLOWS_S: Final = 0.25
_LEAPS_RAD: Final = 0.2
_LEAPS_M: Final = 1.5
"""Farther than this in one frame is no motion but another place."""
_BLINK_S: Final = 0.35
_PUSHED: Final = 0.7
_RESTS: Final = 0.3
OPENS_S: Final = 4.0
"""So long wall or floor take to open."""


class Where(StrEnum):
    """Where the cave comes into the player's room."""

    WALL = "wall"
    """Through an opening in a wall."""
    FLOOR = "floor"
    """Through a hole in the floor: the cave is below."""
    AROUND = "around"
    """It is all around, and the room is seen between its lights."""


USUAL_M: Final = {Where.WALL: 2.4, Where.FLOOR: 1.5}
"""To the wall; to the near edge of the hole."""
DEEP_M: Final = 1.1
"""The cave's floor below a hole: deep enough to look into, and nobody would be hurt by a fall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comfort:
    """The player's choices."""

    opening: Where = Where.WALL
    away_m: float | None = None
    """How far the opening is from where the player begins; None: as far as is usual for it."""
    solid: float = 1.0
    """0 to 1: how much of the room the dark in the opening hides."""
    vignette: bool = False
    """Whoever walks sees less of the cave at the edges of the picture."""
    turns: bool = True
    """The cave turns in steps and not with the tunnel."""
    fist: bool = False
    """A fist that is drawn aside turns the cave."""
    tow: bool = False
    """The thread of light draws one on who does not walk."""

    @property
    def opens_m(self) -> float:
        """How far the opening is from where the player begins; 0 without one."""
        if self.opening is Where.AROUND:
            return 0.0
        return USUAL_M[self.opening] if self.away_m is None else self.away_m

    @property
    def deep_m(self) -> float:
        """So far below the player's floor is the cave's."""
        return DEEP_M if self.opening is Where.FLOOR else 0.0


class Motion:
    """The cave's motion past the player, from frame to frame."""

    def __init__(self) -> None:
        self._feet: Vec3 | None = None
        self._yaw_rad = 0.0
        self._t_s = 0.0
        self._leapt_s = -math.inf
        self.vignette = 0.0
        """0 to 1: how much of it is wanted now."""

    def feed(self, feet: Vec3, yaw_rad: float, t_s: float) -> None:
        """The player's place in the cave in this frame (metres, radians, seconds)."""
        if self._feet is not None and t_s > self._t_s:
            dt_s, moved_m = t_s - self._t_s, math.dist(feet, self._feet)
            turned_rad = abs(math.remainder(yaw_rad - self._yaw_rad, math.tau))
            if turned_rad > _LEAPS_RAD or moved_m > _LEAPS_M:
                self._leapt_s, moved_m = t_s, 0.0
            slow, fast = _MOVES_MPS
            wish = min(1.0, max(0.0, (moved_m / dt_s - slow) / (fast - slow)))
            # Towards a little more than whole, so that whole is reached.
            goal = 1.05 * wish
            self.vignette += (goal - self.vignette) * (1.0 - math.exp(-dt_s / _FOLLOWS_S))
            self.vignette = min(1.0, self.vignette)
        self._feet, self._yaw_rad, self._t_s = feet, yaw_rad, t_s

    def turned(self, t_s: float) -> None:
        """The cave was turned about the player."""
        self._leapt_s = t_s

    def light(self, t_s: float) -> float:
        """0 to 1: a leap is made in the dark of a blink, from which the light comes back."""
        part = min(1.0, max(0.0, (t_s - self._leapt_s) / _BLINK_S))
        return part * part * (3.0 - 2.0 * part)


def grown(since_s: float) -> float:
    """How far the wall is open so many seconds after it began to open: 0 to 1, fast first."""
    part = min(1.0, max(0.0, since_s / OPENS_S))
    return 1.0 - (1.0 - part) ** 3


class Flick:
    """A stick that is pushed aside: one step each time, however long it is held."""

    def __init__(self) -> None:
        self._rests = True

    def feed(self, aside: float) -> int:
        """-1 or 1 in the frame in which the stick (-1 to 1) is pushed, else 0."""
        if self._rests and abs(aside) > _PUSHED:
            self._rests = False
            return 1 if aside > 0.0 else -1
        self._rests = self._rests or abs(aside) < _RESTS
        return 0
