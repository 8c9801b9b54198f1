"""The Child's arms: they reach where a gesture or a thing in the world wants them, and its fingers speak."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.present.child_body import JOINTS, Bone, digits, hand_axes
from game.present.child_limbs import Limb, bend, frame
from game.present.child_parameters import P

Floats = NDArray[np.float64]
Put = Callable[[int | list[int], Floats, Floats, Floats], None]
"""Of a bone, or several: its turn, where it turns about at rest, and where that is now."""

_REST_CURL: Final = 0.25
_BENDS_RAD: Final = np.array([1.95, 1.95, 1.95, 1.1])
"""How far a curl of 1 bends index, middle and outer finger, and the thumb."""
_STRETCH: Final = 1.6
_TAKES_PER_S: Final = 9.0
"""How quickly a hand goes for a thing in the world, and lets go of it."""
_FOLLOWS_PER_S: Final = 18.0
_HAND_M: Final = 0.035
"""From the wrist to the middle of the palm."""
_BONES: Final = (
    (Bone.ARM_L, Bone.FOREARM_L, Bone.HAND_L),
    (Bone.ARM_R, Bone.FOREARM_R, Bone.HAND_R),
)


class _Arm:
    """One arm: its limb, the axes of its hand at rest, and how far it reaches for a thing."""

    def __init__(self, side: float) -> None:
        self.side = side
        self.limb = Limb(("shoulder", "elbow", "wrist"), side, (0.7, -0.9, -0.2))
        self.along, palm, _ = hand_axes(side)
        self.rest = frame(self.along, palm).T
        x, y, z = np.cross(self.along, palm)
        self.cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
        self.cross_2 = self.cross @ self.cross
        """Rodrigues' terms of a turn about the axis that fingers curl about."""
        fingers = digits(side)
        name = "L" if side < 0.0 else "R"
        self.curls = [P[f"{kind}_{name}"] for kind in ("INDEX", "MIDDLE", "OUTER", "THUMB")]
        self.digit_bones = [int(one.bone) for one in fingers]
        self.roots = np.array([one.root for one in fingers])
        self.along_digits = np.array([np.outer(one.way, one.way) for one in fingers])
        self.wrist = P[f"WRIST_{name}"]
        self.faces = (P[f"PALM_{name}_Y"], P[f"PALM_{name}_Z"])
        self.thing: Floats | None = None
        self.share = 0.0

    def reach(self, target: Floats | None, own: Floats, dt_s: float) -> Floats:
        """Where the wrist goes: ``own`` is the gesture's, ``target`` the thing's; all in the body's axes."""
        if target is not None:
            self.thing = target if self.thing is None or self.share < 0.02 else self.thing
            self.thing = self.thing + (target - self.thing) * (1.0 - math.exp(-dt_s * _FOLLOWS_PER_S))
        goal = 0.0 if target is None else 1.0
        self.share += (goal - self.share) * (1.0 - math.exp(-dt_s * _TAKES_PER_S))
        if self.thing is None or self.share < 0.005:
            return own
        part = self.share * self.share * (3.0 - 2.0 * self.share)
        return np.asarray(own + (self.thing - own) * part)


class Arms:
    """Left and right arm; `place` once a frame."""

    def __init__(self) -> None:
        self._arms = (_Arm(-1.0), _Arm(1.0))

    def place(
        self, put: Put, v: Floats, *, chest: Floats, trunk: Floats,
        things: tuple[Floats | None, Floats | None], sway: float, breath: float, dt_s: float,
    ) -> list[Floats]:  # fmt: skip
        """Bones of both arms; the palms' middles, left and right.

        ``v`` are the body's parameters, ``chest`` (3,) and ``trunk`` (3, 3) where its chest is, ``things``
        what the hands reach for, in the body's axes. ``sway`` swings them against the legs.
        """
        palms = []
        for number, arm in enumerate(self._arms):
            side, limb = arm.side, arm.limb
            hand = v[P.HAND_L_X : P.HAND_L_Z + 1] if number == 0 else v[P.HAND_R_X : P.HAND_R_Z + 1]
            lift = np.array([-side * float(v[P.NARROW]), 0.0, float(v[P.SHRUG])])
            shoulder = chest + trunk @ (limb.root - JOINTS["chest"] + lift)
            swing = np.array([0.0, -0.06 * side * sway, 0.004 * breath])
            own = chest + trunk @ (limb.end - JOINTS["chest"] + hand + swing)
            target = arm.reach(things[number], own, dt_s)
            # Elbows hang under raised hands; on hips they point out.
            raised = max(0.0, float(target[2] - shoulder[2]) + 0.12)
            out = float(v[P.ELBOWS])
            pole = trunk @ (limb.pole + np.array([0.7 * side * out, 0.75 * out, 0.1 * out - 8.0 * raised]))
            elbow, wrist = bend(shoulder, target, limb.first_m, limb.second_m, pole)
            bones = _BONES[number]
            put(bones[0], frame(elbow - shoulder, pole) @ limb.rest_first, limb.root, shoulder)
            put(bones[1], frame(wrist - elbow, pole) @ limb.rest_second, limb.middle, elbow)
            along = wrist - elbow
            along = along / max(1e-6, math.sqrt(float(along @ along)))
            along = along + np.array([0.0, 0.0, 1.4 * float(v[arm.wrist])])
            ahead, up = float(v[arm.faces[0]]), float(v[arm.faces[1]])
            facing = trunk @ np.array([-0.3 * side, -0.5 + 1.6 * ahead, 1.6 * up])
            spin = frame(along, facing) @ arm.rest
            put(bones[2], spin, limb.end, wrist)
            self._fingers(put, v, arm, spin, wrist)
            palms.append(wrist + spin @ (arm.along * _HAND_M))
        return palms

    @staticmethod
    def _fingers(put: Put, v: Floats, arm: _Arm, spin: Floats, wrist: Floats) -> None:
        curl = _REST_CURL + v[arm.curls]
        bent = np.clip(curl, 0.0, 1.1)
        angle = bent * _BENDS_RAD
        # A finger is one bone: curled it is short, or it would stand out of the fist.
        longer = (_STRETCH * np.maximum(0.0, -curl) - 0.42 * bent)[:, None, None]
        stretched = np.eye(3) + longer * arm.along_digits
        turned = np.sin(angle)[:, None, None] * arm.cross + (1.0 - np.cos(angle))[:, None, None] * arm.cross_2
        own = spin @ (stretched + turned @ stretched)
        put(arm.digit_bones, own, arm.roots, wrist + (arm.roots - arm.limb.end) @ spin.T)
