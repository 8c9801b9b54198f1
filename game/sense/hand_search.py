"""Where and when a missing hand is looked for: one window of the picture at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.sense.camera import Pixels
from game.sense.hand_regions import Window, window_about

ALONE_EVERY_S: Final = 0.13
"""While one hand is seen the other is looked for this often: twice before 300 ms are over."""
LOST_EVERY_S: Final = 0.03
"""While no hand is seen one window is looked at in each picture, but no more than 30 a second ..."""
IDLE_AFTER_S: Final = 4.0
IDLE_EVERY_S: Final = 0.06
"""... and after so long without any hand half of that."""
REMEMBER_S: Final = 2.0
"""How long the place of a lost hand is looked at."""
WINDOW_PALMS: Final = 12.0
"""Side of the window around a lost hand, in palm lengths: the detector then sees a palm of 16 of its 192
pixels, and the hand may have gone five palms away."""
FAR_PX: Final = 9.0
"""A palm of fewer of the detector's 192 pixels is easily missed: smaller windows are needed."""
TILE_SHARE: Final = 0.375
"""Side of a tile, of the picture's longer side."""
OVERLAP: Final = 0.25
"""Share of a tile that its neighbour shows too, so that no palm is cut by every one."""
THUMB_ROWS: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class LostHand:
    """Where a hand was last seen, pixels of the picture."""

    x: float
    y: float
    palm: float
    lost_s: float


class HandSearch:
    """Told of every picture; `next_window` says where to look in it, if anywhere."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._tiles: list[Window] = []
        self._visited_s: list[float] = []
        self._motion: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._thumb: NDArray[np.float32] | None = None
        self._lost: list[LostHand] = []
        self._due_s = -math.inf
        self._none_since_s: float | None = None
        self._turn = 0

    def lose(self, hand: LostHand) -> None:
        """A hand was here until now."""
        self._lost.append(hand)
        self._due_s = -math.inf
        self._turn = 0

    def found(self, x: float, y: float) -> None:
        """A hand is here: whichever was lost nearby is lost no more."""
        self._lost = [one for one in self._lost if math.hypot(one.x - x, one.y - y) > 4.0 * one.palm]

    def next_window(self, picture: Pixels, t_s: float, *, palms: Sequence[float]) -> Window | None:
        """Where to look in the (height, width, 3) picture of ``t_s``; ``palms`` are the palm lengths of the
        hands that are seen, in pixels."""
        if (picture.shape[1], picture.shape[0]) != self._size:
            self._cut(picture.shape[1], picture.shape[0])
        if palms:
            self._none_since_s = None
        elif self._none_since_s is None:
            self._none_since_s = t_s
        if t_s < self._due_s:
            return None
        self._due_s = t_s + self._pause_s(t_s, bool(palms)) - 1e-3
        self._watch(picture)
        self._lost = [one for one in self._lost if t_s - one.lost_s <= REMEMBER_S]
        turn, self._turn = self._turn, self._turn + 1
        width, height = self._size
        if self._lost and turn % 2 == 0:
            one = self._lost[-1 - (turn // 2) % len(self._lost)]
            # What is lost may have moved on: the window grows with the time.
            side = (WINDOW_PALMS + 6.0 * (t_s - one.lost_s)) * one.palm
            if side < 0.8 * max(width, height):
                return window_about(one.x, one.y, side, width=width, height=height)
        whole = Window(x=0, y=0, width=width, height=height)
        near = palms and max(palms) / max(width, height) * 192.0 >= FAR_PX
        if near or (turn // 2 if self._lost else turn) % 2 == 0:
            return whole
        return self._tile(t_s)

    def _pause_s(self, t_s: float, some: bool) -> float:
        if some:
            return ALONE_EVERY_S
        since_s = self._none_since_s if self._none_since_s is not None else t_s
        return LOST_EVERY_S if t_s - since_s < IDLE_AFTER_S else IDLE_EVERY_S

    def _tile(self, t_s: float) -> Window:
        """The tile in which most has moved for the time that it was not looked at."""
        waited = np.array([min(10.0, t_s - visited_s) for visited_s in self._visited_s])
        best = int(np.argmax((self._motion + 0.2 * self._motion.max() + 1e-6) * waited))
        self._visited_s[best] = t_s
        self._motion[best] = 0.0
        return self._tiles[best]

    def _cut(self, width: int, height: int) -> None:
        self._size = (width, height)
        side = min(height, width, max(2, round(TILE_SHARE * max(width, height))))
        self._tiles = [
            Window(x=x, y=y, width=side, height=side)
            for y in _starts(height, side)
            for x in _starts(width, side)
        ]
        # Hands are in the middle more often than at the rim: what is tied begins there.
        self._tiles.sort(
            key=lambda w: math.hypot(w.x + w.width / 2.0 - width / 2.0, w.y + w.height / 2.0 - height / 2.0)
        )
        self._visited_s = [-10.0] * len(self._tiles)
        self._motion = np.zeros(len(self._tiles), dtype=np.float32)
        self._thumb = None

    def _watch(self, picture: Pixels) -> None:
        """Add what has moved since the last look to each tile's account."""
        step = max(1, picture.shape[0] // THUMB_ROWS)
        thumb = picture[::step, ::step, 1].astype(np.float32)
        if self._thumb is not None and self._thumb.shape == thumb.shape:
            moved = np.abs(thumb - self._thumb)
            for i, w in enumerate(self._tiles):
                part = moved[w.y // step : -(-(w.y + w.height) // step), w.x // step : -(-(w.x + w.width) // step)]
                self._motion[i] += part.mean() if part.size else 0.0
        self._thumb = thumb


def _starts(length: int, side: int) -> list[int]:
    """Where tiles begin so that they cover a length and overlap."""
    count = 1 if length <= side else math.ceil((length - side) / (side * (1.0 - OVERLAP))) + 1
    return [round(i * (length - side) / max(1, count - 1)) for i in range(count)]
