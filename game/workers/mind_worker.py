"""The process of the ears and the minds: microphone, recognisers, characters, voices."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE, LATENCY_S, SAMPLE_RATE, ClockKind
from game.sense.audio_source import AudioSource, DeviceSource, FileSource, SourceError, look_again
from game.sense.commands_file import GrammarError, all_commands, own_commands_path
from game.sense.ears import LANE, Ears
from game.sense.echo import EchoCanceller
from game.sense.microphone_watch import MicrophoneWatch
from game.sense.observations import (
    Observation,
    ReplyEnded,
    SenseFound,
    SenseLost,
    SentenceSpoken,
    TurnUnderstood,
)
from game.sense.overtalk import listeners_of
from game.sense.spotters import load_spotter
from game.sense.transcriber import (
    SpeechRecognitionTranscriber,
    Transcriber,
    TranscriberError,
    WhisperTranscriber,
)
from game.sense.voice_activity import SileroModel, VoiceActivity, VoiceModelMissing
from game.sense.who_speaks import WhoSpeaks
from game.workers.cast import CHILD, COMPANION, Cast
from game.workers.cast import Spoken as Told
from game.workers.jobs import GameJobs, Jobs, RealJobs, Result
from game.workers.link import Launch
from game.workers.messages import Advance, Clip, Report
from game.workers.mouth import Mouth, Said
from game.workers.serve import serve
from game.world.effects import Ask, Say, Withdraw
from npc.assets import asset
from npc.cast import load_cast
from npc.contract import Ended, Expected, Question, Understood
from npc.models import ModelMissing, ModelStore
from npc.speech.voice import VoiceError, voice_file

_REOPEN_EVERY_S: Final = 3.0
_WHISPER: Final = "whisper-base"
_VOICE_SEED: Final = 1
_REFERENCE_MOST: Final = 10 * EAR_RATE
"""What was played waits so long for a busy loop, as the microphone's own sound does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MindSettings:
    child: Path
    """Folder of the character in the cave."""
    microphone: Path | str | None
    """A file, a part of a device's name, or None for none."""
    recogniser: str | None
    """An engine of SpeechRecognition for free speech; None for Whisper."""
    backend: str | None
    """URL of a language server; None for the embedded model."""
    clock: ClockKind
    hearing_threads: int
    language_threads: int
    voice_threads: int
    niceness: int


def _patient() -> float:
    """A clock that runs twenty times slower than the wall: on the game clock the embedded model is given the
    time that it needs, so that the same evening has the same words on a slow machine."""
    return time.perf_counter() / 20.0


class MindBody:
    """Ears and characters behind the worker's port.

    Ears run in the loop itself, block by block; transcripts, replies and lines are jobs in two lanes, so that
    listening never waits for thinking.
    """

    def __init__(self, settings: MindSettings, resume_s: float) -> None:
        self.what: dict[str, str] = {}
        self._settings = settings
        self._now_s = resume_s
        self._news: list[Observation] = []
        self._faults: list[str] = []
        self._clips: list[Clip] = []
        self._reference: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        lockstep = settings.clock is ClockKind.GAME
        self._jobs: Jobs = GameJobs(LATENCY_S) if lockstep else RealJobs(("mind",))
        self._ear_jobs: Jobs = GameJobs(LATENCY_S) if lockstep else RealJobs((LANE,))
        self._of_job: dict[int, tuple[int, str]] = {}
        store = ModelStore.default()
        self._cast = Cast(
            load_cast(
                {CHILD: settings.child, COMPANION: asset("personalities/companion")},
                settings.backend,
                store,
                threads=settings.language_threads,
                exact=lockstep,
                clock=_patient if lockstep and settings.backend is None else time.perf_counter,
            )
        )
        self._mouth = self._load_mouth(store)
        self._ears = self._load_ears(store)
        self._source: AudioSource | None = None
        self._watch = MicrophoneWatch()
        self._lost_s: float | None = None
        self._open_source(resume_s)
        self._cast.warm()
        self.what["language"] = settings.backend or "embedded"

    # -- set-up ------------------------------------------------------------------------------------------

    def _load_mouth(self, store: ModelStore) -> Mouth:
        lockstep = self._settings.clock is ClockKind.GAME
        settings = {name: one.personality.voice for name, one in self._cast.characters.items()}
        try:
            mouth = Mouth(
                settings,
                voice_file(store),
                threads=self._settings.voice_threads,
                seed=_VOICE_SEED if lockstep else None,
                ahead=not lockstep,
                on_fault=self._note_fault,
            )
        except (ModelMissing, VoiceError) as error:
            self._news.append(SenseLost(at_s=self._now_s, sense="voice", reason=str(error)))
            return Mouth({}, None, on_fault=self._note_fault)
        self.what["voice"] = mouth.what
        self._news.append(SenseFound(at_s=self._now_s, sense="voice", what=mouth.what))
        return mouth

    def _load_ears(self, store: ModelStore) -> Ears | None:
        """Ears as whole as they can be: each part that lacks costs a sentence and what it was for."""
        if self._settings.microphone is None:
            return None
        try:
            transcriber = self._load_transcriber(store)
            voice = VoiceActivity(SileroModel())
        except (ModelMissing, TranscriberError, VoiceModelMissing) as error:
            self._news.append(SenseLost(at_s=self._now_s, sense="microphone", reason=str(error)))
            return None
        spotter = None
        try:
            commands = all_commands(asset("commands.toml"), own_commands_path(), self._note_fault)
            spotter = load_spotter(store, commands, self._note_fault)
        except GrammarError as error:
            self._faults.append(str(error))
        # A recording was made in another room: nothing that the game plays is in it, and a canceller that
        # looks for an echo where there is none takes a few decibels off the speech.
        echo = None if isinstance(self._settings.microphone, Path) else EchoCanceller()
        beside = f", commands by {spotter.name}" if spotter else ""
        self.what["hearing"] = (self._settings.recogniser or "whisper base") + beside
        return Ears(
            voice=voice,
            transcriber=transcriber,
            jobs=self._ear_jobs,
            clock=self._settings.clock,
            spotter=spotter,
            echo=echo,
            people=WhoSpeaks(),
            listeners=listeners_of(spotter),
            on_fault=self._note_fault,
        )

    def _load_transcriber(self, store: ModelStore) -> Transcriber:
        engine = self._settings.recogniser
        if engine is None:
            return WhisperTranscriber(store.folder(_WHISPER), threads=self._settings.hearing_threads)
        # The player named the engine, and with it the network where it needs one.
        return SpeechRecognitionTranscriber(engine, may_use_network=True)

    def _open_source(self, now_s: float) -> None:
        wish = self._settings.microphone
        if wish is None or self._ears is None:
            return
        try:
            if isinstance(wish, Path):
                self._source, name = FileSource(wish), wish.name
                for _ in self._source.read_until(now_s):
                    pass  # What was said before this worker took over is past.
            else:
                device = DeviceSource(wish or None)
                self._source, name = device, device.name
        except SourceError as error:
            if self._lost_s is None:
                self._news.append(SenseLost(at_s=now_s, sense="microphone", reason=str(error)))
            self._lost_s = now_s
            return
        self._lost_s = None
        self.what["microphone"] = name
        self._news.append(SenseFound(at_s=now_s, sense="microphone", what=name))

    # -- the worker's port -------------------------------------------------------------------------------

    def receive(self, message: Advance) -> None:
        if message.reference is not None:
            self._reference = np.concatenate((self._reference, message.reference))[-_REFERENCE_MOST:]
        if self._ears is not None:
            self._ears.gesturing(message.gesturing)
        for order in message.orders:
            match order:
                case Ask(question=question):
                    self._start(question.turn, question.character, "reply", message.until_s,
                                partial(self._reply, question))  # fmt: skip
                case Say():
                    self._start(order.turn, order.character, "line", message.until_s,
                                partial(self._line, order))  # fmt: skip
                case Withdraw(turn=turn):
                    for job in [job for job, (of_turn, _) in self._of_job.items() if of_turn == turn]:
                        self._jobs.cancel(job)
                        del self._of_job[job]  # Nothing of a cancelled job is ever told.

    def work(self, now_s: float) -> Report:
        self._now_s = now_s
        self._listen(now_s)
        if self._ears is not None:
            self._news += self._ears.poll(now_s)
        for result in self._jobs.poll(now_s):
            self._take(result, now_s)
        news, self._news = self._news, []
        faults, self._faults = self._faults, []
        clips, self._clips = self._clips, []
        return Report(reached_s=now_s, observations=tuple(news), clips=tuple(clips), faults=tuple(faults))

    def close(self) -> None:
        self._jobs.close()
        self._ear_jobs.close()
        self._mouth.close()
        if self._source is not None:
            self._source.close()
        self._cast.close()

    def _note_fault(self, sentence: str) -> None:
        """Tells with the next report what went wrong. To be handed on instead of the list's own ``append``:
        each report takes the list along."""
        self._faults.append(sentence)

    # -- ears --------------------------------------------------------------------------------------------

    def _listen(self, now_s: float) -> None:
        if self._ears is None:
            return
        if self._source is None:
            if self._lost_s is not None and now_s - self._lost_s > _REOPEN_EVERY_S:
                if isinstance(self._settings.microphone, Path):
                    return
                look_again()
                self._open_source(now_s)
            return
        try:
            for block in self._source.read_until(now_s):
                if isinstance(self._source, DeviceSource):
                    self._faults += self._watch.feed(block.samples)
                self._news += self._ears.feed(block.samples, self._take_reference(), block.end_s)
        except SourceError as error:
            self._source.close()
            self._source, self._lost_s = None, now_s
            self._news.append(SenseLost(at_s=now_s, sense="microphone", reason=str(error)))

    def _take_reference(self) -> NDArray[np.float32]:
        """What was played since the last call."""
        played, self._reference = self._reference, np.zeros(0, dtype=np.float32)
        return played

    # -- minds -------------------------------------------------------------------------------------------

    def _start(
        self, turn: int, character: str, name: str, now_s: float, work: Callable[[], Iterator[Any]]
    ) -> None:
        job = self._jobs.submit("mind", name, work, now_s=now_s)
        self._of_job[job] = (turn, character)

    def _reply(self, question: Question) -> Iterator[Understood | Said | Ended]:
        """What a character answers, each sentence with its sound. Runs in the mind's lane."""
        started = time.perf_counter()
        mood = "hostile"
        for event in self._cast.reply(question, in_parts=self._settings.clock is ClockKind.REAL):
            match event:
                case Understood():
                    mood = event.mood
                    yield event
                case Expected():
                    self._mouth.expect(question.character, event, mood)
                case Told():
                    yield self._mouth.say(event, mood, started)
                case Ended():
                    yield event

    def _line(self, order: Say) -> Iterator[Said]:
        try:
            told = self._cast.line(order.character, order.line)
        except KeyError:
            return  # What the story cannot do without was asked for at the start; the rest may be missing.
        yield self._mouth.say(told, "hostile", time.perf_counter())

    def _take(self, result: Result, now_s: float) -> None:
        turn, character = self._of_job[result.job]
        at_s = result.due_s if self._settings.clock is ClockKind.GAME else now_s
        if result.error is not None:
            reason = f"The mind of {character} failed: {result.error}"
            self._faults.append(reason)
            self._news.append(ReplyEnded(at_s=at_s, turn=turn, character=character, faults=(reason,)))
        if result.last:
            del self._of_job[result.job]
            return
        match result.value:
            case Understood() as understood:
                self._news.append(
                    TurnUnderstood(
                        at_s=at_s,
                        turn=turn,
                        character=character,
                        kind=understood.kind,
                        act=understood.act,
                        gesture=understood.gesture,
                        events=understood.events,
                    )
                )
            case Said() as said:
                self._news.append(self._spoken(said, turn, at_s))
            case Ended() as ended:
                self._faults += ended.faults
                self._news.append(ReplyEnded(at_s=at_s, turn=turn, character=character, faults=ended.faults))

    def _spoken(self, said: Said, turn: int, at_s: float) -> SentenceSpoken:
        sentence, sound = said.told.sentence, said.sound
        clip = f"{said.told.character}-{turn}-{sentence.index}"
        self._clips.append(Clip(name=clip, pcm=sound.pcm))
        return SentenceSpoken(
            at_s=at_s,
            turn=turn,
            character=said.told.character,
            index=sentence.index,
            text=sentence.text,
            gesture=sentence.gesture,
            actions=sentence.actions,
            goes_on=sentence.goes_on,
            clip=clip,
            duration_s=round(len(sound.pcm) / SAMPLE_RATE, 4),
            words=tuple((word, round(start_s, 3), round(end_s, 3)) for word, start_s, end_s in sound.words),
            source=sentence.source,
            backend=sentence.backend,
            first_token_s=sentence.first_token_s,
            ready_s=said.ready_s,
        )


def run_mind(pipe: Connection, launch: Launch, /) -> None:
    """Runs in the worker process."""
    settings: Any = launch.settings
    serve(pipe, lambda: MindBody(settings, launch.resume_s), settings.clock, settings.niceness)
