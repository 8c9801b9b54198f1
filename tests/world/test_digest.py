import dataclasses

from game.interpret.intents import Walk
from game.world.digest import world_hash
from game.world.state import LightWords
from game.world.step import begin
from tests.world.players import Evening, hand


def test_the_same_seed_and_intents_give_the_same_world() -> None:
    hashes = []
    for _ in range(2):
        play = Evening(begin(9))
        play.run(6.0, hands=(hand((0.1, 0.2)),), walk=Walk(speed=0.7))
        hashes.append(world_hash(play.world))
    assert hashes[0] == hashes[1]


def test_any_difference_that_matters_changes_the_hash() -> None:
    world = begin(9)
    first = world_hash(world)
    world.trust += 1.0
    second = world_hash(world)
    world.words.append(LightWords(text="hi", born_s=0.0, lasts_s=1.0, kind="heard"))
    third = world_hash(world)
    world.paint[0, 3, 3] = 0.5
    fourth = world_hash(world)
    assert len({first, second, third, fourth}) == 4


def test_differences_of_floating_point_do_not_change_the_hash() -> None:
    world = begin(9)
    first = world_hash(world)
    world.player.head = (1e-9, -1e-9, 1e-9)
    assert world_hash(world) == first
    assert dataclasses.is_dataclass(world)
