"""The ears with a scripted voice, a scripted recogniser and no sound at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest

from game.clock import EAR_BLOCK, LATENCY_S, ClockKind
from game.sense.commands_file import Command, CommandSet, Match, is_only_command
from game.sense.ears import Ears
from game.sense.observations import (
    CommandHeard,
    CommandTakenBack,
    Heard,
    HeardSoFar,
    Loudness,
    Observation,
    SecondVoice,
    SpeechPaused,
    SpeechStarted,
)
from game.sense.transcriber import TranscriberError, Transcript
from game.sense.voice_activity import Samples, VoiceActivity
from game.workers.jobs import GameJobs, Result

STOP = Command(name="stop", phrases=("stop",), does="", undo=True, answered=False)
LEAD = Command(name="lead", phrases=("show me the way",), does="", undo=True, answered=True)
QUIT = Command(name="good night", phrases=("good night",), does="", undo=False, answered=False)
COMMANDS = CommandSet(commands=(STOP, LEAD, QUIT), others=(), pronunciations={}, source="test")


class LoudIsSpeech:
    """A voice activity model for which everything loud is speech."""

    def probability(self, window: Samples) -> float:
        return 1.0 if np.abs(window).max() > 0.05 else 0.0


class Script:
    """A transcriber that says the next of its lines and keeps the sound it was given."""

    def __init__(self, *lines: str | Exception) -> None:
        self.lines = list(lines)
        self.heard_s: list[float] = []

    def transcribe(self, pcm: Samples) -> Transcript:
        self.heard_s.append(len(pcm) / 16_000)
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        if isinstance(line, Exception):
            raise line
        return Transcript(text=line, confidence=0.9)


class Spots:
    """A spotter that finds the given command in every stretch of speech."""

    def __init__(self, found: Command | None = None, sure: float = 0.8) -> None:
        self.commands = COMMANDS
        self.found, self.sure = found, sure
        self.fed_s: list[float] = []
        self.hushed_s: list[float] = []
        self.talked = True

    def begin(self) -> None:
        self.fed_s.append(0.0)

    def feed(self, samples: Samples) -> None:
        self.fed_s[-1] += len(samples) / 16_000

    def hush(self) -> None:
        self.hushed_s.append(self.fed_s[-1])

    def abandon(self) -> None: ...

    def finish(self, *, speech_s: float) -> Match | None:
        if self.found is None:
            return None
        return Match(command=self.found, phrase=self.found.phrases[0], confidence=self.sure)


@dataclass
class Deaf:
    """An echo canceller that takes everything for an echo."""

    lacks: bool = False
    working: bool = True
    only_echo: bool = False
    heard: int = 0
    restarts: int = 0

    def played(self, samples: Samples) -> None: ...

    def process(self, block: Samples) -> Samples:
        self.heard += 1
        return np.zeros_like(block)

    def restart(self) -> None:
        self.restarts += 1


class SlowJobs:
    """Jobs of the real clock whose results come when the test lets them."""

    def __init__(self) -> None:
        self.waiting: dict[int, Callable[[], Iterator[Any]]] = {}
        self.count = 0
        self.released = False

    def submit(self, lane: str, name: str, work: Callable[[], Iterator[Any]], *, now_s: float) -> int:
        self.count += 1
        self.waiting[self.count] = work
        return self.count

    def cancel(self, job: int) -> None:
        self.waiting.pop(job, None)

    def poll(self, now_s: float) -> list[Result]:
        if not self.released:
            return []
        done, self.waiting = self.waiting, {}
        return [
            Result(job=job, lane="hear", value=value, error=None, last=False, due_s=now_s, wall_s=0.1)
            for job, work in done.items()
            for value in work()
        ]

    def close(self) -> None: ...


@dataclass
class Room:
    """Plays a score of speech and silence to the ears and keeps what they told."""

    ears: Ears
    now_s: float = 0.0
    told: list[Observation] = field(default_factory=list)

    def play(self, *score: tuple[str, float]) -> "Room":
        for kind, seconds in score:
            block = np.full(EAR_BLOCK, 0.2 if kind == "speech" else 0.0, np.float32)
            block[::2] *= -1.0
            for _ in range(round(seconds * 100)):
                self.now_s += 0.01
                self.told += self.ears.feed(block, None, self.now_s)
                self.told += self.ears.poll(self.now_s)
        return self

    def heard(self) -> list[Heard]:
        return [o for o in self.told if isinstance(o, Heard)]

    def commands(self) -> list[CommandHeard]:
        return [o for o in self.told if isinstance(o, CommandHeard)]


def room(
    *lines: str | Exception,
    found: Command | None = None,
    sure: float = 0.8,
    clock: ClockKind = ClockKind.GAME,
    **more: Any,
) -> Room:
    options: dict[str, Any] = {"jobs": GameJobs(LATENCY_S), "transcriber": Script(*lines)} | more
    return Room(Ears(voice=VoiceActivity(LoudIsSpeech()), spotter=Spots(found, sure), clock=clock, **options))


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


def test_a_command_is_told_at_once_and_is_no_turn() -> None:
    there = room("Stop!", found=STOP).play(("speech", 0.4), ("silence", 2.0))
    (command,) = there.commands()
    assert command.name == "stop"
    assert command.at_s - command.end_s < 0.2
    assert not there.heard()


def test_a_command_that_the_transcript_mishears_is_still_no_turn() -> None:
    assert not room("Star.", found=STOP).play(("speech", 0.4), ("silence", 2.0)).heard()


def test_a_false_command_does_not_swallow_what_was_really_said() -> None:
    there = room("A star is falling.", found=STOP).play(("speech", 0.4), ("silence", 2.0))
    assert [heard.text for heard in there.heard()] == ["A star is falling."]


def taken_back(there: Room) -> list[tuple[str, float]]:
    return [(o.name, o.end_s) for o in there.told if isinstance(o, CommandTakenBack)]


@pytest.mark.parametrize(
    ("text", "named"), [("Stop staring at me.", ["stop"]), ("Good night.", ["stop", "good night"])]
)
def test_a_command_that_turns_out_to_be_something_else_is_taken_back(text: str, named: list[str]) -> None:
    there = room(text, found=STOP).play(("speech", 0.4), ("silence", 2.0))
    assert [command.name for command in there.commands()] == named
    assert taken_back(there) == [("stop", there.commands()[0].end_s)]


def test_what_cannot_be_undone_is_told_when_the_transcript_does_not_deny_it() -> None:
    for text, told in (
        ("Good night.", True),
        ("Good knight.", True),
        ("", True),
        ("Good night to you.", False),
        ("Stop!", False),
    ):
        there = room(text, found=QUIT, sure=0.3).play(("speech", 0.6), ("silence", 2.0))
        assert ("good night" in [command.name for command in there.commands()]) == told
        for command in there.commands():
            assert command.at_s - command.end_s > 0.5


def test_the_spotter_is_told_of_the_first_silence_before_the_word_counts_as_ended() -> None:
    spots = Spots(STOP)
    ears = Ears(
        voice=VoiceActivity(LoudIsSpeech()),
        spotter=spots,
        clock=ClockKind.GAME,
        jobs=GameJobs(LATENCY_S),
        transcriber=Script("Stop."),
    )
    there = Room(ears).play(("speech", 0.4), ("silence", 0.06))
    assert len(spots.hushed_s) == 1
    assert not there.commands()
    there.play(("silence", 0.06))
    assert len(there.commands()) == 1


@pytest.mark.parametrize(("talked", "listened"), [(True, 1), (False, 2)])
def test_a_noise_before_a_command_does_not_hide_it(talked: bool, listened: int) -> None:
    spots = Spots()
    spots.talked = talked
    ears = Ears(
        voice=VoiceActivity(LoudIsSpeech()),
        spotter=spots,
        clock=ClockKind.GAME,
        jobs=GameJobs(LATENCY_S),
        transcriber=Script("Stop."),
    )
    Room(ears).play(("speech", 0.3), ("silence", 0.6), ("speech", 0.4), ("silence", 1.0))
    assert len(spots.fed_s) == listened


@pytest.mark.parametrize(("gap_s", "stretches_s"), [(0.2, [0.4, 1.1]), (0.6, [0.4])])
def test_words_close_together_are_looked_at_as_one(gap_s: float, stretches_s: list[float]) -> None:
    spots = Spots()
    ears = Ears(
        voice=VoiceActivity(LoudIsSpeech()),
        spotter=spots,
        clock=ClockKind.GAME,
        jobs=GameJobs(LATENCY_S),
        transcriber=Script("Lead. The way."),
    )
    Room(ears).play(("speech", 0.3), ("silence", gap_s), ("speech", 0.4), ("silence", 1.0))
    assert spots.fed_s == pytest.approx(stretches_s, abs=0.25)


def test_of_two_hearings_of_the_same_words_the_surer_is_believed() -> None:
    for sure, back in ((0.95, []), (0.5, ["stop"])):
        there = room("So on, so on.", found=STOP, sure=sure).play(("speech", 0.4), ("silence", 2.0))
        assert [name for name, _ in taken_back(there)] == back


@pytest.mark.parametrize("text", ["Stop!", "Star.", "", "Stop, stop."])
def test_a_command_that_the_transcript_does_not_deny_stands(text: str) -> None:
    assert not taken_back(room(text, found=STOP).play(("speech", 0.4), ("silence", 2.0)))


def test_a_command_meant_for_a_character_is_a_turn_as_well() -> None:
    there = room("Show me the way.", found=LEAD).play(("speech", 0.9), ("silence", 2.0))
    assert [command.name for command in there.commands()] == ["lead"]
    assert len(there.heard()) == 1


def test_what_cannot_be_undone_needs_no_transcript_when_it_is_sure_and_the_whole_turn() -> None:
    jobs = SlowJobs()
    there = room("Good light.", found=QUIT, jobs=jobs, clock=ClockKind.REAL)
    there.play(("speech", 0.6), ("silence", 0.5))
    assert not there.commands()
    there.play(("silence", 0.6))
    assert [command.name for command in there.commands()] == ["good night"]
    jobs.released = True
    there.play(("silence", 0.5))
    assert len(there.commands()) == 1
    assert not taken_back(there)


def test_a_command_that_must_be_sure_waits_for_the_transcript() -> None:
    there = room("Good night.", found=QUIT, sure=0.3).play(("speech", 0.6), ("silence", 0.4))
    assert not there.commands()
    there.play(("silence", 1.5))
    assert [command.name for command in there.commands()] == ["good night"]
    assert not there.heard()
    denied = room("Good light is rare.", found=QUIT, sure=0.3).play(("speech", 0.6), ("silence", 2.0))
    assert not denied.commands()
    assert denied.heard()


def test_a_command_that_only_the_transcript_knows_is_told_late() -> None:
    there = room("Stop.", found=None).play(("speech", 0.4), ("silence", 2.0))
    assert [command.name for command in there.commands()] == ["stop"]
    assert not there.heard()


def test_a_word_of_command_in_the_middle_of_talk_is_not_obeyed() -> None:
    spots = Spots(None)
    ears = Ears(
        voice=VoiceActivity(LoudIsSpeech()),
        transcriber=Script("I told you to"),
        jobs=GameJobs(LATENCY_S),
        clock=ClockKind.GAME,
        spotter=spots,
    )
    there = Room(ears).play(("speech", 1.0), ("silence", 0.4))
    spots.found = STOP
    there.play(("speech", 0.4), ("silence", 2.0))
    assert len(spots.fed_s) == 1
    assert not there.commands()


def test_two_commands_one_after_the_other_are_both_obeyed() -> None:
    there = room("Stop. Stop.", found=STOP)
    there.play(("speech", 0.4), ("silence", 0.4), ("speech", 0.4), ("silence", 2.0))
    assert len(there.commands()) == 2
    assert not there.heard()


def test_a_command_after_talk_that_was_told_is_a_turn_of_its_own() -> None:
    spots = Spots(None)
    ears = Ears(
        voice=VoiceActivity(LoudIsSpeech()),
        transcriber=Script("Tell me of the ship.", "Stop."),
        jobs=GameJobs(LATENCY_S),
        clock=ClockKind.GAME,
        spotter=spots,
    )
    there = Room(ears).play(("speech", 1.0), ("silence", 1.2))
    spots.found = STOP
    there.play(("speech", 0.4), ("silence", 2.0))
    assert [command.name for command in there.commands()] == ["stop"]
    assert [heard.text for heard in there.heard()] == ["Tell me of the ship."]


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


def test_only_words_that_were_no_more_than_the_command_are_dropped() -> None:
    fired = [Match(command=STOP, phrase="stop", confidence=0.9)]
    assert is_only_command("Start", None, fired)
    assert not is_only_command("Start talking", None, fired)
    assert not is_only_command("Start", None, [])
    assert not is_only_command("Show me the way", LEAD, [])


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
