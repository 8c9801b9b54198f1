"""Words as numbers: plain forms of what was said, and how near two sayings are in meaning.

Recognisers write no reliable punctuation, capitals or apostrophes, so everything is compared in one plain
form. Nearness is the cosine of weighted words and letter runs: letter runs forgive mis-hearings.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_CLAUSE_WORDS: Final = 3
"""Fewest words of a clause."""
MAX_PLAIN_CHARS: Final = 600
"""Longer sayings are cut before they are compared."""

_APOSTROPHE = re.compile(r"(?<=[a-z])[’'`´](?=[a-z])")
_LONG_FORMS = re.compile(
    r"\b(?:(i) am|(you|we|they) are|(it|that|what|he|she|where|who|there) is"
    r"|(i|you|we|they) have(?= [a-z]+(?:ed|en)\b)|(i|you|we|they|it|he|she) will"
    r"|(is|are|was|do|does|did|would|should|could|have|has) not|(can)not)\b"
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_STEM_END = re.compile(r"(?:ings?|edly|ed|ers?|es|ly|s)$")


def listed(words_in_a_row: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words_in_a_row.split())


def phrases(with_commas: str) -> tuple[str, ...]:
    """The phrases of a text, which are separated by commas, in order."""
    return tuple(" ".join(part.split()) for part in with_commas.split(","))


STOP_WORDS: Final = listed(
    """a about after again ain all also am an and any are as at be because been before being but by can cant
    come could couldnt did didnt do does doesnt doing dont down even ever for from get gets getting give go
    goes going gonna got gotta had has hasnt have havent having he hed hell her here hers hes him his how i
    id if ill im in into is isnt it its ive just know lemme let lets like little ll lot made make makes many
    may maybe me mean mine more most much must my need no nope not now of off oh ok okay on one only onto or
    other our out over please put really right s said same say see she should shouldnt so some something
    sort still stuff such t take tell than thank thanks that thats the their them then there theres these
    they theyre thing things think this those though to too up us very wanna want wanted wants was wasnt way
    we well went were weve what whats when where wheres which while who whos why will with wont would
    arent werent hadnt ive shed theyve theyd theyll weve wed whatre hows aint mustnt whos
    wouldnt yeah yep yes yet you youd youll your youre yours yourself youve uh um er hmm hey hi hello bit
    kind"""
)
"""Words that carry no topic."""


@lru_cache(maxsize=32_768)
def plain(text: str) -> str:
    """Lower-case words separated by single blanks: no accents, apostrophes or signs; at most
    ``MAX_PLAIN_CHARS`` characters of the input count."""
    straight = text[:MAX_PLAIN_CHARS].replace("\u2019", "'")
    folded = unicodedata.normalize("NFKD", straight).encode("ascii", "ignore").decode("ascii")
    return _NOT_WORD.sub(" ", _APOSTROPHE.sub("", folded.lower())).strip()


def words(text: str) -> list[str]:
    """The plain words of a saying, in order."""
    return plain(text).split()


def stem(word: str) -> str:
    """A word without its commonest English endings; short words stay as they are."""
    return _STEM_END.sub("", word) if len(word) > 4 else word


def content_words(text: str) -> list[str]:
    """The words that carry the topic of a saying, in order."""
    return [word for word in words(text) if word not in STOP_WORDS and len(word) > 1]


def stems(text: str) -> frozenset[str]:
    """Stems of the words that carry the topic."""
    return frozenset(stem(word) for word in content_words(text))


_JOINS: Final = listed("and but so because or then when if while though since")
_SUBJECTS: Final = listed(
    "i im ive id ill you youre youve youd he hes she shes it its we were they theyre theres"
)
_BEFORE_SUBJECT: Final = listed(
    """am are is was were do does did have has had can could will would should shall may might must not dont
    didnt cant wont isnt arent wasnt havent how what why who where which that of to for with on in at by from
    about like than as tell told say said think thought know knew hope guess bet wish swear and but so
    because or then when if while though since let make made see saw hear heard all both one"""
)
"""Words behind which a pronoun begins no new clause."""


def clauses(text: str) -> list[str]:
    """The clauses of a longer saying that can be understood alone: recognised speech has no commas, and
    people say two things in one breath. Empty for a saying of one."""
    found = words(text)
    starts = [0]
    for i, word in enumerate(found):
        if i - starts[-1] < _CLAUSE_WORDS:
            continue
        new_subject = word in _SUBJECTS and found[i - 1] not in _BEFORE_SUBJECT
        if word in _JOINS or (new_subject and len(found) - i >= _CLAUSE_WORDS):
            starts.append(i)
    if len(starts) < 2:
        return []
    parts = [found[a:b] for a, b in zip(starts, [*starts[1:], len(found)], strict=True)]
    bare = [part[1:] if part[0] in _JOINS else part for part in parts]
    return [" ".join(part) for part in bare if len(part) > 1 and not STOP_WORDS.issuperset(part)]


def grams(text: str, n: int) -> list[tuple[str, ...]]:
    """Runs of ``n`` neighbouring plain words."""
    found = words(text)
    return [tuple(found[i : i + n]) for i in range(len(found) - n + 1)]


def shared_grams(text: str, other: str, n: int = 4) -> float:
    """Share (0 to 1) of the ``n``-grams of ``text`` that occur in ``other``; 0 when it is shorter."""
    mine = grams(text, n)
    if not mine:
        return 0.0
    theirs = set(grams(other, n))
    return sum(gram in theirs for gram in mine) / len(mine)


_ENDS: Final = ("m", "re", "s", "ve", "ll", "nt", "t")


def _contracted(match: re.Match[str]) -> str:
    at = match.lastindex or 1
    return match.group(at) + _ENDS[at - 1]


@lru_cache(maxsize=20_000)
def _runs(word: str) -> tuple[str, ...]:
    """A word's stem and its letter runs of 3 and 4."""
    edged = f"<{word}>"
    runs = (f"c:{edged[i : i + n]}" for n in (3, 4) for i in range(len(edged) - n + 1))
    return (f"s:{stem(word)}", *runs)


def features(text: str) -> list[str]:
    """Words, neighbouring pairs of words, and letter runs of 3 and 4 within words. "I am" counts as "I'm"."""
    found = _LONG_FORMS.sub(_contracted, plain(text)).split()
    result = [f"w:{word}" for word in found]
    result += [f"p:{a} {b}" for a, b in pairwise(("^", *found, "$"))]
    for word in found:
        if word not in STOP_WORDS:
            result += _runs(word)
    return result


class Index:
    """Sayings laid out for comparison: TF-IDF over ``features``, unit length, float32.

    The vocabulary is what the sayings hold; features of a query outside it only make the query longer, so a
    query that is mostly unknown is near to nothing.
    """

    def __init__(
        self,
        sayings: Sequence[str],
        *,
        letters: float = 0.5,
        marks: Callable[[str], list[str]] = features,
    ) -> None:
        """``letters`` (0 to 1) is the weight of letter runs beside words; ``marks`` names what counts."""
        self._letters = letters
        self._marks = marks
        self._size = len(sayings)
        self._column: dict[str, int] = {}
        columns: list[int] = []
        lengths = []
        for saying in sayings:
            found = marks(saying)
            lengths.append(len(found))
            columns += [self._column.setdefault(feature, len(self._column)) for feature in found]
        width = max(1, len(self._column))
        rows = np.repeat(np.arange(self._size, dtype=np.int64), lengths)
        pairs, times = np.unique(rows * width + np.array(columns, dtype=np.int64), return_counts=True)
        row, column = pairs // width, pairs % width
        self._unknown_idf = float(np.log(1.0 + self._size))
        self._idf = np.log((1.0 + self._size) / (0.5 + np.bincount(column, minlength=width)))
        share = np.array([letters if name.startswith("c:") else 1.0 for name in self._column] or [1.0])
        weights = (1.0 + np.log(times)) * (self._idf * share)[column]
        norms = np.sqrt(np.bincount(row, weights * weights, minlength=self._size))
        weights /= np.where(norms > 0.0, norms, 1.0)[row]
        # Kept feature by feature: a query touches a few dozen features of many thousand.
        order = np.argsort(column, kind="stable")
        self._row = row[order].astype(np.int32)
        self._share = weights[order].astype(np.float32)
        self._start = np.searchsorted(column[order], np.arange(width + 1))

    def __len__(self) -> int:
        return self._size

    def near(self, saying: str) -> Floats:
        """Cosine (0 to 1) of ``saying`` with every row: (n,) float32."""
        result = np.zeros(self._size, dtype=np.float32)
        length = 0.0
        for feature, times in Counter(self._marks(saying)).items():
            column = self._column.get(feature)
            idf = self._unknown_idf if column is None else float(self._idf[column])
            weight = (1.0 + math.log(times)) * idf * (self._letters if feature.startswith("c:") else 1.0)
            length += weight * weight
            if column is not None:
                there = slice(self._start[column], self._start[column + 1])
                result[self._row[there]] += self._share[there] * np.float32(weight)
        return result / np.float32(math.sqrt(length) or 1.0)


def likeness(text: str, other: str) -> float:
    """Share (0 to 1) of topic words that two sayings have in common, by the smaller of the two."""
    mine, theirs = stems(text), stems(other)
    if not mine or not theirs:
        return 1.0 if plain(text) == plain(other) else 0.0
    return len(mine & theirs) / min(len(mine), len(theirs))


def first_match(text: str, needles: Iterable[str]) -> str | None:
    """The first of ``needles`` (plain words or phrases) that stands in the text as whole words."""
    hay = f" {plain(text)} "
    return next((needle for needle in needles if f" {needle} " in hay), None)
