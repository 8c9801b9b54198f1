"""When to look for a command in the sound: words that have just ended, and half commands once more, later."""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE
from game.sense.commands_file import CommandSet, Match
from game.sense.end_of_turn import VoiceHushed, VoiceRose
from game.sense.recent_sound import RecentSound
from game.sense.voice_activity import WINDOW, Window
from game.sense.words import Words

Samples = NDArray[np.float32]

_WINDOW_S: Final = WINDOW / EAR_RATE
_ONSET_S: Final = 0.5
"""Sound before the words that is looked at as well: in noise, voice activity wakes late."""
_AGAIN_S: Final = 0.45
"""After so much silence, words that were no command are looked at again with what followed them: in noise,
voice activity may have slept through their end."""
_ALONE_S: Final = 1.0
"""Without talk for this long, what is said next may be a command by itself."""
_JOINED_S: Final = 0.35
"""A gap no longer than this may be between the words of one command."""


class Spotter(Protocol):
    """What is needed of a recogniser of commands (`CommandSpotter` is one)."""

    commands: CommandSet

    @property
    def talked(self) -> bool: ...
    @property
    def unsure(self) -> bool: ...
    def begin(self) -> None: ...
    def feed(self, samples: Samples) -> None: ...
    def hush(self) -> None: ...
    def finish(self, *, speech_s: float) -> Match | None: ...
    def abandon(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Words that have ended."""

    match: Match | None
    """The command that they are."""
    talked: bool
    """Whether they are talk, when they are no command."""
    began_s: float
    """Where the stretch began that was looked at; they may be the last part of it."""
    end_s: float


class Spotting:
    """Feed it every window; it tells of words that ended."""

    def __init__(self, spotter: Spotter, sound: RecentSound) -> None:
        """``sound`` holds what was heard up to the present window."""
        self._spotter = spotter
        self._sound = sound
        self._words = Words()
        self._listening = False
        self._again_s = float("inf")
        """When the last words are to be looked at again."""
        self._began_s = 0.0
        """Where the stretch that may be a command begins."""
        self._alone = True
        """Whether there was no talk before it."""
        self._hushed_s = float("-inf")
        """End of the last sound that was no command."""
        self._obeyed_s = float("-inf")
        """End of the last command: what belongs to it is not heard again with what follows."""
        self._talked_s = float("-inf")
        """End of the last talk."""

    @property
    def commands(self) -> CommandSet:
        """What is listened for."""
        return self._spotter.commands

    def step(self, window: Window, end_s: float, *, in_turn: bool) -> list[Ended]:
        """Hears the window that ended at ``end_s``; outside a turn (``in_turn``) nothing counts as talk."""
        out: list[Ended] = []
        words = list(self._words.step(window, start_s=end_s - _WINDOW_S, end_s=end_s))
        if self._listening:
            self._spotter.feed(window.samples)
            if self._words.fell:
                self._spotter.hush()
        for event in words:
            if isinstance(event, VoiceRose):
                self._rise(event, end_s)
            else:
                out.append(self._hush(event, in_turn=in_turn))
        if end_s >= self._again_s:
            self._again_s = float("inf")
            self._begin(end_s)
            match = self._spotter.finish(speech_s=self._hushed_s - self._began_s)
            if match is not None:
                out.append(self._obey(match, self._hushed_s))
        return out

    def _rise(self, event: VoiceRose, end_s: float) -> None:
        self._again_s = float("inf")
        if event.start_s - self._hushed_s > _JOINED_S:
            self._began_s, self._alone = event.start_s, event.start_s - self._talked_s >= _ALONE_S
        if self._alone:
            self._begin(end_s)
            self._listening = True

    def _begin(self, end_s: float) -> None:
        self._spotter.begin()
        self._spotter.feed(self._sound.between(max(self._began_s - _ONSET_S, self._obeyed_s), end_s))

    def _hush(self, event: VoiceHushed, *, in_turn: bool) -> Ended:
        looked, self._listening = self._listening, False
        match = self._spotter.finish(speech_s=event.end_s - event.start_s) if looked else None
        if match is not None:
            return self._obey(match, event.end_s)
        self._hushed_s = event.end_s
        if looked and self._spotter.unsure:
            self._again_s = event.end_s + _AGAIN_S
        talked = in_turn and (not looked or self._spotter.talked)
        if talked:
            self._talked_s = event.end_s
        return Ended(match=None, talked=talked, began_s=self._began_s, end_s=event.end_s)

    def _obey(self, match: Match, end_s: float) -> Ended:
        self._obeyed_s = end_s
        return Ended(match=match, talked=False, began_s=self._began_s, end_s=end_s)
