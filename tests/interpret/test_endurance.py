import math

import pytest

from game.interpret.endurance import RECOVERY_S, Arm, endurance_s, torque_share

SHOULDER = (0.0, 0.0, 0.0)
STRETCHED = (0.0, -0.6, 0.0)
AT_EASE = (0.0, -0.3, -0.2)
LAP = (0.05, -0.3, -0.48)


@pytest.mark.parametrize(("share", "seconds"), [(20.0, 385.0), (25.0, 225.0), (40.0, 97.0)])
def test_endurance_follows_the_published_curve(share: float, seconds: float) -> None:
    assert endurance_s(share) == pytest.approx(seconds, abs=15.0)


def test_a_small_load_can_be_held_for_ever() -> None:
    assert math.isinf(endurance_s(15.0))
    assert math.isinf(endurance_s(0.0))


def test_a_stretched_arm_costs_most_and_a_hand_in_the_lap_nothing() -> None:
    costs = [torque_share(palm, SHOULDER) for palm in (STRETCHED, (0.0, -0.45, 0.1), AT_EASE, LAP)]
    assert costs == sorted(costs, reverse=True)
    assert 25.0 < costs[0] < 40.0
    assert costs[2] < 15.0
    assert costs[3] == 0.0


def test_an_arm_that_is_farther_than_arms_are_counts_as_stretched() -> None:
    assert torque_share((0.0, -9.0, 0.0), SHOULDER) == pytest.approx(
        torque_share(STRETCHED, SHOULDER), rel=0.05
    )


def test_a_stretched_arm_is_spent_in_some_minutes_and_fresh_after_a_rest() -> None:
    arm = Arm()
    for i in range(30 * 60):
        arm.hold(STRETCHED, SHOULDER, i / 30.0)
    half = arm.spent
    assert 0.25 < half < 0.75
    arm.rest(60.0 + RECOVERY_S)
    assert arm.spent == 0.0


def test_what_an_arm_has_spent_is_between_nothing_and_all_at_any_frame_rate() -> None:
    spent = []
    for fps in (7.5, 60.0):
        arm = Arm()
        for i in range(round(100 * fps)):
            arm.hold(STRETCHED, SHOULDER, i / fps)
        spent.append(arm.spent)
        for i in range(round(100 * fps), round(400 * fps)):
            arm.hold(STRETCHED, SHOULDER, i / fps)
        assert arm.spent == 1.0
    assert spent[0] == pytest.approx(spent[1], rel=0.02)


def test_an_arm_that_was_away_has_rested() -> None:
    arm = Arm()
    for i in range(1800):
        arm.hold(STRETCHED, SHOULDER, i / 30.0)
    before = arm.spent
    arm.hold(STRETCHED, SHOULDER, 60.0 + 20.0)
    assert arm.spent < before - 0.15
