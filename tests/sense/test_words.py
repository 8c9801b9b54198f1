"""Words that may be a command: where they begin and end, and what becomes of those too faint for a turn."""

import numpy as np
import pytest

from game.clock import LATENCY_S, ClockKind
from game.sense.ears import Ears
from game.sense.end_of_turn import VoiceHushed, VoiceRose
from game.sense.voice_activity import WINDOW, Samples, VoiceActivity, Window
from game.sense.words import Words
from game.workers.jobs import GameJobs
from tests.sense.ears_room import STOP, LoudIsSpeech, Room, Script, Spots

WINDOW_S = WINDOW / 16_000


def heard(probabilities: list[float]) -> list[tuple[str, int]]:
    """What rose and what fell, and in which window it was known."""
    words, told = Words(), []
    for at, probability in enumerate(probabilities):
        window = Window(samples=np.zeros(WINDOW, np.float32), speaking=False, probability=probability)
        for event in words.step(window, (at + 1) * WINDOW_S, WINDOW_S):
            told.append(("rose" if isinstance(event, VoiceRose) else "fell", at))
            assert isinstance(event, VoiceRose | VoiceHushed)
    return told


def test_faint_words_are_heard_and_clatter_after_them_is_none_of_them() -> None:
    assert heard([0.05, 0.3, 0.3, 0.1, 0.1, 0.1]) == [("rose", 1), ("fell", 4)]
    assert heard([0.05, 0.95, 0.9, 0.5, 0.5, 0.05]) == [("rose", 1), ("fell", 4)]
    assert heard([0.05, 0.15, 0.1]) == []


def test_one_unsure_window_ends_no_word() -> None:
    assert heard([0.9, 0.5, 0.9, 0.9]) == [("rose", 0)]


def test_what_follows_a_command_at_once_belongs_to_it() -> None:
    spots = Spots(STOP)
    ears = Ears(
        voice=VoiceActivity(LoudIsSpeech()), spotter=spots, clock=ClockKind.GAME,
        jobs=GameJobs(LATENCY_S), transcriber=Script("Stop it."),
    )  # fmt: skip
    there = Room(ears).play(("speech", 0.4), ("silence", 0.15), ("speech", 0.3), ("silence", 2.0))
    assert len(there.commands()) == 1
    assert spots.fed_s[1] > spots.fed_s[0] + 0.4


def test_a_sentence_that_begins_like_a_command_takes_it_back() -> None:
    spots = Spots(STOP)
    ears = Ears(
        voice=VoiceActivity(LoudIsSpeech()), spotter=spots, clock=ClockKind.GAME,
        jobs=GameJobs(LATENCY_S), transcriber=Script("Stop following me."),
    )  # fmt: skip
    there = Room(ears).play(("speech", 0.4), ("silence", 0.15))
    spots.found = None
    there.play(("speech", 0.6), ("silence", 2.0))
    assert len(there.commands()) == 1
    assert any(type(one).__name__ == "CommandTakenBack" for one in there.told)
    assert [one.text for one in there.heard()] == ["Stop following me."]


class Faint:
    """Whatever is loud is perhaps a voice."""

    def probability(self, window: Samples) -> float:
        return 0.4 if np.abs(window).max() > 0.05 else 0.0


@pytest.mark.parametrize(
    ("sure", "text", "told", "back"),
    [(0.9, "Stop.", 1, 0), (0.9, "", 1, 0), (0.6, "A star is falling.", 1, 1), (0.3, "Stop.", 0, 0)],
)
def test_a_command_too_faint_for_a_turn_must_be_sure_and_is_put_to_the_transcript(
    sure: float, text: str, told: int, back: int
) -> None:
    ears = Ears(
        voice=VoiceActivity(Faint()), spotter=Spots(STOP, sure), clock=ClockKind.GAME,
        jobs=GameJobs(LATENCY_S), transcriber=Script(text),
    )  # fmt: skip
    there = Room(ears).play(("speech", 0.4), ("silence", 2.0))
    assert len(there.commands()) == told
    assert sum(type(one).__name__ == "CommandTakenBack" for one in there.told) == back
    assert not there.heard()
