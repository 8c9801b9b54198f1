"""A player who performs the gestures of the language, each time a little differently, and knows when.

The truth of a performance is told from the movement itself, never from a recogniser: `Truth.shown_s` is the
moment from which everything that makes the gesture has been shown.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from game.sense.hand_model import SHAPES, Pose, Shape, frame, landmarks
from game.sense.observations import Side
from game.sense.synthetic.movement import HandMotion, Place, turned
from game.sense.synthetic.skeleton import Anatomy
from game.sense.synthetic.tracker import Camera

SIDES: Final[tuple[Side, Side]] = ("left", "right")
TOUCHES: Final = 0.08
"""Fingertips that are this near (palm lengths) touch."""
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
        self._hold_s: float | None = None
        self._where: tuple[float, float] | None = None
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
        if self._where is not None:
            return self.at(*self._where)
        tall = 1.25 * self.anatomy.palm_m * self.camera.focal_widths * self.camera.aspect / self.distance_m
        margin = min(0.42, tall + 0.04)
        x = rng.uniform(0.5, 0.74) if side == "right" else rng.uniform(0.26, 0.5)
        return self.at(float(x), float(rng.uniform(margin, 1.0 - margin)))

    def holding(self, low_s: float, high_s: float) -> float:
        """How long a gesture is held this time."""
        return self._hold_s if self._hold_s is not None else float(self.rng.uniform(low_s, high_s))

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

    def perform(
        self,
        variant: str,
        side: Side | None = None,
        *,
        hold_s: float | None = None,
        where: tuple[float, float] | None = None,
    ) -> Truth:
        """Perform one gesture of `GESTURES`, from rest to rest; returns (and keeps) its truth.

        Held for ``hold_s`` (gestures that are held, walked or waved) at ``where`` in the mirrored picture.
        """
        self._hold_s, self._where = hold_s, where
        if variant not in GESTURES:
            raise ValueError(f"There is no gesture called {variant}.")
        if side is None:
            side = "right" if self.rng.random() < 0.6 else "left"
        prepared_s = self.now_s
        truth = replace(GESTURES[variant](self, side, variant), prepared_s=prepared_s)
        self.truths.append(truth)
        for one in truth.sides[1:]:
            self.hands[one].shape_to(self.relaxed(), self.now_s, 0.4)
            self.hands[one].move_to(self.out_of_picture(one), self.now_s, 0.9)
        self.rest(side, away=bool(self.rng.random() < 0.25))
        return truth


def _approach(player: Player, side: Side) -> Place:
    """Go to where the gesture will be, with a relaxed hand, or stay where the gesture begins on the way."""
    place = player.work_place(side)
    if player.rng.random() < 0.5:
        player.now_s = player.form(side, player.relaxed(), place, lasts_s=player.lasting(0.3))
        player.wait(float(player.rng.uniform(0.05, 0.5)))
    return place


def _pose(
    action: str, pose: Pose, *, allowed: tuple[str, ...] = (), holds_s: tuple[float, float] = (0.5, 2.2)
) -> "Perform":
    def perform(player: Player, side: Side, variant: str) -> Truth:
        place = _approach(player, side)
        begin_s = player.now_s
        shape = VARIANT_SHAPES.get(variant, SHAPES[pose])
        shown_s = player.form(side, player.varied(shape), place, lasts_s=player.lasting(0.32))
        player.now_s = end_s = shown_s + player.holding(*holds_s)
        return Truth(
            action=action,
            variant=variant,
            sides=(side,),
            begin_s=begin_s,
            shown_s=shown_s,
            end_s=end_s,
            allowed=allowed,
        )

    return perform


def _pinch(player: Player, side: Side, variant: str) -> Truth:
    rng = player.rng
    place = player.work_place(side)
    others = rng.uniform(0.05, 0.45)
    closed = replace(
        SHAPES[Pose.PINCH],
        curls=(float(rng.uniform(0.38, 0.5)), others, min(1.0, others + 0.04), min(1.0, others + 0.08)),
        touch=1.0,
    )
    closed = _touching(player.varied(closed), player.anatomy)
    ready = replace(closed, touch=0.25, curls=(0.2, *closed.curls[1:]))
    player.now_s = player.form(side, ready, place, lasts_s=player.lasting(0.35))
    player.wait(float(rng.uniform(0.1, 0.5)))
    begin_s = player.now_s
    shown_s = player.form(side, closed, lasts_s=player.lasting(0.2))
    held = (0.2, 0.35) if variant == "pinch_tap" else (0.5, 1.8)
    player.now_s = end_s = shown_s + player.holding(*held)
    player.now_s = player.form(side, ready, lasts_s=player.lasting(0.18))
    allowed = ("palm_out",)  # The open fingers of a ready hand that faces the camera.
    return Truth(
        action="pinch",
        variant=variant,
        sides=(side,),
        begin_s=begin_s,
        shown_s=shown_s,
        end_s=end_s,
        allowed=allowed,
    )


def _touching(shape: Shape, anatomy: Anatomy) -> Shape:
    """The same posture with the index finger bent to where the thumb reaches its tip."""

    def gap(bend: float) -> float:
        points = landmarks(replace(shape, curls=(bend, *shape.curls[1:])), anatomy=anatomy)
        return math.dist(points[4], points[8])

    bends = [0.36 + 0.02 * k for k in range(14)]
    first = next((bend for bend in bends if gap(bend) < TOUCHES * anatomy.palm_m), None)
    return replace(shape, curls=(first if first is not None else min(bends, key=gap), *shape.curls[1:]))


def _grasp(player: Player, side: Side, variant: str) -> Truth:
    place = player.work_place(side)
    ready = player.varied(replace(SHAPES[Pose.FIST], curls=(0.2, 0.2, 0.22, 0.26), thumb=(0.8, 0.9, 0.4)))
    closed = replace(player.varied(SHAPES[Pose.FIST]), fingers=ready.fingers, normal=ready.normal)
    player.now_s = player.form(side, ready, place, lasts_s=player.lasting(0.35))
    player.wait(float(player.rng.uniform(0.1, 0.5)))
    begin_s = player.now_s
    shown_s = player.form(side, closed, lasts_s=player.lasting(0.25))
    player.now_s = end_s = shown_s + player.holding(0.5, 2.0)
    return Truth(
        action="grasp",
        variant=variant,
        sides=(side,),
        begin_s=begin_s,
        shown_s=shown_s,
        end_s=end_s,
        allowed=("palm_out",),
    )


def _push(player: Player, side: Side, variant: str) -> Truth:
    rng = player.rng
    sides: tuple[Side, ...] = (side,) if variant == "push" else (side, "left" if side == "right" else "right")
    stroke_m = float(rng.uniform(0.2, 0.35))
    stroke_m = min(stroke_m, 0.45 * player.distance_m)
    near_m, far_m = player.distance_m - 0.4 * stroke_m, player.distance_m + 0.6 * stroke_m
    lasts_s = player.lasting(0.45)
    x, y = 0.5 + 0.16 * (1 if side == "right" else -1) * rng.uniform(0.4, 1.2), float(rng.uniform(0.42, 0.56))
    reached_s = 0.0
    for one in sides:
        across = x if one == side else 1.0 - x
        away = player.at(across, y, distance_m=far_m)
        reached_s = max(
            reached_s, player.form(one, player.varied(SHAPES[Pose.OPEN]), away, lasts_s=player.lasting(0.35))
        )
    player.now_s = reached_s + float(rng.uniform(0.25, 0.6))
    begin_s = player.now_s
    for one in sides:
        ax, _, az = player.hands[one].place
        aside, rise = rng.normal(0.0, 0.015), rng.normal(0.0, 0.015)
        place = (ax + float(aside), near_m, az + float(rise))
        player.hands[one].move_to(place, begin_s, lasts_s)
    shown_s = begin_s + lasts_s
    player.now_s = shown_s + float(rng.uniform(0.1, 0.5))
    return Truth(
        action="push",
        variant=variant,
        sides=sides,
        begin_s=begin_s,
        shown_s=shown_s,
        end_s=shown_s,
        allowed=("palm_out",),
    )


def _throw(player: Player, side: Side, variant: str) -> Truth:
    rng = player.rng
    width_m = player.distance_m / player.camera.focal_widths
    swing_m = min(float(rng.uniform(0.35, 0.55)), 0.55 * width_m)
    outward = 1.0 if side == "right" else -1.0
    way = float(rng.choice([-1.0, 1.0])) * outward
    lift = float(rng.uniform(-0.1, 0.25)) / player.camera.aspect
    start = player.at(0.5 - way * 0.5 * swing_m / width_m, float(rng.uniform(0.48, 0.6)))
    goal = (start[0] + way * swing_m, player.distance_m - 0.05, start[2] + lift * swing_m)
    closed = player.varied(SHAPES[Pose.FIST])
    player.now_s = player.form(side, player.relaxed(), start, lasts_s=player.lasting(0.3))
    held_s = player.form(side, closed, lasts_s=player.lasting(0.25))
    player.now_s = held_s + float(rng.uniform(0.4, 1.0))
    begin_s = player.now_s
    lasts_s = max(0.24, player.lasting(0.34))
    player.hands[side].move_to(goal, begin_s, lasts_s)
    let_go_s = begin_s + lasts_s * float(rng.uniform(0.5, 0.65))
    opens_s = 0.1
    open_hand = replace(player.varied(SHAPES[Pose.OPEN]), fingers=closed.fingers, normal=closed.normal)
    player.hands[side].shape_to(open_hand, let_go_s, opens_s)
    shown_s = let_go_s + opens_s
    player.now_s = max(begin_s + lasts_s, shown_s) + 0.2
    return Truth(
        action="throw",
        variant=variant,
        sides=(side,),
        begin_s=begin_s,
        shown_s=shown_s,
        end_s=shown_s,
        allowed=("grasp", "palm_out"),
    )


def rhythm(
    player: Player, start_s: float, half_s: float, halves: int, *, uneven: float = 0.08
) -> tuple[list[float], list[float]]:
    """Times and values of a to and fro between -1 and 1 that begins and ends at 0; the first turn is at 1."""
    rng = player.rng
    times, values = [start_s], [0.0]
    t_s = start_s + 0.5 * half_s
    for k in range(halves):
        times.append(t_s)
        values.append((1.0 if k % 2 == 0 else -1.0) * float(np.clip(rng.normal(1.0, 1.2 * uneven), 0.7, 1.3)))
        t_s += half_s * float(np.clip(rng.normal(1.0, uneven), 0.75, 1.3))
    times.append(times[-1] + 0.5 * half_s)
    values.append(0.0)
    return times, values


def _walk(player: Player, side: Side, variant: str) -> Truth:
    rng = player.rng
    place = player.work_place(side)
    shape = player.varied(VARIANT_SHAPES.get(variant, SHAPES[Pose.WALK]))
    paddles = variant == "walk_paddle"
    player.now_s = player.form(side, shape, place, lasts_s=player.lasting(0.35))
    player.wait(float(rng.uniform(0.3, 0.7)))
    begin_s = player.now_s
    half_s = float(np.clip(player.lasting(0.4 if paddles else 0.32), 0.18, 0.48))
    halves = max(3, round(player.holding(6.0 * half_s, 14.0 * half_s) / half_s))
    times, values = rhythm(player, begin_s, half_s, halves)
    if paddles:
        player.hands[side].swing(times, values, {"nod": -float(rng.uniform(0.32, 0.55)), "z": 0.01})
    else:
        swing = float(rng.uniform(0.14, 0.24))
        player.hands[side].swing(times, values, {"index": -swing, "middle": swing, "z": 0.004})
    player.now_s = times[-1] + 0.25
    return Truth(
        action="walk",
        variant=variant,
        sides=(side,),
        begin_s=begin_s,
        shown_s=times[2],
        end_s=times[-2],
        minimum_s=half_s,
        allowed=("palm_down",) if paddles else (),
        steps=halves,
    )


def _wave(player: Player, side: Side, variant: str) -> Truth:
    rng = player.rng
    place = player.work_place(side)
    player.now_s = player.form(side, player.varied(SHAPES[Pose.OPEN]), place, lasts_s=player.lasting(0.35))
    player.wait(float(rng.uniform(0.0, 0.3)))
    begin_s = player.now_s
    half_s = float(np.clip(player.lasting(0.25), 0.18, 0.36))
    times, values = rhythm(
        player, begin_s, half_s, max(4, round(player.holding(5.0 * half_s, 9.0 * half_s) / half_s))
    )
    angle = float(rng.uniform(0.3, 0.5))
    # The forearm swings about the elbow: the palm goes along. From the elbow to the palm: about 0.3 m.
    share = float(rng.uniform(0.3, 0.8))
    aside_m = 0.3 * math.sin(angle * share) * (1.0 if side == "right" else -1.0)
    aside_m = math.copysign(min(abs(aside_m), 0.16 * player.distance_m), aside_m)
    player.hands[side].swing(times, values, {"tilt": angle, "x": aside_m})
    player.now_s = times[-1]
    return Truth(
        action="call",
        variant=variant,
        sides=(side,),
        begin_s=begin_s,
        shown_s=times[3],
        end_s=times[-2],
        minimum_s=0.5 * half_s,
        allowed=("palm_out",),
    )


def _beckon(player: Player, side: Side, variant: str) -> Truth:
    rng = player.rng
    place = player.work_place(side)
    shape = player.varied(SHAPES[Pose.BECKON])
    player.now_s = player.form(side, shape, place, lasts_s=player.lasting(0.35))
    player.wait(float(rng.uniform(0.0, 0.3)))
    begin_s = player.now_s
    half_s = float(np.clip(player.lasting(0.26), 0.18, 0.38))
    times, values = rhythm(
        player,
        begin_s,
        half_s,
        2 * max(2, round(player.holding(4.0 * half_s, 8.0 * half_s) / half_s / 2.0)) + 1,
    )
    # From open to bent and back: between 0 and twice the swing, never past stretched.
    bend = float(rng.uniform(0.24, 0.36))
    values = [0.0, *[max(0.0, value + 1.0) for value in values[1:-1]], 0.0]
    player.hands[side].swing(times, values, {"fingers": bend})
    player.now_s = times[-1]
    return Truth(
        action="call",
        variant=variant,
        sides=(side,),
        begin_s=begin_s,
        shown_s=times[3],
        end_s=times[-2],
        minimum_s=0.5 * half_s,
        allowed=("palm_up",),
    )


Perform = Callable[[Player, Side, str], Truth]

VARIANT_SHAPES: Final[dict[str, Shape]] = {
    "point_ahead": replace(SHAPES[Pose.POINT], fingers=(-0.15, 0.95, 0.2), normal=(-0.2, 0.2, -0.95)),
    "point_up": replace(SHAPES[Pose.POINT], fingers=(-0.1, 0.3, 0.95), normal=(-0.2, 0.9, -0.3)),
    "point_aside": replace(SHAPES[Pose.POINT], fingers=(-0.85, 0.4, 0.3), normal=(-0.2, -0.2, -0.95)),
    "walk_table": replace(
        SHAPES[Pose.WALK],
        curls=(0.3, 0.3, 0.95, 0.97),
        knuckles=(0.36, 0.36, 0.85, 0.9),
        fingers=(-0.15, 0.85, -0.35),
        normal=(0.0, -0.35, -0.9),
    ),
    "walk_paddle": SHAPES[Pose.PADDLE],
}
"""Postures that differ from the pose's own."""

GESTURES: Final[dict[str, Perform]] = {
    "point": _pose("point", Pose.POINT),
    "point_ahead": _pose("point", Pose.POINT),
    "point_up": _pose("point", Pose.POINT),
    "point_aside": _pose("point", Pose.POINT),
    "pinch": _pinch,
    "pinch_tap": _pinch,
    "grasp": _grasp,
    "palm_out": _pose("palm_out", Pose.OPEN),
    "palm_up": _pose("palm_up", Pose.PALM_UP),
    "palm_down": _pose("palm_down", Pose.PALM_DOWN),
    "push": _push,
    "push_both": _push,
    "throw": _throw,
    "walk_air": _walk,
    "walk_table": _walk,
    "walk_paddle": _walk,
    "wave": _wave,
    "beckon": _beckon,
    "thumb_up": _pose("thumb_up", Pose.THUMB_UP),
    "thumb_down": _pose("thumb_down", Pose.THUMB_DOWN),
    "rude": _pose("rude", Pose.RUDE),
}
"""Everything that can be performed, by the name of the variant."""


def performance(
    player: Player, variants: Sequence[str] = tuple(GESTURES), *, shuffled: bool = True
) -> list[Truth]:
    """Perform gestures one after the other, in a random order unless told otherwise; returns their truths."""
    order = list(variants)
    if shuffled:
        player.rng.shuffle(order)
    player.wait(1.0)
    return [player.perform(variant) for variant in order]
