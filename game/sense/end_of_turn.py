"""When does the player's turn begin, pause and end? A state machine over the verdicts of voice activity.

Pure: time comes with each verdict. People pause in the middle of a thought, some of them for a second, so the
silence that ends a turn grows with the pauses that this speaker has made in it, and a turn that was ended too
early is taken up again when the player goes on.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from npc.endings import ended


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRules:
    """How much speech begins a turn and how much silence ends it; seconds."""

    held_s: float = 0.03
    """A voice that has sounded for so long, one window, is worth being quieter for."""
    speech_min_s: float = 0.2
    """Speech shorter than this begins no turn: a click, a cough."""
    resume_min_s: float = 0.1
    """Enough speech to take a turn up again that has just ended: the player is there and talking."""
    hush_s: float = 0.09
    """A word has ended: long enough to be no stop consonant's closure, short enough for a command."""
    lull_s: float = 0.12
    """Transcription may begin. Most gaps between two words are shorter; the others cost a transcript that is
    thrown away, and sometimes the wait for its end."""
    pause_s: float = 0.3
    """The voice fell silent."""
    end_s: float = 0.8
    """Silence that ends a turn without pauses. Thinking may begin long before, so that it costs the player
    little."""
    patience: float = 1.5
    """A turn with pauses ends after its longest one times this, plus `grace_s`."""
    grace_s: float = 0.1
    end_max_s: float = 1.3
    """Silence that ends any turn; also what words get that are hardly a whole sentence."""
    gesture_s: float = 1.3
    """Silence that ends a turn while a hand goes on talking."""
    take_up_s: float = 1.6
    """Speech within this time after the end of the last speech goes on with the turn that ended."""
    turn_max_s: float = 30.0
    """A turn is cut here, speech or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted:
    """Real speech began at ``start_s``; ``takes_up`` means it goes on with the turn that has just ended."""

    start_s: float
    takes_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRose:
    """Sound that may be speech began (a turn may follow, or nothing)."""

    start_s: float
    after_silence_s: float
    """Silence before it within its turn; infinite for the first of a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceHeld:
    """The sound that began at ``start_s`` goes on: no click."""

    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceHushed:
    """The stretch of speech from ``start_s`` to ``end_s`` is over: a word, or many."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLulled:
    """Silence since ``end_s`` that may become a pause, or the turn's end."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPaused:
    """Silence since ``end_s``, long enough for a pause; the turn may go on."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResumed:
    """Speech went on after a pause."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded:
    """The turn is over; its speech went from ``start_s`` to ``end_s``."""

    start_s: float
    end_s: float
    silence_s: float
    """The silence it took; 0 when the turn was cut for its length."""


TurnEvent = (
    TurnStarted | VoiceRose | VoiceHeld | VoiceHushed | TurnLulled | TurnPaused | TurnResumed | TurnEnded
)


class Phase(Enum):
    """Where the player is."""

    QUIET = auto()
    """No turn."""
    RISING = auto()
    """Sound that may become a turn."""
    TALKING = auto()
    PAUSED = auto()
    """Within a turn, silent long enough for a pause."""


class TurnTracker:
    """Follows one speaker. Feed it consecutive stretches of time, each with its verdict."""

    def __init__(self, rules: TurnRules | None = None) -> None:
        self.rules = rules or TurnRules()
        self.gesturing = False
        """A hand goes on talking."""
        self.phase = Phase.QUIET
        self._start_s = 0.0
        self._spoken_s = 0.0
        self._last_speech_s = float("-inf")
        self._stretch_s: float | None = None
        self._held = False
        """The present stretch has been told to go on."""
        self._lulled = False
        """The present silence has been told."""
        self._longest_pause_s = 0.0
        self._ended_s = float("-inf")
        self._asked_s = 0.0

    @property
    def may_be_speaking(self) -> bool:
        """True while the player speaks, or makes a sound that may become speech."""
        return self._stretch_s is not None

    @property
    def silence_needed_s(self) -> float:
        """Silence that would end the present turn."""
        rules = self.rules
        grown_s = rules.patience * self._longest_pause_s + rules.grace_s if self._longest_pause_s else 0.0
        waited_s = max(rules.end_s, grown_s, self._asked_s, rules.gesture_s if self.gesturing else 0.0)
        return min(rules.end_max_s, waited_s)

    def understand(self, text: str) -> None:
        """What was said up to the present silence: it may call for a longer one."""
        if self.phase in (Phase.TALKING, Phase.PAUSED) and self._lulled:
            self._asked_s = silence_after(text, self.rules)

    def step(self, *, speaking: bool, start_s: float, end_s: float) -> list[TurnEvent]:
        """What the stretch of time from ``start_s`` to ``end_s`` changes, in order."""
        return self._hear(start_s, end_s) if speaking else self._wait(end_s)

    def _hear(self, start_s: float, end_s: float) -> list[TurnEvent]:
        rules, events = self.rules, list[TurnEvent]()
        silence_s = start_s - self._last_speech_s
        if self._stretch_s is None:
            self._stretch_s, self._held = start_s, False
            in_turn = self.phase in (Phase.TALKING, Phase.PAUSED)
            events.append(VoiceRose(start_s=start_s, after_silence_s=silence_s if in_turn else float("inf")))
        match self.phase:
            case Phase.QUIET:
                self.phase, self._start_s, self._spoken_s = Phase.RISING, start_s, 0.0
            case Phase.PAUSED:
                self.phase = Phase.TALKING
                events.append(TurnResumed(at_s=start_s))
            case _:
                pass
        if self.phase is Phase.TALKING and silence_s >= rules.pause_s:
            self._longest_pause_s = max(self._longest_pause_s, silence_s)
        if not self._held and end_s - self._stretch_s >= rules.held_s - 1e-6:
            self._held = True
            events.append(VoiceHeld(start_s=self._stretch_s))
        self._asked_s = 0.0
        self._lulled = False
        self._last_speech_s = end_s
        if self.phase is Phase.RISING:
            self._spoken_s += end_s - start_s
            takes_up = self._start_s - self._ended_s <= rules.take_up_s
            if self._spoken_s >= (rules.resume_min_s if takes_up else rules.speech_min_s) - 1e-6:
                self.phase = Phase.TALKING
                pause_s = self._start_s - self._ended_s
                # Whoever has paused this long once will do so again.
                self._longest_pause_s = max(self._longest_pause_s, pause_s) if takes_up else 0.0
                events.append(TurnStarted(start_s=self._start_s, takes_up=takes_up))
        elif end_s - self._start_s >= rules.turn_max_s:
            events += self._end(0.0)
            self._ended_s = float("-inf")
        return events

    def _wait(self, now_s: float) -> list[TurnEvent]:
        rules, events = self.rules, list[TurnEvent]()
        silence_s = now_s - self._last_speech_s
        if self._stretch_s is not None and silence_s >= rules.hush_s - 1e-6:
            events.append(VoiceHushed(start_s=self._stretch_s, end_s=self._last_speech_s))
            self._stretch_s = None
        if self.phase is Phase.TALKING and not self._lulled and silence_s >= rules.lull_s - 1e-6:
            self._lulled = True
            events.append(TurnLulled(start_s=self._start_s, end_s=self._last_speech_s))
        match self.phase:
            case Phase.RISING if silence_s >= rules.pause_s:
                self.phase = Phase.QUIET
            case Phase.TALKING if silence_s >= rules.pause_s - 1e-6:
                self.phase = Phase.PAUSED
                events.append(TurnPaused(start_s=self._start_s, end_s=self._last_speech_s))
            case _:
                pass
        if self.phase is Phase.PAUSED and silence_s >= self.silence_needed_s - 1e-6:
            events += self._end(silence_s)
        return events

    def _end(self, silence_s: float) -> list[TurnEvent]:
        self.phase = Phase.QUIET
        self._ended_s = self._last_speech_s
        self._asked_s = 0.0
        event = TurnEnded(start_s=self._start_s, end_s=self._last_speech_s, silence_s=silence_s)
        if not silence_s:
            hushed = VoiceHushed(start_s=self._stretch_s or self._start_s, end_s=self._last_speech_s)
            self._stretch_s = None
            return [hushed, event]
        return [event]


_LEANING: Final = frozenset({
    "a", "an", "and", "are", "as", "at", "because", "but", "by", "could", "does", "er", "for", "from",
    "had", "has", "have", "he", "his", "if", "in", "is", "its", "just", "my", "of", "on", "or", "our",
    "she", "should", "than", "the", "their", "these", "they", "those", "to", "uh", "um", "was", "we",
    "were", "when", "which", "while", "will", "with", "your",
})  # fmt: skip
"""Words on which a sentence hardly ever ends."""


_WHOLE: Final = frozenset({
    "yes", "yeah", "yep", "no", "nope", "okay", "ok", "sure", "maybe", "hello", "hi", "hey", "bye", "goodbye",
    "thanks", "sorry", "please", "never", "nothing", "nobody", "me", "you", "right", "fine", "good", "stop",
})  # fmt: skip
"""Words that are an answer by themselves."""


_UNFINISHED: Final = 0.2
"""Likelihood of an end below which a sentence is waited for."""


def silence_after(text: str, rules: TurnRules) -> float:
    """Seconds of silence after which somebody who has said this has finished."""
    text = text.strip()
    words = re.findall(r"[a-z']+", text.casefold())
    if not words:
        return rules.end_s
    if text.endswith((",", "-", "–", "—", "...", "…", ":", ";")):
        return rules.end_max_s
    if words[-1] in _WHOLE and len(words) <= 2:
        return rules.end_s
    if words[-1] in _LEANING or ended(text) < _UNFINISHED:
        return rules.end_max_s
    return rules.end_s
