"""What ``hollow voice`` makes of observations, and that it fails in a sentence."""

import json
import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from game.cli.voice import Findings, MeasuredJobs, add_parser
from game.sense.audio_source import SourceError
from game.sense.observations import CommandHeard, Heard, SpeechPaused, SpeechStarted
from npc.models import ModelMissing, ModelStore

DATA = os.environ.get("HOLLOW_TEST_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="HOLLOW_TEST_DATA names no folder of recordings")


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
    jobs.cancel(jobs.submit("hear", "transcript", lambda: iter(["more"]), now_s=6.0))
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
