"""When each word of a sentence is spoken."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from npc.speech.loudness import SAMPLE_RATE

WordTime = tuple[str, float, float]
"""(word, start, end), seconds from the first sample."""

_PAUSE_LETTERS: Final = {",": 2.5, ";": 3.0, ":": 3.0, ".": 5.0, "!": 5.0, "?": 5.0}
_VOWELS: Final = re.compile(r"[aeiouy]+")
_ENDS: Final = frozenset("^$")
_MOST_JOINED: Final = 8
"""Words spoken as one, or spoken for one (a year, a large number)."""
_JOIN_COST: Final = 4.0
"""In phonemes squared: a word for a word unless the lengths speak plainly against it."""


def spoken_words(text: str) -> list[str]:
    """Words as they are spoken, with the marks that follow them."""
    return [word for word in text.split() if re.search(r"\w", word)]


def _weight(word: str) -> float:
    """How long a word takes, in letters: vowels are slow, consonants quick."""
    bare = re.sub(r"[^a-z0-9]", "", word.lower())
    digits = sum(c.isdigit() for c in bare)
    return 1.0 + 0.55 * len(bare) + 1.3 * len(_VOWELS.findall(bare)) + 3.0 * digits


def _by_letters(words: Sequence[str], begin_s: float, end_s: float) -> list[WordTime]:
    lengths = [_weight(word) for word in words]
    pauses = [_PAUSE_LETTERS.get(word[-1], 0.0) for word in words]
    pauses[-1] = 0.0
    unit_s = (end_s - begin_s) / max(1e-6, sum(lengths) + sum(pauses))
    result = []
    at_s = begin_s
    for word, length, pause in zip(words, lengths, pauses, strict=True):
        result.append((word, at_s, at_s + length * unit_s))
        at_s += (length + pause) * unit_s
    return result


def _spans(timed: Sequence[tuple[str, int]]) -> list[tuple[int, int, int]]:
    """The model's words: (first sample, last sample, phonemes)."""
    spans: list[tuple[int, int, int]] = []
    at = start = count = 0
    for phoneme, samples in timed:
        if phoneme.isspace() or phoneme in _ENDS or phoneme in _PAUSE_LETTERS:
            if count:
                spans.append((start, at, count))
            count = 0
        else:
            start = start if count else at
            count += phoneme.isalpha()
        at += samples
    if count:
        spans.append((start, at, count))
    return spans


def _matched(lengths: Sequence[float], sounds: Sequence[float]) -> list[tuple[int, int]] | None:
    """How many words of the text and of the model belong together, in order: (1, 1) for most, (2, 1) where
    two are spoken as one ("in the"), (1, 3) for a number. The pairing with the least difference in length;
    None where there is none."""
    best: dict[tuple[int, int], tuple[float, tuple[int, int] | None]] = {(0, 0): (0.0, None)}
    steps = [(1, n) for n in range(1, _MOST_JOINED + 1)] + [(n, 1) for n in range(2, _MOST_JOINED + 1)]
    for i in range(len(lengths)):
        for j in range(len(sounds)):
            if (i, j) not in best:
                continue
            for words, parts in steps:
                after = (i + words, j + parts)
                if after[0] > len(lengths) or after[1] > len(sounds):
                    continue
                differs = sum(lengths[i : after[0]]) - sum(sounds[j : after[1]])
                cost = best[i, j][0] + differs**2 + (words + parts - 2) * _JOIN_COST
                if after not in best or cost < best[after][0]:
                    best[after] = (cost, (words, parts))
    at = (len(lengths), len(sounds))
    if at not in best:
        return None
    groups: list[tuple[int, int]] = []
    while (step := best[at][1]) is not None:
        groups.append(step)
        at = (at[0] - step[0], at[1] - step[1])
    return groups[::-1]


def _by_phonemes(
    words: Sequence[str],
    timed: Sequence[tuple[str, int]],
    begin_s: float,
    speech_s: float,
    phonemes: Sequence[int] | None,
) -> list[WordTime] | None:
    """Times from the model's own phoneme lengths; None when its words cannot be matched to the text's."""
    total = sum(samples for _, samples in timed)
    spans = _spans(timed)
    if not total or not spans:
        return None
    sounds = [float(count) for _, _, count in spans]
    if phonemes is None:
        weights = [_weight(word) for word in words]
        lengths = [weight * sum(sounds) / sum(weights) for weight in weights]
    else:
        lengths = [float(count) for count in phonemes]
    groups = _matched(lengths, sounds)
    if groups is None:
        return None
    scale = speech_s / total
    result: list[WordTime] = []
    i = j = 0
    for of_text, of_model in groups:
        start_s = begin_s + spans[j][0] * scale
        end_s = begin_s + spans[j + of_model - 1][1] * scale
        result += _by_letters(words[i : i + of_text], start_s, end_s)
        i, j = i + of_text, j + of_model
    return result


def _sounding(pcm: NDArray[np.float32]) -> tuple[float, float]:
    """Where the sound begins and ends, seconds: the first and last 10 ms that are louder than -40 dB of the
    loudest."""
    block = SAMPLE_RATE // 100
    blocks = pcm[: len(pcm) // block * block].reshape(-1, block)
    if not len(blocks):
        return 0.0, len(pcm) / SAMPLE_RATE
    loud = np.sqrt((blocks**2).mean(axis=1))
    heard = np.flatnonzero(loud > 0.02 * loud.max())
    if not len(heard):
        return 0.0, len(pcm) / SAMPLE_RATE
    return float(heard[0]) * 0.01, float(heard[-1] + 1) * 0.01


def word_times(
    text: str,
    timed: Sequence[tuple[str, int]] | None,
    *,
    speech_s: float,
    lead_s: float,
    pcm: NDArray[np.float32],
    phonemes: Sequence[int] | None = None,
) -> tuple[WordTime, ...]:
    """Times of the words of ``text`` in ``pcm``: from phoneme lengths (``speech_s`` in all, beginning at
    ``lead_s``) where the model tells them, else by letters over the part that sounds. ``phonemes`` tells how
    many each word has by itself, so that words are not confused where two are spoken as one."""
    words = spoken_words(text)
    if not words:
        return ()
    exact = _by_phonemes(words, timed, lead_s, speech_s, phonemes) if timed else None
    if exact is not None:
        return tuple(exact)
    begin_s, end_s = _sounding(pcm)
    return tuple(_by_letters(words, begin_s, end_s))
