"""How late what is played is heard."""

import numpy as np
import pytest

from game.clock import EAR_RATE
from game.sense.delay import EARLIEST, LATEST, WINDOW, DelayLine, find_delay
from game.sense.fractional import HALF, read_between
from game.sense.playback import Tape
from game.sense.voice_activity import Samples


def noise(count: int, seed: int) -> Samples:
    return np.random.default_rng(seed).normal(size=count).astype(np.float32) * 0.1


@pytest.mark.parametrize("delay", [EARLIEST + 200, 0, 1_000.5, 4_800, LATEST - 10])
def test_the_delay_is_found_under_a_voice_as_loud_as_the_echo(delay: float) -> None:
    played = noise(LATEST + WINDOW - EARLIEST + 2 * HALF, seed=1)
    heard = read_between(played, HALF + LATEST + np.arange(WINDOW) - delay)
    found = find_delay(heard + noise(WINDOW, seed=2), played[HALF:-HALF])
    assert found is not None
    assert found.sure
    assert found.delay == pytest.approx(delay, abs=0.2)


def test_where_there_is_no_echo_nothing_sure_is_found() -> None:
    for seed in range(20):
        found = find_delay(noise(WINDOW, seed), noise(LATEST + WINDOW - EARLIEST, seed + 100))
        assert found is not None
        assert not found.sure


def test_where_nothing_was_played_nothing_is_found() -> None:
    assert find_delay(noise(WINDOW, 1), np.zeros(LATEST + WINDOW - EARLIEST, np.float32)) is None


def test_a_line_tells_the_drift_and_goes_on_where_nothing_is_found() -> None:
    line = DelayLine()
    rng = np.random.default_rng(1)
    for second in range(20):
        line.add(second * EAR_RATE, 100.0 + 1.6 * second + rng.normal() * 0.2)
    assert line.slope * 1e6 == pytest.approx(100.0, abs=5.0)
    assert line.at(30 * EAR_RATE) == pytest.approx(148.0, abs=1.5)


def test_a_few_findings_tell_most_of_the_drift_so_that_the_line_does_not_lag() -> None:
    line = DelayLine()
    for half in range(4):
        line.add(half * EAR_RATE // 2, 100.0 + 0.8 * half)
    assert 85.0 < line.slope * 1e6 <= 100.0
    assert line.at(2 * EAR_RATE) == pytest.approx(103.2, abs=0.5)


def test_one_stray_finding_moves_no_line_and_two_that_agree_begin_another() -> None:
    line = DelayLine()
    for second in range(5):
        line.add(second * EAR_RATE, 100.0)
    line.add(5 * EAR_RATE, 900.0)
    assert line.at(5 * EAR_RATE) == pytest.approx(100.0)
    line.add(6 * EAR_RATE, 300.0)
    assert line.at(6 * EAR_RATE) == pytest.approx(100.0)
    line.add(7 * EAR_RATE, 301.0)
    assert line.at(7 * EAR_RATE) == pytest.approx(300.5, abs=0.5)


def test_after_a_jump_the_drift_is_still_known() -> None:
    line = DelayLine()
    for second in range(10):
        line.add(second * EAR_RATE, 1.6 * second)
    for second in range(10, 12):
        line.add(second * EAR_RATE, 500.0 + 1.6 * second)
    assert line.at(20 * EAR_RATE) == pytest.approx(532.0, abs=1.0)
    line.restart()
    assert not line.known
    assert line.slope == 0.0


def test_sound_is_read_between_its_samples() -> None:
    time = np.arange(400) / EAR_RATE
    places = HALF + 0.37 + np.arange(300) * 1.0001
    for hertz in (200.0, 3_000.0, 6_000.0):
        read = read_between(np.sin(2 * np.pi * hertz * time).astype(np.float32), places)
        assert np.abs(read - np.sin(2 * np.pi * hertz * places / EAR_RATE)).max() < 0.01


def test_a_tape_keeps_the_newest_by_their_numbers() -> None:
    tape = Tape(100)
    for start in range(0, 1_000, 7):
        tape.add(np.arange(start, start + 7, dtype=np.float32))
    assert tape.count == 1_001
    assert tape.read(950, 20).tolist() == list(range(950, 970))
    assert tape.read(996, 10).tolist() == [996, 997, 998, 999, 1_000, 0, 0, 0, 0, 0]
    assert tape.read(890, 12).tolist() == [0] * 11 + [901]
    tape.add(np.arange(5_000, dtype=np.float32))
    assert tape.read(tape.count - 2, 2).tolist() == [4_998, 4_999]


def test_a_tape_counts_what_it_could_not_keep() -> None:
    tape = Tape(100)
    row = noise(1_000, seed=5)
    tape.add(row[:30])
    tape.add(row[30:700])
    tape.add(row[700:720])
    assert tape.count == 720
    np.testing.assert_array_equal(tape.read(650, 60), row[650:710])
    assert not tape.read(500, 120).any()
