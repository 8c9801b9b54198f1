"""The echo of the cave: one impulse response grown from a seed, and a convolver for blocks of any size."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE

Floats = NDArray[np.float32]

BLOCK: Final = 960
"""Samples of one partition; also the delay before the first echo, 20 ms: a wall three metres away."""
_LENGTH_S: Final = 1.9
_BANDS: Final = ((0.0, 220.0, 1.3), (220.0, 900.0, 1.6), (900.0, 2600.0, 1.25), (2600.0, 9000.0, 0.65))
"""(from Hz, to Hz, seconds in which the echo of the band falls by 60 dB): rock drinks the highs."""


def cave_response(seed: int) -> Floats:
    """(2, n) response of a stone hall without its direct sound; speech comes back from it at its own level.

    Separate noise for the two ears makes the echo wide; a dozen single reflections give it walls.
    """
    rng = np.random.default_rng(seed)
    count = int(_LENGTH_S * SAMPLE_RATE) // BLOCK * BLOCK
    time_s = np.arange(count) / SAMPLE_RATE
    frequency = np.fft.rfftfreq(count, 1.0 / SAMPLE_RATE)
    response = np.zeros((2, count))
    for low, high, falls_s in _BANDS:
        # Edges of half an octave keep the bands from ringing.
        edge = 1.0 / (1.0 + (frequency / high) ** 6)
        if low > 0.0:
            edge = edge * (1.0 - 1.0 / (1.0 + (frequency / low) ** 6))
        noise = np.fft.irfft(np.fft.rfft(rng.standard_normal((2, count)), axis=1) * edge, count, axis=1)
        response += noise * 10.0 ** (-3.0 * time_s / falls_s)
    # The diffuse echo builds up over 60 ms, under the single reflections of the near walls.
    response *= 1.0 - np.exp(-time_s / 0.025)
    level = float(np.abs(response).max())
    for _ in range(14):
        at = int(rng.uniform(0.0, 0.085) * SAMPLE_RATE)
        width = int(rng.integers(9, 34))
        knock = np.hanning(width)
        knock *= rng.choice([-1.0, 1.0]) * level * rng.uniform(0.8, 1.8) * np.exp(-at / SAMPLE_RATE / 0.06)
        pan = rng.uniform(0.2, 0.8)
        response[0, at : at + width] += knock * (1.0 - pan)
        response[1, at : at + width] += knock * pan
    spectrum = np.fft.rfft(response, axis=1)
    spectrum *= (frequency / 70.0) ** 2 / (1.0 + (frequency / 70.0) ** 2)  # no boom below 70 Hz
    response = np.fft.irfft(spectrum, count, axis=1)
    tail = int(0.1 * SAMPLE_RATE)
    response[:, -tail:] *= np.linspace(1.0, 0.0, tail)
    # Equal weight to each octave of speech, not to each hertz: speech is low.
    speech = (frequency > 150.0) & (frequency < 4000.0)
    power = np.abs(np.fft.rfft(response, axis=1)[:, speech]) ** 2 / frequency[speech]
    response /= np.sqrt(power.sum(axis=1, keepdims=True) / (1.0 / frequency[speech]).sum())
    return response.astype(np.float32)


class Room:
    """Streams a mono send through a stereo response; the echo comes ``BLOCK`` samples late.

    The result does not depend on how the stream is cut into blocks.
    """

    def __init__(self, response: Floats) -> None:
        parts = response.shape[1] // BLOCK
        cut = response[:, : parts * BLOCK].reshape(2, parts, BLOCK)
        padded = np.concatenate([cut, np.zeros_like(cut)], axis=2)
        self._response = np.fft.rfft(padded, axis=2).astype(np.complex64)
        # The spectra of past blocks stand twice, so that the newest-first window is always one slice.
        self._past = np.zeros((2 * parts, BLOCK + 1), dtype=np.complex64)
        self._parts = parts
        self._newest = 0
        self._input = np.zeros(2 * BLOCK, dtype=np.float32)
        self._output = np.zeros((2, BLOCK), dtype=np.float32)
        self._filled = 0
        self._silent = parts + 1

    def process(self, send: Floats) -> Floats:
        """(2, n) echo for the (n,) samples sent."""
        count = len(send)
        echo = np.empty((2, count), dtype=np.float32)
        done = 0
        while done < count:
            step = min(count - done, BLOCK - self._filled)
            start = self._filled
            echo[:, done : done + step] = self._output[:, start : start + step]
            self._input[BLOCK + start : BLOCK + start + step] = send[done : done + step]
            self._filled += step
            done += step
            if self._filled == BLOCK:
                self._turn()
        return echo

    def _turn(self) -> None:
        self._filled = 0
        quiet = not self._input.any()
        self._silent = self._silent + 1 if quiet else 0
        if self._silent > self._parts:
            # Nothing has been sent for as long as the echo lasts: spare the work.
            self._output[:] = 0.0
            return
        self._newest = (self._newest - 1) % self._parts
        spectrum = np.fft.rfft(self._input)
        self._past[self._newest] = self._past[self._newest + self._parts] = spectrum
        window = self._past[self._newest : self._newest + self._parts]
        wet = (window * self._response).sum(axis=1)
        self._output = np.fft.irfft(wet, axis=1)[:, BLOCK:].astype(np.float32)
        self._input[:BLOCK] = self._input[BLOCK:]
        self._input[BLOCK:] = 0.0
