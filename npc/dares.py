"""Dares: which one was put, whether a turn meets it, and the name that one of them asks for."""

from collections.abc import Sequence

from npc.contract import Question
from npc.dialogue import Line
from npc.kinds import INSULTS, KIND_WORDS, Kind
from npc.past import Past, holds
from npc.personality import Dare, Personality
from npc.topic import name_answered, name_told


def was_put(dare: Dare, reply: str) -> bool:
    """Whether a reply put the dare."""
    return any(holds(reply, Line.parse(line).text) for line in dare.lines)


def dare_before(personality: Personality, past: Sequence[Past]) -> Dare | None:
    """The dare that was put in the turn before, found by its words."""
    if not past or past[-1].act != "test":
        return None
    return next((dare for dare in personality.dares if was_put(dare, past[-1].reply)), None)


def dare_met(dare: Dare, question: Question, kind: Kind, gesture: str | None) -> bool:
    """Whether the turn meets the dare, by what the character perceives."""
    seen = {*question.perception.gestures, gesture} - {None}
    match dare.check:
        case "whisper" | "shout":
            return bool(question.text) and question.perception.loudness == dare.check
        case "silence":
            return kind is Kind.SILENCE
        case "insult":
            return kind in INSULTS
        case "kindness":
            return kind in KIND_WORDS
        case "name":
            return _name_for_dare(question.text, kind) is not None
        case "come_close":
            return question.perception.distance_m < 1.0
        case other:
            return other in seen


def told_name(personality: Personality, question: Question, kind: Kind, past: Sequence[Past]) -> str | None:
    """The player's name: the newest that was told in full or answered to the dare to say it; else the newest
    that "I'm ..." may have been."""
    maybe: str | None = None
    turns = [*((p.said, p.kind) for p in past), (question.text, kind)]
    for before, (said, its_kind) in reversed(list(enumerate(turns))):
        told = name_told(said)
        if told is not None and told.in_full:
            return told.name
        dare = dare_before(personality, past[:before])
        if dare is not None and dare.check == "name":
            answer = _name_for_dare(said, its_kind)
            if answer is not None:
                return answer
        if told is not None and maybe is None:
            maybe = told.name
    return maybe


def _name_for_dare(said: str, kind: Kind | None) -> str | None:
    """The name with which a turn meets the dare to say it, or None."""
    if kind in (None, Kind.SILENCE, Kind.GESTURE, Kind.DESPAIR):
        return None
    told = name_told(said)
    return told.name if told is not None else name_answered(said)
