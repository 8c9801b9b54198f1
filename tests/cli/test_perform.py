import gzip
import json
from pathlib import Path

import pytest

from game.cli import main as cli
from game.sense.tracks import read_track

SCRIPT = "fps 30\nnoise clean\nwait 0.5\nright point at 0.6 0.5 for 2\nleft walk_air for 4\nright away\n"


def test_what_was_performed_is_found_in_the_track(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script, track = tmp_path / "walk.txt", tmp_path / "walk.jsonl.gz"
    script.write_text(SCRIPT, encoding="utf-8")
    assert cli.main(["perform", str(script), str(track)]) == 0
    assert "walk_air" in capsys.readouterr().out
    with gzip.open(track, "rt", encoding="utf-8") as stream:
        truth = json.loads(stream.readline())["truth"]
    assert [(one["name"], one["hands"]) for one in truth] == [("point", ["right"]), ("walk", ["left"])]
    assert cli.main(["hands", str(track), "--json"]) == 0
    gestures = json.loads(capsys.readouterr().out)["gestures"]
    for shown in truth:
        found = [g for g in gestures if g["name"] == shown["name"] and g["hand"] == shown["hands"][0]]
        assert any(g["start_s"] <= shown["end_s"] and g["end_s"] >= shown["shown_s"] for g in found)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_the_track_is_read_with_sides_and_places_as_performed(tmp_path: Path, name: str) -> None:
    script = tmp_path / "a.txt"
    script.write_text("noise clean\nright palm_out at 0.7 0.5 for 2\n", encoding="utf-8")
    assert cli.main(["perform", str(script), str(tmp_path / name)]) == 0
    frames = list(read_track(tmp_path / name))
    hands = [hand for frame in frames for hand in frame.hands]
    assert {hand.side for hand in hands} == {"right"}
    xs = [hand.image[9][0] for frame in frames if 1.5 < frame.captured_s < 2.5 for hand in frame.hands]
    assert xs == pytest.approx([0.7] * len(xs), abs=0.06)
    assert len(xs) > 20


def test_mistakes_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "bad.txt"
    script.write_text("fps 30\nright salute\n", encoding="utf-8")
    assert cli.main(["perform", str(script), str(tmp_path / "a.jsonl")]) == 1
    assert "bad.txt, line 2: The right hand cannot do salute" in capsys.readouterr().err
    assert not (tmp_path / "a.jsonl").exists()
    assert cli.main(["perform", str(script), str(tmp_path / "a.mp4")]) == 1
    assert "must end in .jsonl" in capsys.readouterr().err
    assert cli.main(["perform", str(tmp_path / "none.txt"), str(tmp_path / "a.jsonl")]) == 1
    assert "none.txt" in capsys.readouterr().err
