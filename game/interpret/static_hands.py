"""Labels for hands that stand still, learned from labelled examples of 21 points in a picture.

Pure numpy, so that a modder can teach hands of one's own: `StaticHands.learn(points, labels)`, then `name`.
Where the hand is, how large, how it is turned in the picture, left or right: none of it makes a difference.

The method is kernel ridge regression on one-hot classes, with a Gaussian kernel summed over a hand and its
mirror image, which is the same as learning from both (Rasmussen and Williams, Gaussian Processes for Machine
Learning, 2006: section 2.2, and 8.3.1 for the subset of regressors; Haasdonk and Burkhardt, Invariant kernel
functions for pattern analysis and machine learning, 2007).
"""

from collections.abc import Iterator, Sequence
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POINTS: Final = 21
TIPS: Final = (4, 8, 12, 16, 20)
KNUCKLES: Final = (2, 5, 9, 13, 17)
MIDDLES: Final = (6, 10, 14, 18)
NEAR_THUMB: Final = (5, 6, 7, 9, 10, 13, 14, 17)
"""Where the thumb's tip rests on a fist, a pinch, a folded finger."""
FARTHEST: Final = 1e6
"""Beyond any picture, whatever the unit: larger coordinates are damage."""

PRECISION: Final = 0.0016
"""Of the Gaussian kernel, one over a squared distance of features. A wide kernel: mixed hands lie about
60 apart, a tenth in the exponent. Half of it, with half of `RIDGE`, does as well."""
RIDGE: Final = 0.2
"""How much an example may be disbelieved: recorded sets hold hands that were already changing."""
MOST_CENTRES: Final = 600
"""Examples that carry the kernel: the time to learn grows with their square, and neighbours are alike."""
CLASS_BALANCE: Final = 0.5
"""Between 0 (every example weighs the same) and 1 (every class does)."""


def features(points: Floats) -> Floats:
    """n x 21 x 2 points as n x 77 numbers without place, size and turn: the points in the palm's own axes,
    then distances between them, all in units of the hand's own radius (root mean square about its centre)."""
    centred = points - points.mean(axis=1, keepdims=True)
    radius = np.sqrt((centred**2).sum(axis=2).mean(axis=1))
    shape = (points - points[:, :1]) / np.maximum(radius, 1e-9)[:, None, None]
    along = shape[:, KNUCKLES[1:]].mean(axis=1)
    along /= np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    placed = np.stack([(shape @ across[:, :, None])[..., 0], (shape @ along[:, :, None])[..., 0]], axis=2)

    pairs = [(0, point) for point in TIPS + KNUCKLES + MIDDLES]
    pairs += [(a, b) for i, a in enumerate(TIPS) for b in TIPS[:i]]
    pairs += list(zip(TIPS, KNUCKLES, strict=True))
    pairs += [(TIPS[0], point) for point in NEAR_THUMB]
    first, second = np.array(pairs).T
    gaps = np.linalg.norm(shape[:, first] - shape[:, second], axis=2)
    return np.concatenate([placed[:, 1:].reshape(-1, 2 * (POINTS - 1)), gaps], axis=1)


_MIRROR: Final = np.concatenate([np.tile([-1.0, 1.0], POINTS - 1), np.ones(37)])
"""What mirroring does to the features: only what lies across the palm changes its sign."""


def _kernel(left: Floats, right: Floats) -> Floats:
    """Likeness of every hand of ``left`` to every hand of ``right`` or its mirror image, 0 to 2."""

    def gaussian(other: Floats) -> Floats:
        squared = (left**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2.0 * left @ other.T
        return np.asarray(np.exp(-PRECISION * np.maximum(squared, 0.0)))

    return gaussian(right) + gaussian(right * _MIRROR)


class StaticHands:
    """Learned labels; made by `learn`."""

    def __init__(self, labels: tuple[str, ...], centres: Floats, weights: Floats) -> None:
        self.labels = labels
        """The classes, in the order of the columns of `scores`."""
        self._centres = centres
        self._weights = weights

    @classmethod
    def learn(cls, points: Floats, labels: Sequence[str]) -> Self:
        """Learn from n x 21 x 2 points (any unit, the same across and down) and their n labels. ValueError on
        other shapes, on what is not a number, on a hand without size."""
        _check(points)
        if len(labels) != len(points) or not labels:
            raise ValueError(
                f"{len(points)} hands with {len(labels)} labels: expected one label for each hand."
            )
        classes, which = np.unique(np.array(labels), return_inverse=True)
        counts = np.bincount(which)
        trust = (1.0 / counts[which]) ** CLASS_BALANCE
        trust *= len(trust) / trust.sum()
        seen = features(points)
        chosen = np.unique(np.linspace(0, len(seen) - 1, min(len(seen), MOST_CENTRES)).round().astype(int))
        centres = seen[chosen]
        likeness = _kernel(centres, seen)
        target = np.eye(len(classes))[which] - 1.0 / len(classes)
        # Neighbours are nearly the same, which makes the matrix nearly singular: a trace on its diagonal
        # keeps it solvable and changes no label.
        prior = likeness[:, chosen] + 1e-5 * np.eye(len(centres))
        normal = (likeness * trust) @ likeness.T + RIDGE * prior
        weights = np.asarray(np.linalg.solve(normal, (likeness * trust) @ target), dtype=np.float64)
        return cls(tuple(str(name) for name in classes), centres, weights)

    def scores(self, points: Floats) -> Floats:
        """n x classes for n x 21 x 2 points: about 1 for a sure class and 0 for the others."""
        _check(points)
        return np.asarray(_kernel(features(points), self._centres) @ self._weights + 1.0 / len(self.labels))

    def name(self, points: Floats) -> list[str]:
        """The likeliest label of each of n x 21 x 2 points."""
        return [self.labels[best] for best in self.scores(points).argmax(axis=1)]


def block_folds(rows: int, *, folds: int = 10, block: int = 100, shift: int = 0) -> Iterator[Ints]:
    """The rows that each fold holds out: whole blocks, dealt in turn. Neighbours in a recording are alike, so
    rows dealt singly would be tried by what learned their twins. ``shift`` moves the borders by that many
    rows. ValueError with fewer than two blocks."""
    of_block = (np.arange(rows) + shift) // block
    blocks = int(of_block[-1]) + 1 if rows else 0
    if blocks < 2:
        raise ValueError(
            f"{rows} rows: expected more than {block}, to learn from one block and try on another."
        )
    for fold in range(min(folds, blocks)):
        yield np.flatnonzero(of_block % folds == fold)


def cross_validate(points: Floats, labels: Sequence[str], folds: Iterator[Ints]) -> list[str]:
    """For each of n x 21 x 2 points the label that it gets from what was learned without its fold."""
    found = [""] * len(labels)
    for held_out in folds:
        rest = np.setdiff1d(np.arange(len(labels)), held_out)
        learned = StaticHands.learn(points[rest], [labels[row] for row in rest])
        for row, name in zip(held_out, learned.name(points[held_out]), strict=True):
            found[row] = name
    return found


def _check(points: Floats) -> None:
    if points.ndim != 3 or points.shape[1:] != (POINTS, 2):
        raise ValueError(f"hands of shape {points.shape}: expected n x {POINTS} x 2.")
    if not (np.abs(points) <= FARTHEST).all():
        raise ValueError(f"a hand holds what is no coordinate: expected -{FARTHEST:.0f} to {FARTHEST:.0f}.")
    if len(points) and np.ptp(points, axis=1).max(axis=1).min() <= 0.0:
        raise ValueError("a hand has no size: expected 21 points that are not all in one place.")
