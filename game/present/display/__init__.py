"""Displays behind one port: a window, a whole screen, a hidden picture, or none."""

from pathlib import Path
from typing import Literal

from game.present.display.monitors import find_monitors
from game.present.display.pace import Pacer
from game.present.display.panda import NoGraphics, PandaDisplay
from game.present.display.settings import DisplaySettings
from game.present.display.unseen import UnseenDisplay
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
    settings: DisplaySettings | None = None,
    screen: int | None = None,
) -> AnyDisplay:
    """A display that is also the canvas of a `game.present.stage.Stage`.

    ``shaders`` is the folder of the shaders; ``screen`` counts monitors from 0. Raises `NoGraphics` with a
    sentence for the player when there is no such picture on this machine, or no such monitor.
    """
    settings = settings or DisplaySettings()
    made = Shaders(shaders)
    if kind == "none":
        return UnseenDisplay(size=size, settings=settings, shaders=made, pacer=pacer)
    monitor = None
    if screen is not None and kind != "offscreen":
        monitors = find_monitors()
        if not monitors and screen > 0:
            raise NoGraphics(f"Screen {screen} was asked for, but this machine does not tell its screens.")
        if monitors and not 0 <= screen < len(monitors):
            raise NoGraphics(
                f"Screen {screen} was asked for; this machine has screens 0 to {len(monitors) - 1}."
            )
        monitor = monitors[screen] if monitors else None
    return PandaDisplay(kind=kind, size=size, monitor=monitor, settings=settings, shaders=made, pacer=pacer)
