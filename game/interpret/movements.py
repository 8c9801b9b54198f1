"""Gestures that are movements of a hand over some tenths of a second: push, throw, wave and beckon."""

import math
from collections import deque
from typing import Final

from game.interpret.hand_features import FOCAL_WIDTHS, PALM_M, Four, HandFeatures
from game.interpret.poses import mean_bend, openness, ramp
from game.interpret.swing import Rhythm, Swing, Turn
from game.sense.observations import Point3

MEMORY_S: Final = 0.5
KEPT_SAMPLES: Final = 3
"""So many stay, however old: of a throw before a slow camera no more may be seen."""
SLOWEST_FRAME_S: Final = 0.45
"""Two frames farther apart than this tell no speed of a moment."""

TURN_WINDOW_S: Final = 0.1

PUSH_WINDOW_S: Final = 0.18
PUSH_BENDS: Final = (0.32, 0.2)
"""Mean bend of the fingers from which a hand is no palm that pushes, and one for certain."""
PUSH_FACING: Final = (0.5, 0.75)
"""How far the palm looks into the picture (part of a unit vector) when it does not push, and when it may."""
PUSH_CONE: Final = 0.64
"""Tangent of the widest angle at which a push leaves the way straight ahead (a cone of 65 degrees)."""
PUSH_FULL_MPS: Final = 0.6
PUSH_GROWTH: Final = 1.1
"""A palm that comes nearer must have grown at least this much in the last half second."""

THROW_WINDOW_S: Final = 0.14
THROW_LEAST_MPS: Final = 0.9
THROW_FULL_MPS: Final = 2.5
THROW_LONGEST_S: Final = 0.3
"""A hand that was not seen for longer stood before or after its swing: no arm takes longer for one."""
THROW_UNSEEN_S: Final = 0.85
"""For so long a throw may be out of sight: pictures of so quick a hand show nothing that can be tracked."""

WAVE_LEAST_PALMS: Final = 0.55
WAVE_WIDE_PALMS: Final = 1.6
WAVE_LONGEST_S: Final = 0.6
BECKON_LEAST: Final = 0.3
"""Of the mean curl."""
BECKON_SWING: Final = 0.45
BECKON_CLOSED: Final = 1.4
"""By how much the mean curl changes with each bend of a hand that beckons, and below what it then is:
fingers that stroke a chin move by less."""
SLOW_FRAME_S: Final = 0.1
BECKON_SWING_SLOW: Final = 0.36
BECKON_CLOSED_SLOW: Final = 1.5
"""The same where pictures are farther apart: they miss the ends of the bends."""
BECKON_SHORTEST_S: Final = 0.07
"""A bend that begins while the hand still arrives is short."""
BECKON_FINGERS: Final = 0.2
"""By how much all fingers but one bend, or stretch, along: those of a covered hand seem to move apart."""
BECKON_HANGS: Final = -0.3
"""Height of the hand's direction below which it hangs, or lies in a lap, and beckons nobody."""
BECKON_MEMORY_S: Final = 1.2
BECKON_SCORE: Final = 0.65
"""The tracker's score below which the bends of a covered hand are guessed."""
WAVE_UNDER_WAY: Final = 0.5
BECKON_UNDER_WAY: Final = 0.5
"""A hand that has waved or bent twice already needs only this part of the way back to show its third turn;
less of a wave, which nothing resembles, than of the fingers, which stroke chins."""
BECKON_LONGEST_S: Final = 0.5
CALL_TURNS: Final = 3
CALL_LASTS_S: Final = 0.5


class Motion:
    """The last half second of a hand's place, for what speed can tell."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float, float, float, float]] = deque()
        """(t_s, x, y away from the camera, z up; metres, palm width)."""
        self._normals: deque[tuple[float, Point3]] = deque()
        self._facing_s: float | None = None
        """Since when an open palm has faced the picture."""

    def feed(self, f: HandFeatures, t_s: float, *, aspect: float) -> None:
        across = f.distance_m / FOCAL_WIDTHS
        x_m = (f.palm_image[0] - 0.5) * across
        z_m = (0.5 - f.palm_image[1]) * across / aspect
        self._samples.append((t_s, x_m, f.distance_m, z_m, f.palm_width))
        while len(self._samples) > KEPT_SAMPLES and self._samples[0][0] < t_s - MEMORY_S:
            self._samples.popleft()
        self._normals.append((t_s, f.normal))
        while len(self._normals) > 2 and self._normals[1][0] <= t_s - TURN_WINDOW_S + 1e-6:
            self._normals.popleft()

    def turning(self) -> float:
        """How quickly the palm turns to face another way, radians a second over the last tenth."""
        (before_s, a), (now_s, b) = self._normals[0], self._normals[-1]
        if now_s - before_s < 1e-6:
            return 0.0
        cosine = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
        return math.acos(max(-1.0, min(1.0, cosine))) / (now_s - before_s)

    def speed_palms(self) -> float:
        """How quickly the hand goes across the picture, palm lengths a second over the last tenth."""
        now_s, x, _, z, _ = self._samples[-1]
        before = next(row for row in self._samples if row[0] >= self._normals[0][0])
        if now_s - before[0] < 1e-6:
            return 0.0
        return math.hypot(x - before[1], z - before[3]) / PALM_M / (now_s - before[0])

    def velocity(
        self, *, until_s: float, window_s: float, longest_s: float = SLOWEST_FRAME_S
    ) -> tuple[float, float, float]:
        """Metres a second over a window, by least squares: x right, y away from the camera, z up; 0 when the
        two frames that must do are farther apart than ``longest_s``."""
        before = [row for row in self._samples if row[0] <= until_s + 1e-6]
        rows = [row for row in before if row[0] >= until_s - window_s - 1e-6]
        if len(rows) < 2:
            # Before a slow camera the last two frames must do.
            rows = before[-2:]
        if len(rows) < 2 or rows[-1][0] - rows[0][0] > longest_s:
            return 0.0, 0.0, 0.0
        mean_s = sum(row[0] for row in rows) / len(rows)
        spread = sum((row[0] - mean_s) ** 2 for row in rows)
        if spread < 1e-9:
            return 0.0, 0.0, 0.0
        vx = sum((row[0] - mean_s) * row[1] for row in rows) / spread
        vy = sum((row[0] - mean_s) * row[2] for row in rows) / spread
        vz = sum((row[0] - mean_s) * row[3] for row in rows) / spread
        return vx, vy, vz

    def push_score(self, f: HandFeatures) -> float:
        """How fast an open palm comes towards the picture: 1 at `PUSH_FULL_MPS`."""
        open_palm = ramp(openness(f), 0.2, 0.5) * ramp(mean_bend(f), *PUSH_BENDS)
        facing = ramp(f.normal[1], *PUSH_FACING) * open_palm * ramp(f.fingers[2], -0.5, 0.0)
        if facing == 0.0:
            self._facing_s = None
            return 0.0
        newest = self._samples[-1]
        if self._facing_s is None:
            self._facing_s = newest[0]
        # A hand that opens seems to grow: it must have been open for as long as its speed is measured.
        if newest[0] - self._facing_s < PUSH_WINDOW_S:
            return 0.0
        growth = newest[4] / min(row[4] for row in self._samples if row[0] >= self._facing_s)
        vx, vy, vz = self.velocity(until_s=newest[0], window_s=PUSH_WINDOW_S)
        if -vy * PUSH_CONE < math.hypot(vx, vz):  # What goes aside more is something else.
            return 0.0
        return facing * ramp(-vy, 0.1, PUSH_FULL_MPS) * ramp(growth, 1.0, PUSH_GROWTH)

    def throw_score(self, held_until_s: float) -> float:
        """How hard something was thrown that the hand held until then, 0 to 1; what the fingers did while
        they opened is left out."""
        vx, vy, vz = self.velocity(until_s=held_until_s, window_s=THROW_WINDOW_S, longest_s=THROW_UNSEEN_S)
        earlier = [row[0] for row in self._samples if row[0] < held_until_s - 1e-6]
        gap_s = held_until_s - earlier[-1] if earlier else 0.0
        if gap_s > SLOWEST_FRAME_S and vz < -abs(vx):
            return 0.0  # What sank meanwhile was lowered.
        longer = max(1.0, gap_s / THROW_LONGEST_S)
        vx, vy, vz = vx * longer, vy * longer, vz * longer
        # Depth from one camera is too weak to throw by: motion across the view counts, forward half.
        speed = math.hypot(vx, vz, 0.5 * min(0.0, vy))
        return 0.0 if speed < THROW_LEAST_MPS else ramp(speed, 0.3, THROW_FULL_MPS)


class Caller:
    """Waving (an open hand to and fro) and beckoning (the fingers towards oneself, again and again)."""

    def __init__(self) -> None:
        self._wave = Swing(least=WAVE_LEAST_PALMS, share=0.2)
        self._beckon = Swing(least=BECKON_LEAST, shortest_s=BECKON_SHORTEST_S)
        self._wave_rhythm = Rhythm(longest_s=WAVE_LONGEST_S)
        self._beckon_rhythm = Rhythm(longest_s=BECKON_LONGEST_S)
        self._waved: Turn | None = None
        """The last turn of a wave."""
        self._called_s = -math.inf
        self._beckoned_s = -math.inf
        self._curls: deque[tuple[float, Four]] = deque()
        """(t_s, curls) of the last `BECKON_MEMORY_S`."""
        self._bent_s = -math.inf
        """When the mean curl last turned."""
        self._t_s = -math.inf
        self._blind_s = 0.0
        """The longest time between two pictures since the last turn of a wave."""
        self._palm_width = 0.0

    def feed(self, f: HandFeatures, t_s: float) -> float:
        """How surely somebody is called at this frame, 0 to 1."""
        if self._palm_width == 0.0:
            self._palm_width = f.palm_width
        # The ruler changes slowly: its own trembling must not look like a wave.
        dt_s = min(0.2, max(0.0, t_s - self._t_s))
        self._palm_width += (f.palm_width - self._palm_width) * min(1.0, dt_s / 0.5)
        slow = dt_s > SLOW_FRAME_S
        if slow:
            self._blind_s = max(self._blind_s, min(SLOWEST_FRAME_S, t_s - self._t_s))
        self._t_s = t_s
        aside = (f.palm_image[0] - 0.5) / self._palm_width + f.tips_right
        turn = self._wave.feed(aside, t_s, part=WAVE_UNDER_WAY if self._wave_rhythm.count >= 2 else 1.0)
        upright = openness(f) > 0.4 and f.fingers[2] > 0.3 and f.normal[1] > 0.5
        if turn is not None and upright:
            self._wave_rhythm.feed(turn, slack_s=self._blind_s)
            self._blind_s = 0.0
            self._waved = turn
            if self._wave_rhythm.count >= CALL_TURNS:
                self._called_s = t_s
        if slow and upright and self._is_back(aside, t_s):
            self._called_s = t_s
        part = BECKON_UNDER_WAY if self._beckon_rhythm.count >= 2 else 1.0
        self._curls.append((t_s, f.curls))
        while self._curls[0][0] < t_s - BECKON_MEMORY_S:
            self._curls.popleft()
        turn = self._beckon.feed(sum(f.curls) / 4.0, t_s, part=part)
        # The palm looks at the player or up: closing a hand towards the picture is grasping.
        least, closed = (BECKON_SWING_SLOW, BECKON_CLOSED_SLOW) if slow else (BECKON_SWING, BECKON_CLOSED)
        bends = turn is not None and turn.amplitude >= least and f.score >= BECKON_SCORE
        closes = turn is not None and bends and (turn.peak or turn.value < closed)
        along = turn is not None and self._bend_along(turn)
        level = f.fingers[2] > BECKON_HANGS
        faces = f.normal[2] > -0.3 and (f.normal[2] > 0.25 or f.normal[1] < -0.3)
        if turn is not None and closes and along and level and faces:
            self._beckoned_s = t_s
            self._beckon_rhythm.feed(turn, slack_s=0.5 * dt_s if slow else 0.0)
            if self._beckon_rhythm.count >= CALL_TURNS:
                self._called_s = t_s
        return 1.0 if t_s - self._called_s <= CALL_LASTS_S else 0.0

    def _is_back(self, aside: float, t_s: float) -> bool:
        """Whether the third swing of a wide wave has gone so far that it need not be seen to turn: of a quick
        one few pictures show more."""
        turn = self._waved
        if turn is None or self._wave_rhythm.count < CALL_TURNS - 1 or t_s - turn.t_s > WAVE_LONGEST_S:
            return False
        return min(turn.amplitude, abs(aside - turn.value)) >= WAVE_WIDE_PALMS

    def _bend_along(self, turn: Turn) -> bool:
        """Whether the fingers have moved together from the last turn to this one."""
        before_s, self._bent_s = self._bent_s, turn.t_s
        before = next((curls for t, curls in self._curls if t >= before_s), None)
        now = next((curls for t, curls in self._curls if t >= turn.t_s), None)
        if before is None or now is None or before_s < self._curls[0][0]:
            return True
        sign = 1.0 if turn.peak else -1.0
        return sorted(sign * (b - a) for a, b in zip(before, now, strict=True))[1] >= BECKON_FINGERS

    @property
    def beckons(self) -> bool:
        """A beckoning is perhaps under way: a hand that closes now is hardly a grasp."""
        return self._beckon_rhythm.count >= 2 and self._t_s - self._beckoned_s <= BECKON_LONGEST_S
