"""How much more light the camera needs on the player's hands."""

import math
from typing import Final

from game.interpret.poses import ramp
from game.sense.observations import HandsSeen

DARK: Final = 0.08
BRIGHT: Final = 0.32
"""Mean luma at which the camera sees nothing and all that it needs."""
UNSEEN_S: Final = 1.5
EASE_S: Final = 1.0


class LightNeed:
    """Fed with each frame; `at` tells 0 (enough) to 1 (none), eased so that the light does not flicker."""

    def __init__(self) -> None:
        self._brightness: float | None = None
        self._frame_s = 0.0
        self._hand_s = 0.0
        self._need = 0.0
        self._now_s: float | None = None

    def feed(self, seen: HandsSeen) -> None:
        if not 0.0 <= seen.brightness <= 1.0:
            return
        if self._brightness is None:
            self._brightness = seen.brightness
            self._hand_s = seen.captured_s
        dt_s = min(1.0, max(0.0, seen.captured_s - self._frame_s))
        self._brightness += (seen.brightness - self._brightness) * (1.0 - math.exp(-dt_s / EASE_S))
        self._frame_s = seen.captured_s
        if seen.hands:
            self._hand_s = seen.captured_s

    def lose(self) -> None:
        """No camera, no need of light."""
        self._brightness = None

    def at(self, now_s: float, *, best_score: float) -> float:
        dt_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        wanted = 0.0
        if self._brightness is not None:
            missing = ramp(best_score, 0.9, 0.5) if best_score > 0.0 else 0.0
            if now_s - self._hand_s > UNSEEN_S:
                missing = 1.0
            wanted = ramp(self._brightness, BRIGHT, DARK) * (0.35 + 0.65 * missing)
        self._need += (wanted - self._need) * (1.0 - math.exp(-dt_s / EASE_S))
        return self._need
