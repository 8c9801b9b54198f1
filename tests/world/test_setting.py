"""The picture's corners set by hand and voice: pinch and pull, thumb up, kept or refused."""

import pytest

from game.clock import TICK_S
from game.interpret.intents import Action, ActionValue, GestureEvent, HandIntent, Intents, Walk
from game.sense.observations import CommandHeard
from game.world.corners import WHOLE, fault
from game.world.state import World
from game.world.step import begin, step


def pinching(aim: tuple[float, float], active: bool = True) -> HandIntent:
    pinch = ActionValue(value=1.0, ready=True, confidence=1.0, active=active)
    return HandIntent(side="right", confidence=1.0, aim=aim, shape=((0.0, 0.0, 0.0),) * 21,
                      actions={Action.PINCH: pinch}, age_s=0.0)  # fmt: skip


def shown(action: Action) -> Intents:
    return Intents(
        gestures=(
            GestureEvent(name=action, side="right", start_s=0.0, end_s=None, value=1.0, confidence=1.0),
        )
    )


def told(command: str) -> Intents:
    return Intents(commands=(CommandHeard(at_s=0.0, name=command, end_s=0.0, confidence=1.0),))


def pull(world: World, by: tuple[float, float]) -> None:
    """Pinches at rest, pulls by so many radians, and lets go."""
    for part in (0.0, 0.5, 1.0):
        step(world, Intents(hands=(pinching((part * by[0], part * by[1])),)))
    step(world, Intents(hands=(pinching(by, active=False),)))


def words(world: World) -> str:
    return " ".join(word.text for word in world.words if word.kind == "hint")


def test_four_corners_are_pulled_and_kept() -> None:
    world = begin(3)
    step(world, told("set the screen"))
    assert world.paused
    assert "upper left" in words(world)
    wanted = []
    for by in ((0.2, -0.1), (-0.1, -0.2), (-0.2, 0.1), (0.1, 0.2)):
        pull(world, by)
        assert world.setting is not None
        wanted.append(world.setting.corners[world.setting.number])
        step(world, shown(Action.THUMB_UP))
    assert world.setting is not None
    assert world.setting.kept is True
    assert world.setting.corners == tuple(wanted)
    assert all(a != b for a, b in zip(wanted, WHOLE, strict=True))
    assert fault(world.setting.corners) is None
    step(world, Intents())
    assert world.setting is None
    assert not world.paused


def test_a_game_that_was_paused_before_stays_so() -> None:
    world = begin(3)
    step(world, told("pause"))
    step(world, told("set the screen"))
    step(world, told("stop"))
    step(world, Intents())
    assert world.setting is None
    assert world.paused


def test_a_corner_follows_the_hand_as_it_is_seen_and_more_slowly() -> None:
    world = begin(3)
    step(world, told("set the screen"))
    pull(world, (0.3, -0.1))
    assert world.setting is not None
    x, y = world.setting.corners[0]
    assert 0.02 < x < 0.3
    assert 0.0 < y < 0.1
    pull(world, (-2.0, 2.0))
    assert world.setting.corners[0] == (0.0, 0.0)


@pytest.mark.parametrize("way", ["stop", "thumb", "time"])
def test_it_is_given_up_and_nothing_is_kept(way: str) -> None:
    world = begin(3)
    step(world, told("set the screen"))
    pull(world, (0.2, -0.1))
    if way == "stop":
        step(world, told("stop"))
    elif way == "thumb":
        step(world, shown(Action.THUMB_DOWN))
    else:
        for _ in range(round(61.0 / TICK_S)):
            if world.setting is None or world.setting.kept is not None:
                break
            step(world, Intents())
    assert world.setting is not None
    assert world.setting.kept is False
    step(world, Intents())
    assert world.setting is None
    assert not world.paused


def test_crossed_corners_are_refused_with_a_sentence_and_can_be_mended() -> None:
    world = begin(3)
    step(world, told("set the screen"))
    assert world.setting is not None
    world.setting.corners = ((0.8, 0.8), *WHOLE[1:])
    step(world, told("go on"))
    assert world.setting.number == 0
    assert "crossed or dented" in words(world)
    step(world, told("save"))
    assert world.setting.kept is None
    pull(world, (-3.0, 3.0))
    step(world, told("go on"))
    assert world.setting.number == 1


def test_while_corners_are_set_nothing_else_is_meant() -> None:
    world = begin(3)
    step(world, told("set the screen"))
    place = world.player.along_m
    level = world.level
    for _ in range(30):
        step(
            world,
            Intents(
                walk=Walk(speed=1.5), hands=(pinching((0.0, 0.0)),), commands=told("gentle words").commands
            ),
        )
    assert world.player.along_m == place
    assert world.level == level
    assert world.talk.question is None
