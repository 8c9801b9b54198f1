"""Who listens and who breaks in, by phones that a scripted model hears."""

import numpy as np
import pytest

from game.clock import EAR_RATE
from game.sense.end_of_turn import TurnTracker
from game.sense.overtalk import Listeners, OverTalk
from game.sense.phone_model import LogProbabilities, Samples
from game.sense.recent_sound import RecentSound
from game.sense.voice_activity import WINDOW

PHONES = (
    " AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
)


class Hearing:
    """Hears the phones of a script, four frames each, as far as the sound is long: 24 ms a frame."""

    symbols = tuple(PHONES.split(" "))

    def __init__(self, script: str = "") -> None:
        self.script = script
        self.looks = 0

    def __call__(self, sound: Samples) -> LogProbabilities:
        self.looks += 1
        frames = max(1, len(sound) // 384)
        row: list[int] = [0] * 8
        for phone in self.script.split():
            row += [self.symbols.index(phone)] * 3 + [0]
        row += [0] * frames
        heard = np.full((frames, len(self.symbols)), -9.0, np.float32)
        heard[np.arange(frames), row[:frames]] = -0.01
        return heard


def broken_in_s(script: str, pattern: str, *, beside: bool = True, phones: bool = True) -> list[float]:
    """When it is known that more than listening was heard, in windows of which # has a voice."""
    hearing = Hearing(script)
    over = OverTalk(Listeners(hearing) if phones else None)
    tracker, sound = TurnTracker(), RecentSound(10.0)
    found = []
    for number, mark in enumerate(pattern):
        start_s, end_s = number * WINDOW / EAR_RATE, (number + 1) * WINDOW / EAR_RATE
        sound.add(np.full(WINDOW, 0.1, np.float32), end_s)
        events = tracker.step(speaking=mark == "#", start_s=start_s, end_s=end_s)
        if over.step(events, sound, end_s, speaking=mark == "#", beside=beside) is not None:
            found.append(round(end_s, 3))
    assert beside or not hearing.looks
    return found


def test_a_sentence_is_known_for_one_a_third_of_a_second_after_its_first_sound() -> None:
    assert broken_in_s("W EH R D UW", "." * 10 + "#" * 30)[0] <= 10 * 0.032 + 0.36


@pytest.mark.parametrize("script", ["Y AE", "M HH M", "OW K EY", "HH AA HH AA HH AA", "M HH M Y AE"])
def test_whoever_listens_is_waited_for(script: str) -> None:
    assert broken_in_s(script, "." * 10 + "#" * 30) == []


def test_whoever_listens_and_then_goes_on_breaks_in() -> None:
    known_s = broken_in_s("Y AE Y AE B AH T W EH R", "." * 10 + "#" * 40)
    assert known_s
    assert known_s[0] > 0.7


def test_a_click_is_nobody() -> None:
    assert broken_in_s("W EH R", "." * 10 + "###" + "." * 30) == []


def test_a_pause_after_the_first_word_does_not_begin_anew() -> None:
    pattern = "." * 10 + "####" + "." * 6 + "#" * 20
    assert broken_in_s("W EH R D UW", pattern)[0] <= (10 + 4 + 6 + 3) * 0.032


def test_each_stretch_of_talk_is_told_once_so_that_who_goes_on_breaks_in_again() -> None:
    pattern = "." * 10 + "#" * 15 + "." * 6 + "#" * 15
    assert len(broken_in_s("W EH R D UW", pattern)) == 2


def test_with_nothing_played_there_is_nobody_to_break_in_on() -> None:
    assert broken_in_s("W EH R D UW", "." * 10 + "#" * 30, beside=False) == []


def test_without_phones_length_decides() -> None:
    assert broken_in_s("", "." * 10 + "#" * 12 + "." * 20, phones=False) == []
    assert broken_in_s("", "." * 10 + "#" * 20, phones=False)[0] == pytest.approx(0.32 + 0.45, abs=0.04)


def test_all_of_a_turn_is_a_listeners_or_it_is_not() -> None:
    second = np.full(EAR_RATE, 0.1, np.float32)
    assert OverTalk(Listeners(Hearing("M HH M"))).only_listens(second)
    assert not OverTalk(Listeners(Hearing("M HH M W EH R"))).only_listens(second)
    assert not OverTalk(Listeners(Hearing("M HH M"))).only_listens(np.tile(second, 4))
    assert not OverTalk(None).only_listens(second)


@pytest.mark.parametrize("script", ["AY S IY", "EH M EY CH EH M"])
def test_i_see_and_a_hum_that_is_spelt_are_waited_for(script: str) -> None:
    assert broken_in_s(script, "." * 10 + "#" * 30) == []


def test_another_sentence_with_i_breaks_in() -> None:
    assert broken_in_s("AY AE M L UH K", "." * 10 + "#" * 30)[0] <= 10 * 0.032 + 0.5
