import os
import signal
from collections.abc import Iterator

import pytest

from game.workers.link import Target, WorkerLink
from game.workers.messages import Advance
from tests.workers.bodies import run_broken, run_echo


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
