"""How one hand moves: postures and places that follow each other, and what swings on top of them.

A movement is a list of targets with the times of going there; everything between is minimum jerk (Flash and
Hogan 1985), the fingers a little after each other, the paths a little bent, as people move. Places are metres
in the player's view seen from the camera: x right, y away from the camera, z up.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from game.sense.hand_model import Shape, frame
from game.sense.synthetic.skeleton import Floats

Place = tuple[float, float, float]

_POSTURE: Final = 14
"""Columns of a posture: 4 knuckles, 4 joints, spread, 3 of the thumb, touch, hidden."""
COLUMN: Final[dict[str, tuple[int, ...]]] = {
    "index": (0, 4),
    "middle": (1, 5),
    "ring": (2, 6),
    "little": (3, 7),
    "index_knuckle": (0,),
    "middle_knuckle": (1,),
    "index_joint": (4,),
    "middle_joint": (5,),
    "fingers": (0, 1, 2, 3, 4, 5, 6, 7),
    "knuckles": (0, 1, 2, 3),
    "joints": (4, 5, 6, 7),
    "spread": (8,),
    "touch": (12,),
    "x": (14,),
    "y": (15,),
    "z": (16,),
    "nod": (17,),
    "tilt": (18,),
    "twist": (19,),
}
"""What an overlay may move. ``nod`` bends the wrist (about t), ``tilt`` waves it (about n), ``twist`` turns
the forearm (about u); radians. Fingers in shares of closed, places in metres."""
_STAGGER: Final = 0.18
"""The last finger sets out after this share of the time of a change."""
_BOW: Final = 0.06
"""How far a path may bow aside, of its length."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A hand's state at N moments."""

    posture: Floats
    """(N, 14)"""
    place: Floats
    """(N, 3), metres, of the palm's centre."""
    turn: Floats
    """(N, 3, 3): columns t, u, n of the right hand in view axes."""


class _Keys:
    """Targets of one kind with the times of going to them; a later one cuts an earlier one short."""

    def __init__(self, first: "Sequence[float] | Floats") -> None:
        self.starts = [-math.inf]
        self.ends = [-math.inf]
        self.values = [np.asarray(first, dtype=float)]

    def add(self, start_s: float, lasts_s: float, value: "Sequence[float] | Floats") -> None:
        if start_s < self.starts[-1]:
            raise ValueError("Targets must follow each other in time.")
        self.starts.append(start_s)
        self.ends.append(start_s + max(1e-3, lasts_s))
        self.values.append(np.asarray(value, dtype=float))

    def shares(self, t_s: Floats) -> tuple[np.ndarray, Floats]:
        """Which target each moment goes to, and how much of that way's time is over, 0 to 1."""
        starts, ends = np.array(self.starts), np.array(self.ends)
        ends[:-1] = np.minimum(ends[:-1], np.maximum(starts[1:], starts[:-1] + 1e-3))
        starts[0], ends[0] = -1e9, -1e9 + 1.0
        index = np.searchsorted(starts, t_s, side="right") - 1
        share = np.clip((t_s - starts[index]) / (ends[index] - starts[index]), 0.0, 1.0)
        return index, share


@dataclass(frozen=True, slots=True)
class _Overlay:
    times: Floats
    values: Floats
    weights: Floats
    """(20,)"""


class HandMotion:
    """One hand of a player over time. Give it targets in the order of time, then `sample` it."""

    def __init__(self, shape: Shape, place: Place, rng: np.random.Generator) -> None:
        self._seed = int(rng.integers(2**31))
        self._postures = _Keys(_columns(shape, 0.0))
        self._turns = _Keys(_quaternion(frame(shape)))
        self._places = _Keys(place)
        self._overlays: list[_Overlay] = []

    @property
    def place(self) -> Place:
        """Where the hand was last told to go."""
        x, y, z = self._places.values[-1].tolist()
        return x, y, z

    def shape_to(self, shape: Shape, start_s: float, lasts_s: float, *, hidden: float = 0.0) -> None:
        """Take a posture; ``hidden`` is how much of the hand something covers then, 0 to 1."""
        self._postures.add(start_s, lasts_s, _columns(shape, hidden))
        self._turns.add(start_s, lasts_s, _quaternion(frame(shape)))

    def move_to(self, place: Place, start_s: float, lasts_s: float) -> None:
        """Go to a place, metres."""
        self._places.add(start_s, lasts_s, place)

    def swing(self, times: Sequence[float], values: Sequence[float], weights: Mapping[str, float]) -> None:
        """Add something that goes from value to value (the first and the last should be 0): each column
        that is named moves by its weight times the value."""
        row = np.zeros(20)
        for name, weight in weights.items():
            row[list(COLUMN[name])] += weight
        self._overlays.append(_Overlay(np.array(times, dtype=float), np.array(values, dtype=float), row))

    def sample(self, t_s: Floats) -> Sampled:
        """The hand at the moments ``t_s`` (N,)."""
        posture = self._posture(t_s)
        place = self._place(t_s)
        extra = np.zeros((len(t_s), 20))
        for overlay in self._overlays:
            low, high = np.searchsorted(t_s, (overlay.times[0], overlay.times[-1]))
            if high > low:
                part = t_s[low:high]
                index = np.clip(np.searchsorted(overlay.times, part, side="right"), 1, len(overlay.times) - 1)
                before, after = overlay.times[index - 1], overlay.times[index]
                share = minimum_jerk((part - before) / np.maximum(after - before, 1e-6))
                value = overlay.values[index - 1] + share * (
                    overlay.values[index] - overlay.values[index - 1]
                )
                extra[low:high] += value[:, None] * overlay.weights
        turns = _rotations(self._turn(t_s))
        if extra[:, 17:].any():
            turns = turns @ turned(extra[:, 17:])
        return Sampled(posture + extra[:, :_POSTURE], place + extra[:, 14:17], turns)

    def _posture(self, t_s: Floats) -> Floats:
        keys = self._postures
        index, share = keys.shares(t_s)
        values = np.stack(keys.values)
        before = np.maximum(index - 1, 0)
        # Each finger sets out at its own moment; both columns of a finger move together.
        lag = self._lags("posture", len(values))[index]
        lag = np.concatenate([lag[:, :4], lag[:, :4], lag[:, 4:]], axis=1)
        own = minimum_jerk(np.clip((share[:, None] - lag) / (1.0 - _STAGGER), 0.0, 1.0))
        return np.asarray(values[before] + own * (values[index] - values[before]))

    def _place(self, t_s: Floats) -> Floats:
        keys = self._places
        index, share = keys.shares(t_s)
        values = np.stack(keys.values)
        before = np.maximum(index - 1, 0)
        way = values[index] - values[before]
        length = np.sqrt(np.einsum("ij,ij->i", way, way))
        bow = (self._lags("bow", len(values)) / _STAGGER * 2.0 - 1.0)[index][:, :3]
        aside = bow * (_BOW * length * np.sin(math.pi * minimum_jerk(share)))[:, None]
        return np.asarray(values[before] + minimum_jerk(share)[:, None] * way + aside)

    def _turn(self, t_s: Floats) -> Floats:
        keys = self._turns
        index, share = keys.shares(t_s)
        values = np.stack(keys.values)
        a, b = values[np.maximum(index - 1, 0)], values[index]
        cosine = np.einsum("ij,ij->i", a, b)
        b = np.where(cosine[:, None] < 0.0, -b, b)
        angle = np.arccos(np.clip(np.abs(cosine), -1.0, 1.0))
        s = minimum_jerk(share)
        sine = np.sin(angle)
        small = sine < 1e-5
        safe = np.where(small, 1.0, sine)
        from_a = np.where(small, 1.0 - s, np.sin((1.0 - s) * angle) / safe)
        to_b = np.where(small, s, np.sin(s * angle) / safe)
        mixed = a * from_a[:, None] + b * to_b[:, None]
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True))

    def _lags(self, kind: str, count: int) -> Floats:
        # Drawn from a stream of their own, so that sampling twice gives the same hand.
        seed = (0 if kind == "posture" else 1, self._seed)
        return np.random.default_rng(seed).uniform(0.0, _STAGGER, (count, 10))


def minimum_jerk(share: Floats) -> Floats:
    """The way of a movement that is over at 1, after a share of its time."""
    return np.asarray(share * share * share * (10.0 + share * (-15.0 + 6.0 * share)))


def turned(angles: Floats) -> Floats:
    """(N, 3, 3) rotations by angles (N, 3) about t, then n, then u, in the hand's own frame."""
    (ct, cn, cu), (st, sn, su) = np.cos(angles).T, np.sin(angles).T
    count = len(angles)
    zero, one = np.zeros(count), np.ones(count)
    # The frame's columns are t, u, n: axes 0, 1, 2.
    about_t = np.stack([one, zero, zero, zero, ct, -st, zero, st, ct], axis=1).reshape(count, 3, 3)
    about_u = np.stack([cu, zero, su, zero, one, zero, -su, zero, cu], axis=1).reshape(count, 3, 3)
    about_n = np.stack([cn, -sn, zero, sn, cn, zero, zero, zero, one], axis=1).reshape(count, 3, 3)
    return np.asarray(about_t @ about_n @ about_u)


def _columns(shape: Shape, hidden: float) -> list[float]:
    roots = shape.knuckles if shape.knuckles is not None else shape.curls
    return [*roots, *shape.curls, shape.spread, *shape.thumb, shape.touch, hidden]


def _quaternion(rotation: Floats) -> Floats:
    """(4,) w, x, y, z of a (3, 3) rotation (Shepperd's method: the largest part first)."""
    m = rotation
    squares = np.array(
        [
            1.0 + m[0, 0] + m[1, 1] + m[2, 2],
            1.0 + m[0, 0] - m[1, 1] - m[2, 2],
            1.0 - m[0, 0] + m[1, 1] - m[2, 2],
            1.0 - m[0, 0] - m[1, 1] + m[2, 2],
        ]
    )
    k = int(np.argmax(squares))
    r = math.sqrt(float(squares[k])) * 2.0
    wx, wy, wz = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
    xy, xz, yz = m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1]
    rows = (
        (r * r / 4.0, wx, wy, wz),
        (wx, r * r / 4.0, xy, xz),
        (wy, xy, r * r / 4.0, yz),
        (wz, xz, yz, r * r / 4.0),
    )
    return np.array(rows[k]) / r


def _rotations(q: Floats) -> Floats:
    w, x, y, z = q.T
    rows = [
        1 - 2 * (y * y + z * z),
        2 * (x * y - w * z),
        2 * (x * z + w * y),
        2 * (x * y + w * z),
        1 - 2 * (x * x + z * z),
        2 * (y * z - w * x),
        2 * (x * z - w * y),
        2 * (y * z + w * x),
        1 - 2 * (x * x + y * y),
    ]
    return np.asarray(np.stack(rows, axis=1).reshape(len(q), 3, 3))


def drifting(rng: np.random.Generator, t_s: Floats, *, sigma: float, knot_s: float, width: int) -> Floats:
    """(N, width) slow noise of standard deviation about ``sigma`` that wanders over ``knot_s``."""
    if len(t_s) == 0:
        return np.zeros((0, width))
    first, last = float(t_s[0]), float(t_s[-1])
    knots = np.arange(first - knot_s, last + 2.0 * knot_s, knot_s)
    noise = rng.normal(0.0, sigma * 1.22, (len(knots), width))  # Interpolation takes a fifth of it away.
    index = np.clip(np.searchsorted(knots, t_s, side="right") - 1, 0, len(knots) - 2)
    share = ((t_s - knots[index]) / knot_s)[:, None]
    share = share * share * (3.0 - 2.0 * share)
    return np.asarray(noise[index] + share * (noise[index + 1] - noise[index]))
