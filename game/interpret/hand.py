"""One tracked hand from its first frame to its loss: filters, gestures and aim together."""

import numpy as np
from numpy.typing import NDArray

from game.interpret.gestures import HandGestures
from game.interpret.hand_features import PALM_M, HandFeatures
from game.interpret.intents import Action, GestureEvent, HandIntent, Vec3
from game.interpret.one_euro import OneEuro
from game.interpret.reach import Reach
from game.interpret.walking import RestingYaw, Step, UsualPace, Walking
from game.sense.observations import Side


class Hand:
    """Fed with one hand's features each frame; `intent` tells it at any tick between."""

    def __init__(self, side: Side, reach: Reach, rest: RestingYaw, pace: UsualPace) -> None:
        self.side: Side = side
        self.seen_s = 0.0
        """Capture time of the last frame."""
        self._reach = reach
        self._gestures = HandGestures(side, rest, pace)
        # Both filters work in palm lengths, so that near and far hands feel alike.
        self._place_filter = OneEuro(min_cutoff_hz=1.4, beta=1.6, together=True)
        self._shape_filter = OneEuro(min_cutoff_hz=2.5, beta=2.5, together=True)
        self._place: NDArray[np.float64] | None = None
        self._palm_width = 0.0
        self._point = 0.0
        self._aim = (0.0, 0.0)
        self._shape: tuple[Vec3, ...] = ()
        self._score = 0.0

    @property
    def walking(self) -> Walking:
        return self._gestures.walking

    @property
    def score(self) -> float:
        return self._score

    def feed(
        self, f: HandFeatures, captured_s: float, *, aspect: float
    ) -> tuple[list[GestureEvent], list[Step]]:
        """Take in one frame; returns what began or ended with it, and the steps it made certain."""
        dt_s = 1.0 / 30.0 if self._place is None else max(0.0, captured_s - self.seen_s)
        self.seen_s, self._score = captured_s, f.score
        events = self._gestures.feed(f, captured_s, aspect=aspect)
        self._aim_with(f, captured_s, aspect=aspect, dt_s=dt_s)
        filtered = self._shape_filter(np.array(f.shape) / PALM_M, captured_s) * PALM_M
        self._shape = tuple((x, y, z) for x, y, z in filtered.tolist())
        return events, self._gestures.steps

    def _aim_with(self, f: HandFeatures, t_s: float, *, aspect: float, dt_s: float) -> None:
        # The hand aims with its palm, which no gesture moves; a pointing hand with its fingertip.
        pointing = self._gestures.actions[Action.POINT].value
        self._point += (pointing - self._point) * (1.0 - np.exp(-dt_s / 0.2))
        share = 0.5 * self._point
        raw = np.array(
            [
                f.palm_image[0] + (f.tip_image[0] - f.palm_image[0]) * share,
                f.palm_image[1] + (f.tip_image[1] - f.palm_image[1]) * share,
            ]
        )
        if self._palm_width == 0.0:
            self._palm_width = f.palm_width
        self._palm_width += (f.palm_width - self._palm_width) * (1.0 - np.exp(-dt_s / 0.5))
        scale = np.array([self._palm_width, self._palm_width * aspect])
        # The scale changes slowly while the filter holds a place, so it is taken out about that place.
        centre = self._place if self._place is not None else raw
        self._place_filter.shift(centre / scale)
        place = self._place_filter(raw / scale, t_s) * scale
        travelled = place - centre
        self._reach.learn(
            (float(place[0]), float(place[1])),
            (float(travelled[0]), float(travelled[1])),
            palm_width=self._palm_width,
            aspect=aspect,
            dt_s=dt_s,
        )
        self._place = place
        self._aim = self._reach.aim((float(place[0]), float(place[1])))

    def pass_time(self, now_s: float) -> list[GestureEvent]:
        """What ends by time alone between frames."""
        return self._gestures.at(now_s)

    def lose(self, now_s: float) -> list[GestureEvent]:
        return self._gestures.lose(now_s)

    def intent(self, now_s: float) -> HandIntent:
        return HandIntent(
            side=self.side,
            confidence=self._score,
            aim=self._aim,
            shape=self._shape,
            actions=self._gestures.actions,
            age_s=max(0.0, now_s - self.seen_s),
        )
