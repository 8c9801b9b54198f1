"""The ears: echo cancelling, voice activity, turns, commands and transcription, composed.

Sound goes in ten milliseconds at a time, observations come out. The rule for commands: a stretch of speech
that is a command and nothing else, with no talk in the second before it, is told as soon as it has ended; any
other is told when the transcript of the whole turn is a command and nothing else. What was told too soon, for
the sentence went on or was another, is taken back when the transcript shows it. Words that were only a
command to the game are no turn of talk.
"""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE, LATENCY_S, ClockKind
from game.sense.commands_file import NO_COMMANDS, Command, Match, is_only_command
from game.sense.end_of_turn import (
    Phase,
    TurnEnded,
    TurnEvent,
    TurnLulled,
    TurnPaused,
    TurnResumed,
    TurnStarted,
    TurnTracker,
    VoiceHeld,
    VoiceHushed,
    VoiceRose,
)
from game.sense.observations import (
    CommandHeard,
    CommandTakenBack,
    Heard,
    HeardSoFar,
    Observation,
    SecondVoice,
    SpeechPaused,
    SpeechStarted,
    VoiceFell,
    VoiceSounds,
    VoiceTalks,
)
from game.sense.overtalk import Listeners, OverTalk
from game.sense.recent_sound import Meter, RecentSound
from game.sense.second_opinion import second_opinion
from game.sense.spotting import Ended, Spotter, Spotting
from game.sense.transcriber import Transcriber, TranscriberError, Transcript
from game.sense.voice_activity import WINDOW, VoiceActivity, Window, level_db
from game.sense.who_speaks import WhoSpeaks
from game.sense.without_echo import Canceller, Cleaned, WithoutEcho
from game.workers.jobs import Jobs

Samples = NDArray[np.float32]

LANE: Final = "hear"
"""The lane of the jobs port on which transcription runs."""
JOB: Final = "transcript"
_WINDOW_S: Final = WINDOW / EAR_RATE
_LEAD_S: Final = 0.25
"""Sound kept before the first speech: voice activity wakes after the first consonant."""
_TRAIL_S: Final = 0.25
_KEPT_S: Final = 36.0
"""Sound kept: the longest turn with its lead, and the pause that ended it."""
_KNOWN_BY_S: Final = 4.0
"""So much of a turn tells whose voice it was. A long turn looked at whole would be told late: 30 s take the
ears most of a second, and more on a busy machine."""
_SURE: Final = 0.5
"""Confidence of a match that needs no second opinion when the whole turn was nothing else."""


@dataclass(slots=True)
class _Turn:
    """One turn on its way from speech to text."""

    start_s: float
    end_s: float = 0.0
    extends: int | None = None
    """A turn already told, which this one replaces."""
    job: int | None = None
    submitted_s: float = 0.0
    transcript: Transcript | None = None
    due_s: float = 0.0
    wall_s: float = 0.0
    decided_s: float | None = None
    """When the turn was judged to be over; None while it may go on."""
    went_on_s: float | None = None
    """When the player took up again what `extends` had ended."""
    fired: list[tuple[Match, float]] = dataclasses.field(default_factory=list)
    """Commands told at once, and when their words ended."""
    pending: list[tuple[Match, float]] = dataclasses.field(default_factory=list)
    """Commands that cannot be undone: told when the turn was nothing else and the match is sure, else when
    the transcript does not deny them."""
    talk: bool = False
    """There was speech in it that was no command."""
    faint: bool = False
    """Too little voice for a turn; there is a command in it."""
    listens: bool = False
    """It began while something was played, and has not been known to be more than a listener's."""


class Ears:
    """One player's ears. Not thread-safe; one thread feeds and polls."""

    def __init__(
        self,
        *,
        voice: VoiceActivity,
        transcriber: Transcriber,
        jobs: Jobs,
        clock: ClockKind,
        spotter: Spotter | None = None,
        echo: Canceller | None = None,
        turns: TurnTracker | None = None,
        people: WhoSpeaks | None = None,
        listeners: Listeners | None = None,
        on_fault: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """Without ``spotter`` there are no commands, without ``echo`` no loudspeaker is expected,
        without ``people`` all voices are one, without ``listeners`` an "mhm" is told by its length.
        ``on_fault`` gets a sentence when a recogniser fails; hearing goes on."""
        self._voice = voice
        self._transcriber = transcriber
        self._jobs = jobs
        self._clock = clock
        self._without_echo = WithoutEcho(echo)
        self._tracker = turns or TurnTracker()
        self._people = people
        self._overtalk = OverTalk(listeners)
        self._on_fault = on_fault
        self._sound = RecentSound(_KEPT_S)
        self._spotting = Spotting(spotter, self._sound) if spotter is not None else None
        self._commands = spotter.commands if spotter is not None else NO_COMMANDS
        self._meter = Meter()
        self._turn: _Turn | None = None
        """The turn that the player is in."""
        self._waiting: _Turn | None = None
        """The turn that is over and not yet told."""
        self._told: _Turn | None = None
        """The last turn that was told, while it may still be taken up."""
        self._told_utterance = 0
        self._utterances = 0

    def feed(self, block: Samples, reference: Samples | None, at_s: float) -> list[Observation]:
        """Hears ten milliseconds that ended at ``at_s``. ``reference`` is what has been played since the call
        before (16 kHz, any number of samples, before or after its echo is heard); None is nothing."""
        out: list[Observation] = []
        for cleaned in self._without_echo.feed(block, reference, at_s):
            out += self._listen(cleaned, at_s)
        return out

    def _listen(self, cleaned: Cleaned, now_s: float) -> list[Observation]:
        """Hears a block that has been understood at ``now_s``."""
        block, at_s = cleaned.samples, cleaned.end_s
        self._sound.add(block, at_s)
        out: list[Observation] = []
        # A residue of the game's own voice is a voice too: only what is more than echo may be speech.
        heard = np.zeros_like(block) if cleaned.only_echo else block
        windows = self._voice.feed(heard)
        for index, window in enumerate(windows):
            behind = len(windows) - 1 - index
            end_s = at_s - self._sound.beyond(WINDOW) - behind * _WINDOW_S
            out += self._hear(window, end_s, now_s, beside=cleaned.beside)
        loudness = self._meter.feed(heard, at_s, voiced=self._tracker.may_be_speaking)
        if loudness is not None:
            out.append(dataclasses.replace(loudness, at_s=_exact(self._dated(now_s, "vad"))))
        return out

    def gesturing(self, moves: bool) -> None:
        """Whether one of the player's hands goes on talking: then a turn wants more silence to end."""
        self._tracker.gesturing = moves

    def poll(self, now_s: float) -> list[Observation]:
        """What became known since the last call: finished transcripts."""
        out: list[Observation] = []
        for result in self._jobs.poll(now_s):
            for turn in (self._turn, self._waiting):
                if turn is None or turn.job != result.job:
                    continue
                if result.error is not None:
                    self._fail(turn, result.error, result.due_s)
                elif not result.last:
                    turn.transcript, turn.due_s, turn.wall_s = result.value, result.due_s, result.wall_s
                    if turn is self._turn:
                        self._tracker.understand(result.value.text)
                        out += self._so_far(turn, result.value, now_s)
        return out + self._tell(now_s)

    @property
    def kept_s(self) -> float:
        """Seconds of sound in memory."""
        return self._sound.held_s

    def _dated(self, at_s: float, kind: str) -> float:
        return at_s + LATENCY_S[kind] if self._clock is ClockKind.GAME else at_s

    def _hear(self, window: Window, end_s: float, now_s: float, *, beside: bool) -> list[Observation]:
        out: list[Observation] = []
        events = self._tracker.step(speaking=window.speaking, start_s=end_s - _WINDOW_S, end_s=end_s)
        for event in events:
            out += self._react(event, now_s)
            if isinstance(event, TurnStarted) and self._turn is not None:
                self._turn.listens = beside
        if self._spotting is not None:
            for words in self._spotting.step(window, end_s, in_turn=self._turn is not None):
                out += self._words(words, now_s)
        talks_s = self._overtalk.step(events, self._sound, end_s, speaking=window.speaking, beside=beside)
        if talks_s is not None:
            if self._turn is not None:
                self._turn.listens = False
            out.append(VoiceTalks(at_s=_exact(self._dated(now_s, "vad")), start_s=_exact(talks_s)))
        if self._tracker.phase is Phase.QUIET and not self._tracker.may_be_speaking:
            self._leave(now_s)
        return out

    def _react(self, event: TurnEvent, now_s: float) -> list[Observation]:
        match event:
            case VoiceRose():
                if self._turn is None:
                    self._turn = _Turn(start_s=event.start_s)
                self._drop_job(self._turn)
            case VoiceHeld():
                at_s = self._dated(now_s, "vad")
                return [VoiceSounds(at_s=_exact(at_s), start_s=_exact(event.start_s))]
            case TurnStarted():
                self._start(event)
                at_s = self._dated(now_s, "vad")
                return [SpeechStarted(at_s=_exact(at_s), start_s=_exact(event.start_s))]
            case VoiceHushed():
                at_s = self._dated(now_s, "vad")
                return [VoiceFell(at_s=_exact(at_s), end_s=_exact(event.end_s))]
            case TurnLulled():
                if self._turn is not None:
                    self._submit(self._turn, event.end_s, now_s)
            case TurnPaused():
                at_s = self._dated(now_s, "vad")
                return [SpeechPaused(at_s=_exact(at_s), end_s=_exact(event.end_s))]
            case TurnResumed():
                at_s = self._dated(now_s, "vad")
                return [SpeechStarted(at_s=_exact(at_s), start_s=_exact(event.at_s))]
            case TurnEnded():
                return self._end(event, now_s)
        return []

    def _start(self, event: TurnStarted) -> None:
        turn = self._turn or _Turn(start_s=event.start_s)
        self._turn = turn
        before = self._waiting or self._told
        longest_s = self._tracker.rules.turn_max_s
        if not event.takes_up or before is None or event.start_s - before.start_s > longest_s:
            return
        turn.start_s = before.start_s
        if before is self._waiting:
            # Nobody has been told of it: the two are one turn.
            turn.extends = before.extends
            turn.fired, turn.pending = before.fired + turn.fired, before.pending + turn.pending
            turn.talk = turn.talk or before.talk
            self._drop_job(before)
            self._waiting = None
        else:
            turn.extends, turn.went_on_s = self._told_utterance, event.start_s
        self._told = None

    def _leave(self, now_s: float) -> None:
        """What rose, if anything did, was too little for a turn: forgotten, unless a command was in it."""
        turn, self._turn = self._turn, None
        if turn is None or self._waiting is not None:
            return
        if ends_s := [end_s for match, end_s in turn.fired + turn.pending if match.sure]:
            turn.faint, turn.decided_s, self._waiting = True, now_s, turn
            self._submit(turn, ends_s[-1], now_s)

    def _words(self, words: Ended, now_s: float) -> list[Observation]:
        """Words have ended, perhaps a command."""
        match, turn = words.match, self._turn
        if match is None or not match.sure:
            if turn is not None:
                turn.talk = turn.talk or words.talked
                turn.pending += [(match, words.end_s)] if match is not None else []
            return []
        turn = self._turn = turn or _Turn(start_s=words.start_s)
        # What was no command by itself was the beginning of this one.
        turn.talk = turn.talk and words.began_s > turn.start_s
        if turn.went_on_s is not None and words.start_s <= turn.went_on_s <= words.end_s:
            # A command after talk that has been told already is a turn of its own.
            turn.start_s, turn.extends, turn.talk = words.start_s, None, False
            turn.fired, turn.pending = [], []
        if not match.command.undo:
            turn.pending.append((match, words.end_s))
            return []
        turn.fired.append((match, words.end_s))
        return [self._command(match.command, match.confidence, words.end_s, now_s)]

    def _command(self, command: Command, confidence: float, end_s: float, now_s: float) -> CommandHeard:
        return _command_heard(command.name, confidence, end_s, self._dated(now_s, "command"))

    def _submit(self, turn: _Turn, end_s: float, now_s: float) -> None:
        turn.end_s = end_s
        pcm = self._sound.between(turn.start_s - _LEAD_S, end_s + _TRAIL_S)
        transcriber = self._transcriber

        def work() -> Iterator[Transcript]:
            yield transcriber.transcribe(pcm)

        turn.transcript, turn.submitted_s = None, now_s
        turn.job = self._jobs.submit(LANE, JOB, work, now_s=now_s)

    def _drop_job(self, turn: _Turn | None) -> None:
        if turn is not None and turn.job is not None:
            self._jobs.cancel(turn.job)
            turn.job, turn.transcript = None, None

    def _end(self, event: TurnEnded, now_s: float) -> list[Observation]:
        turn, self._turn = self._turn, None
        if turn is None:
            return []
        if turn.job is None or turn.end_s != event.end_s:
            self._drop_job(turn)
            self._submit(turn, event.end_s, now_s)
        turn.decided_s = now_s
        self._waiting, self._told = turn, None
        if turn.talk or turn.extends is not None:
            return []
        sure = [one for one in turn.pending if one[0].confidence >= _SURE]
        turn.fired += sure
        turn.pending = [one for one in turn.pending if one not in sure]
        return [self._command(match.command, match.confidence, end_s, now_s) for match, end_s in sure]

    def _so_far(self, turn: _Turn, transcript: Transcript, now_s: float) -> list[Observation]:
        """Words up to a pause, when they are talk: whoever answers may begin to think."""
        found = turn.fired or any(match.sure for match, _ in turn.pending)
        if found or not transcript.text or self._commands.by_text(transcript.text) is not None:
            return []
        at_s = turn.due_s if self._clock is ClockKind.GAME else now_s
        pcm = self._sound.between(turn.start_s, turn.end_s)
        return [HeardSoFar(at_s=_exact(at_s), text=transcript.text, start_s=_exact(turn.start_s),
                           end_s=_exact(turn.end_s), loudness_db=round(level_db(pcm), 1),
                           extends=turn.extends)]  # fmt: skip

    def _fail(self, turn: _Turn, error: Exception, due_s: float) -> None:
        known = isinstance(error, TranscriberError)
        self._on_fault(str(error) if known else f"The speech recogniser failed: {error}")
        turn.transcript, turn.due_s = Transcript(text="", confidence=0.0), due_s

    def _tell(self, now_s: float) -> list[Observation]:
        turn = self._waiting
        if turn is None or turn.transcript is None or turn.decided_s is None:
            return []
        if self._tracker.may_be_speaking or self._tracker.phase is Phase.RISING:
            return []  # The player may be going on: what to tell is known in a moment.
        self._waiting = None
        at_s = now_s
        if self._clock is ClockKind.GAME:
            at_s = max(turn.decided_s + LATENCY_S["vad"], turn.due_s)
        return self._judged(turn, turn.transcript, at_s)

    def _judged(self, turn: _Turn, transcript: Transcript, at_s: float) -> list[Observation]:
        out: list[Observation] = []
        opinion = second_opinion(
            transcript, self._commands, turn.fired, turn.pending, talk=turn.talk, end_s=turn.end_s
        )
        for match, end_s in opinion.taken_back:
            out.append(CommandTakenBack(at_s=_exact(at_s), name=match.command.name, end_s=_exact(end_s)))
        for name, (confidence, end_s) in opinion.told.items():
            out.append(_command_heard(name, confidence, end_s, at_s))
        if turn.faint or not transcript.text or is_only_command(transcript.text, opinion.said, opinion.found):
            return out
        self._utterances += 1
        pcm = self._sound.between(turn.start_s, turn.end_s)
        if self._people is not None and self._people.hears_another(pcm[-round(_KNOWN_BY_S * EAR_RATE) :]):
            out.append(SecondVoice(at_s=_exact(at_s), start_s=_exact(turn.start_s)))
        out.append(
            Heard(
                at_s=_exact(at_s),
                utterance=self._utterances,
                text=transcript.text,
                start_s=_exact(turn.start_s),
                end_s=_exact(turn.end_s),
                confidence=round(transcript.confidence, 3),
                loudness_db=round(level_db(pcm), 1),
                extends=turn.extends,
                listens=turn.listens and self._overtalk.only_listens(pcm),
                transcript_s=_exact(max(0.0, turn.submitted_s + turn.wall_s - (turn.decided_s or 0.0))),
            )
        )
        self._told, self._told_utterance = turn, self._utterances
        return out


def _command_heard(name: str, confidence: float, end_s: float, at_s: float) -> CommandHeard:
    at_s, end_s = _exact(at_s), _exact(end_s)
    return CommandHeard(at_s=at_s, name=name, end_s=end_s, confidence=round(confidence, 3))


def _exact(seconds: float) -> float:
    """Tenths of a millisecond: sums of blocks differ in their last bits, logs should not."""
    return round(seconds, 4)
