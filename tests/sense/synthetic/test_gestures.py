import numpy as np
import pytest

from game.sense.observations import Side
from game.sense.synthetic.gestures import GESTURES, performance, show
from game.sense.synthetic.movement import Sampled
from game.sense.synthetic.player import Player, Style, Truth
from game.sense.synthetic.skeleton import Anatomy, hand_points

ACTIONS = {
    "point", "pinch", "grasp", "palm_out", "palm_up", "palm_down", "push", "throw", "walk", "call",
    "thumb_up", "thumb_down", "rude",
}  # fmt: skip


def one(
    variant: str, *, seed: int = 1, side: Side = "right", hold_s: float | None = None
) -> tuple[Player, Truth]:
    player = Player(seed, distance_m=0.8, style=Style())
    player.wait(1.0)
    return player, show(player, variant, side, hold_s=hold_s)


def sampled(player: Player, truth: Truth, *moments: float) -> Sampled:
    return player.hands[truth.sides[0]].sample(np.array(moments))


def test_every_action_of_the_language_can_be_performed() -> None:
    truths = performance(Player(1))
    assert {truth.action for truth in truths} == ACTIONS
    assert {truth.variant for truth in truths} == set(GESTURES)


@pytest.mark.parametrize("variant", sorted(GESTURES))
def test_the_truth_is_in_order_and_inside_the_performance(variant: str) -> None:
    for seed in range(10):
        player, truth = one(variant, seed=seed)
        assert truth.prepared_s <= truth.begin_s < truth.shown_s <= truth.end_s < player.now_s
        assert truth.end_s - truth.begin_s < 12.0


@pytest.mark.parametrize(
    "variant", ["point", "palm_out", "palm_up", "palm_down", "thumb_up", "thumb_down", "rude", "grasp"]
)
def test_a_pose_is_complete_when_it_is_shown_and_kept_until_its_end(variant: str) -> None:
    for seed in range(5):
        player, truth = one(variant, seed=seed)
        states = sampled(player, truth, truth.shown_s, 0.5 * (truth.shown_s + truth.end_s), truth.end_s)
        for k in (1, 2):
            assert states.posture[k] == pytest.approx(states.posture[0], abs=1e-6)
            assert states.turn[k] == pytest.approx(states.turn[0], abs=1e-6)
            assert states.place[k] == pytest.approx(states.place[0], abs=1e-3)


def test_a_pinch_touches_while_it_is_shown_and_not_before() -> None:
    for seed in range(10):
        player, truth = one("pinch", seed=seed)
        s = sampled(player, truth, truth.begin_s - 0.01, truth.shown_s, truth.end_s)
        own = hand_points(
            Anatomy(),
            knuckles=s.posture[:, :4],
            joints=s.posture[:, 4:8],
            spread=s.posture[:, 8],
            thumb=s.posture[:, 9:12],
            touch=s.posture[:, 12],
        )
        gap = np.linalg.norm(own[:, 4] - own[:, 8], axis=1)
        assert gap[0] > 0.35
        assert (gap[1:] < 0.15).all()


def test_a_push_comes_nearer_and_a_throw_is_quick_where_it_lets_go() -> None:
    player, truth = one("push")
    away = sampled(player, truth, truth.begin_s, truth.shown_s).place[:, 1]
    assert away[0] - away[1] > 0.15
    player, truth = one("throw")
    t = np.linspace(truth.begin_s, truth.shown_s, 60)
    place = player.hands["right"].sample(t).place
    speed = np.linalg.norm(np.diff(place, axis=0), axis=1) / (t[1] - t[0])
    assert speed.max() > 1.0


@pytest.mark.parametrize("variant", ["walk_air", "walk_table"])
def test_two_fingers_walk_in_turn(variant: str) -> None:
    player, truth = one(variant, hold_s=3.0)
    t = np.arange(truth.begin_s, truth.end_s + 0.2, 0.005)
    posture = player.hands["right"].sample(t).posture
    difference = posture[:, 0] - posture[:, 1]
    bends = np.flatnonzero(np.diff(np.sign(np.diff(difference))) != 0).tolist()
    turns = [k for k in bends if abs(difference[k] - difference[0]) > 0.1]
    assert len(turns) == truth.steps
    assert posture[:, 2:4].min() > posture[:, :2].max() + 0.2  # The other two are folded.


def test_held_and_placed_as_asked() -> None:
    player = Player(3, distance_m=1.0)
    player.wait(1.0)
    truth = show(player, "palm_out", "left", hold_s=3.0, where=(0.25, 0.4))
    assert truth.end_s - truth.shown_s == pytest.approx(3.0)
    assert sampled(player, truth, truth.shown_s).place[0] == pytest.approx(player.at(0.25, 0.4), abs=1e-6)


def test_nobody_does_it_twice_in_the_same_way_but_the_same_seed_does() -> None:
    player = Player(4)
    player.wait(1.0)
    first, second = show(player, "point", "right"), show(player, "point", "right")
    a = player.hands["right"].sample(np.array([first.shown_s, second.shown_s]))
    assert np.abs(a.turn[0] - a.turn[1]).max() > 0.01
    assert [truth.shown_s for truth in performance(Player(5))] == [
        truth.shown_s for truth in performance(Player(5))
    ]


def test_an_unknown_gesture_is_refused() -> None:
    with pytest.raises(ValueError, match="no gesture called salute"):
        show(Player(1), "salute")
