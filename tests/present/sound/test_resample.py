"""The echo canceller's reference: the right pitch, no aliases, whatever the blocks."""

import numpy as np
import pytest
from numpy.typing import NDArray

from game.clock import EAR_RATE, SAMPLE_RATE
from game.present.sound import meter
from game.present.sound.mixer import Mixer
from game.present.sound.resample import DELAY_S, ReferenceResampler


def stereo_tone(hz: float, seconds: float = 1.0) -> NDArray[np.float32]:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    mono = 0.5 * np.sin(2 * np.pi * hz * time)
    return np.stack([mono, mono], axis=1).astype(np.float32)


@pytest.mark.parametrize("hz", [100.0, 1000.0, 6500.0])
def test_speech_passes_at_its_level(hz: float) -> None:
    out = ReferenceResampler().push(stereo_tone(hz))[200:]
    assert meter.rms_db(out) == pytest.approx(-9.03, abs=0.2)


@pytest.mark.parametrize("hz", [8600.0, 12_000.0, 15_000.0, 20_000.0])
def test_what_would_alias_is_gone(hz: float) -> None:
    assert meter.rms_db(ReferenceResampler().push(stereo_tone(hz))[200:]) < -70.0


def test_blocks_of_any_size_give_one_stream() -> None:
    sound = stereo_tone(440.0)
    whole = ReferenceResampler().push(sound)
    pieces = ReferenceResampler()
    parts, at = [], 0
    for size in [800] * 20 + [0, 1, 2, 479, 3] + [441] * 60:
        parts.append(pieces.push(sound[at : at + size]))
        at += size
    joined = np.concatenate(parts)
    assert abs(len(joined) - at / 3) <= 1
    np.testing.assert_allclose(joined, whole[: len(joined)], atol=1e-6)


def test_delay_is_as_told() -> None:
    sound = np.zeros((SAMPLE_RATE, 2), dtype=np.float32)
    sound[24_000:24_003] = 0.5
    peak = int(np.argmax(np.abs(ReferenceResampler().push(sound))))
    assert peak / EAR_RATE == pytest.approx(24_001 / SAMPLE_RATE + DELAY_S, abs=1.0 / EAR_RATE)


def test_mixer_hands_its_own_samples_on() -> None:
    mixer = Mixer()
    mixer.play("a", stereo_tone(300.0)[:, 0], position=None, bus="ear")
    out = np.concatenate([mixer.to_reference(mixer.mix(800)) for _ in range(30)])
    assert len(out) == 8000
    assert meter.rms_db(out[1000:]) > -15.0
