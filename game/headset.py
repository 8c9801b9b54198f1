"""A headset as a sense: what its display knows of the player becomes observations like any other."""

import math
import time
from collections.abc import Callable
from typing import Final, Protocol

from game.present.display.headset.axes import rotated, yaw_of
from game.present.display.headset.comfort import STEP_RAD, Comfort, Where
from game.present.display.headset.display import HeadsetDisplay, News, Tracked
from game.present.display.headset.runtime import Controller
from game.present.display.headset.seeker import OpenXrSeeker
from game.present.display.panda import PandaDisplay
from game.sense.headset_hands import BodyYaw, hand_seen, hands_seen, head_seen
from game.sense.observations import HeadSeen, Observation, PlayerAway, PlayerBack, PointerMoved
from game.world.cave import EYE_HEIGHT_M
from game.world.state import Player

_ACROSS_RAD: Final = math.radians(35.0)
_UP_RAD: Final = math.radians(25.0)
"""A controller that points so far aside is a mouse at the edge of the picture."""
_PRESSED: Final = 0.5
_PUSHED: Final = 0.3


class Headset(Protocol):
    """A display that tracks its player."""

    @property
    def tracked(self) -> Tracked | None: ...
    def news(self) -> list[News]: ...


def put_on(desktop: PandaDisplay, tell: Callable[[str], None], comfort: Comfort) -> HeadsetDisplay:
    """The picture of ``desktop`` in a headset; without one it stays where it is, and a sentence says why."""
    headset = HeadsetDisplay(desktop, OpenXrSeeker(), now=time.monotonic, comfort=comfort)
    if headset.lacks:
        tell(headset.lacks)
    return headset


def wear(player: Player, comfort: Comfort) -> None:
    """Tell the world how whoever wears a headset wants to stand in it and to be moved."""
    player.turn_step_rad = STEP_RAD if comfort.turns else 0.0
    player.towed = comfort.tow
    player.near = True
    player.hole_m = comfort.opens_m if comfort.opening is Where.FLOOR else 0.0
    player.deep_m = comfort.deep_m


class HeadsetSenses:
    """Hands and head of the player in the headset, once a frame, and whether they are there at all."""

    def __init__(self, headset: Headset) -> None:
        self._headset = headset
        self._body = BodyYaw()
        self._last: Tracked | None = None
        self._had_hands = False
        self._moved: PointerMoved | None = None

    def until(self, t_s: float) -> list[Observation]:
        """What the display has learnt since the last call."""
        found: list[Observation] = [
            PlayerBack(at_s=t_s, what=one.sentence) if one.here
            else PlayerAway(at_s=t_s, reason=one.sentence)
            for one in self._headset.news()
        ]  # fmt: skip
        tracked = self._headset.tracked
        if tracked is self._last:
            return found
        self._last = tracked
        if tracked is None:
            self._had_hands, self._moved = False, None
            found.append(HeadSeen(at_s=t_s, captured_s=t_s, present=False, from_rest=True))
            found.append(hands_seen((), t_s))
            return found
        head, yaw = tracked.head.at_m, yaw_of(tracked.head.turn)
        found.append(head_seen(head, yaw, eye_height_m=EYE_HEIGHT_M, t_s=t_s, hole_rad=tracked.hole_rad))
        body = self._body.feed(yaw, t_s)
        hands = [
            seen
            for hand in tracked.hands
            if (seen := hand_seen("left" if hand.side == "left" else "right", hand.places, sure=hand.sure,
                                  head=head, body_yaw_rad=body)) is not None
        ]  # fmt: skip
        if hands or self._had_hands:
            found.append(hands_seen(hands, t_s))
        self._had_hands = bool(hands)
        if not hands and tracked.controllers:
            moved = as_pointer(tracked.controllers, t_s)
            if self._moved is None or (moved.x, moved.y, moved.pinch, moved.walk) != (
                self._moved.x, self._moved.y, self._moved.pinch, self._moved.walk
            ):  # fmt: skip
                self._moved = moved
                found.append(moved)
        return found


def as_pointer(held: tuple[Controller, ...], t_s: float) -> PointerMoved:
    """The last resort: a controller as the mouse. The right one points, unless only the left one is used."""
    ordered = sorted(held, key=lambda one: (one.select <= _PRESSED, one.side != "right"))
    one = ordered[0]
    x, y, z = rotated(one.aim.turn, (0.0, 1.0, 0.0))
    azimuth, elevation = math.atan2(x, y), math.atan2(z, math.hypot(x, y))
    return PointerMoved(
        at_s=t_s,
        x=min(1.0, max(0.0, 0.5 + azimuth / (2.0 * _ACROSS_RAD))),
        y=min(1.0, max(0.0, 0.5 - elevation / (2.0 * _UP_RAD))),
        pinch=one.select > _PRESSED,
        walk=any(hand.walk > _PUSHED for hand in held),
    )
