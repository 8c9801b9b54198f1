"""What the senses report: frozen, time-stamped messages, and nothing else.

Every message carries ``at_s``: seconds on the play clock at which the game may know of it (its arrival),
never earlier than what it describes. Messages are what a log holds and what a replay feeds, so they hold
plain numbers, strings and tuples only.

Axes of pictures: x right, y down, 0 to 1, *as in a mirror*: the player's right hand is on the right.
One mirror policy for the whole game: the camera's picture goes to the model as it was taken; positions and
sides are turned into the player's own where observations are made (x is mirrored; the model already names
the true side of an unmirrored picture).
"""

from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right"]
Point3 = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandInRoom:
    """Where a hand is in the player's own room, for a sense that knows: metres from the player's place in the
    cave, x right, y ahead, z up from the floor."""

    palm_m: Point3
    tip_m: Point3
    """Of the index finger."""
    head_m: Point3
    body_yaw_rad: float
    """Which way the body faces: the hand's landmarks are told in its view. Positive to the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandSeen:
    """One hand in one camera frame."""

    track: int
    """Identity of the hand, kept from frame to frame by the tracker."""
    side: Side
    """The player's own left or right hand."""
    score: float
    """Confidence of the hand's presence and side, 0 to 1."""
    image: tuple[Point3, ...]
    """21 landmarks, mirrored picture coordinates; z in units of the picture's width, negative is nearer."""
    world: tuple[Point3, ...]
    """21 landmarks in metres about the hand's centre; x right (player's), y down, z away from the camera."""
    room: HandInRoom | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandsSeen:
    """The hands of one camera frame; empty when none is seen."""

    at_s: float
    captured_s: float
    hands: tuple[HandSeen, ...]
    aspect: float
    """Width of the picture divided by its height."""
    brightness: float
    """Mean luma of the picture, 0 to 1."""
    hands_ms: float = 0.0
    """Wall time the landmarker took; for the report only, never read by interpret or world."""
    capture_ms: float = 0.0
    """Wall time from asking for the frame to having it; for the report only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadSeen:
    """The player's head in the camera's frame of reference, or its loss."""

    at_s: float
    captured_s: float
    present: bool
    position_m: Point3 = (0.0, 0.0, 0.0)
    """From the camera: x right (player's), y away from the camera, z up; metres."""
    yaw_rad: float = 0.0
    """Facing; 0 looks at the camera, positive to the player's right."""
    faces: int = 0
    from_rest: bool = False
    """The position is not from the camera but from the head's resting place, in the same axes."""
    hole_rad: float = 0.0
    """Where, seen from that resting place, a hole in the player's floor begins: from ahead, positive to the
    right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted:
    """The player began to speak (not an echo, and long enough to be speech)."""

    at_s: float
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSounds:
    """A voice has begun to sound: perhaps a cough, perhaps the beginning of speech."""

    at_s: float
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceTalks:
    """The voice that began to sound at ``start_s`` does more than listen: no "mhm", no "yeah", no laugh."""

    at_s: float
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceFell:
    """The voice that sounded fell silent, as between two words or after a "mhm"."""

    at_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechPaused:
    """The player's voice fell silent; the turn is not over yet."""

    at_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One finished turn of the player's speech, transcribed, or typed."""

    at_s: float
    utterance: int
    text: str
    start_s: float
    end_s: float
    """End of the speech itself, without the silence that ended the turn."""
    confidence: float = 1.0
    loudness_db: float = -30.0
    """RMS over the speech, dB full scale."""
    typed: bool = False
    extends: int | None = None
    """The utterance that this one replaces, because the player went on speaking after a short pause."""
    listens: bool = False
    """It was said while something was played and sounds like what a listener says, whatever the text is."""
    transcript_s: float = 0.0
    """Wall time from the end of the turn to the text; for the report only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondVoice:
    """The turn that began at ``start_s`` was spoken by another than the one who speaks otherwise."""

    at_s: float
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardSoFar:
    """What was said up to a pause. The turn may go on, and then these words are the first of more; a `Heard`
    with the same text tells that they were all."""

    at_s: float
    text: str
    start_s: float
    end_s: float
    loudness_db: float = -30.0
    extends: int | None = None
    """As of the `Heard` that it may become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandHeard:
    """A command of the grammar, recognised with enough confidence."""

    at_s: float
    name: str
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTakenBack:
    """A command that was told at once turned out to be a part of something else: what it did is undone."""

    at_s: float
    name: str
    end_s: float
    """Of the command that is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """Level of the player's voice or hum in the last 100 ms; sent only while it changes."""

    at_s: float
    db: float
    """dB full scale after echo cancelling; -100 is silence."""
    voiced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseLost:
    """A device, a file or a worker is gone; ``reason`` is a sentence for the player."""

    at_s: float
    sense: Literal["camera", "microphone", "eyes", "mind", "language", "voice", "speakers"]
    reason: str
    final: bool = False
    """True when a file simply ended: no fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseFound:
    """A device or worker works (again)."""

    at_s: float
    sense: Literal["camera", "microphone", "eyes", "mind", "language", "voice", "speakers"]
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerAway:
    """The player cannot see the picture for now; ``reason`` is a sentence."""

    at_s: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerBack:
    """The player sees the picture (again); ``what`` is a sentence."""

    at_s: float
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnUnderstood:
    """A character knows what kind of turn it heard and what it will do about it."""

    at_s: float
    turn: int
    character: str
    kind: str
    act: str
    gesture: str | None
    """Reaction of the body, at once."""
    events: tuple[str, ...] = ()
    """Rows of the trust table that this turn touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceSpoken:
    """One sentence of a reply, ready to be played; the sound itself travels beside, by ``clip``."""

    at_s: float
    turn: int
    character: str
    index: int
    text: str
    gesture: str | None
    actions: tuple[str, ...]
    clip: str
    duration_s: float
    words: tuple[tuple[str, float, float], ...]
    """(word, start, end) in seconds from the clip's start."""
    source: Literal["model", "authored"]
    backend: str
    goes_on: bool = False
    """It is the rest of the sentence before, without a breath between."""
    first_token_s: float = 0.0
    """Wall time from the question to the first token; for the report only."""
    ready_s: float = 0.0
    """Wall time from the question to this sentence's sound; for the report only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEnded:
    """No more sentences come for this turn. ``faults`` are sentences for the report."""

    at_s: float
    turn: int
    character: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPlayed:
    """Feedback from the mixer: how much of a clip has left the loudspeaker."""

    at_s: float
    clip: str
    played_s: float
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PointerMoved:
    """The mouse, standing in for a hand."""

    at_s: float
    x: float
    y: float
    """0 to 1, y down, of the picture."""
    pinch: bool
    walk: bool


Observation = (
    HandsSeen
    | HeadSeen
    | SpeechStarted
    | VoiceSounds
    | VoiceTalks
    | VoiceFell
    | SpeechPaused
    | Heard
    | SecondVoice
    | HeardSoFar
    | CommandHeard
    | CommandTakenBack
    | Loudness
    | SenseLost
    | SenseFound
    | PlayerAway
    | PlayerBack
    | TurnUnderstood
    | SentenceSpoken
    | ReplyEnded
    | ClipPlayed
    | PointerMoved
)
