"""Long work beside a worker's loop, on both clocks through one door.

A job is a generator: each item it yields becomes one `Result`. On the real clock every lane is a thread and
results come when they come. On the game clock the work is done at once and its results are dated by the
table of latencies, so a run is the same on any machine.
"""

import heapq
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One item of a job; ``error`` is set instead when the job raised (and nothing follows)."""

    job: int
    lane: str
    value: Any
    error: Exception | None
    last: bool
    """True for the closing result of a job, which carries no value."""
    due_s: float
    wall_s: float
    """Wall seconds from submission."""


class Jobs(Protocol):
    """Submit, cancel, poll; never blocks on the real clock."""

    def submit(self, lane: str, name: str, work: Callable[[], Iterator[Any]], *, now_s: float) -> int: ...
    def cancel(self, job: int) -> None: ...
    def poll(self, now_s: float) -> list[Result]: ...
    def close(self) -> None: ...


class GameJobs:
    """Does the work when it is submitted. The first result is due after ``latency_s[name]``, the second
    ``latency_s[name + "_2"]`` later, and so on; where there is no such row the last one counts again. A
    closing result is due with the item before it."""

    def __init__(self, latency_s: Mapping[str, float]) -> None:
        self._latency_s = latency_s
        self._due: list[tuple[float, int, Result]] = []
        self._cancelled: set[int] = set()
        self._count = 0
        self._serial = 0

    def submit(self, lane: str, name: str, work: Callable[[], Iterator[Any]], *, now_s: float) -> int:
        self._count += 1
        job = self._count
        gap_s = self._latency_s[name]
        due_s = now_s
        started = time.perf_counter()
        error: Exception | None = None
        try:
            for number, value in enumerate(work(), start=1):
                gap_s = self._latency_s.get(f"{name}_{number}", gap_s)
                due_s += gap_s
                self._push(
                    Result(
                        job=job,
                        lane=lane,
                        value=value,
                        error=None,
                        last=False,
                        due_s=due_s,
                        wall_s=time.perf_counter() - started,
                    )
                )
        except Exception as caught:  # noqa: BLE001 - the job's owner decides what its failure means
            error = caught
        self._push(
            Result(
                job=job,
                lane=lane,
                value=None,
                error=error,
                last=True,
                due_s=due_s,
                wall_s=time.perf_counter() - started,
            )
        )
        return job

    def _push(self, result: Result) -> None:
        self._serial += 1
        heapq.heappush(self._due, (result.due_s, self._serial, result))

    def cancel(self, job: int) -> None:
        self._cancelled.add(job)

    def poll(self, now_s: float) -> list[Result]:
        ready: list[Result] = []
        while self._due and self._due[0][0] <= now_s + 1e-9:
            result = heapq.heappop(self._due)[2]
            if result.job not in self._cancelled:
                ready.append(result)
        return ready

    def close(self) -> None:
        self._due.clear()


class RealJobs:
    """One daemon thread a lane; a cancelled job is closed at its next item."""

    def __init__(self, lanes: tuple[str, ...]) -> None:
        self._inbox: dict[str, queue.SimpleQueue[Any]] = {lane: queue.SimpleQueue() for lane in lanes}
        self._outbox: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._count = 0
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name=f"jobs-{lane}", daemon=True)
            for lane in lanes
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, lane: str, name: str, work: Callable[[], Iterator[Any]], *, now_s: float) -> int:
        self._count += 1
        self._inbox[lane].put((self._count, work, now_s, time.perf_counter()))
        return self._count

    def cancel(self, job: int) -> None:
        self._cancelled.add(job)

    def poll(self, now_s: float) -> list[Result]:
        ready: list[Result] = []
        while True:
            try:
                result = self._outbox.get_nowait()
            except queue.Empty:
                return ready
            if result.job not in self._cancelled:
                ready.append(result)

    def close(self) -> None:
        for inbox in self._inbox.values():
            inbox.put(None)

    def _run(self, lane: str) -> None:
        while (item := self._inbox[lane].get()) is not None:
            self._do(lane, *item)

    def _do(
        self, lane: str, job: int, work: Callable[[], Iterator[Any]], now_s: float, started: float, /
    ) -> None:
        def emit(value: Any, *, error: Exception | None = None, last: bool = False) -> None:
            wall_s = time.perf_counter() - started
            self._outbox.put(
                Result(job=job, lane=lane, value=value, error=error, last=last,
                       due_s=now_s + wall_s, wall_s=wall_s)
            )  # fmt: skip

        if job in self._cancelled:
            return
        try:
            for value in work():
                if job in self._cancelled:
                    break
                emit(value)
        except Exception as caught:  # noqa: BLE001 - the job's owner decides what its failure means
            emit(None, error=caught, last=True)
        else:
            emit(None, last=True)
