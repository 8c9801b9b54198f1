"""A character's voice: sentences become sound, 48 kHz mono, with the time of every word."""

import textwrap
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from npc.models import ModelStore
from npc.personality import VoiceSettings
from npc.speech.alignment import with_alignment
from npc.speech.effects import Samples, finish, shape, throat_of
from npc.speech.loudness import SAMPLE_RATE
from npc.speech.timing import WordTime, spoken_words, word_times
from npc.text import plain

_MODEL: Final = ("piper-en-us-joe-medium", "en_US-joe-medium.onnx")
"""Model and file in the store of models that every character's voice is made of."""
MAX_CHARS: Final = 600
"""Longer texts are cut at a word: one sentence is spoken at a time."""


class VoiceError(RuntimeError):
    """A voice cannot be had; the message is one sentence for the player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Speech ready to be played."""

    pcm: Samples
    """Mono, 48 kHz, float32, -1 to 1."""
    words: tuple[WordTime, ...]
    """Each word with its start and end in seconds from the first sample."""
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a mood changes the voice."""

    speed: float = 1.0
    pitch_semitones: float = 0.0
    tremble: float = 1.0
    breath: float = 1.0
    gain_db: float = 0.0


MANNERS: Final = {
    "hostile": Manner(speed=1.05, pitch_semitones=0.3, tremble=0.8, breath=0.5),
    "wary": Manner(speed=1.0, pitch_semitones=0.6, tremble=1.3),
    "warming": Manner(speed=0.98, tremble=0.9, breath=1.2),
    "friend": Manner(speed=0.95, pitch_semitones=-0.3, tremble=0.6, breath=1.6, gain_db=-0.5),
}
"""By the mood that trust gives."""
_CALM: Final = Manner()
_WHISPER_DB: Final = -2.0


class Voice:
    """Piper's speech model, shaped by a personality's voice settings. `speak` may be called from one thread
    at a time; calls from others wait."""

    def __init__(
        self, settings: VoiceSettings, model: Path, *, threads: int = 1, seed: int | None = None
    ) -> None:
        """Loads the model (half a second). Piper draws its rhythm at random: with a seed (the process's own,
        set for all voices) the same lines take the same time again. Raises VoiceError for a file that is
        missing or is no voice."""
        self._settings = settings
        self._lock = threading.Lock()
        self._voice = _load(model, threads, seed)

    def warm(self) -> None:
        """Make the first sentence as quick as the others."""
        self.speak("Oh.")

    def speak(self, text: str, *, mood: str = "wary", whispered: bool = False) -> Spoken:
        """``text`` as sound. A text without anything to pronounce gives a short silence. Raises VoiceError
        when the model fails."""
        manner = MANNERS.get(mood, _CALM) if self._settings.tremble_depth > 0 else _CALM
        said = textwrap.shorten(text, MAX_CHARS, placeholder="")
        if not plain(said):
            return Spoken(pcm=np.zeros(SAMPLE_RATE // 10, dtype=np.float32), words=(), duration_s=0.1)
        speed = self._settings.speed * manner.speed
        throat = throat_of(self._settings, manner.pitch_semitones)
        with self._lock:
            raw, rate, timed = self._synthesize(said, speed / throat.ratio)
            phonemes = [self._phonemes(word) for word in spoken_words(said)] if timed else None
        pcm, stretched = shape(
            raw, rate, self._settings, throat, manner.tremble,
            breath=manner.breath, whispered=whispered,
        )  # fmt: skip
        gain_db = _WHISPER_DB if whispered else manner.gain_db
        pcm, lead_s = finish(pcm, self._settings.loudness_lufs + gain_db)
        words = word_times(
            said,
            timed,
            speech_s=len(raw) / rate * stretched,
            lead_s=lead_s,
            pcm=pcm,
            phonemes=phonemes,
        )
        return Spoken(pcm=pcm, words=words, duration_s=len(pcm) / SAMPLE_RATE)

    def _phonemes(self, word: str) -> int:
        """How many a word has where it stands alone."""
        return sum(one.isalpha() for sentence in self._voice.phonemize(word) for one in sentence)

    def _synthesize(self, text: str, speed: float) -> tuple[Samples, int, list[tuple[str, int]] | None]:
        """(samples, their rate, phonemes with their lengths in samples when the model tells them)."""
        from piper import SynthesisConfig

        config = SynthesisConfig(
            length_scale=1.0 / speed,
            noise_scale=self._settings.expression,
            noise_w_scale=self._settings.rhythm,
        )
        parts: list[NDArray[np.float32]] = []
        timed: list[tuple[str, int]] | None = []
        try:
            for chunk in self._voice.synthesize(text, config, include_alignments=True):
                parts.append(np.asarray(chunk.audio_float_array, dtype=np.float32).reshape(-1))
                if chunk.phoneme_alignments and timed is not None:
                    timed += [(str(one.phoneme), int(one.num_samples)) for one in chunk.phoneme_alignments]
                else:
                    timed = None
        except Exception as error:
            if isinstance(error, RuntimeError | ValueError | KeyError | IndexError) or _by_runtime(error):
                raise VoiceError(f"The voice could not speak ({str(error)[:160]}).") from error
            raise
        if not parts:
            return np.zeros(2205, dtype=np.float32), 22_050, None
        return np.concatenate(parts), int(self._voice.config.sample_rate), timed


def voice_file(store: ModelStore) -> Path:
    """The speech model of every voice, verified with its settings. Raises ModelMissing."""
    model, file = _MODEL
    store.file(model, f"{file}.json")
    return store.file(model, file)


def _load(model: Path, threads: int, seed: int | None) -> Any:
    """The Piper voice, bound to ``threads`` threads. Raises VoiceError."""
    try:
        import json

        import onnxruntime
        from piper import PiperVoice
        from piper.config import PiperConfig

        settings = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
        if seed is not None:
            onnxruntime.set_seed(seed)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Idle threads must not spin: the picture needs the cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        weights = with_alignment(model.read_bytes())
        session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        return PiperVoice(session=session, config=PiperConfig.from_dict(settings))
    except ImportError as error:
        raise VoiceError(f"The voice's library cannot be loaded ({error}).") from error
    except OSError as error:
        raise VoiceError(f"The voice {model.name} cannot be read ({error.strerror or error}).") from error
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        raise VoiceError(f"The voice {model.name} cannot be used ({str(error)[:160]}).") from error
    except Exception as error:
        if _by_runtime(error):
            raise VoiceError(f"The voice {model.name} is damaged ({str(error)[:160]}).") from error
        raise


def _by_runtime(error: Exception) -> bool:
    """Whether onnxruntime raised it: its classes share no base but Exception."""
    return type(error).__module__.startswith("onnxruntime")
