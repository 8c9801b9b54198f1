"""Walking with the hand: two fingers that step on the air or on a table, or a relaxed wrist that paddles."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from game.interpret.gait import Gait, Step, UsualPace
from game.interpret.hand_features import HandFeatures
from game.interpret.poses import at_oneself
from game.interpret.swing import QUICK_S, Turn

FIRST_SWING: Final = 0.17
LEAST_SWING: Final = 0.22
"""Of the difference of the two curls: a still hand trembles by less than half of this. A first step begins
from legs that stand beside each other, so it is half a swing."""
FIRST_PADDLE: Final = 0.2
LEAST_PADDLE: Final = 0.5
"""Of the height of the hand's direction (a unit vector); again the first stroke is half of one."""
PADDLE_BACK: Final = 0.22
"""A stroke is over when the hand has come back by so much of the usual one."""
START_PADDLE: Final = 0.62
"""The stroke that makes certain of a walk is a whole one: a hand that lies in the dark seems to nod, by
less."""
QUICK_STROKE_S: Final = 0.6
"""Slower strokes than this are slow; of legs, slower steps than `QUICK_S`."""
LEAST_LEG: Final = 1.12
"""Curl that a finger must reach to have stepped: a finger that hides behind the hand stays below."""
LEAST_LIFT: Final = 0.25
"""By how much its own curl must stand out from what it was since the other finger was in front: a finger
before which the other one hides has not moved itself."""
FIRST_LIFT: Final = 0.06
"""The same before a walk, whose first step begins from legs that stand beside each other."""
CLEAR_LEG: Final = 1.4
"""A leg above this curl does not hide. Before a walk it may make the step by bending: the one in front may be
as straight as it can be already."""
FOLDED: Final = 1.15
"""Curl of ring and little finger below which they are folded: of hands that walked before cameras they had
0.6 to 1.0, of hands that type 1.2."""
HALF_FOLDED: Final = 1.35
FAR_SHOWN: Final = 0.3
"""In the dark they seem less folded than they are: up to this, where both legs are so much straighter."""
LEAST_SHOWN: Final = 0.1
"""By how much a leg's curl must be above those of the folded fingers; one below hides behind the hand."""
NEAR_S: Final = 0.05
"""A finger is farthest forward this close to the turn of the difference."""
POSE_HOLD_S: Final = 0.3
"""How long two fingers must have been legs before their first step: a hand that closes is none."""
ERRS_S: Final = 0.14
"""A hand that has left its pose for no longer than this was seen wrongly, perhaps."""
STILL_CURL: Final = 0.1
STILL_HEIGHT: Final = 0.07
"""It ends earlier when the legs (or the paddling hand's direction) stand: they moved by less than this in a
time in which walking legs move by more, and the last step is not quite new."""
UNSEEN_S: Final = 0.25
"""Legs without a newer picture than this do not move."""
PADDLE_HOLD_S: Final = 0.2
"""How long a relaxed flat hand must have been held before its first stroke: a hand on its way is none."""
PADDLE_STAYS_S: Final = 0.8
PADDLE_SHARE: Final = 0.2
"""A hand that begins to paddle nods where it is: in this time, but for so much of the frames at either end,
..."""
PADDLE_ASIDE: Final = 0.5
"""... neither its direction nor its palm turns aside by more than this (of unit vectors), ..."""
MOST_ASIDE: Final = 1.0
"""... nor by more than so much of what it nods: a covered hand seems to turn every way, ..."""
PADDLE_PALMS: Final = (0.4, 1.6)
"""... nor does it go farther than so many palm widths of the picture aside, and heights up or down. Hands
that talk nod on their way from one place to another."""
AHEAD: Final = 0.6
"""It lies with its fingers ahead (mean sideways part of its direction, at most), not across a lap."""
BOBS_PALMS: Final = (0.15, 2.0)
BOBS_ALONG: Final = 0.7
CLEAR_NOD: Final = 0.6
STEADY_NOD: Final = 0.09
"""Its palm bobs with the strokes, for a hand turns about its wrist or elbow: so many palm widths up for each
unit of the height of its direction, in step with it (correlation, at least). What a tracker gets wrong about
a still hand in the dark turns the hand and leaves its palm where it is. That is asked of no hand that nods by
more than such an error, nor of one that is seen to tremble by less than hands in the dark do."""
LIES_FLAT: Final = -0.6
LEVEL: Final = 0.6
"""Through all that time the palm looks down (height of its direction, at most), and the hand is level but
for the strokes (height of its mean direction): one that holds a chin or a sleeve is not."""
POSE_LEFT_S: Final = 0.22
"""A walk is over at once when most of this time was spent in another pose."""
MAX_SPEED_MPS: Final = 1.8
DEAD_ZONE_RAD: Final = math.radians(10.0)
MAX_HEADING_RAD: Final = math.radians(60.0)


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


class Kept:
    """Since when a hand has kept a pose, but for frames in which it was seen wrongly."""

    def __init__(self) -> None:
        self._shown_s = -math.inf
        self.left_s = -math.inf
        """When it was last in another pose."""

    def feed(self, shown: bool, t_s: float) -> None:
        if shown:
            self._shown_s = t_s
        elif t_s - self._shown_s > ERRS_S:
            self.left_s = t_s


class Walker:
    """Watches one hand for a walk. `feed` each frame, ask `state` at any time."""

    def __init__(self, rest: RestingYaw, pace: UsualPace | None = None) -> None:
        self._rest = rest
        self._pace = pace if pace is not None else UsualPace()
        self._legs = Gait(first=FIRST_SWING, least=LEAST_SWING, quick_s=QUICK_S)
        self._wrist = Gait(
            first=FIRST_PADDLE,
            least=LEAST_PADDLE,
            quick_s=QUICK_STROKE_S,
            start=START_PADDLE,
            back=PADDLE_BACK,
        )
        self._latest = self._legs
        self._recent: deque[tuple[float, float, float, float, float]] = deque()
        """(t_s, index curl, middle curl, height of the hand's direction, the larger curl of the two fingers
        that are no legs) of the last second."""
        self._turned_s = -math.inf
        """When the difference of the legs last turned."""
        self._ready = False
        self._as_legs = Kept()
        self._flat = Kept()
        self._poses: deque[tuple[float, bool]] = deque()
        self._places: deque[tuple[float, ...]] = deque()
        """(t_s, the height of the hand's direction, that direction to the right, the palm's to the right and
        its height, place in the picture: right and down, palm width) of the last `PADDLE_STAYS_S`."""
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
        self._as_legs.feed(self._ready, t_s)
        if not self._ready and 2 * sum(ready for _, ready in self._poses) < len(self._poses):
            self._legs.stop()
        if self._ready if self._latest is self._legs else is_paddle_pose(f):
            self._turn_with(f, dt_s)
        self._recent.append((t_s, f.curls[0], f.curls[1], f.fingers[2], max(f.curls[2:])))
        while self._recent[0][0] < t_s - 1.0:
            self._recent.popleft()
        right, down = f.palm_image
        self._places.append(
            (t_s, f.fingers[2], f.fingers[0], f.normal[0], f.normal[2], right, down, f.palm_width)
        )
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
        height = f.fingers[2]
        turn = self._wrist.turn(height, t_s)
        flat = not busy and is_paddle_pose(f)
        self._flat.feed(flat, t_s)
        if self._legs.walks:
            return steps
        strokes: list[Step] = []
        if turn is not None:
            held = turn.t_s - self._flat.left_s >= PADDLE_HOLD_S
            if self._wrist.walks or held:
                # The first stroke may follow the hand's arrival; the one that makes certain may not.
                strokes = self._wrist.count(turn, "wrist", may_start=self._stays())
        # Before a slow camera a weak stroke and all its way back may be known with one picture.
        if not strokes and flat and self._wrist.is_back(height) and self._stays():
            strokes = self._wrist.make_certain()
        if strokes:
            self._latest = self._wrist
        return steps + strokes

    def interrupt(self) -> None:
        """The hand is out of sight: it walks no longer, but its rhythm is remembered."""
        self._legs.walks = self._wrist.walks = False

    def stirs(self, t_s: float) -> bool:
        """Whether two fingers perhaps begin to walk, which is not certain yet."""
        return self._legs.stirs(t_s)

    def state(self, now_s: float) -> Walking:
        """The walk at ``now_s``, which may be later than the last frame."""
        gait = self._latest
        if gait.walks:
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
        held = self._legs.walks or turn.t_s - self._as_legs.left_s >= POSE_HOLD_S
        if not self._ready or not held or near < LEAST_LEG:
            return False
        if self._legs.walks:
            return near >= low + LEAST_LIFT
        other = [middle if turn.peak else index for t, index, middle, *_ in self._recent if t >= turn.t_s]
        return near >= low + FIRST_LIFT or min(other, default=0.0) >= CLEAR_LEG

    def _stays(self) -> bool:
        """Whether the hand has lain flat, and kept its place and its way but for nodding."""
        _, heights, directions, palms, ups, rights, downs, widths = zip(*self._places, strict=True)
        if abs(sum(heights) / len(heights)) > LEVEL or sorted(ups)[len(ups) // 2] > LIES_FLAT:
            return False
        nod = _middle_spread(heights, PADDLE_SHARE)
        aside = min(PADDLE_ASIDE, MOST_ASIDE * nod)
        turned = max(_middle_spread(directions, PADDLE_SHARE), _middle_spread(palms, PADDLE_SHARE))
        palm_width = sum(widths) / len(widths)
        right = _middle_spread(rights, PADDLE_SHARE) / palm_width
        down = _middle_spread(downs, PADDLE_SHARE) / palm_width
        steady = 0.0 < self._wrist.noise < STEADY_NOD
        if nod < CLEAR_NOD and not steady and not _bobs(heights, downs, palm_width):
            return False
        if abs(sum(directions) / len(directions)) > AHEAD:
            return False
        return turned <= aside and right <= PADDLE_PALMS[0] and down <= PADDLE_PALMS[1]

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


def _middle_spread(values: Sequence[float], share: float) -> float:
    """The spread without so much of the values at either end, which a tracker's errors may be."""
    ordered = sorted(values)
    cut = int(share * len(ordered))
    return ordered[len(ordered) - 1 - cut] - ordered[cut]


def _bobs(heights: Sequence[float], downs: Sequence[float], palm_width: float) -> bool:
    """Whether a palm goes up and down in the picture as its hand's direction does."""
    mean_height, mean_down = sum(heights) / len(heights), sum(downs) / len(downs)
    rises = [
        (height - mean_height, (mean_down - down) / palm_width)
        for height, down in zip(heights, downs, strict=True)
    ]
    along = sum(height * up for height, up in rises)
    nods, ups = sum(height**2 for height, _ in rises), sum(up**2 for _, up in rises)
    low, high = BOBS_PALMS
    return low * nods <= along <= high * nods and along >= BOBS_ALONG * math.sqrt(nods * ups) > 0.0


def _wrapped(angle_rad: float) -> float:
    return math.remainder(angle_rad, math.tau)


def is_leg_pose(f: HandFeatures) -> bool:
    """Two fingers as legs: ring and little finger are folded, below both legs and well below the longer."""
    if at_oneself(f) > 0.5:
        return False
    folded = max(f.curls[2], f.curls[3])
    shorter, longer = sorted(f.curls[:2])
    if folded >= FOLDED:
        return folded < HALF_FOLDED and shorter > folded + FAR_SHOWN
    return longer > folded + 0.2 and shorter > folded + LEAST_SHOWN


def is_paddle_pose(f: HandFeatures) -> bool:
    """A relaxed flat hand, palm down."""
    return sum(f.curls) / 4.0 > 1.25 and f.normal[2] < -0.15 and f.fingers[2] < 0.9
