"""The echo canceller with a room of our own making."""

import numpy as np
import pytest

from game.clock import EAR_BLOCK, EAR_RATE
from game.sense.echo import TAIL_S, EchoCanceller
from game.sense.voice_activity import Samples, level_db


def babble(seconds: float, seed: int) -> Samples:
    """Noise with the rhythm and the spectrum of speech, roughly."""
    rng = np.random.default_rng(seed)
    white = rng.normal(size=int(seconds * EAR_RATE))
    shaped = np.convolve(white, np.exp(-np.arange(40) / 8.0), "same")
    rhythm = np.repeat(rng.uniform(0.05, 1.0, int(seconds * 8) + 1), EAR_RATE // 8)[: len(shaped)]
    sound = shaped * rhythm
    return np.asarray(0.2 * sound / np.abs(sound).max(), np.float32)


def through(canceller: EchoCanceller, near: Samples, far: Samples) -> Samples:
    out = [
        canceller.process(near[k : k + EAR_BLOCK], far[k : k + EAR_BLOCK])
        for k in range(0, len(near) - EAR_BLOCK + 1, EAR_BLOCK)
    ]
    return np.concatenate(out)


@pytest.mark.parametrize("delay_s", [0.04, 0.16])
def test_the_echo_of_what_is_played_is_taken_out(delay_s: float) -> None:
    far = babble(8.0, seed=1)
    lag = int(delay_s * EAR_RATE)
    echo = np.concatenate((np.zeros(lag, np.float32), far))[: len(far)] * 0.4
    left = through(EchoCanceller(), echo, far)
    assert level_db(left[-2 * EAR_RATE :]) < level_db(echo[-2 * EAR_RATE :]) - 20.0


def test_with_a_silent_loudspeaker_the_sound_is_untouched() -> None:
    near = babble(1.0, seed=2)
    canceller = EchoCanceller()
    assert np.array_equal(through(canceller, near, np.zeros_like(near)), near)
    assert canceller.process(near[:EAR_BLOCK], None) is not None
    assert not canceller.working


def test_it_stays_at_work_while_an_echo_may_be_in_the_air_and_no_longer() -> None:
    canceller = EchoCanceller()
    quiet = np.zeros(EAR_BLOCK, np.float32)
    canceller.process(quiet, babble(0.1, seed=3)[:EAR_BLOCK])
    assert canceller.working
    for _ in range(round(TAIL_S * 100)):
        canceller.process(quiet, None)
    assert not canceller.working


def test_the_players_voice_survives_beside_the_echo() -> None:
    far, voice = babble(8.0, seed=4), babble(8.0, seed=5)
    voice[: 5 * EAR_RATE] = 0.0
    left = through(EchoCanceller(), voice + 0.3 * np.roll(far, 800), far)
    said = level_db(voice[6 * EAR_RATE :])
    assert level_db(left[6 * EAR_RATE :]) > said - 9.0
