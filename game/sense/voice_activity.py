"""Is somebody speaking? The silero model, fed window by window."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE

Samples = NDArray[np.float32]

WINDOW: Final = 512
"""Samples of one decision: 32 ms at 16 kHz; the model knows no other size."""
_CONTEXT: Final = 64
"""Samples of the window before that the model sees again."""
_ON: Final = 0.5
_OFF: Final = 0.35
_GATE_DB: Final = -62.0
"""Quieter than this nobody speaks."""
_AWAKE: Final = 94
"""Windows (3 s) that the model stays awake after the last one above the gate. It then sleeps, so that an hour
of silence costs next to nothing; it keeps what it knew, for it finds soft words later without it."""


class VoiceModelMissing(Exception):
    """The voice activity model cannot be found; the text is one sentence for the player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The verdict on 32 ms of sound."""

    samples: Samples
    """512 samples."""
    speaking: bool
    """After hysteresis."""
    probability: float
    """Of speech, 0 to 1."""


class SpeechModel(Protocol):
    """Probability of speech in consecutive windows."""

    def probability(self, window: Samples) -> float: ...


def level_db(samples: Samples) -> float:
    """Root mean square in dB full scale; -100 for silence."""
    if len(samples) == 0:
        return -100.0
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(-100.0, 10.0 * float(np.log10(power + 1e-12)))


class SileroModel:
    """The ONNX model that faster-whisper carries, on one thread."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises VoiceModelMissing when the file is not there or is no such model."""
        import onnxruntime

        path = path or silero_path()
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), providers=["CPUExecutionProvider"], sess_options=options
            )
        except Exception as error:  # onnxruntime's own exceptions are private: Fail, NoSuchFile, ...
            raise VoiceModelMissing(f"The voice activity model {path} cannot be loaded.") from error
        self._input = np.zeros((1, _CONTEXT + WINDOW), np.float32)
        self._h: Any = np.zeros((1, 1, 128), np.float32)
        self._c: Any = np.zeros((1, 1, 128), np.float32)

    def probability(self, window: Samples) -> float:
        self._input[0, :_CONTEXT] = self._input[0, -_CONTEXT:]
        self._input[0, _CONTEXT:] = window
        out, self._h, self._c = self._session.run(None, {"input": self._input, "h": self._h, "c": self._c})
        return float(out.ravel()[0])


def silero_path() -> Path:
    """Where faster-whisper keeps its voice activity model, without importing it. Raises VoiceModelMissing."""
    spec = importlib.util.find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        found = sorted(Path(folder, "assets").glob("silero_vad*.onnx"))
        if found:
            return found[-1]
    raise VoiceModelMissing("The voice activity model that faster-whisper carries is missing.")


class VoiceActivity:
    """Cuts the stream into windows and tells in which of them somebody speaks."""

    def __init__(self, model: SpeechModel) -> None:
        self._model = model
        self._pending = np.zeros(0, np.float32)
        self._speaking = False
        self._awake = _AWAKE

    def feed(self, samples: Samples) -> list[Window]:
        """The windows that these samples complete; any number of samples may come at a time."""
        self._pending = np.concatenate((self._pending, samples))
        windows: list[Window] = []
        while len(self._pending) >= WINDOW:
            window, self._pending = self._pending[:WINDOW], self._pending[WINDOW:]
            windows.append(self._judge(window))
        return windows

    def _judge(self, samples: Samples) -> Window:
        if level_db(samples) > _GATE_DB:
            self._awake = _AWAKE
        elif self._awake:
            self._awake -= 1
        probability = self._model.probability(samples) if self._awake else 0.0
        self._speaking = is_speaking(probability, was=self._speaking)
        return Window(samples=samples, speaking=self._speaking, probability=probability)


def is_speaking(probability: float, *, was: bool) -> bool:
    """Speech begins at one probability and ends below a lower one, so that it does not flutter."""
    return probability >= (_OFF if was else _ON)


def is_hummed(samples: Samples) -> bool:
    """True when the sound repeats itself at a voice's pitch, 80 to 500 Hz: a hum is a voice without words."""
    centred = samples - samples.mean()
    energy = float(np.dot(centred, centred))
    shortest, longest = EAR_RATE // 500, EAR_RATE // 80
    if energy < 1e-6 * len(samples) or len(samples) < 3 * longest:
        return False
    spectrum = np.fft.rfft(centred, 2 * len(centred))
    repeats = np.fft.irfft(np.abs(spectrum) ** 2)[: longest + 1]
    overlap = 1.0 - np.arange(longest + 1) / len(centred)
    likeness = repeats / (repeats[0] * overlap)
    fallen = np.flatnonzero(likeness < 0.3)
    # Any slow rumble resembles itself a moment later; a pitch comes back after having been different.
    first = max(shortest, int(fallen[0]) if len(fallen) else longest)
    return bool(likeness[first:].max(initial=0.0) > 0.75)
