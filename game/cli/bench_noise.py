"""``hollow bench noise``: an hour of everything but speech, and a microphone that comes and goes.

The noises are made here: rain, a fan, a hum, steps, a crowd too far away for words, silence, and a device
that is gone for a while. What the ears take for a player is counted, and the memory of the process is read at
the beginning and at the end.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.budget import budget
from game.cli.bench_echo import tell
from game.clock import EAR_BLOCK, EAR_RATE, LATENCY_S, ClockKind
from game.sense.audio_source import Samples
from game.sense.commands_file import load_commands
from game.sense.ears import Ears
from game.sense.echo import EchoCanceller
from game.sense.observations import CommandHeard, Heard, SpeechStarted
from game.sense.overtalk import listeners_of
from game.sense.spotters import load_spotter
from game.sense.transcriber import WhisperTranscriber
from game.sense.voice_activity import SileroModel, VoiceActivity
from game.workers.jobs import GameJobs
from npc.assets import asset
from npc.models import ModelStore

_PART_S: Final = 20.0
"""One noise lasts so long."""
_GONE_S: Final = 5.0
"""The microphone is gone for so long once in every round."""
_SETTLED_S: Final = 180.0
"""By then every part of the ears has been at work: from here on memory must not grow."""
_LOUD_DBFS: Final = (-60.0, -14.0)
NOISES: Final = ("rain", "fan", "hum", "steps", "crowd", "silence", "gone")


@dataclass(slots=True)
class Found:
    """What an hour of noise came to."""

    seconds: float = 0.0
    starts: int = 0
    turns: int = 0
    commands: int = 0
    took_s: float = 0.0
    memory_mib: list[float] = field(default_factory=list)
    """After the first minutes, and at the end."""
    told: list[str] = field(default_factory=list)


def add_parser(kinds: Any) -> argparse.ArgumentParser:
    """Adds the command; returns its parser."""
    parser: argparse.ArgumentParser = kinds.add_parser(
        "noise",
        help="whether the ears stay quiet and small in an hour of noise",
        description="Feeds the ears with noises that are made here, as fast as they can hear, and counts "
        "what they take for a player; tells how much memory they took.",
    )
    parser.add_argument("--minutes", type=float, default=60.0, metavar="M", help="of noise (60)")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)
    return parser


def noise(kind: str, rng: np.random.Generator) -> Samples:
    """`_PART_S` of one of `NOISES` at 16 kHz, as loud as chance will have it."""
    count = int(_PART_S * EAR_RATE)
    time_s = np.arange(count) / EAR_RATE
    white = rng.normal(size=count)
    match kind:
        case "rain":
            sound = _coloured(white, lambda f: 1.0 / np.sqrt(np.maximum(f, 50.0)))
        case "fan":
            blades = 1.0 + 0.3 * np.sin(2 * np.pi * rng.uniform(8.0, 25.0) * time_s)
            sound = blades * _coloured(white, lambda f: np.exp(-f / 600.0))
        case "hum":
            base = rng.choice([50.0, 60.0]) * (1 + rng.integers(0, 2))
            sound = sum(np.sin(2 * np.pi * base * k * time_s + k) / k for k in range(1, 9)) + 0.02 * white
        case "steps":
            sound = 0.003 * white
            for at in np.cumsum(rng.uniform(0.3, 0.9, 60)):
                first = int(at * EAR_RATE)
                length = min(int(rng.uniform(0.01, 0.08) * EAR_RATE), count - first)
                if length > 0:
                    sound[first : first + length] += rng.normal(size=length) * np.exp(
                        -np.arange(length) / (0.2 * length)
                    )
        case "crowd":
            beat = np.repeat(rng.uniform(0.5, 1.0, int(_PART_S * 5) + 1), EAR_RATE // 5)[:count]
            sound = beat * _coloured(white, lambda f: np.exp(-((np.log2(np.maximum(f, 1.0) / 450.0)) ** 2)))
        case _:
            return np.zeros(count, np.float32)
    peak = float(np.sqrt(np.mean(sound**2)))
    level = 10.0 ** (rng.uniform(*_LOUD_DBFS) / 20.0)
    return np.asarray(np.clip(sound / peak * level, -1.0, 1.0), np.float32)


def _coloured(white: Any, shape: Any) -> Any:
    spectrum = np.fft.rfft(white)
    return np.fft.irfft(spectrum * shape(np.fft.rfftfreq(len(white), 1.0 / EAR_RATE)), len(white))


def memory_mib() -> float:
    """Memory of this process now, where the system tells; else the most that it ever had; 0 on Windows."""
    try:
        import resource
    except ImportError:
        return 0.0
    status = Path("/proc/self/statm")
    if status.is_file():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def listen(ears: Ears, minutes: float, seed: int) -> Found:
    """So many minutes of noise into the ears. A quiet hiss is played all the time, so that the echo canceller
    is at work too."""
    rng = np.random.default_rng(seed)
    found = Found()
    at_s, round_number = 0.0, 0
    while at_s < minutes * 60.0:
        kind = NOISES[round_number % len(NOISES)]
        round_number += 1
        if kind == "gone":
            at_s += _GONE_S
            continue
        sound = noise(kind, rng)
        played = 0.003 * rng.normal(size=len(sound)).astype(np.float32)
        for k in range(0, len(sound) - EAR_BLOCK + 1, EAR_BLOCK):
            at_s += EAR_BLOCK / EAR_RATE
            news = ears.feed(sound[k : k + EAR_BLOCK], played[k : k + EAR_BLOCK], at_s) + ears.poll(at_s)
            for seen in news:
                match seen:
                    case SpeechStarted():
                        found.starts += 1
                    case Heard():
                        found.turns += 1
                        found.told.append(f"{seen.start_s:.0f} s, {kind}: {seen.text}")
                    case CommandHeard():
                        found.commands += 1
                        found.told.append(f"{seen.end_s:.0f} s, {kind}: command {seen.name}")
                    case _:
                        pass
        if at_s >= _SETTLED_S and not found.memory_mib:
            found.memory_mib.append(round(memory_mib(), 1))
    found.seconds = round(at_s, 1)
    found.memory_mib.append(round(memory_mib(), 1))
    return found


def run(options: argparse.Namespace) -> int:
    """Runs the command; raises what `main` turns into a sentence."""
    spotter = load_spotter(ModelStore.default(), load_commands(asset("commands.toml")), tell)
    ears = Ears(
        voice=VoiceActivity(SileroModel()),
        transcriber=WhisperTranscriber(ModelStore.default().folder("whisper-base"), threads=budget().hearing),
        jobs=GameJobs(LATENCY_S),
        clock=ClockKind.GAME,
        spotter=spotter,
        echo=EchoCanceller(),
        listeners=listeners_of(spotter),
    )
    started_s = time.process_time()
    found = listen(ears, options.minutes, options.seed)
    found.took_s = round(time.process_time() - started_s, 1)
    if options.json:
        print(json.dumps(asdict(found), indent=1))
        return 0
    grown = found.memory_mib[-1] - found.memory_mib[0]
    print(
        f"{found.seconds / 60.0:.1f} minutes of noise: {found.turns} turns, {found.commands} commands, "
        f"{found.starts} sounds taken for speech; {found.took_s:.0f} s of one core; "
        f"memory {found.memory_mib[-1]:.0f} MiB, {grown:+.1f} since the third minute."
    )
    for line in found.told:
        print(f"  {line}")
    return 0
