"""To begin anew is asked before it is done."""

import pytest

from game.clock import TICK_S
from game.interpret.intents import Action, GestureEvent
from game.world.state import Scene
from game.world.step import begin
from tests.world.players import Evening, said


def asked() -> Evening:
    play = Evening(begin(1))
    play.world.scene = Scene.FORK
    play.run(TICK_S, commands=("start again",))
    return play


def thumb(up: bool) -> tuple[GestureEvent, ...]:
    name = Action.THUMB_UP if up else Action.THUMB_DOWN
    return (GestureEvent(name=name, side="right", start_s=0.0, end_s=None, value=1.0, confidence=1.0),)


def test_the_order_alone_begins_nothing_and_the_question_stands_as_light() -> None:
    play = asked()
    assert play.world.scene is Scene.FORK
    assert [word.text for word in play.world.words if word.kind == "start again"] == [
        "begin anew? say yes, or no"
    ]


@pytest.mark.parametrize("text", ["Yes.", "Yeah!", "Yes, please.", "Do it."])
def test_who_says_yes_begins_anew_and_has_not_spoken_to_the_child(text: str) -> None:
    play = asked()
    play.run(TICK_S, heard=(said(text, 1.0),))
    assert play.world.scene is Scene.DARK
    play.run(1.0)
    assert play.asked() == []


def test_a_thumb_up_begins_anew() -> None:
    play = asked()
    play.run(TICK_S, gestures=thumb(up=True))
    assert play.world.scene is Scene.DARK


def test_who_says_no_or_shows_it_goes_on_and_a_later_yes_is_talk() -> None:
    for answer in ({"heard": (said("No.", 1.0),)}, {"gestures": thumb(up=False)}, {"commands": ("stop",)}):
        play = asked()
        play.run(TICK_S, **answer)
        assert not [word for word in play.world.words if word.kind == "start again"]
        play.run(TICK_S, heard=(said("Yes.", 2.0, 2),))
        assert play.world.scene is Scene.FORK


def test_other_words_are_talk_and_the_question_waits_for_ten_seconds() -> None:
    play = asked()
    play.run(1.0, heard=(said("Who are you?", 1.0),))
    assert len(play.asked()) == 1
    play.run(9.5)
    play.run(TICK_S, heard=(said("Yes.", 11.0, 2),))
    assert play.world.scene is not Scene.DARK
