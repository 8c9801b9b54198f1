"""Where each monitor lies on the desktop, so that a picture can be put on the projector."""

import re
import shutil
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """One monitor of the desktop, pixels."""

    name: str
    origin: tuple[int, int]
    size: tuple[int, int]


_LINE = re.compile(r"^\s*\d+:\s+\S+\s+(\d+)/\d+x(\d+)/\d+([+-]\d+)([+-]\d+)\s+(\S+)", re.MULTILINE)


def parse_monitors(text: str) -> tuple[Monitor, ...]:
    """The monitors that ``xrandr --listmonitors`` printed, in its order."""
    return tuple(
        Monitor(name=name, origin=(int(x), int(y)), size=(int(width), int(height)))
        for width, height, x, y, name in _LINE.findall(text)
    )


def find_monitors() -> tuple[Monitor, ...]:
    """The monitors of an X desktop; empty where none can be asked for."""
    if shutil.which("xrandr") is None:
        return ()
    try:
        answer = subprocess.run(
            ["xrandr", "--listmonitors"], capture_output=True, text=True, timeout=3.0, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return parse_monitors(answer.stdout)
