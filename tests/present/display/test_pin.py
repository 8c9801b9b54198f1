"""The four-corner pin: there and back, and what it refuses."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from game.present.display import pin

NEAR_CORNER = st.floats(0.0, 0.3)


@given(st.lists(NEAR_CORNER, min_size=8, max_size=8))
def test_a_pinned_point_finds_its_way_back(moves: list[float]) -> None:
    corners = (
        (moves[0], moves[1]),
        (1.0 - moves[2], moves[3]),
        (1.0 - moves[4], 1.0 - moves[5]),
        (moves[6], 1.0 - moves[7]),
    )
    assert pin.fault(corners) is None
    points = np.random.default_rng(1).uniform(0.0, 1.0, (20, 2))
    there = pin.through(pin.homography(corners), points)
    assert np.abs(pin.through(pin.back(corners), there) - points).max() < 1e-9


def test_the_picture_s_corners_land_on_the_pinned_ones() -> None:
    corners = ((0.05, 0.1), (0.9, 0.0), (1.0, 0.95), (0.0, 1.0))
    landed = pin.through(pin.homography(corners), np.array(pin.WHOLE))
    assert np.abs(landed - np.array(corners)).max() < 1e-12


def test_crossed_flipped_and_outside_corners_are_refused_by_name() -> None:
    crossed = pin.fault(((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)))
    assert crossed is not None
    assert "crossed" in crossed
    flipped = pin.fault(((1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)))
    assert flipped is not None
    assert "flipped" in flipped
    outside = pin.fault(((0.0, 0.0), (1.2, 0.0), (1.0, 1.0), (0.0, 1.0)))
    assert outside is not None
    assert "upper right" in outside


def test_a_dented_corner_is_named() -> None:
    dented = pin.fault(((0.6, 0.6), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    assert dented is not None
    assert "upper left" in dented
