"""The recording of a play: picture and sound in one file, encoded beside the game and never ahead of it."""

import contextlib
import threading
from collections import deque
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Final

import av
import numpy as np
from av.container import OutputContainer
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE

Picture = NDArray[np.uint8]
Sound = NDArray[np.float32]

FRAMES_WAITING: Final = 12
"""Pictures that may wait for the encoder; 2.8 MB each at 1280x720."""
_SOUND_WAITING_S: Final = 20.0
_CLOSE_S: Final = 120.0
_LARGEST: Final = 8192
"""Greatest width or height, pixels."""
_SOUND_GAP_S: Final = 0.05
"""Sound that comes later than this by its own time stamp is preceded by silence."""

# A whole file as it grows: fragments of a second, each readable if the game is killed, turned into a plain
# file (what every player wants) by the index that closing writes.
_MP4: Final = MappingProxyType(
    {"movflags": "+hybrid_fragmented+frag_keyframe+delay_moov", "use_editlist": "1", "flush_packets": "1"}
)
_FORMATS: Final = MappingProxyType({".mp4": _MP4, ".m4v": _MP4, ".mov": _MP4, ".mkv": MappingProxyType({})})
# No pictures out of order, so that picture and sound begin at the same zero in every player; more bits for
# the dark, which is most of what there is to see.
_X264: Final = MappingProxyType({"preset": "superfast", "crf": "20", "bf": "0", "aq-mode": "3"})

_FAILURES: Final = (OSError, ValueError, av.error.FFmpegError)


class RecorderError(Exception):
    """The recording cannot be made or finished; the text is one sentence for the player."""


def _sentence(path: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"The recording {path.name} could not be written: {reason[0].lower()}{reason[1:].rstrip('.')}."


class Recorder:
    """Writes ``path`` (.mp4, .m4v, .mov or .mkv) at a constant ``fps``; time 0 of both streams is the same.

    Pictures and sound are handed over at once and encoded on a thread of the recorder's own. With
    ``lossless_pace`` the caller waits when the encoder falls behind, and nothing is lost (for a clock that
    waits); without it pictures that find the queue full are left out, counted, and filled by repeats. Once
    writing has failed (``fault`` says why) what is added is ignored, and `close` raises.

    Raises RecorderError when the file cannot be begun.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        *,
        fps: int = 30,
        sample_rate: int = SAMPLE_RATE,
        lossless_pace: bool = False,
        threads: int = 1,
    ) -> None:
        options = _FORMATS.get(path.suffix.lower())
        if options is None:
            raise RecorderError(f"A recording must end in .mp4, .m4v, .mov or .mkv, unlike {path.name!r}.")
        width, height = size
        if not (2 <= width <= _LARGEST and 2 <= height <= _LARGEST):
            raise RecorderError(f"A recording of {width}x{height} pixels is not possible.")
        self._path = path
        self._size = (width // 2 * 2, height // 2 * 2)
        self._fps = fps
        self._rate = sample_rate
        self._lossless = lossless_pace
        try:
            self._file: OutputContainer = av.open(str(path), "w", options=dict(options))
            self._add_streams(threads)
        except _FAILURES as error:
            raise RecorderError(_sentence(path, error)) from error

        self._changed = threading.Condition()
        self._queue: deque[tuple[int, Picture] | Sound] = deque()
        self._frames_waiting = 0
        self._sound_waiting = 0
        self._next_slot = 0
        """The first frame of the recording that no picture has been accepted for."""
        self._sound_given = 0
        self._closing = False
        self._closed = False
        self._fault: str | None = None
        self._dropped = 0
        # Only the encoder's thread touches these:
        self._picture: av.VideoFrame | None = None
        self._written = 0
        self._sounded = 0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def fault(self) -> str | None:
        """Why writing has failed, one sentence; None while all is well."""
        return self._fault

    @property
    def dropped_frames(self) -> int:
        """Pictures that the encoder had no time for, and repeats have replaced."""
        return self._dropped

    def wants(self, t_s: float) -> bool:
        """Whether a picture of this moment would be kept; where not, it need not be read back at all."""
        return self._slot(t_s) >= self._next_slot and self._fault is None and not self._closing

    def add_frame(self, rgb: Picture, t_s: float) -> None:
        """Give the picture (h, w, 3) seen at ``t_s``; the first of each frame's time is kept, and copied."""
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise ValueError(f"a picture must be (h, w, 3) of uint8, not {rgb.shape} of {rgb.dtype}")
        with self._changed:
            if not self.wants(t_s):
                return
            while self._lossless and self._frames_waiting >= FRAMES_WAITING and self._fault is None:
                self._changed.wait()
            if self._frames_waiting >= FRAMES_WAITING:
                self._dropped += 1
                return
            slot = self._slot(t_s)
            self._next_slot = slot + 1
            self._frames_waiting += 1
            self._queue.append((slot, np.array(rgb, order="C")))
            self._changed.notify_all()

    def add_sound(self, stereo: Sound, t_s: float | None = None) -> None:
        """Give the next (n, 2) samples; where ``t_s`` says that some are missing, silence stands for them."""
        if stereo.ndim != 2 or stereo.shape[1] != 2:
            raise ValueError(f"sound must be (n, 2), not {stereo.shape}")
        block = np.ascontiguousarray(stereo.T, dtype=np.float32)
        with self._changed:
            if self._fault is not None or self._closing:
                return
            most = int(_SOUND_WAITING_S * self._rate)
            while self._lossless and self._sound_waiting > most and self._fault is None:
                self._changed.wait()
            late = 0 if t_s is None else round(t_s * self._rate) - self._sound_given
            if late > _SOUND_GAP_S * self._rate:
                self._put_sound(np.zeros((2, late), dtype=np.float32))
            # An encoder that is hopelessly behind loses sound, but never its time.
            self._put_sound(block if self._sound_waiting <= most else np.zeros_like(block))
            self._changed.notify_all()

    def close(self) -> None:
        """Write what is waiting, make picture and sound equally long, and finish the file.

        Raises RecorderError when anything could not be written. A second call does nothing.
        """
        if self._closed:
            return
        self._closed = True
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(_CLOSE_S)
        if self._thread.is_alive():
            raise RecorderError(f"The recording {self._path.name} is not finished: writing takes too long.")
        if self._fault is not None:
            raise RecorderError(self._fault)

    def _slot(self, t_s: float) -> int:
        return int(max(0.0, t_s) * self._fps + 1e-6)

    def _put_sound(self, block: Sound) -> None:
        self._queue.append(block)
        self._sound_waiting += block.shape[1]
        self._sound_given += block.shape[1]

    def _add_streams(self, threads: int) -> None:
        x264 = "libx264" in av.codecs_available
        self._video = self._file.add_stream(
            "libx264" if x264 else "mpeg4",
            rate=self._fps,
            options={**(_X264 if x264 else {"qscale": "3"}), "g": str(self._fps)},
        )
        self._video.width, self._video.height = self._size
        self._video.pix_fmt = "yuv420p"
        self._video.thread_count = threads
        self._video.codec_context.color_range = 1
        self._video.codec_context.colorspace = 1
        self._video.codec_context.color_primaries = 1
        self._video.codec_context.color_trc = 1
        self._audio = self._file.add_stream("aac", rate=self._rate, layout="stereo")
        self._audio.bit_rate = 192_000
        self._file.start_encoding()

    def _run(self) -> None:
        try:
            while True:
                with self._changed:
                    while not self._queue and not self._closing:
                        self._changed.wait()
                    if not self._queue:
                        break
                    item = self._queue.popleft()
                    if isinstance(item, tuple):
                        self._frames_waiting -= 1
                    else:
                        self._sound_waiting -= item.shape[1]
                    self._changed.notify_all()
                if isinstance(item, tuple):
                    self._write_picture(*item)
                else:
                    self._write_sound(item)
            self._finish()
        except _FAILURES as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        with contextlib.suppress(*_FAILURES):  # the first error is the one to tell
            self._file.close()
        with self._changed:
            self._fault = _sentence(self._path, error)
            self._queue.clear()
            self._frames_waiting = self._sound_waiting = 0
            self._changed.notify_all()

    def _write_picture(self, slot: int, rgb: Picture) -> None:
        self._repeat_until(slot)
        height, width = rgb.shape[0] // 2 * 2, rgb.shape[1] // 2 * 2
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb[:height, :width]), format="rgb24")
        self._picture = frame.reformat(
            *self._size, format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
        )
        self._encode_picture(self._picture)

    def _repeat_until(self, slot: int) -> None:
        """Fill the frames before ``slot`` with the last picture, or with black before the first."""
        while self._written < slot:
            if self._picture is None:
                black = np.zeros((self._size[1], self._size[0], 3), dtype=np.uint8)
                self._picture = av.VideoFrame.from_ndarray(black, format="rgb24").reformat(format="yuv420p")
            self._encode_picture(self._picture)

    def _encode_picture(self, frame: av.VideoFrame) -> None:
        frame.pts = self._written
        frame.time_base = Fraction(1, self._fps)
        self._written += 1
        self._file.mux(self._video.encode(frame))

    def _write_sound(self, block: Sound) -> None:
        if not block.shape[1]:
            return
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = self._rate
        frame.pts = self._sounded
        frame.time_base = Fraction(1, self._rate)
        self._sounded += block.shape[1]
        self._file.mux(self._audio.encode(frame))

    def _finish(self) -> None:
        length_s = max(self._written / self._fps, self._sounded / self._rate)
        self._repeat_until(round(length_s * self._fps))
        missing = round(length_s * self._rate) - self._sounded
        # Less than a frame needs no silence, which would end a sound with a jump.
        if missing > self._rate // self._fps or (missing > 0 and self._sounded == 0):
            self._write_sound(np.zeros((2, missing), dtype=np.float32))
        self._file.mux(self._video.encode(None))
        self._file.mux(self._audio.encode(None))
        self._file.close()
