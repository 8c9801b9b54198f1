"""Everyday activities: resting, talking with the hands, drinking, typing and the like, each as one function.

They come as near to gestures as life does: hands open and turn every way while they move, rest half closed,
hold cups and phones, tap, rub, cover each other and leave the picture.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from game.sense.observations import Side
from game.sense.synthetic.at_ease import (
    CHEST,
    CHIN,
    FLAT,
    HAIR,
    LAP,
    MOUTH,
    NOSE,
    TABLE,
    TEMPLE,
    THIN,
    AtEase,
    Vector,
    means_something,
)
from game.sense.synthetic.player import SIDES


def _rest_in_lap(e: AtEase) -> None:
    ends = []
    for side in SIDES:
        up = e.chance(0.3)
        shape = e.calm(
            e.uniform(0.42, 0.6), (-0.7, 0.7, -0.1), (-0.2, -0.3, 0.9) if up else (-0.2, 0.1, -0.9)
        )
        ends.append(e.go(side, shape, LAP, hidden=0.15 if e.chance(0.4) else 0.0))
    e.wait_until(*ends, more_s=e.uniform(2.0, 8.0))
    _fidget(e)


def _rest_on_table(e: AtEase) -> None:
    ends = [e.go(side, e.on_table(), TABLE) for side in SIDES]
    e.wait_until(*ends, more_s=e.uniform(1.5, 6.0))
    _fidget(e)


def _fidget(e: AtEase) -> None:
    """A finger or a wrist moves a little while the hand rests."""
    side, start_s = e.side(), e.player.now_s
    finger = str(e.player.rng.choice(["index", "middle", "ring", "fingers", "nod", "tilt"]))
    amount = e.uniform(0.05, 0.2)
    e.wait_until(
        e.swing(side, {finger: amount}, hz=e.uniform(0.6, 2.5), halves=int(e.player.rng.integers(1, 5)))
    )
    e.wait_until(start_s + 0.5, more_s=e.uniform(0.2, 2.0))


def _drum(e: AtEase) -> None:
    side = e.side()
    e.wait_until(
        e.go(side, e.calm(e.uniform(0.38, 0.5), (-0.1, 0.95, 0.1), (0.0, 0.1, -1.0), turn=0.08), TABLE)
    )
    hz, ends = e.uniform(1.5, 3.0), []
    for k, finger in enumerate(("little", "ring", "middle", "index")):
        start_s = e.player.now_s + 0.18 / hz * k
        ends.append(e.swing(side, {finger: -e.uniform(0.06, 0.16)}, hz=hz, halves=7, start_s=start_s))
    e.wait_until(*ends, more_s=0.3)


_TALKING: Final[tuple[tuple[Vector, Vector], ...]] = (
    ((-0.2, 0.9, 0.3), (-1.0, -0.1, 0.1)),  # Palms towards each other.
    ((-0.2, 0.9, 0.2), (-0.4, 0.2, 0.9)),  # Up: what can one do.
    ((-0.1, 0.5, 0.8), (-0.3, 0.9, -0.3)),  # Outward: wait, no.
    ((-0.5, 0.3, 0.8), (-0.3, -0.9, 0.2)),  # Towards oneself: me.
    ((-0.2, 0.95, 0.1), (-0.1, 0.1, -1.0)),  # Down: calmly now.
    ((-0.7, 0.5, 0.4), (-0.6, -0.5, -0.5)),
)


def _talk(e: AtEase) -> None:
    """Talking with the hands: strokes every which way, beats, and back to rest."""
    rng = e.player.rng
    both = e.chance(0.5)
    lead = e.side()
    for _ in range(int(rng.integers(3, 12))):
        fingers, normal = _TALKING[int(rng.integers(len(_TALKING)))]
        sides: Sequence[Side] = SIDES if both else (lead,)
        about = np.array(CHEST) + rng.normal(0.0, (0.08, 0.06, 0.08))
        curl = e.uniform(0.1, 0.55)
        stays_s = 0.0 if e.chance(0.3) else float(rng.exponential(0.4))
        lasts_s = e.uniform(0.25, 0.6)
        ends = []
        for side in sides:
            shape = e.calm(curl, fingers, normal, spread=0.5)
            if e.chance(
                0.12
            ):  # A finger goes up a little, or thumb and fingers come together around a thought.
                shape = (
                    replace(shape, curls=(0.3, 0.55, 0.6, 0.62), knuckles=(0.3, 0.55, 0.6, 0.62))
                    if e.chance(0.5)
                    else e.grip(e.uniform(0.4, 0.7), fingers, normal)
                )
            if means_something(shape):
                # A hand that passes through this stays flat, one that stops here is at ease.
                curls = tuple(np.clip(np.array(shape.curls) + FLAT - 0.08, 0.0, 0.8).tolist())
                shape = replace(shape, curls=curls, knuckles=curls)
            ends.append(
                e.go(side, shape, (float(about[0]), float(about[1]), float(about[2])), lasts_s=lasts_s)
            )
        e.wait_until(*ends)
        beats = e.chance(0.35)
        if beats:
            halves, hz = int(rng.integers(1, 5)), e.uniform(1.2, 3.0)
            amount = {
                "z": e.uniform(0.01, 0.04),
                "nod": e.uniform(0.03, 0.2),
                "x": float(rng.normal(0.0, 0.01)),
            }
            over_s = max(e.swing(side, amount, hz=hz, halves=halves) for side in sides)
            e.wait_until(over_s)
        e.wait_until(e.player.now_s, more_s=stays_s)
    e.wait_until(*[e.rest(side) for side in SIDES], more_s=e.uniform(0.2, 2.0))


def _scratch(e: AtEase) -> None:
    side = e.side()
    where = NOSE if e.chance(0.6) else (0.08, 0.1, 0.2)
    shape = e.calm(0.5, (-0.5, 0.1, 0.85), (-0.2, -0.95, 0.0))
    shape = replace(shape, curls=(e.uniform(0.28, 0.42), *shape.curls[1:]), knuckles=None)
    e.wait_until(e.go(side, shape, where, hidden=0.25, spread_m=0.02))
    much = {
        "index_joint": e.uniform(0.06, 0.16),
        "middle_joint": e.uniform(0.02, 0.1),
        "z": e.uniform(0.002, 0.01),
    }
    e.wait_until(e.swing(side, much, hz=e.uniform(2.5, 5.0), halves=int(e.player.rng.integers(3, 14))))
    e.wait_until(e.rest(side), more_s=e.uniform(0.0, 1.5))


def _drink(e: AtEase) -> None:
    side = e.side()
    curl = e.uniform(0.42, 0.6)
    around: Vector = (0.8, 0.75, 0.65)
    open_hand = e.calm(0.3, (-0.2, 0.95, 0.1), (-0.95, -0.2, 0.0), thumb=(0.8, 0.8, 0.6))
    cup = e.calm(curl, (-0.2, 0.95, 0.1), (-0.95, -0.2, 0.0), thumb=around, turn=0.06)
    e.wait_until(e.go(side, open_hand, TABLE))
    e.wait_until(e.go(side, cup, lasts_s=0.3, hidden=0.2), more_s=e.uniform(0.1, 0.8))
    lifted = replace(cup, fingers=(-0.85, 0.3, 0.35), normal=(-0.3, -0.9, 0.1))
    e.wait_until(e.go(side, lifted, MOUTH, lasts_s=0.8, hidden=0.3, spread_m=0.015))
    tipped = replace(lifted, fingers=(-0.8, 0.2, 0.6), normal=(-0.2, -0.8, -0.3))
    e.wait_until(e.go(side, tipped, lasts_s=0.5, hidden=0.3), more_s=e.uniform(0.5, 2.5))
    e.wait_until(e.go(side, cup, TABLE, lasts_s=0.8, hidden=0.2), more_s=e.uniform(0.1, 0.6))
    e.wait_until(e.go(side, open_hand, lasts_s=0.3))
    e.wait_until(e.rest(side), more_s=e.uniform(0.0, 1.5))


def _rub_hands(e: AtEase) -> None:
    ends = [
        e.go(
            side,
            e.calm(0.22, (-0.35, 0.75, 0.55), (-1.0, 0.0, 0.0), spread=0.2),
            (0.02, 0.3, -0.12),
            hidden=0.5,
        )
        for side in SIDES
    ]
    e.wait_until(*ends)
    hz, halves = e.uniform(1.2, 2.8), int(e.player.rng.integers(4, 12))
    over = [
        e.swing(side, {"y": sign * 0.03, "z": sign * 0.02, "twist": 0.15}, hz=hz, halves=halves)
        for side, sign in zip(SIDES, (1.0, -1.0), strict=True)
    ]
    e.wait_until(*over)
    e.wait_until(*[e.rest(side) for side in SIDES], more_s=e.uniform(0.0, 1.5))


def _hair(e: AtEase) -> None:
    side = e.side()
    shape = e.calm(e.uniform(0.25, 0.45), (-0.5, -0.4, 0.75), (-0.6, -0.6, -0.4), spread=0.6)
    e.wait_until(e.go(side, shape, HAIR, lasts_s=0.7, hidden=0.35))
    for _ in range(int(e.player.rng.integers(1, 4))):
        back = (HAIR[0] + 0.03, HAIR[1] - 0.1, HAIR[2] - e.uniform(0.0, 0.12))
        e.wait_until(e.go(side, shape, back, lasts_s=0.5, hidden=0.45))
        e.wait_until(e.go(side, shape, HAIR, lasts_s=0.4, hidden=0.35))
    e.wait_until(e.rest(side), more_s=e.uniform(0.0, 1.5))


def _glasses(e: AtEase) -> None:
    side = e.side()
    shape = e.grip(e.uniform(THIN, 0.6), (-0.45, 0.1, 0.85), (-0.8, -0.5, 0.0))
    e.wait_until(e.go(side, shape, TEMPLE, hidden=0.3, spread_m=0.015), more_s=e.uniform(0.1, 0.4))
    e.wait_until(
        e.swing(side, {"z": e.uniform(0.005, 0.015)}, hz=1.5, halves=int(e.player.rng.integers(1, 3)))
    )
    e.wait_until(e.rest(side), more_s=e.uniform(0.0, 1.5))


def _pick_up(e: AtEase) -> None:
    side = e.side()
    down: tuple[Vector, Vector] = ((-0.2, 0.75, -0.55), (-0.3, -0.5, -0.8))
    gap = e.uniform(THIN + 0.03, 0.8)
    opened, closed = e.grip(gap + 0.3, *down), e.grip(gap, *down)
    e.wait_until(e.go(side, opened, TABLE, spread_m=0.06))
    e.wait_until(e.go(side, closed, lasts_s=0.25, hidden=0.15), more_s=e.uniform(0.05, 0.3))
    lifted = (TABLE[0] + e.uniform(-0.15, 0.15), TABLE[1] - 0.08, TABLE[2] + e.uniform(0.05, 0.25))
    e.wait_until(e.go(side, closed, lifted, hidden=0.15), more_s=e.uniform(0.1, 2.5))
    if e.chance(0.5):
        e.wait_until(e.swing(side, {"twist": e.uniform(0.1, 0.5)}, hz=e.uniform(0.5, 1.2), halves=2))
    e.wait_until(e.go(side, closed, TABLE, hidden=0.15, spread_m=0.08))
    e.wait_until(e.go(side, opened, lasts_s=0.25))
    e.wait_until(e.rest(side), more_s=e.uniform(0.0, 1.5))


def _fold_arms(e: AtEase) -> None:
    ends = [
        e.go(side, e.calm(0.45, (-0.9, 0.1, 0.3), (0.0, -0.9, -0.2)), (-0.17, 0.14, -0.14), hidden=hidden)
        for side, hidden in zip(SIDES, (0.6, 1.0) if e.chance(0.5) else (1.0, 0.6), strict=True)
    ]
    e.wait_until(*ends, more_s=e.uniform(2.0, 10.0))
    e.wait_until(*[e.rest(side) for side in SIDES], more_s=e.uniform(0.0, 1.0))


def _type(e: AtEase) -> None:
    shape = {
        side: e.calm(e.uniform(0.36, 0.5), (-0.3, 0.9, 0.1), (0.0, 0.1, -1.0), turn=0.06) for side in SIDES
    }
    e.wait_until(*[e.go(side, shape[side], (0.1, 0.36, -0.28), spread_m=0.015) for side in SIDES])
    until_s, ends = e.player.now_s + e.uniform(3.0, 10.0), [e.player.now_s]
    fingers = ("index", "middle", "ring", "little")
    for side in SIDES:
        t_s = e.player.now_s + e.uniform(0.0, 0.2)
        while t_s < until_s:
            finger = str(e.player.rng.choice(fingers, p=[0.4, 0.3, 0.2, 0.1]))
            much = {f"{finger}": e.uniform(-0.12, 0.12), "x": e.uniform(-0.008, 0.008), "z": -0.003}
            ends.append(e.swing(side, much, hz=e.uniform(3.0, 5.0), halves=1, start_s=t_s))
            t_s += float(e.player.rng.exponential(0.18)) + 0.09
    e.wait_until(*ends, more_s=0.2)
    if e.chance(0.4):
        e.wait_until(*[e.rest(side) for side in SIDES], more_s=e.uniform(0.0, 1.0))


def _stretch(e: AtEase) -> None:
    ends = [
        e.go(
            side,
            e.calm(0.4, (-0.7, 0.0, 0.7), (-0.2, -0.2, 0.9)),
            (0.06, 0.1, 0.62),
            lasts_s=1.2,
            hidden=0.55,
        )
        for side in SIDES
    ]
    e.wait_until(*ends, more_s=e.uniform(0.8, 2.5))
    e.wait_until(*[e.rest(side) for side in SIDES], more_s=e.uniform(0.0, 1.0))


def _come_and_go(e: AtEase) -> None:
    """A hand goes out of the picture to the side and comes back: a switch, a bag, a neighbour."""
    side = e.side()
    wide_m = e.player.distance_m / e.player.camera.focal_widths
    beside = (0.5 * wide_m + 0.15, 0.25, e.uniform(-0.35, 0.0))
    shape = e.calm(e.uniform(0.3, 0.5), (0.6, 0.6, 0.1), (-0.4, -0.2, -0.8))
    e.wait_until(e.go(side, shape, beside, lasts_s=0.8), more_s=e.uniform(0.5, 2.0))
    e.wait_until(e.rest(side), more_s=e.uniform(0.0, 1.5))


def _chin(e: AtEase) -> None:
    side = e.side()
    shape = e.calm(e.uniform(0.48, 0.64), (-0.4, 0.1, 0.9), (-0.4, -0.9, 0.1), thumb=(0.85, 0.8, 0.3))
    e.wait_until(e.go(side, shape, CHIN, hidden=0.3, spread_m=0.015), more_s=e.uniform(2.0, 8.0))
    if e.chance(0.4):  # Strokes a beard.
        much = {"fingers": e.uniform(0.04, 0.12), "z": 0.01}
        e.wait_until(e.swing(side, much, hz=e.uniform(0.7, 1.5), halves=int(e.player.rng.integers(2, 7))))
    e.wait_until(e.rest(side), more_s=e.uniform(0.0, 1.0))


def _phone(e: AtEase) -> None:
    side = e.side()
    shape = e.calm(
        e.uniform(0.42, 0.55), (-0.6, 0.3, 0.6), (-0.5, -0.7, 0.5), thumb=(0.75, 0.95, 0.4), turn=0.08
    )
    e.wait_until(e.go(side, shape, (0.08, 0.3, -0.1), hidden=0.3))
    for _ in range(int(e.player.rng.integers(2, 8))):
        e.wait_until(e.swing(side, {"touch": e.uniform(0.05, 0.15)}, hz=e.uniform(1.0, 3.0), halves=1))
        e.wait_until(e.player.now_s, more_s=e.uniform(0.2, 1.5))
    e.wait_until(e.rest(side), more_s=e.uniform(0.0, 1.0))


def _clap(e: AtEase) -> None:
    ends = [
        e.go(side, e.calm(0.16, (-0.3, 0.6, 0.7), (-1.0, 0.0, 0.0), spread=0.3), (0.09, 0.32, -0.05))
        for side in SIDES
    ]
    e.wait_until(*ends)
    hz, halves = e.uniform(1.5, 3.0), int(e.player.rng.integers(3, 9))
    over = [
        e.swing(side, {"x": sign * 0.06}, hz=hz, halves=halves)
        for side, sign in zip(SIDES, (1, -1), strict=True)
    ]
    e.wait_until(*over)
    e.wait_until(*[e.rest(side) for side in SIDES], more_s=e.uniform(0.0, 1.0))


def _sleeve(e: AtEase) -> None:
    side = e.side()
    other: Side = "left" if side == "right" else "right"
    held = e.go(other, e.calm(0.45, (-0.5, 0.7, 0.2), (-0.2, 0.0, -0.9)), CHEST, hidden=0.1)
    pulls = e.grip(e.uniform(0.4, 0.6), (-0.8, 0.3, -0.3), (-0.3, -0.8, -0.4))
    e.wait_until(held, e.go(side, pulls, (-0.05, 0.28, -0.1), hidden=0.4))
    for _ in range(int(e.player.rng.integers(1, 4))):
        e.wait_until(
            e.swing(side, {"x": e.uniform(-0.04, 0.04), "y": 0.02}, hz=e.uniform(0.8, 1.6), halves=1)
        )
    e.wait_until(*[e.rest(one) for one in SIDES], more_s=e.uniform(0.0, 1.0))


ACTIVITIES: Final[dict[str, tuple[Callable[[AtEase], None], float]]] = {
    "resting in the lap": (_rest_in_lap, 2.0),
    "resting on the table": (_rest_on_table, 2.0),
    "drumming on the table": (_drum, 0.6),
    "talking with the hands": (_talk, 5.0),
    "scratching": (_scratch, 1.2),
    "drinking": (_drink, 1.2),
    "rubbing hands": (_rub_hands, 0.7),
    "touching the hair": (_hair, 0.8),
    "touching glasses": (_glasses, 0.8),
    "picking something up": (_pick_up, 1.2),
    "folding arms": (_fold_arms, 0.7),
    "typing": (_type, 1.5),
    "stretching": (_stretch, 0.4),
    "out of the picture and back": (_come_and_go, 0.8),
    "resting the chin": (_chin, 0.8),
    "holding a phone": (_phone, 0.8),
    "clapping": (_clap, 0.4),
    "tugging at a sleeve": (_sleeve, 0.6),
}
"""Everything that is done, with how often it is done beside the others."""
