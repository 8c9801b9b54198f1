"""Speech that is made for measuring: speakers of several pitches and speeds, spaced out, in noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from game.cli.other_voices import OtherVoice
from game.cli.recordings import read
from game.clock import EAR_RATE
from game.sense.audio_source import Samples, SourceError
from npc.models import ModelStore
from npc.personality import VoiceSettings
from npc.speech.effects import resampled
from npc.speech.loudness import SAMPLE_RATE
from npc.speech.voice import Voice

VOICE: Final = ("piper-en-us-joe-medium", "en_US-joe-medium.onnx")
_LEAD_S: Final = 0.8
_GAP_S: Final = (1.9, 2.6)
"""Silence between two phrases: each is a turn of its own."""
_LEVEL_DBFS: Final = (-32.0, -18.0)
"""How loud a phrase may be."""
_EDGE_DB: Final = 36.0
"""A phrase begins and ends where it is this far below its loudest moment."""
_FRAME: Final = EAR_RATE // 100
_NOISE_WORDS: Final = ("noise", "kitchen", "hum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A made person: the size of the throat, the pitch, the pace."""

    name: str
    throat: float = 1.0
    """Above 1 is smaller: a woman's at about 1.15, a child's at about 1.3."""
    semitones: float = 0.0
    speed: float = 1.0


SPEAKERS: Final = (
    Speaker(name="man"),
    Speaker(name="woman", throat=1.14, semitones=7.0),
    Speaker(name="quick woman", throat=1.12, semitones=5.0, speed=1.3),
    Speaker(name="slow old man", throat=0.93, semitones=-3.0, speed=0.8),
    Speaker(name="quick man", throat=0.98, semitones=1.0, speed=1.35),
    Speaker(name="youth", throat=1.2, semitones=9.0, speed=1.05),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A phrase in the sound, with the command that it is (or nothing)."""

    name: str
    phrase: str
    start_s: float
    end_s: float
    """Of what can be heard of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What there is to hear beside the speech, and how far below the speech it is."""

    name: str
    sound: Samples
    db: float


class Speech:
    """The speech model's voice as many speakers. The same seed says the same again in the same way."""

    def __init__(self, store: ModelStore) -> None:
        """Raises ModelMissing when the voice is not there."""
        self._model = store.file(*VOICE)
        store.file(VOICE[0], f"{VOICE[1]}.json")
        self._voices: dict[str, Voice] = {}

    def say(self, speaker: Speaker | OtherVoice, text: str) -> Samples:
        """The text as the speaker says it, mono at 16 kHz."""
        if isinstance(speaker, Speaker):
            return self.say_timed(speaker, text)[0]
        return speaker.say(text)

    def say_timed(self, speaker: Speaker, text: str) -> tuple[Samples, list[float]]:
        """The text as the speaker says it, mono at 16 kHz, and where each of its words ends, seconds."""
        voice = self._voices.get(speaker.name)
        if voice is None:
            settings = VoiceSettings(
                speed=speaker.speed, pitch_semitones=speaker.semitones, formant_ratio=speaker.throat
            )
            voice = self._voices[speaker.name] = Voice(settings, self._model)
        spoken = voice.speak(text)
        ends_s = [end_s for _, _, end_s in spoken.words]
        return resampled(spoken.pcm, SAMPLE_RATE, EAR_RATE), ends_s


def edges_s(sound: Samples) -> tuple[float, float]:
    """Where what can be heard begins and ends, seconds."""
    frames = len(sound) // _FRAME
    if frames == 0:
        return 0.0, 0.0
    power = (sound[: frames * _FRAME].reshape(frames, _FRAME).astype(np.float64) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (-_EDGE_DB / 10))
    return float(loud[0]) * _FRAME / EAR_RATE, float(loud[-1] + 1) * _FRAME / EAR_RATE


def spaced(
    speech: Speech, speaker: Speaker | OtherVoice, phrases: Sequence[tuple[str, str]], *, seed: int
) -> tuple[Samples, list[Said]]:
    """The (name, phrase) pairs said one after the other, each at its own loudness, with room between them."""
    import onnxruntime

    onnxruntime.set_seed(seed + 1)  # The voice draws its rhythm at random.
    rng = np.random.default_rng([seed, 0x5A1D])
    parts = [np.zeros(int(_LEAD_S * EAR_RATE), np.float32)]
    said: list[Said] = []
    at = len(parts[0])
    for name, phrase in phrases:
        sound = speech.say(speaker, phrase[:1].upper() + phrase[1:] + ("" if phrase[-1] in ".?!" else "."))
        sound = sound * 10 ** ((rng.uniform(*_LEVEL_DBFS) - level_dbfs(sound)) / 20)
        start_s, end_s = edges_s(sound)
        said.append(
            Said(name=name, phrase=phrase, start_s=at / EAR_RATE + start_s, end_s=at / EAR_RATE + end_s)
        )
        gap = np.zeros(int(rng.uniform(*_GAP_S) * EAR_RATE), np.float32)
        parts += [sound.astype(np.float32), gap]
        at += len(sound) + len(gap)
    return np.concatenate(parts), said


def level_dbfs(sound: Samples) -> float:
    """Level of the part that can be heard, dB full scale."""
    start_s, end_s = edges_s(sound)
    part = sound[int(start_s * EAR_RATE) : int(end_s * EAR_RATE)].astype(np.float64)
    return 10.0 * float(np.log10(np.mean(part**2) + 1e-12)) if len(part) else -120.0


def mixed(sound: Samples, noise: Noise, said: Sequence[Said], *, seed: int) -> Samples:
    """The speech with the noise under every phrase as far below it as the noise's ``db`` says: the noise
    follows the loudness of the phrases, each in the stretch that begins halfway from the one before."""
    rng = np.random.default_rng([seed, 0x0153])
    under = np.resize(np.roll(noise.sound, int(rng.integers(max(1, len(noise.sound))))), len(sound))
    gain = np.ones(len(sound))
    edges = [0, *(round((a.end_s + b.start_s) / 2 * EAR_RATE) for a, b in pairwise(said)),
             len(sound)]  # fmt: skip
    for one, low, high in zip(said, edges, edges[1:], strict=False):
        first, last = int(one.start_s * EAR_RATE), int(one.end_s * EAR_RATE)
        wanted = np.mean(sound[first:last].astype(np.float64) ** 2) / 10 ** (noise.db / 10)
        have = np.mean(under[first:last].astype(np.float64) ** 2) + 1e-12
        gain[low:high] = np.sqrt(wanted / have)
    smooth = int(0.2 * EAR_RATE)
    gain = np.convolve(np.pad(gain, smooth // 2, mode="edge"), np.ones(smooth) / smooth, "same")
    gain = gain[smooth // 2 : smooth // 2 + len(sound)]
    return np.clip(sound + under * gain, -1.0, 1.0).astype(np.float32)


def made_noise(seconds: float = 20.0) -> Samples:
    """A fan: pink noise with a hum of the mains in it, at full scale's tenth."""
    rng = np.random.default_rng(11)
    count = int(seconds * EAR_RATE)
    spectrum = np.fft.rfft(rng.normal(size=count))
    spectrum /= np.sqrt(np.maximum(1.0, np.arange(len(spectrum))))
    pink = np.fft.irfft(spectrum, count)
    t = np.arange(count) / EAR_RATE
    hum = np.sin(2 * np.pi * 100.0 * t) + 0.5 * np.sin(2 * np.pi * 200.0 * t)
    noise = pink / pink.std() + 0.5 * hum
    return np.asarray(0.1 * noise / np.abs(noise).max(), np.float32)


def recorded_noise(paths: Sequence[Path]) -> Samples | None:
    """All recordings whose names say that they are noise, one after the other at equal loudness."""
    parts = []
    for path in paths:
        if not any(word in path.stem.lower() for word in _NOISE_WORDS):
            continue
        try:
            sound = read(path)
        except SourceError:
            continue
        power = float(np.mean(sound.astype(np.float64) ** 2))
        if power > 0.0:
            parts.append((0.05 / np.sqrt(power) * sound).astype(np.float32))
    return np.concatenate(parts) if parts else None
