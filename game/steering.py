"""What the player asks of a headset's display itself: to begin anew where they stand, to turn the cave."""

import math
from typing import Final, Protocol

from game.interpret.intents import Action, HandIntent, Intents, Vec3

_PALMS_S: Final = 0.8
"""Both palms are held to the floor for so long after each was taken for one."""
_STILL_M: Final = 0.08
_DRAG_RAD: Final = math.radians(25.0)
"""A fist that is drawn so far round the player turns the cave by one step."""


class Steered(Protocol):
    """A display that tracks the player's head itself."""

    def recentre(self) -> None: ...
    def turn(self, steps: int) -> None:
        """As if the player had turned to the right by so many steps."""


class Steering:
    """Two palms held still to the floor, or "recenter": begin anew. A fist drawn aside turns the cave."""

    def __init__(self, display: Steered) -> None:
        self._display = display
        self._palms: tuple[Vec3, Vec3] | None = None
        self._palms_s = math.inf
        self._fist: tuple[str, float] | None = None
        """Which hand is closed, and where round the player it was when the cave was last turned."""

    def tick(self, intents: Intents, now_s: float) -> None:
        """What the player asks for at this tick of the play clock."""
        palms = self._held_palms(intents, now_s)
        if palms or any(command.name == "recenter" for command in intents.commands):
            self._display.recentre()
        if steps := self._drawn(intents):
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

    def _drawn(self, intents: Intents) -> int:
        closed = [hand for hand in intents.hands if _does(hand, Action.GRASP)]
        if len(closed) != 1 or closed[0].at_m is None or intents.walk.speed > 0.0:
            self._fist = None
            return 0
        side, (x, y, _), (head_x, head_y, _) = closed[0].side, closed[0].at_m, intents.head.offset_m
        round_rad = math.atan2(x - head_x, y - head_y)
        if self._fist is None or self._fist[0] != side:
            self._fist = side, round_rad
        drawn_rad = math.remainder(round_rad - self._fist[1], math.tau)
        if abs(drawn_rad) < _DRAG_RAD:
            return 0
        self._fist = side, round_rad
        # The cave goes where the fist goes: whoever draws it to the left has turned to the right.
        return -1 if drawn_rad > 0.0 else 1


def _does(hand: HandIntent, action: Action) -> bool:
    value = hand.actions.get(action)
    return value is not None and value.active
