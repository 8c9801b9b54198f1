"""Keep the screen from falling asleep while somebody plays with no hand on a mouse."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from typing import Final, Protocol

WINDOWS_DISPLAY_REQUIRED: Final = 0x80000000 | 0x00000002 | 0x00000001
WINDOWS_CONTINUOUS: Final = 0x80000000


GIVES_UP_WITHIN_S: Final = 0.25


class Vigil(Protocol):
    """A promise to keep the screen awake, kept until `end`."""

    fault: str | None
    """Why it cannot be kept, as a sentence; None when it is kept."""

    def end(self) -> None: ...


class NoVigil:
    """A vigil that could not begin."""

    def __init__(self, fault: str | None = None) -> None:
        self.fault = fault

    def end(self) -> None:
        return


class ProcessVigil:
    """A system tool that holds the screen awake as long as it runs; it ends with this process."""

    def __init__(self, command: list[str]) -> None:
        self.fault: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            self.fault = f"The screen may fall asleep: {command[0]} does not start ({error.strerror})."
            return
        try:
            # Without a session to ask, such a tool gives up at once.
            status = self._process.wait(timeout=GIVES_UP_WITHIN_S)
            self.fault = f"The screen may fall asleep: {command[0]} gave up (status {status})."
        except subprocess.TimeoutExpired:
            return

    def end(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.poll() is None and sys.platform != "win32":
            # The tool has a child of its own: the whole group ends.
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=5.0)


class WindowsVigil:
    """Windows' own request, held by this thread."""

    def __init__(self) -> None:
        kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
        held = kernel.SetThreadExecutionState(WINDOWS_DISPLAY_REQUIRED)
        self._kernel = kernel
        self.fault = None if held else "The screen may fall asleep: Windows refused to keep it awake."

    def end(self) -> None:
        self._kernel.SetThreadExecutionState(WINDOWS_CONTINUOUS)


def keep_awake(platform: str = sys.platform) -> Vigil:
    """Hold the screen awake until the vigil ends; where that cannot be done, the vigil's fault says so."""
    if platform == "win32":
        return WindowsVigil()
    if platform == "darwin":
        return ProcessVigil(["caffeinate", "-d", "-i", "-w", str(os.getpid())])
    if shutil.which("systemd-inhibit"):
        return ProcessVigil(
            ["systemd-inhibit", "--what=idle", "--who=Hollow", "--why=playing with hands and voice",
             "tail", f"--pid={os.getpid()}", "-f", "/dev/null"]
        )  # fmt: skip
    return NoVigil("The screen may fall asleep: systemd-inhibit is not on this machine.")
