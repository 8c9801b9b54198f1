"""A player who is not there: scripted hands, for machines without a camera, for shows and for tests."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from game.clock import LATENCY_S
from game.sense.hand_model import Floats, Pose, Shape, at_phase, blend, landmarks
from game.sense.observations import HandSeen, HandsSeen, Point3, Side

FRAME_S: Final = 1.0 / 30.0
ASPECT: Final = 16.0 / 9.0
FOCAL_WIDTHS: Final = 0.80
TURN_S: Final = 0.28
"""How long the fingers take from one pose to the next."""
TRAVEL_S: Final = 0.55
"""How long the hand takes from one place to the next."""
CYCLES_HZ: Final = {Pose.WALK: 1.5, Pose.PADDLE: 1.3, Pose.WAVE: 2.2, Pose.BECKON: 1.8}
"""Cycles a second of the moving poses; a cycle of walking is two steps."""
SIDES: Final[tuple[Side, Side]] = ("left", "right")
_PALM: Final = (0, 5, 9, 13, 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """From ``t_s`` on, one hand makes one pose at one place, until its next stroke."""

    t_s: float
    pose: Pose
    where: tuple[float, float] = (0.6, 0.5)
    """Of the palm, in the mirrored picture: x right, y down, 0 to 1."""
    side: Side = "right"
    distance_m: float = 0.6
    """From the camera."""


class SyntheticPlayer:
    """Performs a script at 30 frames a second; the same script and seed give the same frames.

    Landmarks tremble as a good tracker's do; the hand itself drifts a little, as hands do.
    """

    def __init__(self, script: Sequence[Stroke], seed: int = 0) -> None:
        ordered = sorted(script, key=lambda stroke: stroke.t_s)
        self._scripts: dict[Side, list[Stroke]] = {
            "left": [stroke for stroke in ordered if stroke.side == "left"],
            "right": [stroke for stroke in ordered if stroke.side == "right"],
        }
        self._rng = np.random.default_rng(seed)
        self._drift = {side: self._rng.uniform(0.0, math.tau, 4) for side in SIDES}
        self._frame = 0

    @property
    def next_s(self) -> float:
        """Capture time of the next frame; every one before it has been given."""
        return self._frame * FRAME_S

    def hands_until(self, t_s: float) -> list[HandsSeen]:
        """The frames captured up to ``t_s`` that were not given before, dated as the eyes would date them."""
        frames: list[HandsSeen] = []
        while self.next_s <= t_s + 1e-9:
            captured_s = self.next_s
            self._frame += 1
            hands = tuple(
                hand
                for track, side in enumerate(SIDES, start=1)
                if (hand := self._hand(side, track, captured_s)) is not None
            )
            frames.append(
                HandsSeen(
                    at_s=captured_s + LATENCY_S["hands"],
                    captured_s=captured_s,
                    hands=hands,
                    aspect=ASPECT,
                    brightness=0.4,
                )
            )
        return frames

    def _hand(self, side: Side, track: int, t_s: float) -> HandSeen | None:
        done = [stroke for stroke in self._scripts[side] if stroke.t_s <= t_s]
        if not done or done[-1].pose is Pose.AWAY:
            return None
        shape, (x, y), distance_m = _at(done, t_s)
        drift = self._drift[side]
        x += 0.006 * math.sin(0.9 * t_s + drift[0]) + 0.002 * math.sin(3.7 * t_s + drift[1])
        y += 0.008 * math.sin(0.7 * t_s + drift[2]) + 0.003 * math.sin(3.1 * t_s + drift[3])
        points = landmarks(shape, left=side == "left")
        image, world = project(points, (x, y), distance_m)
        image += self._rng.normal(0.0, 0.0012, image.shape)
        world += self._rng.normal(0.0, 0.0012, world.shape)
        return HandSeen(track=track, side=side, score=0.97, image=_points(image), world=_points(world))


def _at(done: Sequence[Stroke], t_s: float) -> tuple[Shape, tuple[float, float], float]:
    """Posture, place and distance at ``t_s`` of a hand whose strokes so far are ``done``."""
    now = done[-1]
    shape = _moving(now, t_s)
    before = done[-2] if len(done) > 1 else None
    since_s = t_s - now.t_s
    if before is None or before.pose is Pose.AWAY or since_s >= max(TURN_S, TRAVEL_S):
        return shape, now.where, now.distance_m
    # Where the last stroke had come to by then: a stroke that is cut short goes on from there.
    from_shape, (x, y), distance_m = _at(done[:-1], now.t_s)
    turned, went = _smooth(since_s / TURN_S), _smooth(since_s / TRAVEL_S)
    if turned < 1.0:
        if now.t_s - before.t_s >= TURN_S:
            from_shape = _moving(before, t_s)  # Let a moving pose move on while it fades.
        shape = blend(from_shape, shape, turned)
    place = (x + (now.where[0] - x) * went, y + (now.where[1] - y) * went)
    return shape, place, distance_m + (now.distance_m - distance_m) * went


def _moving(stroke: Stroke, t_s: float) -> Shape:
    return at_phase(stroke.pose, (t_s - stroke.t_s) * CYCLES_HZ.get(stroke.pose, 0.0))


def _smooth(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3.0 - 2.0 * share)


def project(points: Floats, where: tuple[float, float], distance_m: float) -> tuple[Floats, Floats]:
    """Image and world landmarks, (21, 3) each, as `HandSeen` has them.

    ``points`` are (21, 3) metres in view axes; their palm appears at ``where`` in the mirrored picture.
    """
    about = points - points[list(_PALM)].mean(axis=0)
    across = distance_m / FOCAL_WIDTHS
    x_m = (where[0] - 0.5) * across + about[:, 0]
    z_m = (0.5 - where[1]) * across / ASPECT + about[:, 2]
    depth_m = np.maximum(distance_m - about[:, 1], 0.05)
    image = np.stack(
        [
            0.5 + FOCAL_WIDTHS * x_m / depth_m,
            0.5 - FOCAL_WIDTHS * ASPECT * z_m / depth_m,
            -(about[:, 1] - about[0, 1]) / across,
        ],
        axis=1,
    )
    middle = points - points.mean(axis=0)
    world = np.stack([middle[:, 0], -middle[:, 2], -middle[:, 1]], axis=1)
    return image, world


def _points(table: Floats) -> tuple[Point3, ...]:
    return tuple((x, y, z) for x, y, z in table.tolist())


def first_minute() -> tuple[Stroke, ...]:
    """A player's first minutes in the cave, for a show without one: paint, walk, point, insult, follow."""
    places = [(0.55, 0.55), (0.35, 0.4), (0.5, 0.3), (0.72, 0.42), (0.62, 0.6), (0.4, 0.58), (0.55, 0.4)]
    paint = tuple(
        Stroke(t_s=3.0 + 1.3 * i, pose=Pose.OPEN if i % 2 else Pose.RELAXED, where=place)
        for i, place in enumerate(places)
    )
    return (
        *paint,
        Stroke(t_s=13.0, pose=Pose.WALK, where=(0.56, 0.55)),
        Stroke(t_s=27.0, pose=Pose.RELAXED, where=(0.58, 0.55)),
        Stroke(t_s=28.5, pose=Pose.POINT, where=(0.62, 0.45)),
        Stroke(t_s=37.0, pose=Pose.RELAXED, where=(0.6, 0.55)),
        Stroke(t_s=52.0, pose=Pose.RUDE, where=(0.6, 0.5)),
        Stroke(t_s=54.0, pose=Pose.RELAXED, where=(0.55, 0.55)),
        Stroke(t_s=76.0, pose=Pose.WALK, where=(0.55, 0.58)),
        Stroke(t_s=96.0, pose=Pose.AWAY),
    )
