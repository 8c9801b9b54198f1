"""A headset as a sense: hands, head and controllers become observations, and absence pauses the world."""

import math

import pytest

from game.headset import HeadsetSenses, as_pointer
from game.interpret.interpreter import Interpreter
from game.present.display.headset.display import News, Tracked
from game.present.display.headset.runtime import Controller, Joints, Pose
from game.sense.evening_log import decode, encode
from game.sense.observations import (
    HandsSeen,
    HeadSeen,
    Observation,
    PlayerAway,
    PlayerBack,
    PointerMoved,
)
from game.world.state import World
from game.world.step import begin, step

STRAIGHT = (1.0, 0.0, 0.0, 0.0)
HEAD = Pose(at_m=(0.1, 0.2, 1.7), turn=STRAIGHT)
HAND = Joints(side="right", places=tuple((0.2 + 0.01 * n, 0.5, 1.3 + 0.004 * n) for n in range(26)), sure=0.9)


class Visor:
    def __init__(self) -> None:
        self.tracked: Tracked | None = None
        self.waiting: list[News] = []

    def news(self) -> list[News]:
        told, self.waiting = self.waiting, []
        return told


def only(found: list[Observation], kind: type) -> list[Observation]:
    return [one for one in found if isinstance(one, kind)]


def turned(azimuth_rad: float) -> tuple[float, float, float, float]:
    return math.cos(azimuth_rad / 2), 0.0, 0.0, -math.sin(azimuth_rad / 2)


def controller(side: str, *, azimuth_rad: float = 0.0, select: float = 0.0, walk: float = 0.0) -> Controller:
    pose = Pose(at_m=(0.2, 0.3, 1.2), turn=turned(azimuth_rad))
    return Controller(side=side, grip=pose, aim=pose, select=select, walk=walk)


def test_hands_and_head_are_told_once_a_frame() -> None:
    visor = Visor()
    senses = HeadsetSenses(visor)
    assert senses.until(0.1) == []
    visor.tracked = Tracked(head=HEAD, hands=(HAND,))
    found = senses.until(0.2)
    hands = only(found, HandsSeen)[0]
    assert isinstance(hands, HandsSeen)
    assert [(hand.side, hand.score) for hand in hands.hands] == [("right", 0.9)]
    head = only(found, HeadSeen)[0]
    assert isinstance(head, HeadSeen)
    assert head.from_rest
    assert head.position_m == pytest.approx((0.1, -0.2, 0.2))
    assert senses.until(0.21) == []
    # What is told fits through the log of an evening.
    assert [decode(_plain(encode(one))) for one in found] == found


def _plain(item: object) -> object:
    import json

    return json.loads(json.dumps(item))


def test_hands_that_leave_are_told_as_gone_and_a_headset_that_leaves_too() -> None:
    visor = Visor()
    senses = HeadsetSenses(visor)
    visor.tracked = Tracked(head=HEAD, hands=(HAND,))
    senses.until(0.1)
    visor.tracked = Tracked(head=HEAD)
    gone = only(senses.until(0.2), HandsSeen)
    assert [one.hands for one in gone if isinstance(one, HandsSeen)] == [()]
    visor.tracked = None
    left = senses.until(0.3)
    assert [one.present for one in left if isinstance(one, HeadSeen)] == [False]


def test_controllers_are_the_last_resort() -> None:
    visor = Visor()
    senses = HeadsetSenses(visor)
    visor.tracked = Tracked(head=HEAD, hands=(HAND,), controllers=(controller("right"),))
    assert only(senses.until(0.1), PointerMoved) == []
    visor.tracked = Tracked(head=HEAD, controllers=(controller("right", select=0.9, walk=0.8),))
    moved = only(senses.until(0.2), PointerMoved)
    assert moved == [PointerMoved(at_s=0.2, x=0.5, y=0.5, pinch=True, walk=True)]
    visor.tracked = Tracked(head=HEAD, controllers=(controller("right", select=0.9, walk=0.8),))
    assert only(senses.until(0.3), PointerMoved) == []


def test_the_controller_that_is_pressed_points() -> None:
    aside = math.radians(17.5)
    right = controller("right", azimuth_rad=aside)
    assert as_pointer((controller("left"), right), 0.0).x == pytest.approx(0.75)
    pressed = controller("left", azimuth_rad=-aside, select=1.0)
    moved = as_pointer((pressed, right), 0.0)
    assert moved.x == pytest.approx(0.25)
    assert moved.pinch
    assert as_pointer((controller("right", azimuth_rad=2.0),), 0.0).x == 1.0


def live(world: World, *news: Observation) -> None:
    interpreter = Interpreter()
    step(world, interpreter.tick(news, world.time_s))


def test_the_world_is_told_where_the_hole_in_the_floor_is() -> None:
    visor, world = Visor(), begin(7)
    senses = HeadsetSenses(visor)
    visor.tracked = Tracked(head=HEAD, hole_rad=-0.5)
    live(world, *senses.until(0.1))
    assert world.player.hole_rad == -0.5


def test_nothing_happens_behind_the_players_back() -> None:
    visor = Visor()
    senses = HeadsetSenses(visor)
    world = begin(7)
    visor.waiting = [News(here=False, sentence="The headset is put down: the game waits.")]
    live(world, *senses.until(0.1))
    assert world.paused
    visor.waiting = [News(here=True, sentence="You are in the headset.")]
    live(world, *senses.until(0.2))
    assert not world.paused


def test_a_pause_that_the_player_asked_for_outlives_the_absence() -> None:
    world = begin(7)
    world.paused = True
    live(world, PlayerAway(at_s=0.0, reason="Away."))
    live(world, PlayerBack(at_s=0.0, what="Back."))
    assert world.paused


def test_coming_back_without_having_left_changes_nothing() -> None:
    world = begin(7)
    live(world, PlayerBack(at_s=0.0, what="Back."))
    assert not world.paused
