"""Who speaks while a character speaks: a listener ("mhm", "yeah, okay", a laugh) or somebody who breaks in?

Loudness and length do not tell: "okay" is as long as the first word of a sentence. The phones do: as long as
what was heard so far can be the beginning of what listeners say, it is waited for.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE
from game.sense.command_spotter import CommandSpotter, Hears
from game.sense.end_of_turn import TurnEvent, VoiceHushed, VoiceRose
from game.sense.phone_match import free_score
from game.sense.phone_model import BLANK, levelled
from game.sense.pronounce import ways_to_say
from game.sense.recent_sound import RecentSound
from game.sense.voice_activity import WINDOW

Samples = NDArray[np.float32]

_LISTENERS: Final = (
    "yeah", "okay", "right", "yes", "yep", "sure", "really", "oh", "wow", "all right", "ah", "aha",
    "of course", "exactly", "true", "i see",
)  # fmt: skip
_SOUNDS: Final = ("M", "HH M", "M HH M", "AH M", "HH AH M", "AH HH AH", "HH AA", "HH AH", "HH EH")
"""Phones of sounds that no dictionary has: mm, hm, mhm, um, hmm, uh-huh, laughter."""
_SPELT: Final = ("EH M EY CH EH M", "EH M EH M EY CH EH M", "EH M EH M HH AH M", "EH M EH M EH M")
"""The same as voices that read say them: mhm, mm-hm, mm-hmm, mmm."""
_FITS: Final = ((0.5, -7.0), (0.6, -5.0), (float("inf"), -3.0))
"""Log probability, against whatever fits best, above which it may be what listeners say, while it has gone on
for less than so many seconds: what lasts is hardly one of their words and must fit better (docs/hearing.md).
"""
_NEVER: Final = -1e9
_LEAD_S: Final = 0.2
"""Sound before the first voice: voice activity wakes after the first consonant."""
_LOOKS_S: Final = (0.25, 0.32, 0.38, 0.44, 0.50, 0.57, 0.65, 0.75, 0.85, 1.1, 1.4, 1.8, 2.3)
"""After the first voice; each look costs 25 to 60 ms of one core."""
_LONGEST_S: Final = 2.5
"""Sound that is looked at."""
_SPOKEN_S: Final = 0.18
"""With less voice than this in it, it is a click or a cough."""
_JOINED_S: Final = 0.35
"""After a shorter silence the same person goes on with the same thing."""
_BY_LENGTH_S: Final = 0.45
"""Where nobody knows phones, so much is more than an "mhm"."""


class Listeners:
    """What listeners say, once or several times over, as a net of phones."""

    def __init__(self, model: Hears) -> None:
        self._model = model
        number = {symbol: at for at, symbol in enumerate(model.symbols)}
        ways = [way for text in _LISTENERS for way in ways_to_say(text, {})]
        ways += [tuple(sound.split()) for sound in _SOUNDS + _SPELT]
        longest = max(len(way) for way in ways)
        # Between any two phones, before the first and after the last, there may be none for a while.
        self._labels: NDArray[np.intp] = np.full((len(ways), 2 * longest + 1), BLANK, np.intp)
        for row, way in enumerate(ways):
            self._labels[row, 1 : 2 * len(way) : 2] = [number[phone] for phone in way]
        self._last = np.array([2 * len(way) for way in ways])
        skips = np.zeros(self._labels.shape, bool)
        skips[:, 3::2] = self._labels[:, 3::2] != self._labels[:, 1:-2:2]
        self._skip_cost = np.where(skips, 0.0, _NEVER).astype(np.float32)
        self._beyond = np.arange(2 * longest + 1) > self._last[:, None]

    def fit(self, sound: Samples) -> float:
        """Log probability that the sound is what listeners say, or its beginning, against whatever fits best:
        0 is perfect."""
        heard = self._model(levelled(sound))
        rows = np.arange(len(self._last))
        best = np.full(self._labels.shape, _NEVER, np.float32)
        best[:, :2] = heard[0][self._labels[:, :2]]
        for frame in heard[1:]:
            come = best.copy()
            np.maximum(come[:, 1:], best[:, :-1], out=come[:, 1:])
            np.maximum(come[:, 2:], best[:, :-2] + self._skip_cost[:, 2:], out=come[:, 2:])
            # Whoever has said one of them may say another.
            again = np.maximum(best[rows, self._last], best[rows, self._last - 1]).max()
            np.maximum(come[:, 0], again, out=come[:, 0])
            best = come + frame[self._labels]
        best[self._beyond] = _NEVER
        return float(best.max()) - free_score(heard)

    def may_say(self, sound: Samples, for_s: float) -> bool:
        """Whether it can be a listener's, who has made sounds ``for_s``, as far as it has been heard."""
        return self.fit(sound) >= next(least for until_s, least in _FITS if for_s < until_s)


def listeners_of(spotter: object) -> Listeners | None:
    """By the model that hears commands; None where that one knows no phones."""
    return Listeners(spotter.model) if isinstance(spotter, CommandSpotter) else None


class OverTalk:
    """Follows one voice. ``step`` it with every window."""

    def __init__(self, listeners: Listeners | None) -> None:
        """Without ``listeners`` the length of the sound decides."""
        self._listeners = listeners
        self._since_s = 0.0
        """When the sound began that goes on, or has just ceased."""
        self._fell_s = float("-inf")
        self._sounds = False
        self._spoken_s = 0.0
        self._looks = 0
        self._told = False

    def only_listens(self, sound: Samples) -> bool:
        """Whether all of a turn can be a listener's: a recogniser makes words of an "mhm"."""
        for_s = len(sound) / EAR_RATE
        return self._listeners is not None and for_s < _LONGEST_S and self._listeners.may_say(sound, for_s)

    def step(
        self, events: Sequence[TurnEvent], sound: RecentSound, end_s: float, *, speaking: bool, beside: bool
    ) -> float | None:
        """Takes the window that ended at ``end_s`` and what the turn's tracker made of it: when the voice
        began that does more than listen, once for each stretch of it. With nothing played ``beside`` it
        there is nobody to listen to."""
        for event in events:
            match event:
                case VoiceRose():
                    if event.start_s - self._fell_s > _JOINED_S:
                        self._since_s, self._spoken_s = event.start_s, 0.0
                    self._looks, self._told, self._sounds = 0, False, True
                case VoiceHushed():
                    self._fell_s, self._sounds = event.end_s, False
                case _:
                    pass
        if speaking:
            self._spoken_s += WINDOW / EAR_RATE
        if not beside or self._told or not self._sounds or self._spoken_s < _SPOKEN_S:
            return None
        for_s = end_s - self._since_s
        if self._listeners is None:
            self._told = for_s >= _BY_LENGTH_S
        elif self._looks < len(_LOOKS_S) and for_s >= _LOOKS_S[self._looks]:
            self._looks = next((n for n, at_s in enumerate(_LOOKS_S) if at_s > for_s), len(_LOOKS_S))
            from_s = max(self._since_s - _LEAD_S, end_s - _LONGEST_S)
            self._told = not self._listeners.may_say(sound.between(from_s, end_s), for_s)
        return self._since_s if self._told else None
