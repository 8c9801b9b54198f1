"""What is known of the room before anything is seen in it."""

import math
from dataclasses import dataclass

from game.interpret.head_state import CameraPose


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The default suits a room that nobody measured."""

    camera: CameraPose | None = None
    aim: tuple[float, float] = (1.0, 1.0)
    """How much farther hands aim across and up than they usually do: where the picture takes up a smaller or
    a larger part of the view."""

    def aimed(self, aim: tuple[float, float]) -> tuple[float, float]:
        """A hand's usual aim (azimuth and elevation, radians) in this room; even from edge to edge."""
        across, up = (math.atan(gain * math.tan(angle)) for gain, angle in zip(self.aim, aim, strict=True))
        return across, up
