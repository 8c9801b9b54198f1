"""What an evening is made of, as far as the play loop sees it: ports, and the parts behind them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from game.interpret.intents import Intents
from game.present.display.port import Display
from game.report import Reporter
from game.sense.evening_log import LogWriter
from game.sense.observations import ClipPlayed, Observation
from game.workers.link import WorkerLink
from game.world.effects import Effect
from game.world.state import World


class Interprets(Protocol):
    def tick(self, observations: Sequence[Observation], now_s: float) -> Intents: ...


class Draws(Protocol):
    """The scene of light."""

    def update(
        self, world: World, *, alpha: float, mouth: float, voice_level: float,
        predicted_s: float, frame_dt_s: float,
    ) -> object: ...  # fmt: skip


class Sounds(Protocol):
    """Everything audible, behind one mixer."""

    def apply(self, effects: Sequence[Effect], world: World) -> None: ...
    def deliver(self, clip: str, pcm: NDArray[np.float32]) -> None: ...
    def feedback(self, at_s: float) -> list[ClipPlayed]: ...
    def mouth(self) -> float: ...


class Mixes(Protocol):
    def mix(self, frames: int) -> NDArray[np.float32]: ...


class Records(Protocol):
    def wants(self, t_s: float) -> bool: ...
    def add_frame(self, rgb: NDArray[np.uint8], t_s: float) -> None: ...
    def add_sound(self, stereo: NDArray[np.float32]) -> None: ...


class Listens(Protocol):
    """Turns what was mixed into what the echo canceller needs."""

    def to_reference(self, stereo: NDArray[np.float32]) -> NDArray[np.float32]: ...


class Player(Protocol):
    """A source of observations inside the game's own process: a recorded player, a test."""

    def until(self, t_s: float) -> list[Observation]: ...


@dataclass(slots=True, kw_only=True)
class Parts:
    """What an evening is made of; the composition root fills it in."""

    world: World
    interpreter: Interprets
    display: Display
    stage: Draws
    sounds: Sounds
    mixer: Mixes
    listens: Listens
    reporter: Reporter
    eyes: WorkerLink | None = None
    mind: WorkerLink | None = None
    players: list[Player] = field(default_factory=list)
    recorder: Records | None = None
    log: LogWriter | None = None
    save: Callable[[], None] | None = None
    """Keeps the evening as it is now; None where nothing is kept."""
    tell: Any = None
    """Says a sentence to whoever started the game."""
    breath: float = 0.0
    """On the real clock: pause after each frame, in parts of the time that drawing it took. Where the
    processor draws, senses and minds need it too."""
    pointer: bool = False
    """The display has a mouse, which is the hand while no camera sees one."""
    steers: Callable[[Intents, float], None] | None = None
    """Takes what the player asks of a display that tracks their head itself: intents and play clock."""
    follow: Callable[[World], None] | None = None
    """Sees the world after each step: what of the picture the player sets by hand."""
    progress: bool = False
    """Tell every ten seconds how far the evening is: nobody sees it."""
