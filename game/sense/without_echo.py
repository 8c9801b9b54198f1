"""The microphone's blocks without the loudspeaker in them, as soon as what was played with each is known."""

from collections import deque
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_GAP_S: Final = 0.2
"""A microphone that was silent for longer begins anew: its samples no longer count its time."""
_HELD_MOST: Final = 12
"""Blocks that wait for what was played with them; later than that it has got lost."""


class Canceller(Protocol):
    """What is needed to take out the loudspeaker (`EchoCanceller` is one)."""

    @property
    def working(self) -> bool: ...
    @property
    def lacks(self) -> bool: ...
    @property
    def only_echo(self) -> bool: ...
    def played(self, samples: Samples) -> None: ...
    def process(self, block: Samples) -> Samples: ...
    def restart(self) -> None: ...


class Cleaned(NamedTuple):
    """Ten milliseconds that ended at ``end_s``."""

    samples: Samples
    end_s: float
    only_echo: bool
    """There was nothing but echo in it, as far as that can be told."""
    beside: bool
    """Something was being played, or may have been."""


class WithoutEcho:
    """Lets blocks through, one or more at a time, in their order."""

    def __init__(self, echo: Canceller | None) -> None:
        """Without ``echo`` no loudspeaker is expected, and every block passes at once."""
        self._echo = echo
        self._held: deque[tuple[Samples, float]] = deque()
        """Blocks that wait, and when they ended."""
        self._last_s: float | None = None

    def feed(self, block: Samples, reference: Samples | None, at_s: float) -> list[Cleaned]:
        """What can be heard now that this block has come; ``reference`` is what was played since the last."""
        if self._echo is None:
            return [Cleaned(block, at_s, only_echo=False, beside=True)]
        if self._last_s is not None and at_s - self._last_s > _GAP_S:
            self._echo.restart()
            self._held.clear()
        self._last_s = at_s
        if reference is not None:
            self._echo.played(reference)
        self._held.append((block, at_s))
        out: list[Cleaned] = []
        while self._held and (not self._echo.lacks or len(self._held) > _HELD_MOST):
            held, end_s = self._held.popleft()
            samples = self._echo.process(held)
            out.append(Cleaned(samples, end_s, self._echo.only_echo, beside=self._echo.working))
        return out
