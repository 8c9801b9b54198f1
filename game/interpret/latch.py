"""Hysteresis in seconds: from a score that flickers to a gesture that begins and ends."""

import math
from dataclasses import dataclass
from typing import Final

MAX_SAMPLE_S: Final = 0.15
"""One frame never speaks for longer than this, however slow the camera."""


DOUBTFUL: Final = 0.3
"""At the threshold only this part of the time counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    on: float = 0.6
    off: float = 0.35
    hold_s: float = 0.06
    """How much of time the score must be above ``on`` before the gesture begins."""
    frames: int = 1
    """In at least so many frames: a tracker that errs for one picture must not gesture before a slow
    camera."""
    sure: float = 0.9
    """From this score on time counts in full."""
    release_s: float = 0.08
    """How much of time it must be below ``off`` before it ends."""
    forgive_s: float = 0.0
    """A dip of the score that lasts no longer than this while the gesture is not certain yet is the
    tracker's, not the hand's: its time does not count, and what came before it is not forgotten."""
    cooldown_s: float = 0.0
    """After an end, how long the gesture cannot begin again."""


class Latch:
    """One gesture of one hand. Each frame speaks for the time since the frame before it, so that the
    same rule holds at 7 and at 60 frames a second."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._rule = thresholds
        self._above_s = 0.0
        self._frames = 0
        self._below_s = 0.0
        self._onset_s = 0.0
        self._last_s = -math.inf
        self._ended_s = -math.inf
        self.active = False

    @property
    def start_s(self) -> float:
        """When the present (or last) gesture began: its first frame, before it was certain."""
        return self._onset_s

    @property
    def end_s(self) -> float:
        """The last frame that still showed it."""
        return self._last_s

    def feed(self, score: float, t_s: float, dt_s: float, *, release_s: float | None = None) -> bool:
        """True when the gesture began or ended with this frame; ``active`` tells which. ``release_s`` is
        what this frame asks for an end instead of the rule."""
        rule = self._rule
        dt_s = min(dt_s, MAX_SAMPLE_S)
        if not self.active:
            if score < rule.on or t_s - self._ended_s < rule.cooldown_s:
                self._below_s += dt_s
                if self._below_s > rule.forgive_s + 1e-6:
                    self._above_s, self._frames = 0.0, 0
                return False
            self._below_s = 0.0
            if self._above_s == 0.0:
                self._onset_s = t_s
            # The surer, the sooner: a score that only just counts must last longer.
            sure = min(1.0, (score - rule.on) / (rule.sure - rule.on)) if rule.sure > rule.on else 1.0
            self._above_s += dt_s * (DOUBTFUL + (1.0 - DOUBTFUL) * sure)
            self._frames += 1
            self._last_s = t_s
            if self._above_s < rule.hold_s or self._frames < rule.frames:
                return False
            self.active = True
            self._below_s = 0.0
            return True
        if score >= rule.off:
            self._below_s = 0.0
            self._last_s = t_s
            return False
        self._below_s += dt_s
        if self._below_s < (rule.release_s if release_s is None else release_s):
            return False
        self.stop(t_s)
        return True

    def stop(self, t_s: float) -> None:
        """End at once, without waiting: the hand is gone or another gesture has won."""
        self.active = False
        self._above_s, self._frames, self._below_s = 0.0, 0, 0.0
        self._ended_s = t_s
