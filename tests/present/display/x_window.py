"""A window manager's hand on the window "Hollow": move, size, close. Run it as a program of its own."""

import ctypes
import sys
from typing import Any

CLIENT_MESSAGE = 33
Window = ctypes.c_ulong


class ClientMessage(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 24),
    )  # fmt: skip


class Desktop:
    def __init__(self) -> None:
        self.x: Any = ctypes.CDLL("libX11.so.6")
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.x.XDefaultRootWindow.restype = Window
        self.x.XInternAtom.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(self.x.XOpenDisplay(None))
        self.root = self.x.XDefaultRootWindow(self.display)

    def find(self, above: int, name: bytes) -> int | None:
        root, parent, count = Window(), Window(), ctypes.c_uint()
        children = ctypes.POINTER(Window)()
        self.x.XQueryTree(
            self.display, Window(above), ctypes.byref(root), ctypes.byref(parent),
            ctypes.byref(children), ctypes.byref(count),
        )  # fmt: skip
        for number in range(count.value):
            title = ctypes.c_char_p()
            self.x.XFetchName(self.display, Window(children[number]), ctypes.byref(title))
            found = children[number] if title.value == name else self.find(children[number], name)
            if found is not None:
                return found
        return None

    def ask_to_close(self, window: int) -> None:
        event = ClientMessage(type=CLIENT_MESSAGE, window=window, format=32)
        event.message_type = self.x.XInternAtom(self.display, b"WM_PROTOCOLS", 0)
        event.data[0] = self.x.XInternAtom(self.display, b"WM_DELETE_WINDOW", 0)
        self.x.XSendEvent(self.display, Window(window), 0, 0, ctypes.byref(event))


def main(verb: str, *numbers: str) -> int:
    desktop = Desktop()
    window = desktop.find(desktop.root, b"Hollow")
    if window is None:
        return 1
    at = [int(number) for number in numbers]
    match verb:
        case "move":
            desktop.x.XMoveWindow(desktop.display, Window(window), *at)
        case "size":
            desktop.x.XResizeWindow(desktop.display, Window(window), *at)
        case "close":
            desktop.ask_to_close(window)
    desktop.x.XSync(desktop.display, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
