"""Loudspeaker, silence and the thread between: paced, counted, and never a crash when a device goes."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE
from game.present.sound.mixer import Mixer
from game.present.sound.output import (
    AHEAD_S,
    BLOCK,
    EARPIECE_LOST,
    MixThread,
    NullOutput,
    Ring,
    SpeakerError,
    SpeakerOutput,
    open_earpiece,
    open_output,
)


class FakeClock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class FakePortAudioError(Exception):
    pass


class FakeStream:
    """A device that plays when the test asks it to."""

    latency = 0.02

    def __init__(
        self, *, callback: Callable[..., None], finished_callback: Callable[[], None], **_: Any
    ) -> None:
        self.callback, self.finished = callback, finished_callback
        self.started = self.closed = False

    def start(self) -> None:
        self.started = True

    def abort(self, ignore_errors: bool = True) -> None:
        self.finished()

    def close(self, ignore_errors: bool = True) -> None:
        self.closed = True

    def play(self, frames: int) -> NDArray[np.float32]:
        out = np.full((frames, 2), 9.0, dtype=np.float32)
        self.callback(out, frames, None, None)
        return out


class FakeSoundDevice:
    PortAudioError = FakePortAudioError

    def __init__(self, error: str | None = None) -> None:
        self._error = error
        self.streams: list[FakeStream] = []

    def OutputStream(self, **settings: Any) -> FakeStream:  # noqa: N802 - the library's own name
        if self._error is not None:
            raise FakePortAudioError(self._error)
        assert settings["samplerate"] == SAMPLE_RATE
        assert (settings["channels"], settings["dtype"]) == (2, "float32")
        self.streams.append(FakeStream(**settings))
        return self.streams[-1]


def counting(frames: int, start: int = 1) -> NDArray[np.float32]:
    numbers = np.arange(start, start + frames, dtype=np.float32)
    return np.stack([numbers, -numbers], axis=1)


def test_ring_gives_back_what_it_got_round_its_end() -> None:
    ring = Ring(100)
    out = np.empty((70, 2), dtype=np.float32)
    at = 1
    for _ in range(5):
        assert ring.write(counting(70, at)) == 70
        assert ring.read_into(out) == 70
        np.testing.assert_array_equal(out, counting(70, at))
        at += 70


def test_ring_takes_no_more_than_it_holds_and_fills_up_with_silence() -> None:
    ring = Ring(100)
    assert ring.write(counting(130)) == 100
    out = np.empty((120, 2), dtype=np.float32)
    assert ring.read_into(out) == 100
    assert not out[100:].any()
    assert ring.queued == 0


def test_speaker_plays_in_order_and_counts_underruns_only_once_begun() -> None:
    library = FakeSoundDevice()
    speaker = SpeakerOutput(sounddevice=library)
    stream = library.streams[0]
    assert stream.started
    assert not stream.play(256).any()
    assert speaker.underruns == 0
    speaker.write(counting(300))
    np.testing.assert_array_equal(stream.play(256), counting(256))
    stream.play(256)
    assert speaker.underruns == 1
    assert speaker.latency_s == 0.02


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            "Error opening OutputStream: Device unavailable [PaErrorCode -9985]",
            "No loudspeaker could be opened: Device unavailable [PaErrorCode -9985].",
        ),
        ("Error querying device -1", "No loudspeaker was found."),
    ],
)
def test_speaker_that_cannot_be_opened_is_one_sentence(error: str, sentence: str) -> None:
    with pytest.raises(SpeakerError) as caught:
        SpeakerOutput(sounddevice=FakeSoundDevice(error))
    assert str(caught.value) == sentence


def test_without_portaudio_there_is_silence_and_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError("PortAudio library not found")

    monkeypatch.setattr("game.present.sound.output.importlib.import_module", missing)
    output, reason = open_output()
    assert isinstance(output, NullOutput)
    assert reason == "No sound: the system library PortAudio is not installed."


@pytest.mark.parametrize("how", ["finished", "silent"])
def test_lost_device_is_a_fault(how: str) -> None:
    library, clock = FakeSoundDevice(), FakeClock()
    speaker = SpeakerOutput(sounddevice=library, clock=clock)
    library.streams[0].play(64)
    assert speaker.fault is None
    if how == "finished":
        library.streams[0].finished()
    else:
        clock.now_s += 5.0
    fault = speaker.fault
    assert fault is not None
    assert fault.endswith(".")


def test_closed_speaker_is_no_fault() -> None:
    library, clock = FakeSoundDevice(), FakeClock()
    speaker = SpeakerOutput(sounddevice=library, clock=clock)
    speaker.close()
    clock.now_s += 60.0
    assert speaker.fault is None


def test_null_output_takes_sound_at_the_pace_of_the_clock() -> None:
    clock = FakeClock()
    output = NullOutput(clock)
    output.write(counting(4800))
    assert output.queued == 4800
    clock.now_s += 0.04
    assert output.queued == pytest.approx(2880, abs=1)
    clock.now_s += 1.0
    assert output.queued == 0
    output.write(counting(480))
    assert output.underruns == 1


def play_ticks(thread: MixThread, clock: FakeClock, seconds: float, tick_s: float = 0.004) -> None:
    for _ in range(round(seconds / tick_s)):
        thread.turn()
        clock.now_s += tick_s


def test_thread_keeps_a_little_ahead_and_taps_get_every_block() -> None:
    clock = FakeClock()
    output = NullOutput(clock)
    blocks: list[NDArray[np.float32]] = []
    thread = MixThread(Mixer(), output, taps=[blocks.append], clock=clock)
    play_ticks(thread, clock, 2.0)
    assert output.underruns == 0
    assert all(block.shape == (BLOCK, 2) for block in blocks)
    assert AHEAD_S <= sum(map(len, blocks)) / SAMPLE_RATE - 2.0 + 0.004 <= AHEAD_S + BLOCK / SAMPLE_RATE
    assert thread.mixed_s == pytest.approx(sum(map(len, blocks)) / SAMPLE_RATE)


def test_mixer_knows_how_late_it_is_heard() -> None:
    clock = FakeClock()
    mixer = Mixer()
    thread = MixThread(mixer, NullOutput(clock), clock=clock)
    mixer.play("a", np.full(3 * SAMPLE_RATE, 0.1, dtype=np.float32), position=None)
    for _ in range(250):
        thread.turn()
        assert mixer.played_s("a") == pytest.approx(clock.now_s - 100.0, abs=0.005)
        clock.now_s += 0.004


def test_stall_is_skipped_so_that_taps_keep_to_the_clock() -> None:
    clock = FakeClock()
    total = 0

    def count(block: NDArray[np.float32]) -> None:
        nonlocal total
        total += len(block)

    thread = MixThread(Mixer(), NullOutput(clock), taps=[count], clock=clock)
    play_ticks(thread, clock, 0.5)
    clock.now_s += 1.0
    play_ticks(thread, clock, 0.5)
    assert thread.underruns == 1
    assert total / SAMPLE_RATE == pytest.approx(2.0, abs=0.1)


def test_machine_that_slept_does_not_mix_the_night() -> None:
    clock = FakeClock()
    blocks: list[object] = []
    thread = MixThread(Mixer(), NullOutput(clock), taps=[blocks.append], clock=clock)
    thread.turn()
    clock.now_s += 30_000.0
    play_ticks(thread, clock, 0.1)
    assert len(blocks) < 20


def test_lost_device_is_told_once_and_the_taps_go_on() -> None:
    library, clock = FakeSoundDevice(), FakeClock()
    faults: list[str] = []
    blocks: list[object] = []
    thread = MixThread(
        Mixer(),
        SpeakerOutput(sounddevice=library, clock=clock),
        taps=[blocks.append],
        on_fault=faults.append,
        clock=clock,
    )
    thread.turn()
    library.streams[0].finished()
    before = len(blocks)
    play_ticks(thread, clock, 0.5)
    assert len(faults) == 1
    assert "disconnected" in faults[0]
    assert library.streams[0].closed
    assert len(blocks) > before + 20


def test_real_thread_starts_mixes_and_stops() -> None:
    mixed = threading.Event()
    thread = MixThread(Mixer(), NullOutput(), taps=[lambda _: mixed.set()])
    thread.start()
    assert mixed.wait(10.0)
    thread.stop()
    thread.stop()
    assert "mixer" not in {running.name for running in threading.enumerate()}


class Collecting(NullOutput):
    """Keeps what is written to it."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.blocks: list[NDArray[np.float32]] = []
        self.gone: str | None = None

    @property
    def fault(self) -> str | None:
        return self.gone

    def write(self, stereo: NDArray[np.float32]) -> None:
        super().write(stereo)
        self.blocks.append(stereo)


def test_the_ear_hears_the_companion_and_the_room_the_rest() -> None:
    clock, mixer = FakeClock(), Mixer()
    room, ear = Collecting(clock), Collecting(clock)
    reference: list[NDArray[np.float32]] = []
    film: list[NDArray[np.float32]] = []
    thread = MixThread(mixer, room, earpiece=ear, taps=[film.append], ears=reference.append, clock=clock)
    mixer.play("companion-1-0", np.full(SAMPLE_RATE, 0.2, dtype=np.float32), position=None, bus="ear")
    play_ticks(thread, clock, 0.5)
    assert not np.concatenate(room.blocks).any()
    assert np.abs(np.concatenate(ear.blocks)).max() > 0.1
    assert not np.concatenate(reference).any()
    mixer.play("child-1-0", np.full(SAMPLE_RATE, 0.2, dtype=np.float32), position=(0, 2, 1), bus="voice")
    play_ticks(thread, clock, 0.3)
    assert np.abs(np.concatenate(reference)).max() > 0.1
    heard = np.concatenate(room.blocks) + np.concatenate(ear.blocks)
    np.testing.assert_allclose(np.concatenate(film), heard, atol=1e-6)


def test_all_is_heard_in_the_room_when_the_earpiece_goes() -> None:
    clock, mixer = FakeClock(), Mixer()
    room, ear = Collecting(clock), Collecting(clock)
    faults: list[str] = []
    thread = MixThread(mixer, room, earpiece=ear, on_fault=faults.append, clock=clock)
    mixer.play("companion-1-0", np.full(2 * SAMPLE_RATE, 0.2, dtype=np.float32), position=None, bus="ear")
    play_ticks(thread, clock, 0.3)
    ear.gone = "The loudspeaker was disconnected."
    play_ticks(thread, clock, 0.3)
    assert faults == [EARPIECE_LOST]
    assert np.abs(room.blocks[-1]).max() > 0.1


@pytest.mark.parametrize("pace", [0.999, 1.001])
def test_an_earpiece_of_another_pace_neither_falls_behind_nor_runs_dry(pace: float) -> None:
    clock = FakeClock()
    ear_clock = FakeClock()
    ear = Collecting(ear_clock)
    thread = MixThread(Mixer(), NullOutput(clock), earpiece=ear, clock=clock)
    for _ in range(15_000):
        thread.turn()
        clock.now_s += 0.004
        ear_clock.now_s += 0.004 * pace
        assert ear.queued < 4.0 * AHEAD_S * SAMPLE_RATE
    assert ear.underruns == 0


def test_an_earpiece_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    library = FakeSoundDevice("No output device matching 'buds'")
    monkeypatch.setattr("game.present.sound.output.importlib.import_module", lambda name: library)
    ear, reason = open_earpiece("buds")
    assert ear is None
    assert reason is not None
    assert reason.startswith("There is no earpiece 'buds', the Companion speaks from the loudspeaker.")
    assert open_earpiece(None) == (None, None)
