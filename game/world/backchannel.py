"""Sounds and words by which a listener says no more than "I am listening" (Yngve 1970)."""

import re
from typing import Final

_SOUNDS: Final = re.compile(
    r"(m+h*m+|h+m+|m+|u+h+ ?h+u+h+|a+h+|o+h+|hu+h+|(ha+h?|he+h?|hi+h?)+|ha+|he+|wo+w)"
)
"""As recognisers spell them, in small letters; laughter too."""
_WORDS: Final = frozenset({
    "yeah", "yep", "yes", "yup", "okay", "ok", "right", "sure", "really", "alright", "mhm", "uhhuh", "aha",
    "true", "exactly", "wow", "i see", "of course", "all right", "go on", "laughter", "laughs", "laughing",
})  # fmt: skip
_MOST_WORDS: Final = 3


def is_backchannel(text: str) -> bool:
    """True when the whole text is what a listener says while another speaks: "mhm", "yeah, okay", "haha".

    Said into a silence the same words may well be an answer; whoever asks must know which it was.
    """
    plain = re.sub(r"[^a-z ]", "", re.sub(r"[-\s]+", " ", text.casefold())).strip()
    words = plain.split()
    if not words or len(words) > _MOST_WORDS * 2:
        return False
    if plain in _WORDS or _SOUNDS.fullmatch(plain):
        return True
    rest = [word for word in words if not _SOUNDS.fullmatch(word)]
    return len(rest) <= _MOST_WORDS and all(word in _WORDS for word in rest)
