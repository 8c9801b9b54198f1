import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.sense.evening_log import LogError, LogWriter, decode, encode, read_log
from game.sense.observations import (
    ClipPlayed,
    CommandHeard,
    HandSeen,
    HandsSeen,
    HeadSeen,
    Heard,
    Loudness,
    Observation,
    PointerMoved,
    ReplyEnded,
    SecondVoice,
    SenseFound,
    SenseLost,
    SentenceSpoken,
    SpeechPaused,
    SpeechStarted,
    TurnUnderstood,
    VoiceFell,
    VoiceSounds,
    VoiceTalks,
)

HAND = HandSeen(
    track=1, side="left", score=0.9, image=((0.1, 0.2, -0.03),) * 21, world=((0.01, 0.02, 0.03),) * 21
)
EVERY: list[Observation] = [
    HandsSeen(at_s=1.0, captured_s=0.9, hands=(HAND,), aspect=1.77778, brightness=0.31),
    HeadSeen(at_s=1.0, captured_s=0.9, present=True, position_m=(0.1, -1.2, 0.05), yaw_rad=0.1, faces=2),
    SpeechStarted(at_s=1.0, start_s=0.8),
    VoiceSounds(at_s=1.0, start_s=0.8),
    VoiceTalks(at_s=1.2, start_s=0.8),
    SecondVoice(at_s=2.0, start_s=0.8),
    VoiceFell(at_s=1.0, end_s=0.8),
    SpeechPaused(at_s=1.0, end_s=0.8),
    Heard(at_s=2.0, utterance=3, text="ünïcode “quotes”\n", start_s=1.0, end_s=1.5, extends=2),
    CommandHeard(at_s=2.0, name="stop", end_s=1.9, confidence=0.8),
    Loudness(at_s=2.0, db=-31.5, voiced=True),
    SenseLost(at_s=2.0, sense="camera", reason="gone", final=True),
    SenseFound(at_s=2.0, sense="camera", what="camera 0"),
    TurnUnderstood(at_s=2.0, turn=1, character="child", kind="love", act="tease", gesture=None),
    SentenceSpoken(at_s=2.0, turn=1, character="child", index=0, text="No.", gesture="stare", actions=(),
                   clip="c", duration_s=0.5, words=(("No", 0.0, 0.4),), source="model", backend="embedded"),
    ReplyEnded(at_s=2.0, turn=1, character="child", faults=()),
    ClipPlayed(at_s=2.0, clip="c", played_s=0.2, finished=False),
    PointerMoved(at_s=2.0, x=0.5, y=0.5, pinch=True, walk=False),
]  # fmt: skip


@pytest.mark.parametrize("observation", EVERY, ids=lambda o: type(o).__name__)
def test_every_observation_comes_back_as_it_was(observation: Observation) -> None:
    assert decode(json.loads(json.dumps(encode(observation)))) == observation


@given(st.floats(allow_nan=False, allow_infinity=False), st.text())
def test_any_number_and_text_survive(number: float, text: str) -> None:
    heard = Heard(at_s=number, utterance=1, text=text, start_s=0.0, end_s=number)
    assert decode(json.loads(json.dumps(encode(heard)))) == heard


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (["Heard", {"at_s": "soon"}], "Heard.at_s"),
        (["Heard", {"at_s": 1.0, "wild": 2}], "wild"),
        (["Heard", {"at_s": 1.0}], "missing"),
        (["os.system", {}], "os.system"),
        ({"Heard": {}}, "expected [type, fields]"),
        (["SenseLost", {"at_s": 0.0, "sense": "nose", "reason": ""}], "nose"),
        (
            ["HandsSeen", {"at_s": 0.0, "captured_s": 0.0, "hands": [3], "aspect": 1.0, "brightness": 0.0}],
            "hands",
        ),
        (["Loudness", {"at_s": 0.0, "db": True, "voiced": True}], "db"),
    ],
)
def test_what_is_no_observation_is_refused_by_name(item: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named.replace("[", r"\[")):
        decode(item)


def written(path: Path) -> Path:
    log = LogWriter(path, {"seed": 4, "hollow": "1"})
    log.tick(3, EVERY[:2])
    log.tick(4, [])
    log.tick(9, EVERY[2:])
    log.close(12, "abc")
    return path


def test_a_log_is_read_as_it_was_written(tmp_path: Path) -> None:
    evening = read_log(written(tmp_path / "log.jsonl"))
    assert evening.head["seed"] == 4
    assert evening.ticks == {3: tuple(EVERY[:2]), 9: tuple(EVERY[2:])}
    assert (evening.last_tick, evening.world_hash) == (12, "abc")


def test_an_evening_that_was_broken_off_is_read_up_to_there(tmp_path: Path) -> None:
    path = written(tmp_path / "log.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:2]) + lines[2][:40])
    evening = read_log(path)
    assert list(evening.ticks) == [3]
    assert evening.world_hash is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_costs_the_log_and_not_the_evening() -> None:
    log = LogWriter(Path("/dev/full"), {"seed": 4})
    for tick in range(1, 200):
        log.tick(tick, EVERY)
    assert log.fault is not None
    assert log.fault.startswith("The log /dev/full breaks off: ")
    log.close(200, "abc")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "is not a log"),
        ("hello\n", "line 1: not JSON"),
        ('{"format": 99, "seed": 1}\n', "is not a log"),
        ('{"format": 1, "seed": 1}\n{"k": 5, "o": []}\n{"k": 4, "o": []}\n', "line 3"),
        ('{"format": 1, "seed": 1}\n{"k": 5, "o": [["Heard", {}]]}\n', "line 2: Heard"),
        ('{"format": 1, "seed": 1}\n' + "[" * 100_000 + "\n", "line 2: not JSON"),
    ],
)
def test_a_file_that_is_no_log_is_refused_with_its_line(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(text)
    with pytest.raises(LogError, match=named):
        read_log(path)


def test_missing_and_binary_files_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be read"):
        read_log(tmp_path / "nowhere.jsonl")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(LogError, match="not a text file"):
        read_log(binary)
