"""Postures of a hand: how each pose bends the fingers and holds the palm, and what lies between two.

`synthetic.skeleton` has the bones and the hand's own frame (t, u, n). Directions in space are view axes:
x right, y forward, z up.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from game.sense.synthetic.skeleton import PALM_M, Anatomy, Floats, hand_points

__all__ = ["PALM_M", "SHAPES", "Floats", "Pose", "Shape", "at_phase", "blend", "frame", "landmarks"]

GROWN: Final = Anatomy()


class Pose(StrEnum):
    """What a hand can be told to do; the moving ones need time."""

    OPEN = "open"
    """Palm out, fingers up."""
    POINT = "point"
    WALK = "walk"
    PADDLE = "paddle"
    PINCH = "pinch"
    FIST = "fist"
    PALM_UP = "palm_up"
    PALM_DOWN = "palm_down"
    THUMB_UP = "thumb_up"
    THUMB_DOWN = "thumb_down"
    RUDE = "rude"
    WAVE = "wave"
    BECKON = "beckon"
    RELAXED = "relaxed"
    AWAY = "away"
    """Not before the camera."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One posture of the right hand."""

    curls: tuple[float, float, float, float]
    """Index to little finger: 0 stretched, 1 closed."""
    knuckles: tuple[float, float, float, float] | None = None
    """Bend of the fingers at their roots where it differs from ``curls``; 0 stretched, 1 closed."""
    thumb: tuple[float, float, float]
    """Where the thumb's tip wants to be, (t, u, n)."""
    touch: float = 0.0
    """0 to 1: how far the thumb goes to the index fingertip instead."""
    fingers: tuple[float, float, float] = (0.0, 0.3, 1.0)
    """Direction of ``u`` in view axes."""
    normal: tuple[float, float, float] = (0.0, 1.0, -0.3)
    """Direction of ``n``, made square to ``u``."""
    spread: float = 0.6
    """0 together, 1 spread."""
    roll_rad: float = 0.0
    """Turn about the axis into the picture, as in waving."""
    pitch_rad: float = 0.0
    """Turn about the axis to the right, as in paddling; positive lifts the fingers."""


_STRETCHED = (0.04, 0.03, 0.04, 0.06)
_THUMB_SIDE = (1.0, 0.85, 0.15)
_THUMB_ACROSS = (0.12, 0.86, 0.52)
_CALM = (0.4, 0.46, 0.5, 0.52)

SHAPES: Final[dict[Pose, Shape]] = {
    Pose.OPEN: Shape(curls=_STRETCHED, thumb=_THUMB_SIDE),
    Pose.POINT: Shape(
        curls=(0.06, 0.86, 0.92, 0.92),
        thumb=(0.3, 0.95, 0.5),
        fingers=(-0.1, 0.75, 0.6),
        normal=(-0.2, 0.5, -0.8),
    ),
    Pose.WALK: Shape(
        curls=(0.28, 0.28, 0.9, 0.92),
        thumb=(0.45, 0.85, 0.6),
        fingers=(-0.15, 0.75, -0.6),
        normal=(0.0, -0.6, -0.75),
        spread=0.2,
    ),
    Pose.PADDLE: Shape(
        curls=(0.12, 0.14, 0.16, 0.2),
        thumb=(0.8, 0.9, 0.2),
        fingers=(-0.1, 1.0, 0.0),
        normal=(0.0, 0.0, -1.0),
    ),
    Pose.PINCH: Shape(
        curls=(0.42, 0.16, 0.12, 0.1),
        thumb=(0.7, 1.2, 0.5),
        touch=1.0,
        fingers=(-0.1, 0.4, 0.9),
        normal=(0.0, 1.0, -0.4),
    ),
    Pose.FIST: Shape(
        curls=(0.97, 0.98, 0.98, 0.97), thumb=_THUMB_ACROSS, fingers=(0.0, 0.35, 0.9), spread=0.1
    ),
    Pose.PALM_UP: Shape(
        curls=(0.1, 0.1, 0.12, 0.16), thumb=_THUMB_SIDE, fingers=(0.0, 1.0, -0.15), normal=(0.0, 0.25, 1.0)
    ),
    Pose.PALM_DOWN: Shape(
        curls=(0.06, 0.06, 0.07, 0.1),
        thumb=(0.85, 0.9, 0.1),
        fingers=(0.0, 1.0, 0.1),
        normal=(0.0, 0.0, -1.0),
    ),
    Pose.THUMB_UP: Shape(
        curls=(0.97, 0.98, 0.98, 0.97),
        thumb=(1.2, 0.62, 0.1),
        fingers=(-0.3, 1.0, 0.0),
        normal=(-1.0, -0.3, 0.0),
        spread=0.1,
    ),
    Pose.THUMB_DOWN: Shape(
        curls=(0.97, 0.98, 0.98, 0.97),
        thumb=(1.2, 0.62, 0.1),
        fingers=(-0.3, 1.0, 0.0),
        normal=(1.0, 0.3, 0.0),
        spread=0.1,
    ),
    Pose.RUDE: Shape(
        curls=(0.94, 0.04, 0.95, 0.96),
        thumb=_THUMB_ACROSS,
        fingers=(0.0, 0.0, 1.0),
        normal=(0.0, -1.0, 0.0),
        spread=0.1,
    ),
    Pose.WAVE: Shape(curls=_STRETCHED, thumb=_THUMB_SIDE),
    Pose.BECKON: Shape(
        curls=(0.15, 0.15, 0.18, 0.2),
        thumb=(0.8, 0.8, 0.4),
        fingers=(0.0, 0.7, 0.4),
        normal=(0.0, -0.5, 0.8),
        spread=0.3,
    ),
    Pose.RELAXED: Shape(
        curls=_CALM, thumb=(0.6, 0.95, 0.5), fingers=(0.0, 0.8, 0.5), normal=(-0.4, 0.4, -0.8), spread=0.4
    ),
}
"""Each pose's posture at rest; moving poses are varied by `at_phase`."""


def at_phase(pose: Pose, phase: float) -> Shape:
    """The posture of a pose at ``phase`` of its movement, in whole cycles; still poses ignore it."""
    shape = SHAPES[pose]
    wave = math.sin(math.tau * phase)
    if pose is Pose.WALK:
        # One leg reaches forward and stretches while the other comes back bent.
        index, middle = 0.28 - 0.22 * wave, 0.28 + 0.22 * wave
        return replace(shape, curls=(index, middle, shape.curls[2], shape.curls[3]))
    if pose is Pose.PADDLE:
        return replace(shape, pitch_rad=0.42 * wave)
    if pose is Pose.WAVE:
        return replace(shape, roll_rad=0.42 * wave)
    if pose is Pose.BECKON:
        bend = 0.35 + 0.35 * wave
        return replace(shape, curls=(bend, bend, bend + 0.03, bend + 0.05))
    return shape


def blend(a: Shape, b: Shape, share: float) -> Shape:
    """A posture between two, with directions turned rather than mixed."""

    def mix(x: tuple[float, ...], y: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(p + (q - p) * share for p, q in zip(x, y, strict=True))

    turned = _slerp(frame(a), frame(b), share)
    i, m, r, p = mix(a.curls, b.curls)
    tx, ty, tz = mix(a.thumb, b.thumb)
    ki, km, kr, kp = mix(a.knuckles or a.curls, b.knuckles or b.curls)
    return Shape(
        curls=(i, m, r, p),
        knuckles=(ki, km, kr, kp),
        thumb=(tx, ty, tz),
        touch=a.touch + (b.touch - a.touch) * share,
        fingers=(float(turned[0, 1]), float(turned[1, 1]), float(turned[2, 1])),
        normal=(float(turned[0, 2]), float(turned[1, 2]), float(turned[2, 2])),
        spread=a.spread + (b.spread - a.spread) * share,
        roll_rad=a.roll_rad + (b.roll_rad - a.roll_rad) * share,
        pitch_rad=a.pitch_rad + (b.pitch_rad - a.pitch_rad) * share,
    )


def landmarks(shape: Shape, *, left: bool = False, anatomy: Anatomy = GROWN) -> Floats:
    """(21, 3) points in metres about the wrist, view axes."""
    own = hand_points(
        anatomy,
        knuckles=np.array([shape.knuckles if shape.knuckles is not None else shape.curls]),
        joints=np.array([shape.curls]),
        spread=np.array([shape.spread]),
        thumb=np.array([shape.thumb]),
        touch=np.array([shape.touch]),
    )[0]
    points = own @ frame(shape).T * anatomy.palm_m
    if left:
        points[:, 0] = -points[:, 0]
    return np.asarray(points)


def frame(shape: Shape) -> Floats:
    """(3, 3): columns t, u, n of the right hand in view axes."""
    u = np.array(shape.fingers)
    u = u / math.sqrt(float(u @ u))
    n = np.array(shape.normal)
    n = n - u * float(n @ u)
    n = n / math.sqrt(float(n @ n))
    frame = np.stack([np.cross(u, n), u, n], axis=1)
    if shape.pitch_rad:
        c, s = math.cos(shape.pitch_rad), math.sin(shape.pitch_rad)
        frame = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]]) @ frame
    if shape.roll_rad:
        c, s = math.cos(shape.roll_rad), math.sin(shape.roll_rad)
        frame = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]) @ frame
    return np.asarray(frame)


def _slerp(a: Floats, b: Floats, share: float) -> Floats:
    """The rotation a ``share`` of the way from ``a`` to ``b`` (both 3 x 3), about one axis."""
    turn = b @ a.T
    cosine = max(-1.0, min(1.0, (float(np.trace(turn)) - 1.0) / 2.0))
    angle = math.acos(cosine)
    if angle < 1e-6:
        return b
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    size = math.sqrt(float(axis @ axis))
    if size < 1e-6:
        # Half a turn: any axis square to nothing in particular will do; take the one that stays.
        values = (turn + np.eye(3)) / 2.0
        column = int(np.argmax(np.diag(values)))
        axis = values[:, column]
        size = math.sqrt(float(axis @ axis))
    k = axis / size
    cross = np.array([[0.0, -k[2], k[1]], [k[2], 0.0, -k[0]], [-k[1], k[0], 0.0]])
    part = angle * share
    rotation = np.eye(3) + math.sin(part) * cross + (1.0 - math.cos(part)) * (cross @ cross)
    return np.asarray(rotation @ a)
