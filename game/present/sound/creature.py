"""The voice of a small creature of light, without words: giggle, laugh, gasp, grunt, sigh, hm.

A glottis of harmonics and breath behind the resonances of a very short throat, with glints of glass above
it. Pitch, loudness, vowel and breath are curves; everything is drawn by one generator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from game.clock import SAMPLE_RATE
from game.present.sound.synthesis import Rng, Wave, curve, lay, overlap, samples, wander

_HOP: Final = 256
_FRAME: Final = 1024
_CONTROL: Final = 64
"""Samples between two values of a harmonic's loudness."""
_TOP_HZ: Final = 11_000.0

Vowel = tuple[float, float, float, float]
"""Resonances of the throat, Hz."""
_AH: Final[Vowel] = (980.0, 1750.0, 3300.0, 4700.0)
_EH: Final[Vowel] = (680.0, 2450.0, 3500.0, 4800.0)
_EE: Final[Vowel] = (420.0, 3050.0, 3900.0, 5000.0)
_OO: Final[Vowel] = (450.0, 1050.0, 3100.0, 4500.0)
_UH: Final[Vowel] = (720.0, 1450.0, 3200.0, 4600.0)
_MM: Final[Vowel] = (330.0, 1300.0, 2700.0, 4300.0)
_WIDTHS: Final = np.array([130.0, 170.0, 260.0, 380.0])
_HEIGHTS: Final = np.array([1.0, 0.62, 0.34, 0.2])


def _resonance(frequency: Wave, centres: Wave) -> Wave:
    """Gain of the throat: ``frequency`` (..., 1) against ``centres`` (..., 4)."""
    offset = 2.0 * (frequency - centres) / _WIDTHS
    return np.asarray((_HEIGHTS / (1.0 + offset**2) ** 0.75).sum(axis=-1) + 0.015)


def sing(
    rng: Rng,
    pitch_hz: Wave,
    loud: Wave,
    vowels: tuple[tuple[float, Vowel], ...],
    *,
    breath: Wave,
    rough: float = 0.0,
    glint: float = 0.12,
) -> Wave:
    """(n,) voice; ``pitch_hz``, ``loud``, ``breath`` are (n,), ``vowels`` (place from 0 to 1, vowel)."""
    count = len(pitch_hz)
    throat = np.stack([curve(count, *((p, v[i]) for p, v in vowels)) for i in range(4)], axis=1)
    tremor = 0.006 * wander(count, rng, rate_hz=18.0) + 0.009 * wander(count, rng, rate_hz=5.0)
    pitch = pitch_hz * (1.0 + tremor)
    phase = 2.0 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    # Every second pulse a little weaker: the creak of a small throat that is pressed.
    creak = 1.0 + rough * np.sin(phase / 2.0) + 0.5 * rough * wander(count, rng, rate_hz=60.0)

    at = np.arange(0, count + _CONTROL, _CONTROL)
    index = np.minimum(at, count - 1)
    voiced = np.zeros(count)
    x = np.arange(count)
    buzz = 0.35 * np.sin(2.003 * phase)
    for harmonic in range(1, int(_TOP_HZ / float(pitch.min())) + 1):
        frequency = harmonic * pitch[index]
        gain = _resonance(frequency[:, None], throat[index]) * harmonic**-0.85
        gain = gain * np.clip((_TOP_HZ - frequency) / 1500.0, 0.0, 1.0)
        voiced += np.interp(x, at, gain) * np.sin(harmonic * phase + buzz)
    # Glass above the voice: two partials that no throat has.
    shine = np.sin(5.03 * phase) * 0.6 + np.sin(7.05 * phase) * 0.4
    voiced += glint * shine * (0.7 + 0.3 * wander(count, rng, rate_hz=30.0))
    return np.asarray(voiced * creak * loud + _breath(rng, throat, breath))


def _breath(rng: Rng, throat: Wave, breath: Wave) -> Wave:
    count = len(breath)
    frames = count // _HOP + 2
    window = np.hanning(_FRAME + 1)[:-1]
    at = np.arange(frames) * _HOP
    noise = rng.standard_normal((frames + 3) * _HOP)
    pieces = np.lib.stride_tricks.sliding_window_view(noise, _FRAME)[at] * window
    frequency: Wave = np.fft.rfftfreq(_FRAME, 1.0 / SAMPLE_RATE).astype(np.float64)
    centres = throat[np.minimum(at, count - 1)]
    colour = _resonance(frequency[None, :, None], centres[:, None, :])
    colour *= np.minimum(1.0, frequency / 900.0) * np.clip((14_000.0 - frequency) / 6000.0, 0.0, 1.0)
    return overlap(np.fft.irfft(np.fft.rfft(pieces, axis=1) * colour, axis=1) * window, count) * breath


@dataclass(frozen=True, slots=True, kw_only=True)
class _Syllable:
    start_s: float
    length_s: float
    pitch_hz: float
    effort: float
    vowel: Vowel


def _laughter(rng: Rng, syllables: Sequence[_Syllable], length_s: float, *, rough: float) -> Wave:
    """One breath broken into syllables: each a puff of air, a chirp up into it, and a short voiced arch."""
    count = samples(length_s)
    loud, breath = np.zeros(count), np.zeros(count)
    pitch: list[tuple[float, float]] = []
    throat: list[tuple[float, Vowel]] = []
    for it in syllables:
        n = samples(it.length_s)
        peak = rng.uniform(0.22, 0.36)
        lay(loud, it.effort * curve(n, (0.0, 0.0), (peak, 1.0), (0.62, 0.7), (1.0, 0.0)), it.start_s)
        puff = samples(it.length_s + 0.07)
        air = curve(puff, (0.0, 0.0), (0.28, 1.0), (0.5, 0.28), (0.8, 0.42), (1.0, 0.0))
        lay(breath, 0.45 * it.effort * air, max(0.0, it.start_s - 0.045))
        for part, factor in ((0.0, 0.93), (peak, 1.09), (0.6, 1.0), (1.0, 0.86)):
            pitch.append(((it.start_s + part * it.length_s) / length_s, it.pitch_hz * factor))
        throat.append(((it.start_s + 0.5 * it.length_s) / length_s, it.vowel))
    first, last = syllables[0], syllables[-1]
    held = curve(count, (0.0, 0.0), (first.start_s / length_s + 0.01, 1.0),
                 ((last.start_s + last.length_s) / length_s, 0.6), (1.0, 0.0))  # fmt: skip
    places = [(0.0, pitch[0][1]), *pitch, (1.0, pitch[-1][1])]
    vowels = ((0.0, first.vowel), *throat, (1.0, last.vowel))
    return sing(rng, curve(count, *places), loud, vowels, breath=breath + 0.035 * held, rough=rough)


def _run(
    rng: Rng, count: int, start_s: float, pitch_hz: float, pace_s: float, vowels: tuple[Vowel, ...]
) -> list[_Syllable]:
    """Syllables that tumble down in pitch, no two alike, strongest a third of the way."""
    out: list[_Syllable] = []
    for i in range(count):
        length_s = pace_s * rng.uniform(0.62, 0.84)
        strength = 0.55 + 0.5 * float(np.sin(np.pi * (i + 0.8) / (count + 1.2)))
        out.append(
            _Syllable(
                start_s=start_s,
                length_s=length_s,
                pitch_hz=pitch_hz * rng.uniform(0.96, 1.06),
                effort=strength * rng.uniform(0.85, 1.1),
                vowel=vowels[int(rng.integers(0, len(vowels)))],
            )
        )
        start_s += pace_s * rng.uniform(0.86, 1.12) * (1.0 + 0.03 * i)
        pitch_hz *= rng.uniform(0.93, 0.99)
    return out


def giggle(rng: Rng) -> Wave:
    """A run of quick small "hee"s that tumbles down, tries to stop, and squeaks once more."""
    pace_s = rng.uniform(0.135, 0.155)
    run = _run(rng, int(rng.integers(5, 8)), 0.06, rng.uniform(470.0, 520.0), pace_s, (_EE, _EE, _EH))
    end_s = run[-1].start_s + run[-1].length_s
    squeak = _Syllable(
        start_s=end_s + rng.uniform(0.14, 0.22),
        length_s=0.15,
        pitch_hz=run[-1].pitch_hz * rng.uniform(1.3, 1.45),
        effort=0.5,
        vowel=_EE,
    )
    return _laughter(rng, [*run, squeak], squeak.start_s + 0.3, rough=0.06)


def laugh(rng: Rng) -> Wave:
    """A full delighted cackle: it bursts, falls, and breathes in at the end."""
    burst = _Syllable(start_s=0.05, length_s=0.27, pitch_hz=rng.uniform(510.0, 550.0), effort=1.05, vowel=_AH)
    pace_s = rng.uniform(0.175, 0.2)
    run = _run(rng, int(rng.integers(6, 9)), 0.39, rng.uniform(455.0, 490.0), pace_s, (_AH, _AH, _EH))
    end_s = run[-1].start_s + run[-1].length_s
    out = np.zeros(samples(end_s + 0.55))
    lay(out, _laughter(rng, [burst, *run], end_s + 0.2, rough=0.14), 0.0)
    n = samples(0.34)
    inhale = sing(
        rng,
        curve(n, (0.0, 300.0), (1.0, 520.0)),
        0.07 * curve(n, (0.0, 0.0), (0.6, 1.0), (1.0, 0.0)),
        ((0.0, _AH), (1.0, _EE)),
        breath=0.5 * curve(n, (0.0, 0.0), (0.7, 1.0), (1.0, 0.0)),
    )
    lay(out, inhale, end_s + 0.13)
    return out


def gasp(rng: Rng) -> Wave:
    """Breath drawn in sharply, with a squeak of fright inside it."""
    n = samples(0.52)
    return sing(
        rng,
        curve(n, (0.0, 360.0), (0.5, rng.uniform(560.0, 660.0)), (1.0, 640.0)),
        0.42 * curve(n, (0.0, 0.0), (0.25, 0.15), (0.55, 1.0), (0.72, 0.0), (1.0, 0.0)),
        ((0.0, _OO), (0.45, _AH), (1.0, _EH)),
        breath=curve(n, (0.0, 0.0), (0.12, 0.55), (0.55, 1.0), (0.68, 0.35), (1.0, 0.0)),
        glint=0.2,
    )


def grunt(rng: Rng) -> Wave:
    """A short cross "uh!", pressed and low for it."""
    n = samples(0.3)
    pitch = rng.uniform(285.0, 320.0)
    return sing(
        rng,
        curve(n, (0.0, pitch * 0.9), (0.2, pitch * 1.12), (1.0, pitch * 0.66)),
        curve(n, (0.0, 0.0), (0.07, 1.0), (0.4, 0.8), (0.8, 0.18), (1.0, 0.0)),
        ((0.0, _UH), (0.5, _UH), (1.0, _MM)),
        breath=0.22 * curve(n, (0.0, 0.0), (0.05, 1.0), (0.5, 0.3), (0.85, 0.6), (1.0, 0.0)),
        rough=0.38,
        glint=0.05,
    )


def sigh(rng: Rng) -> Wave:
    """A long breath out that begins as a voice and ends as air."""
    n = samples(1.25)
    pitch = rng.uniform(430.0, 470.0)
    return sing(
        rng,
        curve(n, (0.0, pitch), (0.14, pitch * 1.09), (0.75, pitch * 0.66), (1.0, pitch * 0.6)),
        0.6 * curve(n, (0.0, 0.0), (0.1, 1.0), (0.45, 0.5), (0.78, 0.0), (1.0, 0.0)),
        ((0.0, _AH), (0.5, _UH), (1.0, _OO)),
        breath=0.55 * curve(n, (0.0, 0.0), (0.15, 0.45), (0.5, 1.0), (1.0, 0.0)),
    )


def hm(rng: Rng) -> Wave:
    """A closed mouth that listens: "hm?", rising."""
    n = samples(0.46)
    pitch = rng.uniform(345.0, 375.0)
    voice = sing(
        rng,
        curve(n, (0.0, pitch), (0.3, pitch * 0.93), (1.0, pitch * rng.uniform(1.2, 1.32))),
        curve(n, (0.0, 0.0), (0.14, 0.9), (0.7, 1.0), (1.0, 0.0)),
        ((0.0, _MM), (1.0, _MM)),
        breath=0.12 * curve(n, (0.0, 0.0), (0.06, 1.0), (0.3, 0.2), (1.0, 0.0)),
        rough=0.05,
        glint=0.05,
    )
    lips = np.hanning(19)  # closed: hardly anything above 3 kHz comes through
    return np.convolve(voice, lips / lips.sum(), mode="same")
