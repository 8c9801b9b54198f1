"""What the Child's body does for each gesture: a few key poses in time, played through springs.

A key says where body parameters go by a moment; what it does not name goes back to rest. Anticipation (the
small move the other way before a large one) is part of the keys; overshoot and follow-through come from the
springs in `game.present.child_motion`.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from game.present.child_hands import CLAWS, FINGER, FLAG, FLAT, POINTING, SPREAD, UPTURNED, hands
from game.present.child_parameters import LEFT, PARAMETERS, RIGHT, P, Vector, fingers


@dataclass(frozen=True, slots=True)
class Key:
    at_s: float
    pose: dict[P, float] = field(default_factory=dict)


_OPEN: Final = hands((-0.07, 0.08, 0.14), (0.07, 0.08, 0.14)) | SPREAD
_MOUTH_COVER: Final = hands((0.10, 0.14, 0.27), (-0.10, 0.14, 0.27)) | FLAT
_MIRTH: Final = {P.LIDS: -0.25, P.CHEEK: 0.9, P.SMILE: 1.0}
_BELLY: Final = hands((0.09, 0.1, 0.06), (-0.09, 0.1, 0.06))

_DRAWN_IN: Final = {
    P.CROUCH: 0.34, P.LEAN: 0.14, P.SHRUG: 0.032, P.NOD: 0.12, P.EARS: -0.75, P.LIDS: -0.28, P.PUPIL: 0.4,
    P.LIGHT: -0.3,
} | hands((0.13, 0.10, 0.17), (-0.13, 0.10, 0.17))  # fmt: skip
"""Arms about itself, head between the shoulders, dimmer."""


def _tremble(since_s: float, until_s: float) -> tuple[Key, ...]:
    """Keys of a tremble of seven shakes a second in the drawn-in body, strongest at first. The springs let
    about a tenth of it through."""
    step_s = 1.0 / 14.0
    count = round((until_s - since_s) / step_s)
    keys = []
    for number in range(count):
        shake = (0.26 if number % 2 else -0.26) * (1.0 - 0.6 * number / count)
        trembling = {P.SIDE: shake, P.TWIST: -0.7 * shake, P.TILT: 0.5 * shake, P.EARS: -0.75 + shake}
        keys.append(Key(since_s + number * step_s, _DRAWN_IN | trembling))
    return tuple(keys)


GESTURES: Final[dict[str, tuple[Key, ...]]] = {
    "stare": (
        Key(0.15, {P.NOD: 0.08, P.LIDS: 0.35, P.EARS: 0.8, P.PUPIL: -0.6}),
        Key(0.6, {P.LEAN: 0.16, P.NOD: 0.02, P.LIDS: 0.4, P.EARS: 1.0, P.PUPIL: 0.7, P.FORTH: 0.03}),
        Key(3.5, {P.LEAN: 0.18, P.TILT: 0.16, P.LIDS: 0.4, P.EARS: 0.9, P.PUPIL: 0.8, P.FORTH: 0.03}),
        Key(4.2),
    ),
    "laugh": (
        Key(0.12, {P.LEAN: 0.14, P.CROUCH: 0.12, P.LIDS: -0.3, P.SMILE: 0.6}),
        Key(0.35, {P.LEAN: -0.24, P.NOD: -0.35, P.MOUTH: 0.8, P.EARS: 0.6} | _MIRTH | _OPEN),
        Key(0.60, {P.LEAN: -0.08, P.NOD: -0.12, P.MOUTH: 0.4, P.SHRUG: 0.012} | _MIRTH | _OPEN),
        Key(0.82, {P.LEAN: -0.20, P.NOD: -0.30, P.MOUTH: 0.8} | _MIRTH | _OPEN),
        Key(1.06, {P.LEAN: 0.10, P.NOD: 0.05, P.MOUTH: 0.4, P.SHRUG: 0.012} | _MIRTH | _BELLY),
        Key(1.30, {P.LEAN: 0.24, P.NOD: 0.10, P.CROUCH: 0.2, P.MOUTH: 0.7} | _MIRTH | _BELLY),
        Key(1.9, {P.LEAN: 0.05, P.SMILE: 0.8, P.EARS: 0.5}),
        Key(2.4),
    ),
    "point": (
        Key(0.16, {P.TWIST: 0.25, P.LEAN: -0.06} | hands(None, (-0.02, -0.04, 0.05))),
        Key(0.42, {P.TWIST: -0.35, P.LEAN: 0.10, P.EARS: 0.7} | hands(None, (-0.02, 0.235, 0.21)) | POINTING),
        Key(
            1.8,
            {P.TWIST: -0.30, P.LEAN: 0.08, P.EARS: 0.7, P.SMILE: 0.3}
            | hands(None, (-0.02, 0.23, 0.21))
            | POINTING,
        ),
        Key(2.4),
    ),
    "hide": (
        Key(0.14, {P.LIDS: 0.4, P.HOP: 0.02, P.EARS: 1.0, P.LEAN: -0.1}),
        Key(
            0.45,
            {P.CROUCH: 0.8, P.TURN: 0.7, P.LEAN: 0.4, P.EARS: -1.0, P.LIDS: -0.4}
            | hands((0.12, 0.15, 0.33), (-0.12, 0.15, 0.33))
            | FLAT,
        ),
        Key(
            1.6,
            {P.CROUCH: 0.8, P.TURN: 0.7, P.LEAN: 0.4, P.EARS: -1.0, P.LIDS: -0.35}
            | hands((0.12, 0.15, 0.33), (-0.12, 0.15, 0.33))
            | FLAT,
        ),
        Key(
            2.1,
            {P.CROUCH: 0.7, P.TURN: 0.4, P.LEAN: 0.3, P.EARS: -0.2, P.LIDS: 0.3, P.SHAKE: -0.3}
            | hands((0.07, 0.15, 0.27), (-0.12, 0.15, 0.33))
            | FLAT,
        ),
        Key(3.2),
    ),
    "shrug": (
        Key(0.14, {P.SHRUG: -0.008, P.CROUCH: 0.05}),
        Key(
            0.40,
            {P.SHRUG: 0.045, P.TILT: 0.28, P.LIDS: -0.2, P.EARS: -0.4}
            | hands((-0.09, 0.10, 0.13), (0.09, 0.10, 0.13))
            | UPTURNED,
        ),
        Key(
            1.0,
            {P.SHRUG: 0.040, P.TILT: 0.30, P.LIDS: -0.25, P.EARS: -0.4, P.SMILE: -0.3}
            | hands((-0.10, 0.10, 0.13), (0.10, 0.10, 0.13))
            | UPTURNED,
        ),
        Key(1.5),
    ),
    "come_close": (
        Key(0.3, {P.LEAN: -0.05, P.EARS: 0.4, P.NOD: 0.05}),
        Key(
            0.9,
            {P.LEAN: 0.32, P.FORTH: 0.10, P.NOD: -0.18, P.EARS: 1.0, P.LIDS: 0.3, P.PUPIL: 0.9}
            | hands((0.03, 0.10, 0.10), (-0.03, 0.10, 0.10)),
        ),
        Key(
            2.6,
            {P.LEAN: 0.34, P.FORTH: 0.12, P.TILT: -0.2, P.NOD: -0.18, P.EARS: 1.0, P.LIDS: 0.3, P.PUPIL: 1.0}
            | hands((0.03, 0.10, 0.10), (-0.03, 0.10, 0.10)),
        ),
        Key(3.4),
    ),
    "turn_away": (
        Key(0.16, {P.TWIST: -0.15, P.NOD: -0.12}),
        Key(
            0.7,
            {P.TURN: 2.2, P.NOD: -0.12, P.EARS: -0.7, P.LIDS: -0.35}
            | hands((0.15, 0.10, 0.13), (-0.15, 0.11, 0.12)),
        ),
        Key(
            2.8,
            {P.TURN: 2.2, P.NOD: -0.10, P.EARS: -0.7, P.LIDS: -0.35}
            | hands((0.15, 0.10, 0.13), (-0.15, 0.11, 0.12)),
        ),
        Key(3.6),
    ),
    "jump": (
        Key(0.16, {P.CROUCH: 0.55, P.LEAN: 0.2} | hands((-0.02, -0.08, 0.02), (0.02, -0.08, 0.02))),
        Key(
            0.34,
            {P.HOP: 0.17, P.LIDS: 0.45, P.EARS: 1.0, P.MOUTH: 0.6}
            | hands((-0.13, 0.03, 0.28), (0.13, 0.03, 0.28)),
        ),
        Key(0.54, {P.CROUCH: 0.4, P.LIDS: 0.4, P.EARS: 0.4, P.MOUTH: 0.4} | _OPEN),
        Key(1.2),
    ),
    "wave": (
        Key(0.14, {P.SIDE: 0.06} | hands(None, (0.0, -0.02, 0.03))),
        Key(
            0.38,
            {P.SIDE: -0.10, P.TILT: -0.15, P.SMILE: 0.6, P.EARS: 0.6}
            | hands(None, (0.02, 0.06, 0.33))
            | FLAG,
        ),
        Key(
            0.60,
            {P.SIDE: -0.10, P.TILT: -0.15, P.SMILE: 0.6, P.EARS: 0.6}
            | hands(None, (0.13, 0.06, 0.29))
            | FLAG,
        ),
        Key(
            0.82,
            {P.SIDE: -0.10, P.TILT: -0.15, P.SMILE: 0.6, P.EARS: 0.6}
            | hands(None, (0.00, 0.06, 0.33))
            | FLAG,
        ),
        Key(
            1.04,
            {P.SIDE: -0.10, P.TILT: -0.15, P.SMILE: 0.6, P.EARS: 0.6}
            | hands(None, (0.13, 0.06, 0.29))
            | FLAG,
        ),
        Key(1.7),
    ),
    "glow": (
        Key(0.3, {P.CROUCH: 0.12, P.NOD: 0.25, P.LIDS: -0.7, P.EARS: -0.3}),
        Key(1.0, {P.NOD: -0.30, P.LEAN: -0.12, P.LIDS: -0.2, P.EARS: 1.0, P.SMILE: 0.5, P.HOP: 0.02} | _OPEN),
        Key(2.2, {P.NOD: -0.25, P.LEAN: -0.10, P.LIDS: -0.1, P.EARS: 1.0, P.SMILE: 0.6} | _OPEN),
        Key(3.0),
    ),
    "smirk": (
        Key(0.3, {P.TILT: 0.22, P.LIDS: -0.40, P.SMILE: 0.9, P.EARS: 0.1, P.LEAN: -0.06}),
        Key(1.5, {P.TILT: 0.24, P.LIDS: -0.45, P.SMILE: 0.9, P.EARS: 0.1, P.LEAN: -0.06}),
        Key(2.1),
    ),
    "peek": (
        Key(
            0.4,
            {P.SIDE: 0.35, P.TILT: 0.30, P.CROUCH: 0.25, P.LIDS: 0.3, P.EARS: 0.5}
            | hands(None, (0.06, 0.10, 0.20)),
        ),
        Key(
            1.8,
            {P.SIDE: 0.38, P.TILT: 0.34, P.CROUCH: 0.25, P.LIDS: 0.3, P.EARS: 0.7}
            | hands(None, (0.06, 0.10, 0.20)),
        ),
        Key(2.4),
    ),
    "whisper": (
        Key(0.3, {P.LEAN: -0.04, P.SHAKE: 0.3}),
        Key(
            0.7,
            {P.LEAN: 0.26, P.SHAKE: -0.12, P.CROUCH: 0.15, P.EARS: -0.3, P.LIDS: -0.1}
            | hands(None, (-0.02, 0.15, 0.29))
            | fingers("R", -0.2, -0.2, -0.2, -0.1, wrist=0.8),
        ),
        Key(
            2.2,
            {P.LEAN: 0.28, P.CROUCH: 0.15, P.EARS: -0.3, P.LIDS: -0.1}
            | hands(None, (-0.02, 0.15, 0.29))
            | fingers("R", -0.2, -0.2, -0.2, -0.1, wrist=0.8),
        ),
        Key(2.8),
    ),
    "gasp": (
        Key(0.10, {P.LEAN: 0.04}),
        Key(
            0.26,
            {
                P.LEAN: -0.28,
                P.FORTH: -0.05,
                P.LIDS: 0.55,
                P.PUPIL: -0.9,
                P.EARS: 1.0,
                P.MOUTH: 0.9,
                P.SHRUG: 0.02,
            }
            | _OPEN,
        ),
        Key(0.55, {P.LEAN: -0.20, P.LIDS: 0.5, P.PUPIL: -0.7, P.EARS: 0.8, P.MOUTH: 0.5} | _MOUTH_COVER),
        Key(1.5, {P.LEAN: -0.12, P.LIDS: 0.4, P.PUPIL: -0.3, P.EARS: 0.6} | _MOUTH_COVER),
        Key(2.1),
    ),
    "steal": (
        Key(
            0.25,
            {P.CROUCH: 0.45, P.LEAN: 0.22, P.LIDS: -0.15, P.EARS: -0.6}
            | hands((0.02, -0.05, 0.04), (-0.02, -0.05, 0.04)),
        ),
        Key(
            0.50,
            {P.LEAN: 0.45, P.FORTH: 0.16, P.LIDS: 0.5, P.EARS: -0.8}
            | hands((0.08, 0.24, 0.20), (-0.08, 0.24, 0.20))
            | CLAWS,
        ),
        Key(
            0.85,
            {P.LEAN: -0.12, P.TWIST: 0.4, P.SMILE: 1.0, P.EARS: 1.0}
            | hands((0.13, 0.09, 0.14), (-0.13, 0.09, 0.14)),
        ),
        Key(
            2.0,
            {P.CROUCH: 0.12, P.TWIST: 0.3, P.SMILE: 1.0, P.EARS: 0.7}
            | hands((0.13, 0.09, 0.14), (-0.13, 0.09, 0.14)),
        ),
        Key(2.8),
    ),
    "rude": (
        Key(
            0.16,
            {P.LEAN: -0.06, P.CROUCH: 0.06}
            | hands(None, (0.02, -0.03, 0.03))
            | fingers("R", 0.75, 0.75, 0.75, 0.6),
        ),
        Key(
            0.38,
            {P.LEAN: 0.06, P.TILT: -0.2, P.SMILE: 0.8, P.EARS: 0.8, P.LIDS: -0.15}
            | hands(None, (0.055, 0.085, 0.270))
            | FINGER,
        ),
        Key(
            0.60,
            {P.LEAN: 0.06, P.TILT: -0.2, P.SMILE: 0.9, P.EARS: 0.8, P.LIDS: -0.15}
            | hands(None, (0.050, 0.075, 0.215))
            | FINGER,
        ),
        Key(
            0.80,
            {P.LEAN: 0.08, P.TILT: -0.2, P.SMILE: 1.0, P.EARS: 0.8, P.LIDS: -0.15}
            | hands(None, (0.055, 0.095, 0.300))
            | FINGER,
        ),
        Key(1.5, {P.TILT: -0.2, P.SMILE: 1.0, P.EARS: 0.6} | hands(None, (0.055, 0.085, 0.270)) | FINGER),
        Key(2.0),
    ),
    "lead": (
        Key(0.2, {P.TWIST: -0.2, P.LEAN: -0.05}),
        Key(
            0.5,
            {P.TURN: 0.6, P.SHAKE: -0.5, P.EARS: 0.8, P.SMILE: 0.4}
            | hands(None, (0.04, 0.16, 0.24))
            | fingers("R", -0.3, -0.1, 0.0, -0.3, up=1.0),
        ),
        Key(
            0.8,
            {P.TURN: 0.8, P.SHAKE: -0.6, P.EARS: 0.8, P.SMILE: 0.4}
            | hands(None, (-0.06, 0.06, 0.28))
            | fingers("R", 0.55, 0.6, 0.65, 0.0, up=0.6, ahead=-1.0),
        ),
        Key(
            1.1,
            {P.TURN: 0.8, P.SHAKE: -0.6, P.EARS: 0.8, P.SMILE: 0.4}
            | hands(None, (0.04, 0.16, 0.24))
            | fingers("R", -0.3, -0.1, 0.0, -0.3, up=1.0),
        ),
        Key(1.8),
    ),
    "block": (
        Key(0.16, {P.CROUCH: 0.12, P.LEAN: -0.06} | hands((0.06, 0.08, 0.16), (-0.06, 0.08, 0.16))),
        Key(
            0.42,
            {P.STANCE: 0.06, P.CROUCH: 0.16, P.LEAN: 0.10, P.EARS: -0.5, P.NOD: 0.10}
            | hands((-0.15, 0.03, 0.16), (0.15, 0.03, 0.16))
            | SPREAD,
        ),
        Key(
            3.6,
            {P.STANCE: 0.06, P.CROUCH: 0.14, P.LEAN: 0.12, P.EARS: -0.6, P.NOD: 0.08}
            | hands((-0.15, 0.03, 0.17), (0.15, 0.03, 0.17))
            | SPREAD,
        ),
        Key(4.1),
    ),
    "shiver": (
        Key(0.14, {P.LEAN: -0.05, P.LIDS: 0.15, P.EARS: 0.2, P.LIGHT: 0.05}),
        *_tremble(0.45, 1.75),
        Key(2.1, {P.CROUCH: 0.18, P.LEAN: 0.08, P.EARS: -0.4, P.LIDS: -0.1, P.LIGHT: -0.12}),
        Key(2.8),
    ),
    "nod": (
        Key(0.12, {P.NOD: -0.08}),
        Key(0.30, {P.NOD: 0.22, P.EARS: 0.3}),
        Key(0.52, {P.NOD: -0.04}),
        Key(0.9),
    ),
}
"""Gestures by tag; a tag that is not here is answered with a small nod."""


def _table(keys: tuple[Key, ...]) -> tuple[Vector, Vector]:
    times = np.array([0.0, *(key.at_s for key in keys)])
    poses = np.zeros((len(times), PARAMETERS))
    for row, key in enumerate(keys, start=1):
        for parameter, value in key.pose.items():
            poses[row, parameter] = value
    return times, poses


_TABLES: Final = {name: _table(keys) for name, keys in GESTURES.items()}


def length_s(name: str) -> float:
    return float(_TABLES.get(name, _TABLES["nod"])[0][-1])


def gesture(name: str, age_s: float) -> Vector:
    """(parameters,) that a gesture adds to the body at ``age_s`` after it began; zeros when it is over."""
    times, poses = _TABLES.get(name, _TABLES["nod"])
    if age_s <= 0.0 or age_s >= times[-1]:
        return np.zeros(PARAMETERS)
    row = int(np.searchsorted(times, age_s, side="right")) - 1
    part = (age_s - times[row]) / (times[row + 1] - times[row])
    part = part * part * (3.0 - 2.0 * part)
    return np.asarray(poses[row] + (poses[row + 1] - poses[row]) * part)


_CLAIMED: Final = {name: np.abs(poses).max(axis=0) > 1e-9 for name, (_, poses) in _TABLES.items()}
_TAKES_S, _LEAVES_S = 0.22, 0.5


def claim(name: str, age_s: float) -> Vector:
    """(parameters,) 0 to 1: how far a gesture rules each part of the body at ``age_s``. It takes what it
    names at once and hands it back over its last half second. A hand that it moves is ruled whole."""
    left_s = length_s(name) - age_s
    if age_s <= 0.0 or left_s <= 0.0:
        return np.zeros(PARAMETERS)
    part = min(1.0, age_s / _TAKES_S, left_s / _LEAVES_S)
    claimed = _CLAIMED.get(name, _CLAIMED["nod"]).copy()
    for hand in (LEFT, RIGHT):
        claimed[list(hand)] = claimed[list(hand)].any()
    return np.asarray(claimed * (part * part * (3.0 - 2.0 * part)))
