"""A webcam that gives few pictures because it is dark: noticed, and its exposure held where it can be.

A webcam left to itself exposes each picture for as long as the dark asks, up to a seventh of a second. For
hands many dark pictures are better than few bright ones: the dark ones are stretched (`dark_pictures`).
"""

from collections import deque
from enum import Enum, auto
from typing import Any, Final, Protocol

SLOW_FPS: Final = 12.0
"""Fewer pictures a second than this are few."""
QUICK_FPS: Final = 20.0
"""As many as this are enough again."""
DARK_LUMA: Final = 0.45
"""Mean luma, 0 to 1, above which it is not the dark that makes a camera slow."""
BRIGHT_LUMA: Final = 0.6
"""Mean luma of a held exposure at which the light is back."""
NOTICE_S: Final = 1.5
"""How long it must be slow, or bright again."""
SETTLE_S: Final = 2.0
"""How long a camera takes to follow its new setting."""
EXPOSURE_S: Final = 1.0 / 33.0
"""Exposure that still allows 30 pictures a second."""


class Order(Enum):
    """What is to be done with the camera."""

    NOTHING = auto()
    HOLD = auto()
    """Its exposure is to be held."""
    RELEASE = auto()
    """It is to expose as it likes."""


class _State(Enum):
    FREE = auto()
    TRIED = auto()
    HELD = auto()
    GIVEN_UP = auto()


class Pace:
    """Told of every picture of one camera; orders, and says in one sentence what it noticed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stamps: deque[float] = deque(maxlen=64)
        self._state = _State.FREE
        self._since_s: float | None = None
        """Since when what it waits for has lasted."""
        self._slow_fps = 0.0
        self._sentences: list[str] = []

    def see(self, t_s: float, luma: float) -> Order:
        """A picture of ``t_s`` with this mean luma (0 to 1) is there."""
        self._stamps.append(t_s)
        while t_s - self._stamps[0] > NOTICE_S:
            self._stamps.popleft()
        match self._state:
            case _State.FREE:
                if self._lasts(self._fps() < SLOW_FPS and luma < DARK_LUMA, t_s, NOTICE_S):
                    self._slow_fps = self._fps()
                    self._go(_State.TRIED)
                    return Order.HOLD
            case _State.TRIED:
                if self._lasts(True, t_s, SETTLE_S + NOTICE_S):
                    return self._judge()
            case _State.HELD:
                if self._lasts(luma > BRIGHT_LUMA, t_s, NOTICE_S):
                    self._go(_State.FREE)
                    return Order.RELEASE
            case _State.GIVEN_UP:
                pass
        return Order.NOTHING

    @property
    def holds(self) -> bool:
        """Whether the exposure is not the camera's own at present."""
        return self._state in (_State.TRIED, _State.HELD)

    def take_sentences(self) -> list[str]:
        """What was noticed since the last time, for the player."""
        sentences, self._sentences = self._sentences, []
        return sentences

    def _judge(self) -> Order:
        slow = f"In this dark {self._name} gives only {self._slow_fps:.0f} pictures a second"
        if self._fps() >= QUICK_FPS:
            self._sentences.append(f"{slow}; its exposure is held now, and hands are quick again.")
            self._go(_State.HELD)
            return Order.NOTHING
        self._sentences.append(f"{slow}, and hands are as slow: more light helps.")
        self._go(_State.GIVEN_UP)
        return Order.RELEASE

    def _go(self, state: _State) -> None:
        self._state, self._since_s = state, None

    def _fps(self) -> float:
        """Pictures a second lately; many while too few are there to tell."""
        if len(self._stamps) < 4:
            return QUICK_FPS if self._state is _State.FREE else 0.0
        return (len(self._stamps) - 1) / max(1e-3, self._stamps[-1] - self._stamps[0])

    def _lasts(self, holds: bool, t_s: float, for_s: float) -> bool:
        if not holds:
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = t_s
        return t_s - self._since_s >= for_s


class Adjustable(Protocol):
    """What is used of a webcam whose exposure can be set (OpenCV's VideoCapture)."""

    def get(self, key: int, /) -> float: ...
    def set(self, key: int, value: float, /) -> bool: ...
    def getBackendName(self) -> str: ...  # noqa: N802 - OpenCV's name


def obey(order: Order, device: Any) -> None:
    """Do to the device what its pace asks; a driver that does not know how leaves all as it is."""
    if order is not Order.NOTHING and all(hasattr(device, name) for name in ("get", "set", "getBackendName")):
        (hold_exposure if order is Order.HOLD else release_exposure)(device)


def hold_exposure(device: Adjustable) -> None:
    """Set a fixed exposure that allows 30 pictures a second.

    OpenCV hands values to the driver as they are: V4L2 counts in 0.1 ms and has 1 for manual and 3 for
    automatic; Windows counts in powers of two of a second and has 0.25 and 0.75.
    """
    import cv2

    linux = device.getBackendName() == "V4L2"
    device.set(cv2.CAP_PROP_AUTO_EXPOSURE, 1.0 if linux else 0.25)
    device.set(cv2.CAP_PROP_EXPOSURE, round(EXPOSURE_S * 10_000.0) if linux else -5.0)


def release_exposure(device: Adjustable) -> None:
    """Let the camera expose as it likes."""
    import cv2

    device.set(cv2.CAP_PROP_AUTO_EXPOSURE, 3.0 if device.getBackendName() == "V4L2" else 0.75)
