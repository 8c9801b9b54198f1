"""A room that is computed: two loudspeakers, one microphone, and the way of the sound between them.

The first reflections are those of a box (image sources, Allen and Berkley 1979), the rest is noise that
decays; the loudspeakers distort a little, the sound card is late, and the microphone's clock is not the
loudspeakers' own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_BLOCK, EAR_RATE
from game.present.sound.resample import ReferenceResampler
from game.sense.fractional import HALF, read_between

Samples = NDArray[np.float32]
Stereo = NDArray[np.float32]

SPEED_M_S: Final = 343.0
_SIDES_M: Final = np.array([5.2, 4.1, 2.7])
_MICROPHONE: Final = np.array([2.3, 1.4, 1.2])
_EARLY_S: Final = 0.06
"""Until here single reflections, from here the decaying noise of many."""
_HALF_BASE_M: Final = 0.35
"""The loudspeakers stand this far to the left and right of the line straight ahead."""
_KEPT: Final = EAR_RATE
"""Samples of echo kept for a microphone that is late: more than the longest delay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSettings:
    """One room, one sound card, two clocks."""

    rt60_s: float = 0.4
    """Until an echo is 60 dB down."""
    distance_m: float = 1.0
    """From each loudspeaker to the microphone."""
    delay_s: float = 0.08
    """From mixing a sample to its leaving the loudspeaker."""
    drift_ppm: float = 100.0
    """The microphone's clock is this much faster than the loudspeakers'."""
    drive: float = 1.5
    """Of the loudspeaker's soft clipping: 1.5 makes some 2 % of distortion at half of full scale."""
    noise_dbfs: float = -62.0
    """Of the room and the microphone."""
    seed: int = 1


def impulse_response(source: NDArray[np.float64], settings: RoomSettings, seed: int) -> Samples:
    """From ``source`` (metres, in the box) to the microphone at 16 kHz; a direct sound at 1 m has gain 1."""
    volume = float(np.prod(_SIDES_M))
    x, y, z = _SIDES_M
    surface = 2.0 * float(x * y + y * z + x * z)
    # Eyring: the absorption at which the room has this reverberation time.
    absorption = 1.0 - np.exp(-0.161 * volume / (surface * settings.rt60_s))
    reflection = np.sqrt(1.0 - absorption)
    reach = np.ceil(_EARLY_S * SPEED_M_S / (2.0 * _SIDES_M)).astype(int) + 1
    grid = np.stack(
        np.meshgrid(*(np.arange(-n, n + 1) for n in reach), [0, 1], [0, 1], [0, 1], indexing="ij"), -1
    ).reshape(-1, 6)
    cell, mirrored = grid[:, :3], grid[:, 3:]
    place = (1 - 2 * mirrored) * source + 2 * cell * _SIDES_M
    bounces = np.abs(cell - mirrored).sum(axis=1) + np.abs(cell).sum(axis=1)
    away_m = np.linalg.norm(place - _MICROPHONE, axis=1)
    late = away_m / SPEED_M_S * EAR_RATE
    length = int((settings.rt60_s + 0.05) * EAR_RATE)
    out = np.zeros(length + 2 * HALF)
    heard = late < _EARLY_S * EAR_RATE
    reachable = np.arange(-HALF + 1, HALF + 1)
    for samples, gain in zip(late[heard], (reflection**bounces / away_m)[heard], strict=True):
        whole = int(samples)
        away = reachable - (samples - whole)
        window = np.cos(np.pi * away / (2 * HALF + 1)) ** 2
        out[whole + reachable + HALF] += gain * np.sinc(away) * window
    out = out[HALF : HALF + length]
    time_s = np.arange(length) / EAR_RATE
    tail = np.random.default_rng(seed).normal(size=length) * 10.0 ** (-3.0 * time_s / settings.rt60_s)
    # The noise takes up where the reflections stop, with the energy that they had by then.
    edge = int(_EARLY_S * EAR_RATE)
    before = slice(edge - EAR_RATE // 50, edge)
    tail *= np.sqrt((out[before] ** 2).mean() / max(1e-12, (tail[before] ** 2).mean()))
    out[edge:] = tail[edge:]
    return np.asarray(out, np.float32)


class _Convolver:
    """A stream through an impulse response, block by block (overlap and add)."""

    def __init__(self, response: Samples) -> None:
        self._length = len(response)
        self._response = response
        self._spectra: dict[int, NDArray[np.complex128]] = {}
        self._rest = np.zeros(0, np.float64)

    def push(self, samples: Samples) -> Samples:
        size = 1 << int(np.ceil(np.log2(len(samples) + self._length)))
        if size not in self._spectra:
            self._spectra[size] = np.fft.rfft(self._response, size)
        out = np.fft.irfft(np.fft.rfft(samples, size) * self._spectra[size], size)
        out[: len(self._rest)] += self._rest
        self._rest = out[len(samples) : len(samples) + self._length]
        return np.asarray(out[: len(samples)], np.float32)


class EchoRoom:
    """What a microphone hears of the loudspeakers and of a player: sound in as it is mixed, blocks out as
    the microphone makes them."""

    def __init__(self, settings: RoomSettings) -> None:
        self._settings = settings
        self._noise = np.random.default_rng(settings.seed + 77)
        ahead = np.sqrt(max(0.01, settings.distance_m**2 - _HALF_BASE_M**2))
        places = [_MICROPHONE + np.array([side * _HALF_BASE_M, ahead, 0.0]) for side in (-1.0, 1.0)]
        self._ways = [
            _Convolver(impulse_response(place, settings, settings.seed * 10 + side))
            for side, place in enumerate(places)
        ]
        self._down = [ReferenceResampler() for _ in places]
        self._air = np.zeros(_KEPT, np.float32)
        """The last second of what has reached the microphone."""
        self._played = 0
        self._heard = 0
        self._voice = np.zeros(0, np.float32)
        self.gain = 1.0
        """Of the loudspeakers, from digital to digital at one metre."""

    def say(self, speech: Samples) -> None:
        """A person begins to speak now: 16 kHz, as loud as it is to be heard."""
        self._voice = np.concatenate((self._voice, speech))

    @property
    def heard_s(self) -> float:
        """Seconds that the microphone has delivered, by its own clock."""
        return self._heard / EAR_RATE

    def play(self, stereo: Stereo) -> Iterator[Samples]:
        """The loudspeakers get so much more sound (48 kHz); the microphone's blocks that are complete."""
        echo = np.zeros(0, np.float32)
        for channel, (way, down) in enumerate(zip(self._ways, self._down, strict=True)):
            one = down.push(np.repeat(stereo[:, channel : channel + 1], 2, axis=1))
            drive = self._settings.drive
            # A cone is stiffer on one side than on the other: a little of the second harmonic.
            bent = np.tanh(drive * (one + 0.04 * one * one)) / drive if drive else one
            part = way.push(np.asarray(bent, np.float32))
            echo = part if not len(echo) else echo + part
        self._air = np.concatenate((self._air, 0.5 * self.gain * echo))[-_KEPT:]
        self._played += len(echo)
        ratio = 1.0 / (1.0 + self._settings.drift_ppm * 1e-6)
        late = self._settings.delay_s * EAR_RATE
        while True:
            last = (self._heard + EAR_BLOCK) * ratio
            if last + HALF >= self._played:
                return
            places = (self._heard + np.arange(EAR_BLOCK)) * ratio - late + (_KEPT - self._played)
            block = read_between(self._air, places)
            self._heard += EAR_BLOCK
            block += 10.0 ** (self._settings.noise_dbfs / 20.0) * self._noise.normal(size=EAR_BLOCK).astype(
                np.float32
            )
            spoken, self._voice = self._voice[:EAR_BLOCK], self._voice[EAR_BLOCK:]
            block[: len(spoken)] += spoken
            yield np.clip(block, -1.0, 1.0)
