"""What the characters say becomes sound, the first words as soon as they can be heard."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from game.clock import SAMPLE_RATE
from game.workers.cast import Spoken as Told
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
    part: int = 0
    """Of a sentence that is said in parts, the how manyth this is; ``told`` has its words alone."""


class Mouth:
    """The voices of the cast. To be used from one thread."""

    def __init__(
        self,
        settings: Mapping[str, VoiceSettings],
        model: Path | None,
        *,
        threads: int = 1,
        seed: int | None = None,
        soon: bool = False,
        on_fault: Callable[[str], None],
    ) -> None:
        """``settings`` by character; without a ``model`` all are silent. ``soon``: the first sentence of a
        reply is made ahead and in parts (`EarlyVoice`), which takes other times at each run. ``on_fault``
        gets a sentence when a voice fails. Raises VoiceError."""
        self.what = model.name if model is not None else ""
        self._soon = soon
        self._on_fault = on_fault
        self._voices: dict[str, EarlyVoice] = {}
        if model is None:
            return
        for name, one in settings.items():
            self._voices[name] = EarlyVoice(Voice(one, model, threads=threads, seed=seed))
        for voice in self._voices.values():
            voice.speak("Oh.", mood="wary")  # makes the first sentence as quick as the others

    def expect(self, character: str, text: str, mood: str) -> None:
        """A sentence that will most likely be the first of the reply."""
        voice = self._voices.get(character)
        if voice is not None and self._soon:
            voice.expect(text, mood=mood)

    def say(self, told: Told, mood: str, started: float) -> Iterator[Said]:
        """A sentence of a reply with its sound, perhaps in parts. ``started`` is when the question came, by
        ``time.perf_counter``."""
        sentence = told.sentence
        voice = self._voices.get(told.character)
        if voice is None or not self._soon or sentence.index or sentence.gesture == _WHISPER:
            yield self.say_whole(told, mood, started)
            return
        part = 0
        try:
            for part, (text, sound) in enumerate(voice.speak_soon(sentence.text, mood=mood)):
                words = replace(told, sentence=replace(sentence, text=text))
                yield Said(told=words, sound=sound, ready_s=time.perf_counter() - started, part=part)
        except VoiceError as error:
            self._on_fault(str(error))
            if not part:
                sound = silent(sentence.text)
                yield Said(told=told, sound=sound, ready_s=time.perf_counter() - started)

    def say_whole(self, told: Told, mood: str, started: float) -> Said:
        """A sentence with its sound."""
        whispered = told.sentence.gesture == _WHISPER
        sound = self.speak(told.character, told.sentence.text, mood, whispered=whispered)
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
