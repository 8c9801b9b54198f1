"""MediaPipe's two hand networks, run by LiteRT on what is cut from a picture: palms, and a hand's 21 points.

MediaPipe's own landmarker looks for a missing hand in every picture and only in the whole of it. With the
networks at hand the game says when and where to look, and brightens what is too dark.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from game.sense.camera import Pixels, SourceError, quiet_native_stderr
from game.sense.dark_pictures import PALM_SIGMA, Light, cleared, hand_sigma, light_of
from game.sense.hand_regions import Points, Square, Window, anchor_centres, square_of_palm

PALM_INPUT: Final = 192
HAND_INPUT: Final = 224
SAME_PALM_OVERLAP: Final = 0.3
"""Two boxes that overlap more than this (intersection over union) are one palm."""
_WRIST_KEY, _MIDDLE_KEY = 0, 2
_NORMALISE_Z: Final = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Palm:
    """A palm that the detector found."""

    score: float
    square: Square
    """Where its hand's landmarks are to be looked for."""
    x: float
    y: float
    """Its centre, in pixels of the whole picture."""
    side: float
    """Of its box, pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandRead:
    """What the landmark network read in a square."""

    presence: float
    """That there is a hand, 0 to 1."""
    right: float
    """That it is the person's right hand, 0 to 1."""
    points: Points
    """(21, 3) pixels of the picture; z in pixels too, negative is nearer."""
    world: Points
    """(21, 3) metres about the hand's centre, x right in the picture, y down, z away from the camera."""
    light: Light
    """Of the square, before it was brightened."""


class HandNetworks:
    """Both networks of ``hand_landmarker.task``. Raises `SourceError` when the file cannot be used."""

    def __init__(self, model: Path) -> None:
        try:
            with zipfile.ZipFile(model) as task:
                contents = [
                    task.read(f"{name}.tflite") for name in ("hand_detector", "hand_landmarks_detector")
                ]
            with quiet_native_stderr():
                self._palms, self._hand = (_Network(content) for content in contents)
        except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
            raise SourceError(f"The hand model {model.name} cannot be loaded.") from error
        self._anchors = anchor_centres()
        self._letterbox = np.zeros((PALM_INPUT, PALM_INPUT, 3), dtype=np.uint8)

    def palms(self, picture: Pixels, window: Window, *, least: float) -> list[Palm]:
        """Palms with at least this score in a window of the (height, width, 3) picture, the surest first."""
        scale = PALM_INPUT / max(window.width, window.height)
        w, h = max(1, round(window.width * scale)), max(1, round(window.height * scale))
        cut = picture[window.y : window.y + window.height, window.x : window.x + window.width]
        small = _shrunk(cut, w, h)
        small = cleared(small, light_of(small), sigma=PALM_SIGMA)
        left, top = (PALM_INPUT - w) // 2, (PALM_INPUT - h) // 2
        if (w, h) != (PALM_INPUT, PALM_INPUT):
            self._letterbox[:] = 0
            self._letterbox[top : top + h, left : left + w] = small
            small = self._letterbox
        boxes, scores = self._palms(small)
        return self._decoded(boxes[0], scores[0, :, 0], least, window, scale, left, top)

    def _decoded(
        self,
        raw: NDArray[np.float32],
        logits: NDArray[np.float32],
        least: float,
        window: Window,
        scale: float,
        left: int,
        top: int,
    ) -> list[Palm]:
        keep = np.flatnonzero(logits >= np.log(least / (1.0 - least)))
        if not keep.size:
            return []
        scores = (1.0 / (1.0 + np.exp(-np.clip(logits[keep], -100.0, 100.0)))).astype(np.float32)
        centres = self._anchors[keep] * PALM_INPUT
        raw = raw[keep]
        middle, size = raw[:, 0:2] + centres, raw[:, 2:4]
        keys = raw[:, 4:18].reshape(-1, 7, 2) + centres[:, None]
        boxes = np.concatenate([middle - size / 2.0, middle + size / 2.0], axis=1)
        offset = np.array([left, top], dtype=np.float32)
        corner = np.array([window.x, window.y], dtype=np.float32)
        found = []
        for chosen, weights in _suppressed(boxes, scores):
            box = np.average(boxes[chosen], axis=0, weights=weights).reshape(2, 2)
            key = np.average(keys[chosen], axis=0, weights=weights)
            box, key = (box - offset) / scale + corner, (key - offset) / scale + corner
            (x0, y0), (x1, y1) = box.tolist()
            found.append(
                Palm(
                    score=float(weights.max()),
                    square=square_of_palm((x0, y0, x1, y1), key[_WRIST_KEY], key[_MIDDLE_KEY]),
                    x=(x0 + x1) / 2.0,
                    y=(y0 + y1) / 2.0,
                    side=max(x1 - x0, y1 - y0),
                )
            )
        return found

    def read(self, picture: Pixels, square: Square) -> HandRead:
        """The hand in a square of the (height, width, 3) picture."""
        patch = _cut(picture, square)
        light = light_of(patch)
        flat, presence, right, world = self._hand(
            cleared(patch, light, sigma=hand_sigma(HAND_INPUT / square.side))
        )
        raw = flat.reshape(21, 3)
        matrix = square.to_picture()
        points = np.empty((21, 3), dtype=np.float32)
        points[:, :2] = raw[:, :2] / HAND_INPUT @ matrix[:, :2].T + matrix[:, 2]
        points[:, 2] = raw[:, 2] / (HAND_INPUT * _NORMALISE_Z) * square.side
        turned = world.reshape(21, 3).copy()
        turned[:, :2] = turned[:, :2] @ (matrix[:, :2].T / square.side)
        return HandRead(
            presence=float(presence[0, 0]), right=float(right[0, 0]), points=points, world=turned, light=light
        )


class _Network:
    """One TFLite model with one picture as its input, on the calling thread."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._run = Interpreter(model_content=content, num_threads=1)
        self._run.allocate_tensors()
        self._input = self._run.tensor(self._run.get_input_details()[0]["index"])
        self._outputs = [self._run.tensor(detail["index"]) for detail in self._run.get_output_details()]

    def __call__(self, patch: Pixels) -> list[NDArray[np.float32]]:
        np.multiply(patch, np.float32(1.0 / 255.0), out=self._input()[0])
        self._run.invoke()
        # Copies: a view into the interpreter would forbid its next run.
        return [output().copy() for output in self._outputs]


def _cut(picture: Pixels, square: Square) -> Pixels:
    """The (224, 224, 3) patch of the picture in the square; outside the picture its rim goes on, as in
    MediaPipe, which keeps hands that are half out of sight."""
    matrix = square.to_picture()
    matrix[:, :2] /= HAND_INPUT
    # Pixel centres of the patch on pixel centres of the picture.
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    patch: Any = cv2.warpAffine(
        picture,
        matrix,
        (HAND_INPUT, HAND_INPUT),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(patch, dtype=np.uint8)


def _shrunk(cut: Pixels, width: int, height: int) -> Pixels:
    """The picture in another size. Single pixels out of many would leave a sieve of a far hand, so it is the
    mean that is kept, by halving: ten times as fast as areas of any size."""
    small: Any = cut
    while small.shape[0] >= 2 * height and small.shape[1] >= 2 * width and min(width, height) > 0:
        small = cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _suppressed(
    boxes: NDArray[np.float32], scores: NDArray[np.float32]
) -> list[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Weighted non-maximum suppression: each palm as the boxes that show it, with their scores."""
    order = np.argsort(-scores)
    areas = np.prod(np.maximum(0.0, boxes[:, 2:] - boxes[:, :2]), axis=1)
    palms = []
    while order.size:
        best = boxes[order[0]]
        inside = np.minimum(best[2:], boxes[order, 2:]) - np.maximum(best[:2], boxes[order, :2])
        shared = np.prod(np.maximum(0.0, inside), axis=1)
        overlap = shared / np.maximum(1e-6, areas[order[0]] + areas[order] - shared)
        same = overlap > SAME_PALM_OVERLAP
        same[0] = True
        palms.append((order[same], scores[order[same]]))
        order = order[~same]
    return palms
