from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from game.app import play
from game.clock import ClockKind
from game.plan import Found, PlayError, PlaySettings, make_plan, welcome

NOTHING = Found(camera=False, microphone=False, screen=False)
HOME = Found(camera=True, microphone=True, screen=True)


def test_at_home_it_finds_what_there_is_and_plays_in_a_window_on_the_real_clock() -> None:
    plan = make_plan(PlaySettings(), HOME)
    assert (plan.camera, plan.microphone, plan.display, plan.clock) == (0, "", "window", ClockKind.REAL)
    assert plan.notes == ()
    assert not plan.recorded_player


def test_with_nothing_at_all_a_recorded_player_makes_a_film_and_every_lack_is_named() -> None:
    plan = make_plan(PlaySettings(), NOTHING)
    assert plan.recorded_player
    assert plan.display == "offscreen"
    assert plan.record == Path("hollow.mp4")
    assert plan.seconds is not None
    assert len(plan.notes) == 5
    for word in ("camera", "microphone", "screen", "recorded player", "hollow.mp4"):
        assert any(word in note for note in plan.notes)


def test_files_without_a_window_play_on_the_game_clock() -> None:
    plan = make_plan(PlaySettings(camera="a.mp4", microphone="b.wav", display="offscreen"), NOTHING)
    assert plan.clock is ClockKind.GAME
    assert (plan.camera, plan.microphone) == (Path("a.mp4"), Path("b.wav"))
    assert not plan.recorded_player


def test_files_in_a_window_play_on_the_real_clock() -> None:
    plan = make_plan(PlaySettings(camera="a.mp4", microphone="off"), HOME)
    assert plan.clock is ClockKind.REAL


def test_in_a_headset_its_own_hands_play_and_the_webcam_waits_to_be_asked_for() -> None:
    plan = make_plan(PlaySettings(display="openxr"), HOME)
    assert (plan.camera, plan.microphone, plan.display, plan.clock) == (None, "", "openxr", ClockKind.REAL)
    assert plan.remembers
    assert not plan.recorded_player
    assert plan.notes == ()
    assert make_plan(PlaySettings(display="openxr", camera="0"), HOME).camera == 0


def test_a_headset_needs_no_screen() -> None:
    plan = make_plan(PlaySettings(display="openxr"), NOTHING)
    assert plan.display == "openxr"
    assert plan.seconds is None
    assert not plan.recorded_player


def test_a_camera_is_a_number_or_a_file_and_a_microphone_a_name_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "voice").write_bytes(b"")
    assert make_plan(PlaySettings(camera="2"), HOME).camera == 2
    assert make_plan(PlaySettings(microphone="Blue Yeti"), HOME).microphone == "Blue Yeti"
    assert make_plan(PlaySettings(microphone="missing.wav"), HOME).microphone == Path("missing.wav")
    assert make_plan(PlaySettings(microphone=str(tmp_path / "voice")), HOME).microphone == tmp_path / "voice"


@pytest.mark.parametrize("sense", ["camera", "microphone"])
def test_a_file_that_is_named_and_not_there_is_refused_before_anything_starts(
    sense: str, tmp_path: Path
) -> None:
    named: dict[str, Any] = {"camera": "off", "microphone": "off", sense: str(tmp_path / "missing.wav")}
    with pytest.raises(PlayError, match=r"no (video|sound) file .*missing\.wav"):
        play(PlaySettings(**named, display="offscreen", seconds=1.0))


def test_a_missing_microphone_alone_is_named_and_replaced_by_typing() -> None:
    plan = make_plan(PlaySettings(), Found(camera=True, microphone=False, screen=True))
    assert plan.microphone is None
    assert len(plan.notes) == 1
    assert "type" in plan.notes[0]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (PlaySettings(display="window"), "no screen"),
        (PlaySettings(camera="0", display="offscreen", clock=ClockKind.GAME), "--clock game"),
        (PlaySettings(camera="off", microphone="off", display="offscreen"), "--seconds"),
        (PlaySettings(display="openxr", clock=ClockKind.GAME), "pace of its own"),
    ],
)
def test_what_cannot_be_played_is_refused_with_a_sentence(settings: PlaySettings, named: str) -> None:
    with pytest.raises(PlayError, match=named):
        make_plan(settings, NOTHING)


def test_what_leaves_this_machine_is_said_first() -> None:
    assert "on this machine only; nothing" in welcome(PlaySettings())
    assert "on this machine only; nothing" in welcome(PlaySettings(recogniser="sphinx"))
    for url in ("http://localhost:11434/v1", "localhost:11434", "127.0.0.1:8080", "http://[::1]:8080"):
        assert "on this machine only; nothing" in welcome(PlaySettings(backend=url))
    for url in ("192.168.1.4:8080", "localhost.example.org", "http://[::1"):
        assert f"your words go to {url}, as you asked" in welcome(PlaySettings(backend=url))
    said = welcome(PlaySettings(recogniser="google", backend="https://example.org/v1"))
    assert "only" not in said
    assert "your voice may go to the engine 'google'" in said
    assert "your words go to https://example.org/v1" in said


def test_an_evening_of_files_without_an_end_says_how_it_ends() -> None:
    nobody = Found(camera=False, microphone=False, screen=False)
    film = PlaySettings(camera="hands.mp4", microphone="off", display="offscreen")
    assert any("Ctrl-C" in note for note in make_plan(film, nobody).notes)
    assert not any("Ctrl-C" in note for note in make_plan(replace(film, seconds=5.0), nobody).notes)
