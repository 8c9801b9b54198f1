"""Where everything that flows into the game waits for its tick."""

import heapq
from collections.abc import Iterable

from game.clock import TICK_S
from game.sense.observations import Observation


class Inbox:
    """Holds observations until their time; hands them out tick by tick, in the order of their times.

    Those of one time come in the order in which they were put.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Observation]] = []
        self._count = 0

    def put(self, observations: Iterable[Observation]) -> None:
        for observation in observations:
            self._count += 1
            heapq.heappush(self._waiting, (observation.at_s, self._count, observation))

    def take(self, tick: int) -> list[Observation]:
        """Everything that may be known at ``tick``."""
        now_s = tick * TICK_S + 1e-9
        ready: list[Observation] = []
        while self._waiting and self._waiting[0][0] <= now_s:
            ready.append(heapq.heappop(self._waiting)[2])
        return ready
