"""How the Child listens: in the player's pauses, and with a sound before its words."""

from dataclasses import replace

from game.interpret.intents import Intents, Speech
from game.world.effects import Effect, PlaySound, StopClip
from game.world.state import Scene, World
from game.world.step import begin, step
from tests.world.players import Evening, said, sentence, understood


def met() -> World:
    world = begin(3)
    world.scene = Scene.FORK
    world.story.marks["companion test"] = 0.0
    return world


def talking(world: World, seconds: float, *, before_s: float = 0.0) -> list[Effect]:
    """The player speaks for so long, then falls silent for three ticks without ending the turn."""
    effects: list[Effect] = []
    for tick in range(round(seconds * 60)):
        speech = Speech(speaking=True, since_s=before_s + tick / 60, sounding_s=tick / 60)
        effects += step(world, Intents(speech=speech))
    for tick in range(3):
        effects += step(world, Intents(speech=Speech(speaking=True, since_s=before_s + seconds + tick / 60)))
    return effects


def sounds(effects: list[Effect]) -> list[str]:
    return [effect.name for effect in effects if isinstance(effect, PlaySound)]


def test_it_nods_in_the_tick_in_which_the_voice_falls() -> None:
    world = met()
    talking(world, 1.0)
    assert world.child.gesture == "nod"
    assert world.tick - round(world.child.gesture_since_s * 60) == 2


def test_it_blinks_in_the_tick_of_any_pause_but_does_not_flutter() -> None:
    world = met()
    talking(world, 0.4)
    first_s = world.listening.blinked_s
    assert world.tick - round(first_s * 60) == 2
    assert world.child.gesture is None
    talking(world, 0.4, before_s=0.4)
    assert world.listening.blinked_s == first_s
    talking(world, 0.6, before_s=0.9)
    assert world.listening.blinked_s > first_s
    unseen = met()
    unseen.scene = Scene.WALK
    talking(unseen, 1.0)
    assert unseen.listening.blinked_s < 0.0


def test_a_word_is_no_reason_to_nod_nor_a_gesture_that_it_is_making_to_be_dropped() -> None:
    world = met()
    talking(world, 0.4)
    assert world.child.gesture is None
    world.child.gesture, world.child.gesture_since_s = "stare", world.time_s
    talking(world, 1.0)
    assert world.child.gesture == "stare"


def test_after_a_while_of_talk_it_makes_a_sound_that_fits_its_mood_but_not_in_every_pause() -> None:
    world = met()
    world.child.mood = "warming"
    assert sounds(talking(world, 4.0)) == ["hm"]
    assert sounds(talking(world, 2.0, before_s=4.0)) == []
    hostile = met()
    hostile.child.mood = "hostile"
    assert sounds(talking(hostile, 4.0)) == ["grunt"]


def test_its_sound_gives_way_when_the_player_goes_on() -> None:
    world = met()
    hum = [effect for effect in talking(world, 4.0) if isinstance(effect, PlaySound)]
    effects = talking(world, 0.2, before_s=4.0)
    assert [effect.clip for effect in effects if isinstance(effect, StopClip)] == [hum[0].clip]


def test_before_it_is_seen_it_gives_no_sign() -> None:
    world = met()
    world.scene = Scene.WALK
    assert sounds(talking(world, 4.0)) == []
    assert world.child.gesture is None


def test_it_laughs_before_the_words_come_and_stops_for_them() -> None:
    play = Evening(met(), answers=False)
    play.run(0.1, heard=(said("you absolute turnip", 1.0),))
    question = play.asked()[0]
    play.replies = [replace(understood(question), gesture="laugh")]
    effects = play.run(0.05)
    assert sounds(effects) == ["laugh"]
    play.replies = [sentence(1)]
    effects = play.run(0.5)
    laugh = next(e.clip for e in play.effects if isinstance(e, PlaySound) and e.name == "laugh")
    assert laugh in [effect.clip for effect in effects if isinstance(effect, StopClip)]


def test_it_does_not_grunt_twice_in_a_row() -> None:
    play = Evening(met(), answers=False)
    heard: list[str] = []
    for turn in (1, 2):
        play.run(0.1, heard=(said("no", 1.0, utterance=turn),))
        play.replies = [replace(understood(play.asked()[-1]), gesture="turn_away")]
        heard += sounds(play.run(0.1))
    assert heard == ["grunt"]
