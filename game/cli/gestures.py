"""``hollow gestures``: how well labelled still hands can be told apart, tried on rows not learned."""

import argparse
import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.interpret.static_hands import FARTHEST, POINTS, block_folds, cross_validate

BLOCK: Final = 100
FOLDS: Final = 10


class BadRows(ValueError):
    """The file cannot be used; the message names file, row, what was found and what was expected."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command; returns its parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "gestures",
        help="how well labelled hands that stand still can be told apart",
        description=f"Learns still hands from labelled rows and tries itself on rows that it did not learn: "
        f"{FOLDS}-fold cross-validation over blocks of {BLOCK} neighbouring rows. A row is a class (its "
        f"number from 0, or its name), then {POINTS} x,y pairs in MediaPipe's order, in any unit.",
    )
    parser.add_argument(
        "rows", metavar="CSV", type=Path, help="labelled hands, one a row, in the order recorded"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument(
        "--labels",
        metavar="FILE",
        type=Path,
        help="names of the classes, one a line from class 0; else in NAME_PART_label.csv or NAME_label.csv "
        "beside NAME_PART.csv; without any, the classes in CSV are their own names",
    )
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """0 when the hands were tried, whatever came of it."""
    labels_file = args.labels or labels_beside(args.rows)
    labels, points = read_rows(args.rows, read_labels(labels_file) if labels_file else None)
    counts = Counter(labels)
    if len(counts) < 2:
        raise BadRows(f"{args.rows}: all {len(labels)} rows are {labels[0]}: expected at least two classes.")
    if len(labels) <= BLOCK:
        raise BadRows(
            f"{args.rows}: {len(labels)} rows: expected more than {BLOCK}, "
            "to learn from one block of neighbours and try on another."
        )
    folds = list(block_folds(len(labels), folds=FOLDS, block=BLOCK))
    for name in counts:
        # A class that one fold holds whole is never among what was learned when it is tried.
        if any(sum(labels[row] == name for row in held_out) == counts[name] for held_out in folds):
            print(f"{args.rows}: {name} lies in one fold alone and so cannot be found.", file=sys.stderr)
    found = cross_validate(points, labels, iter(folds))
    report = summary(labels, found)
    if args.json:
        json.dump(report, sys.stdout)
        print()
    else:
        print(table(report))
    return 0


def labels_beside(rows: Path) -> Path | None:
    """The label file that belongs to ``NAME_PART.csv``: ``NAME_PART_label.csv`` or ``NAME_label.csv``."""
    stems = [rows.stem, *([rows.stem.rpartition("_")[0]] if "_" in rows.stem else [])]
    places = (rows.with_name(f"{stem}_label.csv") for stem in stems)
    return next((place for place in places if place != rows and place.is_file()), None)


def read_labels(path: Path) -> list[str]:
    """Names of the classes, in order. BadRows when one is empty or stands twice."""
    names = [line.strip() for line in _text(path).splitlines()]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise BadRows(f"{path} is empty: expected the name of a class in each row.")
    for row, name in enumerate(names, start=1):
        if not name:
            raise BadRows(f"{path}, row {row} is empty: expected the name of class {row - 1}.")
        if (first := names.index(name) + 1) != row:
            raise BadRows(f"{path}, row {row}: found {name!r} as in row {first}, expected another name.")
    return names


def read_rows(path: Path, names: list[str] | None) -> tuple[list[str], NDArray[np.float64]]:
    """The labels and the n x 21 x 2 points of a file; empty rows are passed over. ``names`` are those of the
    classes 0, 1, ...; without them a number is its own name. BadRows for the first row that is none."""
    labels: list[str] = []
    hands: list[list[float]] = []
    for row, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path}, row {row}"
        label, *cells = (cell.strip() for cell in line.split(","))
        if len(cells) != 2 * POINTS:
            raise BadRows(
                f"{where}: found {len(cells) + 1} values, expected {2 * POINTS + 1}: a class, {POINTS} x,y."
            )
        labels.append(_label(label, names, where))
        hand = [_number(cell, f"{where}, value {column}") for column, cell in enumerate(cells, start=2)]
        if len(set(hand[0::2])) == len(set(hand[1::2])) == 1:
            raise BadRows(f"{where}: found all {POINTS} points in one place, expected a hand.")
        hands.append(hand)
    if not hands:
        raise BadRows(f"{path} has no rows: expected a class and {POINTS} x,y pairs in each.")
    return labels, np.array(hands).reshape(-1, POINTS, 2)


def _label(cell: str, names: list[str] | None, where: str) -> str:
    if names is None:
        if not cell:
            raise BadRows(f"{where}: found no class, expected its number or name.")
        return cell
    if cell in names:
        return cell
    if cell.isascii() and cell.isdecimal() and int(cell) < len(names):
        return names[int(cell)]
    raise BadRows(
        f"{where}: found class {cell!r}, expected 0 to {len(names) - 1} or one of {', '.join(names)}."
    )


def _number(cell: str, where: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise BadRows(f"{where}: found {cell!r}, expected a number.") from None
    if not math.isfinite(value) or abs(value) > FARTHEST:
        raise BadRows(f"{where}: found {cell}, expected a number between -{FARTHEST:.0f} and {FARTHEST:.0f}.")
    return value


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRows(f"{path}: found a byte that is no text at {error.start}, expected UTF-8.") from None


def summary(labels: list[str], found: list[str]) -> dict[str, Any]:
    """The document of ``--json``: of each label, how often each was found for it."""
    names = sorted(set(labels), key=labels.index)
    pairs = Counter(zip(labels, found, strict=True))
    return {
        "rows": len(labels),
        "accuracy": sum(pairs[name, name] for name in names) / len(labels),
        "confusion": {name: {other: pairs[name, other] for other in names} for name in names},
    }


def table(report: dict[str, Any]) -> str:
    """The same for the eye: a row for each label, a column for each that was found."""
    names = list(report["confusion"])
    width = max(len("found as"), *(len(name) for name in names), 5)
    lines = [" ".join(f"{cell:>{width}}" for cell in ["found as", *names])]
    for name, found in report["confusion"].items():
        lines.append(" ".join(f"{cell:>{width}}" for cell in [name, *found.values()]))
    right = sum(found[name] for name, found in report["confusion"].items())
    share = f"{100.0 * report['accuracy']:.2f} %"
    return "\n".join(
        [*lines, "", f"{share}: {right} of {report['rows']} hands, each tried by what had not learned it."]
    )
