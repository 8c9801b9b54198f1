"""``hollow say``: a sentence in a character's voice, through the mind's voice and the mixer of the play."""

import argparse
import json
import sys
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.budget import budget
from game.cli.folders import folder_of
from game.clock import SAMPLE_RATE
from game.present.sound import meter
from game.present.sound.mixer import DELAY_S, Mixer
from game.present.sound.output import AHEAD_S, SoundOutput, SpeakerError, SpeakerOutput
from npc.models import ModelStore
from npc.personality import load_personality
from npc.speech.timing import WordTime
from npc.speech.voice import MANNERS, Spoken, Voice, voice_file

AWAY_M: Final = {"hostile": 4.0, "wary": 2.5, "warming": 1.2, "friend": 0.8}
"""How far it stands from the player in each mood."""
_ECHO_S: Final = 1.0
"""Of the cave's echo kept behind the last word."""
_FADE_S: Final = 0.3
_BLOCK: Final = 960
_QUIET_DB: Final = -60.0
"""Where speech begins and ends."""
HOLE_DB: Final = -96.0
"""A stretch of a sentence in which nothing is louder than this, no breath and no echo, for longer than
`GAP_S`, is a hole in it and no pause."""
GAP_S: Final = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A sentence as the loudspeaker gets it."""

    sound: NDArray[np.float32]
    """(n, 2), 48 kHz."""
    words: tuple[WordTime, ...]
    """Seconds from the first sample of `sound`."""
    speech_s: tuple[float, float]
    """Where the speech begins and ends; the echo rings on."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command; returns its parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "say",
        help="say a sentence in a character's voice",
        description="Says a sentence as the game would: in the voice of a character's folder, in its mood, "
        "from its place in the cave; the honest one (the Companion) in the ear.",
    )
    parser.add_argument("name", metavar="NAME", help="a name (child, companion) or a folder")
    parser.add_argument("text", metavar="TEXT", help="what is said")
    parser.add_argument(
        "--out", type=Path, metavar="WAV", help="a 48 kHz stereo file instead of the loudspeaker"
    )
    parser.add_argument("--mood", choices=sorted(MANNERS), default="wary", help="mood of the voice (wary)")
    parser.add_argument("--whisper", action="store_true", help="as with the gesture [whisper]")
    parser.add_argument("--dry", action="store_true", help="the bare voice, without place and echo")
    parser.add_argument("--seed", type=int, metavar="N", help="the same number gives the same sound")
    parser.add_argument("--json", action="store_true", help="what was measured, on standard output")
    parser.set_defaults(run=run)
    return parser


def render(spoken: Spoken, *, in_the_ear: bool, mood: str, dry: bool = False) -> Rendered:
    """The sentence through the mixer of the play, straight ahead at its mood's distance, or in the ear."""
    if dry:
        return Rendered(
            sound=np.repeat(spoken.pcm[:, None], 2, axis=1),
            words=spoken.words,
            speech_s=_speech(spoken, 0.0),
        )
    mixer = Mixer()
    place = None if in_the_ear else (0.0, AWAY_M[mood], 0.0)
    mixer.play("say", spoken.pcm, position=place, bus="ear" if in_the_ear else "voice")
    seconds = spoken.duration_s + DELAY_S + (0.0 if in_the_ear else _ECHO_S)
    sound = mixer.mix(round(seconds * SAMPLE_RATE)).copy()
    fade = min(len(sound), round(_FADE_S * SAMPLE_RATE))
    if not in_the_ear:
        sound[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None] ** 2
    words = tuple((word, start_s + DELAY_S, end_s + DELAY_S) for word, start_s, end_s in spoken.words)
    return Rendered(sound=sound, words=words, speech_s=_speech(spoken, DELAY_S))


def _speech(spoken: Spoken, late_s: float) -> tuple[float, float]:
    """Where the clip sounds, seconds."""
    heard = np.flatnonzero(np.abs(spoken.pcm) > 10 ** (_QUIET_DB / 20))
    if not len(heard):
        return (0.0, 0.0)
    return (float(heard[0]) / SAMPLE_RATE + late_s, float(heard[-1]) / SAMPLE_RATE + late_s)


def measured(rendered: Rendered) -> dict[str, Any]:
    """The document of ``--json``; times in seconds, levels in dB full scale."""
    mono = rendered.sound.mean(axis=1)
    begin_s, end_s = rendered.speech_s
    inside = mono[int(begin_s * SAMPLE_RATE) : int(end_s * SAMPLE_RATE)]
    clicks = meter.clicks(mono)
    holes = meter.gaps(inside, shortest_s=GAP_S, below=10 ** (HOLE_DB / 20))
    return {
        "seconds": round(len(mono) / SAMPLE_RATE, 3),
        "speech_s": [round(begin_s, 3), round(end_s, 3)],
        "loudness_lufs": round(meter.loudness_lufs(rendered.sound), 2),
        "peak_dbfs": round(meter.peak_db(rendered.sound), 2),
        "clipped_samples": meter.clipped(rendered.sound),
        "clicks": len(clicks),
        "clicks_at_s": [round(float(at) / SAMPLE_RATE, 4) for at in clicks],
        "gaps": len(holes),
        "gaps_at_s": [[round(begin_s + a, 3), round(begin_s + b, 3)] for a, b in holes],
        "words": [
            {"word": word, "start_s": round(start_s, 3), "end_s": round(stop_s, 3)}
            for word, start_s, stop_s in rendered.words
        ],
    }


def write_wav(path: Path, sound: NDArray[np.float32]) -> None:
    """16 bit stereo at 48 kHz. Raises OSError."""
    with path.open("wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(np.round(np.clip(sound, -1.0, 1.0) * 32_767.0).astype("<i2").tobytes())


def play(sound: NDArray[np.float32], output: SoundOutput) -> str | None:
    """Plays to the end; a sentence where the loudspeaker goes away."""
    try:
        for at in range(0, len(sound), _BLOCK):
            while output.queued > AHEAD_S * SAMPLE_RATE and output.fault is None:
                time.sleep(0.005)
            output.write(sound[at : at + _BLOCK])
        while output.queued and output.fault is None:
            time.sleep(0.005)
        if output.fault is None:
            time.sleep(output.latency_s)
        return output.fault
    finally:
        output.close()


def run(options: argparse.Namespace) -> int:
    """Runs the command; raises what `main` turns into a sentence."""
    personality = load_personality(folder_of(options.name))
    voice = Voice(
        personality.voice, voice_file(ModelStore.default()), threads=budget().voice, seed=options.seed
    )
    started = time.perf_counter()
    spoken = voice.speak(options.text, mood=options.mood, whispered=options.whisper)
    told_s = time.perf_counter() - started
    rendered = render(spoken, in_the_ear=personality.honest, mood=options.mood, dry=options.dry)
    document = {**measured(rendered), "synthesis_s": round(told_s, 3)}
    failed = False
    if options.out is not None:
        write_wav(options.out, rendered.sound)
    else:
        try:
            fault = play(rendered.sound, SpeakerOutput())
        except SpeakerError as error:
            fault = str(error)
        if fault is not None:
            failed = True
            print(f"{fault.rstrip('.')}; --out WAV writes a file.", file=sys.stderr)
    if options.json:
        print(json.dumps(document, indent=2, ensure_ascii=False))
    elif not failed:
        print(_told(document))
    return int(failed and not options.json)


def _told(document: dict[str, Any]) -> str:
    return (
        f"{document['seconds']:.1f} s, {document['loudness_lufs']:.1f} LUFS, peak "
        f"{document['peak_dbfs']:.1f} dB, {document['clicks']} clicks, {document['gaps']} gaps."
    )
