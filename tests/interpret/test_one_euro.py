import math

import numpy as np
import pytest

from game.interpret.one_euro import OneEuro


def reference(
    samples: list[float], times_s: list[float], *, min_cutoff_hz: float, beta: float
) -> list[float]:
    """The recurrences of the paper, one number at a time, written down independently."""

    def alpha(cutoff: float, dt: float) -> float:
        tau = 1.0 / (2.0 * math.pi * cutoff)
        return 1.0 / (1.0 + tau / dt)

    out = [samples[0]]
    speed = 0.0
    for i in range(1, len(samples)):
        dt = times_s[i] - times_s[i - 1]
        a = alpha(1.0, dt)
        speed = a * (samples[i] - out[-1]) / dt + (1.0 - a) * speed
        a = alpha(min_cutoff_hz + beta * abs(speed), dt)
        out.append(a * samples[i] + (1.0 - a) * out[-1])
    return out


@pytest.mark.parametrize("start_s", [0.0, 12.5])
def test_filter_follows_the_published_recurrences_from_any_start(start_s: float) -> None:
    rng = np.random.default_rng(4)
    times = list(start_s + np.cumsum(np.concatenate([[0.0], rng.uniform(0.01, 0.15, 80)])))
    samples = list(np.sin(np.array(times) * 3.0) + rng.normal(0.0, 0.05, 81))
    euro = OneEuro(min_cutoff_hz=1.0, beta=0.7)
    got = [float(euro([x], t)[0]) for x, t in zip(samples, times, strict=True)]
    assert got == pytest.approx(reference(samples, times, min_cutoff_hz=1.0, beta=0.7), abs=1e-9)


def test_first_sample_at_time_zero_counts() -> None:
    euro = OneEuro(min_cutoff_hz=1.0)
    euro([10.0], 0.0)
    assert 0.0 < euro([0.0], 1.0 / 30.0)[0] < 10.0


def test_a_time_that_does_not_rise_changes_nothing() -> None:
    euro = OneEuro(min_cutoff_hz=1.0)
    euro([1.0], 1.0)
    before = float(euro([2.0], 1.1)[0])
    assert float(euro([99.0], 1.1)[0]) == before
    assert float(euro([99.0], 0.5)[0]) == before


def test_still_point_is_calmed_and_quick_point_is_followed() -> None:
    rng = np.random.default_rng(1)
    still, quick = (
        OneEuro(min_cutoff_hz=1.0, beta=5.0, together=True),
        OneEuro(min_cutoff_hz=1.0, beta=5.0, together=True),
    )
    noise = rng.normal(0.0, 0.01, (120, 2))
    calmed = np.array([still(noise[i], i / 30.0) for i in range(120)])
    assert calmed[30:].std() < 0.6 * noise[30:].std()
    for i in range(60):
        place = quick([4.0 * i / 30.0, 0.0], i / 30.0)
    lag_s = (4.0 * 59 / 30.0 - place[0]) / 4.0
    assert lag_s < 0.02


def test_a_change_of_unit_is_no_movement() -> None:
    euro = OneEuro(min_cutoff_hz=1.0, beta=5.0)
    euro([1.0], 0.0)
    euro.shift([2.0])
    assert float(euro([2.0], 0.1)[0]) == 2.0
