"""How loud a sound is to the ear: EBU R128's measure, ITU-R BS.1770."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE: Final = 48_000
"""Samples a second of everything that is spoken."""
Sound = NDArray[np.float32]
"""(n,) or (n, channels) at 48 kHz."""

SILENCE_DB: Final = -120.0
_BLOCK_S: Final = 0.4
_HOP_S: Final = 0.1


def loudness_lufs(sound: Sound) -> float:
    """Integrated loudness after ITU-R BS.1770-4: K weighting, blocks of 0.4 s, both gates.

    A sound shorter than a block is measured over its own length. `SILENCE_DB` for silence.
    """
    weighted = _k_weighted(np.atleast_2d(np.asarray(sound, dtype=np.float64).T))
    count = weighted.shape[1]
    if count == 0:
        return SILENCE_DB
    block, hop = int(_BLOCK_S * SAMPLE_RATE), int(_HOP_S * SAMPLE_RATE)
    starts = range(0, max(1, count - block + 1), hop)
    power = np.array([(weighted[:, s : s + block] ** 2).mean(axis=1).sum() for s in starts])
    power = power[power > _power(-70.0)]
    if not len(power):
        return SILENCE_DB
    power = power[power > power.mean() * 0.1]
    return float(-0.691 + 10.0 * np.log10(power.mean()))


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs + 0.691) / 10.0))


def _k_weighted(channels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two filters of BS.1770 (its coefficients at 48 kHz), applied as one response in frequency."""
    count = channels.shape[1]
    if count == 0:
        return channels
    size = 1 << (count + SAMPLE_RATE // 4).bit_length()
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1.0 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1.0 - 2.0 * z + z**2) / (1.0 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    spectrum = np.fft.rfft(channels, size, axis=1) * (shelf * high_pass)
    return np.asarray(np.fft.irfft(spectrum, size, axis=1)[:, :count])
