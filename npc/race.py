"""Several streams read at once, each in a thread of its own; what comes first is handed on first."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from npc.backends.base import BackendError
from npc.pump import TooSlow

T = TypeVar("T")


class Race(Generic[T]):
    """Reads every stream of ``makes`` until it ends or is dropped."""

    def __init__(
        self, makes: Sequence[Callable[[], Iterator[T]]], *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._clock = clock
        self._found: queue.SimpleQueue[tuple[int, T | BackendError | None]] = queue.SimpleQueue()
        self._dropped = [threading.Event() for _ in makes]
        # No daemons: a thread that is killed inside a model's native code takes the process with it.
        for index, make in enumerate(makes):
            threading.Thread(target=self._run, args=(index, make), name="candidate").start()

    def next(self, until_s: float) -> tuple[int, T | None]:
        """The next item and the index of its stream; None for the item where that stream has ended. Raises
        TooSlow at the clock time ``until_s``, and BackendError as the stream raised it."""
        while True:
            try:
                index, item = self._found.get(timeout=max(0.0, until_s - self._clock()))
            except queue.Empty:
                if self._clock() < until_s:
                    continue  # The clock is not the wall's, or the wait was short.
                raise TooSlow("The language model did not answer in time.") from None
            if self._dropped[index].is_set():
                continue
            if isinstance(item, BackendError):
                raise item
            return index, item

    def only(self, kept: int | None) -> None:
        """Let go of every stream but one; None lets go of all."""
        for index, dropped in enumerate(self._dropped):
            if index != kept:
                dropped.set()

    def _run(self, index: int, make: Callable[[], Iterator[T]]) -> None:
        end: BackendError | None = None
        try:
            stream = make()
            try:
                for item in stream:
                    if self._dropped[index].is_set():
                        break
                    self._found.put((index, item))
            finally:
                close = getattr(stream, "close", None)
                if close is not None:
                    close()
        except BackendError as error:
            end = error
        except Exception as error:  # noqa: BLE001 - whatever a model's library throws, the character lives on
            end = BackendError(f"The language model failed ({type(error).__name__}: {error}).")
        self._found.put((index, end))
