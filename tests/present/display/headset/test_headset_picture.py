"""What both eyes see: the cave through an opening, the Child before it, and the room beside them."""

import math

import numpy as np
import panda3d.core as p3d
import pytest

from game.cli.staging import staged_world
from game.headset import wear
from game.present.display.headset.comfort import OPENS_S, Comfort, Where
from game.present.display.headset.display import HeadsetDisplay
from game.present.display.headset.opening import edge_m, opened
from game.present.display.headset.runtime import Blend, Pose
from game.present.display.panda import PandaDisplay
from game.present.stage import Stage
from game.world.child import on_rail
from game.world.state import Scene
from tests.present.display.headset.fakes import FakeRuntime, FakeSeeker
from tests.present.display.headset.played import Clock, frames, pixels


def test_eyes_are_two_pictures_of_the_cave_with_alpha(desktop: PandaDisplay, clock: Clock) -> None:
    runtime = FakeRuntime(eye_size=(160, 128))
    around = Comfort(opening=Where.AROUND)
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock, comfort=around)
    frames(display, 3, Stage(display, staged_world(Scene.DARK, 7), headset=display), Scene.DARK)
    assert runtime.pictures[-1] is not None
    assert runtime.pictures[-1][0] != runtime.pictures[-1][1]
    eyes = display.eyes
    assert eyes is not None
    left, right = (pixels(eyes.picture(number), display) for number in (0, 1))
    for seen in (left, right):
        clear = seen[:, :, 3] == 0
        assert 0.3 < clear.mean() < 0.999
        assert seen[clear].max() == 0
        # Light hides what it adds, by the square of its encoded brightness.
        bright = seen[:, :, :3].max(axis=2) / 255.0
        assert bright.max() > 0.4
        assert np.abs(seen[:, :, 3] / 255.0 - bright**2)[~clear].max() < 0.01
    assert np.abs(left.astype(int) - right.astype(int)).max() > 30
    # Who watches the window sees what the player sees.
    mirror = display.read_rgb()
    assert mirror is not None
    assert mirror.max() > 60
    display.close()


SIZE = (160, 128)


def opened_view(
    desktop: PandaDisplay,
    clock: Clock,
    *,
    child_m: float,
    comfort: Comfort | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(height, width, 4) of the left eye before the open wall, and how far outside the opening each pixel is;
    nothing but the cave and a Child so far ahead shines."""
    wishes = comfort or Comfort()
    floor = wishes.opening is Where.FLOOR
    down = math.radians(-15.0 if floor else 0.0)
    head = Pose(at_m=(0.0, 0.0, 1.6), turn=(math.cos(down), math.sin(down), 0.0, 0.0))
    runtime = FakeRuntime(eye_size=SIZE, head=head)
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock, comfort=comfort)
    world = staged_world(Scene.FORK, 7)
    wear(world.player, wishes)
    world.hands, world.mote, world.thread, world.words = [], 0.0, 0.0, []
    world.child.position, world.child.body, world.child.eyes = on_rail(world, child_m), 1.0, 1.0
    stage = Stage(display, world, headset=display)
    for _ in range(3):
        display.begin()
        clock.now_s += OPENS_S / 2
        stage.update(world, alpha=1.0, mouth=0.0, voice_level=0.0, predicted_s=0.0, frame_dt_s=0.02)
        display.submit()
    assert display.eyes is not None
    assert display.seen is not None
    left = display.seen[0]
    wall = opened((0.0, 0.0, 0.0), 0.0, away_m=wishes.opens_m, head=left.pose.at_m, floor=floor)
    rows = np.array(wall.seen_by(left))
    u, v = np.meshgrid((np.arange(SIZE[0]) + 0.5) / SIZE[0], (np.arange(SIZE[1]) + 0.5) / SIZE[1])
    x, y, w = np.moveaxis(np.stack([u, v, np.ones_like(u)], axis=-1) @ rows.T, -1, 0)
    outside = np.vectorize(edge_m)(x / w, y / w, floor=floor)
    seen = pixels(display.eyes.picture(0), display).copy()
    display.close()
    return seen, np.where(w > 0.0, outside, 9.0)


def test_the_cave_is_seen_through_an_opening_and_the_room_beside_it(
    desktop: PandaDisplay, clock: Clock
) -> None:
    seen, outside = opened_view(desktop, clock, child_m=3.4)
    # Farther away than the glow of the edge reaches in so small a picture.
    through, beside = outside < -0.12, outside > 1.7
    assert through.mean() > 0.1
    assert beside.mean() > 0.1
    # The dark in there hides the room's wall, and nothing at all is before the room.
    assert (seen[through][:, 3] == 255).all()
    assert seen[through][:, :3].max() > 100
    assert seen[beside].max() == 0
    assert (seen[outside > 1.0].max(axis=1) == 0).mean() > 0.85
    # The edge glows.
    edge = np.abs(outside) < 0.05
    assert np.median(seen[edge][:, :3].max(axis=1)) > 60


def test_the_child_comes_out_of_the_opening_into_the_room(desktop: PandaDisplay, clock: Clock) -> None:
    seen, outside = opened_view(desktop, clock, child_m=1.2)
    before = (outside > 0.25) & (outside < 9.0)
    lit = before & (seen[:, :, :3].max(axis=2) > 60)
    assert lit.sum() > 20
    # It stands in the lower middle, and hides no more of the room than its light.
    rows, columns = np.nonzero(lit)
    assert rows.mean() < SIZE[1] / 2
    assert abs(columns.mean() / SIZE[0] - 0.56) < 0.15
    bright = seen[before][:, :3].max(axis=1) / 255.0
    assert np.abs(seen[before][:, 3] / 255.0 - bright**2).max() < 0.01


def test_the_cave_is_seen_below_through_a_hole_in_the_floor(desktop: PandaDisplay, clock: Clock) -> None:
    seen, outside = opened_view(desktop, clock, child_m=2.9, comfort=Comfort(opening=Where.FLOOR))
    through, beside = outside < -0.1, outside > 1.2
    assert through.mean() > 0.04
    assert beside.mean() > 0.3
    assert (seen[through][:, 3] == 255).all()
    assert seen[beside].max() == 0
    # The edge is lit all round, and the Child is seen down there, and nowhere over the floor.
    edge = np.abs(outside) < 0.04
    assert np.percentile(seen[edge][:, :3].max(axis=1), 20) > 40
    assert (seen[through][:, 2] > 120).sum() > 20
    assert (seen[outside > 0.3][:, 2] > 60).sum() == 0


def test_the_child_climbs_out_of_the_hole_onto_the_floor(desktop: PandaDisplay, clock: Clock) -> None:
    seen, outside = opened_view(desktop, clock, child_m=1.0, comfort=Comfort(opening=Where.FLOOR))
    lit = (seen[:, :, 2] > 60) & (outside > 0.1)
    rows, columns = np.nonzero(lit)
    assert lit.sum() > 30
    # Seen whole before the hole, below its near edge in the picture.
    hole_rows, _ = np.nonzero(outside < 0.0)
    assert rows.min() < hole_rows.min() - 8
    assert abs(columns.mean() / SIZE[0] - 0.56) < 0.2


def test_the_dark_in_the_opening_hides_as_much_of_the_room_as_is_wished(
    desktop: PandaDisplay, clock: Clock
) -> None:
    seen, outside = opened_view(desktop, clock, child_m=3.4, comfort=Comfort(solid=0.5))
    through = outside < -0.12
    # What is brighter hides more.
    dark = through & (seen[:, :, :3].max(axis=2) < 150)
    assert dark.sum() > 300
    assert np.abs(seen[dark][:, 3].astype(int) - 128).max() <= 1
    assert seen[through][:, 3].min() >= 127


@pytest.mark.parametrize(("vignette", "most"), [(False, 1.0), (True, 0.004)])
def test_whoever_walks_with_a_vignette_sees_the_room_at_the_edges(
    desktop: PandaDisplay, clock: Clock, vignette: bool, most: float
) -> None:
    comfort = Comfort(opening=Where.AROUND, vignette=vignette)
    display = HeadsetDisplay(desktop, FakeSeeker(FakeRuntime(eye_size=SIZE)), now=clock, comfort=comfort)
    world = staged_world(Scene.FORK, 7)
    stage = Stage(display, world, headset=display)
    for _ in range(12):
        world.tick += 1
        x, y, z = world.player.position
        world.player.position = (x, y + 0.1, z)
        display.begin()
        clock.now_s += 0.1
        stage.update(world, alpha=1.0, mouth=0.0, voice_level=0.0, predicted_s=0.0, frame_dt_s=0.02)
        display.submit()
    assert display.eyes is not None
    edges = pixels(display.eyes.picture(0), display).copy()
    edges[12:-12, 12:-12] = 0
    share = float((edges[:, :, 3] > 0).mean())
    assert share <= most
    assert vignette or share > 0.02
    display.close()


@pytest.mark.parametrize("blend", [Blend.ADDITIVE, Blend.OPAQUE])
def test_a_room_is_drawn_only_where_none_is_seen(desktop: PandaDisplay, clock: Clock, blend: Blend) -> None:
    runtime = FakeRuntime(
        blend=blend, head=Pose(at_m=(0.0, 0.0, 1.6), turn=(math.cos(0.45), -math.sin(0.45), 0.0, 0.0))
    )
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    # An empty scene: only the drawn room is there to be seen, by a head that looks down.
    for _ in range(3):
        display.begin()
        display.place(p3d.NodePath("pane"), feet=(0.0, 0.0, 0.0), yaw_rad=0.0)
        display.set_mood(exposure=1.0, rim=0.0, time_s=0.0)
        display.submit()
    eyes = display.eyes
    assert eyes is not None
    lit = pixels(eyes.picture(0), display)[:, :, :3].max()
    assert (lit > 10) == (blend is Blend.OPAQUE)
    display.close()
