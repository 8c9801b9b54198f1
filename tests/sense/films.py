"""Small films made for the tests of cameras."""

import struct
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np


def make_film(
    path: Path, *, frames: int = 30, fps: int = 30, codec: Literal["mpeg4", "mjpeg"] = "mpeg4"
) -> Path:
    """A film whose picture ``i`` is grey ``8 * i`` with a bright red corner at the upper left."""
    width, height = 64, 48
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.bit_rate = 4_000_000
        for i in range(frames):
            picture = np.full((height, width, 3), min(255, 8 * i), dtype=np.uint8)
            picture[: height // 4, : width // 4] = (255, 0, 0)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def make_sound(path: Path) -> Path:
    """A file with sound and no picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), dtype=np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turn_clockwise(path: Path) -> Path:
    """Mark the film as to be shown a quarter turn clockwise, as telephones do."""
    data = bytearray(path.read_bytes())
    track = data.index(b"tkhd")
    matrix = track + 4 + 40  # after version, flags, times, layer and volume of a version 0 header
    upright = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    assert bytes(data[matrix : matrix + 36]) == upright
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path
