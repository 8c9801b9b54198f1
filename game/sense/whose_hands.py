"""Whose hands these are when a second face is in the picture: the nearest player's, or the other's."""

import math
from collections.abc import Sequence
from typing import Final

from game.sense.hand_tracker import palm_place
from game.sense.head_tracker import Face
from game.sense.observations import HandSeen

REACH_FACES: Final = 5.5
"""An arm reaches this many widths of its owner's face (0.8 m to 0.145 m)."""
PALM_FACES: Final = (0.35, 1.6)
"""Length of a palm in widths of its owner's face: foreshortened, and held out towards the camera. The palm
is 0.09 m long at the same distance, 0.6 of the face."""
SIZE_COST: Final = 2.0
"""What a palm of e times too little or too much counts, in reaches."""
CLEARLY: Final = 0.15
"""A hand changes its owner only when the other one is nearer by this much of a reach."""


def remoteness(hand: HandSeen, face: Face, *, aspect: float) -> float:
    """How far from being its hand the hand is, by place and size: 0 at the face, 1 at the end of the arm."""
    x, y, palm = palm_place(hand, aspect)
    width = max(1e-3, face.width)
    away = math.hypot(x - face.x, y - face.y) / width / REACH_FACES
    least, most = PALM_FACES
    ratio = max(1e-3, palm / width)
    misfit = max(0.0, math.log(least / ratio), math.log(ratio / most))
    return away + SIZE_COST * misfit


class Owners:
    """Leaves out hands of another person; remembers each hand's owner while it is seen."""

    def __init__(self) -> None:
        self._foreign: set[int] = set()
        """Tracks of hands that are another's."""

    def own(
        self, hands: tuple[HandSeen, ...], faces: Sequence[Face], *, aspect: float
    ) -> tuple[HandSeen, ...]:
        """The player's of the hands; ``faces`` are those in the picture, the player's first."""
        if len(faces) < 2:
            self._foreign = set()
            return hands
        foreign = set()
        for hand in hands:
            mine = remoteness(hand, faces[0], aspect=aspect)
            theirs = min(remoteness(hand, face, aspect=aspect) for face in faces[1:])
            margin = -CLEARLY if hand.track in self._foreign else CLEARLY
            if theirs + margin < mine:
                foreign.add(hand.track)
        self._foreign = foreign
        return tuple(hand for hand in hands if hand.track not in foreign)
