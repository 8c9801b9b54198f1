"""Recorded hands: files with what the landmarker saw, frame by frame (JSON lines, gzipped or not).

The first line describes the clip (``width``, ``height``, ``fps``); each further line is one frame: ``t_ms``
and ``hands``, each with ``handedness``, ``score``, ``landmarks`` and ``world``, as the landmarker gave them
for the picture as it was taken, not mirrored.
"""

import gzip
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TextIO, cast

from game.clock import LATENCY_S
from game.sense.camera import SourceError
from game.sense.hand_tracker import Identities, player_hand
from game.sense.observations import (
    HandSeen,
    HandsSeen,
    Observation,
    Point3,
    SenseFound,
    SenseLost,
    Side,
)

MAX_FRAMES: Final = 1_000_000
_SIDES: Final[dict[str, Side]] = {"left": "left", "right": "right"}


def is_track(path: Path) -> bool:
    return path.name.endswith((".jsonl", ".jsonl.gz"))


def read_track(path: Path) -> Iterator[HandsSeen]:
    """The frames of a recorded track as observations of the game clock; raises `SourceError`."""
    name = path.name
    try:
        with _open(path) as stream:
            head = _line(name, stream.readline())
            aspect = _number(name, head, "width") / max(_number(name, head, "height"), 1.0)
            identities = Identities()
            before_s = -math.inf
            for _, text in zip(range(MAX_FRAMES), stream, strict=False):
                frame = _line(name, text)
                t_s = _number(name, frame, "t_ms") / 1000.0
                if t_s <= before_s:
                    raise SourceError(f"The times in the track {name} do not rise.")
                before_s = t_s
                hands = frame.get("hands")
                if not isinstance(hands, list):
                    raise SourceError(f"A frame of the track {name} has no list of hands.")
                yield HandsSeen(
                    at_s=t_s + LATENCY_S["hands"],
                    captured_s=t_s,
                    hands=identities.name(tuple(_hand(name, hand) for hand in hands), t_s, aspect=aspect),
                    aspect=aspect,
                    brightness=0.5,
                )
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SourceError(f"The track {name} cannot be read: {error}.") from error


class RecordedHands:
    """A track in a camera's place: its frames when they are due, and what a camera tells of itself. A track
    that is none, or breaks off, is a lost camera with a sentence."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._frames = read_track(path)
        self._next: HandsSeen | None = None
        self._begun = self._over = False

    def until(self, t_s: float) -> list[Observation]:
        """Everything that may be known at ``t_s`` and was not given before."""
        news: list[Observation] = []
        while not self._over and (self._next is None or self._next.at_s <= t_s):
            if self._next is not None:
                news.append(self._next)
            news += self._advance(t_s)
        return news

    def _advance(self, t_s: float) -> list[Observation]:
        try:
            self._next = next(self._frames, None)
        except SourceError as error:
            self._over = True
            return [SenseLost(at_s=t_s, sense="camera", reason=str(error))]
        if self._next is None:
            self._over = True
            return [SenseLost(at_s=t_s, sense="camera", reason=f"{self._name} is over.", final=True)]
        if not self._begun:
            self._begun = True
            return [SenseFound(at_s=t_s, sense="camera", what=self._name)]
        return []


def _open(path: Path) -> TextIO:
    if path.name.endswith(".gz"):
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8"))
    return path.open(encoding="utf-8")


def _line(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"The track {name} has a line that is not JSON.") from error
    if not isinstance(value, dict):
        raise SourceError(f"The track {name} has a line that is not an object.")
    return value


def _number(name: str, record: dict[str, Any], key: str) -> float:
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise SourceError(f"The track {name} has a line without a number for {key}.")
    return float(value)


def _points(name: str, value: Any) -> tuple[Point3, ...]:
    try:
        points = tuple((float(x), float(y), float(z)) for x, y, z in value)
    except (TypeError, ValueError) as error:
        raise SourceError(f"The track {name} has landmarks that are not triples of numbers.") from error
    if len(points) != 21 or not all(math.isfinite(v) for point in points for v in point):
        raise SourceError(f"The track {name} has a hand without 21 landmarks.")
    return points


def _hand(name: str, hand: Any) -> HandSeen:
    if not isinstance(hand, dict):
        raise SourceError(f"The track {name} has a hand that is not an object.")
    side = _SIDES.get(str(hand.get("handedness", "")).lower())
    if side is None:
        raise SourceError(f"The track {name} has a hand that is neither left nor right.")
    return player_hand(
        label=side,
        score=_number(name, hand, "score"),
        image=_points(name, hand.get("landmarks")),
        world=_points(name, hand.get("world", hand.get("world_landmarks"))),
    )
