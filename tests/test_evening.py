"""Whole evenings through the command line, with the real models: nothing is faked but the player."""

import json
import os
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from npc.models import ModelMissing, ModelStore

SAID = "Hello little creature, how do I get out of here?"
pytestmark = pytest.mark.models


def models() -> ModelStore:
    store = ModelStore.default()
    try:
        for state in store.states():
            store.file(state.model, state.file)
    except ModelMissing as error:
        pytest.skip(str(error))
    return store


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A player's line as a recording: a second of silence, the bundled voice as it is, and silence."""
    from npc.personality import VoiceSettings
    from npc.speech.voice import Voice

    store = models()
    store.file("piper-en-us-joe-medium", "en_US-joe-medium.onnx.json")
    voice = Voice(VoiceSettings(), store.file("piper-en-us-joe-medium", "en_US-joe-medium.onnx"))
    pcm = voice.speak(SAID).pcm
    pcm = np.concatenate([np.zeros(48_000, np.float32), pcm, np.zeros(48_000, np.float32)])
    path = tmp_path_factory.mktemp("voice") / "line.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((np.clip(pcm, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def hollow(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "game.cli.main", *arguments]


def evening(folder: Path, name: str, *more: str, seconds: float = 9.0) -> list[str]:
    return hollow(
        "play", "--display", "none", "--clock", "game", "--seconds", str(seconds), "--seed", "3",
        "--report", str(folder / f"{name}.json"), "--log", str(folder / f"{name}.jsonl"), *more,
    )  # fmt: skip


def told(folder: Path, name: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return report


def run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_spoken_sentence_is_understood_and_answered_and_the_evening_can_be_repeated(
    line: Path, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        run(evening(tmp_path, name, "--camera", "off", "--microphone", str(line)))
    first, second = told(tmp_path, "first"), told(tmp_path, "second")
    assert len(first["turns"]) == 1
    turn = first["turns"][0]
    assert "how do i get out of here" in turn["heard"].lower()
    assert turn["kind"] == "way"
    assert turn["reply"]
    assert 0.3 < turn["first_sound_s"] < 3.0
    assert first["faults"] == []
    assert first["world_hash"] == second["world_hash"]
    for _ in range(2):
        said = run(hollow("replay", str(tmp_path / "first.jsonl")))
        assert "the same world" in said


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to find the worker")
def test_a_worker_that_is_killed_is_started_again_and_play_goes_on(line: Path, tmp_path: Path) -> None:
    senses = ("--camera", "off", "--microphone", str(line), "--clock", "real")
    command = evening(tmp_path, "killed", *senses, seconds=15.0)
    game = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    log = tmp_path / "killed.jsonl"
    limit_s = time.monotonic() + 60.0
    while time.monotonic() < limit_s and not (log.exists() and log.stat().st_size > 0):
        time.sleep(0.05)  # The log is first written a second into the evening.
    children = _children(game.pid)
    assert children
    for child in children:
        os.kill(child, signal.SIGKILL)
    _, said = game.communicate(timeout=240)
    assert game.returncode == 0, said[-2000:]
    report = told(tmp_path, "killed")
    assert report["seconds"] == 15.0
    assert any("started again" in fault["what"] for fault in report["faults"])
    assert "the same world" in run(hollow("replay", str(log)))


def test_files_that_are_none_cost_a_sentence_and_not_the_game(tmp_path: Path) -> None:
    models()
    (tmp_path / "text.mp4").write_text("I am a text.")
    (tmp_path / "text.wav").write_text("Me too.")
    senses = ("--camera", str(tmp_path / "text.mp4"), "--microphone", str(tmp_path / "text.wav"))
    said = run(evening(tmp_path, "text", *senses, seconds=2.0))
    assert "text.mp4 is not a video" in said
    assert "text.wav is not a sound file" in said
    assert told(tmp_path, "text")["frames"]["presented"] > 50


def test_a_recorded_track_plays_and_can_be_played_again(tmp_path: Path) -> None:
    models()
    script, track = tmp_path / "script.txt", tmp_path / "hands.jsonl.gz"
    script.write_text("wait 0.5\nright walk_air for 4\n", encoding="utf-8")
    run(hollow("perform", str(script), str(track)))
    run(evening(tmp_path, "track", "--camera", str(track), "--microphone", "off", seconds=5.0))
    report = told(tmp_path, "track")
    assert report["frames"]["with_hands"] > 90
    assert "walk" in {gesture["name"] for gesture in report["gestures"]}
    assert report["faults"] == []
    assert "the same world" in run(hollow("replay", str(tmp_path / "track.jsonl")))


@pytest.mark.data
def test_a_real_hand_and_a_real_voice(tmp_path: Path) -> None:
    folder = os.environ.get("HOLLOW_TEST_DATA")
    if not folder:
        pytest.skip("HOLLOW_TEST_DATA names no folder of real recordings")
    models()
    clip = Path(folder) / "hands/temuge_stereo_cam0.mp4"
    speech = Path(folder) / "speech/sentences/new_home_in_the_stars.wav"
    run(evening(tmp_path, "real", "--camera", str(clip), "--microphone", str(speech), seconds=12.0))
    report = told(tmp_path, "real")
    assert report["frames"]["with_hands"] >= 0.9 * report["frames"]["camera"] > 300
    assert [turn["heard"].lower().strip(".") for turn in report["turns"]] == [
        "we must find a new home in the stars"
    ]
    assert report["turns"][0]["reply"]


@pytest.mark.data
def test_nobody_is_talked_over_who_pauses(tmp_path: Path) -> None:
    folder = os.environ.get("HOLLOW_TEST_DATA")
    if not folder:
        pytest.skip("HOLLOW_TEST_DATA names no folder of real recordings")
    models()
    speech = Path(folder) / "speech/sentences/beckett.wav"
    run(evening(tmp_path, "pauses", "--camera", "off", "--microphone", str(speech), seconds=14.0))
    report = told(tmp_path, "pauses")
    words = " ".join(turn["heard"] for turn in report["turns"]).lower()
    for phrase in ("ever tried", "ever failed", "no matter", "try again", "fail again", "fail better"):
        assert phrase in words
    end_s = max(turn["end_s"] for turn in report["turns"])
    assert all(spoken["start_s"] > end_s for spoken in report["lines"])


def _children(pid: int) -> list[int]:
    """The worker processes of a game."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            args = (folder / "cmdline").read_text()
        except OSError:
            continue  # It ended while we looked.
        if parent == pid and "spawn_main" in args:
            found.append(int(folder.name))
    return found
