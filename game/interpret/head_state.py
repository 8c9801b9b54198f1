"""The head's place relative to where it usually rests before the picture."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.interpret.intents import Head
from game.interpret.one_euro import OneEuro
from game.sense.observations import HeadSeen

SETTLE_S: Final = 1.0
"""In the first moments the resting place follows quickly ..."""
REST_S: Final = 25.0
"""... and then only as slowly as one shifts in a chair."""
RETURN_S: Final = 0.8
"""A head that is not seen any more goes back to its resting place in the picture, not with a jump."""
MAX_OFFSET_M: Final = 0.8
ROOM_M: Final = 4.0
"""Where the resting place is known, a player may walk about the room."""
FAR_M: Final = 50.0
"""No head is this far from the camera; what is not a number is not nearer."""


class HeadState:
    """Fed with each `HeadSeen`; `at` tells the head of one tick."""

    def __init__(self) -> None:
        self._filter = OneEuro(min_cutoff_hz=1.2, beta=6.0, together=True)
        self._rest: NDArray[np.float64] | None = None
        self._target = np.zeros(3)
        self._offset = np.zeros(3)
        self._yaw_rad = 0.0
        self._present = False
        self._faces = 0
        self._in_room = False
        self._first_s = 0.0
        self._seen_s = 0.0
        self._now_s: float | None = None

    def feed(self, seen: HeadSeen) -> None:
        self._present = seen.present
        self._faces = seen.faces if seen.present else 0
        self._in_room = seen.from_rest
        place = np.array(seen.position_m)
        if seen.from_rest:
            self._feed_from_rest(seen, place)
            return
        if not (seen.present and np.all(np.abs(place) < FAR_M) and math.isfinite(seen.yaw_rad)):
            return
        if self._rest is None:
            self._rest, self._first_s = place, seen.captured_s
        else:
            dt_s = min(1.0, max(0.0, seen.captured_s - self._seen_s))
            settling = seen.captured_s - self._first_s < 2.0 * SETTLE_S
            follow = min(1.0, dt_s / (SETTLE_S if settling else REST_S))
            self._rest = self._rest + (place - self._rest) * follow
        self._seen_s = seen.captured_s
        away = self._filter(place - self._rest, seen.captured_s)
        # Measured away from the camera; wanted into the picture.
        self._target = np.clip(away * np.array([1.0, -1.0, 1.0]), -MAX_OFFSET_M, MAX_OFFSET_M)
        self._yaw_rad = seen.yaw_rad

    def _feed_from_rest(self, seen: HeadSeen, place: NDArray[np.float64]) -> None:
        if seen.present and np.all(np.isfinite(place)) and math.isfinite(seen.yaw_rad):
            self._target = np.clip(place * np.array([1.0, -1.0, 1.0]), -ROOM_M, ROOM_M)
            self._yaw_rad = seen.yaw_rad

    def recenter(self) -> None:
        """Where the head is next seen becomes its resting place."""
        self._rest = None

    def lose(self) -> None:
        """The camera is gone."""
        self._present, self._faces = False, 0

    def at(self, now_s: float) -> Head:
        dt_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        target = self._target if self._present else np.zeros(3)
        # Heads are seen eight times a second and drawn sixty times: glide between.
        follow_s = 0.06 if self._present else RETURN_S
        self._offset = self._offset + (target - self._offset) * (1.0 - np.exp(-dt_s / follow_s))
        x, y, z = (float(v) for v in self._offset)
        return Head(
            present=self._present,
            offset_m=(x, y, z),
            yaw_rad=self._yaw_rad if self._present else 0.0,
            faces=self._faces,
            in_room=self._in_room,
        )
