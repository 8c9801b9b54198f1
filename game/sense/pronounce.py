"""How a word sounds that no dictionary holds: espeak-ng (Piper carries it) gives its phonemes, and these are
spelt in CMUdict's phones, the ones that PocketSphinx was trained on."""

import unicodedata
from functools import cache
from typing import Any, Final

_PHONES: Final = {
    "tʃ": "CH", "dʒ": "JH", "eɪ": "EY", "aɪ": "AY", "aʊ": "AW", "ɔɪ": "OY", "oʊ": "OW",
    "ɜɹ": "ER", "ɚɹ": "ER R", "n̩": "AH N", "l̩": "AH L", "m̩": "AH M",
    "ɑ": "AA", "a": "AA", "ɒ": "AA", "æ": "AE", "ə": "AH", "ʌ": "AH", "ɐ": "AH", "ɔ": "AO", "ɛ": "EH",
    "e": "EH",
    "ɜ": "ER", "ɚ": "ER", "ɝ": "ER", "ɪ": "IH", "ᵻ": "IH", "i": "IY", "o": "OW", "ʊ": "UH", "u": "UW",
    "p": "P", "b": "B", "t": "T", "ɾ": "T", "ʔ": "T", "d": "D", "k": "K", "ɡ": "G", "g": "G", "x": "K",
    "f": "F", "v": "V", "θ": "TH", "ð": "DH", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH",
    "m": "M", "n": "N", "ŋ": "NG", "ɲ": "N Y", "l": "L", "ɬ": "L", "ɹ": "R", "r": "R", "j": "Y", "w": "W",
}  # fmt: skip
"""IPA as espeak-ng writes American English, without stress and length."""
_LONGEST: Final = max(len(sound) for sound in _PHONES)
_VOICE: Final = "en-us"


def pronounced(word: str) -> str | None:
    """The word's phones with spaces between, as CMUdict writes them without stress; None where espeak-ng is
    missing or has no sound for it."""
    try:
        clauses = _espeak().phonemize(_VOICE, word)
    except (ImportError, OSError, RuntimeError):
        return None
    return arpabet("".join(sound for clause in clauses for sound in clause)) or None


def arpabet(ipa: str) -> str:
    """IPA in CMUdict's phones; marks of stress and length, and sounds that English lacks, are left out."""
    sounds = "".join(c for c in unicodedata.normalize("NFD", ipa) if c.isalpha() or c == "\u0329")
    sounds = sounds.replace("ː", "")
    phones: list[str] = []
    at = 0
    while at < len(sounds):
        for length in range(_LONGEST, 0, -1):
            phone = _PHONES.get(sounds[at : at + length])
            if phone is not None:
                phones.append(phone)
                at += length
                break
        else:
            at += 1
    return " ".join(phones)


@cache
def _espeak() -> Any:
    from piper.phonemize_espeak import EspeakPhonemizer

    return EspeakPhonemizer()
