"""The display port in a headset: paced by the runtime, seen by both eyes, and never the end of the game."""

import math
from collections.abc import Iterator

import numpy as np
import panda3d.core as p3d
import pytest

from game.cli.staging import staged_world
from game.present.display import open_display
from game.present.display.headset.comfort import OPENS_S, Comfort, Where
from game.present.display.headset.display import SEEKS_EVERY_S, HeadsetDisplay
from game.present.display.headset.opening import CLOSEST_M, edge_m, opened
from game.present.display.headset.runtime import Blend, Controller, Pose, State
from game.present.display.pace import ToldPacer
from game.present.display.panda import NoGraphics, PandaDisplay
from game.present.stage import Stage
from game.world.child import on_rail
from game.world.state import Scene
from npc.assets import asset
from tests.present.display.headset.fakes import GAP_M, STRAIGHT, FakeRuntime, FakeSeeker


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desktop() -> Iterator[PandaDisplay]:
    try:
        display = open_display(
            "offscreen", size=(96, 54), pacer=ToldPacer(now=lambda: 5.0), shaders=asset("shaders")
        )
    except NoGraphics as error:
        pytest.skip(str(error))
    assert isinstance(display, PandaDisplay)
    yield display
    display.close()


def frames(
    display: HeadsetDisplay, count: int, stage: Stage | None = None, scene: Scene = Scene.FORK
) -> list[float]:
    """So many frames; when each is to be seen."""
    seen = []
    world = staged_world(scene, 7)
    for _ in range(count):
        seen.append(display.begin().predicted_s)
        if stage is not None:
            stage.update(world, alpha=1.0, mouth=0.0, voice_level=0.0, predicted_s=0.0, frame_dt_s=0.02)
        display.submit()
    return seen


def pixels(picture: p3d.Texture, display: HeadsetDisplay) -> np.ndarray:
    """(height, width, 4) of an eye, 0 to 255."""
    p3d.GraphicsEngine.get_global_ptr().extract_texture_data(picture, display.desktop.output.get_gsg())
    size = (picture.get_y_size(), picture.get_x_size(), 4)
    return np.frombuffer(picture.get_ram_image_as("RGBA"), dtype=np.uint8).reshape(size)


def test_each_frame_is_begun_and_ended_once_at_the_runtimes_pace(desktop: PandaDisplay, clock: Clock) -> None:
    runtime = FakeRuntime(states=(State.HIDDEN, State.SEEN, State.PLAYED), seen_in_s=0.02)
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    assert frames(display, 12) == [100.02] * 12
    assert runtime.frames == (12, 12, 12)
    display.close()
    assert runtime.closed


def test_no_frame_is_begun_before_the_session_runs(desktop: PandaDisplay, clock: Clock) -> None:
    runtime = FakeRuntime(states=(State.AWAY, State.AWAY, State.HIDDEN, State.PLAYED))
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    # On the desktop the picture keeps the desktop's pace.
    assert frames(display, 5)[:2] == [5.0, 5.0]
    assert runtime.frames == (3, 3, 3)
    display.close()


def test_a_frame_that_is_not_shown_is_ended_without_pictures(desktop: PandaDisplay, clock: Clock) -> None:
    runtime = FakeRuntime(shows=False)
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    frames(display, 3)
    runtime.shows = True
    frames(display, 2)
    runtime.tracked = False
    frames(display, 2)
    assert [shown is not None for shown in runtime.pictures] == [False] * 3 + [True] * 2 + [False] * 2
    display.close()


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
    runtime = FakeRuntime(eye_size=SIZE)
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock, comfort=comfort)
    world = staged_world(Scene.FORK, 7)
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
    wall = opened((0.0, 0.0, 0.0), 0.0, away_m=Comfort().opens_m, head=left.pose.at_m)
    rows = np.array(wall.seen_by(left))
    u, v = np.meshgrid((np.arange(SIZE[0]) + 0.5) / SIZE[0], (np.arange(SIZE[1]) + 0.5) / SIZE[1])
    x, y, w = np.moveaxis(np.stack([u, v, np.ones_like(u)], axis=-1) @ rows.T, -1, 0)
    outside = np.vectorize(edge_m)(x / w, y / w)
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


def test_the_head_is_where_it_is_in_the_room_and_eyes_see_what_the_runtime_says(
    desktop: PandaDisplay, clock: Clock
) -> None:
    runtime = FakeRuntime()
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    display.begin()
    display.submit()
    runtime.head = Pose(at_m=(0.3, -0.2, 1.7), turn=STRAIGHT)
    display.begin()
    view = display.place(p3d.NodePath("pane"), feet=(0.0, 0.0, 0.0), yaw_rad=0.0)
    assert view is not None
    assert view.eye == pytest.approx((0.3, -0.2, 1.7))
    for number, one in enumerate(display.views):
        aside = (number - 0.5) * GAP_M
        assert tuple(one.camera.get_pos(display.root)) == pytest.approx((0.3 + aside, -0.2, 1.7), abs=1e-6)
        lens = one.camera.node().get_lens()
        edges = []
        for across, up in ((-1, 0), (1, 0), (0, 1), (0, -1)):
            near, far = p3d.LPoint3(), p3d.LPoint3()
            assert lens.extrude(p3d.LPoint2(across, up), near, far)
            way = far - near
            edges.append(math.atan2(way[0] if up == 0 else way[2], way[1]))
        assert edges == pytest.approx(runtime.fov, abs=math.radians(0.1))
    display.submit()
    display.close()


def test_both_eyes_are_between_two_steps_of_the_world_as_the_runtimes_time_is(
    desktop: PandaDisplay, clock: Clock
) -> None:
    display = HeadsetDisplay(desktop, FakeSeeker(FakeRuntime()), now=clock)
    world = staged_world(Scene.FORK, 7)
    world.player.yaw_rad = 0.0
    stage = Stage(display, world, headset=display)
    x, y, z = world.player.position
    places = []
    for alpha in (0.0, 0.25, 1.0):
        display.begin()
        if alpha == 0.0:
            world.tick, world.player.position = world.tick + 1, (x, y + 0.02, z)
        stage.update(world, alpha=alpha, mouth=0.0, voice_level=0.0, predicted_s=0.0, frame_dt_s=0.02)
        display.submit()
        places.append([tuple(view.camera.get_pos(display.root)) for view in display.views])
    for number in (0, 1):
        aside = (number - 0.5) * GAP_M
        for alpha, place in zip((0.0, 0.25, 1.0), places, strict=True):
            assert place[number] == pytest.approx((x + aside, y + 0.02 * alpha, z + 1.6), abs=1e-4)
    display.close()


def test_ahead_in_the_room_is_ahead_in_the_cave(desktop: PandaDisplay, clock: Clock) -> None:
    # The player begins at (2, 1), facing right.
    quarter = math.sqrt(0.5)
    right = (quarter, 0.0, 0.0, -quarter)
    runtime = FakeRuntime(head=Pose(at_m=(2.0, 1.0, 1.6), turn=right))
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    pane = p3d.NodePath("pane")
    display.begin()
    # In the cave they stand at (10, 20), and ahead is to the left.
    view = display.place(pane, feet=(10.0, 20.0, 0.5), yaw_rad=-math.pi / 2)
    assert view is not None
    assert view.eye == pytest.approx((10.0, 20.0, 2.1), abs=1e-6)
    camera = display.views[0].camera
    assert tuple(display.root.get_relative_vector(camera, p3d.LVector3(0, 1, 0))) == pytest.approx(
        (-1.0, 0.0, 0.0), abs=1e-6
    )
    display.submit()
    # A step ahead in the room, which is to the right of where the runtime began to count.
    runtime.head = Pose(at_m=(3.0, 1.0, 1.6), turn=right)
    display.begin()
    view = display.place(pane, feet=(10.0, 20.0, 0.5), yaw_rad=-math.pi / 2)
    assert view is not None
    assert view.eye == pytest.approx((9.0, 20.0, 2.1), abs=1e-6)
    assert display.tracked is not None
    assert display.tracked.head.at_m == pytest.approx((0.0, 1.0, 1.6), abs=1e-6)
    display.recentre()
    view = display.place(pane, feet=(10.0, 20.0, 0.5), yaw_rad=-math.pi / 2)
    assert view is not None
    assert view.eye == pytest.approx((10.0, 20.0, 2.1), abs=1e-6)
    display.submit()
    display.close()


def test_the_middle_of_the_room_is_where_the_headset_is_put_on(desktop: PandaDisplay, clock: Clock) -> None:
    on_the_desk = Pose(at_m=(1.0, 2.0, 0.7), turn=STRAIGHT)
    runtime = FakeRuntime(states=(State.HIDDEN, State.HIDDEN, State.PLAYED), head=on_the_desk)
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    frames(display, 2)
    runtime.head = Pose(at_m=(0.4, 0.1, 1.7), turn=(0.0, 0.0, 0.0, 1.0))
    frames(display, 1)
    assert display.tracked is not None
    assert display.tracked.head.at_m == pytest.approx((0.0, 0.0, 1.7), abs=1e-6)
    assert display.head_yaw_rad() == pytest.approx(0.0, abs=1e-6)
    # Whoever walks about after that walks away from it.
    runtime.head = Pose(at_m=(0.4, -0.9, 1.7), turn=(0.0, 0.0, 0.0, 1.0))
    frames(display, 1)
    assert display.tracked.head.at_m == pytest.approx((0.0, 1.0, 1.7), abs=1e-6)
    display.close()


def test_a_stick_turns_the_cave_and_the_player_stays_where_they_are(
    desktop: PandaDisplay, clock: Clock
) -> None:
    runtime = FakeRuntime(tracks_hands=False)
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    frames(display, 2)
    runtime.head = Pose(at_m=(0.5, 0.4, 1.6), turn=STRAIGHT)
    frames(display, 1)
    assert display.tracked is not None
    before = display.tracked.head
    rest = Pose(at_m=(0.2, 0.3, 1.2), turn=STRAIGHT)
    runtime.held = (Controller(side="right", grip=rest, aim=rest, select=0.0, walk=0.0, turn=1.0),)
    frames(display, 3)
    assert display.tracked.head.at_m == pytest.approx(before.at_m)
    assert display.head_yaw_rad() == pytest.approx(math.radians(30.0))
    display.close()


def test_without_a_floor_the_head_is_at_the_height_of_the_eyes(desktop: PandaDisplay, clock: Clock) -> None:
    runtime = FakeRuntime(floor=False, head=Pose(at_m=(0.0, 0.0, 0.0), turn=STRAIGHT))
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    display.begin()
    view = display.place(p3d.NodePath("pane"), feet=(0.0, 0.0, 0.0), yaw_rad=0.0)
    assert view is not None
    assert view.eye[2] == pytest.approx(1.5)
    display.submit()
    display.close()


def test_the_game_waits_while_the_headset_is_away_and_says_so_once(
    desktop: PandaDisplay, clock: Clock
) -> None:
    runtime = FakeRuntime(
        states=(State.HIDDEN, State.PLAYED, State.SEEN, State.SEEN, State.PLAYED, State.HIDDEN, State.AWAY)
    )
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    frames(display, 9)
    told = display.news()
    assert [one.here for one in told] == [True, False, True, False]
    assert "Fake 1.0, Visor" in told[0].sentence
    assert "something else on top" in told[1].sentence
    assert all(one.sentence.endswith(".") for one in told)
    assert display.news() == []
    display.close()


@pytest.mark.parametrize("call", ["poll", "begin", "eyes", "end"])
def test_a_runtime_that_goes_away_leaves_the_game_on_the_desktop(
    desktop: PandaDisplay, clock: Clock, call: str
) -> None:
    runtime = FakeRuntime()
    seeker = FakeSeeker(runtime)
    display = HeadsetDisplay(desktop, seeker, now=clock)
    stage = Stage(display, staged_world(Scene.FORK, 7), headset=display)
    frames(display, 3, stage)
    runtime.lost_at = call
    assert frames(display, 4, stage)[-1] == 5.0
    assert runtime.closed
    assert display.runtime is None
    assert display.tracked is None
    assert display.news()[-1].sentence == "The OpenXR runtime went away. The picture is on the screen."
    picture = display.read_rgb()
    assert picture is not None
    assert picture.max() > 60
    assert not display.closed
    display.close()


def test_a_headset_that_comes_back_is_played_in(desktop: PandaDisplay, clock: Clock) -> None:
    first, second = FakeRuntime(lost_at="poll"), FakeRuntime()
    display = HeadsetDisplay(desktop, FakeSeeker(first, "no headset", second), now=clock)
    frames(display, 3)
    assert display.runtime is None
    clock.now_s += SEEKS_EVERY_S
    frames(display, 2)  # nothing there yet, and nothing more is said
    assert display.runtime is None
    assert len(display.news()) == 1
    clock.now_s += SEEKS_EVERY_S
    frames(display, 3)
    assert display.runtime is second
    assert second.frames == (3, 3, 3)
    assert display.news()[-1].here
    display.close()


def test_without_a_headset_a_sentence_says_why_and_the_picture_is_on_the_screen(
    desktop: PandaDisplay, clock: Clock
) -> None:
    display = HeadsetDisplay(desktop, FakeSeeker("No OpenXR runtime is set up on this machine."), now=clock)
    assert display.faults[0] == ("No OpenXR runtime is set up on this machine. The picture is on the screen.")
    assert frames(display, 2) == [5.0, 5.0]
    display.close()


def test_whoever_quits_in_the_headset_ends_the_evening(desktop: PandaDisplay, clock: Clock) -> None:
    display = HeadsetDisplay(desktop, FakeSeeker(FakeRuntime(states=(State.PLAYED, State.ENDED))), now=clock)
    frames(display, 2)
    assert display.closed
    display.close()


def test_words_hang_before_the_wall_wherever_the_head_is(desktop: PandaDisplay, clock: Clock) -> None:
    runtime = FakeRuntime()
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    pane = desktop.root.attach_new_node("pane")
    for ahead_m in (0.0, 1.2, 2.2):
        runtime.head = Pose(at_m=(0.0, ahead_m, 1.6), turn=STRAIGHT)
        display.begin()
        display.place(pane, feet=(0.0, 0.0, 0.0), yaw_rad=0.0)
        display.submit()
        wall_m = max(Comfort().opens_m, ahead_m + CLOSEST_M)
        corner = desktop.root.get_relative_point(pane, p3d.LPoint3(1.2, 2.2, 0.4))
        assert corner[1] < wall_m - 0.05
        # As large to the eye as ever.
        assert (corner[0]) / (corner[1] - ahead_m) == pytest.approx(1.2 / 2.2)
    display.close()


def test_words_follow_a_head_late_and_stay_upright(desktop: PandaDisplay, clock: Clock) -> None:
    runtime = FakeRuntime()
    display = HeadsetDisplay(desktop, FakeSeeker(runtime), now=clock)
    pane = p3d.NodePath("pane")

    def look(turn_rad: float) -> float:
        c, s = math.cos(turn_rad / 2), math.sin(turn_rad / 2)
        runtime.head = Pose(at_m=(0.0, 0.0, 1.6), turn=(c, 0.0, 0.0, -s))
        display.begin()
        display.place(pane, feet=(0.0, 0.0, 0.0), yaw_rad=0.0)
        display.submit()
        clock.now_s += 1.0 / 60.0
        return -math.radians(pane.get_h())

    look(0.0)
    assert look(0.3) == pytest.approx(0.0)  # a look aside is no turn
    first = look(1.5)
    assert 0.0 < first < 0.05
    for _ in range(300):
        last = look(1.5)
    assert 1.0 < last < 1.1
    assert pane.get_p() == pytest.approx(0.0)
    assert pane.get_r() == pytest.approx(0.0)
    display.close()
