"""Whether the player speaks, since when and how loudly: folded from what the ears report."""

import math

from game.interpret.intents import Speech
from game.sense.observations import (
    Heard,
    Loudness,
    SpeechPaused,
    SpeechStarted,
    VoiceFell,
    VoiceSounds,
    VoiceTalks,
)

SILENCE_DB = -100.0


class VoiceState:
    """Fed with the ears' observations in order; `at` tells the state of one tick."""

    def __init__(self) -> None:
        self._speaking = False
        self._since_s = 0.0
        self._ended_s: float | None = None
        self._db = SILENCE_DB
        self._voiced = False
        self._sounds_since_s: float | None = None
        self._talks = False

    def feed(
        self, seen: SpeechStarted | VoiceSounds | VoiceTalks | VoiceFell | SpeechPaused | Loudness | Heard
    ) -> None:
        match seen:
            case VoiceSounds():
                self._sounds_since_s = seen.start_s
            case VoiceTalks():
                self._talks = True
            case VoiceFell():
                self._sounds_since_s, self._talks = None, False
            case SpeechStarted():
                if self._sounds_since_s is None:
                    self._sounds_since_s = seen.start_s
                if not self._speaking:
                    self._speaking, self._since_s = True, seen.start_s
            case SpeechPaused():
                self._stop(seen.end_s)
            case Heard():
                # Typed words come without a start and a pause.
                if seen.typed or self._ended_s is None:
                    self._stop(seen.end_s)
            case Loudness():
                self._db = seen.db if math.isfinite(seen.db) else SILENCE_DB
                self._voiced = seen.voiced

    def deaf(self, now_s: float) -> None:
        """The microphone is gone: whatever was being said is over."""
        if self._speaking:
            self._stop(now_s)
        self._db, self._voiced, self._sounds_since_s, self._talks = SILENCE_DB, False, None, False

    def _stop(self, end_s: float) -> None:
        if self._speaking or self._ended_s is None or end_s > self._ended_s:
            self._speaking = False
            self._sounds_since_s, self._talks = None, False
            self._since_s = end_s
            self._ended_s = end_s

    def at(self, now_s: float) -> Speech:
        return Speech(
            speaking=self._speaking,
            since_s=max(0.0, now_s - self._since_s),
            loudness_db=self._db,
            voiced=self._voiced,
            ended_s=self._ended_s,
            sounding_s=None if self._sounds_since_s is None else max(0.0, now_s - self._sounds_since_s),
            talks=self._talks,
        )
