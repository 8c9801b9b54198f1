"""The trust table: what the player does, and what it is worth. Observables only; wit is never judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Band = Literal["hostile", "wary", "warming", "friend"]
BANDS: Final[tuple[Band, ...]] = ("hostile", "wary", "warming", "friend")

START: Final = 15.0
LOWEST: Final = 0.0
HIGHEST: Final = 100.0
_BAND_FROM: Final[tuple[tuple[float, Band], ...]] = (
    (75.0, "friend"),
    (50.0, "warming"),
    (25.0, "wary"),
    (0.0, "hostile"),
)

RETURN_WITHIN_S: Final = 6.0
"""An insult counts as returned within this time after the character's own."""
DUEL_ROUNDS: Final = 3
"""Best of three: so many returned insults are worth trust in one evening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table."""

    event: str
    change: float
    """Points of trust."""
    what: str
    """What happens, in words."""


TABLE: Final[tuple[Row, ...]] = (
    Row(event="insult_returned", change=6, what="an insult within 6 s of the Child's, not one used before"),
    Row(event="insult_takes_word", change=4, what="and it takes up one of the Child's words"),
    Row(event="insult_third", change=0, what="the third good insult: it laughs"),
    Row(event="rude_first", change=3, what="the rude finger, the first time: it gasps and returns it"),
    Row(event="rude_third", change=0, what="the rude finger, the third time: it hides"),
    Row(event="palm_up", change=8, what="a palm held up, still and quiet"),
    Row(event="promise_kept", change=12, what="a promise kept"),
    Row(event="dare_done", change=10, what="a dare done"),
    Row(event="name_used", change=5, what="its name used"),
    Row(event="kind_word", change=2, what="a kind word, the first three times"),
    Row(event="insult_again", change=-3, what="the same insult twice"),
    Row(event="cruelty", change=-15, what="cruelty after it confided"),
    Row(event="beckon_hostile", change=-2, what="beckoning while it is hostile: it retreats"),
    Row(event="palm_out_again", change=-2, what="the stopping palm again and again"),
)

CHANGE: Final = {row.event: row.change for row in TABLE}


def apply(trust: float, events: Iterable[str]) -> float:
    """Trust after the events, in order: 0 to 100 at each step. Names that are not in the table are worth
    nothing."""
    value = min(HIGHEST, max(LOWEST, trust))
    for event in events:
        value = min(HIGHEST, max(LOWEST, value + CHANGE.get(event, 0.0)))
    return value


def band(trust: float) -> Band:
    """The band of a trust value: bands begin at 25, 50 and 75."""
    return next((name for lowest, name in _BAND_FROM if trust >= lowest), "hostile")


def colder(mood: Band) -> Band:
    """One band colder; hostile stays hostile."""
    return BANDS[max(0, BANDS.index(mood) - 1)]
