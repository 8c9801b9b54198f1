"""What the player asks of a headset's display itself: to begin anew where they stand, to turn the cave."""

import math
from typing import Final, Protocol

from game.interpret.intents import Action, HandIntent, Intents, Vec3

_PALMS_S: Final = 0.8
"""Both palms are held to the floor for so long after each was taken for one."""
_STILL_M: Final = 0.08
_DRAG_RAD: Final = math.radians(25.0)
"""A fist that is drawn so far round the player turns the cave by one step ..."""
_STILL_RAD: Final = math.radians(3.0)
_HELD_S: Final = 0.4
"""... when it was held still for so long before, as one takes hold of something ..."""
_DRAWN_S: Final = 0.25
"""... and is not flung there: whoever throws does that."""


class Steered(Protocol):
    """A display that tracks the player's head itself."""

    def recentre(self) -> None: ...
    def turn(self, steps: int) -> None:
        """As if the player had turned to the right by so many steps."""


class Steering:
    """Two palms held still to the floor, or "recenter": begin anew. By choice a fist drawn aside turns the
    cave: most fists are somebody's who throws, or holds on to something."""

    def __init__(self, display: Steered, *, fist: bool = False) -> None:
        self._display, self._turns = display, fist
        self._palms: tuple[Vec3, Vec3] | None = None
        self._palms_s = math.inf
        self._fist: tuple[str, float] | None = None
        """Which hand is closed, and where round the player it took hold."""
        self._rested_s = self._drawn_s = math.inf
        """Since when it has been still there, and since when it has been drawn away from there."""

    def tick(self, intents: Intents, now_s: float) -> None:
        """What the player asks for at this tick of the play clock."""
        palms = self._held_palms(intents, now_s)
        if palms or any(command.name == "recenter" for command in intents.commands):
            self._display.recentre()
        if self._turns and (steps := self._drawn(intents, now_s)):
            self._display.turn(steps)

    def _held_palms(self, intents: Intents, now_s: float) -> bool:
        places = [hand.at_m for hand in intents.hands if _does(hand, Action.PALM_DOWN)]
        if len(places) != 2 or places[0] is None or places[1] is None:
            self._palms = None
            return False
        now = (places[0], places[1])
        if self._palms is None or max(map(math.dist, self._palms, now)) > _STILL_M:
            self._palms, self._palms_s = now, now_s
        if now_s - self._palms_s < _PALMS_S:
            return False
        # Once, however long they are held.
        self._palms_s = math.inf
        return True

    def _drawn(self, intents: Intents, now_s: float) -> int:
        closed = [hand for hand in intents.hands if _does(hand, Action.GRASP)]
        if len(closed) != 1 or closed[0].at_m is None or intents.walk.speed > 0.0:
            self._fist = None
            return 0
        side, (x, y, _), (head_x, head_y, _) = closed[0].side, closed[0].at_m, intents.head.offset_m
        round_rad = math.atan2(x - head_x, y - head_y)
        if self._fist is None or self._fist[0] != side:
            self._take_hold(side, round_rad, now_s)
            return 0
        drawn_rad = math.remainder(round_rad - self._fist[1], math.tau)
        if abs(drawn_rad) < _STILL_RAD:
            self._drawn_s = now_s
        elif self._drawn_s - self._rested_s < _HELD_S:
            # It never came to rest here.
            self._take_hold(side, round_rad, now_s)
        if abs(drawn_rad) < _DRAG_RAD:
            return 0
        slow = now_s - self._drawn_s >= _DRAWN_S
        self._take_hold(side, round_rad, now_s)
        if not slow:
            return 0
        # The cave goes where the fist goes: whoever draws it to the left has turned to the right.
        return -1 if drawn_rad > 0.0 else 1

    def _take_hold(self, side: str, round_rad: float, now_s: float) -> None:
        self._fist = side, round_rad
        self._rested_s = self._drawn_s = now_s


def _does(hand: HandIntent, action: Action) -> bool:
    value = hand.actions.get(action)
    return value is not None and value.active
