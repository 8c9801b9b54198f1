"""What is not drawn is not seen: a picture of the groups in sight is the picture of all of them."""

from collections.abc import Sequence

import numpy as np
import pytest

from game.cli.staging import staged_world
from game.present import shading
from game.present.display import NoGraphics, open_display
from game.present.display.pace import ToldPacer
from game.present.sight import Sight, groups_of_points, groups_of_ribbons
from game.present.stage import Stage
from game.present.viewpoint import Seen
from game.world.state import Scene
from npc.assets import asset


@pytest.mark.parametrize("scene", [Scene.PAINT, Scene.FORK])
def test_a_picture_lacks_nothing_for_what_is_out_of_sight(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        display = open_display(
            "offscreen", size=(320, 180), pacer=ToldPacer(now=lambda: 0.0), shaders=asset("shaders")
        )
    except NoGraphics as error:
        pytest.skip(str(error))
    world = staged_world(scene, 3)
    world.player.head = (0.3, 0.2, 0.1)
    stage = Stage(display, world)
    world.tick = 240
    drawn: list[int] = []
    own = Sight.show

    def everything(sight: Sight, seen: Sequence[Seen]) -> None:
        own(sight, ())

    pictures = []
    for _ in range(2):
        display.begin()
        stage.update(world, alpha=1.0, mouth=0.0, voice_level=0.0, predicted_s=world.time_s, frame_dt_s=0.0)
        display.submit()
        picture = display.read_rgb()
        assert picture is not None
        pictures.append(picture.astype(np.int64))
        drawn.append(sum(s.node.node().get_geom(0).get_primitive(0).get_num_vertices() for s in stage.sights))
        monkeypatch.setattr(Sight, "show", everything)
    display.close()
    assert drawn[0] < 0.75 * drawn[1]
    assert pictures[1].max() > 100
    # Light is added up in another order, in half floats.
    off = np.abs(pictures[0] - pictures[1])
    assert off.max() <= 6
    assert (off > 2).mean() < 1e-4


def test_groups_name_each_point_once_and_each_step_of_a_ribbon() -> None:
    points = groups_of_points(100)
    assert np.unique(points).tolist() == list(range(points.size))
    assert points.size > 80
    corners = shading.ribbon_corners(3, 9)
    steps = groups_of_ribbons(corners, 9).reshape(-1, 3)
    real = steps[(steps[:, 0] != steps[:, 1]) & (steps[:, 1] != steps[:, 2])]
    assert sorted(map(tuple, real.tolist())) == sorted(map(tuple, corners.tolist()))
