"""How still a tracked hand is and how late: the two measures by which filters are judged. Pure numpy.

Both compare places of landmarks in palm lengths, so that near and far hands, and pictures of any size, agree.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.sense.observations import Point3

Floats = NDArray[np.float64]

WINDOW_S: Final = 0.5
"""A hand that is held still may drift: what a parabola over this time explains is movement, the rest
jitter."""
LEAST_SAMPLES: Final = 4
"""A parabola has three numbers; with no more samples than these there is no residual."""
LONGEST_DELAY_S: Final = 0.15
GRID_S: Final = 0.0025


def palm_size(images: Sequence[Sequence[Point3]], *, aspect: float) -> float:
    """The median palm length over some frames, in widths of the picture: one ruler for all of them, so that
    its own trembling is not taken for jitter. A palm is the greater of its length and its breadth, for seen
    from its end it looks short."""
    sizes = []
    for image in images:
        points = np.array(image)[:, :2] * (1.0, 1.0 / aspect)
        sizes.append(max(np.hypot(*(points[9] - points[0])), 1.3 * np.hypot(*(points[17] - points[5]))))
    return float(np.median(sizes)) if sizes else 0.0


def residuals(times_s: Sequence[float], places: Floats) -> Floats:
    """(N,) how far each frame's landmarks lie from a parabola through the half second about it, root of the
    mean square over the landmarks, palm lengths; NaN for a frame without a whole window.

    ``times_s`` are N rising seconds, ``places`` (N, K, D) landmarks in palm lengths.
    """
    t = np.array(times_s)
    flat = places.reshape(len(t), -1)
    rest = np.full(len(t), np.nan)
    for middle, near in _windows(t):
        fitted = _parabola(t[near] - t[middle], flat[near])
        rest[middle] = np.sqrt(((flat[middle] - fitted[0]) ** 2).sum() / places.shape[1])
    return rest


def speeds(times_s: Sequence[float], places: Floats) -> Floats:
    """(N,) the greatest speed of any landmark in the half second about each frame, by the parabolas through
    them, for which trembling is none. Palm lengths a second; NaN for a frame without a whole window.

    ``times_s`` are N rising seconds, ``places`` (N, K, D) landmarks in palm lengths.
    """
    t = np.array(times_s)
    flat = places.reshape(len(t), -1)
    fastest = np.full(len(t), np.nan)
    for middle, near in _windows(t):
        _, speed, bend = _parabola(t[near] - t[middle], flat[near])
        # Along a parabola the speed is greatest at one end.
        ends = np.stack([speed + 2.0 * bend * at_s for at_s in (-WINDOW_S / 2, WINDOW_S / 2)])
        fastest[middle] = np.linalg.norm(ends.reshape(2, *places.shape[1:]), axis=2).max()
    return fastest


def jitter_palms(times_s: Sequence[float], places: Floats) -> float:
    """What remains of a still hand's landmarks about a centred parabola over half a second.

    ``times_s`` are N rising seconds, ``places`` (N, K, D) landmarks in palm lengths. The answer is the root
    mean square of the `residuals`, in palm lengths; NaN when no frame has a whole window.
    """
    rest = residuals(times_s, places)
    rest = rest[np.isfinite(rest)]
    return float(np.sqrt(np.mean(rest**2))) if len(rest) else float("nan")


def _windows(t: Floats) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Each frame that has a whole half second about it, and which frames lie in that."""
    for middle in range(len(t)):
        if t[middle] - t[0] < WINDOW_S / 2 - 1e-6 or t[-1] - t[middle] < WINDOW_S / 2 - 1e-6:
            continue
        near = np.abs(t - t[middle]) <= WINDOW_S / 2 + 1e-6
        if near.sum() >= LEAST_SAMPLES:
            yield middle, near


def _parabola(about_s: Floats, places: Floats) -> Floats:
    """(3, D) place, speed and half the acceleration at 0 of the parabola that fits best."""
    fitted, *_ = np.linalg.lstsq(np.vander(about_s, 3, increasing=True), places, rcond=None)
    return np.asarray(fitted)


def delay_ms(times_s: Sequence[float], raw: Floats, filtered: Floats) -> float:
    """By how much ``filtered`` lags behind ``raw``, milliseconds: the shift of their greatest
    cross-correlation.

    Both are (N, D) or (N, K, D) places in palm lengths at the same N seconds; between them places are taken
    on straight lines. Positive is late. NaN when the hand did not move, or for less than half a second.
    """
    t = np.array(times_s)
    if len(t) < 3:
        return float("nan")
    most = round(LONGEST_DELAY_S / GRID_S)
    grid = np.arange(t[0], t[-1], GRID_S)
    if len(grid) < WINDOW_S / GRID_S + 2 * most:
        return float("nan")
    before, after = (
        np.stack([np.interp(grid, t, column) for column in places.reshape(len(t), -1).T], axis=1)
        for places in (raw, filtered)
    )
    middle = before[most:-most] - before[most:-most].mean(axis=0)
    if not np.abs(middle).max() > 1e-9:
        return float("nan")
    scores = []
    for shift in range(-most, most + 1):
        moved = after[most + shift : len(after) - most + shift]
        moved = moved - moved.mean(axis=0)
        size = float(np.sqrt((middle**2).sum() * (moved**2).sum()))
        scores.append(float((middle * moved).sum()) / size if size > 0.0 else 0.0)
    best = min(max(int(np.argmax(scores)), 1), len(scores) - 2)
    # The top of the parabola through the best three shifts.
    left, top, right = scores[best - 1 : best + 2]
    bend = left - 2.0 * top + right
    between = 0.5 * (left - right) / bend if bend < 0.0 else 0.0
    return float((best + between - most) * GRID_S * 1000.0)
