"""What a stage draws on: a root for the scene, views with cameras, and the mood of the last pass."""

from typing import Final, Protocol

import panda3d.core as p3d

from game.present.display.room import Room
from game.present.display.view import View
from game.present.shading import Shaders

CAVE_SIDE: Final = p3d.BitMask32.bit(1)
ROOM_SIDE: Final = p3d.BitMask32.bit(2)
"""Where the cave is seen through an opening in the player's own wall, cameras of one side draw what is behind
it, and those of the other what has come into the room. Cameras of a wall or a window draw both."""


class Canvas(Protocol):
    @property
    def root(self) -> p3d.NodePath: ...
    @property
    def views(self) -> tuple[View, ...]:
        """Their cameras and lenses are the stage's to set."""

    @property
    def shaders(self) -> Shaders: ...
    @property
    def room(self) -> Room: ...

    def set_mood(self, *, exposure: float, rim: float, time_s: float) -> None:
        """Exposure (1 is as made) and the rim of light (0 to 1) of the next picture."""
