"""What ``hollow voice`` makes of observations, and that it fails in a sentence."""

import json
import os
import wave
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from game.cli.echo_room import RoomSettings, impulse_response
from game.cli.interruptions import Interruptions
from game.cli.recordings import read
from game.cli.voice import Findings, MeasuredJobs, add_parser
from game.cli.word_errors import word_errors, words_of
from game.clock import EAR_RATE
from game.sense.audio_source import SourceError
from game.sense.observations import CommandHeard, Heard, SpeechPaused, SpeechStarted, VoiceSounds, VoiceTalks
from npc.models import ModelMissing, ModelStore

DATA = os.environ.get("HOLLOW_TEST_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="HOLLOW_TEST_DATA names no folder of recordings")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All work takes no time, as it were: what is heard does not depend on how busy this machine is."""
    monkeypatch.setattr("game.cli.voice.perf_counter", lambda: 0.0)


def heard(utterance: int, text: str, extends: int | None = None) -> Heard:
    return Heard(at_s=3.0, utterance=utterance, text=text, start_s=0.5, end_s=2.0, extends=extends)


def test_the_document_has_the_keys_that_others_read() -> None:
    findings = Findings()
    findings.take(SpeechStarted(at_s=0.7, start_s=0.5), 0.7)
    findings.take(SpeechPaused(at_s=2.3, end_s=2.0), 2.3)
    findings.take(CommandHeard(at_s=2.1, name="stop", end_s=2.0, confidence=0.9), 2.11)
    findings.take(heard(1, "Stop it, you."), 2.75)
    document = findings.document()
    assert document["segments"] == [{"start_s": 0.5, "end_s": 2.0}]
    assert document["commands"] == [{"name": "stop", "end_s": 2.0, "delay_ms": 110}]
    (row,) = document["transcripts"]
    assert row == {"text": "Stop it, you.", "start_s": 0.5, "end_s": 2.0, "delay_ms": 750}
    assert document["interruptions"] == []


def test_a_turn_that_was_taken_up_is_listed_once_as_a_whole() -> None:
    findings = Findings()
    findings.take(heard(1, "Ever tried."), 3.0)
    findings.take(heard(2, "Ever tried, ever failed.", extends=1), 5.0)
    assert [row["text"] for row in findings.transcripts] == ["Ever tried, ever failed."]


def test_measured_jobs_deliver_no_sooner_than_the_work_took() -> None:
    jobs = MeasuredJobs()
    job = jobs.submit("hear", "transcript", lambda: iter(["words"]), now_s=5.0)
    assert jobs.poll(5.0) == []
    results = jobs.poll(60.0)
    assert [(r.job, r.value, r.last) for r in results] == [(job, "words", False), (job, None, True)]
    assert all(r.due_s == pytest.approx(5.0 + r.wall_s) for r in results)
    later = jobs.submit("hear", "transcript", lambda: iter(["more"]), now_s=6.0)
    assert jobs.busy
    jobs.cancel(later)
    assert not jobs.busy
    assert jobs.poll(60.0) == []


def options(*arguments: str) -> Namespace:
    parser = ArgumentParser()
    add_parser(parser.add_subparsers())
    return parser.parse_args(["voice", *arguments])


@pytest.mark.parametrize("name", ["missing.wav", "words.wav"])
def test_what_is_no_sound_file_fails_with_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "words.wav").write_text("no sound at all")
    given = options(str(tmp_path / name))
    with pytest.raises(SourceError, match=r"\.$"):
        given.run(given)


@needs_data
@pytest.mark.data
@pytest.mark.models
@pytest.mark.usefixtures("at_once")
def test_a_speaker_who_pauses_up_to_a_second_is_heard_whole(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        ModelStore.default().folder("whisper-base")
    except ModelMissing as error:
        pytest.skip(str(error))
    given = options("--json", str(Path(DATA or "") / "speech/sentences/beckett.wav"))
    assert given.run(given) == 0
    document = json.loads(capsys.readouterr().out)
    said = " ".join(row["text"] for row in document["transcripts"]).casefold()
    wanted = "ever tried ever failed no matter try again fail again fail better"
    assert "".join(c for c in said if c.isalpha()) == wanted.replace(" ", "")
    assert document["commands"] == []
    assert len(document["segments"]) == 6


def test_a_voice_over_what_is_played_interrupts_it_once() -> None:
    there = Interruptions()
    there.take(VoiceSounds(at_s=2.1, start_s=2.0), 2.1)
    there.take(SpeechStarted(at_s=2.25, start_s=2.0), 2.25)
    there.take(VoiceTalks(at_s=2.4, start_s=2.0), 2.4)
    there.take(SpeechPaused(at_s=5.3, end_s=5.0), 5.3)
    for step in range(800):
        there.go_on(step * 0.01, sounding=True)
    (row,) = there.rows
    assert row["start_s"] == pytest.approx(2.0, abs=0.02)
    assert 90 <= row["ducked_ms"] <= 150
    assert 400 <= row["stopped_ms"] <= 600


def test_where_nothing_is_played_nothing_is_interrupted() -> None:
    there = Interruptions()
    there.take(SpeechStarted(at_s=2.25, start_s=2.0), 2.25)
    for step in range(500):
        there.go_on(step * 0.01, sounding=False)
    assert there.rows == []


def write(path: Path, sound: NDArray[np.float32]) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(EAR_RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return str(path)


@needs_data
@pytest.mark.data
@pytest.mark.models
@pytest.mark.usefixtures("at_once")
def test_who_talks_over_what_is_played_is_heard_and_what_is_played_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        ModelStore.default().folder("whisper-base")
    except ModelMissing as error:
        pytest.skip(str(error))
    folder = Path(DATA or "") / "speech/sentences"
    reading = read(folder / "librivox_0870.wav")
    played = np.concatenate((reading, reading, reading))
    room = impulse_response(np.array([2.3, 2.4, 1.2]), RoomSettings(rt60_s=0.3), 1)
    heard = 0.5 * np.convolve(np.concatenate((np.zeros(1_600, np.float32), played)), room)[: len(played)]
    voice = read(folder / "speechbrain_spk1_snt1.wav")
    voice *= np.sqrt((heard**2).mean() / (voice**2).mean())
    at = int(len(reading) * 1.5)
    heard[at : at + len(voice)] += voice
    microphone = write(tmp_path / "heard.wav", heard.astype(np.float32))
    given = options("--json", microphone, "--playback", write(tmp_path / "played.wav", played))
    assert given.run(given) == 0
    document = json.loads(capsys.readouterr().out)
    said = " ".join(row["text"] for row in document["transcripts"])
    assert word_errors(words_of("The child almost hurt the small dog."), words_of(said)) <= 1
    assert document["commands"] == []
    (row,) = document["interruptions"]
    assert at / EAR_RATE <= row["start_s"] < at / EAR_RATE + 0.6
    assert row["stopped_ms"] <= 600
