"""The Child's body at rest: what it is made of, its skin of points, its face, and which bone moves what.

Metres; x to its right, y ahead, z up, feet on the ground at the origin.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Packed = dict[str, NDArray[np.float32]]


class Bone(IntEnum):
    PELVIS = 0
    CHEST = 1
    HEAD = 2
    ARM_L = 3
    FOREARM_L = 4
    HAND_L = 5
    ARM_R = 6
    FOREARM_R = 7
    HAND_R = 8
    THIGH_L = 9
    SHIN_L = 10
    FOOT_L = 11
    THIGH_R = 12
    SHIN_R = 13
    FOOT_R = 14
    EAR_L = 15
    EAR_TIP_L = 16
    EAR_R = 17
    EAR_TIP_R = 18
    INDEX_L = 19
    MIDDLE_L = 20
    OUTER_L = 21
    THUMB_L = 22
    INDEX_R = 23
    MIDDLE_R = 24
    OUTER_R = 25
    THUMB_R = 26


BONES: Final = len(Bone)
HEAD_CENTRE: Final = np.array([0.0, 0.0, 0.70])


def _joint(x: float, y: float, z: float) -> Floats:
    return np.array([x, y, z])


JOINTS: Final[dict[str, Floats]] = {
    "pelvis": _joint(0.0, 0.0, 0.29),
    "chest": _joint(0.0, 0.0, 0.40),
    "neck": _joint(0.0, 0.0, 0.535),
    "shoulder": _joint(0.072, 0.0, 0.475),
    "elbow": _joint(0.122, -0.012, 0.372),
    "wrist": _joint(0.150, 0.014, 0.275),
    "hip": _joint(0.046, 0.0, 0.262),
    "knee": _joint(0.058, 0.014, 0.150),
    "ankle": _joint(0.060, -0.004, 0.036),
    "ear": _joint(0.142, -0.035, 0.765),
    "ear_mid": _joint(0.232, -0.062, 0.822),
    "ear_tip": _joint(0.348, -0.090, 0.846),
}
"""Joints at rest; those of limbs are of the right side (x positive)."""


def joint(name: str, side: float) -> Floats:
    """A limb's joint; ``side`` is 1 for the right and -1 for the left."""
    return np.asarray(JOINTS[name] * np.array([side, 1.0, 1.0]))


@dataclass(frozen=True, slots=True)
class Digit:
    """A finger or the thumb at rest: root (3,), unit way to its tip (3,), metres long."""

    bone: Bone
    root: Floats
    way: Floats
    length_m: float


def hand_axes(side: float) -> tuple[Floats, Floats, Floats]:
    """Unit vectors of a hand that hangs at rest: along the fingers, out of the palm, to the thumb's side."""
    along = joint("wrist", side) - joint("elbow", side)
    along = along / np.linalg.norm(along)
    palm = np.array([-0.5 * side, -0.86, 0.0])
    palm = palm - along * float(palm @ along)
    palm = palm / np.linalg.norm(palm)
    thumb = np.cross(along, palm)
    return along, palm, thumb if thumb[0] * side < 0.0 else -thumb


_PALM_M: Final = 0.030
_DIGITS: Final = (
    # Name, root along and to the thumb's side, way to the thumb's side, length.
    ("INDEX", 0.036, 0.020, 0.30, 0.062),
    ("MIDDLE", 0.040, -0.002, 0.0, 0.068),
    ("OUTER", 0.034, -0.022, -0.36, 0.056),
    ("THUMB", 0.008, 0.020, 1.15, 0.046),
)


def digits(side: float) -> tuple[Digit, ...]:
    """Index, middle and outer finger and the thumb of a hand; it has no more."""
    along, _, thumb = hand_axes(side)
    made = []
    for name, up_m, aside_m, slant, length_m in _DIGITS:
        way = along + slant * thumb
        root = joint("wrist", side) + along * up_m + thumb * aside_m
        bone = Bone[f"{name}_{'L' if side < 0 else 'R'}"]
        made.append(Digit(bone, root, way / np.linalg.norm(way), length_m))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Part:
    bone: Bone
    a: Floats
    b: Floats
    radius_a: float
    radius_b: float


def _limbs(side: float) -> list[_Part]:
    left = side < 0
    arm, forearm, hand = (Bone.ARM_L, Bone.FOREARM_L, Bone.HAND_L) if left else (
        Bone.ARM_R, Bone.FOREARM_R, Bone.HAND_R)  # fmt: skip
    thigh, shin, foot = (Bone.THIGH_L, Bone.SHIN_L, Bone.FOOT_L) if left else (
        Bone.THIGH_R, Bone.SHIN_R, Bone.FOOT_R)  # fmt: skip
    ear, tip = (Bone.EAR_L, Bone.EAR_TIP_L) if left else (Bone.EAR_R, Bone.EAR_TIP_R)

    def at(name: str) -> Floats:
        return joint(name, side)

    palm = at("wrist") + hand_axes(side)[0] * _PALM_M
    fingers = [_Part(one.bone, one.root, one.root + one.way * one.length_m, 0.0135, 0.0100)
               for one in digits(side)]  # fmt: skip
    toe = at("ankle") + np.array([side * 0.018, 0.068, -0.008])
    return [
        _Part(arm, at("shoulder"), at("elbow"), 0.026, 0.019),
        _Part(forearm, at("elbow"), at("wrist"), 0.019, 0.018),
        _Part(hand, at("wrist"), palm, 0.017, 0.025),
        *fingers,
        _Part(thigh, at("hip"), at("knee"), 0.042, 0.029),
        _Part(shin, at("knee"), at("ankle"), 0.028, 0.025),
        _Part(foot, at("ankle"), toe, 0.027, 0.030),
        _Part(ear, at("ear"), at("ear_mid"), 0.022, 0.027),
        _Part(tip, at("ear_mid"), at("ear_tip"), 0.027, 0.004),
    ]


_HEAD_PARTS: Final = (
    _Part(Bone.HEAD, _joint(0.045, -0.018, 0.735), _joint(-0.045, -0.018, 0.735), 0.142, 0.142),
    _Part(Bone.HEAD, _joint(0.0, 0.01, 0.70), _joint(0.0, 0.042, 0.615), 0.135, 0.078),
)
_PARTS: Final = (
    *_HEAD_PARTS,
    _Part(Bone.PELVIS, _joint(0.0, -0.004, 0.275), _joint(0.0, 0.006, 0.33), 0.072, 0.080),
    _Part(Bone.CHEST, _joint(0.0, 0.006, 0.34), _joint(0.0, 0.0, 0.462), 0.080, 0.052),
    _Part(Bone.CHEST, _joint(-0.06, 0.0, 0.47), _joint(0.06, 0.0, 0.47), 0.030, 0.030),
    _Part(Bone.HEAD, _joint(0.0, 0.0, 0.50), _joint(0.0, 0.0, 0.56), 0.030, 0.034),
    *_limbs(1.0),
    *_limbs(-1.0),
)


def _distances(points: Floats, parts: tuple[_Part, ...]) -> Floats:
    """(n, parts) distances to each tapered capsule."""
    a = np.array([part.a for part in parts])
    line = np.array([part.b for part in parts]) - a
    ra = np.array([part.radius_a for part in parts])
    rb = np.array([part.radius_b for part in parts])
    # Squares written out, so that most of it is two products of matrices.
    long_2 = (line**2).sum(axis=1)
    along = points @ line.T - (a * line).sum(axis=1)
    t = np.clip(along / long_2, 0.0, 1.0)
    away_2 = (points**2).sum(axis=1)[:, None] - 2.0 * (points @ a.T) + (a**2).sum(axis=1)
    away_2 += t * (t * long_2 - 2.0 * along)
    return np.asarray(np.sqrt(np.maximum(away_2, 0.0)) - (ra + (rb - ra) * t))


def solid(points: Floats, parts: tuple[_Part, ...] = _PARTS) -> Floats:
    """Signed distance (about) of (n, 3) points to the body; parts flow into each other over 2 cm."""
    soft = 0.012
    return np.asarray(-soft * np.log(np.exp(-_distances(points, parts) / soft).sum(axis=1)))


def _slope(points: Floats, parts: tuple[_Part, ...] = _PARTS) -> Floats:
    step = 0.002
    slope = np.stack(
        [solid(points + step * axis, parts) - solid(points - step * axis, parts) for axis in np.eye(3)],
        axis=1,
    )
    return np.asarray(slope / np.maximum(1e-9, np.sqrt((slope**2).sum(axis=1)))[:, None])


def _onto_skin(points: Floats, *, level_only: bool = False) -> Floats:
    """Points moved onto the skin; with ``level_only`` they keep their height."""
    for _ in range(4):
        slope = _slope(points)
        if level_only:
            slope[:, 2] = 0.0
            slope /= np.maximum(0.3, np.sqrt((slope**2).sum(axis=1)))[:, None]
        points = points - solid(points)[:, None] * slope
    return points


def _near_skin(count: int, rng: np.random.Generator) -> Floats:
    """(count, 3) points on the skin, even over its area."""
    area = np.array(
        [(p.radius_a + p.radius_b) * (np.linalg.norm(p.b - p.a) + p.radius_a + p.radius_b) for p in _PARTS]
    )
    # Small parts would vanish in the dark: hands, feet and ears get more than their share.
    small = np.array([3.0 if p.radius_a < 0.015 else 1.9 if p.radius_a < 0.03 else 1.0 for p in _PARTS])
    which = rng.choice(len(_PARTS), count, p=area * small / (area * small).sum())
    a = np.array([p.a for p in _PARTS])[which]
    b = np.array([p.b for p in _PARTS])[which]
    ra = np.array([p.radius_a for p in _PARTS])[which]
    rb = np.array([p.radius_b for p in _PARTS])[which]
    t = rng.uniform(-0.0, 1.0, count)
    way = rng.normal(size=(count, 3))
    way /= np.sqrt((way**2).sum(axis=1))[:, None]
    return np.asarray(a + (b - a) * t[:, None] + way * (ra + (rb - ra) * t)[:, None])


def _apart() -> NDArray[np.bool_]:
    """(bones, bones) pairs whose skin never flows together."""
    apart = np.zeros((BONES, BONES), dtype=np.bool_)
    for side, hand in ((-1.0, Bone.HAND_L), (1.0, Bone.HAND_R)):
        for one in digits(side):
            apart[one.bone], apart[:, one.bone] = True, True
            apart[one.bone, hand] = apart[hand, one.bone] = False
    return apart


_APART: Final = _apart()


def _skinned(points: Floats, normals: Floats, weight: Floats, rng: np.random.Generator) -> Packed:
    """Vertex columns: position, normal and weight, and the two bones that move each point."""
    distances = _distances(points, _PARTS)
    owners = np.array([part.bone for part in _PARTS])
    by_bone = np.full((len(points), BONES), 9.0)
    for column, bone in enumerate(owners):
        by_bone[:, bone] = np.minimum(by_bone[:, bone], distances[:, column])
    rows = np.arange(len(points))
    first = np.argmin(by_bone, axis=1)
    # Fingers that lie side by side at rest part when one is stretched: each flows into its hand alone.
    others = by_bone + np.where(_APART[first], 9.0, 0.0)
    others[rows, first] = np.inf
    second = np.argmin(others, axis=1)
    gap = by_bone[rows, second] - by_bone[rows, first]
    share = 0.5 * np.exp(-gap / 0.012)
    skin = np.stack([first, second, share, rng.uniform(0, 1, len(points))], axis=1)
    lie = np.concatenate([normals, weight[:, None]], axis=1)
    return {
        "vertex": points.astype(np.float32),
        "lie": lie.astype(np.float32),
        "skin": skin.astype(np.float32),
    }


def skin_points(count: int, rng: np.random.Generator) -> Packed:
    """About ``count`` points of the skin, most of them on level scan lines, some between."""
    line_m = 0.011
    lines = _onto_skin(_near_skin(int(count * 0.78), rng))
    lines[:, 2] = np.round(lines[:, 2] / line_m) * line_m
    lines = _onto_skin(lines, level_only=True)
    scatter = _onto_skin(_near_skin(count - len(lines), rng))
    points = np.concatenate([lines, scatter])
    weight = np.concatenate([np.ones(len(lines)), rng.uniform(0.25, 0.9, len(scatter))])
    good = np.abs(solid(points)) < 0.003
    points, weight = points[good], weight[good]
    return _skinned(points, _slope(points), weight, rng)


def shadow_points(rng: np.random.Generator, count: int = 1500) -> Packed:
    """Points a little under the skin, drawn large and black: what is behind the Child is hidden."""
    points = _onto_skin(_near_skin(count, rng))
    normals = _slope(points)
    return _skinned(points - 0.016 * normals, normals, np.ones(count), rng)


def face_patch(columns: int = 25, rows: int = 21) -> tuple[Packed, NDArray[np.int64]]:
    """The front of the head as a curved patch: vertices with ``face`` (azimuth and elevation in radians from
    the head's centre), and triangles."""
    azimuth = np.linspace(-1.25, 1.25, columns)
    elevation = np.linspace(-1.05, 0.75, rows)
    u, v = (grid.reshape(-1) for grid in np.meshgrid(azimuth, elevation))
    way = np.stack([np.sin(u) * np.cos(v), np.cos(u) * np.cos(v), np.sin(v)], axis=1)
    reach = np.full(len(u), 0.4)
    for _ in range(40):
        reach -= 0.8 * solid(HEAD_CENTRE + way * reach[:, None], _HEAD_PARTS)
    points = HEAD_CENTRE + way * (reach + 0.002)[:, None]
    i = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)[None, :]).reshape(-1)
    corners = np.stack([i, i + 1, i + columns, i + columns, i + 1, i + columns + 1], axis=1).reshape(-1, 3)
    normals = _slope(points, _HEAD_PARTS)
    return {
        "vertex": points.astype(np.float32),
        "lie": np.concatenate([normals, np.ones((len(u), 1))], axis=1).astype(np.float32),
        "face": np.stack([u, v], axis=1).astype(np.float32),
    }, corners
