"""Files of every kind and a microphone that is a fake."""

import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from game.clock import EAR_BLOCK, EAR_RATE
from game.sense.audio_source import BLOCK_S, DeviceSource, FileSource, SourceError, look_again
from tests.sense.fake_sound import FakeSound, PortAudioError, Wall


def write_wav(path: Path, samples: NDArray[Any], rate: int) -> Path:
    """``samples``: (frames,) or (frames, channels), -1 to 1."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def tone(seconds: float, rate: int, hertz: float = 440.0) -> NDArray[np.float64]:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def everything(source: FileSource, until_s: float) -> NDArray[np.float32]:
    return np.concatenate([block.samples for block in source.read_until(until_s)])


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_of_any_rate_comes_as_mono_at_16_khz(tmp_path: Path, rate: int, channels: int) -> None:
    sound = tone(1.0, rate)
    path = write_wav(tmp_path / "a.wav", np.stack([sound] * channels, axis=1), rate)
    heard = everything(FileSource(path), 1.0)
    assert len(heard) == EAR_RATE
    middle = heard[4000:12000]
    assert np.abs(np.fft.rfft(middle)).argmax() == round(440.0 * len(middle) / EAR_RATE)
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.05)


def test_blocks_are_160_samples_dated_by_the_play_clock(tmp_path: Path) -> None:
    source = FileSource(write_wav(tmp_path / "a.wav", tone(0.1, 16_000), 16_000), start_s=5.0)
    assert list(source.read_until(5.005)) == []
    blocks = list(source.read_until(5.03))
    assert [len(block.samples) for block in blocks] == [EAR_BLOCK] * 3
    assert [block.start_s for block in blocks] == pytest.approx([5.0, 5.01, 5.02])
    assert blocks[-1].end_s == pytest.approx(5.03)


def test_reading_in_ticks_loses_and_repeats_nothing(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1.0, 16_000), 16_000)
    whole = everything(FileSource(path), 1.0)
    source = FileSource(path)
    parts = [block.samples for tick in range(61) for block in source.read_until(tick / 60)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_after_the_end_comes_silence_and_ended_says_so(tmp_path: Path) -> None:
    source = FileSource(write_wav(tmp_path / "a.wav", tone(0.25, 16_000), 16_000))
    everything(source, 0.2)
    assert not source.ended
    rest = everything(source, 1.0)
    assert source.ended
    assert np.abs(rest[-8000:]).max() == 0.0


def test_a_truncated_file_is_heard_up_to_where_it_breaks_off(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1.0, 16_000), 16_000)
    path.write_bytes(path.read_bytes()[:16_000])
    heard = everything(FileSource(path), 1.0)
    assert np.abs(heard[:7000]).max() > 0.4
    assert np.abs(heard[9000:]).max() == 0.0


@pytest.mark.parametrize("content", [b"", b"these are words, no sound\n" * 50, b"RIFF\x00\x00"])
def test_what_is_no_sound_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "words.wav"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"words\.wav .*\.$"):
        FileSource(path)


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="empty"):
        FileSource(write_wav(tmp_path / "none.wav", np.zeros(0), 16_000))


@pytest.mark.parametrize("name", ["missing.wav", "."])
def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="There is no sound file"):
        FileSource(tmp_path / name)


def test_a_file_may_be_closed_twice(tmp_path: Path) -> None:
    source = FileSource(write_wav(tmp_path / "a.wav", tone(0.1, 16_000), 16_000))
    source.close()
    source.close()
    assert source.ended


def test_the_systems_own_microphone_is_taken_where_none_is_named() -> None:
    sound = FakeSound()
    assert DeviceSource(sound=sound).name == "Headset"
    assert sound.opened["device"] == 1


def test_a_microphone_is_found_by_a_part_of_its_name_in_any_case() -> None:
    assert DeviceSource("webcam", sound=FakeSound()).name == "Webcam Mic"


def test_an_unknown_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(SourceError, match="Webcam Mic, Headset"):
        DeviceSource("speakers", sound=FakeSound())


def test_no_microphone_at_all_is_one_sentence() -> None:
    sound = FakeSound()
    sound.devices = sound.devices[2:]
    with pytest.raises(SourceError, match="No microphone was found"):
        DeviceSource(sound=sound)


def test_a_microphone_that_offers_no_rate_is_refused() -> None:
    with pytest.raises(SourceError, match="cannot be opened"):
        DeviceSource(sound=FakeSound(rates=()))


def test_a_device_delivers_what_its_callback_got_in_whole_blocks() -> None:
    sound = FakeSound()
    source = DeviceSource(sound=sound)
    said = tone(0.055, 16_000)
    sound.says(said[:300])
    sound.says(said[300:])
    blocks = list(source.read_until(1.0))
    assert len(blocks) == 5
    assert np.allclose(np.concatenate([block.samples for block in blocks]), said[:800], atol=1e-6)
    assert blocks[-1].end_s == pytest.approx(1.0 - 0.005)
    assert list(source.read_until(1.004)) == []


def test_a_device_that_knows_only_48_khz_is_resampled() -> None:
    sound = FakeSound(rates=(48_000,))
    source = DeviceSource(sound=sound)
    for part in np.split(tone(1.0, 48_000), 100):
        sound.says(part)
    heard = np.concatenate([block.samples for block in source.read_until(1.0)])
    assert abs(len(heard) - EAR_RATE) < 3 * EAR_BLOCK
    assert np.abs(np.fft.rfft(heard[4000:12000])).argmax() == 220


def test_blocks_of_a_device_never_overlap_and_follow_the_play_clock() -> None:
    sound = FakeSound()
    source = DeviceSource(sound=sound)
    rng = np.random.default_rng(5)
    blocks = []
    for second in range(1, 30):
        jitter = float(rng.uniform(0, 0.02))
        sound.says(np.zeros(EAR_RATE + 2))  # A crystal 125 ppm too fast.
        blocks += list(source.read_until(second + jitter))
    gaps = np.diff([block.start_s for block in blocks])
    assert gaps.min() >= BLOCK_S - 1e-9
    assert abs(blocks[-1].end_s - 29.0) < 0.05


def test_a_device_that_delivers_nothing_is_lost() -> None:
    wall = Wall()
    source = DeviceSource(sound=FakeSound(), wall=wall)
    wall.now_s = 1.0
    assert list(source.read_until(1.0)) == []
    wall.now_s = 3.0
    with pytest.raises(SourceError, match="Headset went silent"):
        list(source.read_until(3.0))


def test_a_reader_that_falls_behind_gets_the_newest_ten_seconds() -> None:
    sound = FakeSound()
    source = DeviceSource(sound=sound)
    for second in range(60):
        sound.says(np.full(EAR_RATE, second / 100))
    blocks = list(source.read_until(60.0))
    assert len(blocks) == 1000
    assert blocks[0].samples[0] == pytest.approx(0.50)
    source.close()
    assert sound.closed


def test_without_portaudio_the_player_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    with pytest.raises(SourceError, match="apt install libportaudio2"):
        DeviceSource()


def test_a_microphone_that_was_plugged_in_later_is_found_when_looked_for_again() -> None:
    class Rescanned(FakeSound):
        def __init__(self) -> None:
            super().__init__()
            self.plugged, self.devices = self.devices, []

        def _terminate(self) -> None: ...

        def _initialize(self) -> None:
            self.devices = self.plugged

    sound = Rescanned()
    with pytest.raises(SourceError, match="No microphone was found"):
        DeviceSource(sound=sound)
    look_again(sound)
    assert DeviceSource(sound=sound).name == "Headset"


def test_looking_again_where_the_sound_system_fails_is_no_error() -> None:
    class Broken(FakeSound):
        def _terminate(self) -> None:
            raise PortAudioError("not initialised")

    look_again(Broken())
