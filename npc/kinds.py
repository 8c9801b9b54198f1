"""What kind of turn the player's words are: rules where words are plain, labelled lines elsewhere.

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
from numpy.typing import NDArray

from npc.care import speaks_of_self_harm
from npc.text import STOP_WORDS, Index, content_words, features, first_match, listed, plain, words
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


_BACKCHANNELS: Final = listed(
    """mhm uhhuh yeah okay ok right hm hmm ah oh yep yup sure uh um mm mmm aha huh uh-huh er yes no nah nope
    alright really wow cool nice"""
)
_NEGATION: Final = re.compile(r"\b(?:not|never|isnt|arent|dont|wasnt)\b")
_RULES: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        Kind.META,
        re.compile(
            r"\b(?:ai|chat ?gpt|gpt|language model|chat ?bot|robot|ro bot|system prompt|algorithm|hologram"
            r"|software"
            r"|your (?:instructions|prompt|rules|programming)|previous instructions|developer mode"
            r"|break character"
            r"|(?:are|were) (?:you|u) (?:real|a bot|a computer|a machine|human|a human|conscious|code"
            r"|a program"
            r"|recording|filming|listening)|(?:camera|webcam|microphone|mic|cam) (?:on|off|recording|running)"
            r"|(?:record|film)(?:ing|ed)? (?:me|us|this)|being (?:recorded|filmed|watched)"
            r"|(?:just|only) (?:code|a program|a computer|a machine|a game|lines of code))\b"
            r"|\bignore (?:all|your|the|any|every)\b"
        ),
    ),
    (
        Kind.ACCUSATION,
        re.compile(
            r"\b(?:you|u) (?:lied|tricked|stole|cheated|betrayed|promised|took|robbed|lie)\b|\byou (?:steal"
            r"|rob|trick)\b|\bliar\b|\bthief\b"
            r"|\b(?:give|bring|hand) (?:it|that|me|my \w+)(?: me)? ?(?:back|over)\b|\bgive (?:me )?(?:back"
            r"|my)\b"
            r"|\b(?:my light|my hand).*\b(?:back|gone|where|took|stole|dark)\b|\b(?:where|what).*\bmy light\b"
            r"|\bwrong (?:way|tunnel)\b|\bdead end\b|\bstolen\b|\bi trusted you\b"
        ),
    ),
    (Kind.ABOUT_PLAYER, re.compile(r"\byou (?:cant|dont|do not|cannot) (?:scare|frighten) me\b")),
    (
        Kind.LOVE,
        re.compile(r"\bi (?:really |do |still |think i )?(?:love|adore) (?:you|u|ya)\b|\bmarry me\b"),
    ),
    (
        Kind.WAY,
        re.compile(
            r"\b(?:way|path|road|how|get|getting|(?<!you )go|take|lead|bring|guide|help).{0,24}"
            r"\b(?:out|exit|outside|surface|home)\b"
            r"|\bexit\b|\b(?:show|tell|know|find|which|what|right|lead)(?: me| us| i| you)?(?: is)?(?: the"
            r"| my)? way\b"
            r"|\b(?:which|left|right|this|that) (?:tunnel|door|path|one|or right|or left|fork)\b"
            r"|\bwhere (?:do|should|can|to|must|shall) (?:i|we|you)? ?(?:go|walk|now|turn)\b|\blead (?:me"
            r"|us|on|the)\b"
            r"|\b(?:i am|im|we are|were) lost\b|\b(?:hint|clue)\b|\bfollow you\b"
            r"|\b(?:where|what) (?:now|next)$"
        ),
    ),
    (
        Kind.GOODBYE,
        re.compile(
            r"^(?:ok |okay |well |alright |right )?(?:good ?bye|bye|bye bye|farewell|see (?:you|ya)"
            r"|good ?night|so long)\b"
            r"|\b(?:good ?bye|bye|bye bye|see you (?:later|soon|tomorrow|around))$"
            r"|\bi(?: have|ve got| need| must| gotta| got)(?: to)? (?:go|leave|run)\b(?!.*\b(?:out|through"
            r"|left|right)\b)"
        ),
    ),
    (
        Kind.ABOUT_PLAYER,
        re.compile(
            r"\bmy name is\b|\bwhats my name\b|\bremember (?:me|my name)\b|^(?:i am|im|call me) [a-z]+$"
        ),
    ),
    (
        Kind.GREETING,
        re.compile(
            r"^(?:oh |well |uh |um )*(?:hello|hi|hey|hiya|howdy|greetings|good (?:morning|evening|day"
            r"|afternoon))"
            r"(?: (?:there|you|again|little one|little guy|kid|friend|child|alien|buddy))*$"
        ),
    ),
)
_LEAD_IN: Final = re.compile(
    r"^(?:(?:hey|oh|well|so|ok|okay|um|uh|and|but|yeah|hi|hello|please|alright|right|look|listen) )+"
    r"(?=\w+ \w+ \w+)"
)
"""What opens a sentence without saying anything of it."""
RIDGE: Final = 0.35
"""How little a single labelled line may decide."""
UNLIKE: Final = 0.12
"""A saying that scores less is like nothing known."""
HEAP: Final = 0.3
"""Below this a heap of words without any grammar is nonsense."""
_ASKING: Final = listed(
    """do did does are is am was were can could will would have has what whats why how where wheres who whos
    when which should may"""
)
_OF_ME: Final = re.compile(r"\b(?:i|im|ive|id|ill|me|my|mine|myself|we|our|us)\b")
_AT_YOU: Final = re.compile(r"\b(?:you|youre|your|u|ya|yourself|ur)\b")
_STATES: Final = re.compile(r"^(?:i am|im|ive|i have|i feel|my)\b")
_SURE: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    """A least-squares classifier over nearness to the labelled lines."""

    index: Index
    kinds: tuple[Kind, ...]
    """Columns of ``weights``."""
    weights: NDArray[np.float64]
    """(lines, kinds)."""


def _marks(text: str) -> list[str]:
    """Features of a saying, and of its shape: how it begins, and whom it speaks of."""
    said = plain(text)
    found = said.split()
    shape = [f"f:{found[0]}"] if found else []
    shape += ["h:you"] if _AT_YOU.search(said) else ["h:notyou"]
    shape += ["h:i"] if _OF_ME.search(said) else ["h:noti"]
    shape += ["h:ask"] if found and found[0] in _ASKING else []
    shape += [f"h:long{min(4, len(found) // 3)}"]
    return features(text) + shape * 2


@cache
def _judge() -> _Judge:
    table = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    pairs = [(line, Kind(kind)) for kind, lines in table.items() for line in lines]
    kinds = tuple(sorted({kind for _, kind in pairs}))
    index = Index([line for line, _ in pairs], marks=_marks)
    near = np.stack([index.near(line) for line, _ in pairs]).astype(np.float64)
    wanted = np.array([[1.0 if kind is column else 0.0 for column in kinds] for _, kind in pairs])
    weights = np.linalg.solve(near + RIDGE * np.eye(len(pairs)), wanted)
    return _Judge(index=index, kinds=kinds, weights=weights)


def nearest(text: str) -> list[tuple[Kind, float]]:
    """Kinds by how much a saying is like their labelled lines (about 0 to 1), likest first."""
    judge = _judge()
    scores = judge.index.near(text).astype(np.float64) @ judge.weights
    return [(judge.kinds[column], float(scores[column])) for column in np.argsort(-scores)]


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
    said = _LEAD_IN.sub("", plain(text))
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
    # Only plain words of harm may open the care text, and only a short murmur is no turn.
    barred = {Kind.DESPAIR} | ({Kind.BACKCHANNEL} if len(found) > 3 else set())
    kind, score = next(vote for vote in votes if vote[0] not in barred)
    if (
        score < HEAP
        and len(found) >= 3
        and (len(set(found)) <= len(found) / 2 or not any(word in STOP_WORDS for word in found))
    ):
        return Verdict(kind=Kind.NONSENSE, confidence=0.6)  # a word again and again, or words in a heap
    if score < UNLIKE:
        return Verdict(kind=_unknown(said), confidence=max(0.0, score))
    return Verdict(kind=kind, confidence=min(1.0, score))


def _unknown(said: str) -> Kind:
    """A saying that is near to nothing known: about the player when it speaks of "I", to the Child when it
    asks "you", otherwise about the world, or nothing at all when it has no shape of a sentence."""
    found = words(said)
    if found[0] in ("i", "im", "ive", "my", "ill", "id", "we", "our"):
        return Kind.ABOUT_PLAYER
    if _AT_YOU.search(said) and found[0] in (
        "do",
        "did",
        "are",
        "can",
        "have",
        "what",
        "why",
        "how",
        "where",
        "who",
    ):
        return Kind.ABOUT_CHILD
    if len(found) <= 2 and not content_words(said):
        return Kind.NONSENSE
    return Kind.OFF_TOPIC
