"""Training of `npc.endings`: whole player lines against their own beginnings.

    python -m npc.training.endings [--check]

The lines are those of npc/data/kinds.toml and of the dialogue of all personalities. The weights go to
npc/data/endings.npz; the same lines give the same weights. It judges by lines that were held out for the
kinds of turn (tests/npc/kinds_heldout.tsv), which nobody wrote for this.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from npc.assets import asset
from npc.endings import BUCKETS, WEIGHTS, ended, marks
from npc.text import words
from npc.training.kinds import JUDGES, gather, read_judged

WHOLE: Final = 5.0
"""Weight of a whole line beside each of its beginnings."""
FEWEST: Final = 3
"""A mark seen less often is left out."""
SHRINK: Final = 1e-5
STEPS: Final = 160
_RATE: Final = 0.05
LEVELS: Final = (0.2, 0.35, 0.5, 0.9)


def fit(lines: Iterable[str]) -> NDArray[np.float32]:
    """Weights (BUCKETS,) by Adam on the logistic loss."""
    said = [words(line) for line in sorted(set(lines))]
    said = [line for line in said if line]
    rows = np.array([marks(line[:k]) for line in said for k in range(1, len(line) + 1)])
    whole = np.array([k == len(line) for line in said for k in range(1, len(line) + 1)])
    rare = np.bincount(rows.ravel(), minlength=BUCKETS) < FEWEST
    weight = np.where(whole, WHOLE, 1.0) / len(rows)
    table = np.zeros(BUCKETS)
    mean, spread = np.zeros(BUCKETS), np.zeros(BUCKETS)
    for step in range(1, STEPS + 1):
        likely = 1.0 / (1.0 + np.exp(-table[rows].sum(axis=1)))
        error = np.repeat(weight * (likely - whole), rows.shape[1])
        slope = np.bincount(rows.ravel(), weights=error, minlength=BUCKETS) + SHRINK * table
        slope[rare] = 0.0
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope**2
        table -= _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return table.astype(np.float32)


def write(path: Path, weights: NDArray[np.float32]) -> None:
    """Weights as bytes with one scale."""
    scale = np.float32(np.abs(weights).max() / 127)
    np.savez_compressed(path, table=np.rint(weights / scale).astype(np.int8), scale=scale)


def judge(lines: Sequence[str]) -> str:
    """How many whole lines, and how many of their beginnings, count as whole at several levels."""
    whole = np.array([ended(line) for line in lines])
    parts = [words(line) for line in lines]
    begun = np.array([ended(" ".join(line[:k])) for line in parts for k in range(1, len(line))])
    told = ", ".join(
        f"{100 * (whole >= level).mean():.0f} and {100 * (begun >= level).mean():.0f} % at {level:g}"
        for level in LEVELS
    )
    return f"{len(lines)} lines; whole lines and beginnings that count as whole: {told}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train where a sentence ends.")
    parser.add_argument("--check", action="store_true", help="only judge the weights that are there")
    asked = parser.parse_args(arguments)
    judged = {path: [said for _, said in read_judged(path)] for path in JUDGES if path.exists()}
    if not asked.check:
        folders = sorted(asset("personalities").glob("*/dialogue"))
        lines = gather(folders, without=(said for rows in judged.values() for said in rows))
        write(WEIGHTS, fit(line.said for line in lines))
        print(f"{len(lines)} lines; {WEIGHTS}: {WEIGHTS.stat().st_size / 1024:.0f} KiB")
    for path, rows in judged.items():
        print(f"{path.name}: {judge(rows)}")


if __name__ == "__main__":
    main()
