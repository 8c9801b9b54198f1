import numpy as np
import pytest

from game.world.cave import EYE_HEIGHT_M, Cave, grow


@pytest.fixture(scope="module")
def cave() -> Cave:
    return grow(7)


def test_the_same_seed_grows_the_same_cave_and_another_seed_another(cave: Cave) -> None:
    again, other = grow(7), grow(8)
    assert np.array_equal(cave.tunnels[0].centre, again.tunnels[0].centre)
    assert np.array_equal(cave.crystals, again.crystals)
    assert not np.array_equal(cave.tunnels[0].centre, other.tunnels[0].centre)


@pytest.mark.parametrize("seed", range(12))
def test_the_words_of_the_way_out_name_its_tunnel_and_it_glows_red(seed: int) -> None:
    cave = grow(seed)
    tunnel = cave.tunnels[cave.way_out]
    assert cave.way_out_words.startswith(tunnel.name)
    assert tunnel.glow[0] > tunnel.glow[2]


@pytest.mark.parametrize("seed", range(6))
def test_the_rail_runs_through_air_high_enough_for_the_player(seed: int) -> None:
    for tunnel in grow(seed).tunnels:
        for along_m in np.linspace(1.0, tunnel.length_m - 1.0, 20):
            eyes = tunnel.point(float(along_m)) + np.array([0.0, 0.0, EYE_HEIGHT_M])
            assert tunnel.contains(eyes[None, :], margin_m=0.3)[0]


def test_the_branches_go_on_from_the_end_of_the_gallery(cave: Cave) -> None:
    end = cave.tunnels[0].point(cave.tunnels[0].length_m)
    for index in cave.tunnels[0].next:
        assert np.allclose(cave.tunnels[index].point(0.0), end, atol=1e-6)


def test_a_ray_from_the_rail_meets_rock_within_its_reach(cave: Cave) -> None:
    eyes = cave.tunnels[0].point(5.0) + np.array([0.0, 0.0, EYE_HEIGHT_M])
    hit = cave.cast(eyes, (1.0, 0.0, 0.0))
    gap = float(np.linalg.norm(hit - eyes))
    assert 0.8 * cave.tunnels[0].radius_at(5.0) < gap < 2.0 * cave.tunnels[0].radius_at(5.0)


def test_the_floor_is_nearly_flat_where_one_walks(cave: Cave) -> None:
    tunnel = cave.tunnels[0]
    along = np.linspace(2.0, 12.0, 200)
    floor = tunnel.surface(along, np.full(200, -np.pi / 2))
    walked = np.array([tunnel.point(float(s))[2] for s in along])
    assert np.abs(floor[:, 2] - walked).max() < 0.25


def test_paint_cells_run_along_and_around(cave: Cave) -> None:
    tunnel = cave.tunnels[0]
    near, far = (cave.paint_cell(tunnel.surface(np.array([s]), np.array([0.3]))[0]) for s in (3.0, 20.0))
    assert near[0] == far[0] == 0
    assert near[1] < far[1]
    assert abs(near[2] - far[2]) <= 3
