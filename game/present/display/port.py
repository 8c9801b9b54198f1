"""The display owns the pace: what a window, an offscreen buffer, a headset or a corner of walls must do."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from game.present.display.view import View
from game.sense.observations import PointerMoved


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    predicted_s: float
    """When this frame will be seen, on the clock that the display was given: the play clock, or
    `time.monotonic` where the display keeps its own pace."""
    views: tuple[View, ...]
    """One for each eye and screen."""
    wanted: bool = True
    """Whether the scene need be moved and drawn for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A line that was typed and ended with Enter."""

    text: str


class Display(Protocol):
    """begin, draw, submit; closed when the player closed it."""

    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def renderer(self) -> str:
        """What draws, as the driver says it."""

    @property
    def closed(self) -> bool: ...
    def begin(self) -> Frame:
        """Wait for the display's pace and tell when the next frame will be seen."""

    def submit(self) -> None:
        """Draw the scene and hand it to the display."""

    def read_rgb(self) -> NDArray[np.uint8] | None:
        """The last submitted picture, (height, width, 3); None where there is none."""

    def poll(self) -> list[PointerMoved | Typed]:
        """Mouse and keyboard since the last call, ``at_s`` still 0."""

    def close(self) -> None: ...
