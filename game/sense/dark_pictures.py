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
BRIGHT_SHARE: Final = 99.0
"""Percentile of luma that counts as the brightest parts: a far hand, the only light in a black window, is one
of them."""
NOISE_PX: Final = 1.5
"""Sigma of the smoothing for landmarks, in pixels of the camera's picture, where its noise lives ..."""
HAND_SIGMA: Final = (1.0, 5.0)
"""... and its limits in pixels of the patch."""
PALM_SIGMA: Final = 0.75
"""Sigma of the smoothing for the palm detector, in pixels of its input: shrinking has averaged most of the
noise away."""
_LUMA: Final = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What the histogram of a patch says."""

    bright: float
    """Luma of its brightest parts, 0 to 255."""

    @property
    def enough(self) -> bool:
        return self.bright >= LIT

    @property
    def gain(self) -> float:
        """By how much a dark patch is stretched; 1 where there is light enough."""
        if self.enough:
            return 1.0
        return min(MAX_GAIN, WANTED / max(1.0, self.bright))


def light_of(patch: Pixels) -> Light:
    """The light of a (height, width, 3) patch, from one pixel in 49."""
    luma = patch[3::7, 3::7].reshape(-1, 3) @ _LUMA
    return Light(bright=float(np.percentile(luma, BRIGHT_SHARE)))


def cleared(patch: Pixels, light: Light, *, sigma: float) -> Pixels:
    """The patch as the networks want it: as it is, or smoothed with ``sigma`` (pixels) and stretched."""
    if light.enough:
        return patch
    smooth = cv2.GaussianBlur(patch, (0, 0), sigma)
    # Light only scales what a camera sees: taking black away as well would make plain walls into noise.
    return np.asarray(cv2.convertScaleAbs(smooth, alpha=light.gain), dtype=np.uint8)


def hand_sigma(scale: float) -> float:
    """Smoothing for a hand's patch of ``scale`` pixels for one of the camera's picture."""
    least, most = HAND_SIGMA
    return min(most, max(least, NOISE_PX * scale))


def trust_in(light: Light) -> float:
    """How far what was read in a patch of this light can be trusted: 1 in the light, falling to 0.5."""
    return 0.5 + 0.5 * min(1.0, max(0.0, light.bright) / LIT)
