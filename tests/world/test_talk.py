from dataclasses import replace

import pytest

from game.interpret.intents import Action, GestureEvent, Intents
from game.world.effects import Duck, PlayClip, PlaySound, StopClip
from game.world.save import KEPT_EXCHANGES, keep
from game.world.state import Scene
from game.world.step import begin, step
from npc.contract import Exchange
from npc.dares import dare_met
from npc.past import kind_of, understand_past
from npc.personality import Dare
from npc.promises import QUIET, kept
from tests.world.players import Evening, ended, hand, said, sentence, understood


def evening(*, answers: bool = True) -> Evening:
    world = begin(3)
    world.scene = Scene.FORK
    world.story.marks["companion test"] = 0.0
    return Evening(world, answers=answers)


def test_a_sentence_is_put_to_the_child_and_its_reply_is_played() -> None:
    play = evening()
    play.run(4.0, heard=(said("hello", 1.0),))
    assert [question.text for question in play.asked()] == ["hello"]
    assert play.played() == ["child-1-0"]
    assert play.world.history[-1].player == "hello"
    assert play.world.history[-1].reply == "You have a face."


def test_words_of_despair_are_kept_nowhere() -> None:
    play = evening()
    play.run(4.0, heard=(said("i want to kill myself", 1.0),))
    assert [question.text for question in play.asked()] == ["i want to kill myself"]
    assert "myself" not in repr(play.world.history)
    assert "myself" not in repr(keep(play.world))


def test_a_reply_waits_until_the_player_is_silent() -> None:
    play = evening()
    play.run(0.02, heard=(said("hello", 1.0),))
    play.run(2.0, speaking=True)
    assert play.played() == []
    play.run(1.0)
    assert play.played() == ["child-1-0"]


def test_going_on_after_a_pause_withdraws_the_first_half() -> None:
    play = evening(answers=False)
    play.run(0.1, heard=(said("ever tried", 1.0, utterance=1),))
    play.run(0.1, heard=(said("ever tried ever failed", 2.0, utterance=2, extends=1),))
    assert play.withdrawn() == [1]
    assert [question.text for question in play.asked()] == ["ever tried", "ever tried ever failed"]
    question = play.asked()[-1]
    play.replies = [sentence(1), understood(question), sentence(2, "Never."), ended(2)]
    play.run(3.0)
    assert play.played() == ["child-2-0"]
    assert [exchange.player for exchange in play.world.history] == ["ever tried ever failed"]


def test_breaking_in_ducks_at_once_then_stops_and_history_holds_what_was_heard() -> None:
    play = evening(answers=False)
    play.run(0.1, heard=(said("tell me a story", 1.0),))
    question = play.asked()[0]
    play.replies = [
        understood(question),
        sentence(1, "One two three four five six"),
        sentence(1, "More.", index=1),
        ended(1),
    ]
    play.run(1.0)
    effects = play.run(0.1, speaking=True)
    assert any(isinstance(effect, Duck) and effect.gain_db < 0 for effect in effects)
    effects = play.run(0.6, speaking=True)
    assert [effect.clip for effect in effects if isinstance(effect, StopClip)] == ["child-1-0"]
    exchange = play.world.history[-1]
    assert exchange.cut_off
    assert exchange.reply.startswith("One two")
    assert "six" not in exchange.reply
    assert "More" not in exchange.reply


def test_the_rest_of_a_sentence_follows_without_a_breath() -> None:
    def gap_s(goes_on: bool) -> float:
        play = evening(answers=False)
        play.run(0.1, heard=(said("tell me a story", 1.0),))
        question = play.asked()[0]
        rest = sentence(1, "and then four.", index=1, goes_on=goes_on)
        play.replies = [understood(question), sentence(1, "One two three,"), rest, ended(1)]
        at_s = play.world.time_s
        while len(play.played()) < 2:
            play.run(1.0 / 60.0)
            assert play.world.time_s < at_s + 10.0
        first = play.world.talk.said[0]
        return play.world.time_s - (first.started_s or 0.0) - first.duration_s

    assert gap_s(goes_on=True) < 0.1
    assert gap_s(goes_on=False) > 0.2


def speaks_for_long() -> Evening:
    """The Child has been saying six words for a second."""
    play = evening(answers=False)
    play.run(0.1, heard=(said("tell me a story", 1.0),))
    question = play.asked()[0]
    play.replies = [understood(question), sentence(1, "One two three four five six"), ended(1)]
    play.run(1.0)
    assert play.world.talk.current is not None
    return play


def test_a_cough_only_ducks() -> None:
    play = speaks_for_long()
    effects = play.run(3.0, sounding_s=0.2)
    ducks = [effect.gain_db for effect in effects if isinstance(effect, Duck)]
    assert ducks[0] < 0.0
    assert ducks[1:] == [0.0]
    assert not any(isinstance(effect, StopClip) for effect in play.effects)
    assert play.world.history[-1].reply == "One two three four five six"


def test_a_voice_stops_the_child_as_soon_as_it_is_known_to_do_more_than_listen() -> None:
    play = speaks_for_long()
    assert not any(isinstance(effect, StopClip) for effect in play.run(0.4, speaking=True))
    assert any(isinstance(effect, StopClip) for effect in play.run(0.1, speaking=True))


def test_the_child_perceives_a_second_voice_for_a_minute() -> None:
    play = evening()
    step(play.world, Intents(second_voice=True))
    play.run(0.1, heard=(said("hello", 1.0),))
    play.run(70.0)
    play.run(0.1, heard=(said("are you there", 72.0, utterance=2),))
    assert [question.perception.voices for question in play.asked()] == [2, 1]


@pytest.mark.parametrize("text", ["Mhm.", "Uh-huh.", "Yeah, okay.", "Ha ha ha!"])
def test_a_listeners_mhm_neither_interrupts_nor_takes_a_turn(text: str) -> None:
    play = speaks_for_long()
    start_s = play.world.time_s
    play.run(0.4, sounding_s=0.35)
    questions = len(play.asked())
    play.run(3.0, heard=(replace(said(text, start_s + 0.5), start_s=start_s),))
    assert len(play.asked()) == questions
    assert not any(isinstance(effect, StopClip) for effect in play.effects)
    assert play.world.history[-1].reply == "One two three four five six"


def test_what_only_sounds_like_a_listener_stops_nothing_whatever_the_recogniser_made_of_it() -> None:
    play = speaks_for_long()
    start_s = play.world.time_s
    questions = len(play.asked())
    hummed = replace(said("Imam.", start_s + 0.5), start_s=start_s, listens=True)
    play.run(3.0, heard=(hummed,))
    assert len(play.asked()) == questions
    play.run(4.0)
    later_s = play.world.time_s
    play.run(0.1, heard=(replace(hummed, start_s=later_s - 0.5, end_s=later_s, utterance=2),))
    assert play.asked()[-1].text == "Imam."


def test_the_same_words_are_an_answer_where_nobody_speaks() -> None:
    play = speaks_for_long()
    play.run(4.0)
    assert play.world.talk.current is None
    questions = len(play.asked())
    play.run(0.1, heard=(replace(said("Yeah, okay.", play.world.time_s), start_s=play.world.time_s - 0.5),))
    assert len(play.asked()) == questions + 1


def test_more_than_a_listeners_words_are_a_turn_while_the_child_speaks() -> None:
    play = speaks_for_long()
    play.run(0.1, heard=(said("Yeah, but why?", play.world.time_s),))
    assert play.asked()[-1].text == "Yeah, but why?"


def test_a_palm_stops_the_child_once_it_has_been_held_for_a_moment() -> None:
    play = evening(answers=False)
    play.run(0.1, heard=(said("talk", 1.0),))
    play.replies = [understood(play.asked()[0]), sentence(1, "One two three four five"), ended(1)]
    play.run(0.8)
    palm = hand((0.0, 0.0), Action.PALM_OUT)
    play.run(0.05, hands=(palm,))
    play.run(0.1)
    assert not any(isinstance(effect, StopClip) for effect in play.effects)
    # It has been held for an eighth of a second before it is recognised at all.
    effects = play.run(0.1, hands=(palm,))
    assert [effect.clip for effect in effects if isinstance(effect, StopClip)] == ["child-1-0"]


def test_who_is_stopped_before_a_word_was_heard_was_not_cut_off() -> None:
    play = evening(answers=False)
    play.run(0.1, heard=(said("talk", 1.0),))
    play.replies = [understood(play.asked()[0]), sentence(1, "One two three four five"), ended(1)]
    palm = hand((0.0, 0.0), Action.PALM_OUT)
    # The palm has been up for a while when the first word begins.
    play.run(0.5, hands=(palm,))
    assert play.played() == ["child-1-0"]
    exchange = play.world.history[-1]
    assert (exchange.player, exchange.reply, exchange.cut_off) == ("talk", "", False)


def test_the_rude_finger_is_a_turn_without_a_word() -> None:
    play = evening()
    rude = GestureEvent(name=Action.RUDE, side="left", start_s=0.0, end_s=None, value=1.0, confidence=1.0)
    play.run(0.1, gestures=(rude,))
    assert [(question.text, question.gesture) for question in play.asked()] == [("", "rude")]


def test_trust_moves_by_the_rows_that_the_turn_touched() -> None:
    play = evening()
    play.reply_events = ("dare_done",)
    before = play.world.trust
    play.run(2.0, heard=(said("I did it", 1.0),))
    assert play.world.trust == before + 10


def test_a_late_reply_is_bridged_by_a_sound_and_never_leaves_the_game_waiting() -> None:
    play = evening(answers=False)
    play.run(3.0, heard=(said("hello", 1.0),))
    assert any(isinstance(effect, PlaySound) and effect.name == "hm" for effect in play.effects)
    play.run(25.0)
    assert play.world.talk.question is None
    play.answers = True
    play.run(3.0, heard=(said("anybody", 20.0, utterance=2),))
    assert len(play.played()) == 1


def test_news_of_unknown_turns_is_ignored() -> None:
    play = evening()
    play.replies = [sentence(99), ended(98)]
    play.run(1.0)
    assert not any(isinstance(effect, PlayClip) for effect in play.effects)


def test_a_question_brings_the_whole_evening_and_the_save_its_end() -> None:
    play = evening()
    for number in range(40):
        play.run(2.5, heard=(said(f"line {number}", 1.0, utterance=number),))
    assert [exchange.player for exchange in play.asked()[-1].history] == [f"line {n}" for n in range(39)]
    assert len(keep(play.world).history) == KEPT_EXCHANGES


def test_an_endless_evening_is_bounded() -> None:
    play = evening()
    play.world.history = [Exchange(player=f"line {number}", reply="Yes.") for number in range(500)]
    play.run(2.5, heard=(said("hello", 1.0),))
    play.run(2.5, heard=(said("bye", 4.0, utterance=2),))
    assert len(play.asked()[-1].history) == 200
    assert play.asked()[-1].history[-1].player == "hello"


def answered(play: Evening, text: str, act: str) -> None:
    """A turn of the player and its reply, heard to the end."""
    play.world.microphone_on = True
    play.answers = False
    play.run(0.1, heard=(said(text, 1.0, utterance=len(play.effects)),))
    question = play.asked()[-1]
    play.replies = [understood(question, act), sentence(question.turn, "Go on then."), ended(question.turn)]
    play.run(2.0)
    assert play.world.talk.question is None


def silences(play: Evening) -> int:
    return sum(question.gesture == "silence" for question in play.asked())


@pytest.mark.parametrize(
    ("text", "act"),
    [("a lamp", "test"), ("a lamp", "ask_back"), ("i promise i will be quiet", "tease")],
)
def test_a_silence_is_a_turn_once_where_the_child_waits_for_the_player(text: str, act: str) -> None:
    play = evening()
    answered(play, text, act)
    play.run(6.0)
    assert silences(play) == 0
    play.run(2.5)
    assert silences(play) == 1
    question = play.asked()[-1]
    assert (question.text, question.history[-1].act) == ("", act)
    play.replies = [understood(question, "ask_back"), sentence(question.turn, "Hm?"), ended(question.turn)]
    play.run(30.0)
    assert silences(play) == 1
    assert play.world.history[-1].player == "[silence]"


def test_a_silence_meets_the_dare_and_keeps_the_promise() -> None:
    play = evening()
    answered(play, "fine i will be quiet", "test")
    play.run(9.0)
    question = play.asked()[-1]
    kind, gesture = kind_of(question)
    dare = Dare(check="silence", lines=("Be silent.",), done=("Oh.",), failed=("Ha.",))
    assert dare_met(dare, question, kind, gesture)
    assert kept(kind, question.perception.loudness, understand_past(question.history)) == QUIET


def test_a_silence_is_no_turn_where_the_child_waits_for_nothing() -> None:
    play = evening()
    answered(play, "a lamp", "tease")
    play.run(20.0)
    assert silences(play) == 0


def test_a_silence_counts_from_the_last_word() -> None:
    play = evening()
    answered(play, "a lamp", "test")
    play.run(6.0)
    play.run(0.5, speaking=True)
    play.run(6.0)
    assert silences(play) == 0
    play.run(2.5)
    assert silences(play) == 1


def test_a_dare_that_was_not_heard_waits_for_nothing() -> None:
    play = evening()
    answered(play, "a lamp", "test")
    play.world.history[-1] = Exchange(player="a lamp", reply="Go", act="test", cut_off=True)
    play.run(12.0)
    assert silences(play) == 0


def test_who_is_out_of_sight_or_cannot_be_heard_is_not_silent() -> None:
    play = evening()
    answered(play, "a lamp", "test")
    play.world.camera_on = True
    play.run(12.0)
    assert silences(play) == 0
    play.world.microphone_on = False
    play.run(1.0, hands=(hand(),))
    assert silences(play) == 0
    play.world.microphone_on = True
    play.run(1.0, hands=(hand(),))
    assert silences(play) == 1


def test_a_promise_of_the_last_evening_is_not_kept_by_the_silence_of_this_one() -> None:
    play = evening()
    answered(play, "i promise i will be quiet", "tease")
    play.world.history.append(Exchange(player="", reply="", act="night"))
    play.run(12.0)
    assert silences(play) == 0


def both_answer(companion: str) -> Evening:
    """An evening in which the Child is asked, and the companion speaks behind it."""
    play = evening(answers=False)
    play.run(0.1, heard=(said("are you real", 1.0),))
    play.replies = [
        understood(play.asked()[0], "deflect"),
        sentence(1, "Realer than you."),
        sentence(1, companion, index=1, character="companion"),
        ended(1),
    ]
    return play


def test_the_companion_s_words_are_not_the_child_s() -> None:
    play = both_answer("I am software.")
    play.run(5.0)
    assert play.played() == ["child-1-0", "companion-1-1"]
    assert play.world.history[-1].reply == "Realer than you."


def test_breaking_into_the_companion_s_words_does_not_cut_the_child_off() -> None:
    play = both_answer("I am software and nothing is kept here")
    play.run(2.6)
    effects = play.run(0.8, speaking=True)
    assert [effect.clip for effect in effects if isinstance(effect, StopClip)] == ["companion-1-1"]
    exchange = play.world.history[-1]
    assert (exchange.reply, exchange.cut_off) == ("Realer than you.", False)
