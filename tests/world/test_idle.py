"""What happens when nothing else does, and what the Child's replies ask of it."""

import pytest

from game.interpret.intents import Walk
from game.world.effects import Ask, PlaySound, Say
from game.world.geometry import distance
from game.world.state import Doing, Pose, Scene
from game.world.step import begin
from npc.contract import Exchange
from tests.world.players import Evening, hand, said


def at_the_fork(seed: int, *, trust: float = 15.0, along_m: float = 18.0) -> Evening:
    """An evening that stands at the fork, its first minute over; the light is stolen."""
    play = Evening(begin(seed))
    world = play.world
    world.tick, world.scene, world.trust = 60 * 70, Scene.FORK, trust
    world.scene_since_s = world.talk.silent_since_s = world.time_s
    world.player.along_m, world.player.towed = along_m, False
    world.light_stolen = world.child.has_light = True
    world.child.pose, world.child.body, world.child.eyes = Pose.STAND, 1.0, 1.0
    world.story.marks["companion test"] = world.time_s
    return play


def told(play: Evening) -> list[tuple[str, str]]:
    return [(one.character, one.line) for one in play.effects if isinstance(one, Say)]


def heard_of(play: Evening) -> list[float]:
    """When somebody gave a sign of life: a line, a giggle, an answer to the silence."""
    return [
        round(play.world.time_s, 1)
        for one in play.effects
        if isinstance(one, Say | Ask) or (isinstance(one, PlaySound) and one.name == "giggle")
    ]


def test_a_quiet_player_is_giggled_at_spoken_to_advised_and_brought_a_light() -> None:
    play = at_the_fork(4)
    signs: list[float] = []
    fetched = False
    for second in range(105):
        before = len(heard_of(play))
        if second == 75:
            # Some of the long quiet is not waited for.
            play.world.tick += 60 * 20
        play.run(1.0)
        signs += [play.world.time_s] * (len(heard_of(play)) - before)
        antic = play.world.child.antic
        fetched = fetched or (antic is not None and antic.doing is Doing.FETCH)
    assert 20.0 < signs[0] - 70.0 < 40.0
    assert ("child", "get_lost") in told(play)
    assert ("companion", "nudge_rude") in told(play)
    assert fetched


def test_who_speaks_is_not_idle() -> None:
    play = at_the_fork(4)
    for number in range(4):
        play.run(10.0, heard=(said("a cave is a cave", 0.0, utterance=number),))
    assert told(play) == []
    assert not any(isinstance(one, PlaySound) and one.name == "giggle" for one in play.effects)


def test_a_player_who_is_away_is_not_spoken_to() -> None:
    play = at_the_fork(4)
    play.world.camera_on = True
    play.run(30.0)
    assert heard_of(play) == []


def test_it_swore_and_the_companion_says_so_and_is_overheard_once() -> None:
    play = at_the_fork(4)
    play.world.history.append(Exchange(player="hello", reply="Keep up, big shit."))
    play.world.story.marks["told to get lost"] = 0.0
    play.world.story.marks["idle count"] = 2.0
    play.run(28.0)
    assert told(play)[:2] == [("companion", "nudge_swear"), ("child", "overheard")]
    play.world.story.marks["idle count"] = 2.0
    play.world.tick += 60 * 20
    play.run(6.0)
    assert ("companion", "nudge_palm") in told(play)
    assert [line for _, line in told(play)].count("overheard") == 1


def test_it_bars_the_way_and_taunts_whoever_runs_against_it() -> None:
    play = at_the_fork(4)
    play.run(8.0)
    play.world.story.actions.append("block")
    play.run(3.0)
    antic = play.world.child.antic
    assert antic is not None
    assert (antic.doing, antic.phase) == (Doing.BLOCK, "stand")
    assert play.world.child.gesture == "block"
    before_m = play.world.player.along_m
    play.run(1.5, walk=Walk(speed=1.0), hands=(hand((0.5, -0.4)),))
    assert play.world.player.along_m - before_m < 0.6
    assert distance(play.world.player.position, play.world.child.position) > 0.9
    assert ("child", "theft_taunt") in told(play)
    play.run(6.0)
    assert play.world.child.antic is None
    play.run(1.5, walk=Walk(speed=1.0))
    assert play.world.player.along_m - before_m > 0.8


@pytest.mark.parametrize(("trust", "given"), [(90.0, True), (60.0, False)])
def test_a_friend_alone_brings_the_light_back(trust: float, given: bool) -> None:
    play = at_the_fork(4, trust=trust)
    play.world.story.actions.append("give_light")
    play.run(8.0)
    assert play.world.light_stolen is not given
    assert play.world.child.has_light is not given
    assert play.world.story.actions == []


def test_who_is_led_and_stands_still_is_waited_for() -> None:
    play = at_the_fork(4)
    play.world.scene, play.world.weary = Scene.LEAD, 0.0
    play.run(9.0)
    assert told(play) == [("child", "leading_wait")]
    play.world.tick += 60 * 24
    play.run(6.0)
    assert told(play)[1:] == [("companion", "nudge_walk")]


def test_who_is_held_at_the_end_of_the_way_stands() -> None:
    play = at_the_fork(4)
    play.world.player.along_m = play.world.cave.tunnels[0].length_m - 5.0
    play.run(1.0, walk=Walk(speed=1.0))
    assert play.world.player.speed_mps == 0.0
