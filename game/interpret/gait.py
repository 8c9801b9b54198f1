"""A walk as a rhythm: one signal that swings, its steps, and the pace of the player who makes them."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

from game.interpret.swing import QUICK_S, SHARE, Rhythm, Swing, Turn

Foot = Literal["index", "middle", "wrist"]

TOGETHER_S: Final = 0.03
"""Pictures no farther apart than this show legs in one place: their mean trembles less."""
QUICK_FRAME_S: Final = 0.04
SLOW_FRAME_S: Final = 0.1
MOST_SLACK_S: Final = 0.08
"""When a signal turned is known to half a picture only, where pictures are farther apart than the first."""
NOISE_S: Final = 0.7
SIGMAS: Final = 5.0 * 0.51
"""Times the mean second difference of a signal this is five standard deviations of its white noise (the
second difference has six times its variance, and a mean of 0.8 deviations): smaller swings are no steps,
..."""
MOST_NOISE: Final = 1.8
"""... but no swing need be larger than so many times the least one."""
SHORTEST_HALF_S: Final = 0.07
LONGEST_HALF_S: Final = 0.8
STARTS_AT: Final = 2
"""Whole swings in rhythm that make a walk; the end of each is known only when the next is under way."""
DOUBTFUL_STARTS_AT: Final = 3
"""The same for slow swings, which other movements resemble more, and for very quick ones: a hand that is seen
wrongly in a picture or two swings to and fro as well."""
SHORTEST_START_S: Final = 0.16
START_NOISE: Final = 0.3
"""The swing that makes certain of a walk must be so much of the signal's noise (five standard deviations)
larger: trembling widens every swing."""
BOTH_WAYS: Final = 1.7
"""A weaker swing makes certain of it when it and the way back together are so many times what one must be."""
PATIENCE_HALVES: Final = 1.5
NOTICE_S: Final = 0.15
"""A walk ends when no step came for so many times the usual time from step to step (and this much more,
because a step is noticed only after it was made) ..."""
LONGEST_WAIT_S: Final = 1.0
"""... and the legs do not move either; when they do, this long after the last step."""
LEAST_WAIT_S: Final = 0.33
STILL_S: Final = 0.13
STILL_HALVES: Final = 0.75
"""Legs that do not move for so long, and for so many times the usual time from step to step, stand."""
FADE_HALVES: Final = 1.4
"""When no step came for so many times the usual time from step to step, a walk slows down."""
STRIDE_M: Final = 0.30
"""Metres for one step of usual amplitude."""
COMFORT_MPS: Final = 1.1
"""What a player's usual pace becomes, metres a second."""
LEARN_S: Final = 60.0
TRUST_S: Final = 8.0
LEAST_GAIN: Final = 0.6
MOST_GAIN: Final = 1.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    t_s: float
    """When the finger was farthest forward, which is earlier than when it was noticed."""
    finger: Foot


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


class Gait:
    """One way of walking: a signal that swings, and the steps in its rhythm."""

    def __init__(
        self, *, first: float, least: float, quick_s: float, start: float = 0.0, back: float = SHARE
    ) -> None:
        self._swing = Swing(least=first, shortest_s=SHORTEST_HALF_S, share=back)
        self._first = first
        self._least = least
        self._quick_s = quick_s
        self._start = start
        self._noise = 0.0
        self._slack_s = 0.0
        self._before: deque[tuple[float, float]] = deque(maxlen=2)
        self._rhythm = Rhythm(longest_s=LONGEST_HALF_S)
        self._pending: list[Step] = []
        self._weak: Turn | None = None
        """The end of a swing that was too weak to make certain of a walk."""
        self._stride = 1.0
        self.walks = False
        self.started_s = 0.0
        self.last_step_s = -math.inf

    @property
    def noise(self) -> float:
        """Five standard deviations of what the signal trembles by; 0 before a camera too slow to tell."""
        return self._noise

    def turn(self, value: float, t_s: float) -> Turn | None:
        """The turn of the signal that this sample confirms, or None."""
        if len(self._before) == 2:
            (older_s, older), (_, old) = self._before
            # What bends within two frames of a quick camera is trembling; a slow one sees legs bend so.
            if 0.0 < t_s - older_s <= 2.0 * QUICK_FRAME_S:
                share = 1.0 - math.exp(-0.5 * (t_s - older_s) / NOISE_S)
                self._noise += (SIGMAS * abs(value - 2.0 * old + older) - self._noise) * share
        dt_s = t_s - self._before[-1][0] if self._before else 0.0
        self._slack_s = min(MOST_SLACK_S, 0.5 * dt_s) if dt_s > SLOW_FRAME_S else 0.0
        self._before.append((t_s, value))
        last = [one for at_s, one in self._before if t_s - at_s <= TOGETHER_S]
        return self._swing.feed(sum(last) / len(last), t_s)

    def count(self, turn: Turn, foot: Foot, *, may_start: bool = True) -> list[Step]:
        """Take a turn for a step; returns what is certain now, oldest first. Unless it ``may_start``
        a walk it only counts towards one."""
        least = max(self._least, min(MOST_NOISE * self._least, self._noise))
        first = least * self._first / self._least
        self._weak = None
        if turn.amplitude < (least if self._rhythm.count >= 2 else first):
            if self.walks or turn.amplitude < first:
                return []
            # Not the whole swing that was to come next, but perhaps the half one with which a walk begins.
            self._rhythm.reset()
        # Whoever walks already may take a slow step.
        if not self._rhythm.feed(turn, even=not self.walks, slack_s=self._slack_s):
            if self.walks:
                return []
            # What lay between was no step: the rhythm begins here.
            self._rhythm.reset()
            self._rhythm.feed(turn)
        if self._rhythm.count == 1:
            self._pending.clear()
        self._pending.append(Step(t_s=turn.t_s, finger=foot))
        usual = SHORTEST_START_S <= self._rhythm.half_s <= self._quick_s
        starts_at = STARTS_AT if usual or self.walks else DOUBTFUL_STARTS_AT
        if self._rhythm.count < starts_at:
            return []
        if turn.amplitude < least or not (self.walks or may_start):
            return []
        if not self.walks and turn.amplitude < self._start + START_NOISE * self._noise:
            self._weak = turn
            return []
        return self.make_certain(turn)

    def is_back(self, value: float) -> bool:
        """Whether the way back from a swing that was too weak makes up for that."""
        if self._weak is None:
            return False
        certain = self._start + START_NOISE * self._noise
        return self._weak.amplitude + abs(value - self._weak.value) >= BOTH_WAYS * certain

    def make_certain(self, turn: Turn | None = None) -> list[Step]:
        """The steps that waited, which walk now, up to ``turn`` (else the weak swing that came back)."""
        turn = turn if turn is not None else self._weak
        steps, self._pending, self._weak = self._pending, [], None
        if turn is None or not steps:
            return []
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
        if since_s > (max(patience_s, LONGEST_WAIT_S) if moves else LEAST_WAIT_S):
            self.stop()

    def stop(self) -> None:
        self.walks = False
        self._rhythm.reset()
        self._pending.clear()
        self._weak = None
