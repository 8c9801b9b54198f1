"""How words sound, in CMUdict's phones: by the dictionary, or, where it lacks the word, by espeak-ng (Piper
carries it), whose phonemes are spelt in those phones."""

import importlib.util
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import islice, product
from pathlib import Path
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


@cache
def dictionary() -> Mapping[str, tuple[str, ...]]:
    """CMUdict, which PocketSphinx carries: each word's pronunciations, phones with spaces between. Empty
    where the package is missing."""
    spec = importlib.util.find_spec("pocketsphinx")
    found: dict[str, list[str]] = {}
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, "model", "en-us", "cmudict-en-us.dict")
        if not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            word, _, phones = line.partition(" ")
            found.setdefault(word.partition("(")[0], []).append(phones.strip())
    return {word: tuple(phones) for word, phones in found.items()}


def ways_to_say(phrase: str, told: Mapping[str, str], *, most: int = 12) -> list[tuple[str, ...]]:
    """Pronunciations of a phrase, each its phones: by what was ``told`` of its words, by the dictionary, else
    as it is spelt. Empty when a word of it cannot be pronounced."""
    of_words: list[tuple[str, ...]] = []
    for word in phrase.split():
        known = (told[word],) if word in told else dictionary().get(word, ())
        if not known:
            spelt = pronounced(word)
            known = () if spelt is None else (spelt,)
        of_words.append(known)
    return [tuple(" ".join(way).split()) for way in islice(product(*of_words), most)]
