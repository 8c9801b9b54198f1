"""A player who performs the gestures of the language, each time a little differently, and knows when.

The truth of a performance is told from the movement itself, never from a recogniser: `Truth.shown_s` is the
moment from which everything that makes the gesture has been shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from game.sense.hand_model import SHAPES, Pose
from game.sense.observations import Side
from game.sense.synthetic.player import Player, Truth
from game.sense.synthetic.postures import grasp, held, pinch
from game.sense.synthetic.strokes import beckon, push, throw, walk, wave

_POINT: Final = SHAPES[Pose.POINT]

GESTURES: Final[dict[str, Callable[[Player, Side, str], Truth]]] = {
    "point": held("point", _POINT),
    "point_ahead": held("point", replace(_POINT, fingers=(-0.15, 0.95, 0.2), normal=(-0.2, 0.2, -0.95))),
    "point_up": held("point", replace(_POINT, fingers=(-0.1, 0.3, 0.95), normal=(-0.2, 0.9, -0.3))),
    "point_aside": held("point", replace(_POINT, fingers=(-0.85, 0.4, 0.3), normal=(-0.2, -0.2, -0.95))),
    "pinch": pinch,
    "pinch_tap": pinch,
    "grasp": grasp,
    "palm_out": held("palm_out", SHAPES[Pose.OPEN]),
    # Offered, or held still, until something answers.
    "palm_up": held("palm_up", SHAPES[Pose.PALM_UP], holds_s=(0.9, 2.2)),
    "palm_down": held("palm_down", SHAPES[Pose.PALM_DOWN], holds_s=(0.9, 2.2)),
    "push": push,
    "push_both": push,
    "throw": throw,
    "walk_air": walk,
    "walk_table": walk,
    "walk_paddle": walk,
    "wave": wave,
    "beckon": beckon,
    "thumb_up": held("thumb_up", SHAPES[Pose.THUMB_UP]),
    "thumb_down": held("thumb_down", SHAPES[Pose.THUMB_DOWN]),
    "rude": held("rude", SHAPES[Pose.RUDE]),
}
"""Everything that can be performed, by the name of the variant."""


def show(
    player: Player,
    variant: str,
    side: Side | None = None,
    *,
    hold_s: float | None = None,
    where: tuple[float, float] | None = None,
) -> Truth:
    """Perform one gesture of `GESTURES`, from rest to rest; returns (and keeps) its truth.

    Held for ``hold_s`` (gestures that are held, walked or waved) at ``where`` in the mirrored picture.
    ValueError for a gesture that there is not.
    """
    if variant not in GESTURES:
        raise ValueError(f"There is no gesture called {variant}.")
    player.hold_s, player.where = hold_s, where
    if side is None:
        side = "right" if player.rng.random() < 0.6 else "left"
    prepared_s = player.now_s
    truth = replace(GESTURES[variant](player, side, variant), prepared_s=prepared_s)
    player.truths.append(truth)
    for one in truth.sides[1:]:
        player.hands[one].shape_to(player.relaxed(), player.now_s, 0.4)
        player.hands[one].move_to(player.out_of_picture(one), player.now_s, 0.9)
    player.rest(side, away=bool(player.rng.random() < 0.25))
    return truth


def performance(
    player: Player, variants: Sequence[str] = tuple(GESTURES), *, shuffled: bool = True
) -> list[Truth]:
    """Perform gestures one after the other, in a random order unless told otherwise; returns their truths."""
    order = list(variants)
    if shuffled:
        player.rng.shuffle(order)
    player.wait(1.0)
    return [show(player, variant) for variant in order]
