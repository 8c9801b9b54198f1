import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing import Pipe

import pytest

from game.workers import serve
from game.workers.link import LOAD_LIMIT_S, LONG_LOAD_S, STALL_LIMIT_S, Target, WorkerLink
from game.workers.messages import Advance, Loading
from tests.workers.bodies import run_broken, run_echo, run_stuck


@pytest.fixture
def links() -> Iterator[list[WorkerLink]]:
    made: list[WorkerLink] = []
    yield made
    for link in made:
        link.stop()


def started(links: list[WorkerLink], target: Target, settings: float) -> WorkerLink:
    link = WorkerLink("echo", target, settings, lockstep=True)
    links.append(link)
    link.start()
    link.wait_ready()
    link.begin(0.0)
    return link


def test_a_worker_says_what_it_found_and_answers_each_advance(links: list[WorkerLink]) -> None:
    link = started(links, run_echo, 99.0)
    assert link.what == {"echo": "here"}
    for time_s in (0.1, 0.2):
        link.send(Advance(until_s=time_s))
        assert [report.reached_s for report in link.wait_reports(time_s)] == [time_s]


def test_a_worker_that_dies_is_started_again_where_the_game_stands(links: list[WorkerLink]) -> None:
    link = started(links, run_echo, 0.5)
    link.send(Advance(until_s=0.6))
    assert link.wait_reports(0.6) == []
    fault = link.take_fault()
    assert fault is not None
    assert "signal 9" in fault
    assert "started again" in fault
    link.wait_ready(0.6)
    assert link.take_arrival()
    assert not link.take_arrival()
    link.send(Advance(until_s=0.7))
    report = link.wait_reports(0.7)[0]
    assert report.observations[0].at_s == 0.7
    assert report.observations[0].db == 0.6  # type: ignore[union-attr]


def test_a_terminal_that_closes_is_the_games_own_affair(links: list[WorkerLink]) -> None:
    link = started(links, run_echo, 99.0)
    assert link.pid is not None
    os.kill(link.pid, signal.SIGHUP)
    link.send(Advance(until_s=0.1))
    assert [report.reached_s for report in link.wait_reports(0.1)] == [0.1]
    assert link.restarts == 0


def test_a_worker_that_cannot_start_is_given_up_with_a_sentence(links: list[WorkerLink]) -> None:
    link = started(links, run_broken, 0.0)
    assert link.gone
    faults = list(iter(link.take_fault, None))
    assert "exit status 3" in faults[0]
    assert "play goes on without" in faults[-1]
    link.send(Advance(until_s=1.0))
    assert link.wait_reports(1.0) == []


def test_stop_leaves_no_process_behind(links: list[WorkerLink]) -> None:
    link = started(links, run_echo, 99.0)
    pid = link.pid
    link.stop()
    assert pid is not None
    assert link._process is not None
    assert link._process.exitcode == 0


class Loads:
    """A worker that never is ready, on a clock of the test's own."""

    def __init__(self, links: list[WorkerLink]) -> None:
        self.now_s = 0.0
        self.link = WorkerLink("eyes", run_stuck, None, lockstep=False, monotonic=lambda: self.now_s)
        links.append(self.link)
        self.link.start()

    def after(self, seconds: float, *, cpu_s: float | None = None) -> str | None:
        """The fault after so many seconds, at whose end the worker told of its loading or did not."""
        self.now_s += seconds
        if cpu_s is not None:
            self.link._inbox.put(Loading(cpu_s=cpu_s))
        self.link.poll(0.0)
        return self.link.take_fault()


def test_loading_that_gets_on_is_waited_for_however_long_it_takes(links: list[WorkerLink]) -> None:
    loads = Loads(links)
    steps = int(LOAD_LIMIT_S / (0.9 * STALL_LIMIT_S))
    assert [loads.after(0.9 * STALL_LIMIT_S, cpu_s=0.2 * k) for k in range(1, steps)] == [None] * (steps - 1)
    fault = loads.after(2.0 * 0.9 * STALL_LIMIT_S, cpu_s=0.2 * steps)
    assert fault is not None
    assert "not ready" in fault


@pytest.mark.parametrize("beats", [True, False])
def test_loading_that_stands_still_is_begun_again(links: list[WorkerLink], beats: bool) -> None:
    loads = Loads(links)
    assert loads.after(10.0, cpu_s=1.0) is None
    # To tell of it costs a little processor time, and is no progress.
    assert loads.after(0.6 * STALL_LIMIT_S, cpu_s=1.01 if beats else None) is None
    fault = loads.after(0.6 * STALL_LIMIT_S, cpu_s=1.02 if beats else None)
    assert fault is not None
    assert "did not get on with loading" in fault
    assert loads.link.restarts == 1
    assert loads.after(0.9 * STALL_LIMIT_S) is None


def test_loading_that_takes_long_is_told_of_once(links: list[WorkerLink]) -> None:
    loads = Loads(links)
    loads.after(0.5 * LONG_LOAD_S, cpu_s=1.0)
    assert loads.link.take_note() is None
    loads.after(0.6 * LONG_LOAD_S, cpu_s=2.0)
    assert loads.link.take_note() == "The eyes are still loading."
    loads.after(LONG_LOAD_S, cpu_s=3.0)
    assert loads.link.take_note() is None


def test_a_worker_tells_that_it_loads_and_what_that_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_LOADING_EVERY_S", 0.01)
    ours, theirs = Pipe()
    built = threading.Event()
    loading = threading.Thread(target=serve._tell_loading, args=(theirs, built))
    loading.start()
    first, second = ours.recv(), ours.recv()
    built.set()
    loading.join()
    assert 0.0 < first.cpu_s <= second.cpu_s
