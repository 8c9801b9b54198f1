"""What everyday motion is made of: hands at ease that go from place to place about a trunk, grip and swing.

Nothing in here is meant: no flat open hand is held towards the camera, up or down, and nothing thin between
thumb and fingertip.
"""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from game.sense.hand_model import Shape, landmarks
from game.sense.observations import Side
from game.sense.synthetic.movement import Place
from game.sense.synthetic.player import SIDES, Player
from game.sense.synthetic.strokes import rhythm

BEHIND_M: Final = 0.3
"""The trunk is so much farther from the camera than hands at work."""
FLAT: Final = 0.25
"""A hand whose fingers bend less than this on average is flat; resting ones are not."""
THIN: Final = 0.35
"""Nothing thinner than this (palm lengths) is held between thumb and fingertip."""

Vector = tuple[float, float, float]

LAP: Final = (0.1, 0.25, -0.48)
TABLE: Final = (0.18, 0.38, -0.3)
CHEST: Final = (0.16, 0.3, -0.08)
MOUTH: Final = (0.05, 0.15, 0.18)
NOSE: Final = (0.03, 0.14, 0.23)
TEMPLE: Final = (0.09, 0.1, 0.27)
HAIR: Final = (0.1, 0.08, 0.36)
CHIN: Final = (0.05, 0.16, 0.12)
"""Places of the palm about the middle of the shoulders: outwards, before the trunk, up; metres."""


def means_something(shape: Shape) -> bool:
    """Whether a still hand like this would be an open palm outward, up or down."""
    if sum(shape.curls) / 4.0 >= FLAT:
        return False
    u = np.array(shape.fingers) / np.linalg.norm(shape.fingers)
    n = np.array(shape.normal) - u * float(np.dot(shape.normal, u))
    n /= np.linalg.norm(n)
    faces = n[1] > 0.3 and u[2] > 0.1
    return bool(faces or (abs(n[2]) > 0.2 and u[2] < 0.75))


class AtEase:
    """Moves a player's hands as people move them who mean nothing by it."""

    def __init__(self, player: Player) -> None:
        self.player = player
        rng = player.rng
        trunk_m = player.distance_m + BEHIND_M
        tall_m = trunk_m / player.camera.focal_widths / player.camera.aspect
        # The camera looks at a face and a chest, or at a chest and a table.
        self._middle: Place = (
            float(rng.normal(0.0, 0.06)) * trunk_m,
            trunk_m,
            (0.5 - float(rng.uniform(0.2, 0.6))) * tall_m,
        )
        for side in SIDES:
            player.form(side, self.calm(0.45), self.place(side, LAP), lasts_s=0.3)

    def uniform(self, low: float, high: float) -> float:
        return float(self.player.rng.uniform(low, high))

    def chance(self, share: float) -> bool:
        return bool(self.player.rng.random() < share)

    def side(self) -> Side:
        return "right" if self.chance(0.6) else "left"

    def place(self, side: Side, about: Vector, *, spread_m: float = 0.03) -> Place:
        """Where something of the body is, in metres before the camera."""
        x, front, up = np.array(about) + self.player.rng.normal(0.0, spread_m, 3)
        out = float(x if side == "right" else -x)
        return self._middle[0] + out, max(0.15, self._middle[1] - float(front)), self._middle[2] + float(up)

    def calm(
        self,
        curl: float,
        fingers: Vector = (0.0, 0.8, 0.3),
        normal: Vector = (-0.5, 0.3, -0.8),
        *,
        spread: float = 0.4,
        thumb: Vector = (0.62, 0.95, 0.45),
        turn: float = 0.15,
    ) -> Shape:
        """A hand at ease: fingers bent about ``curl``, the little one most, directions varied."""
        rng = self.player.rng
        curls = np.clip(curl + np.array([-0.04, 0.01, 0.04, 0.05]) + rng.normal(0.0, 0.03, 4), 0.05, 0.95)
        u = np.array(fingers) / np.linalg.norm(fingers) + rng.normal(0.0, turn, 3)
        n = np.array(normal) / np.linalg.norm(normal) + rng.normal(0.0, turn, 3)
        roots = np.clip(curls * rng.uniform(0.7, 1.1), 0.03, 0.95)
        return Shape(
            curls=tuple(curls.tolist()),
            knuckles=tuple(roots.tolist()),
            fingers=tuple(u.tolist()),
            normal=tuple(n.tolist()),
            spread=float(np.clip(rng.normal(spread, 0.15), 0.0, 1.0)),
            thumb=tuple((np.array(thumb) + rng.normal(0.0, 0.04, 3)).tolist()),
        )

    def grip(self, gap: float, fingers: Vector, normal: Vector) -> Shape:
        """Fingertips around something ``gap`` palm lengths thick."""
        bent = self.uniform(0.32, 0.42)
        shape = self.calm(bent + 0.05, fingers, normal, thumb=(0.95, 0.95, 0.45))
        anatomy = self.player.anatomy
        for _ in range(4):  # The thumb bends on its way, so the gap is found in steps.
            points = landmarks(shape, anatomy=anatomy)
            apart = math.dist(points[4], points[8]) / anatomy.palm_m
            left = (1.0 - shape.touch) * gap / max(apart, 1e-3)
            shape = replace(shape, touch=float(np.clip(1.0 - left, 0.0, 1.0)))
        return shape

    def go(
        self,
        side: Side,
        shape: Shape,
        about: Vector | None = None,
        *,
        lasts_s: float = 0.5,
        hidden: float = 0.0,
        spread_m: float = 0.03,
    ) -> float:
        """Take a posture and go somewhere, from now on; returns when both are reached."""
        player = self.player
        takes_s = player.lasting(lasts_s)
        hand = player.hands[side]
        if about is not None:
            place = self.place(side, about, spread_m=spread_m)
            far = math.dist(hand.place, place)
            takes_s = max(takes_s, player.lasting(0.3 + 0.7 * far))
            hand.move_to(place, player.now_s, takes_s)
        hand.shape_to(shape, player.now_s, takes_s, hidden=hidden)
        return player.now_s + takes_s

    def swing(
        self, side: Side, columns: dict[str, float], *, hz: float, halves: int, start_s: float | None = None
    ) -> float:
        """To and fro a few times; returns when it is over."""
        begin_s = self.player.now_s if start_s is None else start_s
        times, values = rhythm(self.player, begin_s, 0.5 / hz, halves, uneven=0.18)
        self.player.hands[side].swing(times, values, columns)
        return times[-1]

    def rest(self, side: Side, *, lap: float = 0.5) -> float:
        """Let a hand sink into the lap or onto the table."""
        if self.chance(lap):
            return self.go(
                side, self.calm(self.uniform(0.4, 0.6), (-0.5, 0.8, -0.2), (-0.3, -0.1, -0.9)), LAP
            )
        return self.go(side, self.on_table(), TABLE)

    def on_table(self) -> Shape:
        if self.chance(0.3):  # On its edge.
            return self.calm(self.uniform(0.4, 0.6), (-0.4, 0.9, 0.0), (-0.9, -0.3, -0.2))
        return self.calm(self.uniform(FLAT + 0.03, 0.5), (-0.2, 0.9, 0.05), (-0.1, 0.1, -1.0), turn=0.08)

    def wait_until(self, *moments: float, more_s: float = 0.0) -> None:
        self.player.now_s = max(self.player.now_s, *moments) + more_s
