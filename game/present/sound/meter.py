"""Measures of sound: loudness, peaks, clicks, gaps. For tests, benches and the levels of the recipes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE

Sound = NDArray[np.float32]
"""(n,) or (n, channels) at 48 kHz."""

SILENCE_DB: Final = -120.0
_BLOCK_S: Final = 0.4
_HOP_S: Final = 0.1


def decibels(amplitude: float) -> float:
    """dB full scale of an amplitude, never below `SILENCE_DB`."""
    return max(SILENCE_DB, 20.0 * float(np.log10(max(amplitude, 1e-12))))


def rms_db(sound: Sound) -> float:
    """dB full scale of the root mean square; `SILENCE_DB` for nothing."""
    return decibels(float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))) if sound.size else SILENCE_DB


def peak_db(sound: Sound) -> float:
    """dB full scale of the greatest sample."""
    return decibels(float(np.abs(sound).max())) if sound.size else SILENCE_DB


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


def clicks(sound: Sound, *, factor: float = 14.0, floor: float = 0.004) -> NDArray[np.int64]:
    """Samples of a mono sound at which it jumps: where its second difference is ``factor`` times what it
    is in the neighbouring 4 ms, and above ``floor``."""
    bend = np.abs(np.diff(np.asarray(sound, dtype=np.float64), n=2))
    width = SAMPLE_RATE // 250
    if len(bend) < 2 * width:
        return np.zeros(0, dtype=np.int64)
    sums = np.concatenate([[0.0], np.cumsum(bend)])
    index = np.arange(len(bend))
    low, high = np.maximum(0, index - width), np.minimum(len(bend), index + width + 1)
    near_low, near_high = np.maximum(0, index - 3), np.minimum(len(bend), index + 4)
    around = (sums[high] - sums[low]) - (sums[near_high] - sums[near_low])
    usual = around / np.maximum(1, (high - low) - (near_high - near_low))
    found = np.flatnonzero((bend > factor * usual) & (bend > floor))
    if not len(found):
        return np.zeros(0, dtype=np.int64)
    # One jump bends several samples: report the first of each.
    return np.asarray(found[np.concatenate([[True], np.diff(found) > width])] + 1, dtype=np.int64)


def clipped(sound: Sound, *, limit: float = 0.98) -> int:
    """How many samples reach ``limit``."""
    return int((np.abs(sound) >= limit).sum())


def gaps(sound: Sound, *, shortest_s: float = 0.005, below: float = 1e-5) -> list[tuple[float, float]]:
    """(start, end) in seconds of the stretches of digital silence inside a mono sound, between its first
    and its last sound."""
    loud = np.flatnonzero(np.abs(sound) > below)
    if len(loud) < 2:
        return []
    steps = np.diff(loud)
    wide = np.flatnonzero(steps > shortest_s * SAMPLE_RATE)
    return [((int(loud[i]) + 1) / SAMPLE_RATE, int(loud[i + 1]) / SAMPLE_RATE) for i in wide]


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
