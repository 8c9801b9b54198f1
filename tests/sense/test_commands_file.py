"""The commands' file and the player's own, and which command a text is."""

from pathlib import Path

import pytest

from game.sense.commands_file import CommandSet, GrammarError, all_commands, load_commands
from npc.assets import asset

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
        ('language = "en"', r"one or more \[\[command\]\], found nothing"),
        ('language = "en"\n[command]', "two brackets"),
        (STOP.replace("[[command]]", "[[commands]]", 1), "unknown part 'commands'"),
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
        (STOP + "[others]\nword = 'tea'", "unknown field 'word'"),
        ("a = " + "[" * 5_000, "nested too deeply"),
        (STOP + "[pronunciations]\nx = 3", r"\[pronunciations\]"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GrammarError, match=said) as caught:
        load_commands(written(tmp_path, text))
    assert "mine.toml" in str(caught.value)


def test_an_editor_s_mark_at_the_beginning_is_no_fault(tmp_path: Path) -> None:
    assert load_commands(written(tmp_path, "\ufeff" + STOP)).commands


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GrammarError, match="cannot be read"):
        load_commands(tmp_path / "none.toml")


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
