"""``hollow voice``: what the ears make of a recording, and how long each thing took them."""

import argparse
import heapq
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

from game.budget import budget
from game.cli.interruptions import Interruptions
from game.clock import ClockKind
from game.sense.audio_source import FileSource
from game.sense.commands_file import all_commands, own_commands_path
from game.sense.ears import Ears
from game.sense.echo import SILENT_PEAK, EchoCanceller
from game.sense.observations import CommandHeard, Heard, Observation, SpeechPaused, SpeechStarted
from game.sense.overtalk import listeners_of
from game.sense.spotters import load_spotter
from game.sense.transcriber import WhisperTranscriber
from game.sense.voice_activity import SileroModel, VoiceActivity
from game.workers.jobs import Result
from npc.assets import asset
from npc.models import ModelStore

_AFTERWARDS_S: Final = 3.0
"""Silence listened to after the file's end, in which the last turn ends; more until no transcript is due."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command; returns its parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "voice",
        help="show what the game hears in a recording",
        description="Shows where the game hears speech in a recording, the commands and the sentences in it, "
        "and how long after their end each was known on this machine.",
    )
    parser.add_argument("wav", metavar="WAV", type=Path, help="any sound file, or a film with sound")
    parser.add_argument(
        "--playback", metavar="WAV2", type=Path,
        help="what the loudspeaker played meanwhile: its echo is taken out, and who talks over it interrupts",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)
    return parser


class MeasuredJobs:
    """Does the work at once and delivers each result as late as the work took on this machine."""

    def __init__(self) -> None:
        self.worked_s = 0.0
        """Wall time that all work took."""
        self._due: list[tuple[float, int, Result]] = []
        self._cancelled: set[int] = set()
        self._count = 0
        self._serial = 0

    def submit(self, lane: str, name: str, work: Callable[[], Iterator[Any]], *, now_s: float) -> int:
        self._count += 1
        started = perf_counter()
        error: Exception | None = None
        try:
            for value in work():
                self._push(lane, value, None, False, now_s, started)
        except Exception as caught:  # noqa: BLE001 - the job's owner decides what its failure means
            error = caught
        self._push(lane, None, error, True, now_s, started)
        self.worked_s += perf_counter() - started
        return self._count

    def _push(
        self, lane: str, value: Any, error: Exception | None, last: bool, now_s: float, started: float
    ) -> None:
        wall_s = perf_counter() - started
        due_s = now_s + wall_s
        result = Result(
            job=self._count, lane=lane, value=value, error=error, last=last, due_s=due_s, wall_s=wall_s
        )
        self._serial += 1
        heapq.heappush(self._due, (result.due_s, self._serial, result))

    def cancel(self, job: int) -> None:
        self._cancelled.add(job)

    @property
    def busy(self) -> bool:
        """Something has been worked out that has not been delivered."""
        return any(result.job not in self._cancelled for _, _, result in self._due)

    def poll(self, now_s: float) -> list[Result]:
        ready: list[Result] = []
        while self._due and self._due[0][0] <= now_s:
            result = heapq.heappop(self._due)[2]
            if result.job not in self._cancelled:
                ready.append(result)
        return ready

    def close(self) -> None:
        self._due.clear()


@dataclass(slots=True)
class Findings:
    """What was heard, in the words of the ``--json`` document."""

    segments: list[dict[str, float]] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)
    transcripts: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    interruptions: list[dict[str, Any]] = field(default_factory=list)
    _since_s: float | None = None
    _of_utterance: dict[int, dict[str, Any]] = field(default_factory=dict)

    def take(self, observation: Observation, known_s: float) -> None:
        """Notes one observation that the game would have had at ``known_s``."""
        match observation:
            case SpeechStarted(start_s=start_s):
                self._since_s = start_s
            case SpeechPaused(end_s=end_s) if self._since_s is not None:
                self.segments.append({"start_s": round(self._since_s, 3), "end_s": round(end_s, 3)})
                self._since_s = None
            case CommandHeard(name=name, end_s=end_s):
                delay_ms = round((known_s - end_s) * 1000.0)
                self.commands.append({"name": name, "end_s": round(end_s, 3), "delay_ms": delay_ms})
            case Heard():
                self._transcript(observation, known_s)
            case _:
                pass

    def _transcript(self, heard: Heard, known_s: float) -> None:
        if heard.extends is not None:
            # It replaces what was told before the player went on.
            self.transcripts.remove(self._of_utterance.pop(heard.extends))
        row = {
            "text": heard.text,
            "start_s": round(heard.start_s, 3),
            "end_s": round(heard.end_s, 3),
            "delay_ms": round((known_s - heard.end_s) * 1000.0),
        }
        self.transcripts.append(row)
        self._of_utterance[heard.utterance] = row

    def document(self) -> dict[str, Any]:
        """The document of ``--json``; nothing can be interrupted where nothing is played."""
        return {
            "segments": self.segments,
            "commands": self.commands,
            "transcripts": self.transcripts,
            "interruptions": self.interruptions,
            "seconds": round(self.seconds, 2),
            "faults": self.faults,
        }


def listen(
    source: FileSource,
    ears: Ears,
    findings: Findings,
    jobs: MeasuredJobs,
    playback: FileSource | None = None,
) -> None:
    """Plays the file to the ears, as fast as they can hear, and a little silence after it; ``playback`` is
    what the loudspeaker played meanwhile."""
    quiet_s = 0.0
    interruptions = Interruptions()
    findings.interruptions = interruptions.rows
    for block in source.read_until(float("inf")):
        if source.ended:
            quiet_s += block.end_s - block.start_s
            if quiet_s > _AFTERWARDS_S and not jobs.busy:
                return
        else:
            findings.seconds = block.end_s
        played = None
        if playback is not None:
            played = np.concatenate([b.samples for b in playback.read_until(block.end_s)])
            interruptions.go_on(block.start_s, sounding=bool(np.abs(played).max() > SILENT_PEAK))
        started, worked_s = perf_counter(), jobs.worked_s
        heard = ears.feed(block.samples, played, block.end_s)
        # On the evening transcripts are made beside the listening, which does not wait for them.
        known_s = block.end_s + perf_counter() - started - (jobs.worked_s - worked_s)
        for observation in heard:
            findings.take(observation, known_s)
            interruptions.take(observation, known_s)
        for observation in ears.poll(block.end_s):
            findings.take(observation, block.end_s)


def run(options: argparse.Namespace) -> int:
    """Runs the command; raises what `main` turns into a sentence."""
    source = FileSource(options.wav)
    playback = None
    try:
        playback = FileSource(options.playback) if options.playback is not None else None
        findings, jobs = Findings(), MeasuredJobs()
        store = ModelStore.default()
        commands = all_commands(asset("commands.toml"), own_commands_path(), findings.faults.append)
        spotter = load_spotter(store, commands, findings.faults.append)
        ears = Ears(
            voice=VoiceActivity(SileroModel()),
            transcriber=WhisperTranscriber(store.folder("whisper-base"), threads=budget().hearing),
            jobs=jobs,
            clock=ClockKind.REAL,
            spotter=spotter,
            echo=EchoCanceller() if playback is not None else None,
            listeners=listeners_of(spotter),
            on_fault=findings.faults.append,
        )
        listen(source, ears, findings, jobs, playback)
    finally:
        source.close()
        if playback is not None:
            playback.close()
    if options.json:
        print(json.dumps(findings.document(), indent=2))
    else:
        _tell(findings)
    for fault in findings.faults:
        print(fault, file=sys.stderr)
    return 0


def _tell(findings: Findings) -> None:
    spoken_s = sum(segment["end_s"] - segment["start_s"] for segment in findings.segments)
    print(f"{findings.seconds:.1f} s of sound, {spoken_s:.1f} s of speech.")
    for command in findings.commands:
        print(f"{command['end_s']:7.2f} s  command: {command['name']} (after {command['delay_ms']} ms)")
    for row in findings.transcripts:
        print(f'{row["start_s"]:7.2f} s  "{row["text"]}" (after {row["delay_ms"]} ms)')
    for row in findings.interruptions:
        print(f"{row['start_s']:7.2f} s  interrupts (ducked after {row['ducked_ms']} ms, "
              f"stopped after {row['stopped_ms']} ms)")  # fmt: skip
    if not findings.commands and not findings.transcripts:
        print("Nothing was said.")
