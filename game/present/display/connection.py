"""The connection to an X server, watched: when it breaks, the evening ends as if the window had been closed.

Left alone, Xlib ends the whole process then, and the player's save and report are lost.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any, Final

_IO_ERROR: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_EXIT: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_held: list[Any] = []
"""Xlib keeps only addresses: what it may call must stay."""


def watch_connection(lost: Callable[[], None], platform: str = sys.platform) -> bool:
    """Have ``lost`` called, once, when the X server is gone; False where this cannot be watched.

    Needs libX11 1.7 or later, which can be told not to end the process. Call it in the thread that draws,
    after the window was opened: the connection is that of the current OpenGL context, and the graphics engine
    sets a handler of its own before. The last call is the one that counts.
    """
    if not platform.startswith("linux"):
        return False
    try:
        xlib, glx = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libGL.so.1")
        set_exit, current = xlib.XSetIOErrorExitHandler, glx.glXGetCurrentDisplay
    except (OSError, AttributeError):
        return False
    current.restype = ctypes.c_void_p
    connection = current()
    if not connection:
        return False
    set_exit.argtypes = [ctypes.c_void_p, _EXIT, ctypes.c_void_p]
    set_exit.restype = None
    xlib.XSetIOErrorHandler.argtypes = [_IO_ERROR]
    xlib.XSetIOErrorHandler.restype = ctypes.c_void_p

    def stay(display: int, data: int) -> None:
        """Returning from here keeps the process alive; Xlib answers each later call with a failure."""

    def broken(display: int) -> int:
        if not told:
            told.append(True)
            lost()
        return 0

    told: list[bool] = []
    _held[:] = [_EXIT(stay), _IO_ERROR(broken)]
    set_exit(connection, _held[0], None)
    xlib.XSetIOErrorHandler(_held[1])
    return True
