"""A voice that begins on what will most likely be said, while it is still being found out whether it is."""

from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from npc.speech.voice import Spoken, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    text: str
    mood: str
    whispered: bool


class EarlyVoice:
    """One voice, with a thread of its own in which the sounds of an expected sentence are made ahead. To be
    called from one thread."""

    def __init__(self, voice: Voice) -> None:
        self._voice: Final = voice
        self._thread: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice")
        self._coming: dict[_Part, Future[Spoken]] = {}

    def expect(self, parts: Sequence[str], *, mood: str, whispered: bool = False) -> None:
        """Begin on the sounds of the parts of a sentence, in their order. What was expected before is let
        go, but if it is the same."""
        wanted = [_Part(text=text, mood=mood, whispered=whispered) for text in parts]
        if wanted == list(self._coming):
            return
        self._let_go()
        for one in wanted:
            self._coming[one] = self._thread.submit(
                self._voice.speak, one.text, mood=mood, whispered=whispered
            )

    def speak(self, text: str, *, mood: str, whispered: bool = False) -> Spoken:
        """As `Voice.speak`; what was expected is not made twice. Raises VoiceError."""
        coming = self._coming.pop(_Part(text=text, mood=mood, whispered=whispered), None)
        if coming is None:
            self._let_go()
        else:
            try:
                return coming.result()
            except CancelledError:
                pass  # closed meanwhile
        return self._voice.speak(text, mood=mood, whispered=whispered)

    def close(self) -> None:
        """Wait for what is being made, and make no more ahead."""
        self._let_go()
        self._thread.shutdown(cancel_futures=True)

    def _let_go(self) -> None:
        for coming in self._coming.values():
            coming.cancel()
        self._coming.clear()
