import argparse
import gzip
import json
from pathlib import Path
from typing import Any

import av
import pytest

from game.cli import hands
from game.sense.camera import SourceError
from game.sense.hand_model import Pose
from game.sense.synthetic_player import Stroke, SyntheticPlayer


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    hands.add_parser(parser.add_subparsers())
    args = parser.parse_args(["hands", *words])
    return int(args.run(args))


def make_track(path: Path) -> Path:
    """A right hand that points, is away, walks: as a landmarker sees it, so not mirrored."""
    script = [
        Stroke(t_s=0.5, pose=Pose.POINT),
        Stroke(t_s=2.0, pose=Pose.AWAY),
        Stroke(t_s=3.0, pose=Pose.WALK),
        Stroke(t_s=6.0, pose=Pose.AWAY),
    ]
    lines: list[Any] = [{"clip": "made", "width": 1280, "height": 720, "fps": 30.0}]
    for i, seen in enumerate(SyntheticPlayer(script).hands_until(7.0)):
        lines.append(
            {
                "frame": i,
                "t_ms": round(seen.captured_s * 1000),
                "hands": [
                    {
                        "handedness": hand.side.capitalize(),
                        "score": hand.score,
                        "landmarks": [[1.0 - x, y, z] for x, y, z in hand.image],
                        "world": [[-x, y, z] for x, y, z in hand.world],
                    }
                    for hand in seen.hands
                ],
            }
        )
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write("\n".join(json.dumps(line) for line in lines))
    return path


def test_a_track_is_reported_as_one_json_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(make_track(tmp_path / "a.jsonl.gz")), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["frames"] == 211
    assert report["with_hands"] == 45 + 90
    point, walk = report["gestures"]
    assert (point["name"], point["hand"]) == ("point", "right")
    assert point["start_s"] == pytest.approx(0.5, abs=0.1)
    assert point["end_s"] == pytest.approx(2.0, abs=0.1)
    assert 0.0 < point["value"] <= 1.0
    assert 0.0 < point["confidence"] <= 1.0
    assert walk["name"] == "walk"
    assert 6 <= len(report["steps"]) <= 9
    assert {step["finger"] for step in report["steps"]} == {"index", "middle"}
    assert all(3.0 <= step["t_s"] <= 6.0 for step in report["steps"])


def test_without_json_a_player_reads_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(make_track(tmp_path / "a.jsonl.gz")), "--seconds", "2.5") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("right  point begins")
    assert lines[-1] == "45 of 76 pictures show a hand; 0 steps."


def test_a_film_of_it_is_drawn_at_its_own_speed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.mp4"
    run(str(make_track(tmp_path / "a.jsonl.gz")), "--draw", str(out), "--seconds", "2.0")
    with av.open(str(out)) as film:
        pictures = list(film.decode(video=0))
    assert len(pictures) == 61
    assert float(pictures[-1].time or 0.0) == pytest.approx(2.0, abs=0.02)
    lit = pictures[30].to_ndarray(format="rgb24").max(axis=2) > 100
    assert 0.001 < lit[60:].mean() < 0.1  # some lines on black, below the captions


def test_a_film_that_cannot_be_written_is_told_before_anything_is_read(tmp_path: Path) -> None:
    track = make_track(tmp_path / "a.jsonl.gz")
    with pytest.raises(SourceError, match="cannot be written"):
        run(str(track), "--json", "--draw", str(tmp_path / "no" / "out.mp4"))


def test_a_source_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no video file"):
        run(str(tmp_path / "missing.mp4"), "--json")
