"""The stage: effects become sounds, the voice stays at the mouth, and what was heard is told back."""

import threading
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE, SAMPLES_PER_TICK, TICK_S
from game.present.sound import meter
from game.present.sound.mixer import Mixer
from game.present.sound.recipes import SoundBook
from game.present.sound.stage_sound import SoundStage
from game.sense.observations import ClipPlayed
from game.world.cave import Cave, grow
from game.world.child import mouth_of
from game.world.effects import Duck, Effect, PlayClip, PlaySound, StopClip
from game.world.state import World

BOOK = SoundBook(seed=2)


@pytest.fixture(scope="module")
def cave() -> Cave:
    return grow(1)


class Play:
    """A stage on the game clock: 800 samples a tick."""

    def __init__(self, cave: Cave, head_yaw: Callable[[], float] | None = None) -> None:
        self.world = World(seed=1, cave=cave)
        self.world.child.position = (0.0, 2.0, 0.0)
        self.mixer = Mixer()
        self.stage = SoundStage(self.mixer, book=BOOK, head_yaw=head_yaw)
        self.told: list[ClipPlayed] = []
        self.heard: list[NDArray[np.float32]] = []
        self._ticks = 0

    def tick(self, *effects: Effect, count: int = 1) -> None:
        for number in range(count):
            self.stage.apply(effects if number == 0 else (), self.world)
            self.heard.append(self.mixer.mix(SAMPLES_PER_TICK))
            self._ticks += 1
            self.told += self.stage.feedback(self._ticks * TICK_S)

    def speak(self, clip: str = "s1") -> PlayClip:
        return PlayClip(clip=clip, character="child", position=mouth_of(self.world))


@pytest.fixture
def play(cave: Cave) -> Play:
    return Play(cave)


def voice(seconds: float, level: float = 0.2) -> NDArray[np.float32]:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (level * np.sin(2 * np.pi * 300.0 * time)).astype(np.float32)


def hiss(seconds: float) -> NDArray[np.float32]:
    noise = np.random.default_rng(4).standard_normal(int(seconds * SAMPLE_RATE))
    return (0.1 * noise).astype(np.float32)


def test_delivered_speech_is_played_and_told_to_its_end(play: Play) -> None:
    play.stage.deliver("s1", voice(0.55))
    play.tick(play.speak(), count=60)
    assert [news.finished for news in play.told] == [False] * (len(play.told) - 1) + [True]
    played = [news.played_s for news in play.told]
    assert played == sorted(played)
    assert played[-1] == pytest.approx(0.55, abs=1e-3)
    gaps = np.diff([news.at_s for news in play.told[:-1]])
    assert (gaps >= 0.0999).all()
    assert 5 <= len(play.told) <= 7


def test_speech_that_comes_late_begins_when_it_comes(play: Play) -> None:
    play.tick(play.speak(), count=10)
    assert play.told == []
    play.stage.deliver("s1", voice(0.2))
    play.tick(count=20)
    assert play.told[-1].finished
    assert play.told[-1].played_s == pytest.approx(0.2)


def test_speech_stopped_before_it_came_is_finished_and_never_heard(play: Play) -> None:
    play.tick(play.speak())
    play.tick(StopClip(clip="s1", fade_s=0.1))
    play.stage.deliver("s1", voice(0.5))
    play.tick(count=30)
    assert [(news.played_s, news.finished) for news in play.told] == [(0.0, True)]
    assert not np.concatenate(play.heard).any()


def test_interrupted_speech_tells_how_much_was_heard(play: Play) -> None:
    play.stage.deliver("s1", voice(2.0))
    play.tick(play.speak(), count=30)
    play.tick(StopClip(clip="s1", fade_s=0.05), count=20)
    last = play.told[-1]
    assert last.finished
    assert last.played_s == pytest.approx(0.55, abs=0.02)


def test_voice_moves_with_the_mouth(play: Play) -> None:
    def difference_db() -> float:
        recent = np.concatenate(play.heard[-12:])
        return meter.rms_db(recent[:, 1]) - meter.rms_db(recent[:, 0])

    play.stage.deliver("s1", hiss(4.0))
    play.world.child.position = (-2.0, 0.5, 0.0)
    play.tick(play.speak(), count=40)
    assert difference_db() < -3.0
    play.world.child.position = (2.0, 0.5, 0.0)
    play.tick(count=60)
    assert difference_db() > 3.0


def test_head_of_the_player_is_the_listener(play: Play) -> None:
    play.stage.deliver("s1", hiss(2.0))
    play.world.player.yaw_rad = np.pi / 2
    play.world.child.position = (0.0, 2.0, 0.0)
    play.tick(play.speak(), count=40)
    recent = np.concatenate(play.heard[-20:])
    assert meter.rms_db(recent[:, 0]) - meter.rms_db(recent[:, 1]) > 3.0


def test_headphones_turn_with_the_head(cave: Cave) -> None:
    play = Play(cave, head_yaw=lambda: np.pi / 2)
    play.stage.deliver("s1", hiss(2.0))
    play.world.child.position = (0.0, 2.0, 0.0)
    play.tick(play.speak(), count=40)
    recent = np.concatenate(play.heard[-20:])
    # It is ahead, and the player looks to the right: it is heard on the left.
    assert meter.rms_db(recent[:, 0]) - meter.rms_db(recent[:, 1]) > 3.0


def test_ear_hears_the_companion_dry_and_it_moves_no_mouth(play: Play) -> None:
    play.stage.deliver("c1", voice(0.5))
    play.tick(PlayClip(clip="c1", character="companion", position=None), count=15)
    assert play.stage.mouth() == 0.0
    assert play.stage.level("c1") > 0.5
    heard = np.concatenate(play.heard)
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])


def test_mouth_follows_speech_and_giggles_at_the_mouth_only(play: Play) -> None:
    assert play.stage.mouth() == 0.0
    play.tick(PlaySound(name="giggle", clip="far", position=(9.0, 9.0, 1.0)), count=12)
    assert play.stage.mouth() == 0.0
    play.tick(PlaySound(name="laugh", clip="near", position=mouth_of(play.world)), count=12)
    assert play.stage.mouth() > 0.2


def test_duck_and_volume_reach_the_mixer(play: Play) -> None:
    play.stage.deliver("s1", voice(4.0))
    play.tick(play.speak(), count=60)
    full = meter.rms_db(np.concatenate(play.heard[-15:]))
    play.tick(Duck(gain_db=-12.0), count=120)
    ducked = meter.rms_db(np.concatenate(play.heard[-15:]))
    assert full - ducked == pytest.approx(12.0, abs=1.0)
    play.world.volume = 0.0
    play.tick(count=150)
    assert meter.rms_db(np.concatenate(play.heard[-15:])) < -60.0


def test_sounds_by_recipe_are_heard_and_tell_nothing_back(play: Play) -> None:
    play.tick(PlaySound(name="step", clip="step-1", position=(0.0, 0.0, 0.0)), count=40)
    assert np.concatenate(play.heard).any()
    assert play.told == []


def test_loop_goes_on_until_it_is_stopped(play: Play) -> None:
    play.tick(PlaySound(name="hum", clip="hum", position=None, loop=True), count=30)
    assert play.mixer.playing() == ["hum"]
    play.tick(StopClip(clip="hum", fade_s=0.1), count=10)
    assert play.mixer.playing() == []


def test_warming_makes_the_sounds_beside_the_play() -> None:
    made = threading.Event()

    class Book(SoundBook):
        def warm(self, wanted: Iterable[str] | None = None) -> None:
            if threading.current_thread() is not threading.main_thread():
                made.set()

    SoundStage(Mixer(), book=Book()).warm()
    assert made.wait(10.0)


def test_unknown_sound_is_one_fault_and_play_goes_on(play: Play) -> None:
    effect = PlaySound(name="banjo", clip="b", position=None)
    play.tick(effect)
    play.tick(effect)
    assert len(play.stage.faults) == 1
    assert "banjo" in play.stage.faults[0]


@pytest.mark.parametrize("broken", [np.zeros((2, 9), np.float32), np.full(9, np.nan, np.float32)])
def test_broken_speech_is_a_fault_and_ends_at_once(play: Play, broken: NDArray[np.float32]) -> None:
    play.stage.deliver("s1", broken)
    play.tick(play.speak(), count=3)
    assert len(play.stage.faults) == 1
    assert [(news.played_s, news.finished) for news in play.told] == [(0.0, True)]


def test_speech_that_nobody_fetches_is_forgotten(play: Play) -> None:
    for number in range(100):
        play.stage.deliver(f"s{number}", voice(0.05))
    play.tick(play.speak("s0"), count=20)
    assert play.told == []
    play.tick(play.speak("s99"), count=20)
    assert play.told[-1].clip == "s99"
