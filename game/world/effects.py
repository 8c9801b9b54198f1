"""What the world wants done: sounds, speech, questions to characters. Frozen, in the order of a tick."""

from dataclasses import dataclass

from game.interpret.intents import Vec3
from npc.contract import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaySound:
    """A sound by recipe: hum, giggle, step, chime, theft, gasp, laugh, grunt, ripple, wonder ..."""

    name: str
    clip: str
    """Unique name of this playing; with it, it can be stopped."""
    position: Vec3 | None
    """Where in the world; None is everywhere."""
    gain_db: float = 0.0
    loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayClip:
    """Begin to play speech that the mind has sent, from a mouth in the world or in the ear."""

    clip: str
    character: str
    position: Vec3 | None
    """None is the ear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopClip:
    clip: str
    fade_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Duck:
    """Lower every voice of the characters by ``gain_db`` (0 restores them)."""

    gain_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Put a question to a character's mind."""

    question: Question
    early: bool = False
    """The player's turn may go on; `Settled` tells that it did not, `Withdraw` that it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The player's turn is over, and was what its early question holds: the answer may be heard."""

    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Have an authored line of a character spoken (`line` is a key of its personality's ``lines``)."""

    turn: int
    character: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Forget a question: the player went on speaking, or broke in."""

    turn: int


Effect = PlaySound | PlayClip | StopClip | Duck | Ask | Settled | Say | Withdraw
