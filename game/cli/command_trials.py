"""Commands, said by made voices in quiet and in noise, and listened for in talk and noise that hold none."""

import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.cli.other_voices import OtherVoice
from game.cli.recordings import read, sounds_in
from game.cli.spoken import Noise, Said, Speaker, Speech, mixed, spaced
from game.cli.voice import MeasuredJobs
from game.clock import EAR_BLOCK, EAR_RATE, ClockKind
from game.sense.audio_source import Samples
from game.sense.commands_file import CommandSet
from game.sense.ears import Ears
from game.sense.observations import CommandHeard, CommandTakenBack, Observation
from game.sense.spotters import Recogniser, load_spotter
from game.sense.transcriber import Transcriber
from game.sense.voice_activity import SileroModel, VoiceActivity
from npc.models import ModelStore

_LATE_S: Final = 2.5
"""A command that is told later than this after its words is not found..."""
_LATE_WAITING_S: Final = 5.0
"""... or than this, when it waits until nothing else has been heard."""
_AFTERWARDS_S: Final = 3.0
FOUND_LEAST: Final = 0.97
DELAY_MOST_MS: Final = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A command as the game came to know of it."""

    name: str
    end_s: float
    """Where its words ended, by the ears."""
    known_s: float
    """When the game had it, the machine's own slowness included."""
    taken_back_s: float | None = None


@dataclass(slots=True)
class Score:
    """Commands said, found and invented under one condition."""

    said: int = 0
    delays_s: list[float] = field(default_factory=list)
    """Of the found ones that can be undone: they are told at once."""
    waits_s: list[float] = field(default_factory=list)
    """Of the found ones that cannot: they wait for the transcript."""
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    false_kept: int = 0
    """Of the false ones, those that were not taken back."""
    seconds: float = 0.0
    undone: int = 0
    """Right commands that were taken back by mistake."""

    def add(self, other: "Score") -> None:
        self.said += other.said
        self.delays_s += other.delays_s
        self.waits_s += other.waits_s
        self.missed += other.missed
        self.false += other.false
        self.false_kept += other.false_kept
        self.seconds += other.seconds
        self.undone += other.undone

    @property
    def found(self) -> int:
        """Commands that were found, sooner or later."""
        return len(self.delays_s) + len(self.waits_s)

    def document(self) -> dict[str, Any]:
        hours = self.seconds / 3600.0
        found = self.found / self.said if self.said else None
        return {
            "said": self.said,
            "found": None if found is None else round(found, 4),
            "delay_ms": _spread([1000.0 * delay for delay in self.delays_s]),
            "wait_ms": _spread([1000.0 * wait for wait in self.waits_s]),
            "false": len(self.false),
            "false_kept": self.false_kept,
            "false_per_hour": round(self.false_kept / hours, 2) if hours else None,
            "taken_back_wrongly": self.undone,
            "seconds": round(self.seconds, 1),
            "missed": dict(Counter(self.missed).most_common()),
            "invented": dict(Counter(self.false).most_common()),
        }


def _spread(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    low, high = np.percentile(values, (50.0, 95.0))
    return {"p50": round(float(low)), "p95": round(float(high)), "max": round(max(values))}


class Bench:
    """Ears as in the game, with everything that takes long to load loaded once."""

    def __init__(
        self, commands: CommandSet, transcriber: Transcriber, store: ModelStore, wanted: Recogniser
    ) -> None:
        self.commands = commands
        self._transcriber = transcriber
        self.faults: list[str] = []
        self._spotter = load_spotter(store, commands, self.faults.append, wanted=wanted)

    def listen(self, blocks: Iterable[Samples]) -> list[Known]:
        """What commands fresh ears find in the sound, and when they would have told of them if it came from
        a microphone now: blocks wait while the ones before them are still being heard."""
        jobs = MeasuredJobs()
        ears = Ears(
            voice=VoiceActivity(SileroModel()),
            transcriber=self._transcriber,
            jobs=jobs,
            clock=ClockKind.REAL,
            spotter=self._spotter,
            on_fault=self.faults.append,
        )
        found: list[Known] = []
        free_s = now_s = 0.0
        for block in blocks:
            now_s += len(block) / EAR_RATE
            began, worked_s = time.perf_counter(), jobs.worked_s
            news = ears.feed(block, None, now_s) + ears.poll(now_s)
            # Transcription runs beside the ears; its own time is in the date of its result.
            spent_s = time.perf_counter() - began - (jobs.worked_s - worked_s)
            free_s = max(free_s, now_s) + spent_s
            _note(found, news, free_s)
        return found


def _note(found: list[Known], news: Sequence[Observation], known_s: float) -> None:
    for one in news:
        match one:
            case CommandHeard():
                found.append(Known(name=one.name, end_s=one.end_s, known_s=known_s))
            case CommandTakenBack():
                for at, known in enumerate(found):
                    if known.name == one.name and known.end_s == one.end_s:
                        found[at] = Known(
                            name=known.name, end_s=known.end_s, known_s=known.known_s, taken_back_s=known_s
                        )
            case _:
                pass


def judged(
    said: Sequence[Said], found: Sequence[Known], seconds: float, waiting: Container[str] = ()
) -> Score:
    """Sets what was found beside what was said: the first of the right name within a phrase's time counts,
    everything else was invented. Commands that are ``waiting`` are not told at once."""
    score = Score(said=len(said), seconds=seconds)
    left = list(found)
    for one in said:
        late_s = _LATE_WAITING_S if one.name in waiting else _LATE_S
        hits = [
            k
            for k in left
            if k.name == one.name and one.start_s <= k.end_s and k.known_s - one.end_s <= late_s
        ]
        if not hits:
            score.missed.append(one.phrase)
            continue
        left.remove(hits[0])
        score.undone += hits[0].taken_back_s is not None
        (score.waits_s if one.name in waiting else score.delays_s).append(hits[0].known_s - one.end_s)
    score.false = [k.name for k in left]
    score.false_kept = sum(k.taken_back_s is None for k in left)
    return score


def blocks_of(sound: Samples) -> Iterator[Samples]:
    """The sound in the microphone's blocks, and silence in which the last turn ends."""
    padded = np.concatenate((sound, np.zeros(int(_AFTERWARDS_S * EAR_RATE), np.float32)))
    for at in range(0, len(padded) - EAR_BLOCK + 1, EAR_BLOCK):
        yield padded[at : at + EAR_BLOCK]


def commands_suite(
    bench: Bench, speech: Speech, speakers: Sequence[Speaker | OtherVoice], noises: Sequence[Noise],
    told: Callable[[str], None],
) -> dict[str, Score]:  # fmt: skip
    """Every phrase of every command, said by every speaker, under each condition."""
    scores: dict[str, Score] = {"clean": Score(), **{noise.name: Score() for noise in noises}}
    phrases = [(c.name, phrase) for c in bench.commands.commands for phrase in c.phrases]
    waiting = {command.name for command in bench.commands.commands if not command.undo}
    for number, speaker in enumerate(speakers):
        sound, said = spaced(speech, speaker, phrases, seed=number)
        heard = {"clean": sound} | {n.name: mixed(sound, n, said, seed=number) for n in noises}
        for condition, mixture in heard.items():
            score = judged(said, bench.listen(blocks_of(mixture)), len(mixture) / EAR_RATE, waiting)
            scores[condition].add(score)
            told(
                f"{speaker.name}, {condition}: {score.found} of {score.said}, "
                f"missed {sorted(score.missed)}, invented {sorted(score.false)}"
            )
    return scores


def free_sound(bench: Bench, folder: Path, told: Callable[[str], None]) -> Score:
    """Commands in recordings that hold none: all of them are false."""
    score = Score()
    for path in sounds_in(folder):
        sound = read(path)
        one = judged((), bench.listen(blocks_of(sound)), len(sound) / EAR_RATE)
        score.add(one)
        for name in one.false:
            told(f"{path.name}: '{name}' was invented")
    return score


def talk(
    bench: Bench, speech: Speech, speakers: Sequence[Speaker], lines: Sequence[str], seconds: float,
    told: Callable[[str], None],
) -> Score:  # fmt: skip
    """Commands in made conversation without any; whole rounds of lines until it has lasted long enough."""
    score = Score()
    rng = np.random.default_rng(7)
    free = [line for line in lines if bench.commands.by_text(line) is None]
    while score.seconds < seconds and free:
        speaker = speakers[int(rng.integers(len(speakers)))]
        some = [free[int(at)] for at in rng.integers(len(free), size=20)]
        sound, _ = spaced(speech, speaker, [("", line) for line in some], seed=int(rng.integers(1 << 30)))
        one = judged((), bench.listen(blocks_of(sound)), len(sound) / EAR_RATE)
        score.add(one)
        for name in one.false:
            told(f"talk by {speaker.name}: '{name}' was invented")
    return score
