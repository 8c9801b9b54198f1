"""The mouse as a hand: where it points, what it pinches, and a plausible hand to draw."""

import math
from typing import Final

from game.interpret.intents import Action, ActionValue, GestureEvent, HandIntent, Vec3, Walk
from game.interpret.reach import AZIMUTH_RAD, ELEVATION_RAD
from game.sense.observations import PointerMoved

WALK_MPS: Final = 1.1
STEPS_HZ: Final = 2.6
EASE_S: Final = 0.09
"""Time constant with which the drawn fingers close and open."""

POINTING: Final[tuple[Vec3, ...]] = (
    (0.004, -0.062, -0.029),
    (-0.023, -0.043, -0.021),
    (-0.055, -0.021, -0.018),
    (-0.074, 0.004, -0.020),
    (-0.063, 0.026, -0.029),
    (-0.031, 0.014, 0.011),
    (-0.043, 0.052, 0.025),
    (-0.051, 0.075, 0.029),
    (-0.057, 0.094, 0.031),
    (-0.011, 0.021, 0.009),
    (-0.020, 0.057, -0.018),
    (-0.020, 0.048, -0.044),
    (-0.018, 0.029, -0.054),
    (0.010, 0.018, 0.006),
    (0.003, 0.048, -0.023),
    (0.003, 0.033, -0.045),
    (0.005, 0.012, -0.048),
    (0.028, 0.010, 0.003),
    (0.023, 0.033, -0.021),
    (0.022, 0.021, -0.036),
    (0.024, 0.003, -0.036),
)
"""A relaxed right hand that points into the picture, in the landmarker's order: metres about the palm."""
PINCHING: Final[tuple[Vec3, ...]] = (
    (0.004, -0.062, -0.029),
    (-0.023, -0.043, -0.021),
    (-0.032, -0.006, -0.028),
    (-0.039, 0.025, -0.033),
    (-0.044, 0.050, -0.038),
    (-0.031, 0.014, 0.011),
    (-0.042, 0.053, 0.001),
    (-0.047, 0.065, -0.020),
    (-0.048, 0.065, -0.041),
    (-0.011, 0.021, 0.009),
    (-0.020, 0.064, -0.005),
    (-0.024, 0.074, -0.030),
    (-0.025, 0.070, -0.051),
    (0.010, 0.018, 0.006),
    (0.004, 0.056, -0.010),
    (0.000, 0.061, -0.037),
    (-0.001, 0.052, -0.056),
    (0.028, 0.010, 0.003),
    (0.024, 0.040, -0.012),
    (0.021, 0.041, -0.031),
    (0.020, 0.030, -0.046),
)
"""The same hand with thumb and index fingertip together."""


class Pointer:
    """Keeps the mouse's last state. ``present`` from its first move until a real hand takes over."""

    def __init__(self) -> None:
        self.present = False
        self._last = PointerMoved(at_s=0.0, x=0.5, y=0.5, pinch=False, walk=False)
        self._closed = 0.0
        self._phase = 0.0
        self._now_s: float | None = None
        self._open: dict[Action, float] = {}

    def feed(self, moved: PointerMoved) -> None:
        if math.isfinite(moved.x) and math.isfinite(moved.y):
            self._last = moved
            self.present = True

    def withdraw(self) -> None:
        """A real hand is seen: the mouse is a hand again when it is next moved."""
        self.present = False

    def at(self, now_s: float) -> tuple[HandIntent | None, list[GestureEvent], Walk]:
        """The hand, what its gestures began and ended, and its walk in this tick."""
        dt_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        pinch = self.present and self._last.pinch
        walk = self.present and self._last.walk
        events = [
            event
            for action, on in ((Action.PINCH, pinch), (Action.WALK, walk))
            if (event := self._changed(action, on, now_s)) is not None
        ]
        self._closed += ((1.0 if pinch else 0.0) - self._closed) * (1.0 - math.exp(-dt_s / EASE_S))
        steps = 0
        if walk:
            before = math.floor(self._phase)
            self._phase += dt_s * STEPS_HZ
            steps = math.floor(self._phase) - before
        if not self.present:
            return None, events, Walk()
        azimuth = (min(1.0, max(0.0, self._last.x)) - 0.5) * 2.0 * AZIMUTH_RAD
        elevation = (0.5 - min(1.0, max(0.0, self._last.y))) * 2.0 * ELEVATION_RAD
        hand = HandIntent(
            side="right",
            confidence=1.0,
            aim=(azimuth, elevation),
            shape=_blend(POINTING, PINCHING, self._closed),
            actions=_actions(pinch=pinch, walk=walk, closed=self._closed),
            age_s=0.0,
        )
        return hand, events, Walk(speed=WALK_MPS if walk else 0.0, steps=steps)

    def _changed(self, action: Action, on: bool, now_s: float) -> GestureEvent | None:
        if on == (action in self._open):
            return None
        start_s = self._open.setdefault(action, now_s)
        end_s = None
        if not on:
            del self._open[action]
            end_s = now_s
        return GestureEvent(
            name=action, side="right", start_s=start_s, end_s=end_s, value=1.0, confidence=1.0
        )


def _blend(a: tuple[Vec3, ...], b: tuple[Vec3, ...], share: float) -> tuple[Vec3, ...]:
    return tuple(
        (p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share, p[2] + (q[2] - p[2]) * share)
        for p, q in zip(a, b, strict=True)
    )


def _actions(*, pinch: bool, walk: bool, closed: float) -> dict[Action, ActionValue]:
    values = dict.fromkeys(Action, ActionValue(value=0.0, ready=False, confidence=1.0, active=False))
    values[Action.POINT] = ActionValue(value=1.0 - closed, ready=True, confidence=1.0, active=not pinch)
    values[Action.PINCH] = ActionValue(value=closed, ready=True, confidence=1.0, active=pinch)
    values[Action.WALK] = ActionValue(value=1.0 if walk else 0.0, ready=True, confidence=1.0, active=walk)
    return values
