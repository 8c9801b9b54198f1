"""What the hands' benchmark measures on: clips as they are, made far or dark, and what is known of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from game.sense.camera import FileCamera, Picture, Pixels, SourceError

FAR_SIZE: Final = (1280, 720)
"""Width and height of the black picture into which a clip is shrunk."""
NO_HAND: Final = ("no hand", "hand leaves")
"""How the label of a stretch without a hand begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """Stretches of a clip in seconds: those that show a hand, and those that show none."""

    hand: tuple[tuple[float, float], ...]
    none: tuple[tuple[float, float], ...]

    def shows_hand(self, t_s: float) -> bool:
        return any(start <= t_s <= end for start, end in self.hand)

    def shows_none(self, t_s: float) -> bool:
        return any(start <= t_s <= end for start, end in self.none)


EVERYTHING: Final = Annotated(hand=((-np.inf, np.inf),), none=())
"""What is assumed of a clip without annotation: a hand in every picture."""


def read_annotations(path: Path) -> dict[str, Annotated]:
    """{name of the clip: what is known of it}: JSON, ``segments`` with ``start``, ``end`` and ``label``.

    Raises ValueError with a sentence when the file is none."""
    try:
        clips = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): _annotated(clip["segments"]) for name, clip in clips.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path} is not a file of annotated clips.") from error


def _annotated(segments: list[dict[str, Any]]) -> Annotated:
    hand: list[tuple[float, float]] = []
    none: list[tuple[float, float]] = []
    for segment in segments:
        stretch = (float(segment["start"]), float(segment["end"]))
        (none if str(segment["label"]).startswith(NO_HAND) else hand).append(stretch)
    return Annotated(hand=tuple(hand), none=tuple(none))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a clip is changed before it is looked at."""

    palm_px: float | None = None
    """Shrunk, so that the palm is about this long, into a black picture of 1280 by 720."""
    dark: float | None = None
    """Its light multiplied by this ..."""
    noise: float = 3.0
    """... and noise of this standard deviation (of 255 levels) added."""


def pictures(clip: Path, trial: Trial, *, palm_px: float, seconds: float | None) -> Iterator[Picture]:
    """The clip's pictures, changed as the trial says; ``palm_px`` is the palm's length in the clip itself."""
    camera = FileCamera(clip)
    noise = np.random.default_rng(1)
    try:
        for picture in camera.read_until(np.inf if seconds is None else seconds):
            rgb = picture.rgb
            if trial.palm_px is not None:
                rgb = far(rgb, trial.palm_px / palm_px)
            if trial.dark is not None:
                rgb = dark(rgb, trial.dark, trial.noise, noise)
            yield Picture(captured_s=picture.captured_s, rgb=rgb, capture_ms=picture.capture_ms)
        if camera.damaged:
            raise SourceError(camera.ended or f"{clip.name} is damaged.")
    finally:
        camera.close()


def far(rgb: Pixels, scale: float) -> Pixels:
    """The picture made smaller, in the middle of a black one of 1280 by 720 (or cut to it)."""
    width, height = FAR_SIZE
    w, h = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    small = cv2.resize(rgb, (w, h), interpolation=cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR)
    small = small[max(0, (h - height) // 2) :, max(0, (w - width) // 2) :][:height, :width]
    frame = np.zeros((height, width, 3), dtype=np.uint8)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return frame


def dark(rgb: Pixels, light: float, sigma: float, noise: np.random.Generator) -> Pixels:
    """The picture as a camera takes it in ``light`` times the light, with its noise."""
    values = rgb.astype(np.float32) * np.float32(light)
    grain: NDArray[np.float32] = noise.standard_normal(rgb.shape, dtype=np.float32)
    values += grain * np.float32(sigma)
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)
