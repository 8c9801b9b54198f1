"""When each word of a sentence is spoken."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from npc.speech.effects import SAMPLE_RATE

WordTime = tuple[str, float, float]
"""(word, start, end), seconds from the first sample."""

_PAUSE_LETTERS: Final = {",": 2.5, ";": 3.0, ":": 3.0, ".": 5.0, "!": 5.0, "?": 5.0}
_VOWELS: Final = re.compile(r"[aeiouy]+")
_ENDS: Final = frozenset("^$")


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


def _by_phonemes(
    words: Sequence[str], timed: Sequence[tuple[str, int]], begin_s: float, speech_s: float
) -> list[WordTime] | None:
    """Times from the model's own phoneme lengths; None when its words cannot be matched to the text's."""
    total = sum(samples for _, samples in timed)
    if not total:
        return None
    spans: list[tuple[int, int]] = []
    at = 0
    start: int | None = None
    for phoneme, samples in timed:
        gap = phoneme.isspace() or phoneme in _ENDS or phoneme in _PAUSE_LETTERS
        if gap and start is not None:
            spans.append((start, at))
            start = None
        elif not gap and start is None:
            start = at
        at += samples
    if start is not None:
        spans.append((start, at))
    if len(spans) != len(words):
        return None
    scale = speech_s / total
    return [
        (word, begin_s + a * scale, begin_s + b * scale) for word, (a, b) in zip(words, spans, strict=True)
    ]


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
) -> tuple[WordTime, ...]:
    """Times of the words of ``text`` in ``pcm``: from phoneme lengths (``speech_s`` in all, beginning at
    ``lead_s``) where the model tells them, else by letters over the part that sounds."""
    words = spoken_words(text)
    if not words:
        return ()
    exact = _by_phonemes(words, timed, lead_s, speech_s) if timed else None
    if exact is not None:
        return tuple(exact)
    begin_s, end_s = _sounding(pcm)
    return tuple(_by_letters(words, begin_s, end_s))
