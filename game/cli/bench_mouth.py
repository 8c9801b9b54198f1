"""``hollow bench mouth``: a recorded conversation, its sound measured, and the Child's words heard again."""

import argparse
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.budget import budget
from game.cli.echo_stand import child_texts
from game.cli.say import AWAY_M, GAP_S, HOLE_DB
from game.cli.word_errors import word_errors, words_of
from game.clock import EAR_RATE, SAMPLE_RATE
from game.present.sound import meter
from game.present.sound.mixer import DELAY_S, Mixer
from game.sense.transcriber import Transcriber, WhisperTranscriber
from npc.assets import asset
from npc.models import ModelStore
from npc.personality import load_personality
from npc.speech.effects import resampled
from npc.speech.voice import Spoken, Voice, voice_file

_MOODS: Final = tuple(AWAY_M)
_COMPANION: Final = ("The camera is on. Nothing is being recorded.", "It's testing you. Be rude back.",
                     "I think it's a test.", "Yes, we're both software.")  # fmt: skip
_EVERY: Final = 5
"""The Companion says every fifth sentence."""
_PAUSE_S: Final = 0.6
_LISTENS_S: Final = 0.3
"""Of the echo after a sentence, heard with it."""
_EDGE_DB: Final = -60.0


@dataclass(slots=True)
class Mouth:
    """What was measured."""

    seconds: float = 0.0
    sentences: int = 0
    loudness_lufs: float = 0.0
    """Of the whole conversation; then of each sentence: the softest and the loudest."""
    softest_lufs: float = 0.0
    loudest_lufs: float = 0.0
    peak_dbfs: float = 0.0
    clipped_samples: int = 0
    clicks_at_s: list[float] = field(default_factory=list)
    gaps: int = 0
    """Inside sentences."""
    words: int = 0
    """Of the Child."""
    errors: int = 0
    wer: float = 0.0
    told: list[str] = field(default_factory=list)


def add_parser(kinds: Any) -> None:
    """Adds ``mouth`` to ``bench``."""
    parser: argparse.ArgumentParser = kinds.add_parser(
        "mouth",
        help="loudness, clicks and gaps of a recorded conversation, and whether the Child is understood",
        description="Has the Child say written lines in all its moods, the Companion one in five, through "
        "the mixer of the play; measures the recording, and lets the recogniser hear the Child.",
    )
    parser.add_argument("--lines", type=int, default=30, metavar="N", help="of the Child, 1 to 60 (30)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other lines, another rhythm (1)")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(run=run)


def conversation(said: list[tuple[Spoken, str | None]]) -> tuple[NDArray[np.float32], list[tuple[int, int]]]:
    """(n, 2) of the sentences one after the other, each in a mood or (None) in the ear, and where in it each
    sounds."""
    mixer = Mixer()
    parts: list[NDArray[np.float32]] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for number, (spoken, mood) in enumerate(said):
        place = None if mood is None else (0.0, AWAY_M[mood], 0.0)
        mixer.play(str(number), spoken.pcm, position=place, bus="ear" if mood is None else "voice")
        loud = np.flatnonzero(np.abs(spoken.pcm) > 10 ** (_EDGE_DB / 20))
        late = at + round(DELAY_S * SAMPLE_RATE)
        spans.append((late + int(loud[0]), late + int(loud[-1])) if len(loud) else (late, late))
        count = len(spoken.pcm) + round(_PAUSE_S * SAMPLE_RATE)
        parts.append(mixer.mix(count))
        at += count
    return np.concatenate(parts), spans


def measure(said: list[tuple[Spoken, str | None]], texts: list[str], transcriber: Transcriber) -> Mouth:
    """Measures the conversation; ``texts`` are the words of its sentences."""
    sound, spans = conversation(said)
    mono = sound.mean(axis=1).astype(np.float32)
    loudness = [meter.loudness_lufs(sound[first:last]) for first, last in spans]
    found = Mouth(
        seconds=round(len(sound) / SAMPLE_RATE, 1),
        sentences=len(said),
        loudness_lufs=round(meter.loudness_lufs(sound), 2),
        softest_lufs=round(min(loudness), 2),
        loudest_lufs=round(max(loudness), 2),
        peak_dbfs=round(meter.peak_db(sound), 2),
        clipped_samples=meter.clipped(sound),
        clicks_at_s=[round(float(at) / SAMPLE_RATE, 3) for at in meter.clicks(mono)],
    )
    for (_, mood), text, (first, last) in zip(said, texts, spans, strict=True):
        holes = meter.gaps(mono[first:last], shortest_s=GAP_S, below=10 ** (HOLE_DB / 20))
        found.gaps += len(holes)
        if mood is None:
            continue
        part = mono[max(0, first - SAMPLE_RATE // 5) : last + round(_LISTENS_S * SAMPLE_RATE)]
        heard = transcriber.transcribe(resampled(part, SAMPLE_RATE, EAR_RATE)).text
        wrong, words = word_errors(words_of(text), words_of(heard)), len(words_of(text))
        found.words += words
        found.errors += wrong
        found.told.append(f"{mood}, {wrong} of {words}: {text} -> {heard}")
    found.wer = round(found.errors / max(1, found.words), 4)
    return found


def run(options: argparse.Namespace) -> int:
    """Runs the command; raises what `main` turns into a sentence."""
    if not 1 <= options.lines <= 60:
        raise ValueError(f"--lines: a number from 1 to 60 is expected, not {options.lines}.")
    store = ModelStore.default()
    transcriber = WhisperTranscriber(store.folder("whisper-base"), threads=budget().hearing)
    voices = {
        name: Voice(load_personality(asset(f"personalities/{name}")).voice, voice_file(store),
                    threads=budget().voice, seed=options.seed)
        for name in ("child", "companion")
    }  # fmt: skip
    said: list[tuple[Spoken, str | None]] = []
    texts: list[str] = []
    for number, text in enumerate(child_texts(options.seed)[: options.lines]):
        mood = _MOODS[number % len(_MOODS)]
        said.append((voices["child"].speak(text, mood=mood), mood))
        texts.append(text)
        if number % _EVERY == _EVERY - 1:
            line = _COMPANION[number // _EVERY % len(_COMPANION)]
            said.append((voices["companion"].speak(line), None))
            texts.append(line)
    found = measure(said, texts, transcriber)
    if options.json:
        print(json.dumps(asdict(found), indent=1))
        return 0
    print(
        f"{found.sentences} sentences, {found.seconds:.0f} s: {found.loudness_lufs} LUFS (sentences "
        f"{found.softest_lufs} to {found.loudest_lufs}), peak {found.peak_dbfs} dBFS, "
        f"{len(found.clicks_at_s)} clicks, {found.clipped_samples} clipped samples, {found.gaps} gaps"
    )
    print(f"the Child's words: {found.errors} of {found.words} wrong, {found.wer:.1%}")
    for line in found.told:
        print(f"  {line}")
    return 0
