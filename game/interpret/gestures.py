"""One hand's actions over time: scores of each frame, hysteresis in seconds, and who wins of two."""

import math
from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from game.clock import LATENCY_S
from game.interpret.gait import Step, UsualPace
from game.interpret.hand_features import HandFeatures
from game.interpret.intents import Action, ActionValue, GestureEvent
from game.interpret.latch import Latch, Thresholds
from game.interpret.movements import Caller, Motion
from game.interpret.poses import POSES, openness, pose_scores, ramp, readiness
from game.interpret.walking import RestingYaw, Walker, Walking
from game.sense.observations import Point3, Side

THRESHOLDS: Final[dict[Action, Thresholds]] = {
    Action.POINT: Thresholds(on=0.72, hold_s=0.13, frames=2, release_s=0.12),
    # One picture is enough only before a camera so slow that a whole pinch lasts no longer.
    Action.PINCH: Thresholds(on=0.7, off=0.3, hold_s=0.07, sure=0.8, release_s=0.08),
    Action.GRASP: Thresholds(on=0.65, off=0.4, hold_s=0.06, release_s=0.04),
    Action.PALM_OUT: Thresholds(hold_s=0.16, frames=2, release_s=0.08),
    # Palms up and down are offered or held still: talking hands pass through them.
    Action.PALM_UP: Thresholds(on=0.45, hold_s=0.6, sure=0.6, release_s=0.15, forgive_s=0.15),
    Action.PALM_DOWN: Thresholds(on=0.55, hold_s=0.7, sure=0.6, release_s=0.15, forgive_s=0.15),
    Action.THUMB_UP: Thresholds(on=0.6, off=0.3, hold_s=0.25, frames=2, release_s=0.15, forgive_s=0.1),
    Action.THUMB_DOWN: Thresholds(on=0.6, off=0.3, hold_s=0.25, frames=2, release_s=0.15, forgive_s=0.1),
    Action.RUDE: Thresholds(on=0.6, off=0.3, hold_s=0.25, frames=3, release_s=0.15, forgive_s=0.1),
    Action.PUSH: Thresholds(on=0.4, off=0.1, hold_s=0.08, release_s=0.08, cooldown_s=0.3),
    Action.CALL: Thresholds(on=0.5, off=0.5, hold_s=0.0, release_s=0.0, cooldown_s=0.3),
}
CALM_S: Final[dict[Action, float]] = {
    Action.PALM_OUT: 0.04,
    Action.PALM_UP: 0.06,
    Action.PALM_DOWN: 0.08,
    Action.POINT: 0.04,
    Action.RUDE: 0.06,
    Action.THUMB_UP: 0.05,
    Action.THUMB_DOWN: 0.05,
}
"""Time constants over which scores are averaged: a hand at ease trembles into a pose now and then, a pose
that is meant stays."""
PALMS: Final = (Action.PALM_OUT, Action.PALM_UP, Action.PALM_DOWN)
STANDS_PALMSPS: Final = (4.0, 2.0)
"""The same for a palm up or down on its way through the picture, palm lengths a second: it is offered, and
held; the beats of a hand that talks are quicker."""
TALKS_PALMSPS: Final = STANDS_PALMSPS[0]
BEAT_S: Final = 0.3
"""A hand that talks stands still for a moment where a beat turns."""
ARRIVED_RADPS: Final = (6.0, 3.0)
"""A palm that turns as quickly as the first is on its way past; below the second it has arrived. Palms that
people held out before cameras, for a sixth of a second too, turned by 0.2 to 2.5 radians a second."""
OVER: Final = -0.5
TURNS_OVER_S: Final = 0.14
"""No hand turns its other side to the camera in so little time (cosine between the directions of its palm): a
tracker has mixed up near and far, and what it then says of the hand is left out."""
SPARSE_S: Final = 0.1
"""Two frames that are this far apart hold a whole letting go."""
THROW_LASTS_S: Final = 0.25
FLYING_RELEASE_S: Final = 0.02
"""A hand that swings as quickly as for a throw lets go at once; one that rests must be seen open for longer,
so that what it holds does not fall for one wrong picture."""
ALONE_SCORE: Final = 0.87
ALONE_SHARE: Final = 0.5
"""A sparse picture of thumb and finger of which the tracker is less sure than this speaks for half its time:
it makes no pinch alone."""
LET_GO_OPEN: Final = 0.5
"""How open (0 to 1) a hand must be that went out of sight with something and comes back without it."""
HOLDS: Final = (Action.GRASP, Action.PINCH)
"""Actions that can carry, and so let go."""
CLOSING_WINDOW_S: Final = 0.16
CLOSING_LEAST: Final = 0.12
"""Of the mean curl of middle, ring and little finger."""


@dataclass(slots=True)
class _Open:
    """A gesture that has begun: what its end must tell."""

    start_s: float
    value: float
    confidence: float


def _cosine(a: Point3, b: Point3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _after_averaging(action: Action, rule: Thresholds) -> Thresholds:
    """What is left of the hold when the average has risen: both together are the gesture's own minimum.

    A palm is held for its time by the player's clock: when a picture is known, the hand has been held for the
    time of the eyes longer than the picture tells.
    """
    late_s = LATENCY_S["hands"] if action in PALMS else 0.0
    return replace(rule, hold_s=max(0.0, rule.hold_s - CALM_S.get(action, 0.0) - late_s))


class HandGestures:
    """The state machines of one hand. Feed it each frame in order; nothing here knows of other hands."""

    def __init__(self, side: Side, rest: RestingYaw, pace: UsualPace) -> None:
        self._side = side
        self._latches = {action: Latch(_after_averaging(action, rule)) for action, rule in THRESHOLDS.items()}
        self._open: dict[Action, _Open] = {}
        self._motion = Motion()
        self._caller = Caller()
        self._walker = Walker(rest, pace)
        self._others: deque[tuple[float, float]] = deque()
        self._calm: dict[Action, float] = {}
        self._moved_s = -math.inf
        """When the hand last went as quickly as one that talks."""
        self._throw = (0.0, -1.0)
        """Strength and end of the present throw."""
        self._lost_with: tuple[Action, ...] = ()
        """What the hand held when it went out of sight; it may have thrown it."""
        self._t_s: float | None = None
        self._normal = (0.0, 0.0, 0.0)
        self._score = 0.0
        self.walking: Walking = self._walker.state(0.0)
        self.actions: dict[Action, ActionValue] = {}
        self.steps: list[Step] = []
        """Steps of the last frame."""

    def feed(self, f: HandFeatures, t_s: float, *, aspect: float, busy: bool = False) -> list[GestureEvent]:
        """Take in one frame; returns the gestures that began or ended with it. A ``busy`` hand rubs, claps or
        folds with the other one: what it looks like it does not mean."""
        if self._turned_over(f, t_s):
            self.steps = []
            return self.at(t_s)
        self._normal = f.normal
        dt_s = 1.0 / 30.0 if self._t_s is None else max(0.0, t_s - self._t_s)
        self._t_s, self._score = t_s, f.score
        events: list[GestureEvent] = []
        self._motion.feed(f, t_s, aspect=aspect)
        if self._motion.speed_palms() >= TALKS_PALMSPS:
            self._moved_s = t_s
        self.steps = self._walker.feed(f, t_s, busy=busy)
        scores = pose_scores(f)
        scores[Action.PUSH] = self._motion.push_score(f)
        scores[Action.CALL] = self._caller.feed(f, t_s)
        if busy:
            for action in scores:
                scores[action] = 0.0
        arrived = ramp(self._motion.turning(), *ARRIVED_RADPS)
        stands = ramp(self._motion.speed_palms(), *STANDS_PALMSPS)
        for action, calm_s in CALM_S.items():
            if action in PALMS and not self._latches[action].active:
                scores[action] *= min(arrived, stands)
            before = self._calm.get(action, 0.0)
            scores[action] = before + (scores[action] - before) * (1.0 - math.exp(-dt_s / calm_s))
            self._calm[action] = scores[action]
        self._settle(scores, t_s, closing=self._closes(f, t_s))
        held = [action for action in HOLDS if self._latches[action].active]
        if self._lost_with and openness(f) >= LET_GO_OPEN:
            held += self._lost_with
        self._lost_with = ()
        flying_s = FLYING_RELEASE_S if self._motion.throw_score(t_s) > 0.0 else None
        doubted = dt_s > SPARSE_S and f.score < ALONE_SCORE
        for action, latch in self._latches.items():
            spoken_s = ALONE_SHARE * dt_s if doubted and action is Action.PINCH else dt_s
            release_s = flying_s if action is Action.GRASP else None
            if latch.feed(scores[action], t_s, spoken_s, release_s=release_s):
                events += self._changed(action, latch, scores[action])
            elif latch.active:
                opened = self._open[action]
                opened.value = max(opened.value, scores[action])
        if held and not self._holds():
            until_s = max(self._latches[action].end_s for action in held)
            strength = self._motion.throw_score(until_s)
            if t_s - until_s > SPARSE_S:
                # A slow camera saw no more of the swing than the way to the frame in which the hand is open.
                strength = max(strength, self._motion.throw_score(t_s))
            if strength > 0.0 and Action.THROW not in self._open:
                self._throw = (strength, t_s + THROW_LASTS_S)
                events.append(self._begin(Action.THROW, t_s, strength))
        events += self.at(t_s)
        self.actions = self._values(f, scores, t_s)
        return events

    def _turned_over(self, f: HandFeatures, t_s: float) -> bool:
        """Whether this frame mixes up near and far."""
        if self._t_s is None or t_s - self._t_s > TURNS_OVER_S:
            return False
        return _cosine(f.normal, self._normal) < OVER

    def at(self, now_s: float) -> list[GestureEvent]:
        """What ends (or begins) by the passing of time alone: throws and walks."""
        events: list[GestureEvent] = []
        if Action.THROW in self._open and now_s >= self._throw[1]:
            events.append(self._end(Action.THROW, self._throw[1]))
        self.walking = walking = self._walker.state(now_s)
        if walking.active and Action.WALK not in self._open:
            events.append(self._begin(Action.WALK, walking.started_s, 1.0))
        elif not walking.active and Action.WALK in self._open:
            events.append(self._end(Action.WALK, max(walking.ended_s, self._open[Action.WALK].start_s)))
            self.actions = self.actions | {Action.WALK: self._walk_value()}
        return events

    def talks(self, now_s: float) -> bool:
        """Whether the hand moves as hands do that go with speech. Walking fingers do not."""
        return now_s - self._moved_s < BEAT_S and not self.walking.active

    def lose(self, now_s: float) -> list[GestureEvent]:
        """The hand is out of sight: every gesture ends where it was last seen. What was under way is kept,
        for the hand may come back before it is forgotten."""
        last_s = self._t_s if self._t_s is not None else now_s
        self._lost_with = tuple(action for action in HOLDS if self._latches[action].active)
        for latch in self._latches.values():
            if latch.active:
                latch.stop(last_s)
        self._walker.interrupt()
        return [self._end(action, last_s) for action in list(self._open)]

    def _holds(self) -> bool:
        return any(self._latches[action].active for action in HOLDS)

    def _settle(self, scores: dict[Action, float], t_s: float, *, closing: bool) -> None:
        """Let the surer of two readings of the same hand win."""
        if self._walker.state(t_s).active:
            for action in POSES:
                scores[action] = 0.0
            scores[Action.PUSH] = 0.0
        if scores[Action.CALL] > 0.0:
            for action in POSES:
                scores[action] = 0.0
        elif self._caller.beckons:
            scores[Action.GRASP] *= 0.5
            scores[Action.THUMB_UP] = scores[Action.THUMB_DOWN] = 0.0
        if self._latches[Action.GRASP].active and scores[Action.GRASP] >= THRESHOLDS[Action.GRASP].off:
            scores[Action.PINCH] = 0.0
        if self._walker.stirs(t_s) and not self._latches[Action.POINT].active:
            scores[Action.POINT] = 0.0
        if closing and not self._latches[Action.PINCH].active:
            scores[Action.PINCH] = 0.0

    def _closes(self, f: HandFeatures, t_s: float) -> bool:
        """Whether the other three fingers are becoming a fist: on the way thumb and index meet too."""
        others = sum(f.curls[1:]) / 3.0
        self._others.append((t_s, others))
        while self._others[0][0] < t_s - CLOSING_WINDOW_S:
            self._others.popleft()
        return max(curl for _, curl in self._others) - others > CLOSING_LEAST

    def _changed(self, action: Action, latch: Latch, score: float) -> list[GestureEvent]:
        if latch.active:
            return [self._begin(action, latch.start_s, score)]
        return [self._end(action, latch.end_s)]

    def _begin(self, action: Action, start_s: float, value: float) -> GestureEvent:
        opened = _Open(start_s=start_s, value=value, confidence=self._score)
        self._open[action] = opened
        return self._event(action, opened, None)

    def _end(self, action: Action, end_s: float) -> GestureEvent:
        return self._event(action, self._open.pop(action), end_s)

    def _event(self, action: Action, opened: _Open, end_s: float | None) -> GestureEvent:
        return GestureEvent(
            name=action,
            side=self._side,
            start_s=opened.start_s,
            end_s=end_s,
            value=opened.value,
            confidence=opened.confidence,
        )

    def _walk_value(self) -> ActionValue:
        walking = self.walking
        return ActionValue(
            value=min(1.0, walking.speed_mps / 1.2),
            ready=walking.ready,
            confidence=self._score * walking.confidence,
            active=walking.active,
        )

    def _values(self, f: HandFeatures, scores: dict[Action, float], t_s: float) -> dict[Action, ActionValue]:
        ready = readiness(f)
        values = {
            action: ActionValue(
                value=scores[action], ready=ready[action], confidence=f.score, active=latch.active
            )
            for action, latch in self._latches.items()
        }
        throws = t_s < self._throw[1]
        values[Action.THROW] = ActionValue(
            value=self._throw[0] if throws else 0.0, ready=self._holds(), confidence=f.score, active=throws
        )
        values[Action.WALK] = self._walk_value()
        return values
