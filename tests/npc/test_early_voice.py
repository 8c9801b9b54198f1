"""A voice that begins before it is known what is said, and with a part of it."""

import threading
from typing import Any

import numpy as np
import pytest

from npc.speech.early_voice import EarlyVoice, breaths
from npc.speech.voice import Spoken, VoiceError


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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("I watched a wall, and then one more wall.", ("I watched a wall,", "and then one more wall.")),
        ("Call them. Do they come when called?", ("Call them.", "Do they come when called?")),
        ("Yes. About that wall I have been right.", ("Yes. About that wall I have been right.",)),
        ("Say it to the wall first, please.", ("Say it to the wall first, please.",)),
        ("It costs 3.50, as all of them do.", ("It costs 3.50,", "as all of them do.")),
        ("No, no, no, it was only a very small bat.", ("No, no, no,", "it was only a very small bat.")),
        ("", ("",)),
    ],
)
def test_a_sentence_is_cut_where_one_may_breathe(text: str, parts: tuple[str, ...]) -> None:
    assert breaths(text) == parts
    assert " ".join(parts) == text


def test_what_was_expected_is_made_once() -> None:
    mouth = Mouth()
    voice = early(mouth)
    text = "I watched a wall, and then one more wall."
    voice.expect(text, mood="wary")
    voice.expect(text, mood="wary")
    assert [part for part, _ in voice.speak_soon(text, mood="wary")] == list(breaths(text))
    assert mouth.said == list(breaths(text))
    voice.close()


def test_the_first_part_does_not_wait_for_the_second() -> None:
    mouth = Mouth()
    voice = early(mouth)
    parts = voice.speak_soon("I watched a wall, and then one more wall.", mood="wary")
    assert next(parts)[0] == "I watched a wall,"
    assert mouth.said == ["I watched a wall,"]
    voice.close()


@pytest.mark.parametrize(("text", "mood"), [("Something else.", "wary"), ("The wall hums.", "friend")])
def test_what_was_not_expected_is_said_all_the_same(text: str, mood: str) -> None:
    mouth = Mouth()
    voice = early(mouth)
    voice.expect("The wall hums.", mood="wary")
    assert [part for part, _ in voice.speak_soon(text, mood=mood)] == [text]
    assert mouth.said[-1] == text
    voice.close()


def test_what_is_no_longer_expected_is_not_begun() -> None:
    mouth = Mouth(patient=False)
    voice = early(mouth)
    for text in ("One is here.", "Two are here.", "Three are here."):
        voice.expect(text, mood="wary")
    mouth.may_speak.set()
    assert [part for part, _ in voice.speak_soon("Three are here.", mood="wary")] == ["Three are here."]
    assert "Two are here." not in mouth.said
    voice.close()


def test_a_voice_that_fails_ahead_fails_where_it_is_asked() -> None:
    voice = early(Mouth())
    voice.expect("Croak.", mood="wary")
    with pytest.raises(VoiceError, match="could not speak"):
        list(voice.speak_soon("Croak.", mood="wary"))
    voice.close()
