import math

from game.clock import TICK_S
from game.interpret.intents import Intents, Walk
from game.sense.observations import CommandHeard, CommandTakenBack
from game.world.effects import StopClip
from game.world.geometry import turn
from game.world.state import Scene, World
from game.world.step import begin, step
from tests.world.players import Evening, ended, hand, said, sentence, understood


def order(world: World, name: str) -> None:
    step(world, Intents(commands=(CommandHeard(at_s=world.time_s, name=name, end_s=0.0, confidence=1.0),)))


def test_light_and_sound_follow_the_voice_and_stay_within_reason() -> None:
    world = begin(1)
    for _ in range(20):
        order(world, "louder")
        order(world, "brighter")
    assert world.volume == 2.0
    assert world.brightness == 2.5
    for _ in range(40):
        order(world, "quieter")
        order(world, "darker")
    assert world.volume == 0.1
    assert world.brightness == 0.3


def test_words_can_be_made_gentle_and_foul_again() -> None:
    world = begin(1)
    order(world, "gentle words")
    assert world.level == "gentle"
    order(world, "film words")
    assert world.level == "film"


def test_a_pause_holds_the_player_and_the_voices_until_it_is_lifted() -> None:
    play = Evening(begin(1))
    play.world.scene = Scene.FORK
    order(play.world, "pause")
    before = play.world.player.along_m
    play.run(3.0, walk=Walk(speed=1.0), heard=(said("hello", 1.0),))
    assert play.world.player.along_m == before
    assert play.played() == []
    play.run(3.0, walk=Walk(speed=1.0), commands=("go on",))
    assert play.world.player.along_m > before
    assert "child-1-0" in play.played()


def test_turning_around_turns_the_view_and_the_walk() -> None:
    play = Evening(begin(1))
    play.world.scene, play.world.player.along_m = Scene.FORK, 10.0
    ahead = play.world.player.yaw_rad
    order(play.world, "turn around")
    play.run(4.0, walk=Walk(speed=1.0))
    assert abs(turn(play.world.player.yaw_rad - ahead - math.pi)) < 0.6
    assert play.world.player.along_m < 9.0
    play.run(30.0, walk=Walk(speed=1.0))
    assert play.world.player.along_m >= 1.0


def test_look_turns_the_child_s_eyes_to_where_the_hand_points_for_a_while() -> None:
    play = Evening(begin(1))
    play.world.scene = Scene.FORK
    order(play.world, "look")
    play.run(0.5, hands=(hand((0.5, 0.2)),))
    assert play.world.child.look_at == play.world.hands[0].target
    play.run(5.0, hands=(hand((0.5, 0.2)),))
    assert play.world.child.look_at != play.world.hands[0].target


def test_starting_again_begins_in_the_dark_and_stops_who_speaks() -> None:
    play = Evening(begin(1), answers=False)
    play.world.scene, play.world.trust, play.world.level = Scene.FORK, 60.0, "gentle"
    play.run(2.0, hands=(hand(),), heard=(said("hello", 1.0),))
    play.replies = [understood(play.asked()[0]), sentence(1, "One two three four five six"), ended(1)]
    play.run(0.6)
    tick = play.world.tick
    play.run(TICK_S, commands=("start again",))
    assert play.world.trust == 60.0
    effects = play.run(TICK_S, commands=("start again",))
    assert any(isinstance(effect, StopClip) for effect in effects)
    assert play.world.scene is Scene.DARK
    assert play.world.trust == 15.0
    assert play.world.level == "gentle"
    assert play.world.paint.max() == 0.0
    assert play.world.tick == tick + 2
    play.run(40 * TICK_S)
    assert play.world.scene is Scene.DARK


def take_back(world: World, name: str, end_s: float = 0.0) -> None:
    step(world, Intents(taken_back=(CommandTakenBack(at_s=world.time_s, name=name, end_s=end_s),)))


def test_a_command_that_is_taken_back_leaves_all_as_it_was() -> None:
    world = begin(1)
    before = (world.volume, world.brightness, world.paused, world.player.backwards, world.player.bears)
    for name in ("louder", "darker", "pause", "turn around", "turn left"):
        order(world, name)
    changed = (world.volume, world.brightness, world.paused, world.player.backwards, world.player.bears)
    assert all(new != old for new, old in zip(changed, before, strict=True))
    for name in ("turn left", "turn around", "pause", "darker", "louder"):
        take_back(world, name)
    after = (world.volume, world.brightness, world.paused, world.player.backwards, world.player.bears)
    assert after == before


def test_what_has_been_wanted_since_is_not_undone() -> None:
    world = begin(1)
    order(world, "pause")
    order(world, "go on")
    take_back(world, "pause")
    assert not world.paused
    order(world, "louder")
    take_back(world, "louder", end_s=3.0)
    assert world.volume > 1.0


def test_told_to_turn_the_player_takes_that_way_at_the_fork() -> None:
    for name, side in (("turn left", 0), ("turn right", 1)):
        play = Evening(begin(1))
        play.world.scene = Scene.LEAD
        tunnel = play.world.cave.tunnels[0]
        play.world.player.along_m = tunnel.length_m - 0.5
        order(play.world, name)
        play.run(2.0, walk=Walk(speed=1.0))
        assert play.world.player.tunnel == tunnel.next[side]
        assert play.world.player.bears == 0
