"""``hollow bench hands``: Hollow's eyes beside the plain loop of MediaPipe's documentation."""

import argparse
import json
import math
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.cli.hand_trials import EVERYTHING, Annotated, Trial, pictures, read_annotations
from game.interpret import steadiness
from game.interpret.hand_features import PALM, measure
from game.interpret.interpreter import LOST_AFTER_S
from game.interpret.landmark_filter import LandmarkFilter
from game.sense.camera import Pixels, SourceError, quiet_native_stderr
from game.sense.hand_tracker import HandTracker
from game.sense.observations import HandSeen
from npc.models import ModelStore

Points = NDArray[np.float64]

STILL_PALMS_PER_S: Final = 0.5
"""A hand is still where none of its landmarks moves faster than this."""
LEAST_STILL: Final = 10
"""Of fewer still pictures than this no jitter is told."""


def add_parser(kinds: Any) -> argparse.ArgumentParser:
    """Adds the benchmark; returns its parser."""
    command: argparse.ArgumentParser = kinds.add_parser(
        "hands",
        help="how well and how cheaply hands are seen, beside MediaPipe alone",
        description="Look at clips with Hollow's hand tracker and with the plain loop of MediaPipe's "
        "documentation (VIDEO, two hands), picture by picture in turn, and tell for each the processor time, "
        "the share of pictures with a hand in which one was found, how far still hands jitter, and how late "
        "moving ones are. Hollow's landmarks are those that the game draws and aims with, filtered.",
    )
    command.add_argument("clips", nargs="+", type=Path, metavar="CLIP", help="a video of hands")
    command.add_argument(
        "--annotations",
        type=Path,
        metavar="FILE",
        help="JSON that tells when clips show a hand (without it: always)",
    )
    command.add_argument(
        "--palm-px", type=float, metavar="PX", help="make hands far: palms of PX pixels in 1280 by 720"
    )
    command.add_argument(
        "--dark", type=float, metavar="X", help="make clips dark: X times the light, with noise of sigma 3"
    )
    command.add_argument("--seconds", type=float, metavar="S", help="only the first S seconds of each clip")
    command.add_argument("--json", action="store_true", help="one JSON document on standard output")
    command.set_defaults(run=run)
    return command


class PlainLoop:
    """MediaPipe's hand landmarker as its documentation uses it: VIDEO, two hands, all else as it comes."""

    def __init__(self, model: Path) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.HandLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)),
            running_mode=vision.RunningMode.VIDEO,
            num_hands=2,
        )
        with quiet_native_stderr():
            self._landmarker: Any = vision.HandLandmarker.create_from_options(options)
            self.detect(np.zeros((96, 96, 3), dtype=np.uint8), -1.0)

    def detect(self, rgb: Pixels, captured_s: float) -> list[Points]:
        """(21, 2) landmarks of each hand, pixels."""
        import mediapipe

        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))
        found = self._landmarker.detect_for_video(image, round((captured_s + 2.0) * 1000.0))
        size = (rgb.shape[1], rgb.shape[0])
        return [np.array([(p.x, p.y) for p in hand]) * size for hand in found.hand_landmarks]

    def close(self) -> None:
        self._landmarker.close()


class HollowLoop:
    """The game's own tracker, and the filter through which the game uses what it gives."""

    def __init__(self, model: Path) -> None:
        self._tracker = HandTracker(model)
        self._filters: dict[int, tuple[LandmarkFilter, float]] = {}
        """For each track its filter, and when it was fed."""

    def detect(self, rgb: Pixels, captured_s: float) -> list[Points]:
        """(21, 2) landmarks of each hand, pixels."""
        hands = self._tracker.detect(rgb, captured_s)
        self._forget(captured_s)
        return [self._steady(hand, rgb.shape[1], rgb.shape[0], captured_s) for hand in hands]

    def _steady(self, hand: HandSeen, width: int, height: int, captured_s: float) -> Points:
        image = np.array(hand.image)
        features = measure(hand, aspect=width / height)
        if features is not None:
            steady, _ = self._filters.get(hand.track, (LandmarkFilter(), 0.0))
            self._filters[hand.track] = steady, captured_s
            image = steady.feed(
                hand.image, hand.world, captured_s, palm_width=features.palm_width, aspect=width / height
            ).image
        return np.asarray((image[:, :2] * (-1.0, 1.0) + (1.0, 0.0)) * (width, height))

    def _forget(self, now_s: float) -> None:
        """A hand that was lost begins anew, as in the game."""
        for track, (_, fed_s) in list(self._filters.items()):
            if now_s - fed_s > LOST_AFTER_S:
                del self._filters[track]

    def close(self) -> None:
        self._tracker.close()


@dataclass(slots=True)
class Watched:
    """What one of the two made of a clip."""

    cpu_ms: list[float] = field(default_factory=list)
    hands: list[list[Points]] = field(default_factory=list)
    """(21, 2) landmarks of the hands in each picture, pixels."""


@dataclass(slots=True)
class Clip:
    """One clip, watched by both."""

    times_s: list[float] = field(default_factory=list)
    plain: Watched = field(default_factory=Watched)
    hollow: Watched = field(default_factory=Watched)


def watch(clip: Path, model: Path, trial: Trial, *, palm_px: float, seconds: float | None) -> Clip:
    """Both loops over the clip, taking turns at being first; processor time of the whole process, so that
    what else runs on the machine counts for neither."""
    seen = Clip()
    loops = ((PlainLoop(model), seen.plain), (HollowLoop(model), seen.hollow))
    try:
        for i, picture in enumerate(pictures(clip, trial, palm_px=palm_px, seconds=seconds)):
            seen.times_s.append(picture.captured_s)
            for loop, watched in loops if i % 2 else reversed(loops):
                before_s = time.process_time()
                hands = loop.detect(picture.rgb, picture.captured_s)
                watched.cpu_ms.append((time.process_time() - before_s) * 1000.0)
                watched.hands.append(hands)
    finally:
        for loop, _ in loops:
            loop.close()
    return seen


def palm_in(clip: Path, model: Path, seconds: float | None) -> float:
    """Median palm length of the hands in a clip, pixels; raises `SourceError` when it shows none."""
    loop = PlainLoop(model)
    try:
        palms = [
            palm_px(hand)
            for picture in pictures(clip, Trial(), palm_px=1.0, seconds=seconds)
            for hand in loop.detect(picture.rgb, picture.captured_s)
        ]
    finally:
        loop.close()
    if not palms:
        raise SourceError(f"{clip.name} shows no hand whose size could be measured.")
    return statistics.median(palms)


def palm_px(hand: Points) -> float:
    """From the wrist to the middle finger's first joint."""
    return float(np.hypot(*(hand[9] - hand[0])))


def recall(watched: Watched, times_s: Sequence[float], known: Annotated) -> float | None:
    """Share of the pictures with a hand in which one was found; None when there are no such pictures."""
    found = [bool(hands) for hands, t_s in zip(watched.hands, times_s, strict=True) if known.shows_hand(t_s)]
    return sum(found) / len(found) if found else None


def false_share(watched: Watched, times_s: Sequence[float], known: Annotated) -> float | None:
    """Share of the pictures without a hand in which one was found nevertheless."""
    found = [bool(hands) for hands, t_s in zip(watched.hands, times_s, strict=True) if known.shows_none(t_s)]
    return sum(found) / len(found) if found else None


def tracks(watched: Watched, times_s: Sequence[float]) -> Iterator[tuple[NDArray[np.float64], Points]]:
    """Each hand from picture to picture without a gap, the nearest being the same: (n,) seconds and
    (n, 21, 2) landmarks."""
    open_tracks: list[tuple[list[float], list[Points]]] = []
    for hands, t_s in zip(watched.hands, times_s, strict=True):
        left = list(hands)
        still_open = []
        for stamps, points in open_tracks:
            last = points[-1]
            near = min(left, key=lambda hand: _gap(hand, last), default=None)
            if near is not None and _gap(near, last) < 1.5 * palm_px(last):
                left = [hand for hand in left if hand is not near]
                stamps.append(t_s)
                points.append(near)
                still_open.append((stamps, points))
            else:
                yield np.array(stamps), np.array(points)
        open_tracks = still_open + [([t_s], [hand]) for hand in left]
    for stamps, points in open_tracks:
        yield np.array(stamps), np.array(points)


def jitter_palms(watched: Watched, times_s: Sequence[float]) -> float | None:
    """How far the landmarks of still hands lie from a parabola through the half second about them: root of
    the mean square, palm lengths; None when hardly any hand is still."""
    squares: list[float] = []
    for stamps, points in tracks(watched, times_s):
        places = points / steadiness.palm_size(points.tolist(), aspect=1.0)
        still = steadiness.speeds(stamps.tolist(), places) <= STILL_PALMS_PER_S
        squares += (steadiness.residuals(stamps.tolist(), places)[still] ** 2).tolist()
    return math.sqrt(statistics.fmean(squares)) if len(squares) >= LEAST_STILL else None


def delay_ms(seen: Clip, watched: Watched) -> float | None:
    """By how much a moving palm comes later than in the plain loop's landmarks, by their cross-correlation;
    None when nothing moves in both."""
    raw, own = (_path(w, seen.times_s) for w in (seen.plain, watched))
    both = np.isfinite(raw).all(axis=1) & np.isfinite(own).all(axis=1)
    late = steadiness.delay_ms(np.array(seen.times_s)[both].tolist(), raw[both], own[both])
    return None if math.isnan(late) else late


def _path(watched: Watched, times_s: Sequence[float]) -> Points:
    """(n, 2) place of the palm that is followed longest, in palm lengths; not a number elsewhere."""
    path = np.full((len(times_s), 2), np.nan)
    index = {t_s: i for i, t_s in enumerate(times_s)}
    for stamps, points in sorted(tracks(watched, times_s), key=lambda track: len(track[0])):
        palm = steadiness.palm_size(points.tolist(), aspect=1.0)
        path[[index[t_s] for t_s in stamps.tolist()]] = points[:, list(PALM)].mean(axis=1) / palm
    return path


def _gap(a: Points, b: Points) -> float:
    return float(np.hypot(*(a[list(PALM)].mean(axis=0) - b[list(PALM)].mean(axis=0))))


def figures(seen: Clip, known: Annotated) -> dict[str, Any]:
    """{plain, hollow: what ``--json`` tells of a clip}."""

    def rounded(value: float | None, digits: int) -> float | None:
        return None if value is None else round(value, digits)

    return {
        name: {
            "cpu_ms": {
                "p50": round(float(np.percentile(watched.cpu_ms, 50)), 2),
                "p95": round(float(np.percentile(watched.cpu_ms, 95)), 2),
                "mean": round(statistics.fmean(watched.cpu_ms), 2),
            },
            "recall": rounded(recall(watched, seen.times_s, known), 4),
            "false_share": rounded(false_share(watched, seen.times_s, known), 4),
            "jitter_palms": rounded(jitter_palms(watched, seen.times_s), 5),
            "delay_ms": rounded(delay_ms(seen, watched), 1),
        }
        for name, watched in (("plain", seen.plain), ("hollow", seen.hollow))
    }


def run(options: argparse.Namespace) -> int:
    """0; raises `SourceError` or ValueError with a sentence for what cannot be measured."""
    for name, value in (
        ("--palm-px", options.palm_px),
        ("--dark", options.dark),
        ("--seconds", options.seconds),
    ):
        if value is not None and not (math.isfinite(value) and value > 0.0):
            raise ValueError(f"{name} must be a number greater than 0.")
    known = read_annotations(options.annotations) if options.annotations else {}
    trial = Trial(palm_px=options.palm_px, dark=options.dark)
    model = ModelStore.default().file("hand_landmarker", "hand_landmarker.task")
    clips: dict[str, Any] = {}
    for clip in options.clips:
        print(f"watching {clip.name} ...", file=sys.stderr, flush=True)
        palm = palm_in(clip, model, options.seconds) if trial.palm_px is not None else 1.0
        seen = watch(clip, model, trial, palm_px=palm, seconds=options.seconds)
        clips[clip.stem] = {"frames": len(seen.times_s), **figures(seen, known.get(clip.stem, EVERYTHING))}
    means = [[clip[name]["cpu_ms"]["mean"] for clip in clips.values()] for name in ("hollow", "plain")]
    result = {
        "clips": clips,
        "cpu_ratio": round(statistics.fmean(h / p for h, p in zip(*means, strict=True)), 3),
    }
    if options.json:
        print(json.dumps(result, indent=1))
        return 0
    for name, clip in clips.items():
        print(f"{name}, {clip['frames']} pictures")
        for which in ("plain", "hollow"):
            print("  " + _line(which, clip[which]))
    print(f"Hollow takes {result['cpu_ratio']:.2f} of the plain loop's processor time.")
    return 0


def _line(which: str, part: dict[str, Any]) -> str:
    def told(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    return (
        f"{which:7} {part['cpu_ms']['mean']:6.1f} ms (p95 {part['cpu_ms']['p95']:.1f})   recall "
        f"{told(part['recall'], '.3f')}   false {told(part['false_share'], '.3f')}   jitter "
        f"{told(part['jitter_palms'], '.4f')} palms   delay {told(part['delay_ms'], '.0f')} ms"
    )
