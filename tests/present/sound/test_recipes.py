"""Sounds made by recipe: there, at their level, without clicks, the same for the same seed."""

import numpy as np
import pytest

from game.clock import SAMPLE_RATE
from game.present.sound import meter
from game.present.sound.recipes import LOOPS, VOCAL, SoundBook, UnknownSound, names, recipe

WANTED = {
    "hum", "giggle", "laugh", "gasp", "grunt", "sigh", "hm", "step", "chime", "ripple", "theft", "wonder",
    "wave", "mote", "lead",
}  # fmt: skip
BOOK = SoundBook(seed=5)


def test_every_sound_of_the_game_has_a_recipe() -> None:
    assert set(names()) == WANTED
    assert set(names()) >= VOCAL | LOOPS


@pytest.mark.parametrize("name", sorted(WANTED))
def test_level_peak_and_edges(name: str) -> None:
    sound = BOOK.get(name)
    assert sound.dtype == np.float32
    assert sound.ndim == 1
    assert 0.2 < len(sound) / SAMPLE_RATE < 20.0
    assert -26.0 < meter.loudness_lufs(sound) < -18.0
    assert meter.peak_db(sound) < -3.0
    assert abs(float(sound.mean())) < 1e-3
    if name not in LOOPS:
        assert abs(float(sound[0])) < 1e-3
        assert abs(float(sound[-1])) < 1e-3


@pytest.mark.parametrize("name", ["gasp", "step", "hm"])
def test_same_seed_same_samples_and_another_seed_others(name: str) -> None:
    np.testing.assert_array_equal(recipe(name, 7), recipe(name, 7))
    first, other = recipe(name, 7), recipe(name, 8)
    assert len(first) != len(other) or not np.allclose(first, other)


def test_hum_loops_without_a_seam() -> None:
    hum = BOOK.get("hum")
    around = np.concatenate([hum[-4800:], hum[:4800]])
    assert not len(meter.clicks(around, factor=6.0, floor=1e-5))


@pytest.mark.parametrize("name", ["giggle", "hm"])
def test_voice_of_the_creature_is_high_and_small(name: str) -> None:
    sound = BOOK.get(name)
    loudest = int(np.argmax(np.convolve(sound**2, np.ones(2048), mode="same")))
    piece = sound[max(0, loudest - 1024) : loudest + 1024] * np.hanning(2048)
    match = np.correlate(piece, piece, mode="full")[2048:]
    period = int(np.argmax(match[SAMPLE_RATE // 800 : SAMPLE_RATE // 200])) + SAMPLE_RATE // 800
    assert 300.0 < SAMPLE_RATE / period < 720.0


def test_unknown_name_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UnknownSound, match=r"no sound is called 'banjo'.*giggle") as caught:
        recipe("banjo")
    assert isinstance(caught.value, KeyError)


def test_book_gives_variants_in_turn_and_keeps_them() -> None:
    book = SoundBook(seed=1)
    book.warm(["step"])
    steps = [book.get("step", number) for number in range(7)]
    assert steps[6] is steps[0]
    assert not np.array_equal(steps[0], steps[1])
