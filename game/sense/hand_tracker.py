"""MediaPipe's hand landmarker, turned into the player's own hands: mirrored once, each with its identity.

The mirror policy of the game is kept here and nowhere else. The model gets the picture as it was taken. Given
that, MediaPipe 1.2 names the person's true side (measured on recordings of known hands: a person who faces
the camera and lifts the right hand is labelled "Right"), so the label is kept; only x is mirrored, so that
the player's right is on the right. `observations` describes the result.
"""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.sense.camera import Pixels, SourceError, quiet_native_stderr
from game.sense.observations import HandSeen, Point3, Side

KEEP_S: Final = 0.6
"""How long the identity of a hand that is out of sight is kept."""
JUMP_WIDTHS_PER_S: Final = 4.0
"""A hand that moves faster than this (widths of the picture) is another hand."""
SAME_HAND_PALMS: Final = 0.35
"""Two detections closer than this are one hand, seen twice."""


def player_hand(
    *, label: Side, score: float, image: tuple[Point3, ...], world: tuple[Point3, ...], track: int = 0
) -> HandSeen:
    """A hand as the landmarker saw it in the unmirrored picture, turned into the player's own view."""
    return HandSeen(
        track=track,
        side=label,
        score=min(1.0, max(0.0, score)),
        image=tuple((1.0 - x, y, z) for x, y, z in image),
        world=tuple((-x, y, z) for x, y, z in world),
    )


@dataclass(slots=True)
class _Known:
    track: int
    side: Side
    votes: float
    """Positive for right, negative for left; the label of a single frame does not turn a hand over."""
    centre: tuple[float, float]
    seen_s: float


class Identities:
    """Gives each hand a number that it keeps while it is seen, and a side that does not flicker."""

    def __init__(self) -> None:
        self._known: list[_Known] = []
        self._count = 0

    def name(self, hands: tuple[HandSeen, ...], t_s: float, *, aspect: float) -> tuple[HandSeen, ...]:
        """The same hands with ``track`` and a steady ``side``, without duplicates, in the order of tracks."""
        self._known = [known for known in self._known if t_s - known.seen_s <= KEEP_S]
        fresh: list[tuple[HandSeen, tuple[float, float]]] = []
        for hand in sorted(hands, key=lambda h: -h.score):
            centre = _centre(hand, aspect)
            if all(_gap(centre, other) > SAME_HAND_PALMS * _palm(hand, aspect) for _, other in fresh):
                fresh.append((hand, centre))
        pairs = sorted(
            (_gap(centre, known.centre) + (0.0 if hand.side == known.side else 0.1), h, k)
            for h, (hand, centre) in enumerate(fresh)
            for k, known in enumerate(self._known)
            if _gap(centre, known.centre) <= 0.1 + JUMP_WIDTHS_PER_S * (t_s - known.seen_s)
        )
        match: dict[int, _Known] = {}
        taken: set[int] = set()
        for _, h, k in pairs:
            if h not in match and k not in taken:
                match[h] = self._known[k]
                taken.add(k)
        named: list[HandSeen] = []
        for h, (hand, centre) in enumerate(fresh):
            vote = hand.score if hand.side == "right" else -hand.score
            known = match.get(h)
            if known is None:
                self._count += 1
                known = _Known(track=self._count, side=hand.side, votes=vote, centre=centre, seen_s=t_s)
                self._known.append(known)
            else:
                known.votes = max(-6.0, min(6.0, known.votes + vote))
                known.centre, known.seen_s = centre, t_s
                if abs(known.votes) >= 1.0:
                    known.side = "right" if known.votes > 0.0 else "left"
            named.append(replace(hand, track=known.track, side=known.side))
        return _one_of_each(sorted(named, key=lambda h: h.track), {k.track: k.votes for k in self._known})


def _one_of_each(hands: list[HandSeen], votes: dict[int, float]) -> tuple[HandSeen, ...]:
    """Nobody has two right hands: of two with one side the less certain one is the other hand."""
    if len(hands) == 2 and hands[0].side == hands[1].side:
        weaker = 0 if abs(votes[hands[0].track]) < abs(votes[hands[1].track]) else 1
        other: Side = "left" if hands[weaker].side == "right" else "right"
        hands[weaker] = replace(hands[weaker], side=other)
    return tuple(hands)


def _centre(hand: HandSeen, aspect: float) -> tuple[float, float]:
    xs = [hand.image[i][0] for i in (0, 5, 9, 13, 17)]
    ys = [hand.image[i][1] for i in (0, 5, 9, 13, 17)]
    return sum(xs) / 5.0, sum(ys) / 5.0 / aspect


def _palm(hand: HandSeen, aspect: float) -> float:
    (x0, y0, _), (x1, y1, _) = hand.image[0], hand.image[9]
    return math.hypot(x1 - x0, (y1 - y0) / aspect)


def _gap(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


class HandTracker:
    """Finds up to two hands in each picture, on the processor. Close it before the interpreter ends.

    Raises `SourceError` with a sentence when the model cannot be loaded.
    """

    def __init__(self, model: Path, *, max_hands: int = 2) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.HandLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)),
            running_mode=vision.RunningMode.VIDEO,
            num_hands=max_hands,
        )
        self._landmarker: Any = None
        try:
            with quiet_native_stderr():
                self._landmarker = vision.HandLandmarker.create_from_options(options)
                # The first picture pays for what is set up late, and says so on stderr.
                self._landmarker.detect_for_video(_image(np.zeros((96, 96, 3), dtype=np.uint8)), 0)
        except (RuntimeError, ValueError, OSError) as error:
            self.close()
            raise SourceError(f"The hand model {model.name} cannot be loaded.") from error
        self._stamp_ms = 0
        self._identities = Identities()

    def detect(self, rgb: Pixels, captured_s: float) -> tuple[HandSeen, ...]:
        """The player's hands in an unmirrored (height, width, 3) picture taken at ``captured_s``."""
        self._stamp_ms = max(self._stamp_ms + 1, round(captured_s * 1000.0))
        found = self._landmarker.detect_for_video(_image(rgb), self._stamp_ms)
        hands = []
        for label, image, world in zip(
            found.handedness, found.hand_landmarks, found.hand_world_landmarks, strict=True
        ):
            side: Side = "right" if label[0].category_name == "Right" else "left"
            hands.append(
                player_hand(
                    label=side,
                    score=float(label[0].score),
                    image=tuple((float(p.x), float(p.y), float(p.z)) for p in image),
                    world=tuple((float(p.x), float(p.y), float(p.z)) for p in world),
                )
            )
        return self._identities.name(tuple(hands), captured_s, aspect=rgb.shape[1] / rgb.shape[0])

    def close(self) -> None:
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None


def _image(rgb: Pixels) -> Any:
    import mediapipe

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))
