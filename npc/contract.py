"""What a game hands to a character, and what the character hands back.

A character is stateless between turns: whatever it needs to know comes with the question, so a mind that
died in mid-sentence can be replaced by a fresh one, and the same question with the same seed and backend
gives the same reply. Nothing here knows of a game, a picture or a microphone.
"""

from dataclasses import dataclass, field
from typing import Literal

Level = Literal["gentle", "film"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One earlier exchange, as it was really heard: the reply holds only the words that were played."""

    player: str
    """What the player said, or a gesture in brackets: "[palm up]"."""
    reply: str
    act: str = ""
    cut_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Perception:
    """What the character can perceive at this moment; it may speak of nothing else."""

    place: str = "tunnel fork"
    way_out: str = ""
    """The true way out in words; the policy decides whether it may be said."""
    scene: str = "talk"
    distance_m: float = 3.0
    gestures: tuple[str, ...] = ()
    """The player's gestures of the last seconds: rude, palm_up, palm_out, point, thumb_up, call ..."""
    loudness: Literal["whisper", "normal", "shout"] = "normal"
    silence_s: float = 0.0
    faces: int = 1
    voices: int = 1
    """Of different people, heard in the last turns."""
    visible: tuple[str, ...] = ()
    """Nouns of what is in view: crystal, water, tunnel ..."""
    has_stolen_light: bool = False
    recording: bool = False
    camera_on: bool = False
    microphone_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One turn put to a character."""

    turn: int
    character: str
    text: str
    """The recogniser's text; empty when the turn is a gesture or a silence."""
    gesture: str | None = None
    perception: Perception = field(default_factory=Perception)
    trust: float = 15.0
    """0 to 100."""
    history: tuple[Exchange, ...] = ()
    level: Level = "film"
    seed: int = 0
    since_insult_s: float | None = None
    """Seconds since the character last insulted the player; None when it has not."""
    max_wait_s: float = 2.5
    """After this long without a first token an authored line takes the model's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """First answer, without a language model: what the turn is and what the character will do."""

    kind: str
    act: str
    mood: str
    gesture: str | None
    events: tuple[str, ...] = ()
    """Names of rows of the trust table, in order; `npc.trust.apply` turns them into trust."""
    trust: float = 15.0
    """Trust after the events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What will most likely be said first, told before it is known: a mouth may make its sound meanwhile.
    Nothing of it may be heard; only a `Sentence` is said."""

    parts: tuple[str, ...]
    """The sentence, in the parts in which it will be said."""
    gesture: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One checked sentence, ready to be spoken."""

    index: int
    text: str
    gesture: str | None
    actions: tuple[str, ...]
    source: Literal["model", "authored"]
    backend: str
    first_token_s: float
    goes_on: bool = False
    """It is the rest of the sentence before, which was told as soon as its beginning was sure."""
    checks_failed: tuple[str, ...] = ()
    """Checks that earlier candidates failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A candidate that a model wrote, for the writer who wants to know why."""

    text: str
    """Its first sentence."""
    gesture: str | None
    score: float | None
    """What it was worth; None where a check failed."""
    failed: str | None
    """Name of the check that it failed."""
    ready_s: float
    """Seconds from the question."""
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """How a reply came about."""

    tried: tuple[Tried, ...] = ()
    written: str = ""
    """The written line that stood ready for the model to say in other words, and where it came from."""
    unasked: str = ""
    """Why no model was asked, in a few words; empty when one was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The reply is complete; ``faults`` name what went wrong on the way, a sentence each."""

    faults: tuple[str, ...] = ()
    trace: Trace = field(default_factory=Trace)


ReplyEvent = Understood | Expected | Sentence | Ended
