"""The One Euro filter (Casiez, Roussel and Vogel, 2012): still hands are still, quick ones do not lag."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SPEED_CUTOFF_HZ: Final = 1.0
"""Cutoff of the filter over the speed itself."""


def smoothing(cutoff_hz: Floats | float, dt_s: float) -> Floats | float:
    """Weight of the newest sample in a first-order low pass, 0 to 1."""
    tau_s = 1.0 / (2.0 * math.pi * cutoff_hz)
    return 1.0 / (1.0 + tau_s / dt_s)


class OneEuro:
    """Filters an array of any shape; every number has a speed of its own unless ``together``.

    ``min_cutoff_hz`` is the cutoff at rest; ``beta`` raises it with speed, in cutoff hertz for each unit a
    second. With ``together`` the last axis is one vector and its length is the speed, so that a point does
    not bend its path. Time stamps may start anywhere, at 0.0 too; a stamp that does not rise changes nothing.
    """

    def __init__(self, *, min_cutoff_hz: float = 1.0, beta: float = 0.0, together: bool = False) -> None:
        self._min_cutoff_hz = min_cutoff_hz
        self._beta = beta
        self._together = together
        self._t_s: float | None = None
        self._value: Floats = np.zeros(0)
        self._speed: Floats = np.zeros(0)

    @property
    def speed(self) -> Floats:
        """Filtered speed, units a second, in the shape of the value; empty before the first sample."""
        return self._speed

    def __call__(self, sample: ArrayLike, t_s: float) -> Floats:
        """The filtered value at ``t_s`` seconds, in the shape of ``sample``."""
        raw = np.array(sample, dtype=np.float64)
        if self._t_s is None:
            self._t_s, self._value, self._speed = t_s, raw, np.zeros_like(raw)
            return raw
        dt_s = t_s - self._t_s
        if dt_s <= 0.0:
            return self._value
        # As its authors do, the speed is taken from the last filtered value: noise does not open the filter.
        rate = (raw - self._value) / dt_s
        self._speed = self._speed + smoothing(SPEED_CUTOFF_HZ, dt_s) * (rate - self._speed)
        speed = np.abs(self._speed)
        if self._together:
            speed = np.sqrt((self._speed**2).sum(axis=-1, keepdims=True))
        weight = smoothing(self._min_cutoff_hz + self._beta * speed, dt_s)
        self._value = self._value + weight * (raw - self._value)
        self._t_s = t_s
        return self._value

    def shift(self, value: ArrayLike) -> None:
        """Say where the filtered value is now, for a change of unit or origin that is no movement."""
        if self._t_s is not None:
            self._value = np.array(value, dtype=np.float64)
