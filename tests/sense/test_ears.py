"""Turns in the ears: when they begin, pause and end, and what is made of them."""

from typing import ClassVar

import pytest

from game.clock import LATENCY_S, ClockKind
from game.sense.commands_file import Command
from game.sense.observations import (
    HeardSoFar,
    Loudness,
    SecondVoice,
    SpeechPaused,
    SpeechStarted,
)
from game.sense.transcriber import TranscriberError
from game.sense.voice_activity import Samples
from tests.sense.ears_room import STOP, Deaf, Script, SlowJobs, room


def test_the_end_of_a_long_turn_tells_whose_voice_it_was() -> None:
    class People:
        heard_s: ClassVar[list[float]] = []

        def hears_another(self, sound: Samples) -> bool:
            self.heard_s.append(len(sound) / 16_000)
            return True

    there = room("One thing after the other.", people=People())
    there.play(("speech", 12.0), ("silence", 2.0), ("speech", 1.0), ("silence", 2.0))
    assert People.heard_s == [4.0, pytest.approx(1.0, abs=0.1)]
    assert sum(isinstance(one, SecondVoice) for one in there.told) == 2


def test_a_sentence_becomes_one_turn_with_its_times() -> None:
    there = room("We must find a new home.").play(("silence", 0.5), ("speech", 2.0), ("silence", 2.0))
    (heard,) = there.heard()
    assert heard.text == "We must find a new home."
    assert heard.start_s == pytest.approx(0.5, abs=0.04)
    assert heard.end_s == pytest.approx(2.5, abs=0.04)
    assert heard.loudness_db == pytest.approx(-14.0, abs=0.5)
    assert heard.extends is None


def test_on_the_game_clock_everything_is_dated_by_the_table_of_latencies() -> None:
    there = room("Where is my light gone?", found=None).play(("speech", 1.0), ("silence", 2.0))
    started = next(o for o in there.told if isinstance(o, SpeechStarted))
    paused = next(o for o in there.told if isinstance(o, SpeechPaused))
    assert 0.2 < started.at_s - LATENCY_S["vad"] <= 0.27
    assert 0.3 < paused.at_s - LATENCY_S["vad"] - paused.end_s <= 0.36
    (heard,) = there.heard()
    assert 0.8 < heard.at_s - heard.end_s <= 0.8 + 0.04 + LATENCY_S["vad"]


def test_the_same_sound_gives_the_same_observations() -> None:
    score = [("speech", 1.0), ("silence", 0.5), ("speech", 0.7), ("silence", 2.0)]
    times = [
        [(type(o), o.at_s) for o in room("Fail again.", "Fail better.").play(*score).told] for _ in range(2)
    ]
    assert times[0] == times[1]


def test_transcription_begins_at_the_pause_and_is_thrown_away_when_speech_goes_on() -> None:
    script = Script("Ever tried", "Ever tried, ever failed.")
    there = room(transcriber=script)
    there.play(("speech", 1.0), ("silence", 0.5), ("speech", 1.0), ("silence", 2.0))
    assert [heard.text for heard in there.heard()] == ["Ever tried, ever failed."]
    assert script.heard_s == pytest.approx([1.2, 2.7], abs=0.1)


def test_words_up_to_a_pause_are_told_before_the_turn_is_over() -> None:
    there = room("Where is my light?", "Where is my light gone?")
    there.play(("speech", 1.0), ("silence", 0.6), ("speech", 0.5), ("silence", 2.0))
    first, second = (o for o in there.told if isinstance(o, HeardSoFar))
    (heard,) = there.heard()
    assert (first.text, second.text) == ("Where is my light?", heard.text)
    assert first.at_s - first.end_s == pytest.approx(0.15 + LATENCY_S["transcript"], abs=0.05)
    assert (second.end_s, second.loudness_db) == (heard.end_s, heard.loudness_db)
    assert second.at_s < heard.at_s - 0.2


@pytest.mark.parametrize(("text", "found"), [("Show me the way.", None), ("Stopp.", STOP), ("", None)])
def test_commands_and_nothing_are_not_told_before_the_turn_is_over(text: str, found: Command | None) -> None:
    there = room(text, found=found).play(("speech", 0.6), ("silence", 2.0))
    assert not [o for o in there.told if isinstance(o, HeardSoFar)]


def test_going_on_after_the_turn_was_told_replaces_it_with_the_whole() -> None:
    script = Script("And so my fellow Americans.", "And so my fellow Americans, ask not.")
    there = room(transcriber=script)
    there.play(("speech", 1.0), ("silence", 1.1), ("speech", 1.0), ("silence", 2.5))
    first, second = there.heard()
    assert second.extends == first.utterance
    assert second.start_s == first.start_s
    assert script.heard_s[-1] == pytest.approx(3.4, abs=0.3)


def test_going_on_before_the_turn_was_told_makes_one_turn() -> None:
    jobs = SlowJobs()
    there = room("All of it.", jobs=jobs, clock=ClockKind.REAL)
    there.play(("speech", 1.0), ("silence", 1.0), ("speech", 1.0), ("silence", 2.0))
    assert not there.heard()
    jobs.released = True
    there.play(("silence", 0.1))
    (heard,) = there.heard()
    assert heard.extends is None
    assert heard.start_s == pytest.approx(0.0, abs=0.04)
    assert heard.end_s == pytest.approx(3.0, abs=0.04)


def test_a_turn_is_not_told_while_the_player_may_be_going_on() -> None:
    jobs = SlowJobs()
    there = room("Half.", jobs=jobs, clock=ClockKind.REAL).play(("speech", 1.0), ("silence", 1.0))
    there.play(("speech", 0.05))
    jobs.released = True
    there.play(("speech", 0.3))
    assert not there.heard()


def test_on_the_real_clock_news_is_dated_now() -> None:
    jobs = SlowJobs()
    jobs.released = True
    there = room("You lied!", jobs=jobs, clock=ClockKind.REAL)
    for _ in range(200):
        before = len(there.told)
        there.play(("speech" if there.now_s < 0.99 else "silence", 0.01))
        assert all(o.at_s == pytest.approx(there.now_s) for o in there.told[before:])
    assert len(there.heard()) == 1


def test_what_is_no_speech_is_no_turn() -> None:
    there = room("").play(("speech", 0.5), ("silence", 2.0))
    assert not there.heard()


@pytest.mark.parametrize("problem", [TranscriberError("The model is gone."), RuntimeError("odd")])
def test_a_recogniser_that_fails_costs_a_sentence_and_one_turn(problem: Exception) -> None:
    faults: list[str] = []
    there = room(problem, on_fault=faults.append).play(("speech", 1.0), ("silence", 2.0))
    assert not there.heard()
    assert len(faults) == 1
    there.play(("speech", 1.0), ("silence", 2.0))
    assert len(faults) == 2


def test_loudness_is_told_only_when_it_changes() -> None:
    there = room("Hello.").play(("silence", 1.0), ("speech", 2.0), ("silence", 1.0))
    levels = [o for o in there.told if isinstance(o, Loudness)]
    assert 2 <= len(levels) <= 4
    assert max(level.db for level in levels) == pytest.approx(-14.0, abs=0.5)
    assert levels[-1].db == -100.0
    assert not levels[-1].voiced


def test_what_the_loudspeaker_plays_is_taken_out_before_anything_else_hears_it() -> None:
    there = room("Hello.", echo=Deaf()).play(("speech", 2.0), ("silence", 2.0))
    assert there.told == []


def test_sound_waits_a_little_for_what_was_played_with_it_and_no_longer() -> None:
    canceller = Deaf(lacks=True)
    there = room("Hello.", echo=canceller).play(("speech", 1.0))
    assert canceller.heard == 100 - 12
    canceller.lacks = False
    there.play(("speech", 0.01))
    assert canceller.heard == 101


def test_a_microphone_that_comes_back_is_another_one_to_the_echo_canceller() -> None:
    canceller = Deaf()
    there = room("Hello.", echo=canceller).play(("silence", 1.0))
    assert canceller.restarts == 0
    there.now_s += 5.0
    there.play(("silence", 1.0))
    assert canceller.restarts == 1


def test_an_hour_of_talk_keeps_no_more_than_the_last_half_minute() -> None:
    there = room("Again.")
    for _ in range(4):
        there.play(("speech", 20.0), ("silence", 2.0))
    assert there.ears.kept_s < 40.0


def test_a_hand_that_goes_on_talking_keeps_the_turn_open() -> None:
    there = room("Put that over there please.")
    there.ears.gesturing(True)
    there.play(("speech", 1.0), ("silence", 1.2))
    assert not there.heard()
    there.ears.gesturing(False)
    there.play(("silence", 0.2))
    assert [heard.text for heard in there.heard()] == ["Put that over there please."]


@pytest.mark.parametrize("fits", [True, False])
def test_what_sounds_like_a_listener_is_told_for_one_whatever_its_text(fits: bool) -> None:
    class Knows:
        def may_say(self, sound: Samples, for_s: float) -> bool:
            return fits

    there = room("Imam.", listeners=Knows()).play(("speech", 0.5), ("silence", 2.0))
    assert [heard.listens for heard in there.heard()] == [fits]
