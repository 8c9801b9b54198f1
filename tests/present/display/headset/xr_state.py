"""What a scripted OpenXR runtime is told and remembers: events, losses, open handles, broken rules."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

from tests.present.display.headset.xr_structures import (
    EventDataSessionStateChanged,
    Names,
    ReferenceSpaceType,
    StructureType,
    ViewStateFlags,
    XrException,
)

OPENGL = "XR_KHR_opengl_enable"
HANDS = "XR_EXT_hand_tracking"
HAND_PROFILE = "XR_EXT_hand_interaction"
PASSTHROUGH = "XR_FB_passthrough"
CLOCK = "XR_KHR_convert_timespec_time"


class XrState(Names):
    """What is told of each side is set before the game calls; ``faults`` are rules that were broken."""

    def __init__(
        self,
        *,
        listed: tuple[str, ...] = (OPENGL, HANDS, HAND_PROFILE, CLOCK),
        modes: tuple[str, ...] = ("ALPHA_BLEND", "OPAQUE"),
        spaces: tuple[ReferenceSpaceType, ...] = (ReferenceSpaceType.LOCAL, ReferenceSpaceType.STAGE),
        formats: tuple[int, ...] = (0x8C43, 0x8058),
    ) -> None:
        super().__init__()
        self.listed, self.modes, self.spaces, self.formats = listed, modes, spaces, formats
        self.events: list[Any] = []
        self.fails: dict[str, XrException] = {}
        """The next call of that name raises this, and every one after it."""
        self.alive: Counter[str] = Counter()
        """How many of each kind of handle are open."""
        self.faults: list[str] = []
        self.ended: list[SimpleNamespace] = []
        """Frames as the game has ended them."""
        self.discards = False
        self.renders = True
        self.view_flags = ViewStateFlags.ORIENTATION_VALID_BIT | ViewStateFlags.POSITION_VALID_BIT
        self.hands = {1: True, 2: False}
        """Whether the left and the right hand are seen."""
        self.loose = 0
        """Joints of a seen hand that are only guessed."""
        self.held = {1}
        """Sides whose controller is held, as `hands`."""
        self.focused = False
        self.stick = {"select": 0.0, "walk": 0.0, "turn": 0.0}
        self.suggested: list[str] = []
        self.running = self.begun = self.waited = False
        self.exits = False
        """The end of the session is asked for."""
        self.trackers: dict[int, int] = {}
        self.images: Counter[int] = Counter()
        self._handles = 100
        self._functions: list[Any] = []

    def _called(self, name: str) -> None:
        if name in self.fails:
            raise self.fails[name]

    def _open(self, kind: str) -> int:
        self._called(f"create_{kind}")
        self.alive[kind] += 1
        self._handles += 1
        return self._handles

    def _close(self, kind: str) -> None:
        self.alive[kind] -= 1
        if self.alive[kind] < 0:
            self.faults.append(f"a {kind} was destroyed twice")

    def _must(self, true: bool, rule: str) -> None:
        if not true:
            self.faults.append(rule)

    def told(self, *states: int) -> None:
        """The session goes through these states, which the game learns from its next polls."""
        kind = StructureType.EVENT_DATA_SESSION_STATE_CHANGED
        self.events += [EventDataSessionStateChanged(kind, state) for state in states]
