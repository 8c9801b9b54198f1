"""Gestures that are a movement: a push, a throw, a walk with fingers or wrist, a wave, a beckoning."""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from game.sense.hand_model import SHAPES, Pose, Shape
from game.sense.observations import Side
from game.sense.synthetic.player import Player, Truth

WALKS: Final[dict[str, Shape]] = {
    "walk_air": SHAPES[Pose.WALK],
    "walk_table": replace(
        SHAPES[Pose.WALK],
        curls=(0.3, 0.3, 0.95, 0.97),
        knuckles=(0.36, 0.36, 0.85, 0.9),
        fingers=(-0.15, 0.85, -0.35),
        normal=(0.0, -0.35, -0.9),
    ),
    "walk_paddle": SHAPES[Pose.PADDLE],
}
"""How the hand is held for each way of walking."""


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


def push(player: Player, side: Side, variant: str) -> Truth:
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


def throw(player: Player, side: Side, variant: str) -> Truth:
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


def walk(player: Player, side: Side, variant: str) -> Truth:
    rng = player.rng
    place = player.work_place(side)
    shape = player.varied(WALKS[variant])
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


def wave(player: Player, side: Side, variant: str) -> Truth:
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


def beckon(player: Player, side: Side, variant: str) -> Truth:
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
