"""No picture at all: the scene is built and moved, and nothing draws it; for measuring and for tests."""

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present.display.pace import Pacer
from game.present.display.port import Frame, Typed, View
from game.present.display.settings import DisplaySettings
from game.present.shading import Shaders
from game.sense.observations import PointerMoved


class UnseenDisplay:
    """A display port without graphics."""

    def __init__(
        self, *, size: tuple[int, int], settings: DisplaySettings, shaders: Shaders, pacer: Pacer
    ) -> None:
        self.size = size
        self.settings = settings
        self.shaders = shaders
        self.renderer = "none"
        self.closed = False
        self.faults: tuple[str, ...] = ()
        self.root = p3d.NodePath("light")
        self.camera = self.root.attach_new_node(p3d.Camera("eye", p3d.PerspectiveLens()))
        self._pacer = pacer

    def begin(self) -> Frame:
        return Frame(
            predicted_s=self._pacer.next_frame_s(), views=(View(lens=None, offset_m=(0.0, 0.0, 0.0)),)
        )

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
