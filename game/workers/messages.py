"""What travels between the game and its worker processes, over one pipe each."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from game.sense.observations import Observation
from game.world.effects import Ask, Say, Withdraw

Order = Ask | Say | Withdraw


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """The play clock runs. ``epoch_s`` is the value of `time.monotonic` at which it read 0: one clock for all
    processes of a machine."""

    epoch_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Go on to ``until_s`` on the play clock, with what the game played and ordered since the last one."""

    until_s: float
    reference: NDArray[np.float32] | None = None
    """What left the loudspeaker: mono, 16 kHz."""
    gesturing: bool = False
    """One of the player's hands is talking too: a silence is then less likely the end."""
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Speech ready for the mixer: mono float32 at 48 kHz."""

    name: str
    pcm: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A worker's news. Everything that will ever arrive up to ``reached_s`` has been told."""

    reached_s: float
    observations: tuple[Observation, ...] = ()
    clips: tuple[Clip, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """The worker is not ready yet; sent every few seconds."""

    cpu_s: float
    """Processor time that its process has used so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The worker has loaded what it needs; ``what`` tells which devices and models it found."""

    what: dict[str, str] = field(default_factory=dict)


class Body(Protocol):
    """A worker's inside: receives orders, works up to a time, tells its news."""

    what: dict[str, str]

    def receive(self, message: Advance) -> None: ...
    def work(self, now_s: float) -> Report: ...
    def close(self) -> None: ...
