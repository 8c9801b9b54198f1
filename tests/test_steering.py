"""Asking a headset's display with words and hands: to begin anew, and to turn the cave."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from game.interpret.intents import Action, Head, Intents, Vec3, Walk
from game.sense.observations import CommandHeard, Side
from game.steering import Steering
from tests.world.players import hand as plain_hand


class Display:
    def __init__(self) -> None:
        self.asked: list[str | int] = []

    def recentre(self) -> None:
        self.asked.append("recentre")

    def turn(self, steps: int) -> None:
        self.asked.append(steps)


def hand(side: Side, at: Vec3 | None, action: Action) -> object:
    return replace(plain_hand((0.0, 0.0), action), side=side, at_m=at)


def palms(left: Vec3 | None = (-0.2, 0.4, 1.1), right: Vec3 | None = (0.2, 0.4, 1.1)) -> Intents:
    return Intents(hands=(hand("left", left, Action.PALM_DOWN), hand("right", right, Action.PALM_DOWN)))  # type: ignore[arg-type]


def steer(*frames: tuple[float, Intents]) -> list[str | int]:
    display = Display()
    steering = Steering(display)
    for now_s, intents in frames:
        steering.tick(intents, now_s)
    return display.asked


def test_both_palms_held_still_begin_anew_once() -> None:
    assert steer(*((t / 10, palms()) for t in range(40))) == ["recentre"]
    # Let go and held again, it is asked for again.
    again = [
        *((t / 10, palms()) for t in range(12)),
        (1.3, Intents()),
        *((t / 10, palms()) for t in range(14, 30)),
    ]
    assert steer(*again) == ["recentre", "recentre"]


def test_one_palm_moving_palms_and_a_webcams_palms_ask_nothing() -> None:
    one = Intents(hands=(hand("left", (0.0, 0.4, 1.1), Action.PALM_DOWN),))  # type: ignore[arg-type]
    assert steer(*((t / 10, one) for t in range(40))) == []
    assert steer(*((t / 10, palms(left=(-0.2, 0.4, 1.1 + 0.05 * t))) for t in range(40))) == []
    assert steer(*((t / 10, palms(left=None, right=None)) for t in range(40))) == []


def test_the_word_begins_anew() -> None:
    said = CommandHeard(at_s=0.1, name="recenter", end_s=0.1, confidence=1.0)
    assert steer((0.0, Intents()), (0.1, Intents(commands=(said,)))) == ["recentre"]


def fist(x: float, *, walk: float = 0.0, head: Vec3 = (0.0, 0.0, 0.0)) -> Intents:
    return Intents(
        hands=(hand("right", (x, 0.4, 1.2), Action.GRASP),),  # type: ignore[arg-type]
        walk=Walk(speed=walk), head=Head(present=True, offset_m=head),
    )  # fmt: skip


def drawn(*way: tuple[float, float], fist_of: Callable[[float], Intents] = fist) -> list[str | int]:
    """What a fist asks for that goes straight from one of these to the next: seconds, metres to the right."""
    display = Display()
    steering = Steering(display, fist=True)
    for (begin_s, begin), (end_s, end) in pairwise(way):
        count = round((end_s - begin_s) * 60)
        for n in range(count):
            steering.tick(fist_of(begin + (end - begin) * n / count), begin_s + n / 60)
    return display.asked


def test_a_fist_that_is_held_and_drawn_aside_turns_the_cave_step_by_step() -> None:
    assert drawn((0.0, 0.1), (0.6, 0.1), (1.2, -0.16)) == [1]
    assert drawn((0.0, -0.1), (0.6, -0.1), (1.2, 0.16)) == [-1]
    # Drawn on, it turns once; held again and drawn on, once more.
    assert drawn((0.0, 0.2), (0.6, 0.2), (1.4, -0.3)) == [1]
    assert drawn((0.0, 0.2), (0.6, 0.2), (1.2, -0.05), (1.8, -0.05), (2.4, -0.3)) == [1, 1]


def test_a_fist_turns_nothing_unless_that_is_wished() -> None:
    drawn_aside = [(n / 60, fist(0.3 - 0.01 * max(0, n - 40))) for n in range(90)]
    assert steer(*drawn_aside) == []


def test_a_fist_that_was_never_still_that_throws_or_walks_turns_nothing() -> None:
    assert drawn((0.0, 0.3), (1.0, -0.3)) == []
    # Wound up and flung.
    assert drawn((0.0, 0.2), (0.6, 0.2), (0.75, -0.3)) == []
    assert drawn((0.0, 0.2), (1.0, 0.2)) == []
    assert drawn((0.0, 0.1), (0.6, 0.1), (1.2, -0.2), fist_of=lambda x: fist(x, walk=0.8)) == []
    aside = drawn((0.0, 0.2), (0.6, 0.2), (1.2, 0.6), fist_of=lambda x: fist(x, head=(x - 0.2, 0.0, 0.0)))
    assert aside == []
