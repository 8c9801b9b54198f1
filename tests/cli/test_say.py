"""``hollow say``: a file or a loudspeaker, figures that are true, and one sentence where it fails."""

import json
import wave
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from game.cli import say
from game.clock import SAMPLE_RATE
from game.present.sound.mixer import DELAY_S
from game.present.sound.output import SpeakerError
from npc.speech.voice import Spoken
from npc.tables import PersonalityError


def options(*arguments: str) -> Namespace:
    parser = ArgumentParser()
    say.add_parser(parser.add_subparsers())
    return parser.parse_args(["say", *arguments])


def hum(seconds: float = 1.2, level: float = 0.06) -> Spoken:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    fade = np.clip(np.minimum(time, seconds - time) / 0.02, 0.0, 1.0)
    tone = sum(np.sin(2 * np.pi * 200.0 * n * time) / n for n in range(1, 12))
    pcm = np.asarray(level * fade * tone, dtype=np.float32)
    return Spoken(pcm=pcm, words=(("Mm,", 0.0, 0.5), ("mm.", 0.6, 1.2)), duration_s=seconds)


class HummingVoice:
    def __init__(self, *_: Any, **__: Any) -> None: ...

    def speak(self, _: str, **__: Any) -> Spoken:
        return hum()


@pytest.fixture
def humming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(say, "Voice", HummingVoice)
    monkeypatch.setattr(say, "voice_file", lambda _: Path("none"))


@pytest.mark.usefixtures("humming")
def test_a_file_at_48_khz_and_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = options("child", "Mm, mm.", "--out", str(tmp_path / "mm.wav"), "--json")
    assert given.run(given) == 0
    told = json.loads(capsys.readouterr().out)
    with wave.open(str(tmp_path / "mm.wav")) as file:
        assert (file.getframerate(), file.getsampwidth()) == (48_000, 2)
        seconds = file.getnframes() / 48_000
        read = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, file.getnchannels())
    assert told["seconds"] == pytest.approx(seconds, abs=1e-3)
    assert told["peak_dbfs"] == pytest.approx(20 * np.log10(np.abs(read / 32767).max()), abs=0.1)
    assert [word["word"] for word in told["words"]] == ["Mm,", "mm."]
    assert told["clicks"] == told["gaps"] == told["clipped_samples"] == 0


@pytest.mark.usefixtures("humming")
def test_without_a_loudspeaker_it_says_so_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> None:
        raise SpeakerError("No loudspeaker was found.")

    monkeypatch.setattr(say, "SpeakerOutput", none)
    given = options("companion", "Mm.")
    assert given.run(given) == 1
    assert capsys.readouterr().err == "No loudspeaker was found; --out WAV writes a file.\n"


def test_a_name_that_is_none_names_those_that_there_are() -> None:
    given = options("gollum", "Mm.")
    with pytest.raises(PersonalityError, match="child, companion"):
        given.run(given)


def test_the_child_has_an_echo_and_the_companion_none() -> None:
    cave = say.render(hum(), in_the_ear=False, mood="wary")
    ear = say.render(hum(), in_the_ear=True, mood="wary")
    after = slice(int(1.35 * SAMPLE_RATE), int(1.5 * SAMPLE_RATE))
    assert np.abs(cave.sound[after]).max() > 1e-3
    assert not ear.sound[after].any()


def test_the_figures_find_what_is_wrong() -> None:
    spoken = hum()
    spoken.pcm[24_000:28_000] = 0.0  # a hole
    spoken.pcm[40_000] = 1.0
    told = say.measured(say.render(spoken, in_the_ear=True, mood="wary", dry=True))
    assert told["gaps_at_s"] == [[pytest.approx(0.5, abs=0.01), pytest.approx(0.583, abs=0.01)]]
    assert told["clipped_samples"] == 2
    assert any(abs(at - 40_000 / SAMPLE_RATE) < 1e-3 for at in told["clicks_at_s"])


def test_words_are_timed_where_they_sound_in_the_mix() -> None:
    spoken = hum()
    spoken.pcm[: SAMPLE_RATE // 2] = 0.0
    mixed = say.render(spoken, in_the_ear=False, mood="friend")
    first = np.flatnonzero(np.abs(mixed.sound).max(axis=1) > 0.01)[0] / SAMPLE_RATE
    assert first == pytest.approx(0.5 + DELAY_S, abs=0.001)
    assert mixed.words[1][1] == pytest.approx(0.6 + DELAY_S)


class FakeOutput:
    latency_s = 0.0
    queued = 0
    underruns = 0
    fault = None

    def __init__(self) -> None:
        self.blocks: list[Any] = []
        self.closed = False

    def write(self, stereo: Any) -> None:
        self.blocks.append(stereo)

    def close(self) -> None:
        self.closed = True


def test_all_of_it_is_played() -> None:
    output = FakeOutput()
    rendered = say.render(hum(), in_the_ear=True, mood="wary")
    assert say.play(rendered.sound, output) is None
    assert output.closed
    assert np.array_equal(np.concatenate(output.blocks), rendered.sound)
