"""The part of the world's state that is talk: whose turn it is, what is said, how the Child listens."""

from dataclasses import dataclass, field

from game.sense.observations import TurnUnderstood
from npc.contract import Question


@dataclass(slots=True)
class Line:
    """One sentence of a character that is ready to be played, is playing, or was played."""

    clip: str
    turn: int
    character: str
    text: str
    words: tuple[tuple[str, float, float], ...]
    duration_s: float
    gesture: str | None
    actions: tuple[str, ...]
    goes_on: bool = False
    """It is the rest of the sentence before."""
    played_s: float = 0.0
    started_s: float | None = None


@dataclass(slots=True)
class Talk:
    """The conversation: whose turn it is, what is being said, and what was really heard."""

    turns: int = 0
    """Turns given out so far; a turn is a question to a character, or a line of the story."""
    question: Question | None = None
    """The question that waits for its reply (or whose reply is being spoken)."""
    utterance: int | None = None
    """The utterance behind the question."""
    early: bool = False
    """The question was put at a pause: nothing of its answer is heard before the turn is over."""
    held: TurnUnderstood | None = None
    """What the Child has understood of an early question."""
    by_ear: bool = False
    """The player's last words came through the microphone."""
    asked_s: float = 0.0
    understood: bool = False
    reply_ended: bool = False
    act: str = ""
    queue: list[Line] = field(default_factory=list)
    current: Line | None = None
    said: list[Line] = field(default_factory=list)
    """Lines of this turn that were played to their end."""
    ducked_s: float | None = None
    """When the character was turned down because the player talks over it."""
    over_since_s: float = 0.0
    """When that sound of the player's began."""
    spoke_from_s: float = 0.0
    spoke_s: float = -1.0
    """From when to when characters have spoken, pauses between their sentences included."""
    second_voice_s: float | None = None
    """When another voice than the player's was last heard."""
    palm_since_s: float | None = None
    """Since when a palm has been held out."""
    nudged: bool = False
    """The body has filled the wait for a late reply."""
    last_insult_s: float | None = None
    silent_since_s: float = 0.0
    """Since when nobody has spoken."""
    replies: int = 0
    """Replies to the player that were heard."""
    gesture_asked_s: dict[str, float] = field(default_factory=dict)
    """When a gesture was last put to the Child as a turn."""


@dataclass(slots=True)
class Listening:
    """What the Child's body does while the player speaks, and before it has words."""

    sounding: bool = False
    """The player's voice sounds at this moment."""
    clip: str | None = None
    """The sound that it makes, or made last and need not stop any more."""
    blinked_s: float = -60.0
    nodded_s: float = -60.0
    hummed_s: float = -60.0
    voiced_s: dict[str, float] = field(default_factory=dict)
    """When it last made each sound by itself."""
