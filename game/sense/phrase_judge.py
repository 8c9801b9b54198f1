"""Which of a few texts was said: the speech model's own decoder judges them, by the features that the phones
are read from."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.sense.phone_model import PhoneModelError
from game.sense.speech_decoder import SpeechDecoder

PIECES: Final = "tokenizer.bin"
_START, _END = 1, 2
_SPACE: Final = "\u2581".encode()
_STOPS: Final = (b".", b",", b"!", b"?", b"...")
_UPPER: Final = ("i", "i'm", "i'll", "i've")
_NO_RANK: Final = 1 << 30


class Pieces:
    """The pieces of words that the decoder knows, by byte pair encoding (Sennrich et al. 2016)."""

    def __init__(self, path: Path) -> None:
        """Raises PhoneModelError when the file is not there or is no such list."""
        try:
            data = path.read_bytes()
            known = list(_listed(data))
        except (OSError, IndexError) as error:
            raise PhoneModelError(f"The list of word pieces {path} cannot be read.") from error
        self._number = {piece: number for number, piece in reversed(list(enumerate(known)))}
        if _SPACE not in self._number or any(stop not in self._number for stop in _STOPS):
            raise PhoneModelError(f"The list of word pieces {path} lacks the space or a stop.")
        self.ends = [_END, *(self._number[stop] for stop in _STOPS)]
        """What may follow the last word."""

    def __call__(self, text: str) -> list[int]:
        """The numbers of the pieces that make the text; none where a letter is no piece."""
        parts = [letter.encode() for letter in "\u2581" + text.replace(" ", "\u2581")]
        while len(parts) > 1:
            # The lower its number, the sooner two pieces were joined when the list was made.
            ranks = [self._number.get(a + b, _NO_RANK) for a, b in pairwise(parts)]
            at = int(np.argmin(ranks))
            if ranks[at] == _NO_RANK:
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        numbers = [self._number.get(part) for part in parts]
        return [number for number in numbers if number is not None] if None not in numbers else []


def _listed(data: bytes) -> list[bytes]:
    """Each piece after its length, which is one byte, or two from 128 on."""
    out: list[bytes] = []
    at = 0
    while at < len(data):
        length = data[at]
        at += 1
        if length >= 128:
            length += 128 * data[at] - 128
            at += 1
        out.append(data[at : at + length])
        at += length
    return out


class PhraseJudge:
    """Moonshine's decoder, asked about given texts."""

    def __init__(self, decoder: Path, pieces: Path) -> None:
        """Raises PhoneModelError."""
        self._pieces = Pieces(pieces)
        self._decode = SpeechDecoder(decoder)

    def __call__(self, features: NDArray[np.float32], texts: Sequence[str]) -> NDArray[np.float32]:
        """Natural logarithms of the probabilities that each text, in small letters, is all that was said,
        however it begins and is punctuated: (texts,). A text in letters that the decoder does not know, as a
        player's own commands may be, has none. ``features`` are the encoder's, (frames, 416)."""
        pieces, before = [_START], [-1]
        known: dict[tuple[int, int], int] = {}
        ways: list[list[tuple[int, int]]] = []
        owner: list[int] = []
        for number, text in enumerate(texts):
            for written in sorted({_written(text), text}):
                spelt = self._pieces(written)
                if not spelt:
                    continue
                at, way = 0, []
                for piece in spelt:
                    way.append((at, piece))
                    if (at, piece) not in known:
                        known[at, piece] = len(pieces)
                        pieces.append(piece)
                        before.append(at)
                    at = known[at, piece]
                ways.append([*way, (at, _END)])
                owner.append(number)
        follows = self._decode(features, pieces, before)
        out = np.full(len(texts), -np.inf, np.float32)
        for number, way in zip(owner, ways, strict=True):
            ends = np.logaddexp.reduce(follows[way[-1][0], self._pieces.ends])
            sure = sum(float(follows[at, piece]) for at, piece in way[:-1]) + float(ends)
            out[number] = np.logaddexp(out[number], sure)
        return out


def _written(text: str) -> str:
    """As the decoder writes it."""
    words = [word[0].upper() + word[1:] if word in _UPPER else word for word in text.split()]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])
