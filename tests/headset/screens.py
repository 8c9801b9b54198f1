"""What is on the X screen that Xvfb keeps as a file."""

import struct
import time
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

FLOOR: Final = (110, 85, 60)
WALL: Final = (150, 140, 125)
"""Colours of every other tile."""


def screen_of(folder: str) -> NDArray[np.uint8]:
    """The X screen that Xvfb keeps in ``folder`` as an XWD file; (height, width, 3)."""
    # The compositor shows what it was given when it comes to it.
    time.sleep(2.0)
    data = (Path(folder) / "Xvfb_screen0").read_bytes()
    head = struct.unpack(">25I", data[:100])
    # Size of the head, width, height, bits a pixel, bytes a row, colours of the table (12 bytes each).
    start, width, height, row = head[0] + head[19] * 12, head[4], head[5], head[12]
    assert head[11] == 32, f"expected 32 bits a pixel, found {head[11]}"
    rows = np.frombuffer(data[start : start + row * height], dtype=np.uint8).reshape(height, row)
    pixels = rows[:, : width * 4].reshape(height, width, 4)
    return np.ascontiguousarray(pixels[:, :, 2::-1])


def shown_box(screen: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Rows and columns of the compositor's window: what is not black, a twentieth off each edge."""
    rows, columns = np.nonzero(screen.max(axis=2) > 40)
    low, high, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    down, across = (high - low) // 20, (right - left) // 20
    return int(low + down), int(high - down), int(left + across), int(right - across)


def part_of(screen: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    low, high, left, right = box
    return screen[low:high, left:right]


def usual_colour(part: NDArray[np.uint8]) -> list[int]:
    colours, counts = np.unique(part.reshape(-1, 3), axis=0, return_counts=True)
    return [int(v) for v in colours[counts.argmax()]]


def left_of(screen: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The left eye's half of the compositor's window, which begins in the screen's upper left corner."""
    rows, columns = np.nonzero(screen.max(axis=2) > 8)
    return screen[: rows.max() + 1, : (columns.max() + 1) // 2]


def tile_colours(colour: tuple[int, int, int]) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    r, g, b = colour
    return colour, (r * 2 // 3, g * 2 // 3, b * 2 // 3)
