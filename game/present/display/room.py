"""The room: where screens, camera and eyes are, in one file that a person writes with a tape measure.

Places in the file are ``[right, out, up]`` in metres, as seen by somebody who faces the first screen: to the
right of its middle line, out of the wall towards the player, above the floor. `Room` holds them as they stand
in the file; `Rectangle` is a screen in the game's axes about the player's resting eyes.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_config_dir

from game.interpret.intents import Vec3
from game.present.display import pin

Floats = NDArray[np.float64]
Part = tuple[float, float, float, float]

EYE_GAP_M: Final = 0.063
"""Between the pupils of an adult, in the middle of what is usual (0.054 to 0.074)."""


class Mirror(StrEnum):
    """How the picture must be turned to be seen the right way round."""

    FRONT = "front"
    REAR = "rear"
    CEILING = "ceiling"
    REAR_CEILING = "rear-ceiling"

    @property
    def flips(self) -> tuple[bool, bool]:
        """(left to right, top to bottom)."""
        # A projector that hangs upside down turns the picture by half a turn: both flips. Seen from the
        # other side of the screen, left and right change places once more.
        return (
            self in (Mirror.REAR, Mirror.CEILING),
            self in (Mirror.CEILING, Mirror.REAR_CEILING),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One flat picture in the room; the default is the wall that is played before without a room file."""

    name: str = "wall"
    middle_m: Vec3 = (0.0, 0.0, 1.28)
    width_m: float = 2.4
    height_m: float | None = None
    """None: as high as the picture's pixels make it."""
    turn_deg: float = 0.0
    """0 faces you; 90 is a wall on your right hand, -90 one on your left."""
    tilt_deg: float = 0.0
    """0 is upright; 90 lies like a table, its upper edge away from you."""
    monitor: int | None = None
    """The monitor that shows it, counted from 0; where `Room.screens` all have one, a picture spans them."""
    part: Part | None = None
    """Left, top, width and height in the window, in parts of it; None shares the window evenly."""
    mirror: Mirror = Mirror.FRONT
    corners: pin.Corners = pin.WHOLE
    """Upper left, upper right, lower right, lower left, in parts of the screen, y down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPlace:
    """The webcam; it looks from the first screen's side at the player."""

    place_m: Vec3
    turn_deg: float = 0.0
    """0 looks straight out of the wall; positive turns it towards what is on your right."""
    tilt_deg: float = 0.0
    """Positive looks up."""
    view_deg: float | None = None
    """Height of its view, degrees, as its maker tells it; None where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rectangle:
    """A screen about the player's resting eyes: metres, x right, y towards the first screen, z up."""

    lower_left: Floats
    right: Floats
    """Unit vector along its lower edge, as its viewer sees it."""
    up: Floats
    width_m: float
    height_m: float

    axes: Floats = field(init=False)
    """(3, 3) rows: ``right``, ``ahead`` (into the screen) and ``up``."""

    def __post_init__(self) -> None:
        (a, b, c), (x, y, z) = self.up, self.right
        ahead = (b * z - c * y, c * x - a * z, a * y - b * x)
        object.__setattr__(self, "axes", np.array([self.right, ahead, self.up]))

    @property
    def ahead(self) -> Floats:
        """Unit vector into the screen."""
        return np.asarray(self.axes[1])

    @property
    def middle(self) -> Floats:
        return np.asarray(self.lower_left + self.right * self.width_m / 2 + self.up * self.height_m / 2)

    def distance_m(self, eye: Floats) -> float:
        """From an eye to the plane of the screen; negative behind it."""
        return float(self.ahead @ (self.lower_left - eye))


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Screens, eyes and camera; the default suits any one screen."""

    screens: tuple[Screen, ...] = field(default_factory=lambda: (Screen(),))
    eyes_m: Vec3 = (0.0, 1.35, 1.5)
    """Where the player's eyes rest."""
    eye_gap_m: float = EYE_GAP_M
    camera: CameraPlace | None = None
    """None: nobody measured it, and where the head usually is counts as the resting place."""
    brightness: float = 1.0
    """Factor on the light of the picture, 0.2 to 3."""

    def inward(self, place_m: Vec3) -> Floats:
        """A place of the file in the game's axes about the resting eyes."""
        right, out, up = (a - b for a, b in zip(place_m, self.eyes_m, strict=True))
        return np.array([right, -out, up])

    def rectangle(self, number: int, aspect: float) -> Rectangle:
        """Screen ``number`` about the resting eyes; ``aspect`` is its picture's width divided by its
        height."""
        screen = self.screens[number]
        turn, tilt = math.radians(screen.turn_deg), math.radians(screen.tilt_deg)
        right = np.array([math.cos(turn), -math.sin(turn), 0.0])
        level = np.array([math.sin(turn), math.cos(turn), 0.0])
        up = level * math.sin(tilt) + np.array([0.0, 0.0, math.cos(tilt)])
        width = screen.width_m
        height = width / aspect if screen.height_m is None else screen.height_m
        corner = self.inward(screen.middle_m) - right * width / 2 - up * height / 2
        return Rectangle(lower_left=corner, right=right, up=up, width_m=width, height_m=height)

    def parts(self) -> tuple[Part, ...]:
        """Where each screen is in the window: as the file says, the others in even columns."""
        share = 1.0 / len(self.screens)
        return tuple(
            screen.part or (number * share, 0.0, share, 1.0) for number, screen in enumerate(self.screens)
        )


def user_room_path() -> Path:
    """Where the player's own room file lives; it need not exist."""
    return Path(user_config_dir("hollow")) / "room.toml"
