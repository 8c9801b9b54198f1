"""Gestures that are a posture which is taken and held: pointing, palms, thumbs, a pinch, a fist."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from game.sense.hand_model import SHAPES, Pose, Shape, landmarks
from game.sense.observations import Side
from game.sense.synthetic.movement import Place
from game.sense.synthetic.player import Player, Truth
from game.sense.synthetic.skeleton import Anatomy

TOUCHES: Final = 0.08
"""Fingertips that are this near (palm lengths) touch."""


def _approach(player: Player, side: Side) -> Place:
    """Go to where the gesture will be, with a relaxed hand, or stay where the gesture begins on the way."""
    place = player.work_place(side)
    if player.rng.random() < 0.5:
        player.now_s = player.form(side, player.relaxed(), place, lasts_s=player.lasting(0.3))
        player.wait(float(player.rng.uniform(0.05, 0.5)))
    return place


def held(
    action: str, usual: Shape, *, allowed: tuple[str, ...] = (), holds_s: tuple[float, float] = (0.5, 2.2)
) -> Callable[[Player, Side, str], Truth]:
    """A gesture that is a posture, taken and held."""

    def perform(player: Player, side: Side, variant: str) -> Truth:
        place = _approach(player, side)
        begin_s = player.now_s
        shown_s = player.form(side, player.varied(usual), place, lasts_s=player.lasting(0.32))
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


def pinch(player: Player, side: Side, variant: str) -> Truth:
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


def grasp(player: Player, side: Side, variant: str) -> Truth:
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
