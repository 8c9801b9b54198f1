"""The four-corner pin before a simulated projector: what the player pins straight is straight on the wall."""

import numpy as np
import pytest
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.present.display import NoGraphics, open_display, pin
from game.present.display.pace import ToldPacer
from game.present.display.room import Mirror, Room, Screen
from game.present.viewpoint import place_cameras
from game.world.cave import EYE_HEIGHT_M
from npc.assets import asset
from tests.present.dots import centre, hang

Floats = NDArray[np.float64]
SIZE = (960, 540)
WALL_PX = (1100, 700)
"""A photograph of the wall, square on."""
THROWS = {
    "from below, to the left": ((120.0, 60.0), (1000.0, 20.0), (930.0, 640.0), (190.0, 600.0)),
    "from the right": ((200.0, 110.0), (960.0, 40.0), (970.0, 660.0), (190.0, 580.0)),
}
"""Where the light of a projector that stands askew ends on the wall: upper left, upper right, lower right and
lower left as they are seen there, pixels of the wall's photograph."""
RECTANGLE = (240.0, 120.0, 900.0, 560.0)
"""Left, top, right and bottom of the straight picture that is wanted on the wall, the same pixels."""


def inverse(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def photographed(given: NDArray[np.uint8], projector: Floats, flips: tuple[bool, bool]) -> Floats:
    """The photograph of the wall: each of its pixels by where the projector takes it from, bilinear.

    ``projector`` takes the light's square (0 to 1) to the wall; one that hangs, or stands behind the cloth,
    turns its picture before."""
    rows, columns = np.mgrid[0 : WALL_PX[1], 0 : WALL_PX[0]]
    wall = np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], axis=1).astype(np.float64)
    square = pin.through(inverse(projector), wall)
    square = np.where(flips, 1.0 - square, square)
    source: Floats = square * np.array(SIZE) - 0.5
    x, y = source[:, 0], source[:, 1]
    inside = (x >= 0) & (y >= 0) & (x < SIZE[0] - 1) & (y < SIZE[1] - 1)
    x, y = x[inside], y[inside]
    i, j = x.astype(int), y.astype(int)
    u, v = x - i, y - j
    light = given.max(axis=2).astype(np.float64)
    found = np.zeros(len(wall))
    found[inside] = (
        light[j, i] * (1 - u) * (1 - v) + light[j, i + 1] * u * (1 - v)
        + light[j + 1, i] * (1 - u) * v + light[j + 1, i + 1] * u * v
    )  # fmt: skip
    return found.reshape(WALL_PX[1], WALL_PX[0])


def grid() -> list[tuple[float, float]]:
    return [(x, y) for y in (0.1, 0.3, 0.5, 0.7, 0.9) for x in (0.08, 0.29, 0.5, 0.71, 0.92)]


def on_the_default_wall(at: tuple[float, float]) -> Vec3:
    """A place of the picture (0 to 1, y down) on the default room's wall, in the world."""
    return (at[0] - 0.5) * 2.4, 1.35, EYE_HEIGHT_M - 0.22 + (0.5 - at[1]) * 1.35


@pytest.mark.parametrize("mirror", list(Mirror))
@pytest.mark.parametrize("where", sorted(THROWS))
def test_a_grid_through_a_projector_that_stands_askew_comes_back_straight(where: str, mirror: Mirror) -> None:
    projector = pin.homography(THROWS[where])
    left, top, right, bottom = RECTANGLE
    wanted = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    # The player pulls the corners to where they belong on the wall: that is the projector, backwards.
    pulled = pin.through(inverse(projector), wanted)
    corners: pin.Corners = tuple((float(x), float(y)) for x, y in pulled)  # type: ignore[assignment]
    assert pin.fault(corners) is None
    room = Room(screens=(Screen(corners=corners, mirror=mirror),))
    try:
        shown = open_display(
            "offscreen", size=SIZE, pacer=ToldPacer(now=lambda: 0.0), shaders=asset("shaders"), room=room
        )
    except NoGraphics as error:
        pytest.skip(str(error))
    hang(shown.root, [on_the_default_wall(at) for at in grid()])
    shown.begin()
    place_cameras(shown.views, room=room, feet=(0, 0, 0), yaw_rad=0.0, head=(0, 0, 0))
    shown.set_mood(exposure=1.0, rim=0.0, time_s=0.0)
    shown.submit()
    given = shown.read_rgb()
    shown.close()
    assert given is not None
    wall = photographed(given, projector, mirror.flips)
    off = []
    for x, y in grid():
        straight = (left + x * (right - left), top + y * (bottom - top))
        found = centre(wall, straight)
        off.append(max(abs(found[0] - straight[0]), abs(found[1] - straight[1])))
    assert max(off) < 0.5
