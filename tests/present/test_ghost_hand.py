"""The ghost that shows how to walk: two fingers step in turn, its motes lie on the skin of its bones."""

import numpy as np

from game.present.hands import GHOST, _ghost_skin, ghost_shape


def test_two_fingers_step_in_turn_and_the_rest_is_held() -> None:
    shapes = np.array([ghost_shape(t) for t in np.linspace(0.0, 0.8, 17)])
    index, middle = shapes[:, 8, 1], shapes[:, 12, 1]
    assert np.ptp(index) > 0.06
    assert np.ptp(middle) > 0.06
    assert np.corrcoef(index, middle)[0, 1] < -0.5
    assert np.ptp(shapes[:, 20, 1] - shapes[:, 0, 1]) < 1e-9


def test_motes_lie_on_bones_of_the_hand_no_thicker_than_its_back() -> None:
    cloud, stray = _ghost_skin(20, np.random.default_rng(1))
    assert len(cloud) == len(stray) > 20 * 14
    assert (stray[:, 3] == GHOST).all()
    assert set(np.unique(cloud[:, :2])) <= set(range(21))
    away = np.sqrt((stray[:, :2] ** 2).sum(axis=1))
    assert away.max() < 0.045
    # Only the forearm goes on past the end of its bone by more than a fingertip.
    far = cloud[cloud[:, 2] > 1.6]
    assert {(int(a), int(b)) for a, b, _ in far} == {(9, 0)}
