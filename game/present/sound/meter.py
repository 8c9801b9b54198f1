"""Measures of sound: loudness, peaks, clicks, gaps. For tests, benches and the levels of the recipes."""

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE
from npc.speech.loudness import SILENCE_DB, loudness_lufs

__all__ = ["SILENCE_DB", "clicks", "clipped", "decibels", "gaps", "loudness_lufs", "peak_db", "rms_db"]

Sound = NDArray[np.float32]
"""(n,) or (n, channels) at 48 kHz."""


def decibels(amplitude: float) -> float:
    """dB full scale of an amplitude, never below `SILENCE_DB`."""
    return max(SILENCE_DB, 20.0 * float(np.log10(max(amplitude, 1e-12))))


def rms_db(sound: Sound) -> float:
    """dB full scale of the root mean square; `SILENCE_DB` for nothing."""
    return decibels(float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))) if sound.size else SILENCE_DB


def peak_db(sound: Sound) -> float:
    """dB full scale of the greatest sample."""
    return decibels(float(np.abs(sound).max())) if sound.size else SILENCE_DB


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
