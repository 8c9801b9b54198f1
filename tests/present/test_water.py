"""Water: films lie where the halls are, and mirror what stands above them."""

import numpy as np

from game.present import water
from game.present.rock import rock_points, survey
from game.world.cave import grow

CAVE = grow(7)
ROUNDS = [(x, y, radius, level) for x, y, radius, level in water.pools(CAVE).tolist()]


def test_the_halls_are_wet_and_where_one_wakes_it_is_dry() -> None:
    for tunnel in CAVE.tunnels[1:]:
        x, y, z = tunnel.point(tunnel.length_m - 3.0)
        assert water.wet(ROUNDS, (x, y, z)) > 0.9
    x, y, z = CAVE.tunnels[0].point(4.0)
    assert water.wet(ROUNDS, (x, y, z)) == 0.0


def test_a_film_at_another_height_does_not_wet() -> None:
    tunnel = CAVE.tunnels[1]
    x, y, z = tunnel.point(tunnel.length_m - 3.0)
    assert water.wet(ROUNDS, (x, y, z + 1.0)) == 0.0


def test_only_what_stands_above_a_film_and_can_be_seen_in_it_is_drawn_again() -> None:
    rng = np.random.default_rng(1)
    rocks = [survey(CAVE, index) for index in range(3)]
    cloud = rock_points(rocks, CAVE.way_out, 4_000, 0.3, rng)
    shown = water.mirrored(cloud, CAVE, 1.0, rng)
    film = np.array(water.levels(CAVE))
    far = shown["place"][:, 0] > 0.5
    tunnel = shown["place"][:, 2].astype(int)
    assert 0 < len(shown["vertex"]) < len(cloud["vertex"])
    assert (shown["vertex"][far, 2] > film[tunnel[far]]).all()
    assert (shown["place"][tunnel == 0, 0] > 0.5).all()


def test_the_eye_of_a_hall_is_mirrored_as_deep_as_it_stands_high() -> None:
    tunnel = CAVE.tunnels[CAVE.way_out]
    level = water.levels(CAVE)[CAVE.way_out]
    x, y, z = (float(v) for v in tunnel.point(tunnel.length_m - 9.0))
    at = tuple(float(v) for v in tunnel.point(tunnel.length_m) + np.array([0.0, 0.0, 3.0]))
    films = water.levels(CAVE)
    below, light = water.reflect(ROUNDS, films, (at[0], at[1], at[2]), (x, y, z + 1.5))
    assert light > 0.5
    np.testing.assert_allclose(below, (at[0], at[1], 2 * level - at[2]), atol=0.05)
    _, none = water.reflect(ROUNDS, films, (at[0], at[1], level - 1.0), (x, y, z + 1.5))
    assert none == 0.0
