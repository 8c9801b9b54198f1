"""Free speech to text: Whisper on this machine, or any engine of the SpeechRecognition library by choice."""

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE

Samples = NDArray[np.float32]

WINDOW_S: Final = 30.0
"""What Whisper was trained to see at once; longer sound is cut."""
_TAIL_S: Final = 2.0
"""Silence after the speech. With less, the model repeats the sentence; with more, it only takes longer."""
_AGAIN: Final = ((4.0, 5), (WINDOW_S, 5))
"""Silence after the speech and width of the search, of what is tried where the first attempt is doubtful.
More silence ends most loops; the full window takes a second and is for the few that are left."""
_TOKENS_PER_S: Final = 8.0
"""Faster than anybody talks: what is longer is a loop."""
_TOKENS_SPARE: Final = 24
_SQUEEZE_LIMIT: Final = 2.2
"""Text that compresses better than this repeats itself."""
_DOUBT_LOGPROB: Final = -1.0
"""Mean log probability of a token, below which the text is not believed at the first attempt."""
_NOISE_LOGPROB: Final = -0.9
_NOISE_PROBABILITY: Final = 0.6
"""A model that takes the sound for noise and is unsure of its words has invented them."""


class TranscriberError(Exception):
    """The recogniser cannot be used; the text is one sentence for the player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was said; empty text when it was no speech."""

    text: str
    confidence: float
    """0 to 1: the mean probability of the text's tokens."""


class Transcriber(Protocol):
    """Sound to text. May be called from any thread, one call at a time."""

    def transcribe(self, pcm: Samples) -> Transcript:
        """The words in ``pcm`` (mono, 16 kHz, -1 to 1), profanity unmasked. Raises TranscriberError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One decoding of the whole sound."""

    text: str
    logprob: float
    """Mean over the tokens, natural logarithm."""
    noise: float
    """Probability, by the model, that this is no speech."""

    @property
    def loops(self) -> bool:
        return squeeze(self.text) > _SQUEEZE_LIMIT or repeated(self.text)

    @property
    def doubtful(self) -> bool:
        return self.loops or self.logprob < _DOUBT_LOGPROB

    @property
    def invented(self) -> bool:
        return self.noise > _NOISE_PROBABILITY and self.logprob < _NOISE_LOGPROB


class WhisperTranscriber:
    """Whisper by faster-whisper, int8. Sees the sentence and a little silence instead of its usual 30 s,
    which takes a fifth of the time."""

    def __init__(self, folder: Path, *, threads: int = 1, hint: str = "") -> None:
        """Loads the CTranslate2 model in ``folder``; ``hint`` is text that biases it (names of the scene).

        Raises TranscriberError when the folder holds no such model.
        """
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        if not (folder / "model.bin").is_file():
            raise TranscriberError(f"There is no speech model in {folder}.")
        try:
            self._model: Any = WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise TranscriberError(f"The speech model in {folder} cannot be loaded.") from error
        self._tokens: Any = Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language="en"
        )
        self._prompt = [int(t) for t in self._tokens.sot_sequence]
        if hint:
            said = [int(t) for t in self._tokens.encode(" " + hint.strip())][-100:]
            self._prompt = [int(self._tokens.sot_prev), *said, *self._prompt]
        self._suppressed = _suppressed(self._tokens)
        # The first run allocates its memory; better now than when somebody has spoken.
        self.transcribe(np.zeros(EAR_RATE // 2, np.float32))

    def transcribe(self, pcm: Samples) -> Transcript:
        pcm = pcm[: int(WINDOW_S * EAR_RATE)]
        if len(pcm) == 0:
            return Transcript(text="", confidence=0.0)
        try:
            attempt = self._attempt(pcm, tail_s=_TAIL_S, beam=1)
            for tail_s, beam in _AGAIN:
                if not attempt.doubtful or attempt.invented:
                    break
                attempt = self._attempt(pcm, tail_s=tail_s, beam=beam)
        except (RuntimeError, ValueError) as error:
            raise TranscriberError("The speech recogniser failed on what was said.") from error
        if attempt.invented or attempt.loops or attempt.logprob < _DOUBT_LOGPROB - 0.3:
            return Transcript(text="", confidence=0.0)
        return Transcript(text=attempt.text, confidence=float(np.exp(min(0.0, attempt.logprob))))

    def _attempt(self, pcm: Samples, *, tail_s: float, beam: int) -> Attempt:
        length = min(int(WINDOW_S * EAR_RATE), len(pcm) + int(tail_s * EAR_RATE))
        padded = np.zeros(length, np.float32)
        padded[: len(pcm)] = pcm
        features = self._model.feature_extractor(padded, padding=0)
        # Time stamps are decoded (and thrown away): they keep the short window from looping.
        result = self._model.model.generate(
            self._model.encode(features),
            [self._prompt],
            beam_size=beam,
            max_length=min(448, len(self._prompt) + int(len(pcm) / EAR_RATE * _TOKENS_PER_S) + _TOKENS_SPARE),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=self._suppressed,
            max_initial_timestamp_index=50,
        )[0]
        tokens = result.sequences_ids[0]
        words = [t for t in tokens if t < self._tokens.eot]
        return Attempt(
            text=str(self._tokens.decode(words)).strip() if words else "",
            logprob=float(result.scores[0]) * len(tokens) / (len(tokens) + 1),
            noise=float(result.no_speech_prob),
        )


def _suppressed(tokens: Any) -> list[int]:
    """Tokens that are no speech, and numerals: "ten" is heard as "ten", which the grammar and the characters
    understand."""
    from faster_whisper.transcribe import get_suppressed_tokens

    plain = {int(t) for t in get_suppressed_tokens(tokens, [-1])}
    plain |= {t for t in range(int(tokens.eot)) if is_numeral(str(tokens.decode([t])))}
    return sorted(plain)


def is_numeral(token: str) -> bool:
    """True for a token of digits, with the signs that go with them."""
    return re.fullmatch(r" ?[\d%$£€.,:]*[\d%$£€][\d%$£€.,:]*(st|nd|rd|th)?", token) is not None


def squeeze(text: str) -> float:
    """How much better than its length the text compresses; above 2 it says the same again and again."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def repeated(text: str) -> bool:
    """True when the whole text is one stretch of three or more words, said twice or more."""
    words = re.findall(r"[a-z']+", text.casefold())
    return any(
        words == (words[:size] * (len(words) // size + 1))[: len(words)]
        for size in range(3, len(words) // 2 + 1)
    )


LOCAL_ENGINES: Final = frozenset({"sphinx", "vosk", "tensorflow"})
"""Engines that touch no network. All others send the voice away or fetch a model, so they want the player's
word first."""


class SpeechRecognitionTranscriber:
    """Any engine of the SpeechRecognition library: "sphinx", "vosk", "google", ..."""

    def __init__(
        self, engine: str, *, may_use_network: bool = False, recogniser: Any = None, **options: Any
    ) -> None:
        """``options`` go to the engine as they are. Raises TranscriberError for an unknown engine, and for
        one that uses the network unless ``may_use_network`` is set."""
        import speech_recognition

        self._library: Any = speech_recognition
        self._engine = engine
        self._options = options
        recogniser = recogniser or speech_recognition.Recognizer()
        if not re.fullmatch(r"[a-z][a-z_]*", engine) or not hasattr(recogniser, f"recognize_{engine}"):
            known = ", ".join(sorted(n[10:] for n in dir(recogniser) if n.startswith("recognize_")))
            raise TranscriberError(f"There is no speech engine '{engine}'; there are: {known}.")
        if engine not in LOCAL_ENGINES and not may_use_network:
            raise TranscriberError(f"The speech engine '{engine}' uses the network; allow that first.")
        self._recognise: Any = getattr(recogniser, f"recognize_{engine}")

    def transcribe(self, pcm: Samples) -> Transcript:
        raw = (np.clip(pcm, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
        audio = self._library.AudioData(raw, EAR_RATE, 2)
        try:
            answer = self._recognise(audio, **self._options)
        except self._library.UnknownValueError:
            return Transcript(text="", confidence=0.0)
        except self._library.RequestError as error:
            raise TranscriberError(f"The speech engine '{self._engine}' does not answer: {error}") from error
        except (ImportError, OSError, ValueError, RuntimeError, TypeError, AttributeError) as error:
            # Engines fail in their own ways when a package or a file of theirs lacks.
            raise TranscriberError(f"The speech engine '{self._engine}' cannot be used: {error}") from error
        return Transcript(text=_text_of(answer), confidence=1.0)


def _text_of(answer: object) -> str:
    """The text in an engine's answer: some give it bare, some in JSON or beside a confidence."""
    if isinstance(answer, tuple) and answer:
        answer = answer[0]
    if isinstance(answer, dict):
        answer = answer.get("text", "")
    return str(answer).strip()
