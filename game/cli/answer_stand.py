"""The game with somebody in the room who speaks line after line: a stand for measuring its answers.

All is as on the evening, on the real clock, but for three devices: the camera is a clip that begins again at
its end, the microphone says the next line when the answer to the one before has been heard, and the sound
goes nowhere. The lines are answered in two ways by turns: the game's, and the plain one.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.cli.live_hands import Endless
from game.clock import EAR_BLOCK, EAR_RATE
from game.present.sound.mixer import DELAY_S, Bus, Mixer, Stereo
from game.present.sound.spatial import Vec3
from game.sense.audio_source import BLOCK_S, Block, Samples
from game.sense.camera import Camera
from game.sense.ears import Ears
from game.sense.end_of_turn import TurnRules, TurnTracker
from game.sense.observations import CommandHeard, SentenceSpoken
from game.sense.transcriber import WINDOW_S, Transcriber, Transcript, WhisperTranscriber
from game.sense.voice_activity import SileroModel, VoiceActivity
from game.workers.cast import Spoken as Told
from game.workers.eyes_worker import EyesBody
from game.workers.jobs import Result
from game.workers.link import Launch
from game.workers.mind_worker import MindBody, MindSettings
from game.workers.mouth import Said
from game.workers.serve import serve
from npc.contract import Ended, Question, Understood
from npc.models import ModelStore

LINES: Final = "lines.npz"
"""In the stand's folder: what is said, arrays ``said_0``, ``said_1``, ..., mono at 16 kHz."""
ORDER: Final = "order.json"
"""In the stand's folder: [line, plain] pairs in the order in which they are said."""
SPOKEN: Final = "spoken.jsonl"
"""In the stand's folder, as it goes: ``{"line", "plain", "start_s", "epoch_s"}`` for each line."""
PLAIN_SILENCE_S: Final = 0.7
_FIRST_S: Final = 4.0
_BREATH_S: Final = 1.2
"""Quiet between the last sound of an answer and the next line."""
_UNANSWERED_S: Final = 12.0


@dataclass(slots=True)
class _Line:
    number: int
    plain: bool
    start_s: float = 0.0
    end_s: float = float("inf")


class Speaker:
    """A microphone before which somebody says one line after the other, each when ``quiet_s`` is over."""

    def __init__(self, folder: Path) -> None:
        self.name = "somebody who speaks"
        with np.load(folder / LINES) as sounds:
            self._sounds: list[Samples] = [sounds[f"said_{k}"] for k in range(len(sounds.files))]
        order = json.loads((folder / ORDER).read_text(encoding="utf-8"))
        self._left = [_Line(number=int(number), plain=bool(plain)) for number, plain in order]
        self._next = 0
        self._at = 0
        self.quiet_s = _FIRST_S
        """Play-clock time from which the next line may be said."""
        self.line: _Line | None = None
        """The line that is being said, or was said last."""

    @property
    def ended(self) -> bool:
        return False

    @property
    def done(self) -> bool:
        """Nothing is left to say."""
        return not self._left

    def read_until(self, t_s: float) -> Iterator[Block]:
        while (start_s := self._next * BLOCK_S) + BLOCK_S <= t_s + 0.5 / EAR_RATE:
            self._next += 1
            if self._left and start_s >= self.quiet_s:
                line = self.line = self._left.pop(0)
                self._at, self.quiet_s = 0, float("inf")
                line.start_s = start_s
                line.end_s = start_s + len(self._sounds[line.number]) / EAR_RATE
            yield Block(samples=self._samples(), start_s=start_s)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _samples(self) -> Samples:
        block = np.zeros(EAR_BLOCK, np.float32)
        if self.line is not None:
            part = self._sounds[self.line.number][self._at : self._at + EAR_BLOCK]
            block[: len(part)] = part
            self._at += len(part)
        return block


class PaddedWhisper(WhisperTranscriber):
    """Whisper as its own library calls it: whatever was said, in a window of 30 s."""

    def transcribe(self, pcm: Samples) -> Transcript:
        attempt = self._attempt(pcm[: int(WINDOW_S * EAR_RATE)], tail_s=WINDOW_S, beam=1)
        return Transcript(text=attempt.text, confidence=1.0)


class AnsweringMind(MindBody):
    """The game's ears and minds before the stand's microphone, and the plain way beside them."""

    def __init__(self, settings: MindSettings, resume_s: float) -> None:
        if not isinstance(settings.microphone, Path):
            raise TypeError("the stand's microphone is its folder")
        self._folder = settings.microphone
        self._speaker = Speaker(self._folder)
        self._plain_ears: Ears | None = None
        self._own_ears: Ears | None = None
        self._speaks_until_s = 0.0
        self._answered = False
        self._noted: _Line | None = None
        self._over = False
        super().__init__(settings, resume_s)

    def _load_ears(self, store: ModelStore) -> Ears | None:
        self._own_ears = super()._load_ears(store)
        rules = TurnRules(
            lull_s=PLAIN_SILENCE_S, pause_s=PLAIN_SILENCE_S, end_s=PLAIN_SILENCE_S,
            end_max_s=PLAIN_SILENCE_S, take_up_s=0.0,
        )  # fmt: skip
        padded: Transcriber = PaddedWhisper(
            store.folder("whisper-base"), threads=self._settings.hearing_threads
        )
        self._plain_ears = Ears(
            voice=VoiceActivity(SileroModel()), transcriber=padded, jobs=self._ear_jobs,
            clock=self._settings.clock, turns=TurnTracker(rules), on_fault=self._note_fault,
        )  # fmt: skip
        return self._own_ears

    def _open_source(self, now_s: float) -> None:
        self._source = self._speaker
        self.what["microphone"] = self._speaker.name

    def _listen(self, now_s: float) -> None:
        super()._listen(now_s)
        line = self._speaker.line
        if line is None:
            return
        if line is not self._noted:
            self._noted, self._answered = line, False
            self._ears = self._plain_ears if line.plain else self._own_ears
            row = {"line": line.number, "plain": line.plain, "start_s": round(line.start_s, 4),
                   "epoch_s": time.monotonic() - now_s}  # fmt: skip
            with (self._folder / SPOKEN).open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        if self._speaker.quiet_s != float("inf"):
            return
        lost = now_s > line.end_s + _UNANSWERED_S
        told = self._answered and now_s > max(line.end_s, self._speaks_until_s) + _BREATH_S
        if not (lost or told):
            return
        self._speaker.quiet_s = now_s
        if self._speaker.done and not self._over:
            self._over = True
            self._news.append(CommandHeard(at_s=now_s, name="good night", end_s=now_s, confidence=1.0))

    def _reply(self, question: Question) -> Iterator[Understood | Said | Ended]:
        if self._noted is None or not self._noted.plain:
            yield from super()._reply(question)
            return
        started = time.perf_counter()
        events = list(self._cast.reply(question))
        mood = next((one.mood for one in events if isinstance(one, Understood)), "hostile")
        told = [one for one in events if isinstance(one, Told)]
        yield from (one for one in events if isinstance(one, Understood))
        if told:
            whole = " ".join(one.sentence.text for one in told)
            sound = self._mouth.speak(told[0].character, whole, mood)
            yield Said(told=told[0], sound=sound, ready_s=time.perf_counter() - started)
        yield from (one for one in events if isinstance(one, Ended))

    def _spoken(self, said: Said, turn: int, at_s: float) -> SentenceSpoken:
        spoken = super()._spoken(said, turn, at_s)
        self._speaks_until_s = max(self._speaks_until_s, at_s + 0.3) + spoken.duration_s
        return spoken

    def _take(self, result: Result, now_s: float) -> None:
        super()._take(result, now_s)
        line = self._noted
        if isinstance(result.value, Ended) and line is not None and now_s > line.end_s:
            self._answered = True


class StandEyes(EyesBody):
    """The game's eyes before a clip without end."""

    def _open(self, camera: Path | int, resume_s: float) -> Camera:
        if isinstance(camera, int):
            raise TypeError("the stand's camera is a clip")
        return Endless(camera)


def run_stand_mind(pipe: Connection, launch: Launch, /) -> None:
    """Runs in the worker process."""
    settings: Any = launch.settings
    serve(pipe, lambda: AnsweringMind(settings, launch.resume_s), settings.clock, settings.niceness)


def run_stand_eyes(pipe: Connection, launch: Launch, /) -> None:
    """Runs in the worker process."""
    import cv2

    cv2.setNumThreads(1)
    settings: Any = launch.settings
    serve(pipe, lambda: StandEyes(settings, launch.resume_s), settings.clock, settings.niceness)


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """A sound whose first sample is heard at ``at_s``, on the system's monotonic clock."""

    clip: str
    bus: Bus
    at_s: float


class WatchedMixer(Mixer):
    """The mixer, noting when the first sample of each sound leaves the loudspeaker."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self.began: list[Began] = []
        self._coming: list[tuple[str, Bus]] = []
        self._before_s = 0.0
        """Seconds of sound that are queued before what is mixed next."""

    def play(
        self, clip_id: str, pcm: NDArray[np.float32], *, position: Vec3 | None, gain_db: float = 0.0,
        loop: bool = False, bus: Bus = "sound",
    ) -> None:  # fmt: skip
        super().play(clip_id, pcm, position=position, gain_db=gain_db, loop=loop, bus=bus)
        self._coming.append((clip_id, bus))

    def set_latency(self, latency_s: float) -> None:
        super().set_latency(latency_s)
        self._before_s = latency_s

    def mix(self, frames: int) -> Stereo:
        coming, self._coming = self._coming, []
        block = super().mix(frames)
        at_s = time.monotonic() + self._before_s + DELAY_S
        self.began += [Began(clip=clip, bus=bus, at_s=at_s) for clip, bus in coming]
        return block
