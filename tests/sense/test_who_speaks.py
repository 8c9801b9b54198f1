"""Whether a turn was another's: on voices that are made here of pulses and resonances."""

import numpy as np
import pytest

from game.clock import EAR_RATE
from game.sense.who_speaks import Samples, WhoSpeaks, portrait

Throat = tuple[float, tuple[float, ...]]
MAN: Throat = (110.0, (600.0, 1200.0, 2500.0))
CHILD: Throat = (240.0, (800.0, 1700.0, 3400.0))


def turn(who: Throat, seed: int, *, seconds: float = 2.0, gain: float = 0.1) -> Samples:
    """Five vowels, each with its own resonances near the throat's, and a melody."""
    rng = np.random.default_rng(seed)
    pitch_hz, resonances = who
    parts = []
    for _ in range(5):
        count = int(seconds / 5 * EAR_RATE)
        t = np.arange(count) / EAR_RATE
        phase = (
            2 * np.pi * np.cumsum(pitch_hz * rng.uniform(0.9, 1.1) * (1 + 0.05 * np.sin(9 * t))) / EAR_RATE
        )
        centres = np.array(resonances) * rng.uniform(0.85, 1.15, 3)
        sound = np.zeros(count)
        for harmonic in range(1, int(6000 / pitch_hz)):
            at_hz = harmonic * pitch_hz
            size = sum(1 / (1 + ((at_hz - c) / 150.0) ** 2) for c in centres) / harmonic**0.5
            sound += size * np.sin(harmonic * phase)
        parts.append(sound)
    whole = np.concatenate(parts)
    whole = gain * whole / np.abs(whole).max() + 1e-4 * rng.normal(size=len(whole))
    return np.asarray(whole, np.float32)


@pytest.mark.parametrize("who", [MAN, CHILD])
def test_the_pitch_of_a_turn_is_the_speakers(who: Throat) -> None:
    seen = portrait(turn(who, 1))
    assert seen is not None
    assert 2.0 ** seen[-1] == pytest.approx(who[0], rel=0.12)


@pytest.mark.parametrize(("who", "other"), [(MAN, CHILD), (CHILD, MAN)])
def test_a_second_voice_is_noticed_with_its_second_turn_and_the_first_never(
    who: Throat, other: Throat
) -> None:
    people = WhoSpeaks()
    assert not any(people.hears_another(turn(who, seed)) for seed in range(8))
    assert not people.hears_another(turn(other, 20))
    assert not people.hears_another(turn(who, 21))
    assert people.hears_another(turn(other, 22))
    assert not people.hears_another(turn(who, 23))


def test_who_is_louder_is_no_other() -> None:
    people = WhoSpeaks()
    assert not any(
        people.hears_another(turn(MAN, seed, gain=0.02 if seed % 2 else 0.5)) for seed in range(10)
    )


def test_the_first_turns_are_nobodys() -> None:
    people = WhoSpeaks()
    assert not people.hears_another(turn(MAN, 1))
    assert not people.hears_another(turn(CHILD, 2))


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.3])
def test_a_whisper_or_a_cough_is_nobody(seconds: float) -> None:
    noise = np.random.default_rng(3).normal(size=int(seconds * EAR_RATE)) * 0.05
    assert portrait(noise.astype(np.float32)) is None
    assert WhoSpeaks().hear(np.zeros(EAR_RATE, np.float32)) is None
