"""Where words begin and end that may be a command, by probabilities of speech, 32 ms each."""

import numpy as np
import pytest

from game.sense.end_of_turn import VoiceHushed, VoiceRose
from game.sense.voice_activity import WINDOW, Window
from game.sense.words import Words

STEP_S = 0.032


def told(*probabilities: float) -> tuple[list[tuple[int, int]], list[int]]:
    """The words' beginnings and ends in windows, and the windows at which they first fell silent."""
    words, spans, falls, began = Words(), [], [], 0.0
    for at, probability in enumerate(probabilities):
        window = Window(samples=np.zeros(WINDOW, np.float32), speaking=False, probability=probability)
        for event in words.step(window, start_s=at * STEP_S, end_s=(at + 1) * STEP_S):
            match event:
                case VoiceRose():
                    began = event.start_s
                case VoiceHushed():
                    spans.append((round(began / STEP_S), round(event.end_s / STEP_S)))
        if words.fell:
            falls.append(at)
    return spans, falls


@pytest.mark.parametrize("high", [0.25, 0.5, 1.0])
def test_a_word_is_found_however_unsure_the_voice_is_and_ends_two_windows_after_it(high: float) -> None:
    spans, falls = told(*[0.0] * 5, *[high] * 10, *[0.0] * 5)
    assert spans == [(5, 15)]
    assert falls == [15]


def test_a_sure_voice_has_ended_while_an_unsure_one_would_go_on() -> None:
    assert told(*[1.0] * 10, *[0.4] * 3)[0] == [(0, 10)]
    assert told(*[0.5] * 10, *[0.4] * 3)[0] == []


def test_a_dip_of_one_window_ends_nothing_and_the_murmur_of_a_room_begins_nothing() -> None:
    assert told(*[0.8] * 5, 0.1, *[0.8] * 5)[0] == []
    assert told(*[0.15] * 30) == ([], [])
