"""When to look for a command in the sound: words that have just ended, with no talk before them."""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE
from game.sense.commands_file import Command, CommandSet, Match
from game.sense.end_of_turn import VoiceHushed, VoiceRose
from game.sense.recent_sound import RecentSound
from game.sense.voice_activity import WINDOW, Window
from game.sense.words import Words

Samples = NDArray[np.float32]

_ONSET_S: Final = 0.4
"""Sound before the words that is looked at as well: in noise, voice activity wakes late."""
_ALONE_S: Final = 1.0
"""Without talk for this long, what is said next may be a command by itself."""
_JOINED_S: Final = 0.35
"""A gap no longer than this may be between the words of one command."""
_JOINED_MOST_S: Final = 1.4
"""What begins later than this after the first of them is looked at without it: it would be too long for a
command, and what came before was no talk, so a noise."""
_TALK_S: Final = 0.3
"""What follows a command at once and is shorter than this is no talk."""
_FAINT_SURE: Final = 0.5
"""Confidence that words need in which voice activity found too little voice for a turn."""


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
        self._words = Words()
        self._listening = False
        self._began_s = self._first_s = 0.0
        """Where the words that may be a command begin, and the sound that is looked at."""
        self._alone = True
        """Whether there was no talk before it."""
        self._spoken = False
        """Whether voice activity was sure of a voice in the present words."""
        self._hushed_s = float("-inf")
        """End of the last words, whatever they were."""
        self._talked_s = float("-inf")
        """End of the last talk."""
        self._obeyed_s = float("-inf")
        """Up to here all belongs to a command that was found."""
        self._obeyed: Command | None = None
        """The command that the present stretch began with."""

    @property
    def commands(self) -> CommandSet:
        """What is listened for."""
        return self._spotter.commands

    def step(self, window: Window, end_s: float, *, in_turn: bool) -> list[Ended]:
        """Hears the window that ended at ``end_s``. Outside a turn (``in_turn``) only what is sure counts."""
        out: list[Ended] = []
        events = list(self._words.step(window, end_s, WINDOW / EAR_RATE))
        self._spoken = self._spoken or window.speaking
        if self._listening:
            self._spotter.feed(window.samples)
            if self._words.fell:
                self._spotter.hush()
        for event in events:
            if isinstance(event, VoiceRose):
                self._rise(event, end_s)
                self._spoken = window.speaking
            else:
                out.append(self._hush(event, end_s, in_turn=in_turn))
        return out

    def _rise(self, event: VoiceRose, end_s: float) -> None:
        apart = event.start_s - self._hushed_s > _JOINED_S
        if apart or event.start_s - self._began_s > _JOINED_MOST_S:
            self._began_s, self._alone = event.start_s, event.start_s - self._talked_s >= _ALONE_S
            self._first_s = max(self._began_s - _ONSET_S, self._obeyed_s)
            self._obeyed = None
        if self._alone:
            self._spotter.begin()
            self._spotter.feed(self._sound.between(self._first_s, end_s))
            self._listening = True

    def _hush(self, event: VoiceHushed, end_s: float, *, in_turn: bool) -> Ended:
        looked, self._listening = self._listening, False
        speech_s = event.end_s - event.start_s
        match = self._spotter.finish(speech_s=speech_s) if looked else None
        if looked and self._obeyed is not None and (match is None or not match.sure):
            match = self._after_obeyed(end_s, speech_s) or match
        if match is not None and not in_turn and match.confidence < _FAINT_SURE:
            match = None
        more = self._obeyed is not None and match is not None and match.command == self._obeyed
        talked = (match is None or not match.sure) and self._spoken and (not looked or self._spotter.talked)
        if self._obeyed is not None:  # Its own phones were heard again: what is left may be a noise.
            talked = talked and speech_s >= _TALK_S
        self._hushed_s = event.end_s
        if talked and not more:
            self._talked_s = event.end_s
        if match is not None and match.sure:
            self._obeyed, self._obeyed_s = match.command, end_s
        if more:  # "Look!", and then "look around": it is being done.
            match, talked = None, False
        return Ended(
            match=match, talked=talked, began_s=self._began_s, start_s=event.start_s, end_s=event.end_s
        )

    def _after_obeyed(self, end_s: float, speech_s: float) -> Match | None:
        """Two commands in one breath: what follows the first one, looked at without it."""
        self._spotter.begin()
        self._spotter.feed(self._sound.between(self._obeyed_s, end_s))
        match = self._spotter.finish(speech_s=speech_s)
        return match if match is not None and match.sure else None
