"""A stream that never keeps anybody waiting: read in a thread of its own, handed on with a deadline."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar, cast

from npc.backends.base import BackendError

T = TypeVar("T")
_END: Final = object()


class TooSlow(BackendError):
    """Nothing came by the deadline; what comes later may still be had, by a later deadline."""


class Pump(Generic[T]):
    """Reads ``make()`` in a daemon thread. Iterate to get its pieces; `close` lets go of a stream that is no
    longer wanted (the thread ends at its next piece)."""

    def __init__(
        self,
        make: Callable[[], Iterator[T]],
        *,
        deadline_s: Callable[[bool], float],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """``deadline_s(begun)`` is the clock time until which the next piece may take."""
        self._deadline_s = deadline_s
        self._clock = clock
        self._pieces: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._begun = False
        threading.Thread(target=self._run, args=(make,), name="language", daemon=True).start()

    def _run(self, make: Callable[[], Iterator[T]]) -> None:
        try:
            stream = make()
            try:
                for piece in stream:
                    if self._stopped.is_set():
                        break
                    self._pieces.put(piece)
            finally:
                close = getattr(stream, "close", None)
                if close is not None:
                    close()
        except BackendError as error:
            self._pieces.put(error)
            return
        except Exception as error:  # noqa: BLE001 - whatever a model's library throws, the character lives on
            self._pieces.put(BackendError(f"The language model failed ({type(error).__name__}: {error})."))
            return
        self._pieces.put(_END)

    def __iter__(self) -> "Pump[T]":
        return self

    def __next__(self) -> T:
        if self._stopped.is_set():
            raise StopIteration
        while True:
            wait_s = max(0.0, self._deadline_s(self._begun) - self._clock())
            try:
                piece = self._pieces.get(timeout=wait_s)
                break
            except queue.Empty:
                if self._clock() < self._deadline_s(self._begun):
                    continue  # The clock is not the wall's, or the wait was short.
                raise TooSlow("The language model did not answer in time.") from None
        if piece is _END:
            self.close()
            raise StopIteration
        if isinstance(piece, BackendError):
            self.close()
            raise piece
        self._begun = True
        return cast(T, piece)

    def close(self) -> None:
        """Stop listening; the reading thread ends at its next piece."""
        self._stopped.set()


class Breaker:
    """Spares the player the wait for a model that keeps failing: after ``failures`` in a row it is left alone
    for ``rest_s``, then twice as long, up to ``longest_s``."""

    def __init__(self, *, failures: int = 2, rest_s: float = 15.0, longest_s: float = 120.0) -> None:
        self._failures = failures
        self._rest_s = rest_s
        self._longest_s = longest_s
        self._failed = 0
        self._rests_until_s = float("-inf")

    def allows(self, now_s: float) -> bool:
        """Whether the model may be asked now."""
        return now_s >= self._rests_until_s

    def note(self, *, failed: bool, now_s: float) -> None:
        """What became of a question to the model."""
        self._failed = self._failed + 1 if failed else 0
        over = self._failed - self._failures
        if over >= 0:
            self._rests_until_s = now_s + min(self._longest_s, self._rest_s * 2.0**over)
