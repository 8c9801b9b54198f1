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
"""While one hand is seen the other is looked for this often where something moves: twice in 300 ms ..."""
RESTING_EVERY_S: Final = 0.4
"""... and this often where nothing does, for a hand does not come without moving."""
NONE_EVERY_S: Final = 0.03
"""While no hand is seen one window is looked at in each picture, but no more than 30 a second ..."""
IDLE_AFTER_S: Final = 4.0
IDLE_EVERY_S: Final = 0.06
"""... and after so long without any hand half of that."""
REMEMBER_S: Final = 2.0
"""How long the place of a lost hand is looked at."""
WINDOW_PALMS: Final = 12.0
GROW_PALMS_PER_S: Final = 6.0
"""Side of the window around a lost hand, in palm lengths: the detector then sees a palm of 16 of its 192
pixels, and the hand may have gone five palms away; it grows with the time since."""
FAR_PX: Final = 9.0
"""A palm of fewer of the detector's 192 pixels is easily missed in the whole picture."""
DETECTOR_PX: Final = 192.0
TILE_SHARE: Final = 0.22
"""Side of a tile, of the picture's longer side: the detector sees a palm of 25 pixels in 1280 as one of 17,
and in a window of 480 pixels as one of 10, of which it misses every other."""
OVERLAP: Final = 0.25
"""Share of a tile that its neighbour shows too, so that no palm is cut by every one."""
PLAIN_SHARE: Final = 0.25
"""A tile of less than this share of the greatest contrast is plain."""
OWN_PALMS: Final = 2.5
"""What moves this close to a hand that is seen, in palm lengths, is that hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a hand is, or was: the centre and the length of its palm, pixels of the picture."""

    x: float
    y: float
    palm: float


class HandSearch:
    """Asked in every picture in which a hand is missing; `next_window` says where to look, if anywhere."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._tiles: list[Window] = []
        self._visited_s: list[float] = []
        self._moved: list[float] = []
        """For each tile, how much moved in it since it was looked at."""
        self._motion = Motion()
        self._lost: list[tuple[Place, float]] = []
        self._looked_s = -math.inf
        self._none_since_s: float | None = None
        self._turn = 0

    def lose(self, place: Place, t_s: float) -> None:
        """A hand was here until now."""
        self._lost.append((place, t_s))
        self._looked_s = -math.inf
        self._turn = 0

    def found(self, x: float, y: float) -> None:
        """A hand is here: whichever was lost nearby is lost no more."""
        self._lost = [one for one in self._lost if math.hypot(one[0].x - x, one[0].y - y) > 4.0 * one[0].palm]

    def next_window(self, picture: Pixels, t_s: float, *, seen: Sequence[Place]) -> Window | None:
        """Where to look in the (height, width, 3) picture of ``t_s``, given the hands that are seen in it."""
        if (picture.shape[1], picture.shape[0]) != self._size:
            self._cut(picture.shape[1], picture.shape[0])
        if seen:
            self._none_since_s = None
        elif self._none_since_s is None:
            self._none_since_s = t_s
        waited_s = t_s - self._looked_s + 1e-3
        if waited_s < self._pause_s(t_s, bool(seen)):
            return None
        self._motion.see(picture)
        self._lost = [one for one in self._lost if t_s - one[1] <= REMEMBER_S]
        if seen and not self._lost and waited_s < RESTING_EVERY_S and not self._motion.beside(seen):
            return None
        for i, tile in enumerate(self._tiles):
            self._moved[i] += self._motion.within(tile)
        self._motion.settle()
        self._looked_s = t_s
        turn, self._turn = self._turn, self._turn + 1
        width, height = self._size
        if self._lost and turn % 2 == 0:
            place, lost_s = self._lost[-1 - (turn // 2) % len(self._lost)]
            side = (WINDOW_PALMS + GROW_PALMS_PER_S * (t_s - lost_s)) * place.palm
            if side < 0.8 * max(width, height):
                return window_about(place.x, place.y, side, width=width, height=height)
        near = seen and max(place.palm for place in seen) / max(width, height) * DETECTOR_PX >= FAR_PX
        if near or (turn // 2 if self._lost else turn) % (3 if seen else 2) == 0:
            return Window(x=0, y=0, width=width, height=height)
        return self._tile(t_s)

    def _pause_s(self, t_s: float, some: bool) -> float:
        if some:
            return ALONE_EVERY_S
        since_s = self._none_since_s if self._none_since_s is not None else t_s
        return NONE_EVERY_S if t_s - since_s < IDLE_AFTER_S else IDLE_EVERY_S

    def _tile(self, t_s: float) -> Window:
        """The tile in which most has moved for the time that it was not looked at; last come those in which
        nothing is to be seen, such as the dark around a player."""
        least = 0.2 * max(self._moved) + 1e-6
        shown = [self._motion.contrast(tile) for tile in self._tiles]
        plain = PLAIN_SHARE * max(shown) + 1e-6
        best = max(
            range(len(self._tiles)),
            key=lambda i: (
                (self._moved[i] + least)
                * min(10.0, t_s - self._visited_s[i])
                * (0.02 + min(1.0, shown[i] / plain))
            ),
        )
        self._visited_s[best], self._moved[best] = t_s, 0.0
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
        self._tiles.sort(key=lambda w: math.hypot(w.x + (side - width) / 2.0, w.y + (side - height) / 2.0))
        self._visited_s = [-math.inf] * len(self._tiles)
        self._moved = [0.0] * len(self._tiles)
        self._motion = Motion()
        self._lost = []


class Motion:
    """What has changed in the picture since the last look, block by block."""

    SAMPLES: Final = 90
    BLOCK: Final = 5
    """Samples along the shorter side, and along a block: the mean of 25 is quiet enough in the dark."""
    NOISE: Final = 1.0
    """Levels of luma by which a block changes of itself."""
    LEAST: Final = 3.0
    LEAST_SHARE: Final = 0.05
    """A block has moved when its luma changes by more than three levels plus this share of the mean."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None
        self._now: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._raw: NDArray[np.float32] = self._now
        self._change: NDArray[np.float32] = self._now
        self._block_px = 1

    def see(self, picture: Pixels) -> None:
        """Compare the picture with the one of the last `settle`."""
        step = max(1, min(picture.shape[:2]) // self.SAMPLES)
        thin = picture[::step, ::step, 1]
        rows, columns = thin.shape[0] // self.BLOCK, thin.shape[1] // self.BLOCK
        thin = thin[: rows * self.BLOCK, : columns * self.BLOCK]
        self._now = thin.reshape(rows, self.BLOCK, columns, self.BLOCK).mean(axis=(1, 3), dtype=np.float32)
        self._block_px = step * self.BLOCK
        if self._before is None or self._before.shape != self._now.shape:
            self._raw = self._change = np.zeros_like(self._now)
            return
        self._raw = change = np.abs(self._now - self._before)
        least = self.LEAST + self.LEAST_SHARE * float(self._now.mean()) if self._now.size else 0.0
        self._change = np.where(change > least, change, np.float32(0.0))

    def settle(self) -> None:
        """From now on changes are counted from the picture seen last."""
        self._before = self._now

    def within(self, window: Window) -> float:
        """Mean change in a window, without what is noise."""
        part = self._part(self._raw, window)
        return float(np.maximum(part - self.NOISE, 0.0).mean()) if part.size else 0.0

    def contrast(self, window: Window) -> float:
        """Standard deviation of luma in a window."""
        part = self._part(self._now, window)
        return float(part.std()) if part.size else 0.0

    def _part(self, blocks: NDArray[np.float32], window: Window) -> NDArray[np.float32]:
        b = self._block_px
        rows = slice(window.y // b, -(-(window.y + window.height) // b))
        return blocks[rows, window.x // b : -(-(window.x + window.width) // b)]

    def beside(self, seen: Sequence[Place]) -> bool:
        """Whether anything moves that is not one of the hands that are seen."""
        y, x = np.nonzero(self._change)
        foreign = np.ones(len(x), dtype=bool)
        for place in seen:
            away = np.hypot((x + 0.5) * self._block_px - place.x, (y + 0.5) * self._block_px - place.y)
            foreign &= away > OWN_PALMS * place.palm + self._block_px
        return bool(foreign.any())


def _starts(length: int, side: int) -> list[int]:
    """Where tiles begin so that they cover a length and overlap."""
    count = 1 if length <= side else math.ceil((length - side) / (side * (1.0 - OVERLAP))) + 1
    return [round(i * (length - side) / max(1, count - 1)) for i in range(count)]
