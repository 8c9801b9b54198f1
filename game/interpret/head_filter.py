"""The head's path from few, noisy and late pictures: a Kalman filter that also says where it will be."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEPTH_NOISE: Final = 0.005
"""Standard deviation along the camera's view, metres at one metre; it grows with the square of the distance,
because the size of the face is all that tells it. From a webcam clip: 0.9 mm at 0.43 m."""
ACROSS_NOISE: Final = 0.0007
"""Across the view, metres at one metre; it grows with the distance. From that clip: 0.15 to 0.3 mm."""
RESTLESS: Final = np.array([0.06, 0.02, 0.06])
"""How a resting head changes its speed: square root of the spectral density of its acceleration, m/s^1.5.
Lower along the view, where the picture hardly shows it and the noise is greatest."""
SURPRISE: Final = 4.0
"""A place that is so many times less likely than usual (in squares of its deviation) means that the head has
begun to move: the filter then believes in as much more restlessness ..."""
MOST_RESTLESS: Final = 300.0
"""... up to this factor."""
FIRST_SPEED_MPS: Final = 0.3
FADE_S: Final = 0.25
"""Whatever is not seen any more is believed to stop within about this time."""


class HeadFilter:
    """Constant velocity between pictures, the three axes on their own: across, along, up."""

    def __init__(self, place: Floats, t_s: float) -> None:
        """Begins at a first place (3,): metres from the camera, x right, y away from it, z up."""
        self._t_s = t_s
        self._place, self._speed = place.copy(), np.zeros(3)
        noise = _variance(place)
        # Covariance of each axis: of the place, of place and speed, of the speed.
        self._pp, self._pv, self._vv = noise, np.zeros(3), np.full(3, FIRST_SPEED_MPS**2)

    @property
    def t_s(self) -> float:
        """Of the newest picture."""
        return self._t_s

    def feed(self, place: Floats, t_s: float) -> None:
        """Take in a measured place; a time that does not rise changes nothing."""
        dt = t_s - self._t_s
        if dt <= 0.0:
            return
        self._t_s = t_s
        at = self._place + self._speed * dt
        off = place - at
        noise = _variance(place)
        usual = self._ahead(dt, RESTLESS**2)[0] + noise
        boost = np.clip(off * off / usual / SURPRISE, 1.0, MOST_RESTLESS)
        pp, pv, vv = self._ahead(dt, RESTLESS**2 * boost)
        spread = pp + noise
        gain_p, gain_v = pp / spread, pv / spread
        self._place, self._speed = at + gain_p * off, self._speed + gain_v * off
        self._pp, self._pv, self._vv = (1.0 - gain_p) * pp, (1.0 - gain_p) * pv, vv - gain_v * pv

    def _ahead(self, dt: float, restless: Floats) -> tuple[Floats, Floats, Floats]:
        """The covariance ``dt`` seconds on."""
        return (
            self._pp + 2.0 * dt * self._pv + dt * dt * self._vv + restless * dt**3 / 3.0,
            self._pv + dt * self._vv + restless * dt * dt / 2.0,
            self._vv + restless * dt,
        )

    def at(self, t_s: float) -> Floats:
        """Where the head is at ``t_s``, ahead of the newest picture as a rule; its speed fades meanwhile."""
        ahead = max(0.0, t_s - self._t_s)
        return np.asarray(self._place + self._speed * FADE_S * (1.0 - np.exp(-ahead / FADE_S)))


def _variance(place: Floats) -> Floats:
    far = max(0.2, float(place[1]))
    across = (ACROSS_NOISE * far) ** 2
    return np.array([across, (DEPTH_NOISE * far * far) ** 2, across])
