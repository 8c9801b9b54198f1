"""The figures of a conversation, on sounds whose faults are known."""

import numpy as np

from game.cli.bench_mouth import measure
from game.clock import SAMPLE_RATE
from game.sense.transcriber import Samples, Transcript
from npc.speech.voice import Spoken


class Hears:
    """A recogniser that always hears the same."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sounds = 0

    def transcribe(self, pcm: Samples) -> Transcript:
        self.sounds += 1
        return Transcript(text=self.text, confidence=1.0)


def spoken(gain: float = 0.2, hole_s: float = 0.0) -> Spoken:
    """Two seconds that tremble like speech."""
    t = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    pcm = gain * np.sin(2 * np.pi * 220 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t))
    pcm[:480] *= np.linspace(0, 1, 480)
    pcm[-480:] *= np.linspace(1, 0, 480)
    if hole_s:
        pcm[SAMPLE_RATE : SAMPLE_RATE + int(hole_s * SAMPLE_RATE)] = 0.0
    return Spoken(pcm=pcm.astype(np.float32), words=(), duration_s=2.0)


def test_only_the_child_is_heard_again_and_its_wrong_words_are_counted() -> None:
    hears = Hears("get lost")
    said = [(spoken(), "wary"), (spoken(), None), (spoken(), "hostile")]
    found = measure(said, ["Get lost!", "It is a test.", "Get out, lost."], hears)
    assert hears.sounds == 2
    assert (found.errors, found.words, found.wer) == (1, 5, 0.2)
    assert found.sentences == 3
    assert found.gaps == found.clipped_samples == 0
    assert found.clicks_at_s == []


def test_a_hole_in_the_ear_and_a_sentence_too_loud_are_found() -> None:
    found = measure([(spoken(hole_s=0.2), None), (spoken(gain=0.8), None)], ["a", "b"], Hears(""))
    assert found.gaps == 1
    assert found.loudest_lufs > found.softest_lufs + 8.0
    assert found.loudest_lufs > -16.0
