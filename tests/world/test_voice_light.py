"""The voice as light: how far it shows, how long it stays, and where words go."""

from game.interpret.intents import Intents, Speech
from game.world import light
from game.world.cave import grow
from game.world.state import Wave, World


def world() -> World:
    return World(seed=7, cave=grow(7))


def heard(db: float, seconds: float) -> World:
    one = world()
    for _ in range(round(seconds * 60)):
        one.tick += 1
        light.voice(one, Intents(speech=Speech(speaking=True, since_s=0.0, loudness_db=db, voiced=True)))
    return one


def test_a_whisper_shows_the_hand_and_a_shout_the_hall() -> None:
    whisper, shout = (heard(db, 0.1).waves[0] for db in (-40.0, -10.0))
    assert 0.8 < whisper.reach_m < 2.0
    assert shout.reach_m > 35.0
    assert whisper.strength < 0.1
    assert shout.strength == 1.0


def test_a_long_call_keeps_no_more_rings_than_are_drawn_and_drops_none_that_shines() -> None:
    waves = heard(-10.0, 12.0).waves
    assert len(waves) <= light.MOST_WAVES
    ages = [12.0 - wave.born_s for wave in waves]
    assert max(ages) > 5.0


def test_words_fly_to_the_child_where_it_is_seen() -> None:
    one = world()
    light.show_words(one, "you lamp", "heard")
    assert one.words[-1].toward == ""
    one.child.body = 1.0
    light.show_words(one, "you lamp", "heard")
    assert one.words[-1].toward == "child"
    light.show_words(one, "rest", "hint")
    assert one.words[-1].toward == ""


def test_reach_grows_with_strength() -> None:
    reaches = [Wave(origin=(0, 0, 0), born_s=0.0, strength=s / 10).reach_m for s in range(11)]
    assert reaches == sorted(reaches)
