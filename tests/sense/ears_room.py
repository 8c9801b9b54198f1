"""Ears in a room of their own: a scripted voice, a scripted recogniser and no sound at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from game.clock import EAR_BLOCK, LATENCY_S, ClockKind
from game.sense.commands_file import Command, CommandSet, Match
from game.sense.ears import Ears
from game.sense.observations import (
    CommandHeard,
    Heard,
    Observation,
)
from game.sense.transcriber import Transcript
from game.sense.voice_activity import Samples, VoiceActivity
from game.workers.jobs import GameJobs, Result

STOP = Command(name="stop", phrases=("stop",), does="", undo=True, answered=False)
LEAD = Command(name="lead", phrases=("show me the way",), does="", undo=True, answered=True)
QUIT = Command(name="good night", phrases=("good night",), does="", undo=False, answered=False)
COMMANDS = CommandSet(commands=(STOP, LEAD, QUIT), others=(), pronunciations={}, source="test")


class LoudIsSpeech:
    """A voice activity model for which everything loud is speech."""

    def probability(self, window: Samples) -> float:
        return 1.0 if np.abs(window).max() > 0.05 else 0.0


class Script:
    """A transcriber that says the next of its lines and keeps the sound it was given."""

    def __init__(self, *lines: str | Exception) -> None:
        self.lines = list(lines)
        self.heard_s: list[float] = []

    def transcribe(self, pcm: Samples) -> Transcript:
        self.heard_s.append(len(pcm) / 16_000)
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        if isinstance(line, Exception):
            raise line
        return Transcript(text=line, confidence=0.9)


class Spots:
    """A spotter that finds the given command in every stretch of speech."""

    def __init__(self, found: Command | None = None, sure: float = 0.8) -> None:
        self.commands = COMMANDS
        self.found, self.sure = found, sure
        self.fed_s: list[float] = []
        self.hushed_s: list[float] = []
        self.talked = True

    def begin(self) -> None:
        self.fed_s.append(0.0)

    def feed(self, samples: Samples) -> None:
        self.fed_s[-1] += len(samples) / 16_000

    def hush(self) -> None:
        self.hushed_s.append(self.fed_s[-1])

    def abandon(self) -> None: ...

    def finish(self, *, speech_s: float) -> Match | None:
        if self.found is None:
            return None
        return Match(command=self.found, phrase=self.found.phrases[0], confidence=self.sure)


@dataclass
class Deaf:
    """An echo canceller that takes everything for an echo."""

    lacks: bool = False
    working: bool = True
    only_echo: bool = False
    heard: int = 0
    restarts: int = 0

    def played(self, samples: Samples) -> None: ...

    def process(self, block: Samples) -> Samples:
        self.heard += 1
        return np.zeros_like(block)

    def restart(self) -> None:
        self.restarts += 1


class SlowJobs:
    """Jobs of the real clock whose results come when the test lets them."""

    def __init__(self) -> None:
        self.waiting: dict[int, Callable[[], Iterator[Any]]] = {}
        self.count = 0
        self.released = False

    def submit(self, lane: str, name: str, work: Callable[[], Iterator[Any]], *, now_s: float) -> int:
        self.count += 1
        self.waiting[self.count] = work
        return self.count

    def cancel(self, job: int) -> None:
        self.waiting.pop(job, None)

    def poll(self, now_s: float) -> list[Result]:
        if not self.released:
            return []
        done, self.waiting = self.waiting, {}
        return [
            Result(job=job, lane="hear", value=value, error=None, last=False, due_s=now_s, wall_s=0.1)
            for job, work in done.items()
            for value in work()
        ]

    def close(self) -> None: ...


@dataclass
class Room:
    """Plays a score of speech and silence to the ears and keeps what they told."""

    ears: Ears
    now_s: float = 0.0
    told: list[Observation] = field(default_factory=list)

    def play(self, *score: tuple[str, float]) -> "Room":
        for kind, seconds in score:
            block = np.full(EAR_BLOCK, 0.2 if kind == "speech" else 0.0, np.float32)
            block[::2] *= -1.0
            for _ in range(round(seconds * 100)):
                self.now_s += 0.01
                self.told += self.ears.feed(block, None, self.now_s)
                self.told += self.ears.poll(self.now_s)
        return self

    def heard(self) -> list[Heard]:
        return [o for o in self.told if isinstance(o, Heard)]

    def commands(self) -> list[CommandHeard]:
        return [o for o in self.told if isinstance(o, CommandHeard)]


def room(
    *lines: str | Exception,
    found: Command | None = None,
    sure: float = 0.8,
    clock: ClockKind = ClockKind.GAME,
    **more: Any,
) -> Room:
    options: dict[str, Any] = {"jobs": GameJobs(LATENCY_S), "transcriber": Script(*lines)} | more
    return Room(Ears(voice=VoiceActivity(LoudIsSpeech()), spotter=Spots(found, sure), clock=clock, **options))
