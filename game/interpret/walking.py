"""Walking with the hand: two fingers that step on the air or on a table, or a relaxed wrist that paddles."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

from game.interpret.hand_features import HandFeatures
from game.interpret.swing import QUICK_S, Rhythm, Swing, Turn

Foot = Literal["index", "middle", "wrist"]

FIRST_SWING: Final = 0.17
LEAST_SWING: Final = 0.22
"""Of the difference of the two curls: a still hand trembles by less than half of this. A first step begins
from legs that stand beside each other, so it is half a swing."""
LEAST_LEG: Final = 1.12
"""Curl that a finger must reach to have stepped: a finger that hides behind the hand stays below."""
LEAST_LIFT: Final = 0.25
"""By how much its own curl must stand out from what it was since the other finger was in front: a finger
before which the other one hides has not moved itself."""
LEAST_SHOWN: Final = 0.1
"""By how much a leg's curl must be above those of the folded fingers; one below hides behind the hand."""
QUICK_FRAME_S: Final = 0.04
NOISE_S: Final = 0.7
SIGMAS: Final = 5.0 * 0.51
"""Times the mean second difference of a signal this is five standard deviations of its white noise (the
second difference has six times its variance, and a mean of 0.8 deviations): smaller swings are no steps,
..."""
MOST_NOISE: Final = 1.8
"""... but no swing need be larger than so many times the least one."""
NEAR_S: Final = 0.05
"""A finger is farthest forward this close to the turn of the difference."""
FIRST_LIFT: Final = 0.1
"""The same before a walk, whose first step begins from legs that stand beside each other."""
FIRST_PADDLE: Final = 0.27
LEAST_PADDLE: Final = 0.5
"""Of the height of the hand's direction (a unit vector); again the first stroke is half of one."""
START_PADDLE: Final = 0.62
"""The stroke that makes certain of a walk is a whole one: a hand that lies in the dark seems to nod, by
less, ..."""
START_NOISE: Final = 0.3
"""... and so much of the signal's noise (five standard deviations) larger: trembling widens every swing."""
SHORTEST_HALF_S: Final = 0.07
LONGEST_HALF_S: Final = 0.8
SLOW_STARTS_AT: Final = 3
"""The same for slow swings, which other movements resemble more."""
POSE_HOLD_S: Final = 0.3
"""How long two fingers must have been legs before their first step: a hand that closes is none."""
PATIENCE_HALVES: Final = 1.5
NOTICE_S: Final = 0.15
"""A walk ends when no step came for so many times the usual time from step to step (and this much more,
because a step is noticed only after it was made) ..."""
LONGEST_WAIT_S: Final = 1.0
"""... and the legs do not move either; when they do, this long after the last step."""
LEAST_WAIT_S: Final = 0.33
STILL_HALVES: Final = 0.75
STILL_S: Final = 0.13
STILL_CURL: Final = 0.1
STILL_HEIGHT: Final = 0.07
"""It ends earlier when the legs (or the paddling hand's direction) stand: they moved by less than this in a
time in which walking legs move by more, and the last step is not quite new."""
UNSEEN_S: Final = 0.25
"""Legs without a newer picture than this do not move."""
QUICK_STROKE_S: Final = 0.6
"""Slower strokes than this are slow; of legs, slower steps than `QUICK_S`."""
PADDLE_HOLD_S: Final = 0.2
"""How long a relaxed flat hand must have been held before its first stroke: a hand on its way is none."""
PADDLE_STAYS_S: Final = 0.8
PADDLE_SHARE: Final = 0.2
"""A hand that begins to paddle nods where it is: in this time, but for so much of the frames at either end,
..."""
PADDLE_ASIDE: Final = 0.5
"""... neither its direction nor its palm turns aside by more than this (of unit vectors), ..."""
PADDLE_PALMS: Final = (0.8, 1.6)
"""... nor does it go farther than so many palm widths of the picture aside, and heights up or down. Hands
that talk nod on their way from one place to another."""
FADE_HALVES: Final = 1.4
"""When no step came for so many times the usual time from step to step, a walk slows down."""
POSE_LEFT_S: Final = 0.22
"""A walk is over at once when most of this time was spent in another pose."""
STARTS_AT: Final = 2
"""Whole swings in rhythm that make a walk; the end of each is known only when the next is under way."""
STRIDE_M: Final = 0.30
"""Metres for one step of usual amplitude."""
MAX_SPEED_MPS: Final = 1.8
COMFORT_MPS: Final = 1.1
"""What a player's usual pace becomes, metres a second."""
LEARN_S: Final = 60.0
TRUST_S: Final = 8.0
LEAST_GAIN: Final = 0.6
MOST_GAIN: Final = 1.8
DEAD_ZONE_RAD: Final = math.radians(10.0)
MAX_HEADING_RAD: Final = math.radians(60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    t_s: float
    """When the finger was farthest forward, which is earlier than when it was noticed."""
    finger: Foot


@dataclass(frozen=True, slots=True, kw_only=True)
class Walking:
    """The walk of one hand at one moment."""

    speed_mps: float
    heading_rad: float
    active: bool
    ready: bool
    started_s: float
    """When the present (or last) walk began."""
    ended_s: float
    """When its last step was made."""
    confidence: float


class RestingYaw:
    """Nobody holds the hand quite straight: where it points while it walks slowly becomes straight ahead.

    It outlives the hand's losses, so that a turn at a fork stays a turn.
    """

    def __init__(self) -> None:
        self.yaw_rad = 0.0
        self._learned_s = 0.0

    def learn(self, yaw_rad: float, dt_s: float) -> None:
        if self._learned_s == 0.0:
            self.yaw_rad = yaw_rad
        self._learned_s += dt_s
        # The first second teaches much, the later ones little.
        self.yaw_rad += _wrapped(yaw_rad - self.yaw_rad) * min(1.0, dt_s / min(10.0, 0.5 + self._learned_s))


class UsualPace:
    """How quickly this player's fingers step when they walk at ease, learned in the first minute of walking;
    from then on that pace is a comfortable walk, be the steps small and slow or large and quick."""

    def __init__(self) -> None:
        self._sum_m = 0.0
        self._learned_s = 0.0

    def learn(self, raw_mps: float, dt_s: float) -> None:
        """Take in one moment of walking; ``raw_mps`` is the speed before any gain."""
        if self._learned_s < LEARN_S and raw_mps > 0.0:
            self._sum_m += raw_mps * dt_s
            self._learned_s += dt_s

    @property
    def gain(self) -> float:
        """What a raw speed is to be multiplied by; 1 before anything is learned."""
        if self._learned_s == 0.0:
            return 1.0
        wanted = COMFORT_MPS / (self._sum_m / self._learned_s)
        # The first steps of an evening are tries: they count little.
        trust = self._learned_s / (self._learned_s + TRUST_S)
        return min(MOST_GAIN, max(LEAST_GAIN, 1.0 + (wanted - 1.0) * trust))


class _Gait:
    """One way of walking: a signal that swings, and the steps in its rhythm."""

    def __init__(self, *, first: float, least: float, quick_s: float, start: float = 0.0) -> None:
        self._swing = Swing(least=first, shortest_s=SHORTEST_HALF_S)
        self._first = first
        self._least = least
        self._quick_s = quick_s
        self._start = start
        self._noise = 0.0
        self._before: deque[tuple[float, float]] = deque(maxlen=2)
        self._rhythm = Rhythm(longest_s=LONGEST_HALF_S)
        self._pending: list[Step] = []
        self._stride = 1.0
        self.walks = False
        self.started_s = 0.0
        self.last_step_s = -math.inf

    def turn(self, value: float, t_s: float) -> Turn | None:
        if len(self._before) == 2:
            (older_s, older), (_, old) = self._before
            # What bends within two frames of a quick camera is trembling; a slow one sees legs bend so.
            if 0.0 < t_s - older_s <= 2.0 * QUICK_FRAME_S:
                share = 1.0 - math.exp(-0.5 * (t_s - older_s) / NOISE_S)
                self._noise += (SIGMAS * abs(value - 2.0 * old + older) - self._noise) * share
        self._before.append((t_s, value))
        return self._swing.feed(value, t_s)

    def count(self, turn: Turn, foot: Foot) -> list[Step]:
        """Take a turn for a step; returns what is certain now, oldest first."""
        least = max(self._least, min(MOST_NOISE * self._least, self._noise))
        if turn.amplitude < (least if self._rhythm.count >= 2 else least * self._first / self._least):
            return []
        # Whoever walks already may take a slow step.
        if not self._rhythm.feed(turn, even=not self.walks):
            return []
        if self._rhythm.count == 1:
            self._pending.clear()
        self._pending.append(Step(t_s=turn.t_s, finger=foot))
        starts_at = STARTS_AT if self._rhythm.half_s <= self._quick_s else SLOW_STARTS_AT
        certain = least if self.walks else max(least, self._start + START_NOISE * self._noise)
        if self._rhythm.count < starts_at or turn.amplitude < certain:
            return []
        steps, self._pending = self._pending, []
        if not self.walks:
            self.walks, self.started_s = True, steps[0].t_s
        self.last_step_s = steps[-1].t_s
        self._stride = min(1.4, max(0.7, turn.amplitude / self._swing.usual))
        return steps

    def stirs(self, t_s: float) -> bool:
        """Whether something like a first step was made a moment ago."""
        return self._rhythm.count > 0 and t_s - self._rhythm.last_s < QUICK_S

    def speed_mps(self, now_s: float) -> float:
        """Metres a second before the player's own gain."""
        if not self.walks:
            return 0.0
        half_s = max(self._rhythm.half_s, SHORTEST_HALF_S)
        late = (now_s - self.last_step_s) / half_s - FADE_HALVES
        fade = min(1.0, max(0.25, 1.0 - late))
        return fade * STRIDE_M * self._stride / half_s

    @property
    def confidence(self) -> float:
        return min(1.0, self._rhythm.count / 4.0)

    @property
    def still_s(self) -> float:
        """For how long this walk's legs must not move to be called standing."""
        return max(STILL_S, STILL_HALVES * self._rhythm.half_s)

    def stop_if_over(self, now_s: float, *, moves: bool) -> None:
        since_s = now_s - self.last_step_s
        patience_s = PATIENCE_HALVES * self._rhythm.half_s + NOTICE_S
        if self.walks and since_s > (max(patience_s, LONGEST_WAIT_S) if moves else LEAST_WAIT_S):
            self.stop()

    def stop(self) -> None:
        self.walks = False
        self._rhythm.reset()
        self._pending.clear()


class Walker:
    """Watches one hand for a walk. `feed` each frame, ask `state` at any time."""

    def __init__(self, rest: RestingYaw, pace: UsualPace | None = None) -> None:
        self._rest = rest
        self._pace = pace if pace is not None else UsualPace()
        self._legs = _Gait(first=FIRST_SWING, least=LEAST_SWING, quick_s=QUICK_S)
        self._wrist = _Gait(
            first=FIRST_PADDLE, least=LEAST_PADDLE, quick_s=QUICK_STROKE_S, start=START_PADDLE
        )
        self._latest = self._legs
        self._recent: deque[tuple[float, float, float, float, float]] = deque()
        """(t_s, index curl, middle curl, height of the hand's direction, the larger curl of the two fingers
        that are no legs) of the last second."""
        self._turned_s = -math.inf
        """When the difference of the legs last turned."""
        self._ready = False
        self._other_pose_s = -math.inf
        self._no_paddle_s = -math.inf
        self._poses: deque[tuple[float, bool]] = deque()
        self._places: deque[tuple[float, float, float, float, float]] = deque()
        """(t_s, the hand's direction and its palm's to the right, place in the picture in palm lengths: right
        and down) of the last `PADDLE_STAYS_S`."""
        self._yaw: float | None = None
        self._t_s = -math.inf

    def feed(self, f: HandFeatures, t_s: float, *, busy: bool = False) -> list[Step]:
        """The steps that this frame makes certain, oldest first; ``busy`` hands do not paddle."""
        dt_s = min(0.2, max(0.0, t_s - self._t_s))
        self._t_s = t_s
        self._ready = is_leg_pose(f)
        self._poses.append((t_s, self._ready))
        while self._poses[0][0] < t_s - POSE_LEFT_S:
            self._poses.popleft()
        if not self._ready:
            self._other_pose_s = t_s
            if 2 * sum(ready for _, ready in self._poses) < len(self._poses):
                self._legs.stop()
        if self._ready if self._latest is self._legs else is_paddle_pose(f):
            self._turn_with(f, dt_s)
        self._recent.append((t_s, f.curls[0], f.curls[1], f.fingers[2], max(f.curls[2:])))
        while self._recent[0][0] < t_s - 1.0:
            self._recent.popleft()
        right, down = f.palm_image[0] / f.palm_width, f.palm_image[1] / f.palm_width
        self._places.append((t_s, f.fingers[0], f.normal[0], right, down))
        while self._places[0][0] < t_s - PADDLE_STAYS_S:
            self._places.popleft()
        if self._latest.walks:
            self._pace.learn(self._latest.speed_mps(t_s), dt_s)
        steps: list[Step] = []
        turn = self._legs.turn(f.curls[0] - f.curls[1], t_s)
        if turn is not None:
            since_s, self._turned_s = self._turned_s, turn.t_s
            if self._stepped(turn, since_s):
                steps = self._legs.count(turn, "index" if turn.peak else "middle")
            if steps:
                self._latest = self._legs
                self._wrist.stop()
        turn = self._wrist.turn(f.fingers[2], t_s)
        if busy or not is_paddle_pose(f):
            self._no_paddle_s = t_s
        held = turn is not None and turn.t_s - self._no_paddle_s >= PADDLE_HOLD_S
        if turn is not None and not self._legs.walks and (self._wrist.walks or (held and self._stays())):
            steps = self._wrist.count(turn, "wrist")
            if steps:
                self._latest = self._wrist
        return steps

    def stirs(self, t_s: float) -> bool:
        """Whether two fingers perhaps begin to walk, which is not certain yet."""
        return self._legs.stirs(t_s)

    def state(self, now_s: float) -> Walking:
        """The walk at ``now_s``, which may be later than the last frame."""
        gait = self._latest
        gait.stop_if_over(now_s, moves=self._moves(now_s))
        return Walking(
            speed_mps=min(MAX_SPEED_MPS, gait.speed_mps(now_s) * self._pace.gain),
            heading_rad=self._heading() if gait.walks else 0.0,
            active=gait.walks,
            ready=self._ready,
            started_s=gait.started_s,
            ended_s=gait.last_step_s,
            confidence=gait.confidence,
        )

    def _stepped(self, turn: Turn, since_s: float) -> bool:
        """Whether the finger that came forward at a turn really did: by its own curl, not by the other's."""
        own = [(t, index if turn.peak else middle) for t, index, middle, *_ in self._recent]
        near = max((curl for t, curl in own if abs(t - turn.t_s) <= NEAR_S), default=0.0)
        low = min((curl for t, curl in own if t >= since_s), default=near)
        held = self._legs.walks or turn.t_s - self._other_pose_s >= POSE_HOLD_S
        lift = LEAST_LIFT if self._legs.walks else FIRST_LIFT
        return self._ready and held and near >= LEAST_LEG and near >= low + lift

    def _stays(self) -> bool:
        """Whether the hand has kept its place and its way, but for nodding."""
        direction, palm, right, down = (
            _middle_spread([row[k] for row in self._places], PADDLE_SHARE) for k in (1, 2, 3, 4)
        )
        return max(direction, palm) <= PADDLE_ASIDE and right <= PADDLE_PALMS[0] and down <= PADDLE_PALMS[1]

    def _moves(self, now_s: float) -> bool:
        """Whether the legs, or the hand that paddles, moved in the last moment before the newest frame."""
        if now_s - self._t_s > UNSEEN_S:
            return False
        begin_s = self._t_s - self._latest.still_s
        last = [row for row in self._recent if row[0] >= begin_s]
        before = len(self._recent) - len(last)
        if before:
            last.insert(0, self._recent[before - 1])
        if len(last) < 2:
            return False
        if self._latest is self._wrist:
            return _spread([row[3] for row in last]) > STILL_HEIGHT
        # A leg that hides behind the hand only flickers.
        legs = ([row[leg] for row in last if row[leg] > row[4] + LEAST_SHOWN] for leg in (1, 2))
        return max(_spread(leg) for leg in legs) > STILL_CURL

    def _turn_with(self, f: HandFeatures, dt_s: float) -> None:
        # Forward is where the fingers point; of a hand that hangs, it is where its back looks.
        x = f.fingers[0] - f.normal[0]
        y = f.fingers[1] - f.normal[1]
        if math.hypot(x, y) < 0.3:
            return
        yaw = math.atan2(x, y)
        if self._yaw is None:
            self._yaw = yaw
        self._yaw += _wrapped(yaw - self._yaw) * min(1.0, dt_s / 0.15)
        if self._latest.walks:
            self._rest.learn(self._yaw, dt_s)

    def _heading(self) -> float:
        if self._yaw is None:
            return 0.0
        turn = _wrapped(self._yaw - self._rest.yaw_rad)
        beyond = max(0.0, abs(turn) - DEAD_ZONE_RAD)
        return math.copysign(min(MAX_HEADING_RAD, beyond), turn)


def _spread(values: list[float]) -> float:
    return max(values) - min(values) if values else 0.0


def _middle_spread(values: list[float], share: float) -> float:
    """The spread without so much of the values at either end, which a tracker's errors may be."""
    ordered = sorted(values)
    cut = int(share * len(ordered))
    return ordered[len(ordered) - 1 - cut] - ordered[cut]


def _wrapped(angle_rad: float) -> float:
    return math.remainder(angle_rad, math.tau)


def is_leg_pose(f: HandFeatures) -> bool:
    """Two fingers as legs: ring and little finger are folded, below both legs and well below the longer."""
    folded = max(f.curls[2], f.curls[3])
    shorter, longer = sorted(f.curls[:2])
    return folded < 1.3 and longer > folded + 0.2 and shorter > folded + LEAST_SHOWN


def is_paddle_pose(f: HandFeatures) -> bool:
    """A relaxed flat hand, palm down."""
    return sum(f.curls) / 4.0 > 1.25 and f.normal[2] < -0.15 and f.fingers[2] < 0.9
