"""The command that tries labelled still hands: its documents and its sentences."""

import argparse
import json
import os
from pathlib import Path

import pytest

from game.cli import gestures
from game.cli.gestures import BadRows
from tests.interpret.still_hands import POSES, still_hands

DATA = os.environ.get("HOLLOW_TEST_DATA", "")
HAND = "0," + ",".join(f"{0.1 * i},{0.2 * i}" for i in range(21))


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    gestures.add_parser(parser.add_subparsers())
    args = parser.parse_args(["gestures", *words])
    return int(args.run(args))


def written(path: Path, *, each: int = 50, poses: int = 3, by_name: bool = False) -> Path:
    """A file of ``each`` hands of every pose, with the pose's number or name as its class."""
    names, hands = still_hands(each, seed=1, poses=POSES[:poses])
    numbers = {str(pose): str(number) for number, pose in enumerate(POSES)}
    rows = [
        ",".join([name if by_name else numbers[name], *(f"{value:.3f}" for value in hand.ravel())])
        for name, hand in zip(names, hands, strict=True)
    ]
    path.write_text("\n".join(rows) + "\n")
    return path


def label_file(path: Path) -> Path:
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(str(pose).encode() for pose in POSES[:3]) + b"\r\n")
    return path


def test_the_document_counts_every_row_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = written(tmp_path / "hands_dev.csv")
    label_file(tmp_path / "hands_label.csv")
    assert run(str(rows), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    names = [str(pose) for pose in POSES[:3]]
    assert report["rows"] == 150
    assert list(report["confusion"]) == names
    for found in report["confusion"].values():
        assert list(found) == names
        assert sum(found.values()) == 50
    right = sum(report["confusion"][name][name] for name in names)
    assert report["accuracy"] == pytest.approx(right / 150)


def test_the_table_names_classes_and_share(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = written(tmp_path / "hands.csv", by_name=True)
    assert run(str(rows)) == 0
    said = capsys.readouterr()
    assert "found as" in said.out
    assert all(str(pose) in said.out for pose in POSES[:3])
    assert "of 150 hands" in said.out


def test_a_class_in_one_fold_alone_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two blocks the second holds every row of the last pose: what learned the first cannot know it."""
    rows = written(tmp_path / "hands.csv", by_name=True)
    assert run(str(rows), "--json") == 0
    said = capsys.readouterr()
    last = str(POSES[2])
    assert f"{last} lies in one fold alone" in said.err
    assert json.loads(said.out)["confusion"][last][last] == 0


@pytest.mark.parametrize("beside", ["hands_dev_label.csv", "hands_label.csv"])
def test_the_label_file_beside_the_rows_is_found(tmp_path: Path, beside: str) -> None:
    label = label_file(tmp_path / beside)
    assert gestures.labels_beside(tmp_path / "hands_dev.csv") == label


def test_without_label_file_the_classes_name_themselves(tmp_path: Path) -> None:
    rows = tmp_path / "hands.csv"
    rows.write_text(HAND + "\n\n" + HAND.replace("0,", "seven,", 1) + "\n")
    labels, points = gestures.read_rows(rows, None)
    assert labels == ["0", "seven"]
    assert points.shape == (2, 21, 2)
    assert points[1, 20].tolist() == pytest.approx([2.0, 4.0])


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (HAND + ",1", "row 2: found 44 values, expected 43"),
        (HAND.rpartition(",")[0], "row 2: found 42 values, expected 43"),
        (HAND.replace("0.2,", "left,"), "row 2, value 5: found 'left', expected a number"),
        (HAND.replace("0.2,", "nan,"), "row 2, value 5: found nan, expected a number between"),
        (HAND.replace("0.2,", "1e300,"), "row 2, value 5: found 1e300, expected a number between"),
        ("7" + HAND[1:], "row 2: found class '7', expected 0 to 1 or one of open, fist"),
        ("-1" + HAND[1:], "row 2: found class '-1', expected 0 to 1"),
        (HAND[1:], "row 2: found class '', expected 0 to 1"),
        ("0," + ",".join(["1,2"] * 21), "row 2: found all 21 points in one place, expected a hand"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, sentence: str) -> None:
    rows = tmp_path / "hands.csv"
    rows.write_text(f"{HAND}\n{row}\n")
    with pytest.raises(BadRows) as error:
        gestures.read_rows(rows, ["open", "fist"])
    assert str(error.value).startswith(f"{rows}, {sentence}")


def test_points_on_a_line_are_still_a_hand(tmp_path: Path) -> None:
    rows = tmp_path / "hands.csv"
    rows.write_text("0," + ",".join(f"0,{i}" for i in range(21)))
    assert gestures.read_rows(rows, None)[0] == ["0"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "has no rows"),
        (b"\n \n", "has no rows"),
        (b"\xff\xfe0", "no text at 0, expected UTF-8"),
        ((HAND + "\n").encode() * 120, "all 120 rows are 0: expected at least two classes"),
        (f"{HAND}\n1{HAND[1:]}\n".encode(), "2 rows: expected more than 100"),
    ],
)
def test_a_file_that_cannot_be_tried_is_refused(tmp_path: Path, text: bytes, sentence: str) -> None:
    rows = tmp_path / "hands.csv"
    rows.write_bytes(text)
    with pytest.raises(BadRows, match=sentence):
        run(str(rows))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("open\n\nfist\n", "row 2 is empty: expected the name of class 1"),
        ("open\nfist\nopen\n", "row 3: found 'open' as in row 1"),
    ],
)
def test_a_bad_label_file_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    labels = tmp_path / "names.csv"
    labels.write_text(text)
    with pytest.raises(BadRows, match=sentence):
        run(str(tmp_path / "never_read.csv"), "--labels", str(labels))


@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="HOLLOW_TEST_DATA does not name a folder of real recordings")
def test_recorded_hands_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    rows = Path(DATA) / "landmarks" / "kinivi_keypoint_dev.csv"
    if not rows.exists():
        pytest.skip(f"{rows.name} is not in HOLLOW_TEST_DATA")
    assert run(str(rows), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["rows"] == 2679
    assert list(report["confusion"]) == ["Open", "Close", "Pointer", "OK", "Twofinger"]
    assert report["accuracy"] >= 0.97
