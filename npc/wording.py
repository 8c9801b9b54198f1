"""A written line in lightly other words.

A model of 135 million parameters that must change a line by itself now and then breaks it. So where the line
may change is marked by its writer ("You {got|managed} three steps"), or found: "it is" for "it's" and
"someone" for "somebody" break nothing, wherever they stand. Where such changes are enough that the line is
not recited, the model is handed the changed line and need not look for changes of its own.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, permutations, product
from typing import Final

from npc.text import listed, plain, shared_grams

COPIED: Final = 0.5
"""Share of runs of four words that a reply may have in common with one written line."""
_LONG: Final = {
    "i'm": "I am", "i've": "I have", "i'll": "I will", "you're": "you are", "you've": "you have",
    "you'll": "you will", "we're": "we are", "we've": "we have", "we'll": "we will", "they're": "they are",
    "they've": "they have", "they'll": "they will", "it's": "it is", "it'll": "it will", "that's": "that is",
    "he's": "he is", "she's": "she is", "there's": "there is", "what's": "what is", "where's": "where is",
    "who's": "who is", "don't": "do not", "doesn't": "does not", "didn't": "did not", "isn't": "is not",
    "aren't": "are not", "wasn't": "was not", "weren't": "were not", "can't": "cannot", "won't": "will not",
    "haven't": "have not", "hasn't": "has not", "couldn't": "could not", "wouldn't": "would not",
    "shouldn't": "should not",
}  # fmt: skip
_TWINS: Final = {
    "somebody": "someone", "someone": "somebody", "anybody": "anyone", "anyone": "anybody",
    "everybody": "everyone", "everyone": "everybody", "until": "till", "till": "until", "maybe": "perhaps",
    "perhaps": "maybe",
}  # fmt: skip
_HAS: Final = listed("been got had")
"""Behind one of these "it's" is "it has"."""
_EITHER: Final = re.compile(r"(?:gone|lost|seen|come|grown|done|made|said|\w+ed)$")
"""Behind one of these it may be either, and is left alone."""
_ADVERBS: Final = listed("never always only already just still also even not")
_PRONOUNS: Final = listed("i you he she it we they")
_MARKED: Final = re.compile(r"^([^\w']*)([\w'’-]*\w)(.*)$")
_BETWEEN_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+")
_MOST_PLACES: Final = 8
_MOST_CHOICES: Final = 512
"""Of a marked line, the first ones; those behind change its beginning more."""
_MARK: Final = re.compile(r"\{([^{}|]*\|[^{}]*)\}")
_SLOT: Final = re.compile(r"\{\w+\}")
_BEFORE_A_STOP: Final = re.compile(r"\s+([,.!?;:])(?!\.)")
_BLANKS: Final = re.compile(r"\s+")


def is_marked(written: str) -> bool:
    """Whether a line tells where it may change."""
    return _MARK.search(written) is not None


def choices(marked: str, *, slots: bool = False) -> dict[str, int]:
    """What a marked line may say, its own words first, each with how many of its marks that changes: "You
    {got|managed} three." is "You got three." (0) and "You managed three." (1). ``slots``: what stands in
    braces without a choice is a slot, and stays. Raises ValueError, with what was found and expected, for
    marks that are no marks."""
    parts = _MARK.split(marked)
    fixed, open_to_choice = parts[::2], [part.split("|") for part in parts[1::2]]
    bare = [_SLOT.sub("", part) for part in fixed] if slots else fixed
    if any(mark in part for part in bare for mark in "{}|"):
        raise ValueError(f"expected marks like '{{its words|other words}}', found '{marked[:60]}'")
    found: dict[str, int] = {}
    for pick in islice(product(*(list(enumerate(part)) for part in open_to_choice)), _MOST_CHOICES):
        words = [*(part for _, part in pick), ""]
        text = "".join(part for pair in zip(fixed, words, strict=True) for part in pair)
        text = _BLANKS.sub(" ", _BEFORE_A_STOP.sub(r"\1", text)).strip()
        found.setdefault(text, sum(number > 0 for number, _ in pick))
    return found


@dataclass(frozen=True, slots=True)
class Wording:
    """Other words for a line."""

    text: str
    without: tuple[str, ...] = ()
    """What a model must not write, lest it change the words back: endings and words, as a tokenizer has
    them."""


def wordings(line: str, others: Sequence[str] = (), *, marked: str = "", copied: float) -> list[Wording]:
    """What the line may become that shares at most ``copied`` (0 to 1) of its runs of four words with the
    line and with each of ``others``, its other wordings, which are written, too. Where it is ``marked``,
    those of its choices that change little; else the line with as few other changes as possible; where it has
    not enough places for one, one of the others, or a line that begins as one of them and ends as another.
    Empty where that is not enough either."""
    written = (line, *others)
    if marked:
        new = {text: n for text, n in choices(marked).items() if _is_new(text, written, copied)}
        if new:
            # The fewer changes, the surer the joke; but the same words each evening are none either.
            return [Wording(text) for text, n in new.items() if n <= min(new.values()) + 1]
    spliced = [text for a, b in permutations(written, 2) for text in _spliced(a, b)]
    for bases in ((line,), (*spliced, *others)):
        if found := [one for base in bases for one in _lightest(base, written, copied)]:
            return found
    return []


def wording(
    line: str, others: Sequence[str] = (), *, marked: str = "", copied: float, seed: str
) -> Wording | None:
    """One of the `wordings`, for the same seed the same; None where there is none."""
    found = wordings(line, others, marked=marked, copied=copied)
    return random.Random(f"wording:{seed}:{line}").choice(found) if found else None


def _lightest(base: str, written: Sequence[str], copied: float) -> list[Wording]:
    bare = base.split()
    places = list(_places(bare))[:_MOST_PLACES]
    for count in range(len(places) + 1):
        found = [_changed(bare, some) for some in combinations(places, count)]
        if new := [one for one in found if _is_new(one.text, written, copied)]:
            # One that cannot be changed back, where there is one.
            return [one for one in new if one.without] or new
    return []


def _is_new(text: str, written: Sequence[str], copied: float) -> bool:
    return all(shared_grams(text, said) <= copied and plain(text) != plain(said) for said in written)


def _changed(bare: Sequence[str], some: Sequence[tuple[int, str]]) -> Wording:
    result = list(bare)
    for place, other in some:
        result[place] = other
    text = " ".join(result)
    gone = {_mark(bare[place]) for place, _ in some}
    kept = any(mark.strip() in text for mark in gone)
    return Wording(text, () if kept else tuple(sorted(gone)))


def _mark(word: str) -> str:
    """What tells a short form or a twin from its other form, as one token: the ending, or the whole word."""
    core = word.replace("’", "'").strip('.,;:!?…"')
    return core[core.index("'") :] if "'" in core else f" {core}"


def _spliced(first: str, second: str) -> Iterator[str]:
    """What begins as the first and, from one sentence to the next, goes on as the second."""
    begun, ended = _BETWEEN_SENTENCES.split(first), _BETWEEN_SENTENCES.split(second)
    if len(begun) == len(ended):
        for cut in range(1, len(begun)):
            yield " ".join([*begun[:cut], *ended[cut:]])


def _places(bare: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Words that may be changed, by number, each with what it becomes."""
    low = [plain(word) for word in bare]
    for i, word in enumerate(bare):
        match = _MARKED.match(word)
        if match is None:
            continue
        before, core, after = match.groups()
        short = core.lower().replace("’", "'")
        other = _LONG.get(short) or _TWINS.get(short)
        if other is None:
            continue
        if short.endswith("n't"):
            begins = i == 0 or bare[i - 1][-1] in ".!?"
            asks = next((one[-1] for one in bare[i:] if one[-1] in ".!?"), ".") == "?"
            # "Don't you" and "isn't it" turn round in the long form; "Don't!" is said as it is.
            if begins or asks or (i + 1 < len(bare) and low[i + 1] in _PRONOUNS):
                continue
        if short.endswith("'s"):
            behind = next((one for one in low[i + 1 :] if one not in _ADVERBS), "")
            if _EITHER.match(behind):
                continue
            if behind in _HAS:
                other = other.replace(" is", " has")
        if core[0].isupper():
            other = other[0].upper() + other[1:]
        yield i, f"{before}{other}{after}"
