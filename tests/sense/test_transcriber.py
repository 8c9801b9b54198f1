"""What is believed of a recogniser's words; engines that are fakes; then Whisper itself."""

import csv
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from game.clock import EAR_RATE
from game.sense.audio_source import FileSource
from game.sense.transcriber import (
    Attempt,
    SpeechRecognitionTranscriber,
    TranscriberError,
    WhisperTranscriber,
    is_numeral,
    repeated,
    squeeze,
)
from npc.models import ModelMissing, ModelStore

DATA = os.environ.get("HOLLOW_TEST_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="HOLLOW_TEST_DATA names no folder of recordings")


def test_a_loop_is_found_by_its_compression_and_by_its_words() -> None:
    loop = "At that high level, the air is pure. " * 3
    assert squeeze(loop) > 2.0
    assert repeated("the small dog the small dog")
    assert repeated("He was ill. He was ill. He")
    assert Attempt(text=loop, logprob=-0.1, noise=0.0).doubtful


@pytest.mark.parametrize("text", ["five five", "stop stop stop", "No, no, no!", "Where is it? Where am I?"])
def test_what_people_really_repeat_is_no_loop(text: str) -> None:
    assert not repeated(text)
    assert squeeze(text) < 2.0


def test_words_invented_on_noise_need_both_doubts() -> None:
    assert Attempt(text="Thank you.", logprob=-1.0, noise=0.85).invented
    assert not Attempt(text="Thank you.", logprob=-0.3, noise=0.85).invented
    assert not Attempt(text="Thank you.", logprob=-1.0, noise=0.1).invented


@pytest.mark.parametrize(
    ("token", "numeral"),
    [(" 10", True), ("7", True), (" $5", True), ("1st", True), (" ten", False), (",", False), (" st", False)],
)
def test_numerals_are_told_from_words(token: str, numeral: bool) -> None:
    assert is_numeral(token) is numeral


class FakeRecogniser:
    """Stands in for speech_recognition.Recognizer."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.audio: Any = None

    def recognize_sphinx(self, audio: Any, **options: Any) -> Any:
        self.audio = audio
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    recognize_google = recognize_sphinx


@pytest.mark.parametrize("answer", ["go on", ("go on", 0.8), {"text": "go on"}])
def test_every_shape_of_an_engines_answer_is_understood(answer: Any) -> None:
    recogniser = FakeRecogniser(answer)
    transcriber = SpeechRecognitionTranscriber("sphinx", recogniser=recogniser)
    assert transcriber.transcribe(np.full(800, 0.5, np.float32)).text == "go on"
    assert (recogniser.audio.sample_rate, recogniser.audio.sample_width) == (EAR_RATE, 2)


def test_an_engine_that_understood_nothing_gives_empty_text() -> None:
    import speech_recognition

    recogniser = FakeRecogniser(speech_recognition.UnknownValueError())
    said = SpeechRecognitionTranscriber("sphinx", recogniser=recogniser).transcribe(np.zeros(800, np.float32))
    assert said.text == ""


def test_an_engine_that_cannot_be_used_is_one_sentence() -> None:
    import speech_recognition

    request = speech_recognition.RequestError("no route")
    for problem in (request, ImportError("no module"), OSError("no file")):
        transcriber = SpeechRecognitionTranscriber("sphinx", recogniser=FakeRecogniser(problem))
        with pytest.raises(TranscriberError, match="'sphinx'"):
            transcriber.transcribe(np.zeros(800, np.float32))


def test_engines_of_the_network_want_leave_and_unknown_ones_are_named() -> None:
    with pytest.raises(TranscriberError, match="uses the network"):
        SpeechRecognitionTranscriber("google", recogniser=FakeRecogniser(""))
    SpeechRecognitionTranscriber("google", may_use_network=True, recogniser=FakeRecogniser(""))
    for engine in ("abacus", "__init__", ""):
        with pytest.raises(TranscriberError, match="google, sphinx"):
            SpeechRecognitionTranscriber(engine, recogniser=FakeRecogniser(""))


def test_a_folder_without_a_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TranscriberError, match="no speech model"):
        WhisperTranscriber(tmp_path)


@pytest.fixture(scope="module")
def whisper() -> WhisperTranscriber:
    try:
        folder = ModelStore.default().folder("whisper-base")
    except ModelMissing as error:
        pytest.skip(str(error))
    return WhisperTranscriber(folder, threads=2)


@pytest.mark.models
def test_silence_and_noise_are_no_words(whisper: WhisperTranscriber) -> None:
    rng = np.random.default_rng(2)
    hiss = rng.normal(scale=0.02, size=EAR_RATE).astype(np.float32)
    for sound in (np.zeros(0, np.float32), np.zeros(EAR_RATE, np.float32), hiss):
        assert whisper.transcribe(sound).text == ""


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.casefold().replace("mr.", "mister").replace("-", " "))


def errors(wanted: list[str], got: list[str]) -> int:
    """Words to insert, delete or replace."""
    row = list(range(len(got) + 1))
    for i, left in enumerate(wanted, 1):
        before, row[0] = row[:], i
        for j, right in enumerate(got, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
    return row[-1]


@needs_data
@pytest.mark.data
@pytest.mark.models
def test_at_most_six_of_a_hundred_words_are_wrong_in_clean_sentences(whisper: WhisperTranscriber) -> None:
    folder = Path(DATA or "") / "speech"
    wrong = total = 0
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as table:
        for name, _, text in csv.reader(table, delimiter="\t"):
            if not name.startswith("sentences/"):
                continue
            source = FileSource(folder / name)
            sound = np.concatenate([b.samples for b in source.read_until(30.0) if not source.ended])
            wanted = words(text.split(" (")[0])
            wrong += errors(wanted, words(whisper.transcribe(sound).text))
            total += len(wanted)
    assert total > 100
    assert wrong / total <= 0.06
