"""The throat that a voice is given: pitch, size, tremble, halo, room; and an even, clean finish."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pedalboard as _pedalboard
from numpy.typing import NDArray
from pedalboard.io import StreamResampler

from npc.personality import VoiceSettings
from npc.speech.loudness import SAMPLE_RATE, SILENCE_DB, loudness_lufs

pedalboard: Any = _pedalboard
"""Its type stubs leave out half of what it offers."""

Samples = NDArray[np.float32]

PEAK: Final = 10 ** (-2.0 / 20)
"""Nothing is louder than -2 dBFS."""
FADE_S: Final = 0.008
_HALO_BAND: Final = (500.0, 2600.0)
"""Hertz: the part of the voice that its halo is made of."""
_LEVELLED: Final = 960
"""Samples over which the halo's level is taken, 20 ms."""
LEAD_S: Final = 0.01
"""Silence before the first sound."""
TAIL_S: Final = 0.06
_LITTLE: Final = 0.7
"""Semitones of pitch that the throat takes over."""
_SPREAD_S: Final = 0.006
_BREATH_FRAME: Final = 512
"""Samples, 11 ms: too short to tell the pitch of a voice, long enough for its vowels."""
_BREATH_HZ: Final = 1800.0
_WHISPERED: Final = 0.9
"""Share of the voice that a whisper loses."""


def resampled(pcm: Samples, rate: int, to_rate: int = SAMPLE_RATE) -> Samples:
    """Sound at another rate, by windowed sinc: (n * to_rate / rate,)."""
    if rate == to_rate or not len(pcm):
        return pcm
    stream = StreamResampler(rate, to_rate, 1)
    parts = [stream.process(pcm[None, :].astype(np.float32)), stream.process(None)]
    out = np.concatenate(
        [np.asarray(part, dtype=np.float32).reshape(-1) for part in parts if part is not None]
    )
    length = round(len(pcm) * to_rate / rate)
    return np.pad(out, (0, max(0, length - len(out))))[:length]


def _spread(pcm: Samples) -> Samples:
    """The same sound, its high frequencies a little later, the highest by `_SPREAD_S`: an all-pass filter.

    Each pulse of a model's voice falls on one instant in all frequencies, and played faster it is a click; in
    a throat and a room it does not.
    """
    count = len(pcm) + int(_SPREAD_S * SAMPLE_RATE)
    hz = np.fft.rfftfreq(count, 1.0 / SAMPLE_RATE)
    # A delay that grows with the frequency is a phase that grows with its square.
    turn = np.exp(-1j * np.pi * _SPREAD_S * hz**2 / hz[-1])
    return np.asarray(np.fft.irfft(np.fft.rfft(pcm, count) * turn, count), dtype=np.float32)[: len(pcm)]


def _tremble(pcm: Samples, rate_hz: float, depth: float) -> Samples:
    """Loudness and pitch that shiver together, irregularly, as light on water does."""
    if rate_hz <= 0 or depth <= 0 or len(pcm) < 2:
        return pcm
    t = np.arange(len(pcm), dtype=np.float64) / SAMPLE_RATE
    phase = 2 * np.pi * rate_hz * t + 1.7 * np.sin(2 * np.pi * 0.63 * rate_hz / 3.1 * t)
    swing = np.sin(phase)
    # Pitch: read the sound a little ahead and behind (0.35 ms at full depth).
    at = np.arange(len(pcm)) + swing * depth * 0.00035 * SAMPLE_RATE
    bent = np.interp(at, np.arange(len(pcm)), pcm)
    return np.asarray(bent * (1.0 - 0.5 * depth * (1.0 + swing)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Throat:
    """How a model's voice becomes another's."""

    ratio: float
    """By how much faster it is played, which moves pitch and formants together."""
    shift_semitones: float
    """What is left of the pitch, which is moved alone."""


def throat_of(settings: VoiceSettings, pitch_semitones: float) -> Throat:
    """The throat of ``settings`` whose pitch is moved by so much more. A little is left to the throat, which
    becomes a little smaller or larger: to move the pitch alone takes longer than all the rest."""
    rest = settings.pitch_semitones + pitch_semitones - 12 * float(np.log2(settings.formant_ratio))
    if abs(rest) <= _LITTLE:
        return Throat(settings.formant_ratio * 2 ** (rest / 12), 0.0)
    return Throat(settings.formant_ratio, rest)


def shape(
    raw: Samples,
    rate: int,
    settings: VoiceSettings,
    throat: Throat,
    tremble: float,
    *,
    breath: float = 1.0,
    whispered: bool = False,
) -> tuple[Samples, float]:
    """The voice at 48 kHz, and its length relative to the raw one (1 / ``throat.ratio``).

    A smaller throat is the sound played faster, which moves pitch and formants together and shortens it: who
    synthesises speaks slower by as much. Only the rest of the pitch has to be shifted. ``tremble`` and
    ``breath`` are factors on the settings' own.
    """
    pcm = raw
    if throat.shift_semitones:
        # At the model's own rate: half the work, and nothing above it to shift. The quick mode costs words.
        out = pedalboard.time_stretch(
            raw[None, :],
            float(rate),
            stretch_factor=1.0,
            pitch_shift_in_semitones=throat.shift_semitones,
            high_quality=True,
            preserve_formants=True,
        )
        pcm = np.asarray(out, dtype=np.float32).reshape(-1)
    pcm = resampled(pcm, round(rate * throat.ratio))
    dry = _tremble(pcm, settings.tremble_hz, settings.tremble_depth * tremble)
    if settings.shimmer > 0:
        dry = dry + settings.shimmer * _halo(dry)
    if whispered:
        dry = (1.0 - _WHISPERED) * dry + _WHISPERED * breathed(dry)
    elif settings.breath * breath > 0:
        dry = dry + settings.breath * breath * _high(breathed(dry), _BREATH_HZ)
    dry = _spread(dry)
    board: list[Any] = [pedalboard.HighpassFilter(cutoff_frequency_hz=90.0)]
    if settings.warmth_db:
        board.append(pedalboard.LowShelfFilter(cutoff_frequency_hz=260.0, gain_db=settings.warmth_db))
    if settings.clarity_db:
        board.append(pedalboard.PeakFilter(cutoff_frequency_hz=3200.0, gain_db=settings.clarity_db, q=0.7))
    board.append(pedalboard.Compressor(threshold_db=-24.0, ratio=2.5, attack_ms=4.0, release_ms=90.0))
    if settings.room > 0:
        board.append(
            pedalboard.Reverb(
                room_size=0.25, damping=0.6, wet_level=0.25 * settings.room, dry_level=1.0, width=0.0
            )
        )
        dry = np.pad(dry, (0, int(0.25 * SAMPLE_RATE)))
    shaped = pedalboard.Pedalboard(board)(dry[None, :].astype(np.float32), float(SAMPLE_RATE))
    return np.asarray(shaped, dtype=np.float32).reshape(-1), len(pcm) / SAMPLE_RATE / max(
        1e-9, len(raw) / rate
    )


def breathed(pcm: Samples) -> Samples:
    """The same speech as breath alone: the vowels' colours and every edge kept, the pitch gone.

    Each short frame keeps its spectrum's size and gets phases by chance (the same for the same length).
    """
    hop = _BREATH_FRAME // 4
    window = np.hanning(_BREATH_FRAME + 1)[:-1].astype(np.float32)
    count = len(pcm) // hop + 4
    line = np.pad(pcm, (_BREATH_FRAME - hop, count * hop - len(pcm)))
    frames = np.lib.stride_tricks.sliding_window_view(line, _BREATH_FRAME)[::hop] * window
    size = np.abs(np.fft.rfft(frames, axis=1))
    turn = np.random.default_rng(len(pcm)).uniform(0.0, 2.0 * np.pi, size.shape)
    noise = np.fft.irfft(size * np.exp(1j * turn), axis=1) * window
    out = np.zeros((len(frames) - 1) * hop + _BREATH_FRAME)
    for i, frame in enumerate(noise):
        out[i * hop : i * hop + _BREATH_FRAME] += frame
    # Frames that do not agree in phase add up in power; phases by chance spread each over its whole length.
    scale = float((window**2).sum()) / float(np.sqrt(_BREATH_FRAME * hop))
    return (out[_BREATH_FRAME - hop :][: len(pcm)] / scale).astype(np.float32)


def _high(pcm: Samples, above_hz: float) -> Samples:
    board = pedalboard.Pedalboard([pedalboard.HighpassFilter(cutoff_frequency_hz=above_hz)])
    return np.asarray(board(pcm[None, :], float(SAMPLE_RATE)), dtype=np.float32).reshape(-1)


def _halo(pcm: Samples) -> Samples:
    """A thin breath of twice the pitch, a little late and without its lows: the light in the voice."""
    low, high = _HALO_BAND
    take = pedalboard.Pedalboard(
        [
            pedalboard.HighpassFilter(cutoff_frequency_hz=low),
            pedalboard.LowpassFilter(cutoff_frequency_hz=high),
        ]
    )
    band = np.asarray(take(pcm[None, :], float(SAMPLE_RATE)), dtype=np.float32).reshape(-1)
    # A squared wave repeats twice as often and, unlike a folded one, has no corners; levelled, it is no
    # louder for a loud voice than for a quiet one.
    power = np.convolve(band**2, np.full(_LEVELLED, 1.0 / _LEVELLED, dtype=np.float32), mode="same")
    folded = band**2 / np.sqrt(np.maximum(power, 1e-9))
    thin = pedalboard.Pedalboard(
        [
            pedalboard.HighpassFilter(cutoff_frequency_hz=1800.0),
            pedalboard.HighpassFilter(cutoff_frequency_hz=1800.0),
            pedalboard.Delay(delay_seconds=0.017, feedback=0.0, mix=1.0),
        ]
    )
    return 2.0 * np.asarray(thin(folded[None, :], float(SAMPLE_RATE)), dtype=np.float32).reshape(-1)


def finish(pcm: Samples, target_lufs: float) -> tuple[Samples, float]:
    """Even loudness, no DC, soft peaks, faded edges; and how many seconds of silence lead."""
    centred = (pcm - np.mean(pcm)).astype(np.float32) if len(pcm) else pcm
    quiet = np.abs(centred)
    heard = np.flatnonzero(quiet > 0.003 * max(1e-9, float(quiet.max(initial=0.0))))
    last = int(heard[-1]) + 1 if len(heard) else len(centred)
    centred = centred[: min(len(centred), last + int(0.02 * SAMPLE_RATE))]
    level = loudness_lufs(centred)
    out = centred * np.float32(10 ** ((target_lufs - level) / 20)) if level > SILENCE_DB else centred
    peak = float(np.abs(out).max(initial=0.0))
    if peak > PEAK:
        # Bend rather than cut: below half of the peak nothing changes.
        knee = 0.5 * PEAK
        over = np.maximum(np.abs(out) - knee, 0.0)
        room = PEAK - knee
        out = np.sign(out) * (np.minimum(np.abs(out), knee) + room * np.tanh(over / room))
    fade = min(len(out) // 2, int(FADE_S * SAMPLE_RATE))
    if fade:
        ramp = (0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, fade))).astype(np.float32)
        out = out.astype(np.float32)
        out[:fade] *= ramp
        out[-fade:] *= ramp[::-1]
    padded = np.pad(out, (int(LEAD_S * SAMPLE_RATE), int(TAIL_S * SAMPLE_RATE)))
    return padded.astype(np.float32), LEAD_S
