"""How many words a recogniser got wrong."""

import re
from collections.abc import Sequence


def words_of(text: str) -> list[str]:
    """Small letters, no signs: what can be heard of a spelling."""
    return re.sub(r"[^a-z ]", "", re.sub(r"[-\s]+", " ", text.lower())).split()


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words put in, left out or changed: the edit distance (Levenshtein 1966) over words."""
    row = list(range(len(heard) + 1))
    for i, wanted in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, found in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (wanted != found))
    return row[-1]
