from collections.abc import Iterator

import numpy as np
import pytest

from game.sense.synthetic.activities import ACTIVITIES
from game.sense.synthetic.everyday import Everyday
from game.sense.synthetic.gestures import show
from game.sense.synthetic.player import SIDES, Player, Style
from game.sense.synthetic.skeleton import Anatomy, Floats, hand_points

HELD_S = 0.3
STEP_S = 1.0 / 30.0


def evening(seed: int, seconds: float = 240.0) -> tuple[Player, Everyday]:
    rng = np.random.default_rng(seed)
    player = Player(seed, distance_m=1.0, anatomy=Anatomy.drawn(rng), style=Style.drawn(rng))
    everyday = Everyday(player)
    everyday.go_on(seconds)
    return player, everyday


def held(mask: np.ndarray) -> Iterator[float]:
    """When it was true for as long as one holds a gesture."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if (end - start) * STEP_S >= HELD_S:
            yield start * STEP_S


def meant(player: Player, seconds: float) -> list[tuple[str, float]]:
    """Poses that a player would hold to mean something, by the true posture and not by any recogniser."""
    t_s: Floats = np.arange(0.0, seconds, STEP_S)
    found = []
    for side in SIDES:
        s = player.hands[side].sample(t_s)
        bends = (s.posture[:, :4] + s.posture[:, 4:8]) / 2.0
        u, n = s.turn[:, :, 1], s.turn[:, :, 2]
        own = hand_points(
            player.anatomy,
            knuckles=s.posture[:, :4],
            joints=s.posture[:, 4:8],
            spread=s.posture[:, 8],
            thumb=s.posture[:, 9:12],
            touch=np.clip(s.posture[:, 12], 0.0, 1.0),
        )
        flat = bends.mean(axis=1) < 0.2
        poses = {
            "palm_out": flat & (n[:, 1] > 0.5) & (u[:, 2] > 0.35),
            "palm_up": flat & (n[:, 2] > 0.5) & (u[:, 2] < 0.6),
            "palm_down": flat & (n[:, 2] < -0.5) & (u[:, 2] < 0.6),
            "grasp": bends.mean(axis=1) > 0.8,
            "pinch": np.linalg.norm(own[:, 4] - own[:, 8], axis=1) < 0.3,
            "point": (bends[:, 0] < 0.25) & (bends[:, 1:].min(axis=1) > 0.65),
            "rude": (bends[:, 1] < 0.25) & (bends[:, [0, 2, 3]].min(axis=1) > 0.65),
        }
        visible = s.posture[:, 13] < 0.5
        found += [(name, t) for name, mask in poses.items() for t in held(mask & visible)]
    return found


def test_nothing_in_it_is_meant() -> None:
    for seed in range(6):
        player, everyday = evening(seed)
        assert [(name, everyday.doing(t)) for name, t in meant(player, 240.0)] == []


def test_the_check_for_what_is_meant_sees_what_is_meant() -> None:
    player = Player(1)
    player.wait(1.0)
    truths = [
        show(player, name) for name in ("palm_out", "palm_up", "palm_down", "grasp", "pinch", "point", "rude")
    ]
    assert {truth.action for truth in truths} == {name for name, _ in meant(player, player.now_s)}


def test_it_comes_near_to_gestures() -> None:
    flat = turning = 0.0
    for seed in range(6):
        player, _ = evening(seed)
        s = player.hands["right"].sample(np.arange(0.0, 240.0, STEP_S))
        bends = s.posture[:, :8].mean(axis=1)
        facing = (s.turn[:, 1, 2] > 0.5) & (s.turn[:, 2, 1] > 0.35)
        flat += float((bends < 0.35).mean()) / 6.0
        turning += float((facing & (bends < 0.45)).mean()) / 6.0
    assert flat > 0.05  # Half open hands ...
    assert turning > 0.004  # ... and palms that half open face the camera.


@pytest.mark.parametrize("name", sorted(ACTIVITIES))
def test_every_activity_goes_by_without_a_jump(name: str) -> None:
    player = Player(2, distance_m=0.8)
    everyday = Everyday(player)
    player.wait(1.0)
    start_s = player.now_s
    for _ in range(3):
        everyday.do(name)
    assert player.now_s > start_s + 1.0
    assert everyday.doing(start_s + 0.1) == name
    for hand in player.hands.values():
        s = hand.sample(np.arange(0.0, player.now_s + 1.0, 0.01))
        assert np.abs(np.diff(s.place, axis=0)).max() < 0.06  # Nobody is quicker than 6 m/s.
        assert np.abs(np.diff(s.posture[:, :8], axis=0)).max() < 0.2
        assert np.abs(np.diff(s.turn, axis=0)).max() < 0.35
        assert s.place[:, 1].min() > 0.1


def test_an_hour_holds_everything_and_the_same_seed_gives_the_same_one() -> None:
    _, long = evening(3, 3600.0)
    assert {long.doing(t) for t in np.arange(1.0, 3600.0, 0.5)} >= set(ACTIVITIES)
    a, b, c = (
        evening(seed, 60.0)[0].hands["left"].sample(np.arange(0.0, 60.0, 0.1)).place for seed in (7, 7, 8)
    )
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
