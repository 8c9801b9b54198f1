import pytest

from game.interpret.latch import Latch, Thresholds

RULE = Thresholds(on=0.6, off=0.3, hold_s=0.1, release_s=0.1)


def run(latch: Latch, scores: list[float], *, fps: float, start_s: float = 0.0) -> list[tuple[bool, float]]:
    """(began, time) of every change."""
    changes = []
    for i, score in enumerate(scores):
        t_s = start_s + i / fps
        if latch.feed(score, t_s, 1.0 / fps):
            changes.append((latch.active, t_s))
    return changes


@pytest.mark.parametrize("fps", [7.5, 15.0, 30.0, 60.0])
def test_hold_is_in_seconds_whatever_the_camera(fps: float) -> None:
    frames = round(fps)
    changes = run(Latch(RULE), [0.0] * frames + [0.9] * frames + [0.0] * frames, fps=fps)
    assert [began for began, _ in changes] == [True, False]
    began_s, ended_s = frames / fps, 2 * frames / fps
    assert began_s <= changes[0][1] <= began_s + 0.1 + 1e-6
    assert ended_s <= changes[1][1] <= ended_s + 0.1 + 1e-6


def test_a_flicker_shorter_than_the_hold_is_nothing() -> None:
    assert run(Latch(RULE), [0.0, 0.9, 0.9, 0.0, 0.9, 0.9, 0.0], fps=30.0) == []


def test_a_single_slow_frame_is_enough() -> None:
    changes = run(Latch(RULE), [0.0, 0.9, 0.0, 0.0], fps=7.5)
    assert [began for began, _ in changes] == [True, False]


def test_between_the_thresholds_nothing_changes() -> None:
    latch = Latch(RULE)
    run(latch, [0.5] * 30, fps=30.0)
    assert not latch.active
    run(latch, [0.9] * 10, fps=30.0, start_s=1.0)
    run(latch, [0.4] * 30, fps=30.0, start_s=2.0)
    assert latch.active


def test_the_gesture_is_dated_from_its_first_frame_to_its_last() -> None:
    latch = Latch(RULE)
    run(latch, [0.0] * 3 + [0.9] * 12 + [0.0] * 9, fps=30.0)
    assert (latch.start_s, latch.end_s) == pytest.approx((3 / 30.0, 14 / 30.0))


def test_cooldown_forbids_a_second_beginning() -> None:
    rule = Thresholds(on=0.6, off=0.3, hold_s=0.0, release_s=0.0, cooldown_s=0.5)
    changes = run(Latch(rule), [0.9, 0.0, 0.9, 0.0, *[0.9] * 20], fps=30.0)
    assert [began for began, _ in changes] == [True, False, True]
    assert changes[2][1] - changes[1][1] >= 0.5


def test_a_short_dip_is_forgiven_where_the_rule_says_so_and_a_long_one_is_not() -> None:
    forgiving = Thresholds(on=0.6, off=0.3, hold_s=0.3, release_s=0.1, forgive_s=0.1)
    scores = [0.9] * 6 + [0.0] * 2 + [0.9] * 4
    assert [began for began, _ in run(Latch(forgiving), scores, fps=30.0)] == [True]
    assert run(Latch(Thresholds(on=0.6, off=0.3, hold_s=0.3)), scores, fps=30.0) == []
    assert run(Latch(forgiving), [0.9] * 6 + [0.0] * 4 + [0.9] * 4, fps=30.0) == []


def test_the_time_of_a_forgiven_dip_does_not_count() -> None:
    forgiving = Thresholds(on=0.6, off=0.3, hold_s=0.3, forgive_s=0.1)
    assert run(Latch(forgiving), ([0.9] * 2 + [0.0] * 2) * 2 + [0.9] * 2, fps=30.0) == []


def test_a_frame_may_ask_for_a_quicker_end() -> None:
    latch = Latch(RULE)
    run(latch, [0.9] * 10, fps=30.0)
    assert not latch.feed(0.0, 0.34, 1.0 / 30.0)
    assert latch.feed(0.0, 0.37, 1.0 / 30.0, release_s=0.02)
    assert not latch.active
