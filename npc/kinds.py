"""What kind of turn the player's words are: rules where words are plain, a trained classifier elsewhere.

No language model: it must answer within a millisecond, before anything else can happen. The weights are made
by `npc.training.kinds` from labelled lines; neither those nor any dialogue is needed to judge.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from npc.care import speaks_of_self_harm
from npc.text import STOP_WORDS, first_match, listed, plain, stem
from npc.word_fields import fields_of
from npc.wordlists import INSULT_WORDS, SWEAR_WORDS

WEIGHTS: Final = Path(__file__).parent / "data" / "kinds.npz"
BUCKETS: Final = 1 << 16
"""Rows of the weights; every mark of a saying falls into one of them by its CRC-32."""


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
TRAINED: Final = tuple(kind for kind in Kind if kind not in (Kind.DESPAIR, Kind.SILENCE, Kind.GESTURE))
"""The kinds that the classifier tells apart: only plain words of harm may open the care text, and silence and
gestures are not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The kind of a turn and how sure that is."""

    kind: Kind
    confidence: float
    """0 to 1."""


_BACKCHANNELS: Final = listed(
    """mhm uhhuh yeah okay ok right hm hmm ah oh yep yup sure uh um mm mmm aha huh er yes no nah nope
    alright really wow cool nice"""
)
_NEGATION: Final = re.compile(r"\b(?:not|never|isnt|arent|dont|wasnt)\b")
_RULES: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        Kind.META,
        re.compile(
            r"\b(?:ai|chat ?gpt|gpt|language model|chat ?bot|system prompt|algorithm|hologram|software"
            r"|your (?:instructions|prompt|rules|programming)|previous instructions|developer mode"
            r"|break character"
            r"|(?:are|were) (?:you|u) (?:real|a bot|a robot|a computer|a machine|human|a human|conscious|code"
            r"|a program|recording|filming)|(?:camera|webcam|microphone|mic|cam) (?:on|off|recording|running)"
            r"|(?:record|film)(?:ing|ed)? (?:me|us|this)|being (?:recorded|filmed|watched)"
            r"|(?:just|only) (?:code|a program|a computer|a machine|a game|lines of code))\b"
            r"|\bignore (?:all|your|the|any|every)\b|\bpretend (?:that )?(?:youre|you are|to be)\b"
        ),
    ),
    (
        Kind.LOVE,
        re.compile(
            r"\bi (?:really |do |still |think i )?(?:love|adore) (?:you|u|ya)\b"
            r"|^(?:(?:will|would) you )?marry me\b"
        ),
    ),
    (
        Kind.WAY,
        re.compile(
            r"\b(?:how do (?:i|we)|where|which|show|tell|find|get|take|lead|guide|help)\b.{0,24}"
            r"\b(?:(?:way|path|road) out|exit|out of (?:here|this (?:cave|place)))\b"
        ),
    ),
    (
        Kind.GOODBYE,
        re.compile(
            r"^(?:good ?bye|bye|bye bye|farewell|see (?:you|ya)|good ?night)"
            r"(?: (?:then|now|later|soon|tomorrow|little one|child|friend))*$"
        ),
    ),
    (Kind.ABOUT_PLAYER, re.compile(r"^my name is\b")),
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
_SURE: Final = 0.9
VOTING: Final = 0.5
"""Greatest weight of the votes of near sayings."""
_FAR: Final = 0.35
_NEAR: Final = 0.7
"""Cosines from which votes begin to count, and count in full."""
_NO_WAY: Final = re.compile(
    r"\bby the way\b|\b(?:no|any|either|your|her|his|own|same|such a|half) way\b(?! (?:out|in|back|home))"
    r"|\bway (?=(?:too|more|less|better|worse|over|past|before|after|\w+er than)\b)|\bin a way\b"
)
"""Where "way" is no way."""
_STRONG: Final = tuple(word for word in SWEAR_WORDS if word not in ("hell", "damn", "damned"))
"""Swear words that leave no doubt: "hell" is also "he'll", and "damn" goes with much else."""
_MORE_THAN_SWEARING: Final = frozenset({Kind.WAY, Kind.META, Kind.ACCUSATION, Kind.LOVE})
"""Kinds that stay what they are when a swear word is among them."""

_ASKING: Final = listed(
    """do did does are is am was were can could will would have has what whats why how where wheres who whos
    when which should may"""
)
_OF_ME: Final = re.compile(r"\b(?:i|im|ive|id|ill|me|my|mine|myself|we|our|us)\b")
_AT_YOU: Final = re.compile(r"\b(?:you|youre|your|u|ya|yourself|ur)\b")
_PRONOUNS: Final = listed("i im my me you your youre we it its he she they the a")
LETTER_RUNS: Final = 0.7
"""Weight of a run of letters beside a word."""
FIELDS: Final = 1.5
"""Weight of a field of meaning beside a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A multinomial logistic regression over hashed marks."""

    kinds: tuple[Kind, ...]
    """Columns of ``table``."""
    table: NDArray[np.int8]
    """(BUCKETS, kinds), in units of ``scale``."""
    scale: NDArray[np.float32]
    """(kinds,): log odds of one unit."""


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


def _shape(said: str, found: list[str]) -> list[str]:
    """Marks of how a saying is built: whom it speaks of, how it opens, how long it is."""
    you, me = _AT_YOU.search(said) is not None, _OF_ME.search(said) is not None
    asks = found[0] in _ASKING
    result = [f"you:{you}", f"me:{me}", f"asks:{asks}", f"whom:{you}{me}{asks}"]
    result.append(f"long:{min(6, len(found) // 2)}")
    tests = {
        "swears": swears(said),
        "insults": insults(said),
        "insult word": first_match(said, INSULT_WORDS) is not None,
        "again": len(found) >= 3 and len(set(found)) <= len(found) / 2,
        "heap": len(found) >= 3 and not any(word in STOP_WORDS for word in found),
        "no topic": all(word in STOP_WORDS for word in found),
    }
    result += [mark for mark, holds in tests.items() if holds]
    return result + next(([f"pronoun:{word}"] for word in found if word in _PRONOUNS), [])


def marks(text: str) -> dict[int, float]:
    """Bucket and value of every mark of a saying: words, stems, neighbours, fields of meaning, letter runs,
    shape. The values are a vector of unit length; empty when nothing was said."""
    said = plain(text)
    found = said.split()
    if not found:
        return {}
    edged = ["^", *found, "$"]
    whole = [f"w:{word}" for word in found] + [f"s:{stem(word)}" for word in found]
    whole += [f"p:{a} {b}" for a, b in pairwise(edged)]
    whole += [f"t:{a} {b} {c}" for a, b, c in zip(edged, edged[1:], edged[2:], strict=False)]
    whole += [f"k:{a} {b}" for a, b in zip(found, found[2:], strict=False)]
    whole += [f"f:{found[0]}", f"l:{found[-1]}", *_shape(said, found)]
    runs = [
        f"c:{word[i : i + n]}"
        for word in (f"<{word}>" for word in found if word not in STOP_WORDS)
        for n in (3, 4)
        for i in range(len(word) - n + 1)
    ]
    fields = [
        mark
        for before, word in zip(edged, found, strict=False)
        for field in fields_of(word)
        for mark in (f"g:{field}", f"a:{before} {field}")
    ]
    values: dict[int, float] = {}
    for names, value in ((whole, 1.0), (fields, FIELDS), (runs, LETTER_RUNS)):
        for name in dict.fromkeys(names):  # each once, in the same order on every run
            bucket = zlib.crc32(name.encode()) % BUCKETS
            values[bucket] = values.get(bucket, 0.0) + value
    length = sum(value * value for value in values.values()) ** 0.5
    return {bucket: values[bucket] / length for bucket in sorted(values)}


_UNREADABLE: Final = (
    *(OSError, ValueError, KeyError, EOFError, TypeError, RuntimeError, MemoryError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What NumPy raises for a file that is none of its archives, or a broken one."""


def load_weights(path: Path) -> Weights:
    """The weights in a file. Raises ValueError naming the file, what was expected and what was found."""
    try:
        with np.load(path, allow_pickle=False) as held:
            names, table, scale = held["kinds"], held["table"], held["scale"]
    except _UNREADABLE as error:
        raise ValueError(
            f"{path}: expected the arrays kinds, table and scale, found a file that cannot be read ({error})."
        ) from error
    known = [str(name) for name in names.ravel()]
    if sorted(known) != sorted(TRAINED):
        raise ValueError(f"{path}: kinds: expected {', '.join(TRAINED)}, found {', '.join(known)[:200]}.")
    shape = (BUCKETS, len(known))
    if table.shape != shape or table.dtype != np.int8:
        raise ValueError(f"{path}: table: expected int8 {shape}, found {table.dtype} {table.shape}.")
    if scale.shape != shape[1:] or scale.dtype != np.float32 or not np.isfinite(scale).all():
        raise ValueError(
            f"{path}: scale: expected {len(known)} finite float32, found {scale.dtype} {scale.shape}."
        )
    return Weights(kinds=tuple(Kind(name) for name in known), table=table, scale=scale)


@cache
def _weights() -> Weights:
    return load_weights(WEIGHTS)


def likelihoods(text: str) -> dict[Kind, float]:
    """How likely each trained kind is for a saying, by the classifier alone; they sum to 1."""
    weights, found = _weights(), marks(text)
    buckets = np.fromiter(found.keys(), dtype=np.int64, count=len(found))
    values = np.fromiter(found.values(), dtype=np.float32, count=len(found))
    odds = (values @ weights.table[buckets].astype(np.float32)) * weights.scale
    shares = np.exp(odds - odds.max())
    shares /= shares.sum()
    return dict(zip(weights.kinds, shares.tolist(), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """What the sayings nearest in meaning are, in a character's dialogue."""

    shares: tuple[tuple[Kind, float], ...]
    """They sum to 1."""
    nearness: float
    """Of the nearest, 0 to 1."""


@lru_cache(maxsize=1024)  # every turn looks back on the whole evening
def classify(text: str, votes: Votes | None = None) -> Verdict:
    """The kind of a spoken turn; ``text`` is what the recogniser wrote. Empty text is a silence. ``votes``
    count beside the classifier, the more the nearer they are."""
    whole = _NO_WAY.sub(" ", plain(text)).strip() or plain(text)
    said = _LEAD_IN.sub("", whole)
    found = said.split()
    if not found:
        return Verdict(kind=Kind.SILENCE, confidence=1.0)
    if speaks_of_self_harm(said):
        return Verdict(kind=Kind.DESPAIR, confidence=_SURE)
    if len(found) <= 3 and all(word in _BACKCHANNELS for word in found):
        return Verdict(kind=Kind.BACKCHANNEL, confidence=_SURE)
    ruled = next((kind for kind, rule in _RULES if rule.search(said) or rule.search(whole)), None)
    shares = likelihoods(whole)
    if votes is not None:
        weight = VOTING * min(1.0, max(0.0, (votes.nearness - _FAR) / (_NEAR - _FAR)))
        shares = {kind: (1.0 - weight) * share for kind, share in shares.items()}
        for kind, share in votes.shares:
            shares[kind] += weight * share
    likeliest = ruled or max(shares, key=shares.__getitem__)
    if first_match(said, _STRONG) is not None and likeliest not in _MORE_THAN_SWEARING:
        return Verdict(kind=Kind.SWEARING, confidence=_SURE)
    return Verdict(kind=likeliest, confidence=_SURE if ruled else shares[likeliest])
