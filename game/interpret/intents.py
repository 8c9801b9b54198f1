"""What the player means, as far as the hands, the head and the voice tell: the world's only input."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from game.sense.observations import (
    ClipPlayed,
    CommandHeard,
    CommandTakenBack,
    Heard,
    HeardSoFar,
    PlayerAway,
    PlayerBack,
    ReplyEnded,
    SenseFound,
    SenseLost,
    SentenceSpoken,
    Side,
    TurnUnderstood,
)

Vec3 = tuple[float, float, float]


class Action(StrEnum):
    """The action layer that every hand source feeds: webcam, mouse, headset, recorded player."""

    POINT = "point"
    PINCH = "pinch"
    GRASP = "grasp"
    PALM_OUT = "palm_out"
    PALM_UP = "palm_up"
    PALM_DOWN = "palm_down"
    PUSH = "push"
    THROW = "throw"
    WALK = "walk"
    CALL = "call"
    THUMB_UP = "thumb_up"
    THUMB_DOWN = "thumb_down"
    RUDE = "rude"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionValue:
    value: float
    """0 to 1."""
    ready: bool
    """The hand is in a pose from which the action can be made."""
    confidence: float
    """0 to 1."""
    active: bool
    """After hysteresis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIntent:
    """One of the player's hands, filtered, in the player's own view."""

    side: Side
    confidence: float
    aim: tuple[float, float]
    """Direction of the hand's light in the view: azimuth (right positive) and elevation, radians."""
    shape: tuple[Vec3, ...]
    """21 landmarks in metres about the palm's centre, view axes: x right, y forward, z up."""
    actions: Mapping[Action, ActionValue]
    age_s: float
    """Age of the observation behind it."""
    at_m: Vec3 | None = None
    """The palm in the room (x right, y ahead, z up from the floor at the player's place), where it is known:
    the light comes from there, and the hand is there. Without it the hand hangs before the eyes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GestureEvent:
    """A gesture that began or ended at this tick; for speech with the hands, and for the report."""

    name: Action
    side: Side
    start_s: float
    end_s: float | None
    value: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The player's walking on the air (or its stand-ins)."""

    speed: float = 0.0
    """Metres a second wished for."""
    heading_rad: float = 0.0
    """0 is straight ahead, positive to the right."""
    steps: int = 0
    """Steps made in this tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The player's head relative to its resting place, metres: x right, y into the picture, z up."""

    present: bool = False
    offset_m: Vec3 = (0.0, 0.0, 0.0)
    yaw_rad: float = 0.0
    faces: int = 0
    hole_rad: float = 0.0
    """Where a hole in the player's floor begins: from ahead, positive to the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """How tired the player's arms are: consumed endurance, 0 fresh to 1 spent."""

    left: float = 0.0
    right: float = 0.0

    @property
    def most(self) -> float:
        """Of the arm that is more tired."""
        return max(self.left, self.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """The player's voice at this tick."""

    speaking: bool = False
    since_s: float = 0.0
    """Seconds since the present speech (or silence) began."""
    loudness_db: float = -100.0
    voiced: bool = False
    ended_s: float | None = None
    """Play-clock time at which the last speech ended; None before any."""
    sounding_s: float | None = None
    """Seconds for which a voice has been sounding, speech or only a cough; None while none sounds."""
    talks: bool = False
    """It does more than listen: no "mhm", no laugh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intents:
    """Everything that reaches the world in one tick."""

    hands: tuple[HandIntent, ...] = ()
    gestures: tuple[GestureEvent, ...] = ()
    walk: Walk = field(default_factory=Walk)
    head: Head = field(default_factory=Head)
    arms: Arms = field(default_factory=Arms)
    speech: Speech = field(default_factory=Speech)
    gesturing: bool = False
    """A hand moves as hands do that go with speech."""
    heard: tuple[Heard, ...] = ()
    second_voice: bool = False
    """Some of what was heard was said by another than the player."""
    heard_so_far: tuple[HeardSoFar, ...] = ()
    commands: tuple[CommandHeard, ...] = ()
    taken_back: tuple[CommandTakenBack, ...] = ()
    replies: tuple[TurnUnderstood | SentenceSpoken | ReplyEnded, ...] = ()
    played: tuple[ClipPlayed, ...] = ()
    senses: tuple[SenseLost | SenseFound, ...] = ()
    presence: tuple[PlayerAway | PlayerBack, ...] = ()
    """The player left the picture, or came back to it."""
    camera_dark: float = 0.0
    """0 to 1: how much more light the camera needs on the hand (drives the rim of light)."""
