"""Who says when the next frame is due: the play clock in real time, or the game's own."""

from collections.abc import Callable
from typing import Protocol


class Pacer(Protocol):
    def next_frame_s(self) -> float:
        """Wait until a frame may begin; the play-clock time at which it will be seen."""


class RealPacer:
    """At most ``hz`` frames a second of the player's own time; never catches up on frames that are lost."""

    def __init__(
        self,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], None],
        hz: float = 60.0,
        ahead_s: float = 1.0 / 60.0,
    ) -> None:
        self._now, self._sleep, self._period_s, self._ahead_s = now, sleep, 1.0 / hz, ahead_s
        self._due_s = now()

    def next_frame_s(self) -> float:
        wait_s = self._due_s - self._now()
        if wait_s > 0.0005:
            self._sleep(wait_s)
        now_s = self._now()
        # Where the screen's own rhythm holds us back, its rhythm rules: the next frame is due one period
        # after this one began, a little early so that two rhythms of nearly the same speed do not beat.
        self._due_s = max(self._due_s + self._period_s, now_s + 0.5 * self._period_s)
        if self._due_s < now_s - self._period_s:
            self._due_s = now_s
        return now_s + self._ahead_s


class ToldPacer:
    """The game clock: no waiting; the time is what the caller's clock says."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now

    def next_frame_s(self) -> float:
        return self._now()
