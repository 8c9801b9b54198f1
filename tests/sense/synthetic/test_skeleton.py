import math

import numpy as np
import pytest

from game.sense.synthetic.skeleton import Anatomy, Floats, hand_points

BONES = [(a, a + 1) for finger in range(5) for a in range(4 * finger + 1, 4 * finger + 4)]


def hands(anatomy: Anatomy, count: int, seed: int = 0) -> Floats:
    rng = np.random.default_rng(seed)
    return hand_points(
        anatomy,
        knuckles=rng.uniform(-1.0, 2.0, (count, 4)),
        joints=rng.uniform(-1.0, 2.0, (count, 4)),
        spread=rng.uniform(0.0, 1.0, count),
        thumb=rng.normal(0.5, 1.0, (count, 3)),
        touch=rng.uniform(0.0, 1.0, count),
    )


def test_bones_keep_their_length_whatever_is_asked_of_them() -> None:
    points = hands(Anatomy(), 200)
    for a, b in BONES:
        lengths = np.linalg.norm(points[:, a] - points[:, b], axis=1)
        assert lengths == pytest.approx(lengths[0], rel=1e-6)


def test_no_finger_bends_farther_than_fingers_do() -> None:
    closed, more = (
        hand_points(
            Anatomy(),
            knuckles=np.full((1, 4), bend),
            joints=np.full((1, 4), bend),
            spread=np.zeros(1),
            thumb=np.ones((1, 3)),
            touch=np.zeros(1),
        )
        for bend in (1.05, 3.0)
    )
    assert more == pytest.approx(closed)


def test_long_fingers_are_longer_and_a_broad_palm_is_broader() -> None:
    usual, other = (
        hand_points(
            anatomy,
            knuckles=np.zeros((1, 4)),
            joints=np.zeros((1, 4)),
            spread=np.zeros(1),
            thumb=np.ones((1, 3)),
            touch=np.zeros(1),
        )[0]
        for anatomy in (Anatomy(), Anatomy(fingers=(1.1, 1.0, 1.0, 0.9), breadth=1.2))
    )
    assert math.dist(other[5], other[8]) == pytest.approx(1.1 * math.dist(usual[5], usual[8]))
    assert math.dist(other[17], other[20]) == pytest.approx(0.9 * math.dist(usual[17], usual[20]))
    assert other[5, 0] - other[17, 0] == pytest.approx(1.2 * (usual[5, 0] - usual[17, 0]))


def test_people_differ_but_have_hands() -> None:
    people = [Anatomy.drawn(np.random.default_rng(seed)) for seed in range(50)]
    assert len({person.palm_m for person in people}) == 50
    assert all(0.07 <= person.palm_m <= 0.11 for person in people)
    assert all(0.8 < length < 1.2 for person in people for length in person.fingers)
