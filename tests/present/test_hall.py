"""The hall's wall is rock that closes it, and no rings about its eye."""

import numpy as np

from game.present import hall
from game.world.cave import grow


def test_a_dome_closes_its_tunnel_above_the_floor_and_is_not_scanned_in_rings() -> None:
    cave = grow(7)
    tunnel = cave.tunnels[cave.way_out]
    dome = hall.survey(tunnel)
    radius = float(tunnel.radius[-1])
    off = dome.points - tunnel.centre[-1]
    assert (off @ tunnel.forward[-1]).min() > -0.6 * radius
    assert np.sqrt((off**2).sum(axis=2)).max() < 2.0 * radius
    assert dome.points[:, :, 2].min() > tunnel.centre[-1, 2] - tunnel.floor_m - 0.3
    assert np.allclose((dome.normals**2).sum(axis=2), 1.0)
    # Along a ring about the eye the scan crosses many of its lines.
    middle = dome.scan[len(dome.scan) // 2]
    assert np.ptp(middle) > radius
    cloud = hall.dome_points(dome, 2000, 0.2, np.random.default_rng(1))
    assert 500 < len(cloud["vertex"]) <= 2000
    assert (cloud["place"][:, 0] == 1.0).all()
    assert np.isfinite(cloud["vertex"]).all()
