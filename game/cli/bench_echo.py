"""``hollow bench echo``: does the game hear itself, and does it hear the player over its own voice?

A closed loop as on the evening, in a room that is computed: the Child's voice goes through the mixer, two
loudspeakers, a room and a microphone to the ears, their observations to the world, and what the world decides
(duck, stop) to the mixer. The game clock runs, so the figures are the same on any machine.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.budget import budget
from game.cli.echo_room import RoomSettings
from game.cli.echo_stand import Sentence, Stand, child_lines, echo_level, recorded_sentences
from game.cli.word_errors import word_errors, words_of
from game.clock import EAR_RATE, LATENCY_S, ClockKind
from game.sense.commands_file import load_commands
from game.sense.ears import Ears
from game.sense.echo import EchoCanceller
from game.sense.observations import CommandHeard, Heard, SpeechStarted
from game.sense.overtalk import listeners_of
from game.sense.spotters import load_spotter
from game.sense.transcriber import WhisperTranscriber
from game.sense.voice_activity import SileroModel, VoiceActivity
from game.workers.jobs import GameJobs
from game.world.effects import Duck, StopClip
from npc.assets import asset
from npc.models import ModelStore

_AFTERWARDS_S: Final = 3.0
_LONG_LINE_S: Final = 3.0
_WARM_S: Final = 12.0
"""The Child has been speaking for this long before a player breaks in."""


@dataclass(slots=True)
class Alone:
    """What the game made of its own voice."""

    seconds: float = 0.0
    child_s: float = 0.0
    """Of it the Child spoke so long."""
    starts: int = 0
    turns: int = 0
    commands: int = 0
    ducks: int = 0
    stops: int = 0
    told: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Over:
    """What the game made of players who talked over the Child."""

    sentences: int = 0
    words: int = 0
    errors: int = 0
    ducked_ms: list[int | None] = field(default_factory=list)
    """From the first voice in each sentence; None where it was not."""
    stopped_ms: list[int | None] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def add_parser(kinds: Any) -> argparse.ArgumentParser:
    """Adds the command; returns its parser."""
    parser: argparse.ArgumentParser = kinds.add_parser(
        "echo",
        help="whether the game hears itself, and the player over its own voice",
        description="Plays the Child's voice through loudspeakers and a room that are computed, and counts "
        "what the ears take for a player; then lets recorded people talk over it at the same loudness.",
    )
    parser.add_argument("--minutes", type=float, default=1.0, metavar="M", help="of the Child alone (1)")
    parser.add_argument("--delay", type=float, default=80.0, metavar="MS", help="of the sound card (80)")
    parser.add_argument("--rt60", type=float, default=0.4, metavar="S", help="reverberation time (0.4)")
    parser.add_argument("--drift", type=float, default=100.0, metavar="PPM", help="between the clocks (100)")
    parser.add_argument("--noise", type=float, default=-62.0, metavar="DBFS", help="of the room (-62)")
    parser.add_argument("--speech", type=Path, metavar="DIR", help="recordings, with transcripts.tsv beside")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)
    return parser


def alone(stand: Stand, minutes: float) -> Alone:
    """Lets the Child talk, and nobody else."""
    found = Alone()
    while stand.now_s < minutes * 60.0:
        stand.step(talking=True)
        found.child_s += 0.01 * stand.speaking
    for _ in range(round(_AFTERWARDS_S * 100)):
        stand.step(talking=False)
    found.seconds = stand.now_s
    for seen in stand.observed:
        match seen:
            case SpeechStarted():
                found.starts += 1
            case CommandHeard():
                found.commands += 1
                found.told.append(f"{seen.end_s:.1f} s: command {seen.name}")
            case Heard():
                found.turns += 1
                found.told.append(f"{seen.start_s:.1f} s: {seen.text}")
    for _, effect in stand.effects:
        found.ducks += isinstance(effect, Duck) and effect.gain_db < 0.0
        found.stops += isinstance(effect, StopClip)
    return found


def over(stand: Stand, sentences: list[Sentence]) -> Over:
    """Lets one after the other talk over the Child."""
    found = Over()
    while stand.now_s < _WARM_S:
        stand.step(talking=True)
    for sentence in sentences:
        waited = 0.0
        while not stand.speaking or waited < 0.7:
            stand.step(talking=True)
            waited = waited + 0.01 if stand.speaking else 0.0
        start_s = stand.now_s
        seen, done = len(stand.observed), len(stand.effects)
        stand.room.say(sentence.sound)
        end_s = start_s + len(sentence.sound) / EAR_RATE
        while stand.now_s < end_s + 0.3:
            stand.step(talking=not stand._stopping)
        while stand.now_s < end_s + _AFTERWARDS_S:
            stand.step(talking=False)
        texts: dict[int, Heard] = {}
        for one in stand.observed[seen:]:
            if isinstance(one, Heard) and one.end_s > start_s:
                texts.pop(one.extends or -1, None)
                texts[one.utterance] = one
        heard = " ".join(one.text for one in texts.values())
        said, got = words_of(sentence.text), words_of(heard)
        wrong = word_errors(said, got)
        found.sentences += 1
        found.words += len(said)
        found.errors += wrong
        voice_s = start_s + sentence.voice_s
        for delays, kind in ((found.ducked_ms, Duck), (found.stopped_ms, StopClip)):
            at_s = next((at_s for at_s, effect in stand.effects[done:] if isinstance(effect, kind)), None)
            delays.append(None if at_s is None else round((at_s - voice_s) * 1000.0))
        found.told.append(f"{wrong} of {len(said)}: {heard}")
    return found


def tell(sentence: str) -> None:
    """What the player should know, beside the document on standard output."""
    print(sentence, file=sys.stderr)


def run(options: argparse.Namespace) -> int:
    """Runs the command."""
    store = ModelStore.default()
    lines = child_lines(store, options.seed)
    transcriber = WhisperTranscriber(store.folder("whisper-base"), threads=budget().hearing)
    settings = RoomSettings(
        rt60_s=options.rt60, delay_s=options.delay / 1000.0, drift_ppm=options.drift,
        noise_dbfs=options.noise, seed=options.seed,
    )  # fmt: skip
    gain = echo_level(settings, lines, options.seed)

    spotter = load_spotter(ModelStore.default(), load_commands(asset("commands.toml")), tell)

    listeners = listeners_of(spotter)

    def ears() -> Ears:
        return Ears(
            voice=VoiceActivity(SileroModel()), transcriber=transcriber, jobs=GameJobs(LATENCY_S),
            clock=ClockKind.GAME, spotter=spotter,
            echo=EchoCanceller(), listeners=listeners,
        )  # fmt: skip

    def stand(*, stopping: bool) -> Stand:
        made = Stand(settings, ears(), lines, stopping=stopping, seed=options.seed)
        made.room.gain = gain
        return made

    sentences = recorded_sentences(options.speech) if options.speech else []
    result: dict[str, Any] = {"room": asdict(settings)}
    if options.minutes > 0.0:
        result["alone"] = asdict(alone(stand(stopping=True), options.minutes))
    if sentences:
        # The words are scored where the Child goes on, the times where it stops.
        # Over its longer lines only: it must not fall silent before it can be stopped.
        lines = [line for line in lines if line.duration_s > _LONG_LINE_S]
        goes_on = over(stand(stopping=False), sentences)
        stops = over(stand(stopping=True), sentences)
        result["over"] = {
            "sentences": goes_on.sentences,
            "words": goes_on.words,
            "errors": goes_on.errors,
            "wer": round(goes_on.errors / max(1, goes_on.words), 4),
            "wer_when_it_stops": round(stops.errors / max(1, stops.words), 4),
            "ducked_ms": stops.ducked_ms,
            "stopped_ms": stops.stopped_ms,
            "told": goes_on.told,
        }
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        _tell(result)
    return 0


def _tell(result: dict[str, Any]) -> None:
    if "alone" in result:
        found = result["alone"]
        print(
            f"The Child alone, {found['seconds']:.0f} s, {found['child_s']:.0f} s of them speech: "
            f"{found['turns']} turns, {found['commands']} commands, {found['ducks']} times turned down, "
            f"{found['stops']} times stopped."
        )
        for line in found["told"]:
            print(f"  {line}")
    if "over" in result:
        found = result["over"]
        print(
            f"A player over it at equal level, {found['sentences']} sentences: word error rate "
            f"{found['wer']:.1%} ({found['wer_when_it_stops']:.1%} where the Child stops)."
        )
        for what in ("ducked", "stopped"):
            times = [time for time in found[f"{what}_ms"] if time is not None]
            missed = len(found[f"{what}_ms"]) - len(times)
            if times:
                p50, p95 = np.percentile(times, [50, 95])
                print(f"  {what} after {p50:.0f} ms (p50), {p95:.0f} ms (p95); {missed} times not")
        for line in found["told"]:
            print(f"  {line}")
