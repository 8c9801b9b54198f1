import math
from dataclasses import replace

import pytest

from game.interpret.hand_features import HandFeatures, measure
from game.interpret.together import Together
from game.sense.hand_model import Pose
from game.sense.observations import Side
from game.sense.synthetic_player import Stroke
from tests.interpret.hands import perform

ASPECT = 16.0 / 9.0


TO_EACH_OTHER = (0.9, 0.3, -0.3)
TO_THE_PICTURE = (0.1, 0.9, -0.4)


def hand(
    side: Side, right_palms: float, down_palms: float, normal: tuple[float, float, float] = TO_EACH_OTHER
) -> HandFeatures:
    seen = perform([Stroke(t_s=0.0, pose=Pose.OPEN, side=side)], until_s=0.0)[0]
    measured = measure(seen.hands[0], aspect=ASPECT)
    assert measured is not None
    palm = measured.palm_width
    place = (0.5 + right_palms * palm, 0.5 + down_palms * palm * ASPECT)
    return replace(measured, normal=normal, palm_image=place)


def rubbed(*, apart_palms: float, left_palms: float, right_palms: float, fps: float = 30.0) -> list[bool]:
    """Whether two hands were busy with each other in each frame of two seconds of going to and fro."""
    together, told = Together(), []
    for i in range(round(2.0 * fps)):
        swing = math.sin(math.tau * 1.8 * i / fps)
        hands = [hand("left", 0.0, left_palms * swing), hand("right", apart_palms, -right_palms * swing)]
        told.append(together.feed(hands, i / fps, aspect=ASPECT))
    return told


@pytest.mark.parametrize("fps", [7.5, 30.0])
def test_hands_that_rub_are_busy_with_each_other(fps: float) -> None:
    told = rubbed(apart_palms=0.8, left_palms=0.25, right_palms=0.25, fps=fps)
    assert not told[0]
    assert all(told[round(fps) :])


def test_a_hand_that_works_near_one_that_rests_is_not() -> None:
    assert not any(rubbed(apart_palms=0.8, left_palms=0.02, right_palms=0.5))


def test_two_palms_that_push_side_by_side_are_not() -> None:
    together = Together()
    for i in range(30):
        apart = 0.3 + 0.025 * i  # In the picture palms that come nearer part.
        pair = [hand("left", -apart, 0.0, TO_THE_PICTURE), hand("right", apart, 0.0, TO_THE_PICTURE)]
        assert not together.feed(pair, i / 30.0, aspect=ASPECT)


def test_two_hands_that_move_far_from_each_other_are_not() -> None:
    assert not any(rubbed(apart_palms=2.5, left_palms=0.5, right_palms=0.5))


def test_hands_that_part_are_free_again() -> None:
    together = Together()
    for i in range(30):
        swing = 0.25 * math.sin(math.tau * 1.8 * i / 30.0)
        together.feed([hand("left", 0.0, swing), hand("right", 0.8, -swing)], i / 30.0, aspect=ASPECT)
    assert together.feed([hand("left", -1.5, 0.0), hand("right", 1.5, 0.0)], 1.2, aspect=ASPECT)
    assert not together.feed([hand("left", -1.5, 0.0), hand("right", 1.5, 0.0)], 1.8, aspect=ASPECT)
