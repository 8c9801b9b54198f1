"""Four corners of a picture on a wall: what they may be.

Coordinates are parts of the screen, 0 to 1, x right and y *down*, as a person reads a picture.
"""

from typing import Final

Corner = tuple[float, float]
Corners = tuple[Corner, Corner, Corner, Corner]

WHOLE: Final[Corners] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
"""Upper left, upper right, lower right, lower left: the picture fills the screen."""
NAMES: Final = ("upper left", "upper right", "lower right", "lower left")
SMALLEST_TURN: Final = 1e-3
"""Least cross product of two neighbouring edges; below it a corner is flat or flipped."""


def fault(corners: Corners) -> str | None:
    """Why these corners cannot be pinned, as a sentence; None when they can."""
    for name, (x, y) in zip(NAMES, corners, strict=True):
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
            return f"the {name} corner ({x:g}, {y:g}) lies outside the screen; both numbers must be 0 to 1"
    # With y down, the order upper left, upper right, lower right, lower left turns right at each corner.
    turns = []
    for number in range(4):
        (ax, ay), (bx, by), (cx, cy) = (corners[(number + step) % 4] for step in (0, 1, 2))
        turns.append((bx - ax) * (cy - by) - (by - ay) * (cx - bx))
    if all(turn < SMALLEST_TURN for turn in turns):
        return "the corners are flipped; the order is upper left, upper right, lower right, lower left"
    worst = min(range(4), key=lambda number: turns[number])
    if turns[worst] < SMALLEST_TURN:
        bad = NAMES[(worst + 1) % 4]
        return f"the {bad} corner makes the picture crossed or dented; the four corners must bulge outward"
    return None
