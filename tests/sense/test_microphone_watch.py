"""What is told of a microphone that is not as it should be."""

import numpy as np
import pytest

from game.clock import EAR_BLOCK, EAR_RATE
from game.sense.microphone_watch import CLIPPED, MUTED, SHIFTED, MicrophoneWatch
from game.sense.voice_activity import Samples


def told(watch: MicrophoneWatch, sound: Samples) -> list[str]:
    return [
        sentence
        for k in range(0, len(sound) - EAR_BLOCK + 1, EAR_BLOCK)
        for sentence in watch.feed(sound[k : k + EAR_BLOCK])
    ]


def tone(seconds: float, height: float) -> Samples:
    time = np.arange(int(seconds * EAR_RATE)) / EAR_RATE
    return np.clip(height * np.sin(2 * np.pi * 200 * time), -1.0, 1.0).astype(np.float32)


@pytest.mark.parametrize(
    ("sound", "sentence"),
    [(tone(40, 1.5), CLIPPED), (tone(40, 0.2) + 0.1, SHIFTED), (np.zeros(40 * EAR_RATE, np.float32), MUTED)],
)
def test_a_fault_is_told_once(sound: Samples, sentence: str) -> None:
    assert told(MicrophoneWatch(), sound) == [sentence]


def test_good_sound_and_one_shout_are_no_fault() -> None:
    sound = tone(40, 0.5)
    sound[EAR_RATE : EAR_RATE + 300] = 1.0
    assert told(MicrophoneWatch(), sound) == []


def test_a_fault_that_was_gone_is_told_again() -> None:
    sound = np.concatenate((tone(20, 1.5), tone(20, 0.5), tone(20, 1.5)))
    assert told(MicrophoneWatch(), sound) == [CLIPPED, CLIPPED]
