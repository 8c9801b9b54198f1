"""No picture at all: the scene is built and moved, and nothing draws it; for measuring and for tests."""

from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present.display.pace import Pacer
from game.present.display.port import Frame, Typed
from game.present.display.room import Room
from game.present.display.view import Stereo, make_views
from game.present.shading import Shaders
from game.sense.observations import PointerMoved

_EVERY: Final = 2
"""The scene is moved at each second frame: where nobody sees it the cores are for ears and minds."""


class UnseenDisplay:
    """A display port without graphics."""

    def __init__(self, *, size: tuple[int, int], room: Room, shaders: Shaders, pacer: Pacer) -> None:
        self.size = size
        self.room = room
        self.shaders = shaders
        self.renderer = "none"
        self.closed = False
        self.faults: tuple[str, ...] = ()
        self.root = p3d.NodePath("light")
        self.views = make_views(self.root, room, Stereo.OFF)
        for view, (_, _, width, height) in zip(self.views, room.parts(), strict=True):
            view.resize((max(1, round(size[0] * width)), max(1, round(size[1] * height))))
        self._pacer = pacer
        self._frames = 0

    def begin(self) -> Frame:
        self._frames += 1
        wanted = self._frames % _EVERY == 0
        return Frame(predicted_s=self._pacer.next_frame_s(), views=self.views, wanted=wanted)

    def set_mood(self, *, exposure: float, rim: float, time_s: float) -> None:
        return

    def submit(self) -> None:
        return

    def read_rgb(self) -> NDArray[np.uint8] | None:
        return None

    def poll(self) -> list[PointerMoved | Typed]:
        return []

    def close(self) -> None:
        self.closed = True
        self.root.remove_node()
