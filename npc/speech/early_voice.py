"""A voice that is soon heard: it begins on what will most likely be said while that is still being found out,
and with the first words of a sentence while the others are still to come.
"""

import re
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from npc.speech.voice import Spoken, Voice

_FIRST_LETTERS: Final = {".": 7, "!": 7, "?": 7, ";": 10, ":": 10, ",": 10}
"""By the mark behind it, letters and blanks that a part must have: to say it takes about as long as making
the sound of the rest, and a short rest between two sentences is no gap."""
_REST_WORDS: Final = 3
_MARK: Final = re.compile(r"[.!?;:,](?=\s)")


def breaths(text: str) -> tuple[str, ...]:
    """A sentence in one or two parts that can be said one after the other: cut behind the first mark that
    has enough on both sides."""
    for mark in _MARK.finditer(text):
        first, rest = text[: mark.end()], text[mark.end() :].strip()
        enough = len(rest.split()) >= _REST_WORDS
        if enough and " " in first and mark.start() >= _FIRST_LETTERS[mark.group()]:
            return first, rest
    return (text,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expected:
    text: str
    mood: str
    coming: list[tuple[str, Future[Spoken]]] = field(default_factory=list)
    """Its parts, each with its sound."""


class EarlyVoice:
    """One voice, with a thread of its own in which the sound of one expected sentence is made ahead. To be
    called from one thread."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice")
        self._expected: _Expected | None = None

    def expect(self, text: str, *, mood: str) -> None:
        """Begin on the sound of a sentence. What was expected before is let go, but if it is the same."""
        before = self._expected
        if before is not None and (before.text, before.mood) == (text, mood):
            return
        self._let_go()
        self._expected = _Expected(
            text=text,
            mood=mood,
            coming=[
                (part, self._thread.submit(self._voice.speak, part, mood=mood)) for part in breaths(text)
            ],
        )

    def speak_soon(self, text: str, *, mood: str) -> Iterator[tuple[str, Spoken]]:
        """The sentence in parts, each with its sound as soon as that is made; of what was expected that may
        be at once. Raises VoiceError."""
        expected = self._expected
        if expected is None or (expected.text, expected.mood) != (text, mood):
            self._let_go()
            for part in breaths(text):
                yield part, self._voice.speak(part, mood=mood)
            return
        self._expected = None
        for part, coming in expected.coming:
            try:
                yield part, coming.result()
            except CancelledError:  # closed meanwhile
                yield part, self._voice.speak(part, mood=mood)

    def speak(self, text: str, *, mood: str, whispered: bool = False) -> Spoken:
        """As `Voice.speak`."""
        return self._voice.speak(text, mood=mood, whispered=whispered)

    def close(self) -> None:
        """Wait for what is being made, and make no more ahead."""
        self._let_go()
        self._thread.shutdown(cancel_futures=True)

    def _let_go(self) -> None:
        for _, coming in self._expected.coming if self._expected is not None else ():
            coming.cancel()
        self._expected = None
