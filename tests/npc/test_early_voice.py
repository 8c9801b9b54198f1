"""A voice that begins before it is known what is said."""

import threading
from typing import Any

import numpy as np
import pytest

from npc.speech.early_voice import EarlyVoice
from npc.speech.voice import Spoken, VoiceError

PARTS = ("I watched a wall,", "and then one more wall.")


class Mouth:
    """A voice that tells what it was made to say; it waits at each text until it may."""

    def __init__(self, *, patient: bool = True) -> None:
        self.said: list[str] = []
        self.may_speak = threading.Event()
        if patient:
            self.may_speak.set()

    def speak(self, text: str, *, mood: str = "wary", whispered: bool = False) -> Spoken:
        assert self.may_speak.wait(10.0)
        self.said.append(text)
        if text == "Croak.":
            raise VoiceError("The voice could not speak.")
        return Spoken(pcm=np.full(len(text), 0.1, dtype=np.float32), words=(), duration_s=1.0)


def early(mouth: Mouth) -> EarlyVoice:
    voice: Any = mouth
    return EarlyVoice(voice)


def test_what_was_expected_is_made_once() -> None:
    mouth = Mouth()
    voice = early(mouth)
    voice.expect(PARTS, mood="wary")
    voice.expect(PARTS, mood="wary")
    sounds = [voice.speak(part, mood="wary") for part in PARTS]
    assert [len(sound.pcm) for sound in sounds] == [len(part) for part in PARTS]
    assert mouth.said == list(PARTS)
    voice.close()


@pytest.mark.parametrize(
    ("text", "mood", "whispered"),
    [("Something else.", "wary", False), (PARTS[0], "friend", False), (PARTS[0], "wary", True)],
)
def test_what_was_not_expected_is_said_all_the_same(text: str, mood: str, whispered: bool) -> None:
    mouth = Mouth()
    voice = early(mouth)
    voice.expect(PARTS[:1], mood="wary")
    assert len(voice.speak(text, mood=mood, whispered=whispered).pcm) == len(text)
    assert mouth.said[-1] == text
    voice.close()


def test_what_is_no_longer_expected_is_not_begun() -> None:
    mouth = Mouth(patient=False)
    voice = early(mouth)
    for text in ("One is here.", "Two are here.", "Three are here."):
        voice.expect([text], mood="wary")
    mouth.may_speak.set()
    voice.speak("Three are here.", mood="wary")
    assert "Two are here." not in mouth.said
    voice.close()


def test_a_voice_that_fails_ahead_fails_where_it_is_asked() -> None:
    voice = early(Mouth())
    voice.expect(["Croak."], mood="wary")
    with pytest.raises(VoiceError, match="could not speak"):
        voice.speak("Croak.", mood="wary")
    voice.close()


def test_what_was_expected_when_it_is_closed_can_still_be_said() -> None:
    mouth = Mouth()
    voice = early(mouth)
    voice.expect(PARTS, mood="wary")
    voice.close()
    assert len(voice.speak(PARTS[1], mood="wary").pcm) == len(PARTS[1])
