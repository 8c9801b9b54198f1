"""What can be measured on one hand in one frame: curls, gaps, directions. Pure, one array in, one record out.

Axes of everything in metres are the player's view: x right, y forward into the picture, z up.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.sense.observations import HandSeen, Side

Floats = NDArray[np.float64]

WRIST: Final = 0
THUMB_TIP: Final = 4
INDEX_MCP: Final = 5
INDEX_TIP: Final = 8
MIDDLE_MCP: Final = 9
PINKY_MCP: Final = 17
KNUCKLES: Final = (5, 9, 13, 17)
TIPS: Final = (8, 12, 16, 20)
PALM: Final = (0, 5, 9, 13, 17)

PALM_M: Final = 0.092
"""Wrist to middle knuckle of a grown hand, metres: the ruler for distance."""
FOCAL_WIDTHS: Final = 0.80
"""Focal length of a usual webcam in widths of its picture (64 degrees across)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandFeatures:
    """One hand, measured. Lengths are in palm lengths where no unit is named."""

    side: Side
    score: float
    curls: tuple[float, float, float, float]
    """Index to pinky: tip-to-wrist over knuckle-to-wrist; about 1.8 stretched, 0.7 to 1.1 curled."""
    bends: tuple[float, float, float, float]
    """Index to pinky: how far the finger's ends turn away from each other; 0 straight, 1 folded back."""
    pinch: float
    """Thumb tip to index tip."""
    thumb_out: float
    """Thumb tip to the nearest part of the index finger's lower half: 0.3 on a fist, above 0.7 when out."""
    thumb_up: float
    """Height of the thumb's direction, -1 (down) to 1 (up)."""
    normal: tuple[float, float, float]
    """Unit vector out of the palm."""
    fingers: tuple[float, float, float]
    """Unit vector from the wrist to the middle knuckle."""
    reach: tuple[float, float, float]
    """Mean fingertip about the palm, in palm lengths, view axes."""
    legs: tuple[float, float]
    """How far index and middle fingertips swing out of the palm's plane, in palm lengths (index, middle)."""
    palm_image: tuple[float, float]
    """The palm's centre in the mirrored picture, 0 to 1."""
    tip_image: tuple[float, float]
    """The index fingertip in the mirrored picture, 0 to 1."""
    palm_width: float
    """Palm length in widths of the picture, as if the palm faced the camera."""
    distance_m: float
    """From the camera, by the palm's size; within about a third."""
    shape: Floats
    """(21, 3) metres about the palm's centre, view axes."""


def to_view(world: Floats) -> Floats:
    """(21, 3) of `HandSeen.world` in view axes about the palm's centre, metres."""
    view = np.empty_like(world)
    view[:, 0] = world[:, 0]
    view[:, 1] = -world[:, 2]
    view[:, 2] = -world[:, 1]
    return np.asarray(view - view[list(PALM)].mean(axis=0))


def _unit(v: Floats) -> Floats:
    length = math.sqrt(float(v @ v))
    return v / length if length > 1e-9 else np.zeros(3)


def _length(v: Floats) -> float:
    return math.sqrt(float(v @ v))


def measure(hand: HandSeen, *, aspect: float) -> HandFeatures | None:
    """The features of a hand; None when its landmarks are no hand (wrong count, no size, not finite)."""
    if len(hand.image) != 21 or len(hand.world) != 21 or not aspect > 0.0:
        return None
    return measure_arrays(
        np.array(hand.image, dtype=np.float64),
        np.array(hand.world, dtype=np.float64),
        side=hand.side,
        score=hand.score,
        aspect=aspect,
    )


def measure_arrays(
    image: Floats, world: Floats, *, side: Side, score: float, aspect: float
) -> HandFeatures | None:
    """As `measure`, from (21, 3) arrays: mirrored picture coordinates and metres."""
    if not (np.isfinite(image).all() and np.isfinite(world).all()):
        return None
    shape = to_view(world)
    wrist = shape[WRIST]
    palm_m = _length(shape[MIDDLE_MCP] - wrist)
    if palm_m < 1e-3:
        return None
    knuckles = shape[list(KNUCKLES)]
    tips = shape[list(TIPS)]
    to_tip = np.sqrt(((tips - wrist) ** 2).sum(axis=1))
    to_knuckle = np.maximum(np.sqrt(((knuckles - wrist) ** 2).sum(axis=1)), 1e-6)
    curls = to_tip / to_knuckle
    first = shape[[6, 10, 14, 18]] - knuckles
    last = tips - shape[[7, 11, 15, 19]]
    dots = (first * last).sum(axis=1) / np.maximum(
        np.sqrt((first**2).sum(axis=1) * (last**2).sum(axis=1)), 1e-9
    )
    bends = (1.0 - dots) / 2.0
    across = np.cross(shape[INDEX_MCP] - wrist, shape[PINKY_MCP] - wrist)
    normal = _unit(across if side == "right" else -across)
    fingers = _unit(shape[MIDDLE_MCP] - wrist)
    lower_index = np.stack([shape[5], (shape[5] + shape[6]) / 2.0, shape[6]])
    thumb_out = float(np.sqrt(((lower_index - shape[THUMB_TIP]) ** 2).sum(axis=1)).min()) / palm_m
    legs = (tips[:2] - knuckles[:2]) @ normal / palm_m
    flat = image[:, :2] * np.array([1.0, 1.0 / aspect])
    across_image = flat[list(PALM)]
    # The projected palm shrinks when it turns away; its true size follows from the world landmarks' tilt.
    seen = max(
        _ratio(flat[MIDDLE_MCP] - flat[WRIST], shape[MIDDLE_MCP] - wrist),
        _ratio(flat[PINKY_MCP] - flat[INDEX_MCP], shape[PINKY_MCP] - shape[INDEX_MCP]),
    )
    palm_width = max(seen * palm_m, 1e-4)
    return HandFeatures(
        side=side,
        score=score,
        curls=(float(curls[0]), float(curls[1]), float(curls[2]), float(curls[3])),
        bends=(float(bends[0]), float(bends[1]), float(bends[2]), float(bends[3])),
        pinch=_length(shape[THUMB_TIP] - shape[INDEX_TIP]) / palm_m,
        thumb_out=thumb_out,
        thumb_up=float(_unit(shape[THUMB_TIP] - shape[2])[2]),
        normal=(float(normal[0]), float(normal[1]), float(normal[2])),
        fingers=(float(fingers[0]), float(fingers[1]), float(fingers[2])),
        reach=tuple(tips.mean(axis=0) / palm_m),
        legs=(float(legs[0]), float(legs[1])),
        palm_image=(float(across_image[:, 0].mean()), float(image[list(PALM), 1].mean())),
        tip_image=(float(image[INDEX_TIP, 0]), float(image[INDEX_TIP, 1])),
        palm_width=palm_width,
        distance_m=FOCAL_WIDTHS * PALM_M / palm_width,
        shape=shape,
    )


def _ratio(in_picture: Floats, in_space: Floats) -> float:
    """Picture widths for each metre along one bone, from its part that lies across the view."""
    across_m = math.hypot(float(in_space[0]), float(in_space[2]))
    if across_m < 0.02:
        return 0.0
    return math.hypot(float(in_picture[0]), float(in_picture[1])) / across_m
