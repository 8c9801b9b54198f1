"""Displays behind one port: a window, a whole screen, a hidden picture, or none."""

from pathlib import Path
from typing import Literal

from game.present.display.monitors import Monitor, find_monitors
from game.present.display.pace import Pacer
from game.present.display.panda import NoGraphics, PandaDisplay
from game.present.display.room import Room
from game.present.display.span import span
from game.present.display.unseen import UnseenDisplay
from game.present.display.view import Stereo
from game.present.shading import Shaders

DisplayKind = Literal["window", "fullscreen", "offscreen", "none"]
AnyDisplay = PandaDisplay | UnseenDisplay

__all__ = ["AnyDisplay", "DisplayKind", "NoGraphics", "open_display"]


def open_display(
    kind: DisplayKind,
    *,
    size: tuple[int, int],
    pacer: Pacer,
    shaders: Path,
    room: Room | None = None,
    stereo: Stereo = Stereo.OFF,
    screen: int | None = None,
    vsync: bool = True,
) -> AnyDisplay:
    """A display that is also the canvas of a `game.present.stage.Stage`.

    ``shaders`` is the folder of the shaders; ``screen`` counts monitors from 0 and wins over those that the
    room names. Raises `NoGraphics` with a
    sentence for the player when there is no such picture on this machine, or no such monitor.
    """
    room = room or Room()
    made = Shaders(shaders)
    if kind == "none":
        return UnseenDisplay(size=size, room=room, shaders=made, pacer=pacer)
    monitor = None
    faults: tuple[str, ...] = ()
    if screen is not None and kind != "offscreen":
        monitor = _monitor(screen)
    elif kind == "fullscreen":
        spanned = span(room, find_monitors())
        monitor, room = spanned.monitor, spanned.room
        faults = (spanned.fault,) if spanned.fault else ()
    return PandaDisplay(
        kind=kind, size=size, monitor=monitor, room=room, stereo=stereo, shaders=made, pacer=pacer,
        faults=faults, vsync=vsync,
    )  # fmt: skip


def _monitor(screen: int) -> Monitor | None:
    monitors = find_monitors()
    if not monitors and screen > 0:
        raise NoGraphics(f"Screen {screen} was asked for, but this machine does not tell its screens.")
    if monitors and not 0 <= screen < len(monitors):
        raise NoGraphics(f"Screen {screen} was asked for; this machine has screens 0 to {len(monitors) - 1}.")
    return monitors[screen] if monitors else None
