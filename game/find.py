"""What senses and displays this machine has, found without waiting and without a word on stderr."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

_HEADSET_SOUND: Final = (
    "oculus virtual audio", "wivrn", "alvr", "virtual desktop audio", "rift audio", "index hmd", "vive",
    "steam streaming", "quest",
)  # fmt: skip


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


def headset_sound(kind: Literal["input", "output"]) -> str | None:
    """Name of the headset's own microphone or speakers; None where the system's choice must do."""
    try:
        import sounddevice
    except OSError:
        return None
    try:
        devices = sounddevice.query_devices()
    except (sounddevice.PortAudioError, ValueError):
        return None
    return of_a_headset([str(one["name"]) for one in devices if one[f"max_{kind}_channels"] > 0])


def of_a_headset(names: Sequence[str]) -> str | None:
    """The first of these sound devices that is a headset's, by what its software calls it."""
    for name in names:
        if any(mark in name.casefold() for mark in _HEADSET_SOUND):
            return name
    return None


def _sound_device(kind: str) -> bool:
    try:
        import sounddevice
    except OSError:  # the PortAudio library is not there
        return False
    try:
        return bool(sounddevice.query_devices(kind=kind))
    except (sounddevice.PortAudioError, ValueError):
        return False
