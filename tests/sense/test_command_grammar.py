"""The commands' file, the rule that accepts a match, and the decoder on a voice that is made."""

import os
from pathlib import Path

import numpy as np
import pytest

from game.clock import EAR_RATE
from game.sense.audio_source import FileSource
from game.sense.command_grammar import (
    Command,
    CommandSet,
    CommandSpotter,
    Fit,
    GrammarError,
    all_commands,
    jsgf,
    judge,
    load_commands,
)
from npc.assets import asset

DATA = os.environ.get("HOLLOW_TEST_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="HOLLOW_TEST_DATA names no folder of recordings")

ROW = """
[[command]]
action = "stop"
phrases = ["stop", "stop it"]
does = "silence"
undo = true
answered = false
"""
STOP = 'language = "en"\n' + ROW


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def bundled() -> CommandSet:
    return load_commands(asset("commands.toml"))


def test_the_bundled_commands_hold_all_that_the_game_obeys(bundled: CommandSet) -> None:
    names = {command.name for command in bundled.commands}
    assert {"stop", "go on", "louder", "quieter", "brighter", "darker", "recenter", "pause"} <= names
    assert {"gentle words", "film words", "good night", "start again", "show me the way"} <= names
    assert all(command.does for command in bundled.commands)


def test_what_cannot_be_taken_back_is_never_done_undo(bundled: CommandSet) -> None:
    undo = {command.name for command in bundled.commands if command.undo}
    assert not undo & {"start again", "good night", "gentle words", "film words"}


def test_no_command_competes_with_itself(bundled: CommandSet) -> None:
    phrases = {phrase for command in bundled.commands for phrase in command.phrases}
    assert not phrases & set(bundled.others)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Stop!", "stop"),
        ("stop, stop, stop.", "stop"),
        ("Okay, stop it please.", "stop"),
        ("Show me the way.", "show me the way"),
        ("Re-center.", "recenter"),
        ("Good night!", "good night"),
        ("Louder, please.", "louder"),
        ("Go on", "go on"),
    ],
)
def test_a_transcript_that_is_a_command_is_known_however_it_is_written(
    bundled: CommandSet, text: str, name: str
) -> None:
    command = bundled.by_text(text)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize(
    "text", ["", "...", "please", "Stop staring at me.", "Why should I stop?", "I want more light", "stop go"]
)
def test_a_transcript_that_says_more_or_less_is_no_command(bundled: CommandSet, text: str) -> None:
    assert bundled.by_text(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"language: expected one of \"en\", found nothing"),
        ('language = "tlh"' + ROW, r"language: .* found 'tlh'"),
        ('language = "en"', r"no \[\[command\]\]"),
        ("a = [", "not valid TOML"),
        (
            'language = "en"\n[[command]]\nphrases = ["x"]',
            "command 1, action: expected one of stop, .* found nothing",
        ),
        (STOP + ROW.replace('action = "stop"', 'action = "dance"'), "command 2, action: .* found 'dance'"),
        (STOP.replace('["stop", "stop it"]', "[]"), r"command 1 \('stop'\) lacks its phrases"),
        (STOP.replace('["stop", "stop it"]', "3"), "phrases: expected a list of texts, found 3"),
        (STOP.replace("stop it", "Stop it!"), "small letters .* found 'Stop it!'"),
        (STOP.replace("undo = true", ""), "undo: expected true or false, found nothing"),
        (STOP.replace("undo = true", "undo = 'yes'"), "undo: expected true or false, found 'yes'"),
        (STOP.replace("undo = true", "at_once = true"), "unknown field 'at_once'"),
        (STOP + ROW.replace('action = "stop"', 'action = "pause"'), "'stop' is said for 'stop' and 'pause'"),
        (STOP + "[others]\nwords = 3", r"\[others\]"),
        (STOP + "[pronunciations]\nx = 3", r"\[pronunciations\]"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GrammarError, match=said) as caught:
        load_commands(written(tmp_path, text))
    assert "mine.toml" in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GrammarError, match="cannot be read"):
        load_commands(tmp_path / "none.toml")


def test_a_word_that_is_in_no_dictionary_is_pronounced_as_it_is_spelt(tmp_path: Path) -> None:
    pytest.importorskip("piper")
    CommandSpotter(load_commands(written(tmp_path, STOP.replace("stop it", "stop zzyzxing"))))


def test_a_word_that_nobody_can_pronounce_is_named_with_file_and_phrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("game.sense.command_grammar.pronounced", lambda word: None)
    path = written(tmp_path, STOP.replace("stop it", "stop zzyzxing"))
    with pytest.raises(GrammarError, match=r"mine\.toml: .*'zzyzxing' in 'stop zzyzxing' \('stop'\)"):
        CommandSpotter(load_commands(path))


def test_a_player_s_own_phrases_join_the_game_s(tmp_path: Path, bundled: CommandSet) -> None:
    own = written(tmp_path, STOP.replace("stop it", "cease thy babble"))
    faults: list[str] = []
    merged = all_commands(asset("commands.toml"), own, faults.append)
    assert not faults
    assert len(merged.commands) == len(bundled.commands)
    for phrase in ("stop talking", "cease thy babble"):
        command = merged.by_phrase(phrase)
        assert command is not None
        assert command.name == "stop"


def test_a_player_s_own_file_with_a_fault_costs_a_sentence_and_no_more(
    tmp_path: Path, bundled: CommandSet
) -> None:
    faults: list[str] = []
    own = written(tmp_path, STOP.replace("stop it", "louder"))
    assert all_commands(asset("commands.toml"), own, faults.append) == bundled
    (fault,) = faults
    assert fault == "mine.toml: 'louder' is said for 'louder' and 'stop'."


def test_a_pronunciation_that_is_given_is_used_and_a_wrong_one_refused(tmp_path: Path) -> None:
    text = STOP.replace("stop it", "stop zzyzxing") + '[pronunciations]\nzzyzxing = "{}"\n'
    CommandSpotter(load_commands(written(tmp_path, text.format("Z IH K S IH NG"))))
    with pytest.raises(GrammarError, match="no pronunciation of 'zzyzxing'"):
        CommandSpotter(load_commands(written(tmp_path, text.format("Z QQ"))))


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
def spotter(bundled: CommandSet) -> CommandSpotter:
    return CommandSpotter(bundled)


def test_noise_hum_and_silence_are_no_command(spotter: CommandSpotter) -> None:
    rng = np.random.default_rng(7)
    t = np.arange(EAR_RATE) / EAR_RATE
    hum = 0.2 * np.sin(2 * np.pi * 150 * t)
    for sound in (np.zeros(EAR_RATE), rng.normal(scale=0.05, size=EAR_RATE), hum):
        spotter.begin()
        spotter.feed(sound.astype(np.float32))
        assert spotter.finish(speech_s=1.0) is None


def test_what_is_too_long_for_a_command_is_let_go(spotter: CommandSpotter) -> None:
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
    spotter: CommandSpotter, name: str
) -> None:
    source = FileSource(Path(DATA or "") / "speech" / "short" / f"{name}.wav")
    sound = np.concatenate([b.samples for b in source.read_until(2.3) if not source.ended])
    spotter.begin()
    spotter.feed(sound)
    assert spotter.finish(speech_s=len(sound) / EAR_RATE - 0.4) is None
