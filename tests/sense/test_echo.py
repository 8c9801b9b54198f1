"""The echo canceller with a room of our own making."""

import numpy as np
import pytest
from numpy.typing import NDArray

from game.clock import EAR_BLOCK, EAR_RATE
from game.sense.echo import TAIL_S, EchoCanceller
from game.sense.echo_filter import EchoFilter
from game.sense.fractional import HALF, read_between
from game.sense.voice_activity import Samples, level_db


def babble(seconds: float, seed: int) -> Samples:
    """Noise with the rhythm and the spectrum of speech, roughly."""
    rng = np.random.default_rng(seed)
    white = rng.normal(size=int(seconds * EAR_RATE))
    shaped = np.convolve(white, np.exp(-np.arange(40) / 8.0), "same")
    rhythm = np.repeat(rng.uniform(0.05, 1.0, int(seconds * 8) + 1), EAR_RATE // 8)[: len(shaped)]
    sound = shaped * rhythm
    return np.asarray(0.2 * sound / np.abs(sound).max(), np.float32)


def through(
    canceller: EchoCanceller, near: Samples, far: Samples, *, portion: int = EAR_BLOCK, ppm: float = 0.0
) -> Samples:
    """``near`` without the echo of ``far``, which the canceller is told of in portions; by ``ppm`` more
    samples of it are played than are heard. Blocks wait as they do in the ears."""
    out: list[Samples] = []
    waiting: list[Samples] = []
    told = 0
    for k in range(0, len(near) - EAR_BLOCK + 1, EAR_BLOCK):
        due = int((k + EAR_BLOCK) * (1.0 + ppm * 1e-6))
        while told + portion <= due:
            canceller.played(far[told : told + portion])
            told += portion
        waiting.append(near[k : k + EAR_BLOCK])
        while waiting and not canceller.lacks:
            out.append(canceller.process(waiting.pop(0)))
        assert len(waiting) < 7
    return np.concatenate(out)


def echo_of(far: Samples, delay_s: float, *, ppm: float = 0.0) -> Samples:
    """How a microphone hears it in a small room: its clock counts by ``ppm`` fewer samples."""
    lag = int(delay_s * EAR_RATE)
    rng = np.random.default_rng(9)
    length = EAR_RATE // 10
    room = 0.05 * rng.normal(size=length) * np.exp(-np.arange(length) / 300.0)
    room[0] = 0.5
    heard = np.asarray(np.convolve(far, room)[: len(far)], np.float32)
    heard = np.concatenate((np.zeros(lag + HALF, np.float32), heard, np.zeros(lag + HALF, np.float32)))
    count = int((len(far) - 100) / (1.0 + ppm * 1e-6))
    return read_between(heard, HALF + np.arange(count) * (1.0 + ppm * 1e-6))


@pytest.mark.parametrize("delay_s", [0.0, 0.04, 0.16, 0.3])
@pytest.mark.parametrize("ppm", [-100.0, 0.0, 100.0])
def test_the_echo_of_what_is_played_is_taken_out(delay_s: float, ppm: float) -> None:
    far = babble(12.0, seed=1)
    echo = echo_of(far, delay_s, ppm=ppm)
    canceller = EchoCanceller()
    left = through(canceller, echo, far, ppm=ppm)
    assert level_db(left[-2 * EAR_RATE :]) < level_db(echo[-2 * EAR_RATE :]) - 25.0
    # It is counted from what has been told of, which is up to a portion behind.
    assert canceller.playback.delay_s == pytest.approx(delay_s, abs=0.0125)
    assert canceller.playback.drift_ppm == pytest.approx(ppm, abs=10.0)


def test_with_a_silent_loudspeaker_the_sound_is_untouched() -> None:
    near = babble(1.0, seed=2)
    canceller = EchoCanceller()
    assert np.array_equal(through(canceller, near, np.zeros_like(near)), near)
    assert not canceller.working
    assert not canceller.lacks


def test_it_stays_at_work_while_an_echo_may_be_in_the_air_and_no_longer() -> None:
    canceller = EchoCanceller()
    quiet = np.zeros(EAR_BLOCK, np.float32)
    canceller.played(babble(0.1, seed=3)[:EAR_BLOCK])
    for _ in range(round(TAIL_S * 100)):
        assert canceller.working
        canceller.process(quiet)
    assert not canceller.working


def test_the_players_voice_survives_beside_the_echo() -> None:
    far, voice = babble(8.0, seed=4), babble(8.0, seed=5)
    voice[: 5 * EAR_RATE] = 0.0
    echo = echo_of(far, 0.05)
    left = through(EchoCanceller(), voice[: len(echo)] + echo, far)
    said = level_db(voice[6 * EAR_RATE :])
    assert level_db(left[6 * EAR_RATE :]) > said - 6.0


def test_what_is_told_of_late_and_in_portions_is_found_and_waited_for() -> None:
    """Pictures hand the played sound on, 33 ms at a time, and there is no delay that would hide it."""
    far = babble(10.0, seed=6)
    echo = echo_of(far, 0.0)
    left = through(EchoCanceller(), echo, far, portion=533)
    assert level_db(left[-2 * EAR_RATE :]) < level_db(echo[-2 * EAR_RATE :]) - 25.0


def test_a_delay_that_jumps_is_found_again_within_seconds() -> None:
    far = babble(16.0, seed=7)
    early, late = echo_of(far, 0.05), echo_of(far, 0.25)
    echo = np.concatenate((early[: 6 * EAR_RATE], late[6 * EAR_RATE :]))
    canceller = EchoCanceller()
    left = through(canceller, echo, far)
    assert canceller.playback.delay_s == pytest.approx(0.25, abs=0.001)
    assert level_db(left[-3 * EAR_RATE :]) < level_db(echo[-3 * EAR_RATE :]) - 25.0


def test_the_filter_keeps_what_it_knows_of_the_room_when_the_delay_jumps() -> None:
    far = babble(8.0, seed=11)
    early = echo_of(far, 0.05)
    room = EchoFilter()
    for k in range(0, 6 * EAR_RATE, EAR_BLOCK):
        room.process(early[k : k + EAR_BLOCK], far[k : k + EAR_BLOCK])
    # From here the played sound is laid 30 ms later beside what is heard.
    now, shift = 6 * EAR_RATE, round(0.03 * EAR_RATE)
    later = far[:-shift]
    room.realign(-shift, far[now - shift - 26 * EAR_BLOCK : now - shift])
    span = range(now, now + EAR_RATE // 4, EAR_BLOCK)
    left = [room.process(early[k : k + EAR_BLOCK], later[k - shift : k - shift + EAR_BLOCK]) for k in span]
    assert level_db(np.concatenate(left)) < level_db(early[now : now + EAR_RATE // 4]) - 10.0


def only_echo(canceller: EchoCanceller, near: Samples, far: Samples) -> NDArray[np.bool_]:
    """For each block whether it was taken for echo and nothing else."""
    out = []
    for k in range(0, len(near) - EAR_BLOCK + 1, EAR_BLOCK):
        canceller.played(far[k : k + EAR_BLOCK])
        canceller.process(near[k : k + EAR_BLOCK])
        out.append(canceller.only_echo)
    return np.array(out)


def syllables(seconds: float, seed: int) -> Samples:
    """A voice that hums one vowel after the other: unlike noise it has most frequencies only now and then."""
    rng = np.random.default_rng(seed)
    parts: list[NDArray[np.float64]] = []
    while sum(len(part) for part in parts) < seconds * EAR_RATE:
        count = int(rng.uniform(0.12, 0.3) * EAR_RATE)
        hertz = rng.uniform(110.0, 230.0) * (1.0 + 0.2 * np.linspace(0.0, rng.uniform(-1.0, 1.0), count))
        phase = 2.0 * np.pi * np.cumsum(hertz) / EAR_RATE
        first, second = rng.uniform(300.0, 900.0), rng.uniform(1000.0, 3000.0)
        vowel = np.zeros(count)
        for k in range(1, 30):
            at = k * hertz.mean()
            gain = np.exp(-(((at - first) / 150.0) ** 2)) + 0.4 * np.exp(-(((at - second) / 200.0) ** 2))
            vowel += (gain + 0.01) * np.sin(k * phase)
        parts += [vowel * np.hanning(count), np.zeros(int(rng.uniform(0.02, 0.2) * EAR_RATE))]
    sound = np.concatenate(parts)[: int(seconds * EAR_RATE)]
    return np.asarray(0.2 * sound / np.abs(sound).max(), np.float32)


def test_a_room_is_learned_within_the_first_second_of_a_voice() -> None:
    far = syllables(2.0, seed=1)
    echo = echo_of(far, 0.01)
    room = EchoFilter()
    blocks = range(0, len(echo) - EAR_BLOCK + 1, EAR_BLOCK)
    left = np.concatenate([room.process(echo[k : k + EAR_BLOCK], far[k : k + EAR_BLOCK]) for k in blocks])
    assert level_db(left[EAR_RATE:]) < level_db(echo[EAR_RATE:]) - 6.0


def test_what_a_young_filter_leaves_of_a_voices_echo_is_no_voice() -> None:
    far = syllables(8.0, seed=5)
    echo = echo_of(far, 0.22, ppm=100.0)
    told = only_echo(EchoCanceller(), echo, far)
    blocks = echo[: len(told) * EAR_BLOCK].reshape(-1, EAR_BLOCK)
    loud = np.abs(blocks).max(axis=1) > 0.001
    assert loud[50:].sum() > 200
    assert (loud & ~told)[50:].sum() <= 8  # A quarter of what the levels alone let pass.


def test_an_echo_is_told_from_a_voice_over_it() -> None:
    far, voice = babble(12.0, seed=4), babble(12.0, seed=5)
    echo = echo_of(far, 0.05)
    voice = voice[: len(echo)] * 10 ** ((level_db(echo) - level_db(voice)) / 20)
    voice[: 8 * EAR_RATE] = 0.0
    told = only_echo(EchoCanceller(), echo + voice, far)
    assert told[300:800].mean() > 0.9
    assert told[820:1100].mean() < 0.1


def test_with_headphones_there_is_nothing_to_learn_and_the_player_is_heard_all_the_same() -> None:
    far, voice = babble(12.0, seed=4), babble(12.0, seed=5)
    told = only_echo(EchoCanceller(), voice, far)
    assert told[:300].all()  # It does not know yet that there is no echo.
    assert told[450:].mean() < 0.1


def test_after_a_restart_the_delay_is_looked_for_anew() -> None:
    far = babble(10.0, seed=8)
    canceller = EchoCanceller()
    through(canceller, echo_of(far, 0.1), far)
    canceller.restart()
    assert canceller.playback.delay_s is None
    through(canceller, echo_of(far, 0.2), far)
    assert canceller.playback.delay_s == pytest.approx(0.2, abs=0.001)
