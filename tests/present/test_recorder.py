"""The recording: picture and sound in step, the right length, readable even after a kill."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE, SAMPLES_PER_TICK
from game.present import recorder as module
from game.present.recorder import FRAMES_WAITING, Recorder, RecorderError

FPS = 30
SIZE = (160, 90)
Picture = NDArray[np.uint8]
Sound = NDArray[np.float32]


def picture(level: int, size: tuple[int, int] = SIZE) -> Picture:
    return np.full((size[1], size[0], 3), level, dtype=np.uint8)


def beep(count: int) -> Sound:
    mono = 0.5 * np.sin(2 * np.pi * 1000.0 * np.arange(count) / SAMPLE_RATE)
    return np.stack([mono, mono], axis=1).astype(np.float32)


def quiet(count: int) -> Sound:
    return np.zeros((count, 2), dtype=np.float32)


class Played:
    """What a player gets out of a file: brightness by time, and the samples from time 0."""

    def __init__(self, path: Path) -> None:
        self.brightness: list[tuple[float, float]] = []
        with av.open(str(path)) as file:
            self.duration_s = (file.duration or 0) / 1e6
            video = file.streams.video[0]
            self.size = (video.codec_context.width, video.codec_context.height)
            for frame in file.decode(video):
                level = float(frame.to_ndarray(format="gray").mean())
                self.brightness.append((float(frame.time or 0.0), level))
        pieces: list[NDArray[Any]] = []
        with av.open(str(path)) as file:
            for sound in file.decode(file.streams.audio[0]):
                if not pieces:
                    pieces.append(np.zeros((2, max(0, round((sound.time or 0.0) * SAMPLE_RATE)))))
                pieces.append(sound.to_ndarray())
        self.sound = np.concatenate(pieces, axis=1)

    def bright_s(self) -> list[float]:
        return [time for time, level in self.brightness if level > 128.0]

    def beep_s(self) -> tuple[float, float]:
        loud = np.flatnonzero(np.abs(self.sound[0]) > 0.15)
        return loud[0] / SAMPLE_RATE, loud[-1] / SAMPLE_RATE


@pytest.mark.parametrize("name", ["play.mp4", "play.mov", "play.mkv"])
def test_flash_and_beep_come_back_together(tmp_path: Path, name: str) -> None:
    recorder = Recorder(tmp_path / name, SIZE, lossless_pace=True)
    for tick in range(180):
        on = 90 <= tick < 102
        recorder.add_frame(picture(255 if on else 10), tick / 60)
        recorder.add_sound(beep(SAMPLES_PER_TICK) if on else quiet(SAMPLES_PER_TICK))
    recorder.close()
    played = Played(tmp_path / name)
    flash, sound = played.bright_s(), played.beep_s()
    assert flash[0] == pytest.approx(1.5, abs=0.002)
    assert sound[0] == pytest.approx(flash[0], abs=1 / FPS / 2)
    assert sound[1] == pytest.approx(flash[-1] + 1 / FPS, abs=1 / FPS)
    assert played.duration_s == pytest.approx(3.0, abs=1 / FPS)
    assert len(played.brightness) == 90
    assert recorder.dropped_frames == 0


def test_times_that_have_no_picture_are_filled_by_repeats(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "play.mp4", SIZE, lossless_pace=True)
    recorder.add_frame(picture(200), 0.5)
    recorder.add_frame(picture(20), 1.5)
    recorder.add_sound(quiet(2 * SAMPLE_RATE))
    recorder.close()
    played = Played(tmp_path / "play.mp4")
    times = [time for time, _ in played.brightness]
    np.testing.assert_allclose(np.diff(times), 1 / FPS, atol=1e-3)
    assert played.bright_s()[0] == pytest.approx(0.5, abs=0.002)
    assert played.bright_s()[-1] == pytest.approx(1.5 - 1 / FPS, abs=0.002)
    assert len(times) == 60


@pytest.mark.parametrize(("picture_s", "sound_s"), [(1.0, 2.0), (2.0, 1.0), (1.0, 0.0), (0.0, 1.0)])
def test_the_shorter_of_picture_and_sound_is_made_as_long(
    tmp_path: Path, picture_s: float, sound_s: float
) -> None:
    recorder = Recorder(tmp_path / "play.mp4", SIZE, lossless_pace=True)
    for frame in range(round(picture_s * FPS)):
        recorder.add_frame(picture(50), frame / FPS)
    recorder.add_sound(quiet(round(sound_s * SAMPLE_RATE)))
    recorder.close()
    played = Played(tmp_path / "play.mp4")
    longest = max(picture_s, sound_s)
    assert len(played.brightness) == round(longest * FPS)
    assert played.sound.shape[1] / SAMPLE_RATE == pytest.approx(longest, abs=1 / FPS)


def test_odd_sizes_become_even_and_other_sizes_are_fitted(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "play.mp4", (161, 91), lossless_pace=True)
    recorder.add_frame(picture(100, (161, 91)), 0.0)
    recorder.add_frame(picture(100, (322, 182)), 0.1)
    recorder.close()
    assert Played(tmp_path / "play.mp4").size == (160, 90)


def test_wants_one_picture_for_each_frame(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "play.mp4", SIZE, lossless_pace=True)
    wanted = []
    for tick in range(8):
        wanted.append(recorder.wants(tick / 60))
        recorder.add_frame(picture(0), tick / 60)
    assert wanted == [True, False] * 4
    recorder.close()
    assert not recorder.wants(9.0)


def test_picture_may_be_changed_after_it_was_given(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "play.mp4", SIZE, lossless_pace=True)
    reused = picture(220)
    recorder.add_frame(reused, 0.0)
    reused[:] = 0
    recorder.close()
    assert Played(tmp_path / "play.mp4").brightness[0][1] > 180


def test_late_sound_is_preceded_by_silence(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "play.mp4", SIZE, lossless_pace=True)
    recorder.add_sound(quiet(4800), 0.0)
    recorder.add_sound(beep(4800), 1.0)
    recorder.close()
    assert Played(tmp_path / "play.mp4").beep_s()[0] == pytest.approx(1.0, abs=0.01)


def test_slow_encoder_on_the_real_clock_drops_pictures_and_keeps_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    write = Recorder._write_picture

    def slow(self: Recorder, slot: int, rgb: Picture) -> None:
        gate.wait(10.0)
        write(self, slot, rgb)

    monkeypatch.setattr(Recorder, "_write_picture", slow)
    recorder = Recorder(tmp_path / "play.mp4", SIZE)
    for frame in range(90):
        recorder.add_frame(picture(50), frame / FPS)
        recorder.add_sound(quiet(SAMPLE_RATE // FPS))
    assert 90 - FRAMES_WAITING - 1 <= recorder.dropped_frames <= 90 - FRAMES_WAITING
    gate.set()
    recorder.close()
    assert len(Played(tmp_path / "play.mp4").brightness) == 90


def test_lossless_pace_waits_for_the_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    write = Recorder._write_picture

    def slow(self: Recorder, slot: int, rgb: Picture) -> None:
        gate.wait(10.0)
        write(self, slot, rgb)

    monkeypatch.setattr(Recorder, "_write_picture", slow)
    recorder = Recorder(tmp_path / "play.mp4", SIZE, lossless_pace=True)
    given = 0

    def give() -> None:
        nonlocal given
        for frame in range(60):
            recorder.add_frame(picture(50), frame / FPS)
            given += 1

    giver = threading.Thread(target=give)
    giver.start()
    giver.join(0.3)
    assert giver.is_alive()
    assert given <= FRAMES_WAITING + 1
    gate.set()
    giver.join(20.0)
    recorder.close()
    assert recorder.dropped_frames == 0
    assert len(Played(tmp_path / "play.mp4").brightness) == 60


def test_hopelessly_slow_encoder_loses_sound_but_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    write = Recorder._write_sound

    def slow(self: Recorder, block: Sound) -> None:
        gate.wait(10.0)
        write(self, block)

    monkeypatch.setattr(Recorder, "_write_sound", slow)
    monkeypatch.setattr(module, "_SOUND_WAITING_S", 0.5)
    recorder = Recorder(tmp_path / "play.mp4", SIZE)
    for _ in range(20):
        recorder.add_sound(beep(4800))
    gate.set()
    recorder.close()
    played = Played(tmp_path / "play.mp4")
    assert played.sound.shape[1] / SAMPLE_RATE == pytest.approx(2.0, abs=1 / FPS)
    assert played.beep_s()[1] < 1.0


@pytest.mark.parametrize(
    ("name", "size", "what"),
    [
        ("play.txt", SIZE, "must end in .mp4"),
        ("play", SIZE, "must end in .mp4"),
        ("nowhere/play.mp4", SIZE, "no such file or directory"),
        ("folder.mp4", SIZE, "is a directory"),
        ("play.mp4", (0, 90), "not possible"),
    ],
)
def test_what_cannot_be_begun_is_one_sentence(
    tmp_path: Path, name: str, size: tuple[int, int], what: str
) -> None:
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(RecorderError, match=what) as caught:
        Recorder(tmp_path / name, size)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize("lossless", [True, False])
def test_disk_that_fills_up_is_a_fault_and_stops_nobody(tmp_path: Path, lossless: bool) -> None:
    resource = pytest.importorskip("resource", reason="limits of file size are a thing of Unix")
    rng = np.random.default_rng(0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    recorder = Recorder(tmp_path / "play.mp4", SIZE, lossless_pace=lossless)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, before[1]))
    try:
        for frame in range(240):
            recorder.add_frame(rng.integers(0, 255, (90, 160, 3), dtype=np.uint8), frame / FPS)
            recorder.add_sound(quiet(SAMPLE_RATE // FPS))
        with pytest.raises(RecorderError, match=r"^The recording play.mp4 could not be written: .*\.$"):
            recorder.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert recorder.fault is not None
    recorder.close()


def test_recording_without_anything_can_be_closed(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "play.mp4", SIZE)
    recorder.close()
    recorder.close()


def test_what_is_no_picture_or_sound_is_refused(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "play.mp4", SIZE)
    with pytest.raises(ValueError, match="picture"):
        recorder.add_frame(np.zeros((90, 160), dtype=np.uint8), 0.0)
    with pytest.raises(ValueError, match="sound"):
        recorder.add_sound(np.zeros(800, dtype=np.float32))
    recorder.close()


KILLED = """
import os, sys, numpy as np
from pathlib import Path
from game.present.recorder import Recorder
recorder = Recorder(Path(sys.argv[1]), (160, 90), lossless_pace=True)
rng = np.random.default_rng(0)
for frame in range(240):
    recorder.add_frame(rng.integers(0, 255, (90, 160, 3), dtype=np.uint8), frame / 30)
    recorder.add_sound(np.zeros((1600, 2), dtype=np.float32))
os._exit(9)
"""


@pytest.mark.parametrize("name", ["play.mp4", "play.mkv"])
def test_killed_play_leaves_a_file_that_plays(tmp_path: Path, name: str) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / name)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], timeout=120, check=False)
    assert done.returncode == 9
    count = 0
    with av.open(str(tmp_path / name)) as file:
        try:
            for _ in file.decode(video=0):
                count += 1
        except av.error.InvalidDataError:
            pass  # the last fragment may be torn
    assert count >= 240 - 4 * FPS
