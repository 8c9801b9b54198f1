"""The linear part of the echo, learned and taken out block by block.

A frequency-domain Kalman filter in partitions (Enzner and Vary 2006): each partition of the room's response
carries how unsure it still is, and the sound that is no echo, the player's, makes it learn more slowly. So it
goes on learning while both speak, without unlearning.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_BLOCK

Samples = NDArray[np.float32]

PARTITIONS: Final = 25
"""Of 10 ms: a quarter of a second of the room."""
_STAYS: Final = 0.999
"""Of the room's response from block to block: people move, loudspeakers warm up."""
_FIRST: Final = 0.1
"""Power that is expected of the first partition before anything is known; of all together, that the echo is
about as loud as what is played. With more of it the first seconds are learned half as deep."""
_FALLS: Final = 0.9
"""Of what is expected of a partition, from each to the next."""
_SMOOTH: Final = 0.8
_LEAST: Final = 1e-8


class EchoFilter:
    """Learns how the played sound is heard. One block of 160 samples at a time."""

    def __init__(self) -> None:
        self._played = np.zeros((PARTITIONS, EAR_BLOCK + 1), np.complex64)
        """Spectra of the played sound, the newest first."""
        self._last = np.zeros(EAR_BLOCK, np.float32)
        self.restart()

    def restart(self) -> None:
        """Forgets the room: it is another one, or the delay has jumped."""
        bins = EAR_BLOCK + 1
        self._room = np.zeros((PARTITIONS, bins), np.complex64)
        self._unsure = self._expected()
        self._other = np.full(bins, 1e-3, np.float32)
        """Power of what is no echo."""
        self.left = self.doubt = 0.0
        """Power of what the last block left, and how much of it the filter thinks may still be echo."""

    def realign(self, samples: int, before: Samples) -> None:
        """The played sound was moved on by so many samples against what is heard; ``before`` is what of it
        lies before the next block now (26 blocks). What is known of the room moves with it."""
        response = np.fft.irfft(self._room, axis=1)[:, :EAR_BLOCK].ravel()
        moved = np.zeros_like(response)
        length = len(response)
        if abs(samples) < length:
            moved[max(0, samples) : length + min(0, samples)] = response[
                max(0, -samples) : length - max(0, samples)
            ]
        parts = np.zeros((PARTITIONS, 2 * EAR_BLOCK), np.float32)
        parts[:, :EAR_BLOCK] = moved.reshape(PARTITIONS, EAR_BLOCK)
        self._room = np.fft.rfft(parts, axis=1).astype(np.complex64)
        self._unsure = np.maximum(self._unsure, self._expected())
        blocks = before.reshape(PARTITIONS + 1, EAR_BLOCK)
        pairs = np.concatenate((blocks[:-1], blocks[1:]), axis=1)[::-1]
        self._played = np.fft.rfft(pairs, axis=1).astype(np.complex64)
        self._last = blocks[-1].copy()

    @staticmethod
    def _expected() -> Samples:
        """How large the room's response may be, partition by partition."""
        expected = _FIRST * _FALLS ** np.arange(PARTITIONS, dtype=np.float32)
        return np.repeat(expected[:, None], EAR_BLOCK + 1, axis=1).astype(np.float32)

    def process(self, heard: Samples, played: Samples) -> Samples:
        """What is heard beside the echo of what is played."""
        self._played[1:] = self._played[:-1]
        self._played[0] = np.fft.rfft(np.concatenate((self._last, played)))
        self._last = played
        echo = np.fft.irfft((self._played * self._room).sum(axis=0))[EAR_BLOCK:]
        left = heard - echo
        self._learn(left)
        return np.asarray(left, np.float32)

    def _learn(self, left: NDArray[np.floating]) -> None:
        spectrum = np.fft.rfft(np.concatenate((np.zeros(EAR_BLOCK, np.float32), left))).astype(np.complex64)
        power = np.square(np.abs(self._played))
        forgets = np.float32(1.0 - _STAYS**2)
        self._room *= np.float32(_STAYS)
        self._unsure *= np.float32(_STAYS**2)
        self._unsure += forgets * np.square(np.abs(self._room))
        self._other *= np.float32(_SMOOTH)
        self._other += np.float32(1.0 - _SMOOTH) * np.square(np.abs(spectrum))
        explained = 0.5 * (power * self._unsure).sum(axis=0)
        self.left, self.doubt = float(np.square(np.abs(spectrum)).sum()), float(explained.sum())
        step = self._unsure / (explained + self._other + np.float32(_LEAST))
        change = np.fft.irfft(step * self._played.conj() * spectrum, axis=1)
        change[:, EAR_BLOCK:] = 0.0  # A partition is no longer than a block.
        self._room += np.fft.rfft(change, axis=1)
        self._unsure *= 1.0 - 0.5 * step * power
        np.maximum(self._unsure, np.float32(1e-10), out=self._unsure)
