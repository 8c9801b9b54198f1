"""Labels for still hands: what makes no difference, what is learned, what is refused."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from game.interpret.static_hands import (
    FARTHEST,
    StaticHands,
    block_folds,
    cross_validate,
    features,
)
from tests.interpret.still_hands import POSES, still_hands

Floats = NDArray[np.float64]


def turned(points: Floats, degrees: float) -> Floats:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.asarray(points @ np.array([[c, s], [-s, c]]))


def test_place_size_and_turn_make_no_difference() -> None:
    _, hands = still_hands(2, seed=1)
    same = turned(hands, 130.0) * 250.0 + np.array([900.0, -40.0])
    np.testing.assert_allclose(features(same), features(hands), atol=1e-9)


def test_a_left_hand_is_known_from_right_hands() -> None:
    names, hands = still_hands(10, seed=2)
    learned = StaticHands.learn(hands, names)
    mirrored = hands * np.array([-1.0, 1.0])
    np.testing.assert_allclose(learned.scores(mirrored), learned.scores(hands), atol=1e-9)


def test_hands_of_another_player_get_their_names() -> None:
    names, hands = still_hands(20, seed=3)
    other_names, others = still_hands(20, seed=4)
    learned = StaticHands.learn(hands, names)
    assert learned.labels == tuple(sorted(str(pose) for pose in POSES))
    assert learned.name(turned(others, 70.0)) == other_names


def test_scores_say_how_sure_a_name_is() -> None:
    names, hands = still_hands(20, seed=3)
    other_names, others = still_hands(5, seed=5)
    learned = StaticHands.learn(hands, names)
    scores = learned.scores(others)
    rightly = [learned.labels.index(name) for name in other_names]
    assert scores[np.arange(len(others)), rightly].min() > 0.5
    assert np.sort(scores, axis=1)[:, -2].max() < 0.5


def test_a_rare_class_is_found_among_many() -> None:
    names, hands = still_hands(40, seed=6)
    rare = str(POSES[0])
    few = [row for row, name in enumerate(names) if name != rare or row % 10 == 0]
    learned = StaticHands.learn(hands[few], [names[row] for row in few])
    _, others = still_hands(10, seed=7, poses=POSES[:1])
    assert learned.name(others) == [rare] * 10


def test_folds_of_blocks_do_not_flatter() -> None:
    """Blocks of hands that hardly move, named by chance: dealt singly, rows seem known."""
    rng = np.random.default_rng(8)
    _, hands = still_hands(1, seed=8, poses=POSES[:1])
    poses = hands + rng.normal(scale=60.0, size=(40, 1, 21, 2))
    points = (poses + rng.normal(scale=0.01, size=(40, 5, 21, 2))).reshape(-1, 21, 2)
    labels = [name for _ in range(40) for name in [str(rng.integers(2))] * 5]

    def right(block: int) -> float:
        found = cross_validate(points, labels, block_folds(len(labels), folds=4, block=block))
        return sum(a == b for a, b in zip(labels, found, strict=True)) / len(labels)

    assert right(block=1) > 0.9
    assert right(block=5) < 0.7


@pytest.mark.parametrize("shift", [0, 37])
@pytest.mark.parametrize("rows", [101, 950, 2679])
def test_folds_hold_whole_blocks_and_each_row_once(rows: int, shift: int) -> None:
    folds = list(block_folds(rows, folds=10, block=100, shift=shift))
    assert sorted(np.concatenate(folds).tolist()) == list(range(rows))
    fold_of = {row: fold for fold, held_out in enumerate(folds) for row in held_out.tolist()}
    parted = [row for row in range(1, rows) if fold_of[row] != fold_of[row - 1]]
    assert parted == [row for row in range(1, rows) if (row + shift) % 100 == 0]


def test_one_block_cannot_be_tried() -> None:
    with pytest.raises(ValueError, match=r"100 rows: expected more than 100"):
        list(block_folds(100))


@pytest.mark.parametrize("bad", [math.nan, math.inf, FARTHEST * 2.0])
def test_what_is_no_coordinate_is_refused(bad: float) -> None:
    names, hands = still_hands(2, seed=9)
    learned = StaticHands.learn(hands, names)
    hands[3, 5, 1] = bad
    with pytest.raises(ValueError, match="no coordinate"):
        learned.name(hands)
    with pytest.raises(ValueError, match="no coordinate"):
        StaticHands.learn(hands, names)


def test_what_is_no_hand_is_refused() -> None:
    names, hands = still_hands(2, seed=9)
    with pytest.raises(ValueError, match="expected n x 21 x 2"):
        StaticHands.learn(hands[:, :20], names)
    with pytest.raises(ValueError, match="one label for each"):
        StaticHands.learn(hands, names[1:])
    with pytest.raises(ValueError, match="no size"):
        StaticHands.learn(hands * 0.0, names)


def test_no_hands_get_no_names() -> None:
    names, hands = still_hands(2, seed=9)
    assert StaticHands.learn(hands, names).name(hands[:0]) == []
