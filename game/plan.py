"""What will be played with: the player's wishes, and what this machine has."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from game.clock import ClockKind
from game.present.display import DisplayKind
from game.present.display.headset.comfort import Comfort
from game.sense.transcriber import LOCAL_ENGINES

_DEMO_S: Final = 95.0
"""Length of the recorded player's evening, which plays where there is nobody and no screen."""


class PlayError(Exception):
    """The game cannot be played like this; the message is a sentence for the player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaySettings:
    """What the player asked for; None where the game may choose."""

    camera: str | None = None
    microphone: str | None = None
    earpiece: str | None = None
    """A part of the name of the device in the player's ear, for the Companion."""
    recogniser: str | None = None
    backend: str | None = None
    child: Path | None = None
    """Folder of the character in the cave."""
    display: str | None = None
    screen: int | None = None
    size: tuple[int, int] | None = None
    quality: str | None = None
    room: Path | None = None
    stereo: str | None = None
    clock: ClockKind | None = None
    seed: int | None = None
    seconds: float | None = None
    record: Path | None = None
    report: Path | None = None
    log: Path | None = None
    comfort: Comfort = field(default_factory=Comfort)
    """Of a headset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be played with, after looking at what there is."""

    camera: Path | int | None
    microphone: Path | str | None
    display: DisplayKind | Literal["openxr"]
    clock: ClockKind
    seconds: float | None
    record: Path | None
    recorded_player: bool
    remembers: bool
    """A person plays: the evening is saved, and the last one remembered."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What this machine has."""

    camera: bool
    microphone: bool
    screen: bool


_AT_HOME: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def _at_home(url: str) -> bool:
    """Whether a language server is on this machine; its address as people write it ("localhost:11434")."""
    try:
        return urlsplit(url if "://" in url else f"//{url}").hostname in _AT_HOME
    except ValueError:
        return False  # No address at all: whoever asks there says so.


def welcome(settings: PlaySettings) -> str:
    """What everybody should know before anything moves or listens."""
    leaves = []
    if settings.recogniser is not None and settings.recogniser not in LOCAL_ENGINES:
        leaves.append(f"the sound of your voice may go to the engine '{settings.recogniser}', as you asked")
    if settings.backend is not None and not _at_home(settings.backend):
        leaves.append(f"your words go to {settings.backend}, as you asked")
    where = "camera and microphone are used on this machine"
    where += f", but {'; '.join(leaves)}" if leaves else " only"
    return (
        f"Hollow moves and flashes light; {where}; nothing is kept unless you record; "
        "it understands English. Ctrl-C ends it."
    )


def make_plan(settings: PlaySettings, found: Found) -> Plan:
    """Chooses senses, display and clock; each missing sense is named in a sentence and replaced."""
    notes: list[str] = []
    worn = settings.display == "openxr"
    # Two senses for the same hands would contradict each other: a headset needs no webcam.
    camera = None if worn and settings.camera is None else _camera(settings.camera, found, notes)
    microphone = _microphone(settings.microphone, found, notes)
    display: Any = settings.display
    if display is None:
        display = "window" if found.screen else "offscreen"
        if not found.screen:
            notes.append("No screen was found: the picture is drawn offscreen.")
    elif display in ("window", "fullscreen") and not found.screen:
        raise PlayError(f"There is no screen for --display {display}; --display offscreen draws without one.")
    seen = display in ("window", "fullscreen", "openxr")
    nobody = not seen and camera is None and microphone is None
    recorded = nobody and "off" not in (settings.camera, settings.microphone)
    live = isinstance(camera, int) or isinstance(microphone, str) or seen
    clock = settings.clock or (ClockKind.REAL if live or display == "none" else ClockKind.GAME)
    if clock is ClockKind.GAME and (isinstance(camera, int) or isinstance(microphone, str)):
        raise PlayError("--clock game needs files for the senses, or off: a device has no times of its own.")
    if clock is ClockKind.GAME and worn:
        raise PlayError("--clock game cannot play in a headset: the headset has a pace of its own.")
    seconds, record = settings.seconds, settings.record
    if recorded:
        notes.append("Nobody is there: a recorded player plays.")
        seconds = seconds or _DEMO_S
        if settings.display is None and record is None:
            record = Path("hollow.mp4")
            notes.append(f"The film of it goes to {record} ({seconds:.0f} s).")
    elif nobody and seconds is None:
        raise PlayError("With camera and microphone off and no window nobody can play: give --seconds.")
    files = isinstance(camera, Path) or isinstance(microphone, Path)
    if files and not live and seconds is None:
        notes.append("The evening goes on when the files are over: Ctrl-C ends it, or --seconds.")
    return Plan(
        camera=camera, microphone=microphone, display=display, clock=clock, seconds=seconds,
        record=record, recorded_player=recorded, remembers=live and not files and clock is ClockKind.REAL,
        notes=tuple(notes),
    )  # fmt: skip


def check_files(plan: Plan) -> None:
    """A file that was named is there: that it is not is a slip of the fingers, while a device may come and
    go. Raises PlayError."""
    for what, file in (("video", plan.camera), ("sound", plan.microphone)):
        if isinstance(file, Path) and not file.exists():
            raise PlayError(f"There is no {what} file {file}.")


def _camera(wish: str | None, found: Found, notes: list[str]) -> Path | int | None:
    if wish == "off":
        return None
    if wish is None:
        if found.camera:
            return 0
        notes.append("No camera was found: the mouse is your hand (left button pinches, right button walks).")
        return None
    return int(wish) if wish.isdigit() else Path(wish)


def _microphone(wish: str | None, found: Found, notes: list[str]) -> Path | str | None:
    if wish == "off":
        return None
    if wish is None:
        if found.microphone:
            return ""
        notes.append("No microphone was found: type, and Enter says it.")
        return None
    looks_like_file = Path(wish).suffix.lower() in (
        ".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".mp4", ".aiff", ".aif", ".webm",
    ) or Path(wish).exists()  # fmt: skip
    return Path(wish) if looks_like_file else wish
