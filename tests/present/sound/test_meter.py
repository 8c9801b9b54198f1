"""The meters measure what they say."""

import numpy as np
import pytest
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE
from game.present.sound import meter


def tone(hz: float, level_db: float, seconds: float = 2.0) -> NDArray[np.float32]:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def test_loudness_of_the_standard_tone() -> None:
    # BS.1770: a 997 Hz sine at 0 dB full scale in one channel reads -3.01 LUFS.
    assert meter.loudness_lufs(tone(997.0, 0.0)) == pytest.approx(-3.01, abs=0.05)
    both = np.stack([tone(997.0, -20.0)] * 2, axis=1)
    assert meter.loudness_lufs(both) == pytest.approx(-20.0, abs=0.05)


def test_silence_between_words_does_not_count() -> None:
    word = tone(500.0, -20.0)
    spaced = np.concatenate([word, np.zeros(3 * SAMPLE_RATE, dtype=np.float32), word])
    assert meter.loudness_lufs(spaced) == pytest.approx(meter.loudness_lufs(word), abs=0.6)


def test_silence_has_no_loudness() -> None:
    assert meter.loudness_lufs(np.zeros(SAMPLE_RATE, dtype=np.float32)) == meter.SILENCE_DB
    assert meter.rms_db(np.zeros(0, dtype=np.float32)) == meter.SILENCE_DB


def test_click_is_found_where_it_is() -> None:
    sound = tone(300.0, -14.0)
    assert not len(meter.clicks(sound))
    sound[50_000:] += 0.05
    assert meter.clicks(sound).tolist() == pytest.approx([50_000], abs=3)


def test_gap_is_found_and_the_ends_are_none() -> None:
    sound = tone(300.0, -14.0)
    sound[48_000:49_000] = 0.0
    sound[:500] = 0.0
    (gap,) = meter.gaps(sound)
    assert gap == pytest.approx((1.0, 49_000 / SAMPLE_RATE), abs=1e-3)


def test_clipped_samples_are_counted() -> None:
    assert meter.clipped(np.array([0.0, 0.99, -1.0, 0.5], dtype=np.float32)) == 2
