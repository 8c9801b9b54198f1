"""What a stage draws on: a root for the scene, a camera with a lens, and the mood of the last pass."""

from typing import Protocol

import panda3d.core as p3d

from game.present.display.settings import DisplaySettings
from game.present.shading import Shaders


class Canvas(Protocol):
    @property
    def root(self) -> p3d.NodePath: ...
    @property
    def camera(self) -> p3d.NodePath:
        """Its lens is the stage's to set."""

    @property
    def shaders(self) -> Shaders: ...
    @property
    def settings(self) -> DisplaySettings: ...
    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the picture."""

    def set_mood(self, *, exposure: float, rim: float, time_s: float) -> None:
        """Exposure (1 is as made) and the rim of light (0 to 1) of the next picture."""
