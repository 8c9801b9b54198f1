"""Words of command in the ears: told at once, taken back, waited for."""

import pytest

from game.clock import LATENCY_S, ClockKind
from game.sense.commands_file import Command, Match, is_only_command
from game.sense.ears import Ears
from game.sense.observations import (
    CommandTakenBack,
)
from game.sense.voice_activity import VoiceActivity
from game.workers.jobs import GameJobs
from tests.sense.ears_room import LEAD, QUIT, STOP, LoudIsSpeech, Room, Script, SlowJobs, Spots, room


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


def spotting(spots: Spots, *texts: str) -> Ears:
    """Ears whose spotter finds what ``spots`` has at the moment, and whose turns have these texts."""
    return Ears(
        voice=VoiceActivity(LoudIsSpeech()), transcriber=Script(*texts), jobs=GameJobs(LATENCY_S),
        clock=ClockKind.GAME, spotter=spots,
    )  # fmt: skip


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


def test_noises_that_go_on_and_on_do_not_make_a_word_too_long_to_be_looked_at() -> None:
    spots = Spots()
    spots.talked = False
    there = Room(spotting(spots, "Stop."))
    there.play(*[("speech", 0.3), ("silence", 0.2)] * 5, ("speech", 0.4), ("silence", 1.0))
    assert len(spots.fed_s) == 6
    assert max(spots.fed_s) < 2.3
    assert spots.fed_s[3] < spots.fed_s[2]


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
    ears = spotting(spots, "I told you to")
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


class ShortSpots(Spots):
    """Finds one command after the other, each in a stretch that is too short for two."""

    def __init__(self, *commands: Command) -> None:
        super().__init__()
        self.left = list(commands)

    def finish(self, *, speech_s: float) -> Match | None:
        self.found = self.left.pop(0) if self.left and self.fed_s[-1] < 0.8 else None
        return super().finish(speech_s=speech_s)


@pytest.mark.parametrize(("found", "told"), [((STOP, LEAD), ["stop", "lead"]), ((STOP,), ["stop"]), ((), [])])
def test_two_commands_in_one_breath_are_both_obeyed(found: tuple[Command, ...], told: list[str]) -> None:
    there = Room(spotting(ShortSpots(*found), "Stop. Show me the way."))
    there.play(("speech", 0.4), ("silence", 0.2), ("speech", 0.4), ("silence", 2.0))
    at_once = [command.name for command in there.commands() if command.end_s < 1.1 and command.at_s < 1.6]
    assert at_once == told


def test_a_command_after_talk_that_was_told_is_a_turn_of_its_own() -> None:
    spots = Spots(None)
    ears = spotting(spots, "Tell me of the ship.", "Stop.")
    there = Room(ears).play(("speech", 1.0), ("silence", 1.2))
    spots.found = STOP
    there.play(("speech", 0.4), ("silence", 2.0))
    assert [command.name for command in there.commands()] == ["stop"]
    assert [heard.text for heard in there.heard()] == ["Tell me of the ship."]


def test_only_words_that_were_no_more_than_the_command_are_dropped() -> None:
    fired = [Match(command=STOP, phrase="stop", confidence=0.9)]
    assert is_only_command("Start", None, fired)
    assert not is_only_command("Start talking", None, fired)
    assert not is_only_command("Start", None, [])
    assert not is_only_command("Show me the way", LEAD, [])
