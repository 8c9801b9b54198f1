"""The Child's arms: they reach where a gesture or a thing in the world wants them, and its fingers speak."""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from game.interpret.intents import Vec3
from game.present.child_body import Bone, digits, hand_axes
from game.present.child_limbs import (
    Limb,
    Matrix,
    after,
    bend,
    between,
    frame,
    minus,
    plus,
    resting,
    through,
    transposed,
    unit,
)
from game.present.child_parameters import P

Put = Callable[[int, Matrix, Vec3, Vec3], None]
"""Of a bone: its turn, where it turns about at rest, and where that is now."""

_REST_CURL: Final = 0.25
_BENDS_RAD: Final = (1.95, 1.95, 1.95, 1.1)
"""How far a curl of 1 bends index, middle and outer finger, and the thumb."""
_STRETCH: Final = 1.6
_TAKES_PER_S: Final = 9.0
"""How quickly a hand goes for a thing in the world, and lets go of it."""
_FOLLOWS_PER_S: Final = 18.0
_HAND_M: Final = 0.035
"""From the wrist to the middle of the palm."""
_CHEST: Final = resting("chest")
_BONES: Final = (
    (Bone.ARM_L, Bone.FOREARM_L, Bone.HAND_L),
    (Bone.ARM_R, Bone.FOREARM_R, Bone.HAND_R),
)


class _Arm:
    """One arm: its limb, the axes of its hand at rest, and how far it reaches for a thing."""

    def __init__(self, side: float) -> None:
        self.side = side
        self.limb = Limb(("shoulder", "elbow", "wrist"), side, (0.7, -0.9, -0.2))
        along, palm, _ = hand_axes(side)
        self.along = _vec(along)
        self.rest = transposed(frame(self.along, _vec(palm)))
        x, y, z = _vec(np.cross(along, palm))
        self.cross: Matrix = (0.0, -z, y, z, 0.0, -x, -y, x, 0.0)
        self.cross_2 = after(self.cross, self.cross)
        """Rodrigues' terms of a turn about the axis that fingers curl about."""
        name = "L" if side < 0.0 else "R"
        kinds = ("INDEX", "MIDDLE", "OUTER", "THUMB")
        self.digits = [
            (int(one.bone), _vec(one.root), _vec(one.way), P[f"{kind}_{name}"], most_rad)
            for one, kind, most_rad in zip(digits(side), kinds, _BENDS_RAD, strict=True)
        ]
        """Of each: its bone, its root and its way at rest, its curl, and how far that bends it."""
        self.wrist = P[f"WRIST_{name}"]
        self.faces = (P[f"PALM_{name}_Y"], P[f"PALM_{name}_Z"])
        self.thing: Vec3 | None = None
        self.share = 0.0

    def reach(self, target: Vec3 | None, own: Vec3, dt_s: float) -> Vec3:
        """Where the wrist goes: ``own`` is the gesture's, ``target`` the thing's; all in the body's axes."""
        if target is not None:
            thing = target if self.thing is None or self.share < 0.02 else self.thing
            self.thing = between(thing, target, 1.0 - math.exp(-dt_s * _FOLLOWS_PER_S))
        goal = 0.0 if target is None else 1.0
        self.share += (goal - self.share) * (1.0 - math.exp(-dt_s * _TAKES_PER_S))
        if self.thing is None or self.share < 0.005:
            return own
        return between(own, self.thing, self.share * self.share * (3.0 - 2.0 * self.share))


def _vec(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Vec3:
    x, y, z = values.tolist()
    return (x, y, z)


class Arms:
    """Left and right arm; `place` once a frame."""

    def __init__(self) -> None:
        self._arms = (_Arm(-1.0), _Arm(1.0))

    def place(
        self, put: Put, v: Sequence[float], *, chest: Vec3, trunk: Matrix,
        things: tuple[Vec3 | None, Vec3 | None], sway: float, breath: float, dt_s: float,
    ) -> list[Vec3]:  # fmt: skip
        """Bones of both arms; the palms' middles, left and right.

        ``v`` are the body's parameters, ``chest`` and ``trunk`` where its chest is, ``things`` what the
        hands reach for, in the body's axes. ``sway`` swings them against the legs.
        """
        palms = []
        for number, arm in enumerate(self._arms):
            side, limb = arm.side, arm.limb
            hand = P.HAND_L_X if number == 0 else P.HAND_R_X
            root, end = minus(limb.root, _CHEST), minus(limb.end, _CHEST)
            lifted = (root[0] - side * v[P.NARROW], root[1], root[2] + v[P.SHRUG])
            shoulder = plus(chest, through(trunk, lifted))
            put_out = (
                end[0] + v[hand],
                end[1] + v[hand + 1] - 0.06 * side * sway,
                end[2] + v[hand + 2] + 0.004 * breath,
            )
            target = arm.reach(things[number], plus(chest, through(trunk, put_out)), dt_s)
            # Elbows hang under raised hands; on hips they point out.
            raised = max(0.0, target[2] - shoulder[2] + 0.12)
            out = v[P.ELBOWS]
            x, y, z = limb.pole
            pole = through(trunk, (x + 0.7 * side * out, y + 0.75 * out, z + 0.1 * out - 8.0 * raised))
            elbow, wrist = bend(shoulder, target, limb.first_m, limb.second_m, pole)
            upper, lower = minus(elbow, shoulder), minus(wrist, elbow)
            bones = _BONES[number]
            put(bones[0], after(frame(upper, pole), limb.rest_first), limb.root, shoulder)
            put(bones[1], after(frame(lower, pole), limb.rest_second), limb.middle, elbow)
            along = plus(unit(lower), (0.0, 0.0, 1.4 * v[arm.wrist]))
            ahead, up = v[arm.faces[0]], v[arm.faces[1]]
            facing = through(trunk, (-0.3 * side, -0.5 + 1.6 * ahead, 1.6 * up))
            spin = after(frame(along, facing), arm.rest)
            put(bones[2], spin, limb.end, wrist)
            self._fingers(put, v, arm, spin, wrist)
            a, b, c = arm.along
            palms.append(plus(wrist, through(spin, (a * _HAND_M, b * _HAND_M, c * _HAND_M))))
        return palms

    @staticmethod
    def _fingers(put: Put, v: Sequence[float], arm: _Arm, spin: Matrix, wrist: Vec3) -> None:
        (_, k1, k2, k3, _, k4, k5, k6, _), k = arm.cross, arm.cross_2
        for bone, root, way, parameter, most_rad in arm.digits:
            curl = _REST_CURL + v[parameter]
            bent = min(1.1, max(0.0, curl))
            s, c = math.sin(bent * most_rad), 1.0 - math.cos(bent * most_rad)
            turn = after(spin, (
                1.0 + c * k[0], s * k1 + c * k[1], s * k2 + c * k[2],
                s * k3 + c * k[3], 1.0 + c * k[4], s * k4 + c * k[5],
                s * k5 + c * k[6], s * k6 + c * k[7], 1.0 + c * k[8],
            ))  # fmt: skip
            # A finger is one bone: curled it is short, or it would stand out of the fist.
            longer = _STRETCH * max(0.0, -curl) - 0.42 * bent
            a, d, g = through(turn, way)
            x, y, z = longer * way[0], longer * way[1], longer * way[2]
            own = (
                turn[0] + a * x, turn[1] + a * y, turn[2] + a * z,
                turn[3] + d * x, turn[4] + d * y, turn[5] + d * z,
                turn[6] + g * x, turn[7] + g * y, turn[8] + g * z,
            )  # fmt: skip
            put(bone, own, root, plus(wrist, through(spin, minus(root, arm.limb.end))))
