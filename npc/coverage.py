"""What is written for a character and what is not: repeated openings, holes, lines that may not be said."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from npc.checks import Context, failed
from npc.contract import Question
from npc.dialogue import Told
from npc.kinds import Kind
from npc.lines_file import with_slots_filled
from npc.past import gesture_in, kind_of
from npc.personality import Personality
from npc.text import words
from npc.trust import BANDS
from npc.wording import choices

ENOUGH: Final = 5
"""Written exchanges from which a combination is no hole any more."""
OFTEN: Final = 2
"""An opening that stands more often than this is a repeated one."""
_LEFT_TO_OTHERS: Final = frozenset({Kind.DESPAIR})
"""Kinds that no writer of dialogue writes for: care has a text of its own."""


def coverage(personality: Personality) -> dict[str, Any]:
    """What is written for a character, and what is not: repeated openings, holes, forbidden lines. An
    exchange and its siblings are one joke, and count once."""
    told = personality.dialogue.told
    kinds = Counter((kind, mood) for kind, mood, _ in {(_kind_of(one), one.mood, one.joke) for one in told})
    acts = Counter((act, mood) for act, mood, _ in {(one.act, one.mood, one.joke) for one in told})
    openings = Counter(
        " ".join(opening) for text in _texts(personality) if len(opening := words(text)[:3]) == 3
    )
    repeated = [(opening, count) for opening, count in openings.most_common() if count > OFTEN]
    policy: dict[str, set[str]] = {mood: _acts_in(personality, mood) for mood in BANDS}
    used = set().union(*policy.values())
    wanted = [str(kind) for kind in Kind if kind not in _LEFT_TO_OTHERS]
    in_dialogue = {one.reply.gesture for one in told}
    anywhere = in_dialogue | {line.gesture for lines in personality.lines.values() for line in lines}
    return {
        "exchanges": len({one.joke for one in told}),
        "wordings": len(told),
        "reworded": personality.dialogue.reworded_share,
        "lines": sum(len(lines) for lines in personality.lines.values()),
        "openings": repeated,
        "holes": {
            "kind": _holes(wanted, kinds, {mood: set(wanted) for mood in BANDS}),
            "act": _holes(sorted(used), acts, policy),
        },
        "acts_unwritten": sorted(act for act in used if not _is_written(personality, act)),
        "kinds_without_lines": [str(kind) for kind in Kind if not _has_lines(personality, kind)],
        "forbidden": [*personality.notes, *_forbidden_choices(personality)],
        "gestures_unused": sorted(personality.gestures - anywhere),
        "gestures_not_in_dialogue": sorted((personality.gestures & anywhere) - in_dialogue),
    }


def _forbidden_choices(personality: Personality) -> Iterator[str]:
    """Choices of words that the character could never say: they are checked when they are spoken, as well."""
    context = Context(heard="", unseen=personality.unseen, out_of_role=not personality.honest)
    named = [("dialogue", told.reply) for told in personality.dialogue.told]
    named += [(f"lines.toml: {key}", line) for key, lines in personality.lines.items() for line in lines]
    for where, line in named:
        if not line.marked:
            continue
        last = with_slots_filled(list(choices(line.marked, slots=True))[-1])
        if (why := failed(last, context)) is not None:
            yield f"{where}: {why}: {line.marked}"


def _kind_of(told: Told) -> str:
    """The kind of a written exchange: as its writer told it, else as the game will take it."""
    if told.kind is not None:
        return told.kind
    gesture = gesture_in(told.player) if told.player else "silence"
    text = "" if gesture else told.player
    return str(kind_of(Question(turn=0, character="", text=text, gesture=gesture))[0])


def _texts(personality: Personality) -> Iterator[str]:
    for one in personality.dialogue.told:
        yield one.reply.text
    for lines in personality.lines.values():
        for line in lines:
            yield line.text


def _acts_in(personality: Personality, mood: str) -> set[str]:
    """Acts that the policy may draw in a mood."""
    acts: set[str] = set()
    for kind, by_mood in personality.policy.acts_by_kind.items():
        if kind not in _LEFT_TO_OTHERS:
            weights = by_mood.get(mood) or by_mood.get("any") or next(iter(by_mood.values()))
            acts |= {act for act, weight in weights.items() if weight > 0.0}
    return acts


def _holes(
    names: Sequence[str], counts: Mapping[tuple[str, str], int], asked: Mapping[str, set[str]]
) -> dict[str, dict[str, int]]:
    """name -> mood -> written exchanges, where they are fewer than `ENOUGH`; only what ``asked`` has."""
    holes: dict[str, dict[str, int]] = {}
    for name in names:
        few: dict[str, int] = {
            mood: counts.get((name, mood), 0)
            for mood in BANDS
            if name in asked[mood] and counts.get((name, mood), 0) < ENOUGH
        }
        if few:
            holes[name] = few
    return holes


def _is_written(personality: Personality, act: str) -> bool:
    if act == "test" and personality.dares:
        return True
    return any(one.act == act for one in personality.dialogue.told) or _has_key(personality, f"act.{act}")


def _has_lines(personality: Personality, kind: Kind) -> bool:
    if kind in _LEFT_TO_OTHERS:
        return _has_key(personality, "care")
    gestures = kind is Kind.GESTURE and any(key.startswith("gesture.") for key in personality.lines)
    return gestures or _has_key(personality, f"reply.{kind}")


def _has_key(personality: Personality, key: str) -> bool:
    """Whether there are lines of a key or of its special cases ("reply.meta" has "reply.meta_ai.any")."""
    return any(one == key or one.startswith((f"{key}.", f"{key}_")) for one in personality.lines)
