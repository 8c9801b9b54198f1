"""What the hand networks are shown of a dark picture: its light stretched, its noise smoothed.

The networks were trained on lit hands. At 0.15 of the light they find few of them, stretched and smoothed
nearly all; a picture with light enough is shown as it was taken.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from game.sense.camera import Pixels

LIT: Final = 80.0
"""A patch whose brightest parts are above this (of 255) is shown as it is."""
WANTED: Final = 200.0
"""To what the brightest parts of a dark patch are stretched."""
MAX_GAIN: Final = 16.0
BRIGHT_SHARE: Final = 95.0
BLACK_SHARE: Final = 5.0
"""Percentiles of luma that count as the brightest parts and as black."""
NOISE_PX: Final = 1.5
"""Sigma of the smoothing, in pixels of the camera's picture, where its noise lives."""
MAX_SIGMA: Final = 5.0
LEAST_SIGMA: Final = 0.5
"""Smoothing by less than this changes nothing."""
_LUMA: Final = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What the histogram of a patch says."""

    black: float
    bright: float
    """Luma of its darkest and of its brightest parts, 0 to 255."""

    @property
    def enough(self) -> bool:
        return self.bright >= LIT

    @property
    def gain(self) -> float:
        """By how much a dark patch is stretched; 1 where there is light enough."""
        if self.enough:
            return 1.0
        return min(MAX_GAIN, WANTED / max(1.0, self.bright - self.black))


def light_of(patch: Pixels) -> Light:
    """The light of a (height, width, 3) patch, from one pixel in 49."""
    luma = patch[3::7, 3::7].reshape(-1, 3) @ _LUMA
    black, bright = np.percentile(luma, (BLACK_SHARE, BRIGHT_SHARE))
    return Light(black=float(black), bright=float(bright))


def cleared(patch: Pixels, light: Light, *, scale: float, averaged: bool) -> Pixels:
    """The patch as the networks want it. ``scale`` is pixels of the patch for one of the camera's picture;
    ``averaged`` says that shrinking has taken the mean over areas, and noise with it."""
    if light.enough:
        return patch
    sigma = min(MAX_SIGMA, NOISE_PX * scale if averaged else max(NOISE_PX * scale, 1.0))
    if sigma >= LEAST_SIGMA:
        patch = np.asarray(cv2.GaussianBlur(patch, (0, 0), sigma), dtype=np.uint8)
    stretched = cv2.convertScaleAbs(cv2.subtract(patch, (light.black,) * 4), alpha=light.gain)
    return np.asarray(stretched, dtype=np.uint8)


def trust_in(light: Light) -> float:
    """How far what was read in a patch of this light can be trusted: 1 in the light, falling to 0.5."""
    return 0.5 + 0.5 * min(1.0, max(0.0, light.bright) / LIT)
