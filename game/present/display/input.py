"""A window's mouse and keyboard: the mouse stands in for a hand, typing for the voice."""

import panda3d.core as p3d

from game.present.display.port import Typed
from game.sense.observations import PointerMoved

LONGEST_LINE = 400
"""Characters of a typed line; more is not taken."""
WHEEL_WALK_POLLS = 20
"""For so many polls a turn of the wheel walks on."""


class LineEditor:
    """The line that is being typed; keys in, finished lines out."""

    def __init__(self) -> None:
        self.text = ""

    def key(self, character: str) -> None:
        if character.isprintable() and len(self.text) < LONGEST_LINE:
            self.text += character

    def erase(self) -> None:
        self.text = self.text[:-1]

    def enter(self) -> str | None:
        """The finished line, or None when it is empty."""
        line, self.text = self.text.strip(), ""
        return line or None


class PointerHand:
    """The mouse as a hand: the left button pinches, the right button or the wheel walks."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._wheel = 0
        self._last: PointerMoved | None = None

    def press(self, button: str) -> None:
        if button.startswith("wheel"):
            self._wheel = WHEEL_WALK_POLLS
        else:
            self._held.add(button)

    def release(self, button: str) -> None:
        self._held.discard(button)

    def moved(self, x: float, y: float) -> PointerMoved | None:
        """The pointer at this poll when anything about it changed; x and y 0 to 1, y down."""
        self._wheel = max(0, self._wheel - 1)
        new = PointerMoved(
            at_s=0.0,
            x=min(1.0, max(0.0, x)),
            y=min(1.0, max(0.0, y)),
            pinch="mouse1" in self._held,
            walk="mouse3" in self._held or self._wheel > 0,
        )
        if new == self._last:
            return None
        self._last = new
        return new


class WindowInput:
    """Polls the devices of one Panda3D window."""

    def __init__(self, window: p3d.GraphicsWindow) -> None:
        self._window = window
        self._pointer = PointerHand()
        self._line = LineEditor()

    @property
    def line(self) -> str:
        """What is typed so far."""
        return self._line.text

    def poll(self, size: tuple[int, int]) -> list[PointerMoved | Typed]:
        """What happened since the last poll, typed lines before the pointer."""
        found: list[PointerMoved | Typed] = []
        if self._window.get_num_input_devices() == 0:
            return found
        device = self._window.get_input_device(0)
        if device.has_button_event():
            events = device.get_button_events()
            for i in range(events.get_num_events()):
                self._take(events.get_event(i), found)
        pointer = device.get_pointer()
        if pointer.in_window and min(size) > 0:
            moved = self._pointer.moved(pointer.x / size[0], pointer.y / size[1])
            if moved is not None:
                found.append(moved)
        return found

    def _take(self, event: p3d.ButtonEvent, found: list[PointerMoved | Typed]) -> None:
        if event.type == p3d.ButtonEvent.T_keystroke:
            self._line.key(chr(event.keycode))
            return
        name = str(event.button)
        if event.type == p3d.ButtonEvent.T_up:
            self._pointer.release(name)
        elif event.type in (p3d.ButtonEvent.T_down, p3d.ButtonEvent.T_repeat):
            if name == "enter" and (line := self._line.enter()) is not None:
                found.append(Typed(text=line))
            elif name == "backspace":
                self._line.erase()
            elif name.startswith(("mouse", "wheel")):
                self._pointer.press(name)
