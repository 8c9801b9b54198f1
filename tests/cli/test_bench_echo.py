"""The computed room and the stand in which the ears are measured; the noises of the other bench."""

from collections.abc import Callable

import numpy as np
import pytest

from game.cli.bench_echo import alone, over
from game.cli.bench_noise import NOISES, listen, noise
from game.cli.echo_room import EchoRoom, RoomSettings, impulse_response
from game.cli.echo_stand import Sentence, Stand, active_db
from game.cli.word_errors import word_errors, words_of
from game.clock import EAR_BLOCK, EAR_RATE, SAMPLE_RATE
from game.sense.audio_source import Samples
from game.sense.delay import EARLIEST, LATEST, WINDOW, find_delay
from game.sense.observations import Heard, Observation, SpeechPaused, SpeechStarted, VoiceTalks
from game.sense.voice_activity import level_db
from npc.speech.voice import Spoken


@pytest.mark.parametrize("rt60_s", [0.2, 0.4, 0.6])
def test_a_room_has_its_distance_and_its_reverberation_time(rt60_s: float) -> None:
    response = impulse_response(np.array([2.3, 2.4, 1.2]), RoomSettings(rt60_s=rt60_s), 1)
    assert int(np.argmax(np.abs(response))) == pytest.approx(EAR_RATE / 343.0, abs=1)
    energy = np.cumsum(response[::-1] ** 2)[::-1]
    decay = 10.0 * np.log10(energy / energy[0])
    fall = np.argmax(decay < -25.0) - np.argmax(decay < -5.0)  # ISO 3382: T20 from -5 to -25 dB.
    assert 3.0 * fall / EAR_RATE == pytest.approx(rt60_s, rel=0.15)


def through(settings: RoomSettings, seconds: float) -> tuple[Samples, Samples]:
    """What a microphone hears of noise on the loudspeakers, and that noise at 16 kHz."""
    rng = np.random.default_rng(1)
    room = EchoRoom(settings)
    heard: list[Samples] = []
    played: list[Samples] = []
    for _ in range(int(seconds * 100)):
        mono = np.repeat(0.1 * rng.normal(size=EAR_BLOCK), 3).astype(np.float32)
        played.append(mono[::3])
        heard += room.play(np.repeat(mono[:, None], 2, axis=1))
    return np.concatenate(heard), np.concatenate(played)


@pytest.mark.parametrize("delay_s", [0.0, 0.3])
@pytest.mark.parametrize("drift_ppm", [-100.0, 100.0])
def test_the_room_is_as_late_as_it_is_told_and_drifts(delay_s: float, drift_ppm: float) -> None:
    heard, played = through(RoomSettings(delay_s=delay_s, drift_ppm=drift_ppm), 12.0)
    found = []
    for end in (4 * EAR_RATE, 11 * EAR_RATE):
        first = end - WINDOW
        result = find_delay(heard[first:end], played[first - LATEST : end - EARLIEST])
        assert result is not None
        assert result.sure
        found.append(result.delay)
    # A metre of air, and the filters of the way down to 16 kHz.
    assert found[0] == pytest.approx(delay_s * EAR_RATE + 47 + 20, abs=12)
    assert found[1] - found[0] == pytest.approx(7.0 * EAR_RATE * drift_ppm * 1e-6, abs=0.7)


class Told:
    """Ears that tell what a test wants them to."""

    def __init__(self, script: Callable[[float], list[Observation]]) -> None:
        self.script = script
        self.heard: list[Samples] = []

    def feed(self, block: Samples, reference: Samples | None, at_s: float) -> list[Observation]:
        self.heard.append(block)
        return self.script(at_s)

    def poll(self, now_s: float) -> list[Observation]:
        return []


def line(seconds: float) -> Spoken:
    sound = 0.1 * np.random.default_rng(2).normal(size=int(seconds * SAMPLE_RATE))
    return Spoken(pcm=sound.astype(np.float32), words=(), duration_s=seconds)


def stand(script: Callable[[float], list[Observation]], *, stopping: bool = True) -> Stand:
    ears: object = Told(script)
    return Stand(RoomSettings(noise_dbfs=-120.0), ears, [line(4.0)], stopping=stopping, seed=1)  # type: ignore[arg-type]


def test_ears_that_hear_nobody_leave_the_child_in_peace() -> None:
    there = stand(lambda at_s: [])
    found = alone(there, 0.2)
    assert found.child_s > 6.0
    assert (found.starts, found.turns, found.ducks, found.stops) == (0, 0, 0, 0)
    assert level_db(np.concatenate(there._ears.heard)) > -60.0  # type: ignore[attr-defined]


def test_ears_that_take_the_echo_for_a_player_are_found_out() -> None:
    def script(at_s: float) -> list[Observation]:
        heard = Heard(at_s=at_s, utterance=1, text="Get lost.", start_s=2.0, end_s=3.0)
        told: dict[float, list[Observation]] = {
            2.2: [SpeechStarted(at_s=at_s, start_s=2.0)],
            2.4: [VoiceTalks(at_s=at_s, start_s=2.0)],
            3.3: [SpeechPaused(at_s=at_s, end_s=3.0)],
            3.8: [heard],
        }
        return told.get(round(at_s, 2), [])

    found = alone(stand(script), 0.15)
    # Stopped once by the voice; the next line, begun before the turn was understood, by the turn.
    assert (found.starts, found.turns, found.ducks, found.stops) == (1, 1, 1, 2)
    assert found.told == ["2.0 s: Get lost."]


def test_who_is_not_heard_over_the_child_counts_with_every_word() -> None:
    sentence = Sentence(text="drop the two", sound=np.full(EAR_RATE, 0.1, np.float32), voice_s=0.0)
    found = over(stand(lambda at_s: []), [sentence])
    assert (found.words, found.errors) == (3, 3)
    assert found.ducked_ms == found.stopped_ms == [None]


def test_word_errors_count_what_is_changed_left_out_and_put_in() -> None:
    said = words_of("It's the small-dog, no?")
    assert said == ["its", "the", "small", "dog", "no"]
    assert word_errors(said, ["its", "a", "dog", "no", "no"]) == 3


def test_the_level_of_speech_leaves_its_pauses_out() -> None:
    tone = 0.1 * np.sin(np.arange(EAR_RATE) / 5.0).astype(np.float32)
    with_pause = np.concatenate((tone, np.zeros(4 * EAR_RATE, np.float32)))
    assert active_db(with_pause) == pytest.approx(level_db(tone), abs=0.5)


@pytest.mark.parametrize("kind", NOISES)
def test_every_noise_is_sound_within_full_scale(kind: str) -> None:
    sound = noise(kind, np.random.default_rng(1))
    assert len(sound) == 20 * EAR_RATE
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= 1.0
    assert (level_db(sound) > -65.0) == (kind not in ("silence", "gone"))


def test_what_is_told_in_noise_is_counted() -> None:
    def script(at_s: float) -> list[Observation]:
        heard = Heard(at_s=at_s, utterance=1, text="Thanks for watching.", start_s=1.0, end_s=2.0)
        return [heard] if round(at_s, 2) == 3.0 else []

    ears: object = Told(script)
    found = listen(ears, 0.3, 1)  # type: ignore[arg-type]
    assert (found.turns, found.commands, found.starts) == (1, 0, 0)
    assert found.told == ["1 s, rain: Thanks for watching."]
