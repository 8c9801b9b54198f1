"""Cameras: a file with its own time stamps, or a device whose newest picture wins."""

import contextlib
import math
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from game.sense.camera_pace import Order, Pace, obey

Pixels = NDArray[np.uint8]

MAX_PIXELS: Final = 64_000_000
"""A picture larger than this is refused: no camera makes it, and it would fill the memory."""
BROKEN_OFF_S: Final = 0.5
"""A file whose last picture comes this much before the end that it promises has been cut off."""
SILENT_DEVICE_S: Final = 2.0
"""A device that gives no picture for this long is lost."""


class SourceError(Exception):
    """A camera or a file cannot be used (any more); its text is a sentence for the player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One camera picture as it was taken: not mirrored, upright."""

    captured_s: float
    """Seconds on the play clock."""
    rgb: Pixels
    """(height, width, 3)."""
    capture_ms: float
    """Wall time that decoding or fetching took."""


class Camera(Protocol):
    """What the eyes need of any camera."""

    def read_newest(self, now_s: float) -> Picture | None:
        """The newest picture not read before, taken at ``now_s`` or earlier; None when there is none yet or
        the file is over. Raises `SourceError` when the camera is lost."""

    def reopen(self) -> None:
        """Try once to get a lost camera back; raises `SourceError` when it is still away."""

    def close(self) -> None: ...


@contextlib.contextmanager
def quiet_native_stderr() -> Iterator[None]:
    """Keeps what native libraries write to file descriptor 2 in the block off the terminal.

    Their set-up notes speak to developers and no setting turns them off. When the block raises, all of it is
    written out after all, so that nothing which could explain a failure is lost.
    """
    try:
        saved = os.dup(2)
    except OSError:  # There is no stderr to keep quiet.
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        with tempfile.TemporaryFile() as notes:
            os.dup2(notes.fileno(), 2)
            try:
                yield
            except BaseException:
                os.dup2(saved, 2)
                notes.seek(0)
                with contextlib.suppress(OSError):
                    os.write(2, notes.read())
                raise
            finally:
                os.dup2(saved, 2)
    finally:
        os.close(saved)


class FileCamera:
    """A video (or picture) file as a camera; its first picture is at 0.0 seconds.

    Raises `SourceError` when there is nothing to see in the file. A file that breaks off in the middle ends
    there, with the reason in ``ended``.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.ended: str | None = None
        """A sentence once the file is over; None while pictures are left."""
        self.damaged = False
        """The file ended because it could not be read further."""
        self._open()

    def _open(self) -> None:
        name = self.path.name
        if not self.path.is_file():
            raise SourceError(f"There is no video file {self.path}.")
        try:
            container = av.open(str(self.path))
        except av.FFmpegError as error:
            raise SourceError(f"{name} is not a video that can be read.") from error
        if not container.streams.video:
            container.close()
            raise SourceError(f"{name} has no picture in it.")
        self._container: InputContainer | None = container
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        rate = float(stream.average_rate or 0.0)
        self.fps = rate if 1.0 <= rate <= 1000.0 else 30.0
        length = stream.duration
        self._promised_s = float(length * stream.time_base) if length and stream.time_base else 0.0
        self._frames = container.decode(stream)
        self._count = 0
        self._origin_s: float | None = None
        self._next: tuple[float, VideoFrame] | None = None
        self._decode_ms = 0.0
        self._advance()
        if self._next is None:
            self.close()
            raise SourceError(f"{name} has no picture that can be read.")

    @property
    def next_s(self) -> float:
        """Capture time of the next picture; infinity when the file is over."""
        return self._next[0] if self._next else math.inf

    def read_until(self, t_s: float) -> Iterator[Picture]:
        """Every picture taken up to ``t_s``, in order; each is decoded when it is asked for."""
        while self._next and self._next[0] <= t_s + 1e-9:
            yield self._take()

    def read_newest(self, now_s: float) -> Picture | None:
        newest: tuple[float, VideoFrame] | None = None
        while self._next and self._next[0] <= now_s + 1e-9:
            newest = self._next
            self._advance()
        if newest is None:
            return None
        return self._picture(*newest)

    def reopen(self) -> None:
        raise SourceError(self.ended or f"{self.path.name} is over.")

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None
            self._next = None

    def _end(self, last_s: float) -> None:
        if self._promised_s - last_s > BROKEN_OFF_S:
            self.ended = f"{self.path.name} breaks off after {last_s:.1f} of {self._promised_s:.1f} seconds."
            self.damaged = True
        else:
            self.ended = f"{self.path.name} is over."

    def _take(self) -> Picture:
        assert self._next is not None
        captured_s, frame = self._next
        picture = self._picture(captured_s, frame)
        self._advance()
        return picture

    def _picture(self, captured_s: float, frame: VideoFrame) -> Picture:
        started = time.perf_counter()
        rgb: Pixels = np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
        quarter_turns = round(frame.rotation / 90.0) % 4
        if quarter_turns:
            rgb = np.ascontiguousarray(np.rot90(rgb, quarter_turns))
        wall_ms = (time.perf_counter() - started) * 1000.0 + self._decode_ms
        return Picture(captured_s=captured_s, rgb=rgb, capture_ms=wall_ms)

    def _advance(self) -> None:
        started = time.perf_counter()
        before_s = self._next[0] if self._next else -math.inf
        self._next = None
        try:
            frame = next(self._frames)
        except StopIteration:
            self._end(max(before_s, 0.0))
            return
        except (av.FFmpegError, OSError) as error:
            at_s = max(before_s, 0.0)
            self.ended = f"{self.path.name} is damaged after {at_s:.1f} seconds ({_why(error)})."
            self.damaged = True
            return
        if frame.width * frame.height > MAX_PIXELS:
            self.ended = f"The picture of {self.path.name} is too large ({frame.width} x {frame.height})."
            self.damaged = True
            return
        time_s = frame.time if frame.time is not None else self._count / self.fps
        if self._origin_s is None:
            self._origin_s = time_s
        captured_s = time_s - self._origin_s
        if captured_s <= before_s:  # Stamps of broken files stand still or run back; pictures must not.
            captured_s = before_s + 1.0 / self.fps
        self._count += 1
        self._next = (captured_s, frame)
        self._decode_ms = (time.perf_counter() - started) * 1000.0


def _why(error: Exception) -> str:
    text = getattr(error, "strerror", None)
    return str(text or error).rstrip(".")


class Device(Protocol):
    """What is used of an opened webcam (OpenCV's VideoCapture)."""

    def read(self) -> tuple[bool, Any]:
        """Wait for the next picture: whether there is one, and its (height, width, 3) blue, green, red."""

    def release(self) -> None: ...


def open_webcam(index: int, *, size: tuple[int, int] = (1280, 720), fps: float = 30.0) -> Device | None:
    """The webcam of this number, asked for a size and rate that it may not have; None when there is none."""
    import cv2

    with quiet_native_stderr():
        device = cv2.VideoCapture(index)
        if not device.isOpened():
            return None
        # Buffers of old pictures are delay; compressed pictures are what makes 30 a second of them.
        device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        device.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        device.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        device.set(cv2.CAP_PROP_FPS, fps)
        opened: Device = device
        return opened


class DeviceCamera:
    """A webcam. A thread of its own takes every picture, so that the newest one is never an old one.

    Raises `SourceError` when there is no such camera; a ``patient`` one is lost from its beginning instead,
    and can come as a lost one comes back.
    """

    def __init__(
        self,
        index: int = 0,
        *,
        open_device: Callable[[int], Device | None] = open_webcam,
        clock: Callable[[], float] = time.perf_counter,
        patient: bool = False,
    ) -> None:
        self.index = index
        self._open_device = open_device
        self._clock = clock
        self._lock = threading.Lock()
        self._newest: tuple[float, Pixels, float] | None = None
        self._failed = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._pace = Pace(f"camera {index}")
        self._absent = ""
        try:
            self._open()
        except SourceError as error:
            if not patient:
                raise
            self._absent = str(error)

    @property
    def present(self) -> bool:
        """Whether the camera was there when it was last tried."""
        return not self._absent

    def _open(self) -> None:
        device = self._open_device(self.index)
        if device is None:
            raise SourceError(f"There is no camera number {self.index}, or another program is using it.")
        self._pace = Pace(f"camera {self.index}")
        self._newest = None
        self._failed = False
        self._absent = ""
        self._stop = threading.Event()
        self._opened_s = self._last_s = self._clock()
        self._thread = threading.Thread(
            target=self._grab,
            args=(device, self._stop, self._pace),
            name=f"camera-{self.index}",
            daemon=True,
        )
        self._thread.start()

    def _grab(self, device: Device, stop: threading.Event, pace: Pace) -> None:
        misses = 0
        while not stop.is_set():
            started = self._clock()
            got, bgr = device.read()
            stamp = self._clock()
            if got and bgr is not None:
                misses = 0
                with self._lock:
                    self._newest = (stamp, bgr, (stamp - started) * 1000.0)
                    self._last_s = stamp
                    order = pace.see(stamp, float(bgr[::16, ::16].mean()) / 255.0)
                obey(order, device)
                continue
            misses += 1
            if misses >= 10:
                self._failed = True
                break
            stop.wait(0.05)
        if pace.holds:  # Drivers keep their settings for the next program.
            obey(Order.RELEASE, device)
        device.release()

    def read_newest(self, now_s: float) -> Picture | None:
        if self._absent:
            raise SourceError(self._absent)
        with self._lock:
            newest, self._newest = self._newest, None
            silent_s = self._clock() - self._last_s
        if newest is None:
            # A webcam takes a while to wake: it has three times as long for its first picture.
            limit_s = SILENT_DEVICE_S * (3.0 if self._last_s == self._opened_s else 1.0)
            if self._failed or silent_s > limit_s:
                self.close()
                raise SourceError(f"Camera {self.index} gives no picture any more.")
            return None
        stamp, bgr, capture_ms = newest
        return Picture(
            captured_s=now_s - (self._clock() - stamp),
            rgb=np.ascontiguousarray(bgr[:, :, ::-1]),
            capture_ms=capture_ms,
        )

    def take_sentences(self) -> list[str]:
        """What the player should know of the camera's pace, each sentence once."""
        with self._lock:
            return self._pace.take_sentences()

    def reopen(self) -> None:
        self.close()
        self._open()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            # A driver that hangs in a read keeps its thread; it ends with the process.
            self._thread.join(timeout=1.0)
            self._thread = None
