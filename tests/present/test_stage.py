"""The stage without a display, and pictures where graphics can be had."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from game.cli.look import staged_world
from game.present.display import AnyDisplay, NoGraphics, open_display
from game.present.display.pace import ToldPacer
from game.present.display.room import Mirror, Room, Screen
from game.present.stage import AMOUNTS, Quality, Stage
from game.present.words import LINE_CHARACTERS, MOST_LINES, letters, readable
from game.world.state import LightWords, Scene, World
from npc.assets import asset

SIZE = (320, 180)


def shaders() -> Path:
    return asset("shaders")


def unseen() -> AnyDisplay:
    return open_display("none", size=SIZE, pacer=ToldPacer(now=lambda: 0.0), shaders=shaders())


def offscreen(room: Room | None = None) -> AnyDisplay:
    try:
        return open_display(
            "offscreen", size=SIZE, pacer=ToldPacer(now=lambda: 0.0), shaders=shaders(), room=room
        )
    except NoGraphics as error:
        pytest.skip(str(error))


@pytest.fixture
def display() -> Iterator[AnyDisplay]:
    shown = offscreen()
    yield shown
    shown.close()


def picture(
    shown: AnyDisplay, world: World, *, stage: Stage | None = None, frames: int = 2
) -> NDArray[np.uint8]:
    stage = stage or Stage(shown, world)
    for number in range(frames):
        world.tick = 240 + number
        shown.begin()
        stage.update(
            world, alpha=1.0, mouth=0.0, voice_level=0.0, predicted_s=world.time_s, frame_dt_s=1.0 / 60.0
        )
        shown.submit()
    seen = shown.read_rgb()
    assert seen is not None
    return seen


def test_every_scene_is_staged_and_moved_without_graphics() -> None:
    canvas = unseen()
    stage = Stage(canvas, staged_world(Scene.DARK, 3))
    assert stage.points <= 80_000
    for scene in Scene:
        world = staged_world(scene, 3)
        for number in range(3):
            world.tick += 1
            view = stage.update(
                world, alpha=0.5, mouth=0.3, voice_level=0.2, predicted_s=number / 60, frame_dt_s=1.0 / 60.0
            )
        assert np.isfinite(view.eye).all()
    canvas.close()


def test_the_eye_glides_between_steps_and_leaps_where_the_world_leaps() -> None:
    canvas = unseen()
    world = staged_world(Scene.PAINT, 3)
    stage = Stage(canvas, world)
    x, y, z = world.player.position

    def eye_y(alpha: float) -> float:
        return stage.update(
            world, alpha=alpha, mouth=0.0, voice_level=0.0, predicted_s=0.0, frame_dt_s=1.0 / 60.0
        ).eye[1]

    world.tick, world.player.position = 1, (x, y + 0.1, z)
    assert abs(eye_y(0.0) - y) < 1e-6
    assert abs(eye_y(0.5) - (y + 0.05)) < 1e-6
    assert abs(eye_y(1.0) - (y + 0.1)) < 1e-6
    world.tick, world.player.position = 2, (x, y + 9.0, z)
    assert abs(eye_y(0.1) - (y + 9.0)) < 1e-6
    canvas.close()


def test_words_are_cut_cleaned_and_kept_in_lines() -> None:
    lines = readable("a\x00b\n" + "very long words of light " * 40)
    assert 1 < len(lines) <= MOST_LINES
    assert all(len(line) <= LINE_CHARACTERS for line in lines)
    assert readable(" \n\t") == []
    columns = letters(["light"], np.random.default_rng(1))
    width = np.ptp(columns["vertex"][:, 0])
    assert 0.1 < width < 0.6
    assert abs(columns["vertex"][:, 0].mean()) < 0.05


def test_words_that_have_gone_leave_the_scene() -> None:
    canvas = unseen()
    world = staged_world(Scene.PAINT, 3)
    stage = Stage(canvas, world)

    def clouds() -> int:
        stage.update(world, alpha=1.0, mouth=0.0, voice_level=0.0, predicted_s=0.0, frame_dt_s=0.016)
        return len(canvas.root.find("**/pane").get_children())

    assert clouds() == 0
    world.words = [LightWords(text="hello", born_s=0.0, lasts_s=3.0, kind="heard")]
    assert clouds() == 1
    world.words = [LightWords(text="\x07 ", born_s=1.0, lasts_s=3.0, kind="heard")]
    assert clouds() == 0
    canvas.close()


def test_the_dark_holds_one_mote_and_else_exactly_nothing(display: AnyDisplay) -> None:
    world = staged_world(Scene.DARK, 7)
    world.way_glow = 0.25
    stage = Stage(display, world)
    seen = picture(display, world, stage=stage)
    assert seen.max() > 100
    assert (seen.max(axis=2) > 8).mean() < 0.05
    assert (seen.max(axis=2) == 0).mean() > 0.5
    world.mote = 0.0
    assert picture(display, world, stage=stage).max() == 0


def test_painted_rock_is_warm_light_on_black(display: AnyDisplay) -> None:
    seen = picture(display, staged_world(Scene.PAINT, 7)).astype(np.float64)
    assert seen[:, :, 0].sum() > 1.4 * seen[:, :, 2].sum()
    assert (seen.max(axis=2) > 40).mean() > 0.005
    assert (seen.max(axis=2) == 0).mean() > 0.1


def test_eyes_in_the_dark_are_cold_and_the_child_is_hidden_without_them(display: AnyDisplay) -> None:
    world = staged_world(Scene.EYES, 7)
    world.paint[:] = 0.0
    world.way_glow = 0.0
    stage = Stage(display, world)
    seen = picture(display, world, stage=stage).astype(np.float64)
    assert seen.max() > 150
    assert seen[:, :, 2].sum() > seen[:, :, 0].sum()
    world.child.eyes = 0.0
    assert picture(display, world, stage=stage).max() == 0


def test_the_rim_lights_the_border_and_not_the_middle(display: AnyDisplay) -> None:
    world = staged_world(Scene.DARK, 7)
    world.mote, world.rim = 0.0, 1.0
    seen = picture(display, world)
    assert seen[0, 0, 0] > 60
    assert seen[0, 0, 0] > seen[0, 0, 2]
    assert seen[SIZE[1] // 2, SIZE[0] // 2].max() == 0


def test_mirrors_turn_the_picture_and_nothing_else() -> None:
    plain = offscreen()
    straight = picture(plain, staged_world(Scene.PAINT, 7)).astype(np.int16)
    plain.close()
    for mirror, turned in (
        (Mirror.REAR, straight[:, ::-1]),
        (Mirror.CEILING, straight[::-1, ::-1]),
    ):
        shown = offscreen(Room(screens=(Screen(mirror=mirror),)))
        found = picture(shown, staged_world(Scene.PAINT, 7)).astype(np.int16)
        shown.close()
        # The grain stays on the screen, so single pixels differ by a step of dither.
        assert np.abs(found - turned).max() <= 2


def test_a_pinned_picture_stays_inside_its_corners() -> None:
    corners = ((0.2, 0.1), (0.9, 0.2), (0.8, 0.9), (0.1, 0.8))
    shown = offscreen(Room(screens=(Screen(corners=corners),)))
    world = staged_world(Scene.PAINT, 7)
    world.rim = 1.0
    seen = picture(shown, world).max(axis=2)
    shown.close()
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    points = np.stack([(columns + 0.5) / SIZE[0], (rows + 0.5) / SIZE[1]], axis=2)
    inside = np.ones(seen.shape, dtype=np.bool_)
    for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
        edge = np.array(b) - np.array(a)
        off = points - np.array(a)
        inside &= edge[0] * off[:, :, 1] - edge[1] * off[:, :, 0] > -0.008
    assert seen[~inside].max() == 0
    assert seen[inside].max() > 100


def test_more_quality_is_more_of_everything_and_less_light_of_each_point() -> None:
    low, medium, high = (AMOUNTS[quality] for quality in Quality)
    for name in ("points", "streams", "contours", "length", "dome", "skin", "dust", "per_bone"):
        assert getattr(low, name) < getattr(medium, name) < getattr(high, name)
    assert low.gain > medium.gain > high.gain
