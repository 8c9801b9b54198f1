"""What kind of turn the player's words are: rules where words are plain, the nearest labelled lines elsewhere.

No language model: it must answer in a few milliseconds, before anything else can happen.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from npc.care import speaks_of_self_harm
from npc.text import Index, content_words, first_match, plain, words
from npc.wordlists import INSULT_WORDS, SWEAR_WORDS

EXAMPLES: Final = Path(__file__).parent / "data" / "kinds.toml"


class Kind(StrEnum):
    GREETING = "greeting"
    KINDNESS = "kindness"
    INSULT = "insult"
    SWEARING = "swearing"
    WAY = "way"
    ABOUT_CHILD = "about_child"
    ABOUT_PLAYER = "about_player"
    OFF_TOPIC = "off_topic"
    NONSENSE = "nonsense"
    META = "meta"
    ACCUSATION = "accusation"
    LOVE = "love"
    DESPAIR = "despair"
    GOODBYE = "goodbye"
    BACKCHANNEL = "backchannel"
    SILENCE = "silence"
    GESTURE = "gesture"


INSULTS: Final = frozenset({Kind.INSULT, Kind.SWEARING})
KIND_WORDS: Final = frozenset({Kind.KINDNESS, Kind.LOVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The kind of a turn and how sure that is."""

    kind: Kind
    confidence: float
    """0 to 1."""


_BACKCHANNELS: Final = frozenset(
    ["mhm", "uhhuh", "yeah", "okay", "ok", "right", "hm", "hmm", "ah", "oh", "yep", "yup", "sure", "uh", "um", "mm", "mmm", "aha", "huh", "uh-huh", "er", "yes", "no", "nah", "nope", "alright", "really", "wow", "cool", "nice"]
)
_NEGATION: Final = re.compile(r"\b(?:not|never|isnt|arent|dont|wasnt)\b")
_RULES: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        Kind.META,
        re.compile(
            r"\b(?:ai|chat ?gpt|gpt|language model|chat ?bot|robot|ro bot|system prompt|algorithm|hologram|software"
            r"|your (?:instructions|prompt|rules|programming)|previous instructions|developer mode|break character"
            r"|(?:are|were) (?:you|u) (?:real|a bot|a computer|a machine|human|a human|conscious|code|a program"
            r"|recording|filming|listening)|(?:camera|webcam|microphone|mic|cam) (?:on|off|recording|running)"
            r"|(?:record|film)(?:ing|ed)? (?:me|us|this)|being (?:recorded|filmed|watched)"
            r"|(?:just|only) (?:code|a program|a computer|a machine|a game|lines of code))\b"
            r"|\bignore (?:all|your|the|any|every)\b"
        ),
    ),
    (
        Kind.ACCUSATION,
        re.compile(
            r"\b(?:you|u) (?:lied|tricked|stole|cheated|betrayed|promised|took|robbed|lie)\b|\bliar\b|\bthief\b"
            r"|\b(?:give|bring|hand) (?:it|that|me|my \w+)(?: me)? ?(?:back|over)\b|\bgive (?:me )?(?:back|my)\b"
            r"|\b(?:my light|my hand).*\b(?:back|gone|where|took|stole|dark)\b|\b(?:where|what).*\bmy light\b"
            r"|\bwrong (?:way|tunnel)\b|\bdead end\b|\bstolen\b|\bi trusted you\b"
        ),
    ),
    (Kind.LOVE, re.compile(r"\bi (?:really |do |still |think i )?(?:love|adore) (?:you|u|ya)\b|\bmarry me\b")),
    (
        Kind.WAY,
        re.compile(
            r"\b(?:way|path|road|how|get|getting|going|go|take|lead|bring|guide|help).{0,24}"
            r"\b(?:out|exit|outside|surface|home)\b"
            r"|\bexit\b|\b(?:show|tell|know|find|which|what|right|lead)(?: me| us| i| you)?(?: is)?(?: the| my)? way\b"
            r"|\b(?:which|left|right|this|that) (?:tunnel|door|path|one|or right|or left|fork)\b"
            r"|\bwhere (?:do|should|can|to|must|shall) (?:i|we|you)? ?(?:go|walk|now|turn)\b|\blead (?:me|us|on|the)\b"
            r"|\b(?:i am|im|we are|were) lost\b|\b(?:hint|clue)\b|\bfollow you\b|\bwhere (?:now|next)\b"
        ),
    ),
    (
        Kind.GOODBYE,
        re.compile(
            r"^(?:ok |okay |well |alright |right )?(?:good ?bye|bye|bye bye|farewell|see (?:you|ya)|good ?night|so long)\b"
            r"|\b(?:good ?bye|bye|bye bye|see you (?:later|soon|tomorrow|around))$"
            r"|\bi(?: have|ve got| need| must| gotta| got)(?: to)? (?:go|leave|run)\b(?!.*\b(?:out|through|left|right)\b)"
        ),
    ),
    (
        Kind.ABOUT_PLAYER,
        re.compile(r"\bmy name is\b|\bwhats my name\b|\bremember (?:me|my name)\b|^(?:i am|im|call me) [a-z]+$"),
    ),
    (
        Kind.GREETING,
        re.compile(
            r"^(?:oh |well |uh |um )*(?:hello|hi|hey|hiya|howdy|greetings|good (?:morning|evening|day|afternoon))"
            r"(?: (?:there|you|again|little one|little guy|kid|friend|child|alien|buddy))*$"
        ),
    ),
)
_AT_YOU: Final = re.compile(r"\b(?:you|youre|your|u|ya|yourself|ur)\b")
_STATES: Final = re.compile(r"^(?:i am|im|ive|i have|i feel|my)\b")
_SURE: Final = 0.9


@cache
def _examples() -> tuple[Index, tuple[Kind, ...]]:
    table = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    pairs = [(line, Kind(kind)) for kind, lines in table.items() for line in lines]
    return Index([line for line, _ in pairs]), tuple(kind for _, kind in pairs)


def nearest(text: str, *, count: int = 7) -> list[tuple[Kind, float]]:
    """Kinds by the weight of the nearest labelled lines, heaviest first; empty when nothing is near."""
    index, kinds = _examples()
    near = index.near(text)
    votes: dict[Kind, float] = {}
    for row in np.argsort(-near)[:count]:
        if near[row] > 0.08:
            # Squared: one close line outweighs several vague ones.
            votes[kinds[row]] = votes.get(kinds[row], 0.0) + float(near[row]) ** 2
    return sorted(votes.items(), key=lambda vote: -vote[1])


def swears(text: str) -> bool:
    """Whether the words hold a swear word."""
    return first_match(text, SWEAR_WORDS) is not None


def insults(text: str) -> bool:
    """Whether the words hold an insult aimed at the listener."""
    said = plain(text)
    if _NEGATION.search(said) and first_match(said, ("you are not", "youre not", "not you")):
        return False
    return first_match(said, INSULT_WORDS) is not None and (
        _AT_YOU.search(said) is not None or len(said.split()) <= 3
    )


def classify(text: str) -> Verdict:
    """The kind of a spoken turn; ``text`` is what the recogniser wrote. Empty text is a silence."""
    said = plain(text)
    found = said.split()
    if not found:
        return Verdict(kind=Kind.SILENCE, confidence=1.0)
    if speaks_of_self_harm(said):
        return Verdict(kind=Kind.DESPAIR, confidence=_SURE)
    if len(found) <= 3 and all(word in _BACKCHANNELS for word in found):
        return Verdict(kind=Kind.BACKCHANNEL, confidence=_SURE)
    ruled = next((kind for kind, pattern in _RULES if pattern.search(said)), None)
    if swears(said) and ruled not in (Kind.WAY, Kind.META, Kind.ACCUSATION, Kind.LOVE):
        return Verdict(kind=Kind.SWEARING, confidence=_SURE)
    if ruled is not None:
        return Verdict(kind=ruled, confidence=_SURE)
    if insults(said) and not _STATES.search(said):
        return Verdict(kind=Kind.INSULT, confidence=_SURE)
    votes = nearest(said)
    if not votes:
        return Verdict(kind=_unknown(said), confidence=0.2)
    kind, weight = votes[0]
    share = weight / sum(vote for _, vote in votes)
    if kind is Kind.DESPAIR:  # only plain words of harm may open the care text
        kind = next((other for other, _ in votes if other is not Kind.DESPAIR), Kind.ABOUT_PLAYER)
    if kind is Kind.BACKCHANNEL and len(found) > 3:
        kind = next((other for other, _ in votes if other is not Kind.BACKCHANNEL), Kind.OFF_TOPIC)
    if weight < 0.06:
        return Verdict(kind=_unknown(said), confidence=share * 0.5)
    return Verdict(kind=kind, confidence=share)


def _unknown(said: str) -> Kind:
    """A saying that is near to nothing known: about the player when it speaks of "I", to the Child when it
    asks "you", otherwise about the world, or nothing at all when it has no shape of a sentence."""
    found = words(said)
    if found[0] in ("i", "im", "ive", "my", "ill", "id", "we", "our"):
        return Kind.ABOUT_PLAYER
    if _AT_YOU.search(said) and found[0] in ("do", "did", "are", "can", "have", "what", "why", "how", "where", "who"):
        return Kind.ABOUT_CHILD
    if len(found) <= 2 and not content_words(said):
        return Kind.NONSENSE
    return Kind.OFF_TOPIC
