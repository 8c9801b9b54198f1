"""Questions that are put before the player's turn is over."""

from dataclasses import replace

from game.interpret.intents import Intents, Speech
from game.world.effects import Ask, Settled
from game.world.state import Scene
from game.world.step import begin, step
from tests.world.players import Evening, ended, said, sentence, so_far, understood


def evening(*, answers: bool = True) -> Evening:
    world = begin(3)
    world.scene = Scene.FORK
    world.story.marks["companion test"] = 0.0
    return Evening(world, answers=answers)


def test_the_answer_stands_ready_when_the_turn_is_over() -> None:
    play = evening()
    play.run(0.5, so_far=(so_far("hello", 1.0),))
    assert [(one.question.text, one.early) for one in play.effects if isinstance(one, Ask)] == [
        ("hello", True)
    ]
    assert play.played() == []
    play.run(0.05, heard=(said("hello", 1.5),))
    assert play.played() == ["child-1-0"]
    assert len(play.asked()) == 1
    assert [one.turn for one in play.effects if isinstance(one, Settled)] == [1]
    play.run(3.0)
    assert [exchange.player for exchange in play.world.history] == ["hello"]


def test_a_player_who_goes_on_takes_the_words_back_and_nothing_of_them_is_left() -> None:
    play = evening(answers=False)
    play.run(0.1, so_far=(so_far("you are ugly", 1.0),))
    trust, gesture = play.world.trust, play.world.child.gesture
    play.replies = [
        understood(play.asked()[0], events=("insult_again",)), sentence(1, "So are you."), ended(1),
    ]  # fmt: skip
    play.run(0.2)
    play.run(0.3, speaking=True)
    assert play.withdrawn() == [1]
    assert (play.world.trust, play.world.child.gesture) == (trust, gesture)
    play.run(2.0, heard=(said("you are ugly but i like you", 3.0),))
    assert [question.text for question in play.asked()] == ["you are ugly", "you are ugly but i like you"]
    assert play.played() == []
    assert play.world.history == []


def test_words_may_come_before_the_silence_counts_as_a_pause() -> None:
    play = evening()
    speech = Speech(speaking=True)
    step(play.world, Intents(speech=speech, heard_so_far=(so_far("hello", 1.0),)))
    step(play.world, Intents(speech=speech))
    assert play.world.talk.early
    step(play.world, Intents(speech=replace(speech, sounding_s=0.06)))
    assert not play.world.talk.early


def test_trust_moves_when_the_turn_is_over() -> None:
    play = evening(answers=False)
    trust = play.world.trust
    play.run(0.1, so_far=(so_far("you are kind", 1.0),))
    play.replies = [understood(play.asked()[0], events=("kind_word",))]
    play.run(0.1)
    assert play.world.trust == trust
    play.run(0.1, heard=(said("you are kind", 1.5),))
    assert play.world.trust > trust


def test_other_words_at_the_end_are_asked_again() -> None:
    play = evening()
    play.run(0.3, so_far=(so_far("where are you", 1.0),))
    play.run(1.0, heard=(said("where are you from", 1.5),))
    assert play.withdrawn() == [1]
    assert play.played() == ["child-2-0"]


def test_words_without_an_end_are_forgotten() -> None:
    play = evening()
    play.run(4.0, so_far=(so_far("hello", 1.0),))
    assert play.withdrawn() == [1]
    assert play.played() == []
    assert play.world.talk.question is None


def test_nothing_is_asked_early_while_somebody_speaks_or_another_question_waits() -> None:
    play = evening(answers=False)
    play.run(0.1, heard=(said("hello", 1.0),))
    play.run(0.1, so_far=(so_far("who are you", 1.5),))
    assert len(play.asked()) == 1
    play.replies = [understood(play.asked()[0]), sentence(1, "One two three four five six"), ended(1)]
    play.run(0.5)
    assert play.world.talk.current is not None
    play.run(0.1, so_far=(so_far("who are you", 2.5),))
    assert len(play.asked()) == 1


def test_going_on_after_the_turn_was_told_may_be_asked_early_too() -> None:
    play = evening(answers=False)
    play.run(0.1, heard=(said("ever tried", 1.0, utterance=1),))
    play.run(0.1, so_far=(so_far("ever tried ever failed", 2.0, extends=1),))
    play.run(0.1, heard=(said("ever tried ever failed", 2.5, utterance=2, extends=1),))
    assert play.withdrawn() == [1]
    assert [question.text for question in play.asked()] == ["ever tried", "ever tried ever failed"]
    play.replies = [understood(play.asked()[1]), sentence(2), ended(2)]
    play.run(3.0)
    assert [exchange.player for exchange in play.world.history] == ["ever tried ever failed"]


def test_a_mhm_after_the_child_has_spoken_is_not_asked() -> None:
    play = evening()
    play.run(2.5, heard=(said("hello", 1.0),))
    spoke_s = play.world.talk.spoke_s
    play.run(0.1, so_far=(replace(so_far("Mhm.", 2.5), start_s=spoke_s),))
    assert len(play.asked()) == 1
