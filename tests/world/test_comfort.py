"""A tired arm gets the thread early, and is offered rest."""

import pytest

from game.interpret.intents import Arms
from game.world.commands import start_again
from game.world.state import Scene
from game.world.step import begin
from game.world.story import tows
from tests.world.players import Evening

TIRED = Arms(left=0.1, right=0.8)


@pytest.mark.parametrize(("scene", "seconds"), [(Scene.WALK, 6.0), (Scene.LEAD, 4.0)])
def test_the_thread_tows_a_tired_player_who_does_not_walk(scene: Scene, seconds: float) -> None:
    moved = {}
    for arms in (Arms(), TIRED):
        play = Evening(begin(4))
        play.run(0.2)
        play.world.weary = arms.most
        play.world.scene, play.world.scene_since_s = scene, play.world.time_s
        before_m = play.world.player.along_m
        play.run(seconds, arms=arms)
        moved[arms] = play.world.player.along_m - before_m
        assert tows(play.world) is (arms is TIRED)
    assert moved[Arms()] == 0.0
    assert moved[TIRED] > 1.0


def test_who_wants_no_motion_but_their_own_is_never_towed() -> None:
    play = Evening(begin(4))
    play.run(0.2)
    play.world.player.towed = False
    for scene in (Scene.WALK, Scene.FORK, Scene.LEAD):
        play.world.scene, play.world.scene_since_s = scene, play.world.time_s - 30.0
        before_m = play.world.player.along_m
        play.run(2.0, arms=TIRED)
        assert play.world.player.along_m == before_m
    start_again(play.world)
    assert not play.world.player.towed


def test_rest_is_offered_once_in_a_while() -> None:
    play = Evening(begin(4))
    play.world.story.hand_seen_s = 0.0  # No word about lifting a hand comes between.
    play.run(10.0, arms=Arms(right=0.3))
    assert not any("rest" in word.text for word in play.world.words)
    play.run(5.5, arms=TIRED)
    assert [word.text for word in play.world.words if "rest" in word.text]
    offered_s = play.world.story.marks["hint rest"]
    play.run(30.0, arms=TIRED)
    assert play.world.story.marks["hint rest"] == offered_s
    play.run(70.0, arms=TIRED)
    assert play.world.story.marks["hint rest"] > offered_s


def test_the_world_notices_slowly_and_forgets_when_the_arm_has_rested() -> None:
    play = Evening(begin(4))
    play.run(0.5, arms=TIRED)
    assert play.world.weary < 0.2
    play.run(15.0, arms=TIRED)
    assert play.world.weary == pytest.approx(0.8, abs=0.02)
    play.run(15.0)
    assert play.world.weary < 0.05
