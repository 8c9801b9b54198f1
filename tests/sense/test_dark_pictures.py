import numpy as np
import pytest

from game.sense.camera import Pixels
from game.sense.dark_pictures import LIT, WANTED, cleared, hand_sigma, light_of, trust_in


def room(light: float, *, sigma: float = 0.0) -> Pixels:
    """A picture of luma 60 with a lit quarter of 200, in so much light, with noise."""
    picture = np.full((224, 224, 3), 60.0)
    picture[:112, :112] = 200.0
    noise = np.random.default_rng(1).normal(0.0, sigma, picture.shape) if sigma else 0.0
    return np.clip(picture * light + noise, 0, 255).astype(np.uint8)


def test_a_picture_with_light_enough_is_shown_as_it_was_taken() -> None:
    picture = room(0.5)
    light = light_of(picture)
    assert light.bright >= LIT
    assert cleared(picture, light, sigma=1.0) is picture


def test_a_dark_picture_is_stretched_to_what_the_networks_know() -> None:
    picture = room(0.15)
    shown = cleared(picture, light_of(picture), sigma=1.0)
    assert shown[50, 50].tolist() == pytest.approx([WANTED] * 3, abs=3)
    assert float(shown[200, 200].mean()) == pytest.approx(60.0, abs=3)  # the ratios of light are kept


def test_noise_is_smoothed_before_it_is_stretched() -> None:
    picture = room(0.15, sigma=3.0)
    light = light_of(picture)
    shown = cleared(picture, light, sigma=1.5)
    assert shown[130:, 130:].std() < 0.45 * picture[130:, 130:].std() * light.gain


def test_black_stays_black_enough_and_is_no_error() -> None:
    black = np.zeros((64, 64, 3), dtype=np.uint8)
    assert cleared(black, light_of(black), sigma=1.0).max() == 0


def test_trust_falls_with_the_light() -> None:
    trusts = [trust_in(light_of(room(light))) for light in (1.0, 0.5, 0.2, 0.05, 0.0)]
    assert trusts[:2] == [1.0, 1.0]
    assert trusts == sorted(trusts, reverse=True)
    assert trusts[2] > trusts[3] > trusts[4] >= 0.5


def test_noise_is_as_wide_in_a_patch_as_the_patch_is_enlarged() -> None:
    assert hand_sigma(0.2) == hand_sigma(0.5) == 1.0
    assert hand_sigma(2.0) == pytest.approx(3.0)
    assert hand_sigma(50.0) == 5.0
