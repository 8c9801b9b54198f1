"""The game's end of a worker: never blocks the picture, notices death and silence, starts it again."""

import multiprocessing
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from game.workers.messages import Advance, Begin, Loading, Ready, Report

LONG_LOAD_S = 15.0
"""Loading that takes longer is told of, once."""
STALL_LIMIT_S = 120.0
"""A worker that is not ready, and for this long has told nothing or used no processor, is started again: on a
busy machine loading takes minutes, and to begin anew would take as long again."""
LOAD_LIMIT_S = 1200.0
"""Nothing loads for longer than this, however busy it is."""
_PROGRESS_S = 0.1
"""Processor time that only loading takes; to tell of it takes less."""
SILENCE_LIMIT_S = 20.0
"""A ready worker that tells nothing for this long (it beats twice a second) is taken for hung."""
LOCKSTEP_LIMIT_S = 90.0
"""The same on the game clock, where one answer may hold a whole transcript on a slow machine."""
_RESTARTS_LIMIT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What a worker process is started with."""

    settings: Any
    resume_s: float
    """Play-clock time at which this worker takes over; 0 at the start of an evening."""


class Target(Protocol):
    """A module-level function that runs a worker; it must be importable by a fresh interpreter."""

    def __call__(self, pipe: Connection, launch: Launch, /) -> None: ...


class WorkerLink:
    """One worker process and the threads that carry its messages.

    ``poll`` never waits; ``wait_reports`` does, for the game clock. When the process dies, falls silent or
    no longer gets on with loading it is started again, at most five times; each time is told once through
    ``take_fault``.
    """

    def __init__(
        self,
        name: str,
        target: Target,
        settings: Any,
        *,
        lockstep: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.what: dict[str, str] = {}
        self.restarts = 0
        self._target = target
        self._settings = settings
        self._epoch_s: float | None = None
        self._lockstep = lockstep
        self._monotonic = monotonic
        self._context = multiprocessing.get_context("spawn")
        self._process: BaseProcess | None = None
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._generation = 0
        self._ready = False
        self._given_up = False
        self._faults: list[str] = []
        self._arrived = False
        self._born_s = self._heard_s = self._progress_s = 0.0
        self._cpu_s = 0.0
        """Processor time of the present process at its last progress."""
        self._long_told = False

    @property
    def ready(self) -> bool:
        return self._ready

    @property
    def gone(self) -> bool:
        """True when it has died too often and stays away."""
        return self._given_up

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self, *, resume_s: float = 0.0) -> None:
        self._generation += 1
        self._ready = False
        ours, theirs = self._context.Pipe()
        self._inbox, self._outbox = queue.SimpleQueue(), queue.SimpleQueue()
        launch = Launch(settings=self._settings, resume_s=resume_s)
        self._process = self._context.Process(
            target=self._target, args=(theirs, launch), name=f"hollow-{self.name}", daemon=True
        )
        self._process.start()
        theirs.close()
        self._born_s = self._heard_s = self._progress_s = self._monotonic()
        self._cpu_s = 0.0
        for run, box in ((_read, self._inbox), (_write, self._outbox)):
            threading.Thread(target=run, args=(ours, box), name=f"{self.name}-pipe", daemon=True).start()

    def begin(self, epoch_s: float) -> None:
        """Starts the play clock for this worker, now or as soon as it is ready."""
        self._epoch_s = epoch_s
        if self._ready:
            self._heard_s = self._monotonic()
            self._outbox.put(Begin(epoch_s=epoch_s))

    def send(self, message: Advance) -> None:
        """Hands a message to the writing thread; to a worker that is not ready it is not sent."""
        if self._ready and not self._given_up:
            self._outbox.put(message)

    def poll(self, now_s: float) -> list[Report]:
        """News since the last call; starts a dead or silent worker again."""
        reports: list[Report] = []
        while True:
            try:
                message = self._inbox.get_nowait()
            except queue.Empty:
                break
            reports += self._take(message, now_s)
        self._watch(now_s)
        return reports

    def wait_reports(self, now_s: float) -> list[Report]:
        """At least one report, or none when the worker had to be started again (game clock)."""
        limit_s = self._monotonic() + LOCKSTEP_LIMIT_S
        while not self._given_up:
            generation = self._generation
            try:
                message = self._inbox.get(timeout=max(0.0, limit_s - self._monotonic()))
            except queue.Empty:
                self._restart(f"said nothing for {LOCKSTEP_LIMIT_S:.0f} s", now_s)
                return []
            reports = self._take(message, now_s)
            if reports:
                return reports
            if generation != self._generation:
                return []
        return []

    def wait_ready(self, now_s: float = 0.0, tell: Callable[[str], object] = lambda sentence: None) -> None:
        """Waits until the worker has loaded, or has died too often; tells when that takes long."""
        while not self._ready and not self._given_up:
            try:
                message = self._inbox.get(timeout=0.5)
            except queue.Empty:
                pass
            else:
                self._take(message, now_s)
            self._watch(now_s)
            if (note := self.take_note()) is not None:
                tell(note)

    def take_fault(self) -> str | None:
        """The next untold sentence about this worker."""
        return self._faults.pop(0) if self._faults else None

    def take_note(self) -> str | None:
        """A sentence, once, when loading takes long."""
        if self._ready or self._given_up or self._long_told or self._process is None:
            return None
        if self._monotonic() - self._born_s < LONG_LOAD_S:
            return None
        self._long_told = True
        return f"The {self.name} are still loading."

    def take_arrival(self) -> bool:
        """True once each time that the worker is ready: at first, and whenever it was started again."""
        arrived, self._arrived = self._arrived, False
        return arrived

    def stop(self) -> None:
        """Ends the process; it gets a moment to close its devices and models."""
        self._given_up = True
        self._outbox.put(None)
        process = self._process
        if process is not None:
            process.join(timeout=3.0)
            if process.is_alive():
                process.kill()
                process.join(timeout=2.0)

    def _take(self, message: Any, now_s: float) -> list[Report]:
        self._heard_s = self._monotonic()
        if isinstance(message, Report):
            return [message]
        if isinstance(message, Ready):
            self._ready = True
            self.what = message.what
            self._arrived = True
            if self._epoch_s is not None:
                self._outbox.put(Begin(epoch_s=self._epoch_s))
        elif isinstance(message, Loading):
            if message.cpu_s - self._cpu_s >= _PROGRESS_S:
                self._cpu_s, self._progress_s = message.cpu_s, self._heard_s
        elif message is None:  # the pipe closed
            code = self._exit_code()
            self._restart(f"stopped ({code})", now_s)
        return []

    def _exit_code(self) -> str:
        process = self._process
        if process is None:
            return "never started"
        process.join(timeout=2.0)
        code = process.exitcode
        return f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"

    def _watch(self, now_s: float) -> None:
        if self._given_up or self._process is None or (self._lockstep and self._ready):
            return
        if self._ready and self._epoch_s is None:
            return  # It waits for the others, and has nothing to tell.
        wall_s = self._monotonic()
        if self._ready:
            if wall_s - self._heard_s > SILENCE_LIMIT_S:
                self._restart(f"said nothing for {SILENCE_LIMIT_S:.0f} s", now_s)
        elif wall_s - self._progress_s > STALL_LIMIT_S:
            self._restart(f"did not get on with loading for {STALL_LIMIT_S:.0f} s", now_s)
        elif wall_s - self._born_s > LOAD_LIMIT_S:
            self._restart(f"were not ready after {LOAD_LIMIT_S:.0f} s", now_s)

    def _restart(self, why: str, now_s: float) -> None:
        if self._given_up:
            return
        self._outbox.put(None)
        process = self._process
        if process is not None and process.is_alive():
            process.kill()
        self.restarts += 1
        if self.restarts > _RESTARTS_LIMIT:
            self._given_up = True
            self._faults.append(f"The {self.name} {why} too often and stay away; play goes on without.")
            return
        self._faults.append(f"The {self.name} {why} and are started again.")
        self.start(resume_s=now_s)


def _read(pipe: Connection, inbox: queue.SimpleQueue[Any]) -> None:
    while True:
        try:
            inbox.put(pipe.recv())
        except (EOFError, OSError):
            inbox.put(None)
            return


def _write(pipe: Connection, outbox: queue.SimpleQueue[Any]) -> None:
    while True:
        message = outbox.get()
        try:
            pipe.send(message)
            if message is None:
                return
        except OSError:
            return
