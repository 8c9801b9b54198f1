"""The mouth: who whispers, and what a voice that fails costs."""

from typing import Any

import numpy as np
import pytest

from game.workers.cast import Spoken as Told
from game.workers.mouth import Mouth
from npc.contract import Sentence
from npc.speech.voice import Spoken, VoiceError


class Throat:
    """A voice that notes which of its texts it whispered."""

    def __init__(self) -> None:
        self.whispered: list[bool] = []

    def speak(self, text: str, *, mood: str, whispered: bool = False) -> Spoken:
        if text == "Croak.":
            raise VoiceError("The voice could not speak.")
        self.whispered.append(whispered)
        return Spoken(pcm=np.zeros(10, dtype=np.float32), words=(), duration_s=0.1)


def told(index: int, gesture: str | None = None, *, by: str = "child", text: str = "A wall.") -> Told:
    sentence = Sentence(
        index=index, text=text, gesture=gesture, actions=(), source="model", backend="test", first_token_s=0.0
    )
    return Told(character=by, sentence=sentence)


@pytest.fixture
def throat() -> Throat:
    return Throat()


def mouth_of(throat: Throat, faults: list[str]) -> Mouth:
    mouth = Mouth({}, None, on_fault=faults.append)
    voices: Any = {"child": throat, "companion": throat}
    mouth._voices = voices
    return mouth


def test_who_whispers_goes_on_until_another_gesture_and_nobody_else_does(throat: Throat) -> None:
    mouth = mouth_of(throat, [])
    for one in (
        told(0, "whisper"), told(1), told(2, "stare"), told(3), told(0, "whisper"), told(1, by="companion"),
        told(0, "whisper"), told(0),
    ):  # fmt: skip
        mouth.say(one, "wary", 0.0)
    assert throat.whispered == [True, True, False, False, True, False, True, False]


def test_a_voice_that_fails_costs_a_sentence_and_silence(throat: Throat) -> None:
    faults: list[str] = []
    said = mouth_of(throat, faults).say(told(0, text="Croak."), "wary", 0.0)
    assert faults == ["The voice could not speak."]
    assert len(said.sound.pcm) > 0
    assert not said.sound.pcm.any()
