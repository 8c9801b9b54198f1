"""The sounds of the cave and of its light: hum, step, chime, ripple, theft, wonder, wave, mote, lead."""

from typing import Final

import numpy as np

from game.clock import SAMPLE_RATE
from game.present.sound.synthesis import (
    Rng,
    Wave,
    bell,
    coloured_noise,
    curve,
    grains,
    lay,
    pad,
    samples,
    tone,
    wander,
)

HUM_S: Final = 12.0
_SCALE: Final = (0, 2, 4, 7, 9)
"""Semitones of a scale in which nothing clashes: every bell of the cave is tuned to it, over A."""


def _note(step: int, base_hz: float = 440.0) -> float:
    octave, degree = divmod(step, len(_SCALE))
    return float(base_hz * 2.0 ** (octave + _SCALE[degree] / 12.0))


def hum(rng: Rng) -> Wave:
    """A low chord that breathes, and the air of a large dark place; its end meets its beginning."""
    count = samples(HUM_S)
    place = np.arange(count) / count
    drone: list[tuple[float, float, float]] = []
    for root, loud in ((55.0, 1.0), (82.41, 0.55), (110.0, 0.6), (164.8, 0.25)):
        drone += [(root * k, loud / k**1.25, 0.12 + 0.05 * k) for k in range(1, 9)]
    low = pad(count, rng, drone)
    air = pad(count, rng, [(240.0, 1.0, 60.0), (430.0, 0.7, 110.0), (900.0, 0.22, 260.0)])
    glass = pad(count, rng, [(880.0, 1.0, 0.6), (1318.5, 0.7, 0.8), (1760.0, 0.4, 1.0)])

    def breathing(turns: int) -> Wave:
        return np.asarray(np.sin(2 * np.pi * (turns * place + rng.uniform())))

    return np.asarray(
        low * (0.82 + 0.18 * breathing(2))
        + 0.16 * air * (1.0 + 0.55 * breathing(3) + 0.25 * breathing(5))
        + 0.035 * glass * np.maximum(0.0, breathing(1) + 0.4 * breathing(4)) ** 1.5
    )


def step(rng: Rng) -> Wave:
    """A foot on the floor of a cave: heel, grit, the roll to the toe."""
    out = np.zeros(samples(0.42))
    n = samples(0.16)
    time = np.arange(n) / SAMPLE_RATE
    heel_hz = rng.uniform(80.0, 105.0)
    heel = tone(heel_hz * (1.0 + 0.9 * np.exp(-time / 0.012))) * np.exp(-time / 0.028)
    heel += 0.5 * coloured_noise(n, rng, np.full(n, 420.0), 1.6) * np.exp(-time / 0.014)
    lay(out, heel * np.minimum(1.0, time / 0.0015), 0.004)
    toe_s = rng.uniform(0.10, 0.14)
    toe = tone(heel_hz * 1.3 * np.ones(n)) * np.exp(-time / 0.018) * np.minimum(1.0, time / 0.003)
    lay(out, 0.35 * toe, toe_s)
    for _ in range(int(rng.integers(60, 90))):
        # A crumb of stone: a few milliseconds of one resonance, most of them under heel and toe.
        size = samples(rng.uniform(0.004, 0.014))
        t = np.arange(size) / SAMPLE_RATE
        crumb = np.sin(2 * np.pi * rng.uniform(900.0, 5200.0) * t) + 0.7 * rng.standard_normal(size)
        crumb *= np.minimum(1.0, t / 0.0006) * np.exp(-t / rng.uniform(0.0008, 0.003))
        late_s = float(rng.choice([0.0, toe_s], p=[0.6, 0.4])) + abs(rng.normal(0.0, 0.04))
        lay(out, crumb * 0.11 * float(rng.beta(1.0, 4.0)) * np.exp(-late_s / 0.2), 0.004 + late_s)
    return out


def chime(rng: Rng) -> Wave:
    """One crystal, struck softly."""
    count = samples(4.0)
    out = bell(count, rng, _note(int(rng.integers(5, 10)), 440.0), falls_s=3.8, bright=0.95)
    tick = samples(0.02)
    knock = coloured_noise(tick, rng, np.full(tick, 5200.0), 1.4)
    knock *= np.exp(-np.arange(tick) / (0.003 * SAMPLE_RATE)) * curve(tick, (0, 0), (0.1, 1), (1, 1))
    lay(out, 0.12 * knock, 0.0)
    return out


def ripple(rng: Rng) -> Wave:
    """Light that runs over rock: a breath of glints."""
    count = samples(1.1)
    total = 70
    starts = np.sort(rng.beta(1.8, 2.6, total)) * 0.9
    rise = int(rng.integers(12, 16))
    pitches = [_note(rise + int(rng.integers(0, 9)), 220.0) * rng.normal(1.0, 0.003) for _ in starts]
    out = grains(count, rng, list(starts), pitches, length_s=0.11)
    air = coloured_noise(count, rng, curve(count, (0, 3200.0), (0.5, 5200.0), (1, 3600.0)), 1.1)
    return np.asarray(out + 0.055 * air * curve(count, (0, 0), (0.3, 1), (1, 0)))


def theft(rng: Rng) -> Wave:
    """The light is drawn out of a hand: everything runs down into a hole, and splinters tinkle after it."""
    out = np.zeros(samples(3.8))
    n = samples(1.75)
    fall = curve(n, (0, 0.0), (0.25, 0.06), (1, 1.0))
    shape = curve(n, (0, 0), (0.45, 0.5), (0.93, 1.0), (1, 0))
    rush = coloured_noise(n, rng, 5200.0 * (150.0 / 5200.0) ** fall, 1.3)
    lay(out, 0.55 * rush * shape, 0.0)
    for ratio, loud in ((1.0, 1.0), (1.5, 0.7), (2.0, 0.6), (3.02, 0.4), (4.75, 0.25)):
        path = 660.0 * ratio * 0.06**fall * (1.0 + 0.006 * wander(n, rng, rate_hz=9.0))
        flutter = 1.0 + 0.35 * np.sin(2 * np.pi * np.cumsum(7.0 + 16.0 * fall) / SAMPLE_RATE)
        lay(out, 0.3 * loud * tone(path, rng.uniform(0, 6.28)) * shape * flutter, 0.0)
    hole = samples(0.9)
    t = np.arange(hole) / SAMPLE_RATE
    lay(out, 1.1 * tone(38.0 + 60.0 * np.exp(-t / 0.07)) * np.exp(-t / 0.22) * np.minimum(1, t / 0.004), 1.68)
    at_s, degree = 1.86, 21
    for i in range(15):
        size = samples(1.2)
        glass = bell(size, rng, _note(degree, 220.0) * rng.normal(1.0, 0.004), falls_s=0.9, bright=0.8)
        lay(out, 0.13 * glass * (1.0 - i / 22.0) * rng.uniform(0.5, 1.0), at_s)
        at_s += 0.035 + 0.011 * i * rng.uniform(0.6, 1.3)
        degree -= int(rng.integers(0, 3))
    return out


def wonder(rng: Rng) -> Wave:
    """A hall opens: a choir of light swells from nothing, and sparks fall through it."""
    count = samples(8.0)
    voices: list[tuple[float, float, float]] = []
    for step_, loud in ((0, 0.8), (7, 0.7), (12, 0.9), (16, 0.6), (19, 0.6), (23, 0.35), (26, 0.3)):
        root = 110.0 * 2.0 ** (step_ / 12.0)
        for k in range(1, 11):
            hz = root * k
            # An open mouth: what is near 900 and 2700 Hz is let out.
            low, high = ((hz - 900.0) / 420.0) ** 2, ((hz - 2700.0) / 500.0) ** 2
            vowel = 0.25 + 1.0 / (1.0 + low) + 0.5 / (1.0 + high)
            voices.append((hz, loud * vowel / k**1.15, 0.35 + hz * 0.0022))
    choir = pad(count, rng, voices) * curve(count, (0, 0), (0.42, 1.0), (0.62, 0.85), (1, 0))
    deep = pad(count, rng, [(55.0, 1.0, 0.4), (82.4, 0.5, 0.4), (110.0, 0.4, 0.5)])
    deep *= curve(count, (0, 0), (0.5, 1.0), (1, 0))
    air = coloured_noise(count, rng, curve(count, (0, 700.0), (0.45, 6500.0), (1, 2500.0)), 1.2)
    air *= curve(count, (0, 0), (0.4, 1), (1, 0))
    sparks = np.zeros(count)
    for _ in range(26):
        glass = bell(samples(1.6), rng, _note(int(rng.integers(11, 21)), 220.0), falls_s=1.3, bright=0.7)
        lay(sparks, glass * rng.uniform(0.2, 1.0), 2.2 + 4.2 * float(rng.beta(1.3, 2.0)))
    return np.asarray(choir + 0.35 * deep + 0.05 * air + 0.34 * sparks)


def wave(rng: Rng) -> Wave:
    """A ring of sound runs out over the rock: a soft knock, and a rush that opens and is gone."""
    count = samples(1.9)
    time = np.arange(count) / SAMPLE_RATE
    pitch = rng.uniform(0.96, 1.04)
    ping = tone(pitch * (392.0 + 180.0 * np.exp(-time / 0.05)))
    ping += 0.4 * tone(np.full(count, pitch * 2.01 * 392.0))
    ping *= np.exp(-time / 0.28) * np.minimum(1.0, time / 0.006)
    rush = coloured_noise(count, rng, 260.0 * 18.0 ** curve(count, (0, 0), (0.6, 0.9), (1, 1)), 1.5)
    rush *= curve(count, (0, 0), (0.1, 1.0), (0.16, 1.0), (1, 0)) ** 2
    return np.asarray(0.9 * ping + 0.4 * rush)


def mote(rng: Rng) -> Wave:
    """One mote of light wakes: a tone that is hardly there, and trembles."""
    count = samples(3.2)
    time = np.arange(count) / SAMPLE_RATE
    out = np.zeros(count)
    for ratio, loud in ((1.0, 1.0), (1.5, 0.4), (2.0, 0.35), (3.0, 0.12)):
        tremble = 1.0 + 0.4 * np.sin(2 * np.pi * (5.5 + ratio) * time + rng.uniform(0, 6.28))
        out += loud * tremble * tone(880.0 * ratio * (1.0 + 0.0015 * wander(count, rng, rate_hz=4.0)))
    out *= curve(count, (0, 0), (0.16, 1.0), (1, 0)) ** 1.4
    starts = list(0.2 + 1.6 * rng.uniform(size=9))
    pitches = [_note(int(rng.integers(14, 20)), 220.0) for _ in starts]
    return np.asarray(out + 0.5 * grains(count, rng, starts, pitches, length_s=0.18))


def lead(rng: Rng) -> Wave:
    """Come along: three notes of glass that climb and wait for an answer."""
    out = np.zeros(samples(3.0))
    for start_s, degree, loud in ((0.0, 5, 0.8), (0.21, 8, 0.85), (0.42, 12, 1.0)):
        size = samples(2.4)
        note = bell(size, rng, _note(degree, 330.0), falls_s=1.9, bright=0.75)
        swell = tone(_note(degree, 330.0) / 2 * (1.0 + 0.004 * wander(size, rng, rate_hz=6.0)))
        swell *= curve(size, (0, 0), (0.08, 1), (0.5, 0.3), (1, 0))
        lay(out, loud * (note + 0.5 * swell), start_s)
    return out
