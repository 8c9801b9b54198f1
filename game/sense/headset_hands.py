"""The joints that a headset sees, in the words of the webcam: one action layer for both.

A headset knows its hands to the millimetre, in the player's own room. The gestures were made for the picture
of a webcam, so the joints are shown to one: a camera that stands a little before and below the player's face
and turns with the body. What only a headset knows, where the hand is in the room, goes along.
"""

import math
from collections.abc import Sequence
from typing import Final

from game.sense.observations import HandInRoom, HandSeen, HandsSeen, HeadSeen, Point3, Side

LANDMARKS: Final = (1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15, 17, 18, 19, 20, 22, 23, 24, 25)
"""Which of OpenXR's 26 joints stands for each of the 21 landmarks: the palm and the roots of four fingers
have no landmark."""
JOINTS: Final = 26
CAMERA_AHEAD_M: Final = 1.1
CAMERA_BELOW_M: Final = 0.25
"""The camera from the face."""
FOCAL_WIDTHS: Final = 0.80
ASPECT: Final = 4.0 / 3.0
NEAREST_M: Final = 0.15
"""A hand that reaches for the camera is not seen nearer than this."""
STAYS_RAD: Final = 0.35
"""A head may look about so far without the body turning."""
TURNS_S: Final = 0.6
"""Time constant with which a body turns after its head."""
_PALM: Final = (0, 5, 9, 13, 17)
_INDEX_TIP: Final = 8


class BodyYaw:
    """Which way the body faces, from which way the head does: a look aside is no turn."""

    def __init__(self) -> None:
        self.yaw_rad = 0.0
        self._t_s: float | None = None

    def feed(self, head_yaw_rad: float, t_s: float) -> float:
        """Radians, positive to the right."""
        dt_s = 0.0 if self._t_s is None else max(0.0, t_s - self._t_s)
        if self._t_s is None:
            self.yaw_rad = head_yaw_rad
        self._t_s = t_s
        away = math.remainder(head_yaw_rad - self.yaw_rad, math.tau)
        if abs(away) > STAYS_RAD:
            rest = away - math.copysign(STAYS_RAD, away)
            turned = self.yaw_rad + rest * (1.0 - math.exp(-dt_s / TURNS_S))
            self.yaw_rad = math.remainder(turned, math.tau)
        return self.yaw_rad


def hand_seen(
    side: Side, joints: Sequence[Point3], *, sure: float, head: Point3, body_yaw_rad: float
) -> HandSeen | None:
    """One hand as the camera sees it; None when ``joints`` are not 26 places.

    ``joints`` and ``head`` are in the room: x right, y ahead, z up, metres from the player's own place.
    ``sure`` is 0 to 1.
    """
    if len(joints) != JOINTS or not all(math.isfinite(v) for joint in joints for v in joint):
        return None
    spots = [joints[number] for number in LANDMARKS]
    about = [_seen_from(spot, head, body_yaw_rad) for spot in spots]
    middle = _mean([about[i] for i in _PALM])
    centre = _mean(about)
    far_m = max(NEAREST_M, CAMERA_AHEAD_M - middle[1])
    per_m = FOCAL_WIDTHS / far_m
    image = tuple(_pictured(spot, about[0], per_m) for spot in about)
    return HandSeen(
        track=0 if side == "left" else 1,
        side=side,
        score=sure,
        image=image,
        # The camera looks at the player: what is ahead is nearer to it.
        world=tuple((x - centre[0], centre[2] - z, centre[1] - y) for x, y, z in about),
        room=HandInRoom(
            palm_m=_mean([spots[i] for i in _PALM]),
            tip_m=spots[_INDEX_TIP],
            head_m=head,
            body_yaw_rad=body_yaw_rad,
        ),
    )


def hands_seen(hands: Sequence[HandSeen], t_s: float) -> HandsSeen:
    """The hands of one frame; empty when none is seen. A headset has no want of light."""
    return HandsSeen(at_s=t_s, captured_s=t_s, hands=tuple(hands), aspect=ASPECT, brightness=0.5)


def head_seen(
    head: Point3, yaw_rad: float, *, eye_height_m: float, t_s: float, hole_rad: float = 0.0
) -> HeadSeen:
    """The head, which is measured from its resting place and not from a camera."""
    return HeadSeen(
        at_s=t_s,
        captured_s=t_s,
        present=True,
        position_m=(head[0], -head[1], head[2] - eye_height_m),
        yaw_rad=yaw_rad,
        faces=1,
        from_rest=True,
        hole_rad=hole_rad,
    )


def _seen_from(spot: Point3, head: Point3, yaw_rad: float) -> Point3:
    """From the head, as the body faces."""
    x, y, z = spot[0] - head[0], spot[1] - head[1], spot[2] - head[2]
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    return x * c - y * s, x * s + y * c, z


def _pictured(spot: Point3, wrist: Point3, per_m: float) -> Point3:
    """Where the camera's mirrored picture shows a place; like MediaPipe's, without perspective in a hand."""
    x, y, z = spot
    return (
        0.5 + x * per_m,
        0.5 - (z + CAMERA_BELOW_M) * per_m * ASPECT,
        (wrist[1] - y) * per_m,
    )


def _mean(spots: Sequence[Point3]) -> Point3:
    n = len(spots)
    return sum(p[0] for p in spots) / n, sum(p[1] for p in spots) / n, sum(p[2] for p in spots) / n
