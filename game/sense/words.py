"""Where words begin and end that may be a command: sooner and more willing than turns of talk are cut.

In noise voice activity is less sure of a short word than of a sentence. To listen where nobody spoke costs a
look of the phone model, which then finds nothing; a word that was not listened to is lost.
"""

from collections.abc import Iterator
from typing import Final

from game.sense.end_of_turn import TurnRules, TurnTracker, VoiceHushed, VoiceRose
from game.sense.voice_activity import Window

_ON: Final = 0.2
"""Probability of speech at which words may begin; where nobody speaks it is below 0.05 in most noises."""
_OFF: Final = 0.12
_OFF_SHARE: Final = 0.6
"""They may have ended below this share of the highest probability since, at least `_OFF`: a voice in noise is
never as sure as one in quiet."""
_RULES: Final = TurnRules(hush_s=0.06)
"""A pause of two windows: the phones tell whether the words are complete."""


class Words:
    """Feed it every window; it tells of words that rise and fall."""

    def __init__(self) -> None:
        self._tracker = TurnTracker(_RULES)
        self._speaking = False
        self._highest = 0.0
        """Probability since the words began."""
        self.fell = False
        """Whether the last window was the first one of a silence."""

    def step(self, window: Window, *, start_s: float, end_s: float) -> Iterator[VoiceRose | VoiceHushed]:
        """What the window from ``start_s`` to ``end_s`` changes."""
        was = self._speaking
        if self._tracker.may_be_speaking:
            self._highest = max(self._highest, window.probability)
            self._speaking = window.probability >= max(_OFF, _OFF_SHARE * self._highest)
        else:
            self._highest = window.probability
            self._speaking = window.probability >= _ON
        self.fell = was and not self._speaking
        for event in self._tracker.step(speaking=self._speaking, start_s=start_s, end_s=end_s):
            if isinstance(event, VoiceRose | VoiceHushed):
                yield event
