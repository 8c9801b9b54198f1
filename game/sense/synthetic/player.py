"""A player with two hands, a build and a way of moving, who gets from place to place and keeps the time."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from game.sense.hand_model import SHAPES, Pose, Shape, frame
from game.sense.observations import Side
from game.sense.synthetic.movement import HandMotion, Place, turned
from game.sense.synthetic.skeleton import Anatomy
from game.sense.synthetic.tracker import Camera

SIDES: Final[tuple[Side, Side]] = ("left", "right")
SETTLE_S: Final = 0.35
"""Relaxed hands between two gestures, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One gesture as it was performed; seconds of the performance."""

    action: str
    """Its name in the action layer."""
    variant: str
    sides: tuple[Side, ...]
    begin_s: float
    """When the hand sets out for it."""
    shown_s: float
    """When it is fully shown."""
    end_s: float
    """When it is given up."""
    minimum_s: float = 0.0
    """How long it takes at least to be sure of it after `shown_s`, where the movement itself tells that."""
    allowed: tuple[str, ...] = ()
    """Other actions that this movement contains, and that nobody must be blamed for seeing."""
    steps: int = 0
    """Steps of a walk."""
    prepared_s: float = 0.0
    """When the hand left its rest to get ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a person moves."""

    tempo: float = 1.0
    """1 is usual, 1.3 quick, 0.75 slow."""
    sloppiness: float = 1.0
    """0 performs each gesture as in the book; 1 as people do."""
    tilt: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How the person holds all hands, about t, n and u, radians."""

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Style":
        t, n, u = np.clip(rng.normal(0.0, math.radians(5.0), 3), -0.2, 0.2).tolist()
        return cls(
            tempo=float(rng.uniform(0.75, 1.35)), sloppiness=float(rng.uniform(0.5, 1.0)), tilt=(t, n, u)
        )


class Player:
    """Two hands, a clock of their own, and what was performed so far.

    ``distance_m`` is the hands' distance from the camera where they work.
    """

    def __init__(
        self,
        seed: int,
        *,
        distance_m: float = 0.8,
        camera: Camera | None = None,
        anatomy: Anatomy | None = None,
        style: Style | None = None,
    ) -> None:
        self.rng = np.random.default_rng([seed, 0x9A11])
        self.anatomy = anatomy if anatomy is not None else Anatomy()
        self.style = style if style is not None else Style()
        self.camera = camera if camera is not None else Camera()
        self.distance_m = distance_m
        self.now_s = 0.0
        self.truths: list[Truth] = []
        self.hold_s: float | None = None
        """How long the present gesture is to be held; None: as it comes."""
        self.where: tuple[float, float] | None = None
        """Where in the mirrored picture it is to be made; None: anywhere with ease."""
        self.hands: dict[Side, HandMotion] = {
            side: HandMotion(self.relaxed(), self.out_of_picture(side), self.rng) for side in SIDES
        }

    # What a person is like, with what varies each time.

    def lasting(self, usual_s: float) -> float:
        """A duration in this person's tempo."""
        return float(usual_s / self.style.tempo * self.rng.uniform(0.85, 1.2))

    def varied(self, shape: Shape) -> Shape:
        """A posture as this person takes it this time."""
        rng, much = self.rng, self.style.sloppiness
        curls = [
            float(np.clip(c + much * rng.uniform(-0.03, 0.08), 0.0, 1.02))
            if c < 0.5
            else float(np.clip(c - much * rng.uniform(-0.03, 0.1), 0.0, 1.02))
            for c in shape.curls
        ]
        angles = np.array(self.style.tilt) + rng.normal(0.0, math.radians(6.0) * much, 3)
        turn = frame(shape) @ turned(np.clip(angles, -0.35, 0.35)[None])[0]
        u, n = turn[:, 1].tolist(), turn[:, 2].tolist()
        thumb = np.array(shape.thumb) + rng.normal(0.0, 0.03 * much, 3)
        return replace(
            shape,
            curls=(curls[0], curls[1], curls[2], curls[3]),
            thumb=(float(thumb[0]), float(thumb[1]), float(thumb[2])),
            fingers=(u[0], u[1], u[2]),
            normal=(n[0], n[1], n[2]),
            spread=float(np.clip(shape.spread + rng.normal(0.0, 0.15), 0.0, 1.0)),
        )

    def relaxed(self) -> Shape:
        """A hand that does nothing, held before one."""
        rng = self.rng
        base = rng.uniform(0.34, 0.55)
        i, m, r, p = np.clip(base + np.array([-0.03, 0.02, 0.05, 0.05]) + rng.normal(0.0, 0.03, 4), 0.2, 0.7)
        angles = rng.normal(0.0, math.radians(12.0), 3)
        turn = frame(SHAPES[Pose.RELAXED]) @ turned(angles[None])[0]
        return replace(
            SHAPES[Pose.RELAXED],
            curls=(float(i), float(m), float(r), float(p)),
            fingers=tuple(turn[:, 1].tolist()),
            normal=tuple(turn[:, 2].tolist()),
        )

    def at(self, x: float, y: float, *, distance_m: float | None = None) -> Place:
        """Metres of a place in the mirrored picture (0 to 1, y down) at the working distance."""
        away = self.distance_m if distance_m is None else distance_m
        across = away / self.camera.focal_widths
        return (x - 0.5) * across, away, (0.5 - y) * across / self.camera.aspect

    def work_place(self, side: Side) -> Place:
        """Somewhere in the picture where this hand works with ease, all of it in view."""
        rng = self.rng
        if self.where is not None:
            return self.at(*self.where)
        tall = 1.25 * self.anatomy.palm_m * self.camera.focal_widths * self.camera.aspect / self.distance_m
        margin = min(0.42, tall + 0.04)
        x = rng.uniform(0.5, 0.74) if side == "right" else rng.uniform(0.26, 0.5)
        return self.at(float(x), float(rng.uniform(margin, 1.0 - margin)))

    def holding(self, low_s: float, high_s: float) -> float:
        """How long a gesture is held this time."""
        return self.hold_s if self.hold_s is not None else float(self.rng.uniform(low_s, high_s))

    def rest_place(self, side: Side) -> Place:
        """Where the hand rests between gestures, in view."""
        x = self.rng.uniform(0.52, 0.72)
        return self.at(float(x if side == "right" else 1.0 - x), float(self.rng.uniform(0.55, 0.75)))

    def out_of_picture(self, side: Side) -> Place:
        """Below the picture."""
        x, away, bottom = self.at(0.62 if side == "right" else 0.38, 1.0)
        return x, away + 0.1, bottom - 0.25

    # Doing.

    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    def form(
        self, side: Side, shape: Shape, place: Place | None = None, *, lasts_s: float, delay_s: float = 0.0
    ) -> float:
        """Take a posture (and go to a place) from now on; returns when both are reached."""
        hand, start_s = self.hands[side], self.now_s + delay_s
        hand.shape_to(shape, start_s, lasts_s)
        if place is None:
            return start_s + lasts_s
        far = math.dist(hand.place, place)
        # A reach takes longer the farther it goes; nobody's hand is quicker than about 1.5 m/s on the way.
        takes_s = max(lasts_s, self.lasting(0.25 + 0.5 * far), 1.9 * far / 1.5)
        hand.move_to(place, start_s, takes_s)
        return start_s + max(lasts_s, takes_s)

    def rest(self, side: Side, *, away: bool = False) -> None:
        """Let the hand sink back, and wait a little."""
        place = self.out_of_picture(side) if away else self.rest_place(side)
        self.now_s = self.form(side, self.relaxed(), place, lasts_s=self.lasting(0.35))
        self.now_s += SETTLE_S + float(self.rng.uniform(0.0, 0.8))
