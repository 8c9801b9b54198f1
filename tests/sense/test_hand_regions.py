import math

import numpy as np
import pytest

from game.sense.hand_regions import (
    Points,
    anchor_centres,
    palm_centre,
    palm_length,
    square_of_hand,
    square_of_palm,
    window_about,
)


def open_hand(x: float = 300.0, y: float = 200.0, palm: float = 100.0, turn_rad: float = 0.0) -> Points:
    """(21, 3) landmarks of a hand that points up, turned clockwise about its wrist at ``x``, ``y``."""
    points = np.zeros((21, 3), dtype=np.float32)
    for finger, across in enumerate((-0.5, -0.3, 0.0, 0.3, 0.5)):
        for joint in range(4):
            points[1 + 4 * finger + joint, :2] = (
                across,
                -(1.0 + 0.25 * joint if finger else 0.3 + 0.2 * joint),
            )
    c, s = math.cos(turn_rad), math.sin(turn_rad)
    points[:, :2] = points[:, :2] @ np.array([[c, s], [-s, c]]) * palm + (x, y)
    return points


def test_a_square_stands_over_a_hand_that_points_up() -> None:
    square = square_of_hand(open_hand())
    assert square.turn_rad == pytest.approx(0.0, abs=1e-6)
    assert square.x == pytest.approx(300.0, abs=1.0)
    assert square.y < 200.0
    assert 200.0 < square.side < 300.0  # twice the hand without its fingertips


@pytest.mark.parametrize("turn", [0.4, -1.2, 2.8])
def test_the_square_turns_with_the_hand(turn: float) -> None:
    straight, turned = square_of_hand(open_hand()), square_of_hand(open_hand(turn_rad=turn))
    assert turned.turn_rad == pytest.approx(turn, abs=1e-5)
    assert turned.side == pytest.approx(straight.side, rel=1e-5)
    # The same landmark is at the same place of its square, however the hand is turned.
    for points, square in ((open_hand(), straight), (open_hand(turn_rad=turn), turned)):
        matrix = square.to_picture()
        inside = np.linalg.solve(matrix[:, :2], points[8, :2] - matrix[:, 2])
        assert inside == pytest.approx([0.36, 0.14], abs=0.06)


def test_a_palm_s_square_reaches_up_to_the_fingers() -> None:
    square = square_of_palm((100.0, 200.0, 200.0, 300.0), np.array([150.0, 300.0]), np.array([150.0, 210.0]))
    assert (square.x, square.y) == pytest.approx((150.0, 200.0))
    assert square.side == pytest.approx(260.0)
    assert square.turn_rad == pytest.approx(0.0)


def test_corners_of_a_square_lie_around_its_middle() -> None:
    square = square_of_hand(open_hand(turn_rad=0.7))
    matrix = square.to_picture()
    corners = np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]) @ matrix[:, :2].T + matrix[:, 2]
    assert corners.mean(axis=0) == pytest.approx([square.x, square.y], abs=1e-3)
    assert np.hypot(*(corners[1] - corners[0])) == pytest.approx(square.side)


def test_palms_are_measured_from_the_wrist_to_the_middle_finger() -> None:
    points = open_hand(palm=80.0)
    assert palm_length(points) == pytest.approx(80.0)
    assert palm_centre(points)[1] == pytest.approx(200.0 - 0.8 * 80.0, abs=1.0)


def test_a_window_is_pushed_into_the_picture() -> None:
    window = window_about(10.0, 700.0, 300.0, width=1280, height=720)
    assert (window.x, window.y, window.width, window.height) == (0, 420, 300, 300)
    whole = window_about(10.0, 10.0, 5000.0, width=64, height=48)
    assert (whole.x, whole.y, whole.width, whole.height) == (0, 0, 64, 48)


def test_anchors_are_two_on_every_fine_cell_and_six_on_every_coarse_one() -> None:
    anchors = anchor_centres()
    assert anchors.shape == (2016, 2)
    assert anchors[0].tolist() == anchors[1].tolist() == pytest.approx([0.5 / 24, 0.5 / 24])
    assert anchors[2].tolist() == pytest.approx([1.5 / 24, 0.5 / 24])
    assert anchors[1152].tolist() == anchors[1157].tolist() == pytest.approx([0.5 / 12, 0.5 / 12])
