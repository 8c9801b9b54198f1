"""Workers for tests: each runs in a real process."""

import os
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

from game.clock import ClockKind
from game.sense.observations import Loudness
from game.workers.link import Launch
from game.workers.messages import Advance, Report
from game.workers.serve import serve


@dataclass(slots=True)
class Echo:
    """Tells the time that it was told; dies on its own at ``dies_at_s`` (once it has run past 0)."""

    resume_s: float
    dies_at_s: float
    what: dict[str, str]
    told_s: float = 0.0

    def receive(self, message: Advance) -> None:
        self.told_s = message.until_s

    def work(self, now_s: float) -> Report:
        if self.resume_s == 0.0 and now_s >= self.dies_at_s:
            os.kill(os.getpid(), signal.SIGKILL)
        return Report(reached_s=now_s, observations=(Loudness(at_s=now_s, db=self.resume_s, voiced=False),))

    def close(self) -> None:
        pass


def run_echo(pipe: Connection, launch: Launch, /) -> None:
    body = Echo(resume_s=launch.resume_s, dies_at_s=float(launch.settings), what={"echo": "here"})
    serve(pipe, lambda: body, ClockKind.GAME, 0)


def run_broken(pipe: Connection, launch: Launch, /) -> None:
    raise SystemExit(3)


def run_stuck(pipe: Connection, launch: Launch, /) -> None:
    time.sleep(60.0)
