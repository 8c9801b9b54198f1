"""Voices of other programs, flite and espeak-ng, where they are installed. The game needs neither; they are
for training, and for measuring on voices that the recognisers have never heard."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from game.cli.recordings import read
from game.sense.audio_source import Samples

_PATIENCE_S: Final = 20.0
HELD_OUT: Final = ("slt", "rms")
"""Voices of flite that nothing is trained on: a woman's and a man's, made of recordings of real people."""
_TRAINED: Final = ("kal16", "awb")
_ESPEAK: Final = ("en-us", "en-us+f2", "en-us+m3", "en-us+f5", "en-us+m7")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramVoice:
    """A voice of a program, at a pace."""

    program: str
    """``flite`` or ``espeak-ng``."""
    voice: str
    speed: float = 1.0

    @property
    def name(self) -> str:
        return f"{self.program} {self.voice} {self.speed:g}"

    def say(self, text: str) -> Samples:
        """The text, mono at 16 kHz. Raises OSError when the program is not there or fails."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "said.wav")
            if self.program == "flite":
                command = [
                    "flite",
                    "-voice",
                    self.voice,
                    "--setf",
                    f"duration_stretch={1.0 / self.speed:.3f}",
                ]
                command += ["-t", text, "-o", str(path)]
            else:
                command = ["espeak-ng", "-v", self.voice, "-s", str(round(165 * self.speed)), "-w", str(path)]
                command += [text]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_S)
            except subprocess.SubprocessError as error:
                raise OSError(f"{self.program} could not say '{text}'.") from error
            return np.asarray(read(path), np.float32)


def voices_to_train() -> list[ProgramVoice]:
    """Those that are installed."""
    found = [ProgramVoice(program="flite", voice=voice) for voice in _TRAINED if shutil.which("flite")]
    return found + [
        ProgramVoice(program="espeak-ng", voice=voice) for voice in _ESPEAK if shutil.which("espeak-ng")
    ]


def voices_to_measure() -> list[ProgramVoice]:
    """Those that are installed, each at an even and at a quick pace."""
    if not shutil.which("flite"):
        return []
    return [ProgramVoice(program="flite", voice=v, speed=speed) for v in HELD_OUT for speed in (1.0, 1.25)]
