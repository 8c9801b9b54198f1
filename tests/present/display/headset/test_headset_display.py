"""The display port in a headset: paced by the runtime, seen by both eyes, and never the end of the game."""

import math

import panda3d.core as p3d
import pytest

from game.cli.staging import staged_world
from game.present.display.headset.comfort import Comfort
from game.present.display.headset.display import SEEKS_EVERY_S, HeadsetDisplay
from game.present.display.headset.opening import CLOSEST_M
from game.present.display.headset.runtime import Controller, Pose, State
from game.present.display.panda import PandaDisplay
from game.present.stage import Stage
from game.world.state import Scene
from tests.present.display.headset.fakes import GAP_M, STRAIGHT, FakeRuntime, FakeSeeker
from tests.present.display.headset.played import Clock, frames


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
