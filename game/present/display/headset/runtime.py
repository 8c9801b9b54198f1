"""What the headset display needs of a runtime: OpenXR's in `openxr.py`, a scripted one in the tests."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from game.present.display.headset.axes import Turn, Vec3

Side = str
"""left or right."""


class NoHeadset(RuntimeError):
    """There is no headset to play in; the text is a sentence for the player."""


class HeadsetLost(RuntimeError):
    """The headset or its runtime went away in mid-play; the text is a sentence for the player."""


class Blend(StrEnum):
    """How the runtime lays the picture over the room."""

    ALPHA = "alpha blend"
    """Through the cameras of the headset: alpha 0 shows the room."""
    ADDITIVE = "additive"
    """Through the glass: black shows the room."""
    OPAQUE = "opaque"
    """The room is not seen."""


class State(StrEnum):
    """How far the player is in the headset."""

    AWAY = "away"
    """The session does not run: the headset is put down, or the runtime wants something else."""
    HIDDEN = "hidden"
    """Frames are counted, and nothing is seen of them."""
    SEEN = "seen"
    """The picture is seen, but something else (the headset's own menu) has the hands."""
    PLAYED = "played"
    """Seen, with the player's hands."""
    ENDED = "ended"
    """The runtime has asked for the end of the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    at_m: Vec3
    """In the play space: x right, y ahead, z up from the floor, metres."""
    turn: Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """One eye at the time at which the frame will be seen."""

    pose: Pose
    fov: tuple[float, float, float, float]
    """Angles of the picture's edges from straight ahead, radians: left, right, up, down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joints:
    """One tracked hand."""

    side: Side
    places: tuple[Vec3, ...]
    """The 26 joints in OpenXR's order (palm, wrist, four of the thumb, five of each finger), play space."""
    sure: float
    """0 to 1: share of the joints that are tracked, and not only guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """One controller (or a hand that the runtime tells of as one)."""

    side: Side
    grip: Pose
    aim: Pose
    select: float
    """0 to 1: the trigger, or thumb and index finger together."""
    walk: float
    """-1 to 1: the stick, forward is positive."""
    turn: float = 0.0
    """-1 to 1: the stick, right is positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One frame of the runtime's pace."""

    seen_in_s: float
    """From now to when the frame will be seen, seconds."""
    shows: bool
    """Whether the runtime will show a picture."""


class Runtime(Protocol):
    """One session with a headset. Every call may raise `HeadsetLost`."""

    @property
    def name(self) -> str:
        """Runtime and system, for the report."""

    @property
    def state(self) -> State:
        """As `poll` told it last."""

    @property
    def blend(self) -> Blend: ...
    @property
    def eye_size(self) -> tuple[int, int]:
        """Pixels of one eye's picture."""

    @property
    def floor(self) -> bool:
        """The play space begins on the floor; else at the height of the eyes."""

    @property
    def tracks_hands(self) -> bool: ...
    @property
    def frames(self) -> tuple[int, int, int]:
        """How many frames were waited for, begun and ended."""

    def poll(self) -> State:
        """Take in the runtime's events; begins and ends the session as they tell."""

    def recentred(self) -> bool:
        """Whether the player has asked the runtime for a new middle since the last call."""

    def begin(self) -> Beat:
        """Wait for the runtime's pace and begin a frame; only while the session runs."""

    def eyes(self) -> tuple[Eye, Eye] | None:
        """Left and right at the time of the begun frame; None while the head is not tracked."""

    def hands(self) -> tuple[Joints, ...]: ...
    def controllers(self) -> tuple[Controller, ...]: ...
    def end(self, pictures: tuple[int, int] | None) -> None:
        """End the begun frame with the OpenGL textures of both eyes; None shows nothing."""

    def close(self) -> None:
        """Leave the session; a second call does nothing."""


class Seeker(Protocol):
    """Where sessions come from."""

    def take(self) -> Runtime | None:
        """A session with a headset that has been found since the last call; OpenGL is current. Raises
        NoHeadset with the reason why there is none (told once)."""

    def seek(self) -> None:
        """Begin to look for one again, beside the game."""

    def close(self) -> None: ...
