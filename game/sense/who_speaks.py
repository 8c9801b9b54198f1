"""Is this the voice that has been speaking so far? Told by the shape of the spectrum and the pitch of a turn.

Twelve cepstral coefficients (Davis and Mermelstein 1980) and the median pitch, each averaged over the turn,
beside their averages over the turns before. It knows nobody and keeps thirteen numbers, for an evening.
"""

from collections import deque
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE

Samples = NDArray[np.float32]
Vector = NDArray[np.float64]

_FRAME: Final = 400
_HOP: Final = 160
_SIZE: Final = 512
_BANDS: Final = 26
_FROM_HZ, _TO_HZ = 80.0, 7000.0
_COEFFICIENTS: Final = 12
_QUIET_DB: Final = 30.0
"""Moments so far below the loudest are pauses."""
_PITCH_FRAME: Final = 640
_PITCH_LAGS: Final = (32, 320)
"""500 to 50 Hz."""
_PITCHED: Final = 0.5
"""Likeness of a frame to itself one period later, above which it has a pitch."""
_PITCHED_FRAMES: Final = 25
"""A turn with fewer of them was whispered, or too short: nobody could tell."""
_SPREAD: Final = np.array(
    [1.5, 0.815, 1.044, 0.749, 0.509, 0.439, 0.379, 0.338, 0.301, 0.244, 0.235, 0.225, 0.088]
)
"""How much each number varies from turn to turn of one speaker (root mean square; the last in octaves), over
13 recorded and made speakers with five turns or more, two seconds each."""
_MOST: Final = 5.0
"""Of these spreads: one number alone decides nothing."""
_OTHER: Final = 2.0
"""Root mean square of all, in spreads, above which the turn was another's."""
_KNOWN_TURNS: Final = 3
"""A voice is known after so many turns."""
_LOOKS_BACK: Final = 4
_SURE: Final = 2
"""Of the last turns so many must have been another's: whoever laughs or shouts does so once."""


@cache
def _bands() -> Vector:
    """(_BANDS, bins): triangles that overlap, even on the mel scale."""
    low, high = (2595.0 * np.log10(1.0 + hz / 700.0) for hz in (_FROM_HZ, _TO_HZ))
    edges = 700.0 * (10.0 ** (np.linspace(low, high, _BANDS + 2) / 2595.0) - 1.0)
    bins = np.arange(_SIZE // 2 + 1) * EAR_RATE / _SIZE
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


@cache
def _cosines() -> Vector:
    """(_COEFFICIENTS, _BANDS), without the one for loudness."""
    order = np.arange(1, _COEFFICIENTS + 1)[:, None]
    return np.asarray(np.sqrt(2.0 / _BANDS) * np.cos(np.pi / _BANDS * (np.arange(_BANDS) + 0.5) * order))


def portrait(sound: Samples) -> Vector | None:
    """(13,) of a turn, mono at 16 kHz; None where there is too little of a voice in it."""
    if len(sound) < _PITCH_FRAME * 2:
        return None
    pitches = _pitches(sound)
    if len(pitches) < _PITCHED_FRAMES:
        return None
    edged = np.append(sound[0], sound[1:] - 0.97 * sound[:-1])
    frames = np.lib.stride_tricks.sliding_window_view(edged, _FRAME)[::_HOP] * np.hanning(_FRAME)
    power = np.abs(np.fft.rfft(frames, _SIZE)) ** 2
    loud = power.sum(axis=1)
    spoken = loud > loud.max() * 10.0 ** (-_QUIET_DB / 10.0)
    cepstrum = np.log(power[spoken] @ _bands().T + 1e-8) @ _cosines().T
    return np.append(cepstrum.mean(axis=0), np.median(np.log2(pitches)))


def _pitches(sound: Samples) -> Vector:
    """Pitch of the frames that have one, Hz."""
    shortest, longest = _PITCH_LAGS
    frames = np.lib.stride_tricks.sliding_window_view(sound, _PITCH_FRAME)[::_HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    energy = (frames**2).sum(axis=1)
    repeats = np.fft.irfft(np.abs(np.fft.rfft(frames, 2048)) ** 2)[:, : longest + 1]
    overlap = 1.0 - np.arange(longest + 1) / _PITCH_FRAME
    likeness = repeats[:, shortest:] / (repeats[:, :1] * overlap[shortest:] + 1e-9)
    best = likeness.max(axis=1)
    pitched = (best > _PITCHED) & (energy > energy.max() * 1e-3)
    # Two periods are as like as one: the first that is nearly the best, up to its top.
    near = likeness[pitched] > 0.9 * best[pitched, None]
    falls = np.diff(likeness[pitched], axis=1, append=-np.inf) <= 0.0
    return np.asarray(EAR_RATE / (shortest + (near & falls).argmax(axis=1)))


class WhoSpeaks:
    """Follows one evening's turns."""

    def __init__(self) -> None:
        self._known = np.zeros(_COEFFICIENTS + 1)
        self._turns = 0
        self._others: deque[bool] = deque(maxlen=_LOOKS_BACK)

    def hear(self, sound: Samples) -> float | None:
        """How unlike the voice so far a turn's is, in spreads; None where that cannot be told."""
        now = portrait(sound * np.float32(_level(sound)))
        if now is None:
            return None
        away = np.minimum(np.abs(now - self._known) / _SPREAD, _MOST)
        unlike = float(np.sqrt(np.mean(away**2)))
        known = self._turns >= _KNOWN_TURNS
        other = known and unlike > _OTHER
        if known:
            self._others.append(other)
        if not other:
            self._turns += 1
            self._known += (now - self._known) / self._turns
        return unlike if known else None

    def hears_another(self, sound: Samples) -> bool:
        """Hears one more turn; whether it was another's, as one of the last turns before it."""
        unlike = self.hear(sound)
        return unlike is not None and unlike > _OTHER and sum(self._others) >= _SURE


def _level(sound: Samples) -> float:
    """Factor to a loudness of -26 dB full scale."""
    return 0.05 / float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))) + 1e-9)
