"""Noises that are made for training: things that hum, hiss, clatter, run, rattle and talk."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.cli.spoken import made_noise
from game.clock import EAR_RATE
from game.sense.audio_source import Samples

_LENGTH_S: Final = 20.0
_COLOURED: Final = 8
_CLATTERS: Final = 5


def noises_of_a_house(sounds: Sequence[Samples], rng: np.random.Generator) -> list[Samples]:
    """A fan, things that clatter now and then or all the time, water and machines of many colours, music, and
    crowds made of the voices ``sounds`` themselves."""
    talk = np.concatenate([s / np.sqrt(np.mean(s**2) + 1e-9) for s in sounds])
    crowds = [
        np.asarray(sum(np.roll(talk, int(at)) for at in rng.integers(len(talk), size=size)), np.float32)
        for size in (3, 6, 12)
    ]
    clatters = [clatter(_LENGTH_S, rng, each_s=float(each)) for each in np.geomspace(1.0, 10.0, _CLATTERS)]
    mixed = [unit_level(one) + unit_level(coloured(_LENGTH_S, rng)) for one in clatters]
    return [made_noise(), *clatters, *mixed, *(coloured(_LENGTH_S, rng) for _ in range(_COLOURED)),
            music(_LENGTH_S, rng), *crowds]  # fmt: skip


def unit_level(sound: NDArray[np.floating[Any]]) -> Samples:
    """The sound at a root mean square of 1."""
    return np.asarray(sound / np.sqrt(np.mean(sound**2) + 1e-9), np.float32)


def clatter(seconds: float, rng: np.random.Generator, *, each_s: float = 4.0) -> Samples:
    """Things that are put down and knocked together: ``each_s`` each second, each ringing at its own
    pitches."""
    count = int(seconds * EAR_RATE)
    sound = 0.02 * rng.normal(size=count)
    for at in rng.integers(count, size=int(each_s * seconds)):
        t = np.arange(min(count - int(at), EAR_RATE // 2)) / EAR_RATE
        rings = np.sin(2 * np.pi * rng.uniform(400.0, 6000.0, size=(4, 1)) * t).sum(axis=0)
        rings += rng.normal(scale=2.0, size=len(t)) * np.exp(-t / 0.004)
        sound[at : at + len(t)] += rng.lognormal(-1.0, 0.8) * rings * np.exp(-t / rng.uniform(0.01, 0.15))
    return np.asarray(sound, np.float32)


def coloured(seconds: float, rng: np.random.Generator) -> Samples:
    """A hiss or rumble of some colour, which swells and falls, and now and then a machine's tones."""
    count = int(seconds * EAR_RATE)
    spectrum = np.fft.rfft(rng.normal(size=count))
    hertz = np.fft.rfftfreq(count, 1 / EAR_RATE) + 20.0
    shape = hertz ** -rng.uniform(0.0, 1.2)
    for _ in range(3):
        middle, width = np.exp(rng.uniform(np.log(100.0), np.log(7000.0))), rng.uniform(0.1, 0.8)
        shape = shape * (1.0 + rng.uniform(0.0, 6.0) * np.exp(-((np.log(hertz / middle) / width) ** 2)))
    noise = unit_level(np.fft.irfft(spectrum * shape, count))
    t = np.arange(count) / EAR_RATE
    if rng.random() < 0.5:
        base = rng.uniform(40.0, 400.0)
        tones = sum(np.sin(2 * np.pi * base * n * t) / n ** rng.uniform(0.5, 1.5) for n in range(1, 12))
        noise = noise + rng.uniform(0.1, 0.8) * unit_level(np.asarray(tones))
    steps = np.arange(0.0, seconds + 1.0, 0.4)
    swell = np.interp(t, steps, rng.lognormal(0.0, 0.5, size=len(steps)))
    return np.asarray(noise * swell, np.float32)


def music(seconds: float, rng: np.random.Generator) -> Samples:
    """Struck notes, three at a time: what a radio in the next room is to a recogniser of speech."""
    count = int(seconds * EAR_RATE)
    sound = np.zeros(count)
    for at in np.arange(0.0, seconds - 1.0, 0.3):
        first = int(at * EAR_RATE)
        t = np.arange(min(count - first, EAR_RATE)) / EAR_RATE
        for pitch in 110.0 * 2 ** (rng.integers(0, 36, size=3) / 12):
            note = sum(np.sin(2 * np.pi * pitch * n * t) / n**1.5 for n in range(1, 6))
            sound[first : first + len(t)] += np.asarray(note) * np.exp(-t / rng.uniform(0.1, 0.5))
    return np.asarray(sound, np.float32)
