"""A film of what ``hollow hands`` sees: the mirrored picture, the hands drawn in, their gestures named."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from PIL import Image, ImageDraw

from game.interpret.intents import Intents
from game.sense.camera import Pixels, SourceError
from game.sense.observations import HandsSeen

BONES: Final = (
    (0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 6), (6, 7), (7, 8), (5, 9), (9, 10), (10, 11), (11, 12),
    (9, 13), (13, 14), (14, 15), (15, 16), (13, 17), (17, 18), (18, 19), (19, 20), (0, 17),
)  # fmt: skip
COLOURS: Final = {"left": (90, 190, 255), "right": (255, 170, 70)}
MAX_HEIGHT: Final = 720
CLOCK_HZ: Final = 1000


class Film:
    """Takes pictures with their observations; writes them with the times at which they were taken."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._container: Any = None
        self._stream: Any = None
        self._size = (0, 0)
        self._last_ms = -1

    @classmethod
    @contextmanager
    def to(cls, path: Path | None) -> Iterator["Film"]:
        """A film that is closed at the end of the block; with None, one that takes nothing in.

        Raises `SourceError` when the file cannot be written.
        """
        film = cls(path)
        try:
            if path is not None:
                path.open("wb").close()  # Told at once, not after minutes of looking.
            yield film
            film._finish()
        except (av.FFmpegError, OSError) as error:
            raise SourceError(f"{path} cannot be written ({error.strerror or error}).") from error
        finally:
            film._close()

    def add(self, rgb: Pixels | None, seen: HandsSeen, intents: Intents | None) -> None:
        """One picture as it was taken (None: black), drawn over with what was seen in it."""
        if self._path is None:
            return
        if self._container is None:
            self._open(self._path, rgb, seen.aspect)
        width, height = self._size
        if rgb is None:
            canvas = Image.new("RGB", self._size)
        else:
            canvas = Image.fromarray(np.ascontiguousarray(rgb[:, ::-1])).resize(self._size)
        pen = ImageDraw.Draw(canvas)
        thick = max(2, height // 200)
        for hand in seen.hands:
            points = [(x * width, y * height) for x, y, _ in hand.image]
            colour = COLOURS[hand.side]
            for a, b in BONES:
                pen.line((points[a], points[b]), fill=colour, width=thick)
            pen.text((points[0][0], points[0][1] + 8), f"{hand.side} {hand.score:.2f}", fill=colour)
        pen.text((10, 8), "\n".join(_captions(seen, intents)), fill=(255, 255, 255))
        frame = av.VideoFrame.from_ndarray(np.asarray(canvas, dtype=np.uint8), format="rgb24")
        frame.pts = self._last_ms = max(self._last_ms + 1, round(seen.captured_s * CLOCK_HZ))
        frame.time_base = Fraction(1, CLOCK_HZ)
        self._container.mux(self._stream.encode(frame))

    def _open(self, path: Path, rgb: Pixels | None, aspect: float) -> None:
        height = min(MAX_HEIGHT, rgb.shape[0]) if rgb is not None else 480
        self._size = (max(2, round(height * aspect) // 2 * 2), max(2, height // 2 * 2))
        self._container = av.open(str(path), "w")
        self._stream = self._container.add_stream("libx264", rate=30, options={"crf": "23"})
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, CLOCK_HZ)

    def _finish(self) -> None:
        if self._container is not None:
            self._container.mux(self._stream.encode(None))

    def _close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None


def _captions(seen: HandsSeen, intents: Intents | None) -> list[str]:
    lines = [f"{seen.captured_s:.2f} s"]
    if intents is None:
        return lines
    for hand in intents.hands:
        active = [f"{action} {value.value:.1f}" for action, value in hand.actions.items() if value.active]
        lines.append(f"{hand.side}: {', '.join(active) or '-'}")
    if intents.walk.speed > 0.0:
        lines.append(f"walk {intents.walk.speed:.1f} m/s")
    return lines
