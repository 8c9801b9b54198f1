"""What the characters say becomes sound."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from game.clock import SAMPLE_RATE
from game.workers.cast import Spoken as Told
from npc.contract import Expected
from npc.personality import VoiceSettings
from npc.speech.early_voice import EarlyVoice
from npc.speech.voice import Spoken, Voice, VoiceError

_WHISPER: Final = "whisper"
"""The gesture of who whispers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence with its sound, as it leaves the mind's lane."""

    told: Told
    sound: Spoken
    ready_s: float
    """Wall seconds from the question."""


class Mouth:
    """The voices of the cast. To be used from one thread."""

    def __init__(
        self,
        settings: Mapping[str, VoiceSettings],
        model: Path | None,
        *,
        threads: int = 1,
        seed: int | None = None,
        ahead: bool = False,
        on_fault: Callable[[str], None],
    ) -> None:
        """``settings`` by character; without a ``model`` all are silent. ``ahead``: the sound of what is
        expected is made before it is known (`EarlyVoice`), which takes other times at each run. ``on_fault``
        gets a sentence when a voice fails. Raises VoiceError."""
        self.what = model.name if model is not None else ""
        self._ahead = ahead
        self._on_fault = on_fault
        self._whispers = ""
        """The character that has begun to whisper; it goes on so until another gesture."""
        self._voices: dict[str, EarlyVoice] = {}
        if model is None:
            return
        for name, one in settings.items():
            self._voices[name] = EarlyVoice(Voice(one, model, threads=threads, seed=seed))
        for voice in self._voices.values():
            voice.speak("Oh.", mood="wary")  # makes the first sentence as quick as the others

    def expect(self, character: str, expected: Expected, mood: str) -> None:
        """Begin on what will most likely be said first."""
        voice = self._voices.get(character)
        if voice is not None and self._ahead:
            voice.expect(expected.parts, mood=mood, whispered=expected.gesture == _WHISPER)

    def say(self, told: Told, mood: str, started: float) -> Said:
        """A sentence with its sound. ``started`` is when the question came, by ``time.perf_counter``."""
        sentence = told.sentence
        goes_on = sentence.index > 0 and sentence.gesture is None and told.character == self._whispers
        whispered = goes_on or sentence.gesture == _WHISPER
        self._whispers = told.character if whispered else ""
        sound = self.speak(told.character, sentence.text, mood, whispered=whispered)
        return Said(told=told, sound=sound, ready_s=time.perf_counter() - started)

    def speak(self, character: str, text: str, mood: str, *, whispered: bool = False) -> Spoken:
        """The sound of a text; silence where there is no voice."""
        voice = self._voices.get(character)
        if voice is None:
            return silent(text)
        try:
            return voice.speak(text, mood=mood, whispered=whispered)
        except VoiceError as error:
            self._on_fault(str(error))
            return silent(text)

    def close(self) -> None:
        for voice in self._voices.values():
            voice.close()


def silent(text: str) -> Spoken:
    """A sentence that nobody can voice: silence as long as reading it takes."""
    words = text.split() or [text]
    step_s = 0.32
    return Spoken(
        pcm=np.zeros(int(len(words) * step_s * SAMPLE_RATE), dtype=np.float32),
        words=tuple((word, i * step_s, (i + 1) * step_s) for i, word in enumerate(words)),
        duration_s=len(words) * step_s,
    )
