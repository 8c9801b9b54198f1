import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from game.clock import LATENCY_S
from game.sense.camera import SourceError
from game.sense.observations import HandsSeen, SenseFound, SenseLost
from game.sense.tracks import RecordedHands, is_track, read_track

HEAD = {"clip": "a.mp4", "width": 640, "height": 360, "fps": 30.0}


def one_hand(**changes: Any) -> dict[str, Any]:
    whole = {
        "handedness": "Right",
        "score": 0.9,
        "landmarks": [[0.2 + i / 100, 0.5, 0.0] for i in range(21)],
        "world": [[i / 100, 0.0, 0.0] for i in range(21)],
    }
    return whole | changes


def write(path: Path, *lines: Any) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    if path.name.endswith(".gz"):
        with gzip.open(path, "wt", encoding="utf-8") as stream:
            stream.write(text)
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_track_is_read_as_the_eyes_would_have_seen_it(tmp_path: Path, name: str) -> None:
    path = write(
        tmp_path / name,
        HEAD,
        {"frame": 0, "t_ms": 0, "hands": []},
        {"frame": 1, "t_ms": 33, "hands": [one_hand()]},
    )
    empty, seen = read_track(path)
    assert empty.hands == ()
    assert seen.captured_s == pytest.approx(0.033)
    assert seen.at_s == pytest.approx(0.033 + LATENCY_S["hands"])
    assert seen.aspect == pytest.approx(640 / 360)
    assert seen.hands[0].side == "right"
    assert seen.hands[0].image[0][0] == pytest.approx(0.8)
    assert seen.hands[0].track == 1


@pytest.mark.parametrize(
    "lines",
    [
        ["not json"],
        [[1, 2]],
        [{"width": 640}],
        [HEAD, {"t_ms": 0}],
        [HEAD, {"t_ms": "soon", "hands": []}],
        [HEAD, {"t_ms": 10, "hands": []}, {"t_ms": 10, "hands": []}],
        [HEAD, {"t_ms": 0, "hands": [one_hand(handedness="Both")]}],
        [HEAD, {"t_ms": 0, "hands": [one_hand(landmarks=[[0, 0, 0]])]}],
        [HEAD, {"t_ms": 0, "hands": [one_hand(world=[["a", 0, 0]] * 21)]}],
        [HEAD, {"t_ms": 0, "hands": [one_hand(score=float("nan"))]}],
        [HEAD, {"t_ms": 0, "hands": ["hand"]}],
    ],
)
def test_a_broken_track_is_a_sentence(tmp_path: Path, lines: list[Any]) -> None:
    with pytest.raises(SourceError, match=r"^[TA].*a\.jsonl.*\.$"):
        list(read_track(write(tmp_path / "a.jsonl", *lines)))


def test_a_track_that_is_not_there_or_breaks_off_is_a_sentence(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.jsonl.gz", HEAD, *({"t_ms": i, "hands": []} for i in range(999)))
    whole.write_bytes(whole.read_bytes()[:-40])
    for path in (whole, tmp_path / "missing.jsonl"):
        with pytest.raises(SourceError):
            list(read_track(path))


def test_tracks_are_told_by_their_names() -> None:
    assert is_track(Path("a.jsonl.gz"))
    assert is_track(Path("b.jsonl"))
    assert not is_track(Path("c.mp4"))


def test_a_track_in_a_camera_s_place_comes_frame_by_frame_and_ends(tmp_path: Path) -> None:
    frames = [{"frame": i, "t_ms": 100 * i, "hands": [one_hand()]} for i in range(3)]
    camera = RecordedHands(write(tmp_path / "a.jsonl", HEAD, *frames))
    latency_s = LATENCY_S["hands"]
    begun = camera.until(0.0)
    assert [type(one) for one in begun] == [SenseFound]
    (first,) = camera.until(latency_s)
    assert isinstance(first, HandsSeen)
    assert first.captured_s == 0.0
    assert camera.until(latency_s + 0.05) == []
    second, third, over = camera.until(5.0)
    assert isinstance(second, HandsSeen)
    assert isinstance(third, HandsSeen)
    assert isinstance(over, SenseLost)
    assert (over.reason, over.final) == ("a.jsonl is over.", True)
    assert camera.until(9.0) == []


def test_a_track_that_is_none_is_a_lost_camera(tmp_path: Path) -> None:
    broken = write(tmp_path / "a.jsonl", HEAD, {"frame": 0, "t_ms": 0, "hands": [one_hand()]}, "{")
    news = RecordedHands(broken).until(5.0)
    assert [type(one) for one in news] == [SenseFound, HandsSeen, SenseLost]
    assert isinstance(news[-1], SenseLost)
    assert not news[-1].final
    assert "not JSON" in news[-1].reason
    (lost,) = RecordedHands(tmp_path / "none.jsonl").until(1.0)
    assert isinstance(lost, SenseLost)
    assert "none.jsonl cannot be read" in lost.reason
