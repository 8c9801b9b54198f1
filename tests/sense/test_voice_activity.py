"""Windows, hysteresis and sleep, with a model that is told what to say; then the real one."""

import os
from pathlib import Path

import numpy as np
import pytest

from game.clock import EAR_BLOCK, EAR_RATE
from game.sense.audio_source import FileSource
from game.sense.voice_activity import (
    WINDOW,
    Samples,
    SileroModel,
    VoiceActivity,
    VoiceModelMissing,
    is_hummed,
    is_speaking,
    level_db,
)

DATA = os.environ.get("HOLLOW_TEST_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="HOLLOW_TEST_DATA names no folder of recordings")


class ToldModel:
    """Says the probabilities it was given, and counts how often it was asked."""

    def __init__(self, *probabilities: float) -> None:
        self.left = list(probabilities)
        self.asked = 0

    def probability(self, window: Samples) -> float:
        assert len(window) == WINDOW
        self.asked += 1
        return self.left.pop(0) if self.left else 0.0


def noise(samples: int, peak: float = 0.1) -> Samples:
    return np.random.default_rng(1).uniform(-peak, peak, samples).astype(np.float32)


def test_blocks_are_gathered_into_windows_without_losing_a_sample() -> None:
    sound = noise(EAR_BLOCK * 16)
    voice = VoiceActivity(ToldModel())
    windows = [w for k in range(16) for w in voice.feed(sound[k * EAR_BLOCK : (k + 1) * EAR_BLOCK])]
    assert np.array_equal(np.concatenate([w.samples for w in windows]), sound[: 5 * WINDOW])


def test_speech_goes_on_where_it_would_not_begin() -> None:
    voice = VoiceActivity(ToldModel(0.4, 0.6, 0.4, 0.3, 0.4))
    assert [w.speaking for w in voice.feed(noise(5 * WINDOW))] == [False, True, True, False, False]
    assert is_speaking(0.4, was=True)
    assert not is_speaking(0.4, was=False)


def test_the_model_sleeps_through_silence_and_wakes_at_once() -> None:
    model = ToldModel()
    voice = VoiceActivity(model)
    for _ in range(60):
        voice.feed(np.zeros(EAR_RATE, np.float32))
    assert model.asked < 120
    asked = model.asked
    voice.feed(noise(WINDOW * 4))
    assert model.asked >= asked + 3


def test_level_is_rms_in_db_full_scale() -> None:
    assert level_db(np.full(100, 0.1, np.float32)) == pytest.approx(-20.0)
    assert level_db(np.zeros(100, np.float32)) == -100.0
    assert level_db(np.zeros(0, np.float32)) == -100.0


@pytest.mark.parametrize(("hertz", "hummed"), [(110.0, True), (220.0, True), (440.0, True), (50.0, False)])
def test_a_hum_is_a_sound_at_the_pitch_of_a_voice(hertz: float, hummed: bool) -> None:
    t = np.arange(EAR_RATE // 10) / EAR_RATE
    sound = (
        sum(np.sin(2 * np.pi * hertz * k * t) / k for k in (1, 2, 3))
        if hummed
        else np.sin(2 * np.pi * hertz * t)
    )
    assert is_hummed((0.2 * np.asarray(sound)).astype(np.float32)) is hummed


def test_noise_and_silence_are_no_hum() -> None:
    assert not is_hummed(noise(1600))
    assert not is_hummed(np.zeros(1600, np.float32))


def test_a_missing_or_wrong_model_is_one_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "model.onnx"
    wrong.write_bytes(b"no model")
    for path in (wrong, tmp_path / "none.onnx"):
        with pytest.raises(VoiceModelMissing, match="cannot be loaded"):
            SileroModel(path)


def test_the_real_model_hears_no_speech_in_noise_and_tones() -> None:
    voice = VoiceActivity(SileroModel())
    tone = (0.2 * np.sin(np.arange(EAR_RATE) * 2 * np.pi * 300 / EAR_RATE)).astype(np.float32)
    sound = np.concatenate((noise(EAR_RATE), tone, np.zeros(EAR_RATE, np.float32)))
    assert not any(window.speaking for window in voice.feed(sound))


@needs_data
@pytest.mark.data
def test_the_real_model_finds_the_speech_of_recordings_and_none_in_a_kitchen() -> None:
    def share(name: str, seconds: float) -> float:
        source = FileSource(Path(DATA or "") / name)
        sound = np.concatenate([block.samples for block in source.read_until(seconds)])
        windows = VoiceActivity(SileroModel()).feed(sound)
        return sum(window.speaking for window in windows) / len(windows)

    assert share("speech/sentences/librivox_0870.wav", 7.0) > 0.8
    assert share("noise/kitchen.wav", 30.0) == 0.0
