"""Where the light goes: the room, the display that shows it, and how much of everything it can draw."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from game.present.amounts import Quality
from game.present.display import AnyDisplay, DisplayKind, open_display
from game.present.display.pace import Pacer, RealPacer, ToldPacer
from game.present.display.room import Room, user_room_path
from game.present.display.room_file import load_room
from game.present.display.view import Stereo
from npc.assets import asset

_SOFTWARE: Final = ("llvmpipe", "softpipe", "swrast", "software")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The picture that is wanted."""

    kind: DisplayKind
    size: tuple[int, int]
    room: Room
    stereo: Stereo = Stereo.OFF
    screen: int | None = None
    """The monitor, counted from 0."""
    worn: bool = False
    """A headset has the pace, and the window beside it follows."""


def room_of(path: Path | None) -> Room:
    """The room in a file, else in the player's own, else the default. Raises `RoomFault`."""
    own = user_room_path()
    if path is not None:
        return load_room(path)
    return load_room(own) if own.exists() else Room()


def open_picture(wish: Wish, *, told_s: Callable[[], float] | None) -> AnyDisplay:
    """The display; ``told_s`` is the game's own clock, None where real time rules. Raises `NoGraphics`."""
    pacer: Pacer = (
        RealPacer(now=time.monotonic, sleep=time.sleep) if told_s is None else ToldPacer(now=told_s)
    )
    return open_display(
        wish.kind, size=wish.size, pacer=pacer, shaders=asset("shaders"), room=wish.room,
        stereo=wish.stereo, screen=wish.screen, vsync=not wish.worn,
    )  # fmt: skip


def quality_of(wish: str | None, renderer: str, *, worn: bool = False) -> Quality:
    """What was asked for; else low where the processor draws, high on a graphics card, and less in a headset,
    which is drawn for two eyes and more often."""
    if wish is not None:
        return Quality[wish.upper()]
    light = renderer == "none" or is_software(renderer)
    if light:
        return Quality.LOW
    return Quality.MEDIUM if worn else Quality.HIGH


def is_software(renderer: str) -> bool:
    """The processor draws."""
    return any(name in renderer.lower() for name in _SOFTWARE)
