"""What senses and displays this machine has, found without waiting and without a word on stderr."""

import os
import sys
from pathlib import Path


def screen_present() -> bool:
    """A screen that a window can open on."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def camera_present() -> bool:
    """A camera that may be there: on Linux a device node, elsewhere only opening it can tell."""
    if sys.platform.startswith("linux"):
        return any(Path("/dev").glob("video*"))
    return True


def microphone_present() -> bool:
    """An input device that the sound system offers."""
    return _sound_device("input")


def _sound_device(kind: str) -> bool:
    try:
        import sounddevice
    except OSError:  # the PortAudio library is not there
        return False
    try:
        return bool(sounddevice.query_devices(kind=kind))
    except (sounddevice.PortAudioError, ValueError):
        return False
