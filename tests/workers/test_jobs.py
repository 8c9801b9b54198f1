import threading
from collections.abc import Iterator

from game.workers.jobs import GameJobs, RealJobs, Result

LATENCY = {"reply": 0.1, "reply_2": 0.4, "reply_3": 0.2, "line": 0.05}


def three() -> Iterator[str]:
    yield "understood"
    yield "first"
    yield "second"


def broken() -> Iterator[str]:
    yield "first"
    raise OSError("gone")


def values(results: list[Result]) -> list[object]:
    return [result.value for result in results if not result.last]


def test_on_the_game_clock_each_item_comes_at_its_row_of_the_table() -> None:
    jobs = GameJobs(LATENCY)
    jobs.submit("mind", "reply", three, now_s=1.0)
    assert values(jobs.poll(1.09)) == []
    assert values(jobs.poll(1.1)) == ["understood"]
    assert values(jobs.poll(1.49)) == []
    assert values(jobs.poll(1.5)) == ["first"]
    last = jobs.poll(1.7)
    assert values(last) == ["second"]
    assert last[-1].last


def test_on_the_game_clock_a_cancelled_job_is_never_heard_of() -> None:
    jobs = GameJobs(LATENCY)
    job = jobs.submit("mind", "reply", three, now_s=0.0)
    jobs.poll(0.2)
    jobs.cancel(job)
    assert jobs.poll(10.0) == []


def test_a_failure_comes_after_the_items_before_it_and_closes_the_job() -> None:
    jobs = GameJobs(LATENCY)
    jobs.submit("mind", "reply", broken, now_s=0.0)
    results = jobs.poll(10.0)
    assert values(results) == ["first"]
    assert results[-1].last
    assert isinstance(results[-1].error, OSError)


def test_results_of_several_jobs_come_in_the_order_of_their_times() -> None:
    jobs = GameJobs(LATENCY)
    jobs.submit("mind", "reply", three, now_s=0.0)
    jobs.submit("mind", "line", lambda: iter(["line"]), now_s=0.0)
    assert values(jobs.poll(10.0)) == ["line", "understood", "first", "second"]


def drain(jobs: RealJobs, until: int) -> list[Result]:
    found: list[Result] = []
    waited = threading.Event()
    for _ in range(2000):
        found += jobs.poll(0.0)
        if sum(result.last for result in found) >= until:
            break
        waited.wait(0.002)
    return found


def test_on_the_real_clock_lanes_work_side_by_side() -> None:
    jobs = RealJobs(("hear", "mind"))
    held = threading.Event()

    def slow() -> Iterator[str]:
        held.wait(5.0)
        yield "slow"

    jobs.submit("mind", "reply", slow, now_s=0.0)
    jobs.submit("hear", "transcript", lambda: iter(["quick"]), now_s=0.0)
    assert values(drain(jobs, 1)) == ["quick"]
    held.set()
    assert values(drain(jobs, 1)) == ["slow"]
    jobs.close()


def test_on_the_real_clock_a_failure_is_a_result_and_the_lane_goes_on() -> None:
    jobs = RealJobs(("mind",))
    jobs.submit("mind", "reply", broken, now_s=0.0)
    jobs.submit("mind", "line", lambda: iter(["alive"]), now_s=0.0)
    results = drain(jobs, 2)
    assert values(results) == ["first", "alive"]
    assert [type(result.error) for result in results if result.last] == [OSError, type(None)]
    jobs.close()
