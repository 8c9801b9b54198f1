"""The Child alive: springs, breath, gaze, steps and reach turn what it does into bones.

Pure: what it is told and how much time has passed in, matrices out. Nothing is random but a hash of time.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.present.child_arms import Arms, Put
from game.present.child_body import BONES, HEAD_CENTRE, Bone
from game.present.child_feet import Feet
from game.present.child_figure import Doing, Figure
from game.present.child_gaze import Gaze, lids_shut
from game.present.child_gestures import claim, gesture
from game.present.child_limbs import (
    STRAIGHTEST,
    Limb,
    Matrix,
    after,
    back,
    bend,
    between,
    bowed,
    frame,
    minus,
    plus,
    resting,
    scaled,
    through,
    tilted,
    turned,
)
from game.present.child_moods import Mood, carried, wander
from game.present.child_parameters import HANDS, LEFT, PARAMETERS, RIGHT, P, fingers
from game.present.child_reach import footholds
from game.world.state import Pose

Floats = NDArray[np.float64]
TAU: Final = 2.0 * math.pi
LONGEST_STEP_S: Final = 1.0 / 20.0
_PELVIS: Final = resting("pelvis")
_CHEST: Final = resting("chest")
_NECK: Final = resting("neck")
_ANKLE_M: Final = resting("ankle")[2]
_TO_CHEST: Final = minus(_CHEST, _PELVIS)
_TO_NECK: Final = minus(_NECK, _CHEST)
_TO_FACE: Final = (0.0, 0.0, float(HEAD_CENTRE[2]) - _NECK[2])
_EARS: Final = tuple(
    (side, ear, tip, resting("ear", side), resting("ear_mid", side))
    for side, ear, tip in ((-1.0, Bone.EAR_L, Bone.EAR_TIP_L), (1.0, Bone.EAR_R, Bone.EAR_TIP_R))
)


def _spread(pairs: dict[P, float], rest: float) -> Floats:
    values = np.full(PARAMETERS, rest)
    for parameter, value in pairs.items():
        values[parameter] = value
    return values


# How quickly and how loosely each part follows: cycles a second, and damping (1 does not overshoot).
_CYCLES: Final = _spread(
    {P.LIDS: 7.0, P.PUPIL: 1.4, P.EARS: 3.4, P.MOUTH: 7.0, P.HOP: 6.0, P.TURN: 1.7, P.NOD: 3.2, P.SHAKE: 3.0,
     P.TILT: 2.2, P.SMILE: 4.0, **dict.fromkeys((*LEFT, *RIGHT), 6.0), **dict.fromkeys(HANDS, 3.6)}, 2.6,
)  # fmt: skip
_DAMPING: Final = _spread(
    {P.LIDS: 0.8, P.PUPIL: 1.0, P.EARS: 0.28, P.HOP: 0.7, P.TURN: 0.75, P.SMILE: 0.9, P.MOUTH: 0.9,
     P.LIGHT: 1.0, **dict.fromkeys((*LEFT, *RIGHT), 0.7), **dict.fromkeys(HANDS, 0.55)}, 0.55,
)  # fmt: skip

_POSES: Final[dict[Pose, Floats]] = {
    Pose.HIDDEN: _spread({P.CROUCH: 1.2, P.LEAN: 0.75, P.EARS: 0.6, P.LIDS: -0.1}, 0.0),
    Pose.PEEK: _spread(
        {P.CROUCH: 1.0, P.LEAN: 0.18, P.TILT: 0.16, P.EARS: 1.0, P.LIDS: 0.25, P.PUPIL: 0.6,
         **fingers("L", 0.2, 0.2, 0.2, 0.0, up=-1.0), **fingers("R", 0.2, 0.2, 0.2, 0.0, up=-1.0)}, 0.0,
    ),
    Pose.STAND: _spread({P.CROUCH: 0.06, P.LEAN: 0.05}, 0.0),
    Pose.WALK: _spread({P.CROUCH: 0.10, P.LEAN: 0.13, P.EARS: -0.15}, 0.0),
    Pose.CROUCH: _spread(
        {P.CROUCH: 0.85, P.LEAN: 0.32, P.NOD: -0.15,
         P.HAND_L_X: 0.03, P.HAND_L_Y: 0.12, P.HAND_L_Z: -0.02,
         P.HAND_R_X: -0.03, P.HAND_R_Y: 0.12, P.HAND_R_Z: -0.02}, 0.0,
    ),
    Pose.REACH: _spread(
        {P.LEAN: 0.26, P.FORTH: 0.05, P.EARS: 0.4,
         P.HAND_L_X: 0.06, P.HAND_L_Y: 0.21, P.HAND_L_Z: 0.19,
         P.HAND_R_X: -0.06, P.HAND_R_Y: 0.21, P.HAND_R_Z: 0.19,
         **fingers("L", -0.3, -0.3, -0.25, -0.4, ahead=0.9, up=0.5),
         **fingers("R", -0.3, -0.3, -0.25, -0.4, ahead=0.9, up=0.5)}, 0.0,
    ),
    Pose.CLIMB: _spread(
        {P.CROUCH: 0.30, P.LEAN: 0.12, P.EARS: 0.2, P.STANCE: 0.015,
         **fingers("L", 0.3, 0.3, 0.3, 0.0, up=-1.0), **fingers("R", 0.3, 0.3, 0.3, 0.0, up=-1.0)}, 0.0,
    ),
    Pose.LEAP: _spread(
        {P.CROUCH: 0.30, P.LEAN: 0.10, P.EARS: 1.0, P.LIDS: 0.3, P.MOUTH: 0.3,
         P.HAND_L_X: -0.13, P.HAND_L_Y: 0.03, P.HAND_L_Z: 0.24,
         P.HAND_R_X: 0.13, P.HAND_R_Y: 0.03, P.HAND_R_Z: 0.24,
         **fingers("L", -0.3, -0.3, -0.3, -0.4, ahead=1.0),
         **fingers("R", -0.3, -0.3, -0.3, -0.4, ahead=1.0)}, 0.0,
    ),
}  # fmt: skip
_HOLDING: Final = _spread(
    {P.HAND_L_X: 0.125, P.HAND_L_Y: 0.115, P.HAND_L_Z: 0.135,
     P.HAND_R_X: -0.125, P.HAND_R_Y: 0.115, P.HAND_R_Z: 0.135, P.NOD: 0.05,
     **fingers("L", 0.05, 0.05, 0.05, -0.2, ahead=-0.4, up=0.8),
     **fingers("R", 0.05, 0.05, 0.05, -0.2, ahead=-0.4, up=0.8)}, 0.0,
)  # fmt: skip


_CARRIES: Final = {
    Pose.HIDDEN: 0.2, Pose.PEEK: 0.3, Pose.STAND: 1.0, Pose.WALK: 0.75, Pose.CROUCH: 0.4, Pose.REACH: 0.4,
    Pose.CLIMB: 0.1, Pose.LEAP: 0.2,
}  # fmt: skip
"""How much of its mood's posture each pose leaves."""
_FREE_HANDS: Final = (Pose.STAND, Pose.WALK)
_LET_GO: Final = ("steal", "block")
"""Gestures in which the light that it holds hovers between its hands."""
_HIP_DROP_PER_S: Final = 14.0
_OVER_SHOULDER_RAD: Final = 1.15
"""So far its posture turns from what it looks at."""


def _other_hand(v: Floats) -> Floats:
    """(parameters,) with what was the right hand's for the left one."""
    v = v.copy()
    v[[*LEFT, *RIGHT]] = v[[*RIGHT, *LEFT]]
    return v


class ChildMotion:
    """Keeps the springs; `advance` once a frame."""

    def __init__(self) -> None:
        self._value = np.zeros(PARAMETERS)
        self._speed = np.zeros(PARAMETERS)
        self._mood = Mood()
        self._feet = Feet()
        self._gaze = Gaze()
        self._at: Floats | None = None
        self._velocity = np.zeros(3)
        self._surge = 0.0
        self._yaw = 0.0
        self._walking = 0.0
        self._drop_m = 0.0
        self._breath = 0.0
        self._sway = 0.0
        self._mouth = 0.0
        self._heard = 0.0
        self._time_s = 0.0
        self._arms = Arms()
        self._legs = tuple(Limb(("hip", "knee", "ankle"), side, (0.25, 1.0, 0.0)) for side in (-1.0, 1.0))

    def advance(self, doing: Doing, dt_s: float) -> Figure:
        """The figure ``dt_s`` later."""
        dt_s = min(max(dt_s, 0.0), 0.25)
        self._time_s += dt_s
        if self._at is None:
            self._yaw = doing.yaw_rad
        self._mood.advance(doing.mood, dt_s)
        temper = self._mood.temper
        self._breath += dt_s * TAU * temper.breath_hz
        self._sway += dt_s * TAU * temper.sway_hz
        self._travel(doing, dt_s)
        wish = self._wish(doing)
        if self._at is None:
            # It stands as its mood has it from the first frame on.
            self._value = wish
            self._at = np.array(doing.position)
        # Long frames are walked in short steps: a stiff spring would burst.
        parts = max(1, math.ceil(dt_s / LONGEST_STEP_S))
        for _ in range(parts):
            self._relax(wish, dt_s / parts)
        ease = 1.0 - math.exp(-dt_s * 22.0)
        self._mouth += (doing.mouth - self._mouth) * ease
        self._heard += (doing.heard - self._heard) * (1.0 - math.exp(-dt_s * 6.0))
        off = math.remainder(doing.yaw_rad - self._yaw, TAU)
        self._yaw += off * (1.0 - math.exp(-dt_s * 9.0))
        return self._figure(doing, dt_s)

    def _travel(self, doing: Doing, dt_s: float) -> None:
        """How its body is carried through the world: velocity, and how hard it speeds up or brakes."""
        at = np.array(doing.position)
        if self._at is None or dt_s <= 0.0:
            return
        moved = (at - self._at) / dt_s
        self._at = at
        # What is quicker than it can run was put elsewhere.
        if math.sqrt(float(moved @ moved)) > 8.0:
            moved = np.zeros(3)
        before = math.hypot(self._velocity[0], self._velocity[1])
        self._velocity = self._velocity + (moved - self._velocity) * (1.0 - math.exp(-dt_s * 25.0))
        speed = math.hypot(self._velocity[0], self._velocity[1])
        surge = max(-6.0, min(6.0, (speed - before) / dt_s))
        self._surge += (surge - self._surge) * (1.0 - math.exp(-dt_s * 10.0))
        walking = 1.0 if speed > 0.05 else 0.0
        self._walking += (walking - self._walking) * (1.0 - math.exp(-dt_s * 8.0))

    def _wish(self, doing: Doing) -> Floats:
        wish = _POSES[doing.pose].copy()
        t = self._time_s
        posture = self._mood.posture * _CARRIES[doing.pose]
        if doing.has_light or doing.pose not in _FREE_HANDS:
            posture[[*LEFT, *RIGHT]] = 0.0
        # Whoever walks faces the way; a stance is for standing.
        posture[[P.TURN, P.BACK, P.STANCE]] *= 1.0 - 0.85 * self._walking
        # Nor does it turn so far that its head could no longer reach you.
        x, y = doing.look_at[0] - doing.position[0], doing.look_at[1] - doing.position[1]
        bearing = math.remainder(math.atan2(x, y) - self._yaw, TAU) if x or y else 0.0
        posture[P.TURN] = min(
            bearing + _OVER_SHOULDER_RAD, max(bearing - _OVER_SHOULDER_RAD, posture[P.TURN])
        )
        idle = self._mood.idle(t, self._sway)
        if doing.gesture is not None:
            told = gesture(doing.gesture, doing.gesture_age_s)
            ruled = claim(doing.gesture, doing.gesture_age_s)
            if doing.hands_at[0] is not None and doing.hands_at[1] is None:
                told, ruled = _other_hand(told), _other_hand(ruled)
            posture = carried(posture, ruled)
            if doing.has_light:
                # Hands that hold the light keep it.
                told[[*LEFT, *RIGHT]] *= 1.0 if doing.gesture in _LET_GO else 0.2
            wish += told
            idle *= 0.4
        wish += posture + idle
        if doing.has_light and doing.gesture not in _LET_GO:
            wish += _HOLDING
        # Weight: it lies into its start and falls back as it brakes.
        wish[P.LEAN] += 0.045 * self._surge
        wish[P.EARS] += 0.7 * self._heard - 0.25 * self._walking
        if self._heard > 0.15:
            wish[P.TILT] += 0.13
            wish[P.LIDS] += 0.1
        # Its voice moves all of it.
        wish[P.NOD] -= 0.22 * self._mouth * math.sin(t * 7.3)
        wish[P.LEAN] += 0.10 * self._mouth
        wish[P.EARS] += 0.35 * self._mouth
        for hand, sign in ((P.HAND_L_Z, 1.0), (P.HAND_R_Z, -1.0)):
            wish[hand] += self._mouth * (0.05 + 0.03 * sign * math.sin(t * 5.1))
            wish[hand - 1] += self._mouth * 0.04
        return wish

    def _relax(self, wish: Floats, dt_s: float) -> None:
        temper = self._mood.temper
        omega = TAU * temper.pace * _CYCLES
        # Implicit in speed and place: stable at any frame rate.
        self._speed = (self._speed + dt_s * omega * omega * (wish - self._value)) / (
            1.0 + 2.0 * temper.damping * _DAMPING * omega * dt_s + omega * omega * dt_s * dt_s
        )
        self._value = self._value + dt_s * self._speed

    def _step(self, doing: Doing, root: Matrix, hop_m: float, dt_s: float) -> list[Vec3]:
        """Plants and swings the feet; both ankles in the body's axes, and knees give way under a landing."""
        v = self._value
        homes = []
        for side, limb in zip((-1.0, 1.0), self._legs, strict=True):
            apart = 0.035 * min(1.0, max(0.0, float(v[P.CROUCH]))) + float(v[P.STANCE])
            home = plus(limb.end, (side * apart, -side * float(v[P.BACK]), 0.0))
            homes.append(np.array(plus(doing.position, through(root, home))))
        climbs = doing.pose is Pose.CLIMB and doing.rock is not None
        if doing.rock is not None and climbs:
            homes = footholds(doing.rock, doing.position, homes, _ANKLE_M)
        falling = -float(self._speed[P.HOP])
        airborne = not any(foot.planted or foot.swing < 1.0 for foot in self._feet.feet)
        landed = self._feet.advance(
            (homes[0], homes[1]), self._yaw + float(v[P.TURN]), self._velocity, hop_m,
            self._mood.temper.lift_m, dt_s, climbs=climbs, flies=doing.pose is Pose.LEAP,
        )  # fmt: skip
        if airborne and landed:
            leapt = max(0.0, -float(self._velocity[2]))
            self._speed[P.CROUCH] += 6.0 * max(0.0, min(1.5, falling)) + 5.0 * min(2.5, leapt)
        elif landed:
            self._speed[P.CROUCH] += 4.0 * self._mood.temper.lift_m * landed
        ankles = (foot.at.tolist() for foot in self._feet.feet)
        return [back(root, minus((x, y, z), doing.position)) for x, y, z in ankles]

    def _hips_down(self, pelvis: Vec3, hips: Matrix, ankles: list[Vec3], dt_s: float) -> float:
        """Metres that the hips give way so that both legs reach their feet."""
        need = 0.0
        for limb, foot, ankle in zip(self._legs, self._feet.feet, ankles, strict=True):
            hip = plus(pelvis, through(hips, minus(limb.root, _PELVIS)))
            reach = (limb.first_m + limb.second_m) * (STRAIGHTEST - 0.003)
            flat = (hip[0] - ankle[0]) ** 2 + (hip[1] - ankle[1]) ** 2
            over = hip[2] - ankle[2] - math.sqrt(max(0.004, reach * reach - flat))
            # A foot in the air pulls as it nears the ground.
            pull = 1.0 if foot.planted else max(0.0, 2.0 * foot.swing - 1.0) if foot.swing < 1.0 else 0.0
            need = max(need, over * pull)
        eased = self._drop_m * math.exp(-dt_s * _HIP_DROP_PER_S)
        self._drop_m = min(0.14, max(need, eased))
        return self._drop_m

    def _figure(self, doing: Doing, dt_s: float) -> Figure:
        v: list[float] = self._value.tolist()
        t = self._time_s
        temper = self._mood.temper
        breath = math.sin(self._breath) * temper.breath
        hop_m = max(0.0, v[P.HOP])
        root = turned(self._yaw + v[P.TURN])
        ankles = self._step(doing, root, hop_m, dt_s)
        # Arms swing against the legs.
        swing = max(-1.0, min(1.0, (ankles[1][1] - ankles[0][1] + 2.0 * v[P.BACK]) / 0.18)) * self._walking

        crouch = min(1.25, max(-0.1, v[P.CROUCH]))
        hop = (0.0, 0.0, hop_m)
        pelvis = (
            v[P.WEIGHT],
            v[P.FORTH] - 0.05 * crouch,
            _PELVIS[2] - 0.155 * crouch + temper.bounce_m * math.sin(self._breath - 0.6),
        )
        hips = after(turned(-0.12 * swing), tilted(0.3 * v[P.SIDE]), bowed(0.30 * v[P.LEAN]))
        pelvis = minus(pelvis, (0.0, 0.0, self._hips_down(plus(pelvis, hop), hips, ankles, dt_s)))
        trunk = after(turned(v[P.TWIST] + 0.14 * swing), tilted(v[P.SIDE]), bowed(v[P.LEAN]))
        chest = plus(plus(pelvis, through(trunk, _TO_CHEST)), (0.0, 0.0, 0.003 * breath))
        neck = plus(plus(chest, through(trunk, _TO_NECK)), (0.0, 0.0, 0.2 * v[P.SHRUG]))

        feet = doing.position
        head_spin, eyes = self._gaze.advance(
            doing.look_at, v, root, plus(feet, through(root, plus(neck, hop))), pace=temper.pace, dt_s=dt_s
        )

        rows: list[tuple[float, ...]] = [()] * BONES

        def put(bone: int, spin: Matrix, rest: Vec3, now: Vec3) -> None:
            a, b, c, d, e, f, g, h, i = spin
            x, y, z = minus(now, through(spin, rest))
            rows[bone] = (a, b, c, x, d, e, f, y, g, h, i, z + hop_m)

        put(Bone.PELVIS, hips, _PELVIS, pelvis)
        put(Bone.CHEST, scaled(trunk, 1.0 + 0.020 * breath), _CHEST, chest)
        put(Bone.HEAD, head_spin, _NECK, neck)

        palms = self._arms.place(
            put, v, chest=chest, trunk=trunk, things=self._things(doing, root, hop),
            sway=swing, breath=breath, dt_s=dt_s,
        )  # fmt: skip

        for number, limb in enumerate(self._legs):
            side = -1.0 if number == 0 else 1.0
            foot = self._feet.feet[number]
            hip = plus(pelvis, through(hips, minus(limb.root, _PELVIS)))
            toes = turned(foot.yaw - self._yaw - v[P.TURN])
            pole = plus(through(toes, limb.pole), (0.5 * crouch * side, 0.0, 0.0))
            knee, ankle = bend(hip, minus(ankles[number], hop), limb.first_m, limb.second_m, pole)
            bones = (Bone.THIGH_L, Bone.SHIN_L, Bone.FOOT_L) if number == 0 else (
                Bone.THIGH_R, Bone.SHIN_R, Bone.FOOT_R)  # fmt: skip
            put(bones[0], after(frame(minus(knee, hip), pole), limb.rest_first), limb.root, hip)
            put(bones[1], after(frame(minus(ankle, knee), pole), limb.rest_second), limb.middle, knee)
            put(bones[2], after(toes, bowed(foot.pitch)), limb.end, ankle)
        self._put_ears(put, v, head_spin, neck)

        shut = lids_shut(t, doing.blink_age_s) if doing.gesture != "stare" else 0.0
        lids = max(0.0, (1.0 + v[P.LIDS]) * (1.0 - shut))
        head = plus(plus(neck, hop), through(head_spin, _TO_FACE))
        held = plus(between(palms[0], palms[1], 0.5), (0.0, 0.0, hop_m + 0.045))
        # From the body's axes into the world's, all at once.
        bones = np.array(root).reshape(3, 3) @ np.array(rows).reshape(BONES, 3, 4)
        bones[:, :, 3] += feet
        return Figure(
            bones=bones.astype(np.float32).reshape(BONES * 3, 4),
            head=plus(feet, through(root, head)),
            chest=plus(feet, through(root, plus(chest, hop))),
            light_at=plus(feet, through(root, held)),
            gaze=eyes,
            lids=(lids, lids * (1.0 - 0.25 * max(0.0, min(1.0, v[P.SMILE]) - 0.75))),
            pupil=max(-1.0, min(1.1, v[P.PUPIL])),
            smile=max(-1.1, min(1.3, v[P.SMILE])),
            mouth=min(1.0, self._mouth + max(0.0, v[P.MOUTH])),
            light=max(0.0, temper.light + v[P.LIGHT]),
            slant=v[P.SLANT],
            cheek=max(0.0, min(1.0, v[P.CHEEK])),
            hard=temper.hard,
            planted=(self._feet.feet[0].planted, self._feet.feet[1].planted),
        )

    @staticmethod
    def _things(doing: Doing, root: Matrix, hop: Vec3) -> tuple[Vec3 | None, Vec3 | None]:
        """What its hands reach for, in the body's axes."""
        at = plus(doing.position, through(root, hop))
        left, right = (None if thing is None else back(root, minus(thing, at)) for thing in doing.hands_at)
        return left, right

    def _put_ears(self, put: Put, v: list[float], head: Matrix, neck: Vec3) -> None:
        """Ears stand up with P.EARS, or are laid flat back along the head; their tips lag behind."""
        ears, odd = v[P.EARS], v[P.EAR_ODD]
        lag = float(self._speed[P.EARS])
        for side, ear_bone, tip_bone, base, middle in _EARS:
            own = ears + side * (0.5 * odd + 0.12 * wander(self._time_s * 0.5, 5.0))
            folded = turned(side * 0.50 * max(0.0, min(1.4, -own)))
            rise = min(1.6, max(-1.4, own))
            lifted = after(head, folded, tilted(-side * 0.52 * rise), bowed(0.15 * rise))
            curled = after(lifted, tilted(-side * (0.30 * rise - 0.02 * lag)))
            at = plus(neck, through(head, minus(base, _NECK)))
            put(ear_bone, lifted, base, at)
            put(tip_bone, curled, middle, plus(at, through(lifted, minus(middle, base))))
