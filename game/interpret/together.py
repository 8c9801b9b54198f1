"""Whether the player's two hands are busy with each other: they rub, clap, fold, and mean nothing by it."""

import math
from collections import deque
from collections.abc import Sequence
from typing import Final

from game.interpret.hand_features import HandFeatures
from game.sense.observations import Side

NEAR_PALMS: Final = 1.4
"""Palms whose middles are no farther apart than this can touch."""
MOVES_PALMS: Final = 0.25
MOVES_WITHIN_S: Final = 0.4
"""Both hands go to and fro by so much in so little time; a hand that rests near a working one does not."""
FACING: Final = 0.5
"""Palms that both look at the picture (parts of unit vectors) push it, and do not touch each other."""
LASTS_S: Final = 0.6
"""Hands that were busy with each other a moment ago still are: between two strokes they stand, and one
covers the other."""


class Together:
    """Fed with the hands of each frame."""

    def __init__(self) -> None:
        self._places: dict[Side, deque[tuple[float, float, float]]] = {"left": deque(), "right": deque()}
        """(seconds, right, down in widths of the picture)."""
        self._until_s = -math.inf

    def feed(self, hands: Sequence[HandFeatures], t_s: float, *, aspect: float) -> bool:
        """Take in one frame; True when its hands are busy with each other."""
        for f in hands:
            places = self._places[f.side]
            places.append((t_s, f.palm_image[0], f.palm_image[1] / aspect))
            while places[0][0] < t_s - MOVES_WITHIN_S:
                places.popleft()
        if len(hands) == 2 and hands[0].side != hands[1].side:
            palm = 0.5 * (hands[0].palm_width + hands[1].palm_width)
            (_, x0, y0), (_, x1, y1) = (self._places[f.side][-1] for f in hands)
            near = math.hypot(x1 - x0, y1 - y0) <= NEAR_PALMS * palm
            facing = min(f.normal[1] for f in hands) > FACING
            moving = all(_extent(self._places[f.side]) >= MOVES_PALMS * palm for f in hands)
            if near and moving and not facing:
                self._until_s = t_s + LASTS_S
        return t_s <= self._until_s


def _extent(places: Sequence[tuple[float, float, float]]) -> float:
    _, right, down = zip(*places, strict=True)
    return math.hypot(max(right) - min(right), max(down) - min(down))
