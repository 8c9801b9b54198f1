"""Turns of one speaker, told as a score of speech and silence."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.sense.end_of_turn import (
    Phase,
    TurnEnded,
    TurnEvent,
    TurnLulled,
    TurnResumed,
    TurnRules,
    TurnStarted,
    TurnTracker,
    silence_after,
)

STEP_S = 0.032


def play(tracker: TurnTracker, score: Sequence[tuple[str, float]], start_s: float = 0.0) -> list[TurnEvent]:
    """Feeds ("speech" or "silence", seconds) one after the other."""
    events: list[TurnEvent] = []
    at_s = start_s
    for kind, seconds in score:
        for _ in range(round(seconds / STEP_S)):
            events += tracker.step(speaking=kind == "speech", start_s=at_s, end_s=at_s + STEP_S)
            at_s += STEP_S
    return events


def ended(events: Sequence[TurnEvent]) -> list[TurnEnded]:
    return [event for event in events if isinstance(event, TurnEnded)]


def started(events: Sequence[TurnEvent]) -> list[TurnStarted]:
    return [event for event in events if isinstance(event, TurnStarted)]


def test_a_sentence_is_one_turn_that_ends_after_eight_tenths_of_silence() -> None:
    events = play(TurnTracker(), [("silence", 1.0), ("speech", 2.0), ("silence", 2.0)])
    names = [type(event).__name__ for event in events]
    assert names == [
        "VoiceRose", "VoiceHeld", "TurnStarted", "VoiceHushed", "TurnLulled", "TurnPaused", "TurnEnded",
    ]  # fmt: skip
    (end,) = ended(events)
    assert end.end_s - end.start_s == pytest.approx(2.0, abs=STEP_S)
    assert 0.8 <= end.silence_s <= 0.8 + STEP_S


def test_a_click_begins_no_turn() -> None:
    tracker = TurnTracker()
    events = play(tracker, [("speech", 0.1), ("silence", 1.0)])
    assert not started(events)
    assert tracker.phase is Phase.QUIET


def test_clicks_that_are_far_apart_do_not_add_up() -> None:
    assert not started(play(TurnTracker(), [("speech", 0.1), ("silence", 0.4)] * 5))


def test_a_word_is_hushed_before_its_turn_is_paused() -> None:
    events = play(TurnTracker(), [("speech", 0.4), ("silence", 0.11)])
    assert [type(event).__name__ for event in events] == [
        "VoiceRose",
        "VoiceHeld",
        "TurnStarted",
        "VoiceHushed",
    ]


def test_a_pause_does_not_end_the_turn_and_the_turn_resumes() -> None:
    events = play(TurnTracker(), [("speech", 1.0), ("silence", 0.5), ("speech", 1.0), ("silence", 2.0)])
    assert len(started(events)) == len(ended(events)) == 1
    assert any(isinstance(event, TurnResumed) for event in events)
    assert ended(events)[0].end_s == pytest.approx(2.5, abs=2 * STEP_S)


def test_who_paused_once_is_given_longer_the_next_time() -> None:
    score = [("speech", 1.0), ("silence", 0.64), ("speech", 1.0), ("silence", 0.96), ("speech", 1.0)]
    events = play(TurnTracker(), [*score, ("silence", 2.0)])
    assert len(ended(events)) == 1


def test_no_silence_that_ends_a_turn_is_longer_than_the_longest() -> None:
    score = [("speech", 0.5), ("silence", 0.64), ("speech", 0.5), ("silence", 0.96)] * 3
    (end,) = ended(play(TurnTracker(), [*score, ("speech", 0.5), ("silence", 3.0)]))
    assert end.silence_s <= TurnRules().end_max_s + STEP_S


def test_a_sentence_that_breaks_off_is_waited_for() -> None:
    tracker = TurnTracker()
    events = play(tracker, [("speech", 1.0), ("silence", 0.5)])
    tracker.understand("I wanted to ask you because")
    events += play(tracker, [("silence", 0.6)], start_s=1.5)
    assert not ended(events)
    assert ended(play(tracker, [("silence", 0.5)], start_s=2.1))


def test_going_on_after_the_end_takes_the_turn_up() -> None:
    events = play(TurnTracker(), [("speech", 1.0), ("silence", 1.2), ("speech", 1.0), ("silence", 2.0)])
    assert [event.takes_up for event in started(events)] == [False, True]


def test_speech_long_after_the_end_is_a_new_turn() -> None:
    events = play(TurnTracker(), [("speech", 1.0), ("silence", 2.0), ("speech", 1.0), ("silence", 2.0)])
    assert [event.takes_up for event in started(events)] == [False, False]


def test_a_turn_is_cut_at_its_longest_and_the_rest_is_a_turn_of_its_own() -> None:
    events = play(TurnTracker(), [("speech", 40.0), ("silence", 2.0)])
    first, second = ended(events)
    assert first.end_s - first.start_s == pytest.approx(30.0, abs=2 * STEP_S)
    assert first.silence_s == 0.0
    assert not started(events)[1].takes_up
    assert second.start_s >= first.end_s


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["speech", "silence"]), st.floats(0.032, 3.0)), max_size=25))
def test_every_turn_that_starts_ends_and_turns_never_overlap(score: list[tuple[str, float]]) -> None:
    events = play(TurnTracker(), [*score, ("silence", 3.0)])
    turns = [event for event in events if isinstance(event, TurnStarted | TurnEnded)]
    assert [type(turn) for turn in turns] == [TurnStarted, TurnEnded] * (len(turns) // 2)
    ends = ended(events)
    assert all(end.start_s < end.end_s for end in ends)
    assert all(a.end_s <= b.start_s for a, b in pairwise(ends))


@pytest.mark.parametrize("text", ["And then,", "Well...", "I think it is the", "because", "Give me my"])
def test_text_that_breaks_off_asks_for_the_longest_silence(text: str) -> None:
    assert silence_after(text, TurnRules()) == TurnRules().end_max_s


@pytest.mark.parametrize("text", ["Where are you?", "You lied!", "No.", "Oh, okay.", "I am lost here.", ""])
def test_whole_sentences_and_answers_end_soon(text: str) -> None:
    assert silence_after(text, TurnRules()) == TurnRules().end_s


@pytest.mark.parametrize("text", ["Ever tried.", "Do you want.", "I left the old.", "Where did."])
def test_a_full_stop_makes_no_sentence_of_a_beginning(text: str) -> None:
    assert silence_after(text, TurnRules()) == TurnRules().end_max_s


def test_each_silence_is_told_once_and_speech_makes_it_new() -> None:
    score = [("speech", 0.5), ("silence", 0.25), ("speech", 0.5), ("silence", 0.5)]
    lulls = [event for event in play(TurnTracker(), score) if isinstance(event, TurnLulled)]
    assert [lull.end_s for lull in lulls] == pytest.approx([0.5, 1.25], abs=2 * STEP_S)


def test_what_was_understood_in_a_silence_is_void_when_speech_goes_on() -> None:
    tracker = TurnTracker()
    play(tracker, [("speech", 1.0), ("silence", 0.25)])
    tracker.understand("I wanted to ask you because")
    assert tracker.silence_needed_s == TurnRules().end_max_s
    play(tracker, [("speech", 0.5)], start_s=1.25)
    assert tracker.silence_needed_s == TurnRules().end_s


def test_a_turn_waits_longer_while_a_hand_still_gestures_and_no_longer_than_that() -> None:
    tracker = TurnTracker()
    tracker.gesturing = True
    (end,) = ended(play(tracker, [("speech", 1.0), ("silence", 2.0)]))
    assert end.silence_s == pytest.approx(1.3, abs=STEP_S)
    rests = TurnTracker()
    rests.gesturing = True
    assert not ended(play(rests, [("speech", 1.0), ("silence", 1.0)]))
    rests.gesturing = False
    (end,) = ended(play(rests, [("silence", 0.1)], start_s=2.0))
    assert end.silence_s == pytest.approx(1.0, abs=3 * STEP_S)
