"""A recorded player for a room without one: hands by script, and lines that it speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from game.sense.observations import Heard, Observation, SpeechPaused, SpeechStarted
from game.sense.synthetic_player import Stroke, SyntheticPlayer, first_minute

_END_OF_TURN_S: Final = 1.0
"""From the end of a line to its transcript, as on a good evening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A line of the recorded player."""

    start_s: float
    text: str

    @property
    def end_s(self) -> float:
        return self.start_s + 0.3 * len(self.text.split())


FIRST_MINUTE: Final = (
    Spoken(start_s=42.5, text="a lamp with an attitude"),
    Spoken(start_s=57.5, text="give that back you little shit"),
    Spoken(start_s=63.5, text="you look like a sneeze in a jar"),
    Spoken(start_s=69.5, text="your head is a puddle with ears"),
    Spoken(start_s=79.0, text="are we friends now you horrible thing"),
)


class RecordedPlayer:
    """Plays its script once; observations come as the eyes and the ears would send them."""

    def __init__(self, strokes: Sequence[Stroke], lines: Sequence[Spoken], seed: int) -> None:
        self._hands = SyntheticPlayer(strokes, seed=seed)
        events: list[tuple[float, Observation]] = []
        for number, line in enumerate(lines, start=1):
            start_s, end_s = line.start_s, line.end_s
            heard_s = end_s + _END_OF_TURN_S
            heard = Heard(at_s=heard_s, utterance=number, text=line.text, start_s=start_s, end_s=end_s)
            events += [
                (start_s + 0.2, SpeechStarted(at_s=start_s + 0.2, start_s=start_s)),
                (end_s + 0.3, SpeechPaused(at_s=end_s + 0.3, end_s=end_s)),
                (heard_s, heard),
            ]
        self._events = sorted(events, key=lambda event: event[0])

    @classmethod
    def first_minute(cls, seed: int) -> "RecordedPlayer":
        return cls(first_minute(), FIRST_MINUTE, seed)

    def until(self, t_s: float) -> list[Observation]:
        """Everything that may be known at ``t_s`` and was not given before."""
        news: list[Observation] = list(self._hands.hands_until(t_s))
        while self._events and self._events[0][0] <= t_s:
            news.append(self._events.pop(0)[1])
        return news
