"""One tracked hand from its first frame to its loss: filters, gestures and aim together."""

import math
from typing import Final

from game.interpret.body import SHOULDER_ASIDE_M, SHOULDER_BELOW_M, Body, place_m, shoulder_before
from game.interpret.endurance import Arm
from game.interpret.gait import Step, UsualPace
from game.interpret.gestures import HandGestures
from game.interpret.hand_features import FOCAL_WIDTHS, INDEX_TIP, PALM, PALM_M, HandFeatures, to_view
from game.interpret.intents import Action, GestureEvent, HandIntent, Vec3
from game.interpret.landmark_filter import LandmarkFilter
from game.interpret.one_euro import OneEuro
from game.interpret.pointing_ray import aim, aim_in_room
from game.interpret.reach import Reach
from game.interpret.walking import RestingYaw, Walking
from game.sense.observations import HandInRoom, HandSeen, Side

POINTING_S: Final = 0.2
"""Time constant with which the fingertip comes into the aim of a hand that points."""
EASE_S: Final = 0.6
"""Time constant with which the room of the hands follows the body."""


class Hand:
    """Fed with one hand's features each frame; `intent` tells it at any tick between."""

    def __init__(
        self,
        side: Side,
        *,
        reach: Reach,
        body: Body,
        arm: Arm,
        rest: RestingYaw,
        pace: UsualPace,
    ) -> None:
        self.side: Side = side
        self.seen_s = 0.0
        """Capture time of the last frame."""
        self._reach = reach
        self._body = body
        self._arm = arm
        self._gestures = HandGestures(side, rest, pace)
        self._filter = LandmarkFilter()
        self._place: tuple[float, float] | None = None
        self._ease: tuple[float, float] | None = None
        """Where the head said that a hand at ease is."""
        self._aspect = 1.0
        self._point = 0.0
        self._finger_m: Vec3 = (0.0, 0.0, 0.0)
        self._shape: tuple[Vec3, ...] = ()
        self._score = 0.0
        self._room_filter = OneEuro(min_cutoff_hz=2.5, beta=12.0, together=True)
        self._room_aim: tuple[float, float] | None = None
        self._at_m: Vec3 | None = None

    @property
    def walking(self) -> Walking:
        return self._gestures.walking

    def talks(self, now_s: float) -> bool:
        """Whether it moves as hands do that go with speech."""
        return self._gestures.talks(now_s)

    @property
    def score(self) -> float:
        return self._score

    def feed(
        self, seen: HandSeen, f: HandFeatures, captured_s: float, *, aspect: float, busy: bool = False
    ) -> tuple[list[GestureEvent], list[Step]]:
        """Take in one frame; returns what began or ended with it, and the steps it made certain."""
        dt_s = 1.0 / 30.0 if self._place is None else max(0.0, captured_s - self.seen_s)
        self.seen_s, self._score, self._aspect = captured_s, f.score, aspect
        # Gestures have their own rules in seconds and look at what was seen; what is drawn and aimed is
        # steady.
        events = self._gestures.feed(f, captured_s, aspect=aspect, busy=busy)
        steady = self._filter.feed(seen.image, seen.world, captured_s, palm_width=f.palm_width, aspect=aspect)
        world = tuple((x, y, z) for x, y, z in steady.world.tolist())
        self._shape = to_view(world)
        self._finger_m = self._shape[INDEX_TIP]
        x, y, _ = steady.image[list(PALM)].mean(axis=0).tolist()
        self._move_to((x, y), dt_s)
        self._tire(captured_s)
        pointing = self._gestures.actions[Action.POINT].value
        self._point += (pointing - self._point) * (1.0 - math.exp(-dt_s / POINTING_S))
        if seen.room is not None:
            self._place_in_room(seen.room, captured_s)
        return events, self._gestures.steps

    def _place_in_room(self, room: HandInRoom, t_s: float) -> None:
        """Aim from where the hand is, instead of from where it is in a picture."""
        palm, tip = self._room_filter([room.palm_m, room.tip_m], t_s).tolist()
        aside = SHOULDER_ASIDE_M if self.side == "right" else -SHOULDER_ASIDE_M
        c, s = math.cos(room.body_yaw_rad), math.sin(room.body_yaw_rad)
        x, y, z = room.head_m
        shoulder = (x + aside * c, y - aside * s, z - SHOULDER_BELOW_M)
        self._room_aim = aim_in_room(tuple(palm), tuple(tip), shoulder, self._point)
        self._at_m = tuple(palm)
        # The landmarks are told as the body faces; the cave is ahead.
        self._shape = tuple((px * c + py * s, py * c - px * s, pz) for px, py, pz in self._shape)

    def _move_to(self, place: tuple[float, float], dt_s: float) -> None:
        """Learn the reach from the palm's new place, and carry it along with the body."""
        palm_width = self._filter.palm_width
        ease = self._body.ease(FOCAL_WIDTHS * PALM_M / palm_width, aspect=self._aspect)
        if ease is not None and self._ease is not None and self._place is not None:
            follow = 1.0 - math.exp(-dt_s / EASE_S)
            right, down = (ease[0] - self._ease[0]) * follow, (ease[1] - self._ease[1]) * follow
            self._reach.move(right, down)
            self._ease = self._ease[0] + right, self._ease[1] + down
        else:
            self._ease = ease
        before = self._place if self._place is not None else place
        self._reach.learn(
            place,
            (place[0] - before[0], place[1] - before[1]),
            palm_width=palm_width,
            aspect=self._aspect,
            dt_s=dt_s,
            ease=ease,
        )
        self._place = place

    def _tire(self, t_s: float) -> None:
        """Charge the arm for where it is."""
        if self._place is None:
            return
        distance_m = FOCAL_WIDTHS * PALM_M / self._filter.palm_width
        palm = place_m(self._place, distance_m, aspect=self._aspect)
        ease = place_m(self._reach.middle, distance_m, aspect=self._aspect)
        self._arm.hold(palm, shoulder_before(palm, ease, self._body.shoulder(self.side)), t_s)

    def miss(self) -> None:
        """The newest frame does not show this hand."""
        self._filter.miss()

    def _aim(self, now_s: float) -> tuple[float, float]:
        if self._place is None:
            return 0.0, 0.0
        right, down = self._filter.ahead(now_s)
        at = self._reach.place((self._place[0] + right, self._place[1] + down), spent=self._arm.spent)
        # Metres across the picture at the hand's distance, by the hand's own size.
        across_m = PALM_M / self._filter.palm_width
        half = self._reach.half
        half_m = half[0] * across_m, half[1] * across_m / self._aspect
        return aim(at, half_m, self._finger_m, self._point)

    def pass_time(self, now_s: float) -> list[GestureEvent]:
        """What ends by time alone between frames."""
        return self._gestures.at(now_s)

    def lose(self, now_s: float) -> list[GestureEvent]:
        return self._gestures.lose(now_s)

    def intent(self, now_s: float) -> HandIntent:
        return HandIntent(
            side=self.side,
            confidence=self._score,
            aim=self._aim(now_s) if self._room_aim is None else self._room_aim,
            shape=self._shape,
            actions=self._gestures.actions,
            age_s=max(0.0, now_s - self.seen_s),
            at_m=self._at_m,
        )
