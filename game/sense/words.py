"""Where words begin and end that may be a command: sooner and more willing than turns of talk are cut.

In noise voice activity is less sure of a short word than of a sentence, and takes what clatters after it
for more voice. To look where nobody spoke costs one look of the phone model, which then finds nothing; a word
that was not looked at is lost.
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
        self.highest = 0.0
        """Probability since the words began."""
        self.fell = False
        """Whether the last window was the first one of a silence."""

    def step(self, window: Window, end_s: float, seconds: float) -> Iterator[VoiceRose | VoiceHushed]:
        """What the window of so many ``seconds`` that ended at ``end_s`` changes."""
        was = self._speaking
        if self._tracker.may_be_speaking:
            self.highest = max(self.highest, window.probability)
            self._speaking = window.probability >= max(_OFF, _OFF_SHARE * self.highest)
        else:
            self.highest = window.probability
            self._speaking = window.probability >= _ON
        self.fell = was and not self._speaking
        for event in self._tracker.step(speaking=self._speaking, start_s=end_s - seconds, end_s=end_s):
            if isinstance(event, VoiceRose | VoiceHushed):
                yield event
