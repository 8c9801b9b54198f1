"""What is nearer hides what is farther: the Child words of light, a boulder the Child's face; and the border
that shows while corners are set."""

import math
from collections.abc import Iterator

import numpy as np
import panda3d.core as p3d
import pytest

from game.present import shading
from game.present.boulders import boulder_bodies, boulder_points
from game.present.child import ChildFigure
from game.present.child_figure import Doing
from game.present.display import AnyDisplay, NoGraphics, open_display
from game.present.display.pace import ToldPacer
from game.present.display.panda import PandaDisplay
from game.present.display.view import FRAME_ROWS
from game.present.viewpoint import place_cameras, place_pane
from game.present.water import Water
from game.present.words import Words
from game.world.cave import grow
from game.world.state import Child, LightWords, Pose
from npc.assets import asset

AHEAD = (0.0, 3.0, 0.0)
SIZE = (320, 180)


@pytest.fixture
def display() -> Iterator[AnyDisplay]:
    try:
        shown = open_display(
            "offscreen", size=SIZE, pacer=ToldPacer(now=lambda: 0.0), shaders=asset("shaders")
        )
    except NoGraphics as error:
        pytest.skip(str(error))
    yield shown
    shown.close()


def draw(display: AnyDisplay, frame: shading.Uniforms, feet: tuple[float, float, float] = (0.0, 0.0, 0.0),
         yaw_rad: float = 0.0) -> np.ndarray:  # fmt: skip
    """(height, width) light of the picture from eyes over ``feet``."""
    place_cameras(display.views, room=display.room, feet=feet, yaw_rad=yaw_rad, head=(0.0, 0.0, 0.0))
    frame.values[1] = (1.0, 1.0, 1.0, 0.5)
    for one in display.views:
        one.share(frame.values)
    display.set_mood(exposure=1.0, rim=0.0, time_s=0.0)
    display.begin()
    display.submit()
    picture = display.read_rgb()
    assert picture is not None
    return np.asarray(picture.astype(np.int64).sum(axis=2))


def stand(figure: ChildFigure, at: tuple[float, float, float], eye: tuple[float, float, float]) -> None:
    child = Child(body=1.0, eyes=1.0, warmth=0.0)
    yaw = math.atan2(eye[0] - at[0], eye[1] - at[1])
    doing = Doing(position=at, yaw_rad=yaw, look_at=eye, pose=Pose.STAND, gesture=None, gesture_age_s=0.0,
                  speed_mps=0.0, has_light=False, mouth=0.0, heard=0.0, mood="warming")  # fmt: skip
    for _ in range(40):
        figure.update(child, doing, dt_s=0.02)


def test_a_child_before_words_hides_them_one_behind_does_not_and_new_words_stand_above(
    display: AnyDisplay,
) -> None:
    frame = shading.Uniforms(FRAME_ROWS)
    frame.bind(display.root, "frame")
    figure = ChildFigure(display.root, display.shaders, 300, np.random.default_rng(1))
    pane = display.root.attach_new_node("pane")
    words = Words(pane, display.shaders, np.random.default_rng(2))
    wall = display.room.rectangle(0, SIZE[0] / SIZE[1])
    rest = place_cameras(display.views, room=display.room, feet=(0, 0, 0), yaw_rad=0.0, head=(0, 0, 0))
    place_pane(pane, wall=wall, view=rest)
    said = [LightWords(text="MMMMMMMMMMMMMMMM", born_s=0.0, lasts_s=9.0, kind="heard")]
    lit = {}
    words.update(said, 3.0, AHEAD)
    for name, far_m in (("before", 1.5), ("behind", 4.0)):
        stand(figure, (0.0, far_m, 0.0), rest.eye)
        lit[name] = draw(display, frame)
        words.update([], 3.0, AHEAD)
        lit[f"{name} alone"] = draw(display, frame)
        words.update(said, 3.0, AHEAD)
    middle = slice(SIZE[0] // 2 - 8, SIZE[0] // 2 + 8)

    def of_words(name: str) -> int:
        """Light that the words add in the columns of the Child's body."""
        return int(np.abs(lit[name] - lit[f"{name} alone"])[:, middle].sum())

    assert of_words("behind") > 3000
    assert of_words("before") < 0.25 * of_words("behind")
    head = p3d.LPoint3f(0.0, 1.5, 0.7)
    before = words.standing(head, p3d.LPoint3f(*rest.eye))
    assert before is not None
    assert words.standing(p3d.LPoint3f(0.0, 4.0, 0.7), p3d.LPoint3f(*rest.eye)) is None
    words.update([], 3.0, AHEAD)
    later = LightWords(text="MMMMMMMMMMMMMMMM", born_s=1.0, lasts_s=9.0, kind="heard")
    words.update([later], 4.0, AHEAD, before)
    stand(figure, (0.0, 1.5, 0.0), rest.eye)
    above = draw(display, frame)
    words.update([], 4.0, AHEAD)
    assert int(np.abs(above - draw(display, frame))[:, middle].sum()) > 3000


def test_a_boulder_hides_the_face_behind_it_and_shines(display: AnyDisplay) -> None:
    cave = grow(7)
    frame = shading.Uniforms(FRAME_ROWS)
    frame.bind(display.root, "frame")
    paint = p3d.Texture("paint")
    paint.setup_2d_texture(4, 4, p3d.Texture.T_float, p3d.Texture.F_r32)
    paint.set_clear_color(p3d.LColor(1.0, 1.0, 1.0, 1.0))
    display.root.set_shader_input("paint", paint)
    Water(display.root, cave)
    columns = boulder_points(cave, 300, np.random.default_rng(1))
    assert 300 * len(cave.boulders) < len(columns["vertex"]) < 500 * len(cave.boulders)
    rock = cave.boulders[0]
    figure = ChildFigure(display.root, display.shaders, 300, np.random.default_rng(1))
    feet = (rock.x, rock.y - 2.5, rock.z)
    eye = (feet[0], feet[1], feet[2] + 1.5)
    stand(figure, (rock.x, rock.y + 0.8, rock.z - 0.75), eye)
    open_air = draw(display, frame, feet)
    bodies = boulder_bodies(cave, display.shaders, coarse=False)
    bodies.reparent_to(display.root)
    hidden = draw(display, frame, feet)
    assert int(open_air.sum()) > 10_000
    assert int(hidden.sum()) < 0.02 * int(open_air.sum())
    skin = shading.points(columns, display.shaders.make("rock", "grain"), name="rock")
    skin.reparent_to(display.root)
    assert int(draw(display, frame, feet).sum()) > 5_000


def test_corners_that_are_set_show_a_border_and_the_one_that_beats(display: AnyDisplay) -> None:
    assert isinstance(display, PandaDisplay)
    frame = shading.Uniforms(FRAME_ROWS)
    frame.bind(display.root, "frame")
    corners = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
    assert int(draw(display, frame).sum()) == 0
    display.pin(corners, 2)
    shown = draw(display, frame)
    at = {
        number: int(shown[round(y * SIZE[1]) - 8 : round(y * SIZE[1]) + 8,
                          round(x * SIZE[0]) - 8 : round(x * SIZE[0]) + 8].sum())
        for number, (x, y) in enumerate(corners)
    }  # fmt: skip
    assert min(at.values()) > 1000
    assert at[2] > 2.0 * max(light for number, light in at.items() if number != 2)
    # Nothing outside of the border but the dots, and nothing inside.
    assert int(shown[40:140, 60:260].sum()) == 0
    display.pin(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), None)
    assert int(draw(display, frame).sum()) == 0
