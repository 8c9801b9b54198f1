"""When to look for a command in the sound: words that have just ended, with no talk before them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from game.sense.commands_file import CommandSet, Match
from game.sense.end_of_turn import TurnEvent, VoiceHushed, VoiceRose
from game.sense.recent_sound import RecentSound
from game.sense.voice_activity import Window

Samples = NDArray[np.float32]

_ONSET_S: Final = 0.4
"""Sound before the words that is looked at as well: in noise, voice activity wakes late."""
_ALONE_S: Final = 1.0
"""Without talk for this long, what is said next may be a command by itself."""
_JOINED_S: Final = 0.35
"""A gap no longer than this may be between the words of one command."""


class Spotter(Protocol):
    """What is needed of a recogniser of commands (`CommandSpotter` is one)."""

    commands: CommandSet

    @property
    def talked(self) -> bool: ...
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
    start_s: float
    """Where they began themselves."""
    end_s: float


class Spotting:
    """Feed it every window; it tells of words that ended."""

    def __init__(self, spotter: Spotter, sound: RecentSound) -> None:
        """``sound`` holds what was heard up to the present window."""
        self._spotter = spotter
        self._sound = sound
        self._listening = False
        self._spoke = False
        """Whether there was speech in the last window."""
        self._began_s = 0.0
        """Where the stretch that may be a command begins."""
        self._alone = True
        """Whether there was no talk before it."""
        self._hushed_s = float("-inf")
        """End of the last sound that was no command."""
        self._talked_s = float("-inf")
        """End of the last talk."""

    @property
    def commands(self) -> CommandSet:
        """What is listened for."""
        return self._spotter.commands

    def step(
        self, window: Window, events: Iterable[TurnEvent], end_s: float, *, in_turn: bool
    ) -> list[Ended]:
        """Hears the window that ended at ``end_s`` and brought these events; outside a turn (``in_turn``)
        nothing counts."""
        out: list[Ended] = []
        if self._listening:
            self._spotter.feed(window.samples)
            if self._spoke and not window.speaking:
                self._spotter.hush()
        self._spoke = window.speaking
        for event in events:
            match event:
                case VoiceRose():
                    self._rise(event, end_s)
                case VoiceHushed():
                    out.append(self._hush(event, in_turn=in_turn))
                case _:
                    pass
        return out

    def _rise(self, event: VoiceRose, end_s: float) -> None:
        if event.start_s - self._hushed_s > _JOINED_S:
            self._began_s, self._alone = event.start_s, event.start_s - self._talked_s >= _ALONE_S
        if self._alone:
            self._spotter.begin()
            self._spotter.feed(self._sound.between(self._began_s - _ONSET_S, end_s))
            self._listening = True

    def _hush(self, event: VoiceHushed, *, in_turn: bool) -> Ended:
        looked, self._listening = self._listening, False
        match = self._spotter.finish(speech_s=event.end_s - event.start_s) if looked else None
        talked = False
        if match is None or not in_turn:
            match, self._hushed_s = None, event.end_s
            talked = not looked or self._spotter.talked
        if talked:
            self._talked_s = event.end_s
        return Ended(
            match=match, talked=talked, began_s=self._began_s, start_s=event.start_s, end_s=event.end_s
        )
