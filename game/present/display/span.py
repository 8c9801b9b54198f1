"""One window over several monitors: where each screen of the room falls in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from game.present.display.monitors import Monitor
from game.present.display.room import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where the window goes, and the room with the parts of it that are each screen's."""

    monitor: Monitor | None
    """All the monitors as one; None where the room names none."""
    room: Room
    fault: str | None = None
    """Why the room's monitors cannot be used, as a sentence."""


def span(room: Room, monitors: Sequence[Monitor]) -> Span:
    """The smallest window over the monitors that the room's screens name.

    Where one lacks or none can be found, the screens share whatever window there is, and the fault says so.
    """
    named = [screen.monitor for screen in room.screens if screen.monitor is not None]
    if not named:
        return Span(monitor=None, room=room)
    if len(named) < len(room.screens):
        lacking = next(screen.name for screen in room.screens if screen.monitor is None)
        return _shared(room, f"the screen '{lacking}' names no monitor and others do")
    if not monitors:
        return _shared(room, "this machine does not tell its monitors")
    if max(named) >= len(monitors):
        return _shared(room, f"monitor {max(named)} is not there; there are 0 to {len(monitors) - 1}")
    used = [monitors[number] for number in named]
    left, top = min(m.origin[0] for m in used), min(m.origin[1] for m in used)
    width = max(m.origin[0] + m.size[0] for m in used) - left
    height = max(m.origin[1] + m.size[1] for m in used) - top
    screens = []
    for screen, monitor in zip(room.screens, used, strict=True):
        x, y = (monitor.origin[0] - left) / width, (monitor.origin[1] - top) / height
        whole = (x, y, monitor.size[0] / width, monitor.size[1] / height)
        screens.append(screen if screen.part is not None else replace(screen, part=whole))
    whole_desktop = Monitor(name="+".join(m.name for m in used), origin=(left, top), size=(width, height))
    return Span(monitor=whole_desktop, room=replace(room, screens=tuple(screens)))


def _shared(room: Room, why: str) -> Span:
    return Span(monitor=None, room=room, fault=f"The screens share one window: {why}.")
