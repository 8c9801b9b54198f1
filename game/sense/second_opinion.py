"""What the transcript of a whole turn says of the commands that were found in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from game.sense.commands_file import Command, Match, is_something_else
from game.sense.transcriber import Transcript

Found = tuple[Match, float]
"""A command that was found, and when its words ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What is to be told of a turn's commands."""

    taken_back: tuple[Found, ...]
    """Told at once, and not meant."""
    told: dict[str, tuple[float, float]]
    """Told only now: name to confidence and the end of its words."""


def second_opinion(
    transcript: Transcript,
    said: Command | None,
    *,
    fired: Sequence[Found],
    pending: Sequence[Found],
    talk: bool,
    end_s: float,
) -> Opinion:
    """``said`` is the command that the text is, ``fired`` was told at once, ``pending`` waits; ``talk`` tells
    that there was more speech in the turn, which ended at ``end_s``."""
    matches = [match for match, _ in (*fired, *pending)]
    denied = bool(matches) and is_something_else(transcript.text, said, matches)
    if denied and not talk:
        # Nothing else was said: of two hearings of the same words, the surer is believed.
        denied = transcript.confidence >= min(match.confidence for match in matches)
    back = tuple((match, end) for match, end in fired if denied and match.command.undo)
    told = {} if denied else {match.command.name: (match.confidence, end) for match, end in pending}
    if said is not None and said not in [match.command for match in matches]:
        told[said.name] = (transcript.confidence, end_s)
    return Opinion(taken_back=back, told=told)
