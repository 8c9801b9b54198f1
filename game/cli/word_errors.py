"""How many words a recogniser got wrong."""

import re
from collections.abc import Sequence

import jiwer


def words_of(text: str) -> list[str]:
    """Small letters, no signs: what can be heard of a spelling."""
    return re.sub(r"[^a-z ]", "", re.sub(r"[-\s]+", " ", text.lower())).split()


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words put in, left out or changed."""
    found = jiwer.process_words(" ".join(said), " ".join(heard))
    return found.insertions + found.deletions + found.substitutions
