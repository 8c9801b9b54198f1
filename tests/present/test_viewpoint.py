"""The window: against an independent projection, over a corner of two walls, and for two eyes."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import panda3d.core as p3d
import pytest
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.present.display import AnyDisplay, NoGraphics, open_display
from game.present.display.pace import ToldPacer
from game.present.display.room import Room, Screen
from game.present.display.view import Stereo, View, make_views
from game.present.sill import lift_m
from game.present.viewpoint import CLOSEST_M, Viewpoint, place_cameras, place_pane, setback_m
from game.world.cave import EYE_HEIGHT_M
from npc.assets import asset
from tests.present.dots import centre, hang

Floats = NDArray[np.float64]
SIZE = (1920, 1080)
CORNER = Room(
    eyes_m=(0.0, 1.6, 1.5),
    screens=(
        Screen(name="front", middle_m=(0.0, 0.0, 1.4), width_m=2.4, height_m=1.6),
        Screen(name="right", middle_m=(1.2, 1.2, 1.4), turn_deg=90.0, width_m=2.4, height_m=1.6),
    ),
)


def unseen_views(room: Room, size: tuple[int, int] = SIZE) -> tuple[View, ...]:
    views = make_views(p3d.NodePath("root"), room, Stereo.OFF)
    for view in views:
        view.resize(size)
    return views


def look(view: View, place: Floats) -> tuple[float, float]:
    """Where the view's camera and lens put a place of the world on its screen: pixels, y down."""
    local = view.camera.get_relative_point(view.camera.get_parent(), p3d.Point3(*map(float, place)))
    seen = p3d.Point3()
    assert local[1] > 0.0
    view.camera.node().get_lens().project(local, seen)  # False a hair outside, and right there too
    width, height = view.size
    x, y = (seen[0] + 1.0) / 2.0 * width - view.guard[0], (1.0 - seen[1]) / 2.0 * height - view.guard[1]
    return x, y


def axes(screen: Screen) -> tuple[Floats, Floats, Floats]:
    """Middle, whole width and whole height of a screen, in metres of the room file, [right, out, up]: the
    game's own axes are not used here."""
    turn, tilt = math.radians(screen.turn_deg), math.radians(screen.tilt_deg)
    right = np.array([math.cos(turn), math.sin(turn), 0.0])
    up = np.array([math.sin(turn) * math.sin(tilt), -math.cos(turn) * math.sin(tilt), math.cos(tilt)])
    assert screen.height_m is not None
    return np.array(screen.middle_m), right * screen.width_m, up * screen.height_m


def on_wall(screen: Screen, eye: Floats, place: Floats) -> tuple[float, float]:
    """The same by a ray from the eye to the place and the wall's plane, both in metres of the room file;
    (across, down) in parts of the screen."""
    middle, right, up = axes(screen)
    # eye + s (place - eye) = middle + a right + b up
    _, a, b = np.linalg.solve(np.stack([place - eye, -right, -up], axis=1), middle - eye)
    return 0.5 + float(a), 0.5 - float(b)


def in_world(room: Room, place: Floats, feet: Vec3, yaw_rad: float) -> Floats:
    """A place of the room file in the world of a player with these feet."""
    x, y, z = place - np.array(room.eyes_m)
    ahead = -y - setback_m(room.rectangle(0, SIZE[0] / SIZE[1]))
    return np.array(
        [
            feet[0] + math.cos(yaw_rad) * x + math.sin(yaw_rad) * ahead,
            feet[1] - math.sin(yaw_rad) * x + math.cos(yaw_rad) * ahead,
            feet[2] + EYE_HEIGHT_M + z,
        ]
    )


def test_a_thousand_heads_before_a_thousand_screens_see_what_geometry_says() -> None:
    rng = np.random.default_rng(11)
    worst_px, tried = 0.0, 0
    while tried < 1000:
        screen = Screen(
            middle_m=(float(rng.uniform(-1, 1)), float(rng.uniform(0, 0.5)), float(rng.uniform(0.5, 2))),
            width_m=float(rng.uniform(0.4, 6.0)),
            height_m=float(rng.uniform(0.3, 3.0)),
            turn_deg=float(rng.uniform(-60, 60)),
            tilt_deg=float(rng.uniform(-40, 40)),
        )
        room = Room(screens=(screen,), eyes_m=(0.0, float(rng.uniform(2.0, 6.0)), 1.4))
        wall = room.rectangle(0, 1.0)
        head = rng.uniform([-1.5, -1.0, -0.5], [1.5, 1.0, 0.5])
        if wall.distance_m(head) < CLOSEST_M:
            continue
        tried += 1
        feet = (float(rng.uniform(-9, 9)), float(rng.uniform(-9, 90)), float(rng.uniform(-2, 2)))
        yaw = float(rng.uniform(-math.pi, math.pi))
        (view,) = unseen_views(room)
        place_cameras([view], room=room, feet=feet, yaw_rad=yaw, head=tuple(head))
        eye = np.array(room.eyes_m) + head * np.array([1.0, -1.0, 1.0])
        middle, right, up = axes(screen)
        corners = [middle + a * right + b * up for a in (-0.5, 0.5) for b in (-0.5, 0.5)]
        # The corners themselves, and what stands behind and before them on the same rays.
        for corner in corners:
            for reach in (1.0, 0.7, 4.0):
                place = eye + (corner - eye) * reach
                across, down = on_wall(screen, eye, place)
                x, y = look(view, in_world(room, place, feet, yaw))
                worst_px = max(worst_px, abs(x - across * SIZE[0]), abs(y - down * SIZE[1]))
    # What is left is the engine's single precision, ninety metres into the cave.
    assert worst_px < 0.25


def test_two_walls_in_a_corner_meet_without_a_seam_for_any_head() -> None:
    rng = np.random.default_rng(3)
    views = unseen_views(CORNER)
    assert all(view.guard[0] > 0 for view in views)
    width, height = SIZE
    for _ in range(300):
        head = rng.uniform([-1.0, -0.8, -0.4], [0.6, 0.8, 0.4])
        place_cameras(views, room=CORNER, feet=(0, 0, 0), yaw_rad=0.0, head=tuple(head))
        eye = np.array(CORNER.eyes_m) + head * np.array([1.0, -1.0, 1.0])
        edge = np.array([1.2, 0.0, float(rng.uniform(0.7, 2.1))])
        place = eye + (edge - eye) * float(rng.uniform(1.0, 8.0))
        place = in_world(CORNER, place, (0, 0, 0), 0.0)
        (left_x, left_y), (right_x, right_y) = (look(view, place) for view in views)
        # On the front wall it is at the very right, on the right wall at the very left, at the same height.
        assert abs(left_x - width) < 0.5
        assert abs(right_x) < 0.5
        assert abs(left_y - right_y) < 0.5
        assert abs(left_y - (2.2 - edge[2]) / 1.6 * height) < 0.5


def test_a_head_at_the_wall_or_behind_it_still_sees_a_picture() -> None:
    for head in ((0.0, 1.35, 0.0), (0.0, 4.0, 0.0), (3.0, 4.0, 1.2)):
        (view,) = unseen_views(Room())
        place_cameras([view], room=Room(), feet=(0, 0, 0), yaw_rad=0.0, head=head)
        assert math.isfinite(view.camera.get_y())
        wall_y = 1.35
        assert view.camera.get_y() <= wall_y - CLOSEST_M + 1e-4


def test_whoever_is_far_from_the_wall_stands_back_in_the_cave() -> None:
    far = Room(eyes_m=(0.0, 4.0, 1.5))
    (view,) = unseen_views(far)
    seen = place_cameras([view], room=far, feet=(0, 0, 0), yaw_rad=0.0, head=(0, 0, 0))
    assert seen.eye[1] == pytest.approx(-1.2)
    assert seen.rest == pytest.approx((0.0, 0.0, EYE_HEIGHT_M))
    (view,) = unseen_views(Room())
    near = place_cameras([view], room=Room(), feet=(0, 0, 0), yaw_rad=0.0, head=(0, 0, 0))
    assert near.eye == pytest.approx(near.rest)


def test_words_keep_their_place_in_the_picture_before_any_wall() -> None:
    rest = Viewpoint(eye=(0, 0, EYE_HEIGHT_M), rest=(0, 0, EYE_HEIGHT_M), yaw_rad=0.0)
    found = []
    for room in (Room(), Room(eyes_m=(0.0, 3.5, 1.5), screens=(Screen(width_m=4.8, middle_m=(0, 0, 1.06)),))):
        (view,) = unseen_views(room)
        pane = view.camera.get_parent().attach_new_node("pane")
        place_cameras([view], room=room, feet=(0, 0, 0), yaw_rad=0.0, head=(0, 0, 0))
        place_pane(pane, wall=room.rectangle(0, view.aspect), view=rest)
        at = view.camera.get_parent().get_relative_point(pane, p3d.Point3(0.4, 2.2, -0.8))
        found.append(look(view, np.array([*at])))
    assert found[0] == pytest.approx(found[1], abs=1.0)


def test_the_child_hops_onto_the_edge_when_it_leaves_the_wall() -> None:
    # A wall 3 m away whose picture begins 0.4 m above the floor; in the cave it stands 2.8 m ahead.
    room = Room(eyes_m=(0.0, 3.0, 1.5), screens=(Screen(middle_m=(0, 0, 1.2), width_m=2.8, height_m=1.6),))
    wall = room.rectangle(0, 1.0)
    (view,) = unseen_views(room)
    seen = place_cameras([view], room=room, feet=(0, 0, 0), yaw_rad=0.0, head=(0, 0, 0))
    assert lift_m((0.0, 3.2, 0.0), wall=wall, view=seen) == 0.0
    lifts = [lift_m((0.0, y, 0.0), wall=wall, view=seen) for y in np.linspace(3.0, 1.8, 60)]
    assert max(abs(b - a) for a, b in pairwise(lifts)) < 0.06  # a hop, no leap
    # A metre before the wall its feet are in the picture, and no higher than they need be.
    _, y_px = look(view, np.array([0.0, 1.8, lifts[-1]]))
    assert 0.96 * SIZE[1] < y_px < 0.98 * SIZE[1]
    assert lift_m((2.5, 1.8, 0.0), wall=wall, view=seen) == 0.0  # beside the picture nobody sees it
    # The default room has nobody come out.
    assert lift_m((0.0, 1.8, 0.0), wall=Room().rectangle(0, 16 / 9), view=seen) == 0.0


def offscreen(room: Room, stereo: Stereo, size: tuple[int, int]) -> AnyDisplay:
    try:
        return open_display(
            "offscreen", size=size, pacer=ToldPacer(now=lambda: 0.0), shaders=asset("shaders"), room=room,
            stereo=stereo,
        )  # fmt: skip
    except NoGraphics as error:
        pytest.skip(str(error))


def drawn(shown: AnyDisplay, head: Vec3 = (0, 0, 0)) -> NDArray[np.uint8]:
    shown.begin()
    place_cameras(shown.views, room=shown.room, feet=(0, 0, 0), yaw_rad=0.0, head=head)
    shown.set_mood(exposure=1.0, rim=0.0, time_s=0.0)
    shown.submit()
    shown.submit()
    picture = shown.read_rgb()
    assert picture is not None
    return picture


@pytest.fixture
def opened() -> Iterator[list[AnyDisplay]]:
    """Displays that are closed afterwards."""
    shown: list[AnyDisplay] = []
    yield shown
    for one in shown:
        one.close()


STEREO_ROOM = Room(
    eyes_m=(0.0, 2.4, 1.5), screens=(Screen(middle_m=(0, 0, 1.5), width_m=2.4, height_m=1.35),)
)
DEPTHS_M = (1.4, 2.4, 7.2)
"""A metre before the wall, at it, and far behind; from the eyes."""


def dots_at_depths() -> Floats:
    """Dots that an eye in the middle sees beside each other, a third of the picture apart."""
    across = (-0.7, 0.0, 0.7)
    return np.array([
        (x * depth / 2.4, depth, EYE_HEIGHT_M) for x, depth in zip(across, DEPTHS_M, strict=True)
    ])  # fmt: skip


def parallax_px(depth_m: float, width_px: int) -> float:
    """Of the right eye's picture to the right of the left eye's, by similar triangles."""
    return 0.063 * (depth_m - 2.4) / depth_m / 2.4 * width_px


def test_red_and_cyan_have_the_parallax_of_three_depths(opened: list[AnyDisplay]) -> None:
    width, height = 960, 540
    shown = offscreen(STEREO_ROOM, Stereo.ANAGLYPH, (width, height))
    opened.append(shown)
    hang(shown.root, dots_at_depths())
    seen = drawn(shown)
    for x, depth in zip((-0.7, 0.0, 0.7), DEPTHS_M, strict=True):
        middle = (width * (0.5 + x / 2.4), height / 2)
        wanted = parallax_px(depth, width)
        red = centre(seen[:, :, 0], (middle[0] - wanted / 2, middle[1]))
        green, blue = (centre(seen[:, :, i], (middle[0] + wanted / 2, middle[1])) for i in (1, 2))
        assert red[0] == pytest.approx(middle[0] - wanted / 2, abs=0.5)
        assert green[0] - red[0] == pytest.approx(wanted, abs=0.5)
        assert blue == pytest.approx(green, abs=0.2)
        assert green[1] == pytest.approx(red[1], abs=0.2)  # never a difference in height
    # Before the wall the eyes' pictures cross, behind it they do not.
    assert parallax_px(DEPTHS_M[0], width) < -10.0
    assert parallax_px(DEPTHS_M[2], width) > 10.0


def test_each_half_side_by_side_is_one_eye_s_picture(opened: list[AnyDisplay]) -> None:
    width, height = 960, 540
    shown = offscreen(STEREO_ROOM, Stereo.SIDE_BY_SIDE, (width, height))
    opened.append(shown)
    hang(shown.root, dots_at_depths())
    seen = drawn(shown).max(axis=2)
    for x, depth in zip((-0.7, 0.0, 0.7), DEPTHS_M, strict=True):
        half, wanted = width / 2, parallax_px(depth, width // 2)
        middle = half * (0.5 + x / 2.4)
        left = centre(seen[:, : width // 2], (middle - wanted / 2, height / 2))
        right = centre(seen[:, width // 2 :], (middle + wanted / 2, height / 2))
        assert right[0] - left[0] == pytest.approx(wanted, abs=0.25)
        assert left[0] == pytest.approx(middle - wanted / 2, abs=0.25)
        assert right[1] == pytest.approx(left[1], abs=0.2)


def test_light_over_the_corner_of_two_walls_has_no_seam(opened: list[AnyDisplay]) -> None:
    size = (800, 268)
    shown = offscreen(CORNER, Stereo.OFF, size)
    opened.append(shown)
    # A row of dots, close together, that crosses the edge of the walls far behind them, seen from aside.
    eye = np.array([0.0, 0.0, EYE_HEIGHT_M])
    edge = np.array([1.2, 1.6, EYE_HEIGHT_M + 0.1])
    far = eye + (edge - eye) * 2.5
    along = np.array([0.8, -0.6, 0.0])
    hang(shown.root, np.array([far + along * s for s in np.linspace(-1.2, 1.2, 400)]))
    seen = drawn(shown).max(axis=2).astype(np.float64)
    before, after = seen[:, 380:400], seen[:, 400:420]
    # The walls stand at a right angle, so the line may bend here, but it is one line.
    rows = np.arange(size[1])

    def height(columns: NDArray[np.float64]) -> float:
        light = np.maximum(0.0, columns - 0.3 * columns.max())
        return float((light * rows[:, None]).sum() / light.sum())

    assert before[:, -1].max() > 100
    assert after[:, 0].max() > 100
    assert abs(height(before[:, -3:]) - height(after[:, :3])) < 1.0


def test_light_beyond_the_edge_of_a_wall_glows_over_it(opened: list[AnyDisplay]) -> None:
    shown = offscreen(CORNER, Stereo.OFF, (800, 268))
    opened.append(shown)
    eye = np.array([0.0, 0.0, EYE_HEIGHT_M])
    # Very bright, on the right wall 0.07 m from the corner: twelve pixels.
    hang(shown.root, np.repeat([eye + np.array([1.2, 1.53, 0.0])], 60, axis=0))
    seen = drawn(shown).max(axis=2).astype(np.float64)
    row = int(np.argmax(seen[:, 411]))
    over = seen[row, 400 - 8 : 400]
    # It does not end at the edge, and steps over it evenly.
    assert over.min() > 5
    assert abs(over[-1] - seen[row, 400]) <= 6
