"""What the transcript of a whole turn says of the commands that were found in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from game.sense.commands_file import Command, CommandSet, Match, is_something_else, plain_words
from game.sense.sound_alike import unlike
from game.sense.transcriber import Transcript

Found = tuple[Match, float]
"""A command that was found, and when its words ended."""

_ALIKE: Final = 0.34
"""What is no more `unlike` a phrase than this is taken for the same words, heard otherwise..."""
_ALIKE_LONGER: Final = 0.2
"""... and when it has more words than the phrase, this."""
_DENIES: Final = 0.5
"""Confidence by which a transcript that is no command denies one: in noise it is often less, and wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What is to be told of a turn's commands."""

    said: Command | None
    """The command that the whole text is."""
    taken_back: tuple[Found, ...]
    """Told at once, and not meant."""
    told: dict[str, tuple[float, float]]
    """Told only now: name to confidence and the end of its words."""
    found: list[Match]
    """What was found by ear, less what was never told for want of likeness."""


def second_opinion(
    transcript: Transcript,
    commands: CommandSet,
    fired: Sequence[Found],
    pending: Sequence[Found],
    *,
    talk: bool,
    end_s: float,
) -> Opinion:
    """``fired`` was told at once, ``pending`` waits, among it what is not sure; ``talk`` tells that there was
    more speech in the turn, which ended at ``end_s``."""
    said = commands.by_text(transcript.text)
    sure = [one for one in (*fired, *pending) if one[0].sure]
    matches = [match for match, _ in sure]
    denied = bool(matches) and is_something_else(transcript.text, said, matches)
    if denied and said is None:
        denied = not _alike(transcript.text, " ".join(match.phrase for match in matches), commands)
    if denied:
        # Where nothing else was said there are two hearings of the same words: the surer is believed.
        rival = 0.0 if talk else min(match.confidence for match in matches)
        denied = transcript.confidence >= max(rival, _DENIES if said is None else 0.0)
    back = tuple((match, end) for match, end in fired if denied and match.command.undo)
    told = {
        match.command.name: (match.confidence, end) for match, end in pending if match.sure and not denied
    }
    if said is not None and said not in [match.command for match in matches] and (denied or not matches):
        told[said.name] = (transcript.confidence, end_s)
    elif denied or not matches:
        for match, end in pending:
            if not match.sure and _alike(transcript.text, match.phrase, commands):
                told[match.command.name] = (match.confidence, end)
                matches.append(match)
    return Opinion(said=said, taken_back=back, told=told, found=matches)


def _alike(text: str, phrase: str, commands: CommandSet) -> bool:
    """Whether the text may be the phrase, heard otherwise, and no words that are known to be others."""
    words = plain_words(text)
    if " ".join(words) in commands.others:
        return False
    most = _ALIKE if len(words) <= len(phrase.split()) else _ALIKE_LONGER
    return unlike(text, phrase, commands.pronunciations) <= most
