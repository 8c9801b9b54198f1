"""What a webcam and a landmarker make of moving hands: projection, noise, losses, errors, frame times.

The figures of `NOISE` follow recorded tracks of MediaPipe's landmarker: the second differences of resting
hands give the white part, their wandering about the mean the slow part, gaps and jumps the rest.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from game.clock import LATENCY_S
from game.sense.hand_tracker import Identities
from game.sense.observations import HandSeen, HandsSeen, Point3, Side
from game.sense.synthetic.movement import HandMotion, drifting, turned
from game.sense.synthetic.skeleton import Anatomy, Floats, hand_points

_PALM: Final = [0, 5, 9, 13, 17]
_RESTLESS: Final = np.array(
    [0.8, 0.7, 0.8, 1.0, 1.3, 0.6, 0.8, 1.1, 1.4, 0.6, 0.8, 1.1, 1.4, 0.6, 0.8, 1.1, 1.4, 0.7, 0.9, 1.2, 1.5]
)
"""How much each landmark trembles: tips more than knuckles."""
_NEAREST_M: Final = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A webcam."""

    fps: float = 30.0
    width_px: int = 1280
    height_px: int = 720
    focal_widths: float = 0.80
    """Focal length in widths of the picture."""
    tilt_rad: float = 0.0
    """How far it looks down (a camera above the picture) or, negative, up."""
    mirrored: bool = False
    """It delivers its picture as a mirror does, so that sides and x are swapped."""

    @property
    def aspect(self) -> float:
        return self.width_px / self.height_px


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How well the landmarker sees. Lengths in palm lengths, rates a minute of a hand in view."""

    white: float
    """Trembling from frame to frame of a landmark in the picture; its depth trembles half as much again."""
    white_world: float
    """The same of world landmarks."""
    drift: float
    """Slow error of the fingers' bend, in shares of closed."""
    drift_rad: float
    """Slow error of the hand's direction."""
    depth: tuple[float, float]
    """Depth that is seen over true depth: the range from session to session."""
    glitches: float
    """A posture or a palm that is wrong for a few frames."""
    losses: float
    """The hand is not found for a while."""
    flips: float
    """The hand's side is wrong for a few frames."""
    doubles: float
    """The hand is seen twice in a frame."""
    fast_losses: float
    """0 to 1: how often motion blur costs a fast hand, over what was measured on stills."""
    jitter_s: float
    """Of the frames' times."""
    score: float
    """The usual score."""
    score_spread: float
    brightness: float


NOISE: Final[dict[str, Noise]] = {
    "clean": Noise(
        white=0.002,
        white_world=0.002,
        drift=0.01,
        drift_rad=math.radians(1.0),
        depth=(0.9, 1.0),
        glitches=0.1,
        losses=0.1,
        flips=0.0,
        doubles=0.0,
        fast_losses=0.0,
        jitter_s=0.0,
        score=0.97,
        score_spread=0.01,
        brightness=0.45,
    ),
    "webcam": Noise(
        white=0.006,
        white_world=0.006,
        drift=0.02,
        drift_rad=math.radians(2.5),
        depth=(0.8, 1.0),
        glitches=1.0,
        losses=0.5,
        flips=0.5,
        doubles=0.3,
        fast_losses=0.3,
        jitter_s=0.0015,
        score=0.96,
        score_spread=0.03,
        brightness=0.35,
    ),
    "dark": Noise(
        white=0.013,
        white_world=0.012,
        drift=0.045,
        drift_rad=math.radians(5.0),
        depth=(0.75, 1.0),
        glitches=5.0,
        losses=5.0,
        flips=4.0,
        doubles=2.0,
        fast_losses=1.0,
        jitter_s=0.004,
        score=0.92,
        score_spread=0.08,
        brightness=0.08,
    ),
}
"""Levels by name: a well lit room, an evening's webcam, a dark room."""


class Scene:
    """A player's two hands before a camera."""

    def __init__(
        self,
        hands: Mapping[Side, HandMotion],
        *,
        anatomy: Anatomy,
        camera: Camera,
        noise: Noise,
        seed: int,
    ) -> None:
        self._hands = dict(hands)
        self._anatomy = anatomy
        self._camera = camera
        self._noise = noise
        self._rng = np.random.default_rng([seed, 0xCA3E])
        self._depth = float(self._rng.uniform(*noise.depth))

    def frames(self, seconds: float, *, tracked: bool = True) -> Iterator[HandsSeen]:
        """The frames of that many seconds, dated as the eyes would date them.

        With ``tracked`` false the hands are as a landmarker names them, each frame for itself (track 0).
        """
        fps, rng = self._camera.fps, self._rng
        count = max(1, math.floor(seconds * fps + 1e-9))
        times = np.arange(count) / fps
        jitter = np.clip(rng.normal(0.0, self._noise.jitter_s, count), -0.3 / fps, 0.3 / fps)
        times = times + np.abs(jitter)
        identities = Identities()
        views = {side: self._view(side, motion, times) for side, motion in self._hands.items()}
        aspect = self._camera.aspect
        for k, captured_s in enumerate(times.tolist()):
            hands = tuple(hand for view in views.values() for hand in view.at(k))
            if tracked:
                hands = identities.name(hands, captured_s, aspect=aspect)
            yield HandsSeen(
                at_s=captured_s + LATENCY_S["hands"],
                captured_s=captured_s,
                hands=hands,
                aspect=aspect,
                brightness=self._noise.brightness,
            )

    def _view(self, side: Side, motion: HandMotion, t_s: Floats) -> "_View":
        rng, noise, camera = self._rng, self._noise, self._camera
        sampled = motion.sample(t_s)
        posture = sampled.posture
        hidden = np.clip(posture[:, 13], 0.0, 1.0)
        # A living hand sways slowly and trembles a little (its own doing, whatever the tracker adds).
        place = sampled.place + drifting(rng, t_s, sigma=0.004, knot_s=1.5, width=3)
        place += drifting(rng, t_s, sigma=0.0006, knot_s=0.15, width=3)
        sway = drifting(rng, t_s, sigma=math.radians(1.5), knot_s=1.5, width=3)
        sway += drifting(rng, t_s, sigma=math.radians(0.3), knot_s=0.2, width=3)
        fingers = posture[:, :8] + drifting(rng, t_s, sigma=0.012, knot_s=1.2, width=8)
        # What the landmarker gets wrong slowly, the more so of a hand that is covered.
        doubt = (1.0 + 4.0 * hidden)[:, None]
        wrong = drifting(rng, t_s, sigma=noise.drift, knot_s=0.5, width=4) * doubt
        fingers = fingers + np.concatenate([wrong, wrong], axis=1)
        sway = sway + drifting(rng, t_s, sigma=noise.drift_rad, knot_s=0.5, width=3) * doubt
        glitch, turned_over, shift = self._glitches(t_s, hidden)
        fingers = fingers + glitch
        turn = sampled.turn @ turned(sway)
        own = hand_points(
            self._anatomy,
            knuckles=fingers[:, :4],
            joints=fingers[:, 4:],
            spread=np.clip(posture[:, 8], 0.0, 1.0),
            thumb=posture[:, 9:12],
            touch=np.clip(posture[:, 12], 0.0, 1.0),
        )
        points = np.einsum("nij,nkj->nki", turn, own) * self._anatomy.palm_m
        if side == "left":
            points[:, :, 0] = -points[:, :, 0]
        about = points - points[:, _PALM].mean(axis=1, keepdims=True)
        # The camera looks down: everything turns up about the axis to the right.
        c, s = math.cos(camera.tilt_rad), math.sin(camera.tilt_rad)
        look = np.array([[1.0, 0.0, 0.0], [0.0, c, s], [0.0, -s, c]])
        about = about @ look.T
        distance = np.maximum(place[:, 1], _NEAREST_M)
        depth = np.maximum(distance[:, None] - about[:, :, 1], 0.05)
        focal = camera.focal_widths
        image = np.empty_like(points)
        image[:, :, 0] = 0.5 + focal * (place[:, None, 0] + about[:, :, 0]) / depth
        image[:, :, 1] = 0.5 - focal * camera.aspect * (place[:, None, 2] + about[:, :, 2]) / depth
        image[:, :, 2] = -(about[:, :, 1] - about[:, :1, 1]) * focal / distance[:, None]
        # Noise grows where a hand is small or covered, and for what is behind the palm.
        palm_px = self._anatomy.palm_m * focal / distance * camera.width_px
        small = np.sqrt(1.0 + (30.0 / palm_px) ** 2)
        behind = np.clip(-about[:, :, 1] / (0.5 * self._anatomy.palm_m), 0.0, 1.0)
        level = (small * (1.0 + 3.0 * hidden))[:, None] * (1.0 + behind) * _RESTLESS
        palm_widths = self._anatomy.palm_m * focal / distance
        scale = np.stack([palm_widths, palm_widths * camera.aspect, palm_widths * 1.5], axis=1)
        image += rng.normal(0.0, noise.white, image.shape) * level[:, :, None] * scale[:, None, :]
        image[:, :, :2] += shift[:, None, :] * scale[:, None, :2]
        world = self._world(about, place, turned_over)
        tremble = rng.normal(0.0, noise.white_world, world.shape) * level[:, :, None]
        world += tremble * self._anatomy.palm_m * np.array([1.0, 1.0, 1.4])
        seen = self._seen(image, place, t_s, hidden)
        score = noise.score + drifting(rng, t_s, sigma=noise.score_spread, knot_s=0.5, width=1)[:, 0]
        score = np.clip(score - 0.3 * hidden - 0.1 * np.abs(glitch).max(axis=1), 0.5, 0.998)
        flips = self._spells(t_s, noise.flips * (1.0 + 6.0 * hidden), (0.04, 0.25))
        double = self._spells(t_s, noise.doubles * (1.0 + 3.0 * hidden), (0.02, 0.08))
        if camera.mirrored:
            image[:, :, 0] = 1.0 - image[:, :, 0]
            world[:, :, 0] = -world[:, :, 0]
        named: Side = side if not camera.mirrored else ("left" if side == "right" else "right")
        return _View(
            side=named,
            image=image,
            world=world,
            score=score.tolist(),
            seen=seen.tolist(),
            flipped=flips.tolist(),
            double=double.tolist(),
        )

    def _world(self, about: Floats, place: Floats, turned_over: np.ndarray) -> Floats:
        """World landmarks about their own mean, as seen along the line of sight, a little too flat."""
        yaw = np.arctan2(place[:, 0], place[:, 1])
        pitch = np.arctan2(place[:, 2], np.hypot(place[:, 0], place[:, 1]))
        # A landmarker works on a crop about the hand, as if the camera looked straight at it.
        cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
        x, y, z = about[:, :, 0], about[:, :, 1], about[:, :, 2]
        x, y = x * cy[:, None] + y * sy[:, None], y * cy[:, None] - x * sy[:, None]
        y, z = y * cp[:, None] - z * sp[:, None], z * cp[:, None] + y * sp[:, None]
        y = y * self._depth
        y = np.where(turned_over[:, None], -y, y)
        points = np.stack([x, -z, -y], axis=2)
        return np.asarray(points - points.mean(axis=1, keepdims=True))

    def _glitches(self, t_s: Floats, hidden: Floats) -> tuple[Floats, np.ndarray, Floats]:
        """Wrong bends (N, 8), where near and far are mixed up (N,), shifts in palm lengths (N, 2)."""
        rng = self._rng
        bends, over, shift = np.zeros((len(t_s), 8)), np.zeros(len(t_s), dtype=bool), np.zeros((len(t_s), 2))
        for low, high in self._runs(t_s, self._noise.glitches * (1.0 + 8.0 * hidden), (0.03, 0.12)):
            kind = rng.integers(4)
            if kind == 0:
                over[low:high] = True
            elif kind == 1:
                shift[low:high] = rng.normal(0.0, 0.25, 2)
            else:
                wrong = rng.normal(0.0, 0.3, 4) * (rng.random(4) < (0.5 if kind == 2 else 1.0))
                bends[low:high] = np.concatenate([wrong, wrong])
        return bends, over, shift

    def _seen(self, image: Floats, place: Floats, t_s: Floats, hidden: Floats) -> np.ndarray:
        """(N,) whether the landmarker has the hand."""
        inside = ((image[:, :, :2] > 0.0) & (image[:, :, :2] < 1.0)).all(axis=2).mean(axis=1)
        seen = (inside > 0.55) & (place[:, 1] > _NEAREST_M)
        losses = self._noise.losses * (1.0 + 15.0 * hidden)
        seen &= ~self._spells(t_s, losses, (0.05, 0.5))
        seen &= hidden < 0.95
        # Tracking keeps 80 % of hands that move 0.75 palm lengths a frame, 58 % at one (measured on stills).
        if len(t_s) > 1 and self._noise.fast_losses > 0.0:
            centre = image[:, _PALM, :2].mean(axis=1)
            palm = self._anatomy.palm_m * self._camera.focal_widths / place[:, 1]
            step = np.diff(centre, axis=0) / np.array([1.0, self._camera.aspect])
            moved = np.concatenate([[0.0], np.hypot(*step.T) / palm[1:]])
            risk = np.interp(moved, [0.5, 0.75, 1.0, 2.0], [0.0, 0.2, 0.42, 0.8]) * self._noise.fast_losses
            seen &= self._rng.random(len(t_s)) >= risk
        return np.asarray(seen)

    def _spells(self, t_s: Floats, a_minute: Floats, lasts_s: tuple[float, float]) -> np.ndarray:
        mask = np.zeros(len(t_s), dtype=bool)
        for low, high in self._runs(t_s, a_minute, lasts_s):
            mask[low:high] = True
        return mask

    def _runs(self, t_s: Floats, a_minute: Floats, lasts_s: tuple[float, float]) -> list[tuple[int, int]]:
        """Frames, from and to, of events of a Poisson process; none shorter than a frame."""
        if len(t_s) < 2:
            return []
        step = np.diff(t_s, prepend=t_s[0])
        starts = np.flatnonzero(self._rng.random(len(t_s)) < a_minute * step / 60.0)
        ends = np.searchsorted(t_s, t_s[starts] + self._rng.uniform(*lasts_s, len(starts)))
        return [(low, max(low + 1, high)) for low, high in zip(starts.tolist(), ends.tolist(), strict=True)]


@dataclass(frozen=True, slots=True)
class _View:
    """One hand in all frames."""

    side: Side
    image: Floats
    world: Floats
    score: list[float]
    seen: list[bool]
    flipped: list[bool]
    double: list[bool]

    def at(self, k: int) -> tuple[HandSeen, ...]:
        if not self.seen[k]:
            return ()
        side: Side = self.side
        if self.flipped[k]:
            side = "left" if side == "right" else "right"
        hand = HandSeen(
            track=0,
            side=side,
            score=self.score[k],
            image=_triples(self.image[k]),
            world=_triples(self.world[k]),
        )
        if not self.double[k]:
            return (hand,)
        other: Side = "left" if side == "right" else "right"
        return hand, replace(hand, side=other, score=max(0.5, self.score[k] - 0.2))


def _triples(points: Floats) -> tuple[Point3, ...]:
    return tuple([(x, y, z) for x, y, z in points.tolist()])
