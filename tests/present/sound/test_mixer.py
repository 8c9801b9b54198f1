"""The mixer: what is heard where, how loud, for how long, and without a click."""

import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE, SAMPLES_PER_TICK
from game.present.sound import meter
from game.present.sound.limiter import CEILING
from game.present.sound.mixer import MAX_VOICES, Mixer

Sound = NDArray[np.float32]
EARS = (0.0, 0.0, 1.5)


def tone(seconds: float, hz: float = 220.0, level: float = 0.2) -> Sound:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (level * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def noise(seconds: float, level: float = 0.1) -> Sound:
    count = int(seconds * SAMPLE_RATE)
    return (np.random.default_rng(3).standard_normal(count) * level).astype(np.float32)


def mixer() -> Mixer:
    made = Mixer()
    made.set_listener(EARS, 0.0)
    return made


def run(made: Mixer, seconds: float, block: int = SAMPLES_PER_TICK) -> Sound:
    return np.concatenate([made.mix(block) for _ in range(int(seconds * SAMPLE_RATE) // block)])


def test_nothing_playing_is_silence() -> None:
    assert not mixer().mix(1000).any()


@pytest.mark.parametrize("block", [480, 441, 800, 7000])
def test_size_of_blocks_does_not_change_the_sound(block: int) -> None:
    def play(size: int) -> Sound:
        made = mixer()
        made.play("voice", noise(0.6), position=(2.0, 1.0, 1.0), bus="voice")
        made.play("ear", tone(0.4), position=None, bus="ear")
        return run(made, 1.0, size)[:40_000]

    np.testing.assert_allclose(play(block), play(160), atol=2e-5)


def test_same_calls_give_the_same_samples() -> None:
    first, second = mixer(), mixer()
    for made in (first, second):
        made.play("a", noise(0.3), position=(1.0, 2.0, 0.0))
    np.testing.assert_array_equal(run(first, 0.5), run(second, 0.5))


def test_sound_on_the_right_is_louder_and_earlier_in_the_right_ear() -> None:
    made = mixer()
    made.play("a", noise(0.5), position=(3.0, 0.0, 1.5))
    heard = run(made, 0.5)[2000:22_000]
    assert meter.rms_db(heard[:, 1]) - meter.rms_db(heard[:, 0]) > 4.0
    lags = np.arange(-40, 41)
    match = [float(heard[100:-100, 1] @ heard[100 + lag : len(heard) - 100 + lag, 0]) for lag in lags]
    assert 15 <= lags[int(np.argmax(match))] <= 30


def test_turning_the_head_brings_a_sound_to_the_middle() -> None:
    made = mixer()
    made.set_listener(EARS, np.pi / 2)
    made.play("a", noise(0.5), position=(3.0, 0.0, 1.5))
    heard = run(made, 0.5)
    assert abs(meter.rms_db(heard[:, 1]) - meter.rms_db(heard[:, 0])) < 0.7


def test_distance_makes_quieter_and_wetter() -> None:
    def levels(metres: float) -> tuple[float, float]:
        made = mixer()
        made.play("a", noise(0.4), position=(0.0, metres, 1.5))
        heard = run(made, 1.0)
        return meter.rms_db(heard[:19_000]), meter.rms_db(heard[24_000:])

    near_direct, near_echo = levels(1.5)
    far_direct, far_echo = levels(8.0)
    assert near_direct - far_direct > 8.0
    assert (far_echo - far_direct) - (near_echo - near_direct) > 3.0


def test_ear_is_dry_and_equal_in_both_ears() -> None:
    made = mixer()
    made.play("a", noise(0.3), position=None, bus="ear")
    heard = run(made, 0.6)
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])
    assert not heard[16_000:].any()


def test_moving_ducking_and_stopping_make_no_click() -> None:
    made = mixer()
    made.play("a", tone(6.0), position=(2.0, 2.0, 1.5), bus="voice")
    heard = []
    for tick in range(180):
        made.move("a", (3.0 * np.cos(tick * 0.1), 3.0 * np.sin(tick * 0.1), 1.5))
        if tick == 60:
            made.duck(-18.0)
        if tick == 90:
            made.duck(0.0)
        if tick == 100:
            made.set_volume(0.3)
        if tick == 110:
            made.move("a", (-9.0, 0.0, 0.0))
        if tick == 150:
            made.stop("a", 0.02)
        heard.append(made.mix(SAMPLES_PER_TICK))
    sound = np.concatenate(heard)[1000:]
    for ear in (0, 1):
        assert not len(meter.clicks(sound[:, ear], factor=8.0, floor=1e-4))


def test_louder_is_heard_and_stays_below_the_ceiling() -> None:
    def heard(volume: float, gain_db: float) -> Sound:
        made = mixer()
        made.set_volume(volume)
        made.play("a", tone(1.0), position=None, gain_db=gain_db)
        return run(made, 0.8)[20_000:]

    assert meter.rms_db(heard(2.0, -20.0)) - meter.rms_db(heard(1.0, -20.0)) == pytest.approx(6.0, abs=0.1)
    assert np.abs(heard(2.0, 12.0)).max() <= CEILING + 1e-6


def test_loop_has_no_seam_and_goes_on() -> None:
    made = mixer()
    period = tone(0.5, hz=100.0)
    made.play("hum", period, position=None, loop=True)
    heard = run(made, 2.2)
    assert not len(meter.clicks(heard[4000:, 0], factor=8.0, floor=1e-4))
    assert made.playing() == ["hum"]
    assert meter.rms_db(heard[-4000:]) > -25.0


def test_clip_that_starts_and_ends_at_full_level_is_faded() -> None:
    made = mixer()
    made.play("a", np.full(4800, 0.3, dtype=np.float32), position=None, bus="ear")
    heard = run(made, 0.2)[:, 0]
    assert np.abs(np.diff(heard)).max() < 0.01


def test_duck_lowers_voices_and_leaves_sounds() -> None:
    def level(bus: str, duck_db: float) -> float:
        made = mixer()
        made.duck(duck_db)
        made.play("a", noise(0.5), position=(0.0, 2.0, 1.5), bus=bus)  # type: ignore[arg-type]
        return meter.rms_db(run(made, 0.4)[2000:])

    assert level("voice", 0.0) - level("voice", -12.0) == pytest.approx(12.0, abs=0.3)
    assert level("ear", 0.0) - level("ear", -12.0) == pytest.approx(12.0, abs=0.3)
    assert level("sound", -12.0) == pytest.approx(level("sound", 0.0), abs=0.01)


def test_too_loud_is_limited_and_never_clips() -> None:
    made = mixer()
    for number in range(8):
        made.play(f"{number}", noise(0.5, level=0.5), position=(0.0, 1.0, 1.5), gain_db=12.0)
    heard = run(made, 0.5)
    assert np.abs(heard).max() <= CEILING + 1e-6
    assert np.abs(heard).max() > 0.8 * CEILING


def test_played_and_finished_speak_of_what_is_heard() -> None:
    made = mixer()
    made.set_latency(0.1)
    made.play("a", tone(0.5), position=None)
    run(made, 0.1)
    assert made.played_s("a") == 0.0
    run(made, 0.3)
    assert made.played_s("a") == pytest.approx(0.3, abs=0.004)
    run(made, 0.15)
    assert made.finished() == []
    run(made, 0.1)
    assert made.finished() == ["a"]
    assert made.finished() == []
    assert made.played_s("a") == pytest.approx(0.5)
    assert made.playing() == []


def test_stop_ends_a_clip_after_its_fade() -> None:
    made = mixer()
    made.play("a", tone(5.0), position=None)
    run(made, 0.5)
    made.stop("a", 0.1)
    run(made, 0.2)
    assert made.finished() == ["a"]
    assert made.played_s("a") == pytest.approx(0.6, abs=0.01)


def test_level_follows_the_clip_and_not_the_distance() -> None:
    made = mixer()
    clip = np.concatenate([tone(0.3, level=0.3), np.zeros(14_400, dtype=np.float32)])
    made.play("a", clip, position=(0.0, 15.0, 1.5))
    run(made, 0.15)
    assert made.level("a") > 0.8
    run(made, 0.3)
    assert made.level("a") == 0.0
    assert made.level("nobody") == 0.0


def test_level_of_a_quiet_voice_reaches_as_far_as_that_of_a_loud_one() -> None:
    made = mixer()
    made.play("quiet", noise(0.5, level=0.06), position=None)
    made.play("loud", noise(0.5, level=0.3), position=None)
    run(made, 0.2)
    assert made.level("quiet") == pytest.approx(made.level("loud"), abs=0.1)


def test_same_name_again_replaces_the_first() -> None:
    made = mixer()
    made.play("a", tone(2.0), position=None)
    run(made, 0.3)
    made.play("a", tone(0.2), position=None)
    assert made.played_s("a") == 0.0
    run(made, 0.3)
    assert made.finished() == ["a"]


def test_one_sound_too_many_ends_an_old_sound_and_spares_speech_and_loops() -> None:
    made = mixer()
    made.play("speech", tone(1.0), position=None, bus="voice")
    made.play("hum", tone(1.0), position=None, loop=True)
    for number in range(MAX_VOICES):
        made.play(f"step {number}", tone(1.0), position=None)
    assert len(made.playing()) == MAX_VOICES
    assert {"speech", "hum"} <= set(made.playing())
    assert made.finished() == ["step 0", "step 1"]


def test_empty_clip_finishes_at_once() -> None:
    made = mixer()
    made.play("a", np.zeros(0, dtype=np.float32), position=None, loop=True)
    run(made, 0.02)
    assert made.finished() == ["a"]


@pytest.mark.parametrize(
    "clip", [np.zeros((2, 10), dtype=np.float32), np.array([0.0, np.nan], dtype=np.float32)]
)
def test_what_is_no_sound_is_refused(clip: Sound) -> None:
    with pytest.raises(ValueError, match="clip"):
        mixer().play("a", clip, position=None)


def test_place_that_is_not_finite_is_refused() -> None:
    made = mixer()
    with pytest.raises(ValueError, match="place"):
        made.play("a", tone(0.1), position=(0.0, float("nan"), 0.0))
    with pytest.raises(ValueError, match="listener"):
        made.set_listener((0.0, float("inf"), 0.0), 0.0)


def test_echo_dies_away_to_silence() -> None:
    made = mixer()
    made.play("a", noise(0.1), position=(0.0, 3.0, 1.5))
    heard = run(made, 4.5)
    assert heard[int(0.5 * SAMPLE_RATE) : int(0.6 * SAMPLE_RATE)].any()
    assert not heard[int(4.2 * SAMPLE_RATE) :].any()


def test_playing_from_one_thread_while_another_mixes() -> None:
    made = mixer()
    done = threading.Event()

    def mix() -> None:
        while not done.is_set():
            made.mix(960)

    thread = threading.Thread(target=mix)
    thread.start()
    try:
        for number in range(60):
            made.play(f"{number % 7}", tone(0.05), position=(1.0, 1.0, 1.0))
            made.move(f"{number % 7}", (2.0, 1.0, 1.0))
            made.stop(f"{(number + 3) % 7}")
            made.level("0")
            made.finished()
    finally:
        done.set()
        thread.join()
    assert len(made.playing()) <= 7
