"""Commands by PocketSphinx: the rule that accepts a match, and the decoders."""

import os
from pathlib import Path

import numpy as np
import pytest

from game.clock import EAR_RATE
from game.sense.audio_source import FileSource
from game.sense.command_grammar import Fit, GrammarSpotter, jsgf, judge
from game.sense.commands_file import Command, CommandSet, GrammarError, load_commands
from npc.assets import asset

DATA = os.environ.get("HOLLOW_TEST_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="HOLLOW_TEST_DATA names no folder of recordings")

STOP = """
language = "en"
[[command]]
action = "stop"
phrases = ["stop", "stop it"]
does = "silence"
undo = true
answered = false
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def bundled() -> CommandSet:
    return load_commands(asset("commands.toml"))


def test_a_word_that_is_in_no_dictionary_is_pronounced_as_it_is_spelt(tmp_path: Path) -> None:
    pytest.importorskip("piper")
    GrammarSpotter(load_commands(written(tmp_path, STOP.replace("stop it", "stop zzyzxing"))))


def test_a_word_that_nobody_can_pronounce_is_named_with_file_and_phrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("game.sense.command_grammar.pronounced", lambda word: None)
    path = written(tmp_path, STOP.replace("stop it", "stop zzyzxing"))
    with pytest.raises(GrammarError, match=r"mine\.toml: .*'zzyzxing' in 'stop zzyzxing' \('stop'\)"):
        GrammarSpotter(load_commands(path))


def test_a_pronunciation_that_is_given_is_used_and_a_wrong_one_refused(tmp_path: Path) -> None:
    text = STOP.replace("stop it", "stop zzyzxing") + '[pronunciations]\nzzyzxing = "{}"\n'
    GrammarSpotter(load_commands(written(tmp_path, text.format("Z IH K S IH NG"))))
    with pytest.raises(GrammarError, match="no pronunciation of 'zzyzxing'"):
        GrammarSpotter(load_commands(written(tmp_path, text.format("Z QQ"))))


def test_each_text_of_a_grammar_is_a_whole_sentence() -> None:
    assert jsgf(["stop", "go on"]).endswith("public <said> = stop | go on;")


@pytest.mark.parametrize(
    "fit",
    [
        Fit(phrase="pizza", margin=1.0, lead=1.0, cover=1.0, pace_s=0.09),
        Fit(phrase="stop", margin=1.0, lead=-3.0, cover=1.0, pace_s=0.09),
        Fit(phrase="stop", margin=-5.0, lead=1.0, cover=1.0, pace_s=0.09),
        Fit(phrase="stop", margin=1.0, lead=1.0, cover=0.4, pace_s=0.09),
        Fit(phrase="stop", margin=1.0, lead=1.0, cover=1.0, pace_s=0.4),
        Fit(phrase="stop", margin=1.0, lead=1.0, cover=1.0, pace_s=0.01),
    ],
)
def test_what_is_another_word_or_fits_badly_is_no_command(fit: Fit) -> None:
    stop = Command(name="stop", phrases=("stop",), does="", undo=True, answered=False)
    commands = CommandSet(commands=(stop,), others=(), pronunciations={}, source="x")
    assert judge(commands, fit) is None
    good = judge(commands, Fit(phrase="stop", margin=0.0, lead=0.0, cover=1.0, pace_s=0.09))
    assert good is not None
    assert good.confidence > 0.7


@pytest.fixture(scope="module")
def spotter(bundled: CommandSet) -> GrammarSpotter:
    return GrammarSpotter(bundled)


def test_noise_hum_and_silence_are_no_command(spotter: GrammarSpotter) -> None:
    rng = np.random.default_rng(7)
    t = np.arange(EAR_RATE) / EAR_RATE
    hum = 0.2 * np.sin(2 * np.pi * 150 * t)
    for sound in (np.zeros(EAR_RATE), rng.normal(scale=0.05, size=EAR_RATE), hum):
        spotter.begin()
        spotter.feed(sound.astype(np.float32))
        assert spotter.finish(speech_s=1.0) is None


def test_what_is_too_long_for_a_command_is_let_go(spotter: GrammarSpotter) -> None:
    spotter.begin()
    for _ in range(5):
        spotter.feed(np.zeros(EAR_RATE, np.float32))
    assert spotter.finish(speech_s=5.0) is None
    spotter.begin()  # And it can begin again.
    assert spotter.finish(speech_s=0.1) is None


@needs_data
@pytest.mark.data
@pytest.mark.parametrize("name", ["goforward", "cards_001", "cards_002", "cards_003", "cards_004"])
def test_short_phrases_of_real_people_are_not_forced_onto_a_command(
    spotter: GrammarSpotter, name: str
) -> None:
    source = FileSource(Path(DATA or "") / "speech" / "short" / f"{name}.wav")
    sound = np.concatenate([b.samples for b in source.read_until(2.3) if not source.ended])
    spotter.begin()
    spotter.feed(sound)
    assert spotter.finish(speech_s=len(sound) / EAR_RATE - 0.4) is None
