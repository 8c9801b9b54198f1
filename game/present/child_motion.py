"""The Child alive: springs, breath, gaze, steps and reach turn what it does into bones.

Pure: what it is told and how much time has passed in, matrices out. Nothing is random but a hash of time.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.present.child_body import BONES, HEAD_CENTRE, JOINTS, Bone, joint
from game.present.child_gestures import PARAMETERS, P, gesture
from game.world.state import Pose

Floats = NDArray[np.float64]
TAU: Final = 2.0 * math.pi
LONGEST_STEP_S: Final = 1.0 / 20.0
EYE_REACH_RAD: Final = 0.42
HEAD_REACH_RAD: Final = 1.15
STRIDE_M: Final = 0.26
"""Way of one step of its short legs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What the Child does at a moment, as the world says."""

    position: Vec3
    yaw_rad: float
    look_at: Vec3
    pose: Pose
    gesture: str | None
    gesture_age_s: float
    speed_mps: float
    has_light: bool
    mouth: float
    """0 to 1: loudness of its own voice."""
    heard: float
    """0 to 1: loudness of the player's voice."""


@dataclass(slots=True)
class Figure:
    """The Child as it is drawn: ``bones`` (BONES * 3, 4), rows of affine matrices from rest to the world."""

    bones: NDArray[np.float32]
    head: Floats
    chest: Floats
    light_at: Floats
    """Between its hands."""
    gaze: tuple[float, float]
    """Eyes in the head: right and up, radians."""
    lids: tuple[float, float]
    """Opening, 0 shut to 1.4, left and right."""
    pupil: float
    smile: float
    mouth: float
    light: float
    """How bright it is, as a part of what the world gives it."""


def _spread(pairs: dict[P, float], rest: float) -> Floats:
    values = np.full(PARAMETERS, rest)
    for parameter, value in pairs.items():
        values[parameter] = value
    return values


# How quickly and how loosely each part follows: cycles a second, and damping (1 does not overshoot).
_HANDS: Final = (P.HAND_L_X, P.HAND_L_Y, P.HAND_L_Z, P.HAND_R_X, P.HAND_R_Y, P.HAND_R_Z)
_CYCLES: Final = _spread(
    {P.LIDS: 7.0, P.PUPIL: 1.4, P.EARS: 3.4, P.MOUTH: 7.0, P.HOP: 6.0, P.TURN: 1.7, P.NOD: 3.2, P.SHAKE: 3.0,
     P.TILT: 2.2, P.SMILE: 4.0, **dict.fromkeys(_HANDS, 3.6)}, 2.6,
)  # fmt: skip
_DAMPING: Final = _spread(
    {P.LIDS: 0.8, P.PUPIL: 1.0, P.EARS: 0.28, P.HOP: 0.7, P.TURN: 0.75, P.SMILE: 0.9, P.MOUTH: 0.9,
     P.LIGHT: 1.0, **dict.fromkeys(_HANDS, 0.55)}, 0.55,
)  # fmt: skip

_POSES: Final[dict[Pose, Floats]] = {
    Pose.HIDDEN: _spread({P.CROUCH: 0.9, P.LEAN: 0.35, P.EARS: -0.9, P.LIDS: -0.1}, 0.0),
    Pose.PEEK: _spread(
        {P.CROUCH: 0.35, P.SIDE: 0.34, P.TILT: 0.30, P.EARS: 0.3, P.LIDS: 0.2,
         P.HAND_R_X: 0.06, P.HAND_R_Y: 0.10, P.HAND_R_Z: 0.17}, 0.0,
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
         P.HAND_R_X: -0.06, P.HAND_R_Y: 0.21, P.HAND_R_Z: 0.19}, 0.0,
    ),
}  # fmt: skip
_HOLDING: Final = _spread(
    {P.HAND_L_X: 0.125, P.HAND_L_Y: 0.115, P.HAND_L_Z: 0.135,
     P.HAND_R_X: -0.125, P.HAND_R_Y: 0.115, P.HAND_R_Z: 0.135, P.NOD: 0.05}, 0.0,
)  # fmt: skip


def _noise(seed: float) -> float:
    """0 to 1, the same for the same number."""
    return (math.sin(seed * 127.1 + 11.7) * 43758.5453) % 1.0


def _lids_shut(time_s: float) -> float:
    """0 open to 1 shut: a blink somewhere in each slot of 3.4 s, at times two."""
    slot = math.floor(time_s / 3.4)
    start = (slot + 0.15 + 0.7 * _noise(slot)) * 3.4
    shut = 0.0
    for begin in (start, start + 0.26) if _noise(slot + 0.5) > 0.75 else (start,):
        age = time_s - begin
        if 0.0 < age < 0.20:
            shut = max(shut, math.sin(math.pi * (age / 0.20) ** 0.7))
    return shut


def _turn(yaw: float) -> Floats:
    """About z; positive to the right."""
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def _bow(pitch: float) -> Floats:
    """About x; positive forward and down."""
    c, s = math.cos(pitch), math.sin(pitch)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, s], [0.0, -s, c]])


def _tilt(roll: float) -> Floats:
    """About y; positive to the right."""
    c, s = math.cos(roll), math.sin(roll)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def _frame(way: Floats, pole: Floats) -> Floats:
    """Columns: along ``way``, towards ``pole``, and across."""
    x = way / max(1e-6, math.sqrt(float(way @ way)))
    y = pole - x * float(pole @ x)
    y = y / max(1e-6, math.sqrt(float(y @ y)))
    z = np.array([x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]])
    return np.array([x, y, z]).T


def bend(
    root: Floats, target: Floats, first_m: float, second_m: float, pole: Floats
) -> tuple[Floats, Floats]:
    """(middle, end) of a limb of two bones that reaches from ``root`` to ``target``, bent to ``pole``."""
    line = target - root
    far = math.sqrt(float(line @ line))
    reach = min(max(far, abs(first_m - second_m) + 1e-3), (first_m + second_m) * 0.998)
    frame = _frame(line if far > 1e-6 else np.array([0.0, 0.0, -1.0]), pole)
    along = (first_m * first_m - second_m * second_m + reach * reach) / (2.0 * reach)
    out = math.sqrt(max(0.0, first_m * first_m - along * along))
    middle = root + frame[:, 0] * along + frame[:, 1] * out
    return middle, root + frame[:, 0] * reach


class _Limb:
    """Rest lengths and frames of one limb of two bones and its end."""

    def __init__(self, names: tuple[str, str, str], side: float, pole: tuple[float, float, float]) -> None:
        self.root, self.middle, self.end = (joint(name, side) for name in names)
        self.first_m = float(np.linalg.norm(self.middle - self.root))
        self.second_m = float(np.linalg.norm(self.end - self.middle))
        self.pole = np.array([pole[0] * side, pole[1], pole[2]])
        self.rest_first = _frame(self.middle - self.root, self.pole).T
        self.rest_second = _frame(self.end - self.middle, self.pole).T


class ChildMotion:
    """Keeps the springs; `advance` once a frame."""

    def __init__(self) -> None:
        self._value = np.zeros(PARAMETERS)
        self._speed = np.zeros(PARAMETERS)
        self._head = [0.0, 0.0]
        self._eyes = [0.0, 0.0]
        self._born = False
        self._yaw = 0.0
        self._step = 0.0
        self._walking = 0.0
        self._mouth = 0.0
        self._heard = 0.0
        self._time_s = 0.0
        self._arms = tuple(
            _Limb(("shoulder", "elbow", "wrist"), side, (0.7, -0.9, -0.2)) for side in (-1.0, 1.0)
        )
        self._legs = tuple(_Limb(("hip", "knee", "ankle"), side, (0.25, 1.0, 0.0)) for side in (-1.0, 1.0))

    def advance(self, doing: Doing, dt_s: float) -> Figure:
        """The figure ``dt_s`` later."""
        dt_s = min(max(dt_s, 0.0), 0.25)
        self._time_s += dt_s
        wish = self._wish(doing)
        # Long frames are walked in short steps: a stiff spring would burst.
        parts = max(1, math.ceil(dt_s / LONGEST_STEP_S))
        for _ in range(parts):
            self._relax(wish, dt_s / parts)
        ease = 1.0 - math.exp(-dt_s * 22.0)
        self._mouth += (doing.mouth - self._mouth) * ease
        self._heard += (doing.heard - self._heard) * (1.0 - math.exp(-dt_s * 6.0))
        if not self._born:
            self._born, self._yaw = True, doing.yaw_rad
        off = (doing.yaw_rad - self._yaw + math.pi) % TAU - math.pi
        self._yaw += off * (1.0 - math.exp(-dt_s * 9.0))
        walking = 1.0 if doing.speed_mps > 0.05 else 0.0
        self._walking += (walking - self._walking) * (1.0 - math.exp(-dt_s * 8.0))
        self._step += doing.speed_mps * dt_s / STRIDE_M * math.pi
        return self._figure(doing, dt_s)

    def _wish(self, doing: Doing) -> Floats:
        wish = _POSES[doing.pose].copy()
        if doing.has_light and doing.gesture not in ("steal",):
            wish += _HOLDING
        if doing.gesture is not None:
            told = gesture(doing.gesture, doing.gesture_age_s)
            if doing.has_light:
                # Hands that hold the light keep it.
                told[list(_HANDS)] *= 1.0 if doing.gesture == "steal" else 0.2
            wish += told
        t = self._time_s
        # Never quite still: weight from foot to foot, ears that listen, a look around.
        wish[P.SIDE] += 0.035 * math.sin(t * 0.9) + 0.02 * math.sin(t * 0.37 + 1.0)
        wish[P.TILT] += 0.06 * math.sin(t * 0.31 + 2.0)
        wish[P.EARS] += 0.12 * math.sin(t * 0.7) + 0.7 * self._heard
        if _noise(math.floor(t * 1.4)) > 0.86:
            wish[P.EARS] -= 0.5
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
        omega = TAU * _CYCLES
        # Implicit in speed and place: stable at any frame rate.
        self._speed = (self._speed + dt_s * omega * omega * (wish - self._value)) / (
            1.0 + 2.0 * _DAMPING * omega * dt_s + omega * omega * dt_s * dt_s
        )
        self._value = self._value + dt_s * self._speed

    def _figure(self, doing: Doing, dt_s: float) -> Figure:
        v = self._value
        t = self._time_s
        breath = math.sin(t * 1.9)
        stride = self._walking
        swing = math.sin(self._step)
        bob = abs(math.cos(self._step)) * 0.018 * stride

        crouch = min(1.0, max(-0.1, float(v[P.CROUCH])))
        pelvis = np.array([
            0.02 * math.sin(t * 0.9) + 0.012 * stride * swing,
            float(v[P.FORTH]) - 0.05 * crouch,
            JOINTS["pelvis"][2] - 0.155 * crouch + bob - 0.012 * stride,
        ])  # fmt: skip
        hips = _turn(0.10 * stride * swing) @ _tilt(0.3 * float(v[P.SIDE])) @ _bow(0.30 * float(v[P.LEAN]))
        trunk = (
            _turn(float(v[P.TWIST]) - 0.12 * stride * swing)
            @ _tilt(float(v[P.SIDE]))
            @ _bow(float(v[P.LEAN]))
        )
        chest = pelvis + trunk @ (JOINTS["chest"] - JOINTS["pelvis"]) + np.array([0.0, 0.0, 0.003 * breath])
        neck = (
            chest + trunk @ (JOINTS["neck"] - JOINTS["chest"]) + np.array([0.0, 0.0, 0.2 * float(v[P.SHRUG])])
        )

        turn = float(v[P.TURN])
        root = _turn(self._yaw + turn)
        feet = np.array(doing.position)
        head_turn = self._look(doing, root, feet + root @ (neck + np.array([0.0, 0.0, 0.16])), dt_s)
        head_spin = (
            _turn(head_turn[0] + float(v[P.SHAKE]))
            @ _bow(-head_turn[1] + float(v[P.NOD]))
            @ _tilt(float(v[P.TILT]) - 0.35 * float(v[P.SIDE]))
        )

        spins = np.empty((BONES, 3, 3))
        moves = np.empty((BONES, 3))

        def put(bone: int, spin: Floats, rest: Floats, now: Floats) -> None:
            spins[bone] = spin
            moves[bone] = now - spin @ rest

        put(Bone.PELVIS, hips, JOINTS["pelvis"], pelvis)
        swell = 1.0 + 0.020 * breath
        put(Bone.CHEST, trunk * swell, JOINTS["chest"], chest)
        put(Bone.HEAD, head_spin, JOINTS["neck"], neck)

        wrists = []
        for number, limb in enumerate(self._arms):
            side = -1.0 if number == 0 else 1.0
            hand = v[P.HAND_L_X : P.HAND_L_Z + 1] if number == 0 else v[P.HAND_R_X : P.HAND_R_Z + 1]
            lift = np.array([0.0, 0.0, float(v[P.SHRUG])])
            shoulder = chest + trunk @ (limb.root - JOINTS["chest"] + lift)
            sway = np.array([0.0, -0.06 * side * stride * swing, 0.004 * breath])
            target = chest + trunk @ (limb.end - JOINTS["chest"] + hand + sway)
            pole = trunk @ limb.pole
            elbow, wrist = bend(shoulder, target, limb.first_m, limb.second_m, pole)
            first = _frame(elbow - shoulder, pole) @ limb.rest_first
            second = _frame(wrist - elbow, pole) @ limb.rest_second
            bones = (Bone.ARM_L, Bone.FOREARM_L, Bone.HAND_L) if number == 0 else (
                Bone.ARM_R, Bone.FOREARM_R, Bone.HAND_R)  # fmt: skip
            put(bones[0], first, limb.root, shoulder)
            put(bones[1], second, limb.middle, elbow)
            put(bones[2], second, limb.end, wrist)
            wrists.append(wrist + second @ (joint("wrist", side) - joint("elbow", side)) * 0.45)

        hop = np.array([0.0, 0.0, max(0.0, float(v[P.HOP]))])
        for number, limb in enumerate(self._legs):
            side = -1.0 if number == 0 else 1.0
            phase = self._step + (0.0 if number == 0 else math.pi)
            hip = pelvis + hips @ (limb.root - JOINTS["pelvis"])
            spread = 0.035 * crouch * side
            foot = limb.end + np.array(
                [
                    spread,
                    0.5 * STRIDE_M * stride * math.cos(phase),
                    0.055 * stride * max(0.0, -math.sin(phase)),
                ]
            )
            pole = limb.pole + np.array([0.5 * crouch * side, 0.0, 0.0])
            knee, ankle = bend(hip, foot, limb.first_m, limb.second_m, pole)
            bones = (Bone.THIGH_L, Bone.SHIN_L, Bone.FOOT_L) if number == 0 else (
                Bone.THIGH_R, Bone.SHIN_R, Bone.FOOT_R)  # fmt: skip
            put(bones[0], _frame(knee - hip, pole) @ limb.rest_first, limb.root, hip)
            put(bones[1], _frame(ankle - knee, pole) @ limb.rest_second, limb.middle, knee)
            put(bones[2], _bow(0.5 * stride * max(0.0, -math.sin(phase))), limb.end, ankle)

        ears = float(v[P.EARS])
        lag = float(self._speed[P.EARS])
        for side, ear_bone, tip_bone in (
            (-1.0, Bone.EAR_L, Bone.EAR_TIP_L),
            (1.0, Bone.EAR_R, Bone.EAR_TIP_R),
        ):
            base, middle = joint("ear", side), joint("ear_mid", side)
            uneven = 0.12 * side * math.sin(t * 0.53)
            lifted = head_spin @ _tilt(-side * (0.50 * ears + uneven)) @ _bow(0.15 * ears)
            curled = lifted @ _tilt(-side * (0.35 * ears - 0.02 * lag))
            at = neck + head_spin @ (base - JOINTS["neck"])
            put(ear_bone, lifted, base, at)
            put(tip_bone, curled, middle, at + lifted @ (middle - base))

        rows = np.empty((BONES, 3, 4), dtype=np.float32)
        rows[:, :, :3] = root @ spins
        rows[:, :, 3] = (moves + hop) @ root.T + feet
        shut = _lids_shut(t) if doing.gesture != "stare" else 0.0
        lids = max(0.0, (1.0 + float(v[P.LIDS])) * (1.0 - shut))
        return Figure(
            bones=rows.reshape(BONES * 3, 4),
            head=feet + root @ (neck + hop + head_spin @ (HEAD_CENTRE - JOINTS["neck"])),
            chest=feet + root @ (chest + hop),
            light_at=feet + root @ (0.5 * (wrists[0] + wrists[1]) + hop + np.array([0.0, 0.0, 0.035])),
            gaze=(self._eyes[0], self._eyes[1]),
            lids=(lids, lids * (1.0 - 0.25 * max(0.0, float(v[P.SMILE]) - 0.75))),
            pupil=float(v[P.PUPIL]),
            smile=float(v[P.SMILE]),
            mouth=min(1.0, self._mouth + max(0.0, float(v[P.MOUTH]))),
            light=max(0.0, 1.0 + float(v[P.LIGHT])),
        )

    def _look(self, doing: Doing, root: Floats, eyes_at: Floats, dt_s: float) -> tuple[float, float]:
        """Turn head and eyes to what it looks at: the eyes leap, the head follows; (right, up) of it."""
        way = root.T @ (np.array(doing.look_at) - eyes_at)
        flat = math.hypot(way[0], way[1])
        if flat + abs(way[2]) < 0.05:
            right, up = 0.0, 0.0
        else:
            right, up = math.atan2(way[0], way[1]), math.atan2(way[2], max(flat, 0.05))
        behind = max(0.0, abs(right) - 2.0)
        right, up = right * max(0.0, 1.0 - behind), up * max(0.0, 1.0 - behind)
        follow = 1.0 - math.exp(-dt_s * 7.0)
        head = (min(HEAD_REACH_RAD, max(-HEAD_REACH_RAD, 0.86 * right)), min(0.7, max(-0.6, 0.86 * up)))
        leap = 1.0 - math.exp(-dt_s * 38.0)
        # Living eyes are never fixed: every half second they jump by a degree.
        slot = math.floor(self._time_s * 1.9)
        twitch = (0.035 * (_noise(slot) - 0.5), 0.025 * (_noise(slot + 0.3) - 0.5))
        wanted = (right, up)
        for axis in (0, 1):
            self._head[axis] += (head[axis] - self._head[axis]) * follow
            eye = wanted[axis] - self._head[axis] + twitch[axis]
            eye = min(EYE_REACH_RAD, max(-EYE_REACH_RAD, eye))
            self._eyes[axis] += (eye - self._eyes[axis]) * leap
        return self._head[0], self._head[1]
