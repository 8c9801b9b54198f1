"""Building stones of the sounds made by recipe: curves, noise with a moving colour, bells, pads, grains.

All of them are pure: the same generator state gives the same samples, float64, at 48 kHz.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE

Wave = NDArray[np.float64]
Rng = np.random.Generator

_FRAME: Final = 1024
_HOP: Final = 256
_GLASS: Final = (
    (1.0, 1.0, 1.0),
    (2.32, 0.45, 0.55),
    (4.25, 0.26, 0.33),
    (6.63, 0.12, 0.2),
    (9.38, 0.05, 0.12),
)
"""Partials of a glass: ratio, loudness, life."""


def samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def curve(count: int, *points: tuple[float, float]) -> Wave:
    """(count,) a smooth path through (place 0 to 1, value) points, flat at each of them."""
    places = np.array([p for p, _ in points])
    values = np.array([v for _, v in points])
    x = np.linspace(0.0, 1.0, count)
    i = np.clip(np.searchsorted(places, x, side="right") - 1, 0, len(places) - 2)
    t = np.clip((x - places[i]) / np.maximum(1e-9, places[i + 1] - places[i]), 0.0, 1.0)
    t = t * t * (3.0 - 2.0 * t)
    return np.asarray(values[i] + (values[i + 1] - values[i]) * t)


def wander(count: int, rng: Rng, *, rate_hz: float) -> Wave:
    """(count,) slow noise of about unit size that turns ``rate_hz`` times a second."""
    knots = max(4, int(count / SAMPLE_RATE * rate_hz) + 3)
    x = np.linspace(0.0, knots - 1.0, count)
    values = rng.standard_normal(knots)
    i = np.minimum(x.astype(np.int64), knots - 2)
    t = x - i
    t = t * t * (3.0 - 2.0 * t)
    return np.asarray(values[i] + (values[i + 1] - values[i]) * t)


def tone(pitch_hz: Wave, phase: float = 0.0) -> Wave:
    """(n,) sine that follows a pitch."""
    return np.asarray(np.sin(phase + 2.0 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE))


def coloured_noise(count: int, rng: Rng, centre_hz: Wave, width_octaves: float) -> Wave:
    """(count,) noise of about unit level in a band that moves with ``centre_hz`` (count,)."""
    frames = count // _HOP + 2
    padded = rng.standard_normal((frames + 3) * _HOP)
    window = np.hanning(_FRAME + 1)[:-1]
    at = np.arange(frames) * _HOP
    pieces = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[at] * window
    frequency = np.fft.rfftfreq(_FRAME, 1.0 / SAMPLE_RATE)
    centres = np.interp(at, np.arange(count), centre_hz)
    octaves = np.log2(np.maximum(frequency, 20.0)[None, :] / centres[:, None])
    colour = np.exp(-0.5 * (octaves / (width_octaves / 2.0)) ** 2)
    # Narrow bands pass little noise: bring every frame back to the same power.
    colour /= np.sqrt((colour**2).mean(axis=1, keepdims=True))
    return overlap(np.fft.irfft(np.fft.rfft(pieces, axis=1) * colour, axis=1) * window, count)


def overlap(pieces: Wave, count: int) -> Wave:
    """(count,) sum of windowed frames that follow each other by a quarter of their length."""
    out = np.zeros(len(pieces) * _HOP + _FRAME)
    for part in range(_FRAME // _HOP):
        flat = pieces[:, part * _HOP : (part + 1) * _HOP].reshape(-1)
        out[part * _HOP : part * _HOP + len(flat)] += flat
    return np.asarray(out[_FRAME // 2 : _FRAME // 2 + count] / 1.5)


def bell(count: int, rng: Rng, pitch_hz: float, *, falls_s: float, bright: float = 1.0) -> Wave:
    """(count,) a struck crystal: partials of a glass, each a beating pair that dies at its own pace."""
    time = np.arange(count) / SAMPLE_RATE
    out = np.zeros(count)
    for ratio, loud, life in _GLASS:
        f = pitch_hz * ratio * (1.0 + rng.normal(0.0, 0.002))
        if f > 16_000.0:
            break
        fall = np.exp(-6.9 * time / (falls_s * life))
        beat = 0.6 + rng.uniform(0.0, 1.6)
        phase = rng.uniform(0, 6.28)  # the pair starts together: a struck glass is loudest at once
        pair = np.sin(2 * np.pi * f * time + phase)
        pair += 0.5 * np.sin(2 * np.pi * (f + beat) * time + phase)
        out += loud * bright ** (ratio - 1.0) * fall * pair
    return np.asarray(out * np.minimum(1.0, time / 0.0025))


def pad(count: int, rng: Rng, partials: Iterable[tuple[float, float, float]]) -> Wave:
    """(count,) a chorus: each partial (Hz, loudness, width in Hz) is a narrow band of random phase.

    Made in frequency, so its end meets its beginning without a seam.
    """
    size = count // 2 + 1
    frequency = np.arange(size) * (SAMPLE_RATE / count)
    spectrum = np.zeros(size)
    for hz, loud, width_hz in partials:
        low, high = np.searchsorted(frequency, [hz - 4 * width_hz, hz + 4 * width_hz])
        near = frequency[low : high + 1]
        spectrum[low : high + 1] += loud / np.sqrt(width_hz) * np.exp(-0.5 * ((near - hz) / width_hz) ** 2)
    turned = spectrum * np.exp(2j * np.pi * rng.uniform(size=size))
    wave = np.fft.irfft(turned, count)
    return np.asarray(wave / max(1e-12, float(np.sqrt((wave**2).mean()))))


def grains(
    count: int, rng: Rng, starts_s: Sequence[float], pitches_hz: Sequence[float], *, length_s: float
) -> Wave:
    """(count,) tiny glints of sine, each with a soft attack and a longer fall."""
    out = np.zeros(count)
    for start_s, pitch in zip(starts_s, pitches_hz, strict=True):
        size = samples(length_s * rng.uniform(0.6, 1.5))
        t = np.arange(size) / SAMPLE_RATE
        shape = np.minimum(1.0, t / 0.002) * np.exp(-5.0 * t * SAMPLE_RATE / size)
        glint = np.sin(2 * np.pi * pitch * t + rng.uniform(0, 6.28)) * shape * rng.uniform(0.3, 1.0)
        lay(out, glint, start_s)
    return out


def lay(onto: Wave, sound: Wave, start_s: float) -> None:
    """Add ``sound`` to ``onto`` from ``start_s`` on; what does not fit is cut."""
    start = samples(start_s)
    count = max(0, min(len(sound), len(onto) - start))
    onto[start : start + count] += sound[:count]
