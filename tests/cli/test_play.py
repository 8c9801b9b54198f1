"""Who plays the Child: a character of the player's own, or one sentence about what is wrong with it."""

import errno
import io
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import cast

import pytest

from game import app
from game.cli import main as cli
from game.cli.play import ends_when_asked
from game.plan import PlaySettings
from game.present.display.headset.comfort import Comfort, Where
from game.present.recorder import Recorder, RecorderError
from game.report import Reporter
from game.workers.mind_worker import MindSettings
from game.world.step import begin
from game.world.story import CHILD_LINES
from npc.assets import asset
from npc.models import ModelStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A character that has what the story needs, made of the shortest one that there is."""
    made = tmp_path / "gnome"
    shutil.copytree(asset("personalities/companion"), made)
    lines = "".join(f'{key} = ["Well."]\n' for key in CHILD_LINES)
    path = made / "lines.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[lines]\n", f"[lines]\n{lines}"), encoding="utf-8")
    return made


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[PlaySettings]:
    """Settings of the evenings that would have begun."""
    begun: list[PlaySettings] = []

    def begin(settings: PlaySettings, *_: object) -> int:
        begun.append(settings)
        return 0

    monkeypatch.setattr(app, "_play", begin)
    return begun


def play(*arguments: str) -> int:
    return cli.main(["play", "--display", "none", "--seconds", "1", *arguments])


def test_a_folder_of_the_player_s_own_plays_the_child(folder: Path, played: list[PlaySettings]) -> None:
    assert play("--child", str(folder)) == 0
    assert played[0].child == folder


def test_without_the_option_the_game_s_own_child_plays(played: list[PlaySettings]) -> None:
    assert play() == 0
    assert played[0].child is None


def test_the_character_reaches_the_mind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[MindSettings] = []
    monkeypatch.setattr(app, "WorkerLink", lambda name, run, settings, **_: told.append(settings))

    class Reached(Exception):
        pass

    def stop(*_: object) -> None:
        raise Reached

    monkeypatch.setattr(app, "_open_display", stop)
    monkeypatch.setattr(ModelStore, "ensure_all", lambda *_: None)
    for child in (folder, None):
        with pytest.raises(Reached):
            app.play(PlaySettings(camera="off", microphone="off", display="none", seconds=1.0, child=child))
    assert [settings.child for settings in told] == [folder, asset("personalities/child")]


def test_a_recorded_track_takes_the_place_of_camera_and_eyes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(app, "WorkerLink", lambda name, run, settings, **_: begun.append(name))

    class Reached(Exception):
        pass

    def stop(*_: object) -> None:
        raise Reached

    monkeypatch.setattr(app, "_open_display", stop)
    monkeypatch.setattr(ModelStore, "ensure_all", lambda *_: None)
    monkeypatch.setattr(ModelStore, "file", lambda *_: Path("unused"))
    for camera, workers in (("a.jsonl.gz", ["ears and mind"]), ("a.mp4", ["eyes", "ears and mind"])):
        begun.clear()
        (tmp_path / camera).touch()
        with pytest.raises(Reached):
            app.play(
                PlaySettings(camera=str(tmp_path / camera), microphone="off", display="none", seconds=1.0)
            )
        assert begun == workers


def test_a_name_that_is_none_is_answered_with_those_there_are(
    played: list[PlaySettings], capsys: pytest.CaptureFixture[str]
) -> None:
    assert play("--child", "nobody") == 1
    assert "no personality 'nobody'; there are child" in capsys.readouterr().err
    assert played == []


def test_a_faulty_folder_is_one_sentence_before_the_evening(
    folder: Path, played: list[PlaySettings], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "policy.toml").unlink()
    assert play("--child", str(folder)) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith(f"hollow play: The character in {folder} cannot play: ")
    assert "policy.toml" in said
    assert "\n" not in said
    assert played == []


def test_a_character_without_words_for_the_story_is_told_which(
    played: list[PlaySettings], capsys: pytest.CaptureFixture[str]
) -> None:
    assert play("--child", "companion") == 1
    said = capsys.readouterr().err
    assert "lines.toml" in said
    assert all(key in said for key in CHILD_LINES)
    assert played == []


def test_a_headset_is_as_comfortable_as_is_wished(played: list[PlaySettings]) -> None:
    told = ("--opening", "around", "--away", "3", "--dark", "0.5", "--turns", "smooth")
    assert play() == play(*told, "--vignette", "--tow") == 0
    wished = Comfort(opening=Where.AROUND, away_m=3.0, solid=0.5, vignette=True, turns=False, tow=True)
    assert [one.comfort for one in played] == [Comfort(), wished]


def _ask(ask: signal.Signals) -> None:
    os.kill(os.getpid(), ask)
    time.sleep(5.0)


def test_a_session_that_ends_or_a_terminal_that_closes_ends_the_evening_as_ctrl_c_does() -> None:
    for ask in (signal.SIGTERM, signal.SIGHUP):
        before = signal.signal(ask, signal.SIG_DFL)  # whoever runs the tests may ignore it
        try:
            with ends_when_asked(), pytest.raises(KeyboardInterrupt):
                _ask(ask)
            assert signal.getsignal(ask) is signal.SIG_DFL
        finally:
            signal.signal(ask, before)


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ends_when_asked():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminal_that_was_closed_takes_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Gone())
    app.tell("Is anybody there?")


def test_a_film_that_cannot_be_finished_costs_a_sentence_and_not_the_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Broken:
        dropped_frames = 3

        def close(self) -> None:
            raise RecorderError("The recording hollow.mp4 could not be written: no space left on device.")

    reporter = Reporter()
    assert not app._finish(None, cast(Recorder, Broken()), begin(1), "", reporter)
    assert "no space left" in capsys.readouterr().err
    assert [fault["what"].split()[2] for fault in reporter.faults] == ["repeats", "hollow.mp4"]
    assert app._finish(None, None, begin(1), "", reporter)
