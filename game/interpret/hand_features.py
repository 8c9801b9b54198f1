"""What can be measured on one hand in one frame: curls, gaps, directions. Pure; plain numbers in and out,
because for twenty-one points they are quicker than arrays.

Axes of everything in metres are the player's view: x right, y forward into the picture, z up.
"""

import math
from dataclasses import dataclass
from typing import Final

from game.sense.observations import HandSeen, Point3, Side

Four = tuple[float, float, float, float]

WRIST: Final = 0
THUMB_MCP: Final = 2
THUMB_TIP: Final = 4
INDEX_MCP: Final = 5
INDEX_PIP: Final = 6
INDEX_TIP: Final = 8
MIDDLE_MCP: Final = 9
PINKY_MCP: Final = 17
PALM: Final = (0, 5, 9, 13, 17)

PALM_M: Final = 0.092
"""Wrist to middle knuckle of a grown hand, metres: the ruler for distance."""
FAR: Final = 50.0
"""No landmark of a hand is this far off, in pictures or metres; what is not a number is not nearer."""
FOCAL_WIDTHS: Final = 0.80
"""Focal length of a usual webcam in widths of its picture (64 degrees across)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandFeatures:
    """One hand, measured. Lengths are in palm lengths where no unit is named."""

    side: Side
    score: float
    curls: Four
    """Index to little finger: tip-to-wrist over knuckle-to-wrist; about 1.8 stretched, 0.7 to 1.1 curled."""
    bends: Four
    """Index to little finger: how far its two ends turn away from each other; 0 straight, 1 folded back."""
    pinch: float
    """Thumb tip to index tip."""
    thumb_out: float
    """Thumb tip to the nearest part of the index finger's lower half: 0.3 on a fist, above 0.7 when out."""
    thumb_up: float
    """Height of the thumb's direction, -1 (down) to 1 (up)."""
    normal: Point3
    """Unit vector out of the palm."""
    fingers: Point3
    """Unit vector from the wrist to the middle knuckle."""
    tips_right: float
    """The mean fingertip to the right of the palm's centre, in palm lengths."""
    palm_image: tuple[float, float]
    """The palm's centre in the mirrored picture, 0 to 1."""
    tip_image: tuple[float, float]
    """The index fingertip in the mirrored picture, 0 to 1."""
    palm_width: float
    """A palm length at this distance, in widths of the picture, however the hand is turned."""
    distance_m: float
    """From the camera, by the hand's size; within about a third."""
    shape: tuple[Point3, ...]
    """21 points in metres about the palm's centre, view axes."""


def measure(hand: HandSeen, *, aspect: float) -> HandFeatures | None:
    """The features of a hand; None when its landmarks are no hand (wrong count, no size, no numbers)."""
    image, world = hand.image, hand.world
    if len(image) != 21 or len(world) != 21 or not (0.1 < aspect < 10.0):
        return None
    if not (_is_near(image) and _is_near(world)):
        return None
    shape = to_view(world)
    wrist = shape[WRIST]
    palm_m = math.dist(shape[MIDDLE_MCP], wrist)
    if palm_m < 1e-3:
        return None
    curls, bends = [], []
    for knuckle in (5, 9, 13, 17):
        base, joint, last, tip = shape[knuckle : knuckle + 4]
        curls.append(math.dist(tip, wrist) / max(math.dist(base, wrist), 1e-6))
        bends.append((1.0 - _cosine(_minus(joint, base), _minus(tip, last))) / 2.0)
    normal = _unit(_cross(_minus(shape[INDEX_MCP], wrist), _minus(shape[PINKY_MCP], wrist)))
    if hand.side == "left":
        normal = (-normal[0], -normal[1], -normal[2])
    thumb = shape[THUMB_TIP]
    low, high = shape[INDEX_MCP], shape[INDEX_PIP]
    between = ((low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0, (low[2] + high[2]) / 2.0)
    widths_per_m = _scale(image, shape, aspect)
    return HandFeatures(
        side=hand.side,
        score=hand.score,
        curls=(curls[0], curls[1], curls[2], curls[3]),
        bends=(bends[0], bends[1], bends[2], bends[3]),
        pinch=math.dist(thumb, shape[INDEX_TIP]) / palm_m,
        thumb_out=min(math.dist(thumb, low), math.dist(thumb, between), math.dist(thumb, high)) / palm_m,
        thumb_up=_unit(_minus(thumb, shape[THUMB_MCP]))[2],
        normal=normal,
        fingers=_unit(_minus(shape[MIDDLE_MCP], wrist)),
        tips_right=(shape[8][0] + shape[12][0] + shape[16][0] + shape[20][0]) / 4.0 / palm_m,
        palm_image=(sum(image[i][0] for i in PALM) / 5.0, sum(image[i][1] for i in PALM) / 5.0),
        tip_image=(image[INDEX_TIP][0], image[INDEX_TIP][1]),
        palm_width=widths_per_m * PALM_M,
        distance_m=FOCAL_WIDTHS / widths_per_m,
        shape=shape,
    )


def to_view(world: tuple[Point3, ...]) -> tuple[Point3, ...]:
    """The 21 points of `HandSeen.world` in view axes about the palm's centre, metres."""
    x0 = sum(world[i][0] for i in PALM) / 5.0
    y0 = sum(world[i][1] for i in PALM) / 5.0
    z0 = sum(world[i][2] for i in PALM) / 5.0
    return tuple((x - x0, z0 - z, y0 - y) for x, y, z in world)


def _scale(image: tuple[Point3, ...], shape: tuple[Point3, ...], aspect: float) -> float:
    """Picture widths for each metre: the spread of all points in the picture over their spread across the
    view, which trembles far less than any single bone."""
    x0 = sum(point[0] for point in image) / 21.0
    y0 = sum(point[1] for point in image) / 21.0
    seen = sum((x - x0) ** 2 + ((y - y0) / aspect) ** 2 for x, y, _ in image)
    right0 = sum(point[0] for point in shape) / 21.0
    up0 = sum(point[2] for point in shape) / 21.0
    across = sum((x - right0) ** 2 + (z - up0) ** 2 for x, _, z in shape)
    return max(1e-3, math.sqrt(seen / max(across, 1e-6)))


def _is_near(points: tuple[Point3, ...]) -> bool:
    """Whether all of it is numbers, and none of them `FAR`."""
    rows = list(map(max, points)), list(map(min, points))
    # A maximum may pass over what is not a number; a sum never does.
    return max(rows[0]) < FAR and min(rows[1]) > -FAR and math.isfinite(sum(map(sum, points)))


def _minus(a: Point3, b: Point3) -> Point3:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _cross(a: Point3, b: Point3) -> Point3:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _cosine(a: Point3, b: Point3) -> float:
    size = math.hypot(*a) * math.hypot(*b)
    return (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / size if size > 1e-12 else 1.0


def _unit(v: Point3) -> Point3:
    size = math.hypot(*v)
    return (v[0] / size, v[1] / size, v[2] / size) if size > 1e-9 else (0.0, 0.0, 0.0)
