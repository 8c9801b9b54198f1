"""What of the cave stands still: rock, crystals, water, dust and fog, built once; shaders move its light."""

import numpy as np
import panda3d.core as p3d

from game.present import air, crystals, hall, shading, water
from game.present.amounts import AMOUNTS, Quality
from game.present.boulders import SHARE, boulder_bodies, boulder_points, boulder_strands
from game.present.rock import flow_strands, rock_points, scan_strands, survey
from game.present.sight import MIRRORED_M, Sight, groups_of_points, groups_of_ribbons, ordered
from game.world.cave import Cave


class Scenery:
    """Builds all of it below ``root``, one draw call a kind."""

    def __init__(
        self,
        root: p3d.NodePath,
        shaders: shading.Shaders,
        cave: Cave,
        quality: Quality,
        rng: np.random.Generator,
    ) -> None:
        amounts = AMOUNTS[quality]
        rocks = [survey(cave, index) for index in range(len(cave.tunnels))]
        stones = crystals.crystal_points(cave, amounts.fineness, rng)
        flows = flow_strands(rocks, amounts.streams, amounts.length, rng)
        scans = scan_strands(rocks, cave.way_out, amounts.scans, amounts.length, amounts.apart_m, rng)
        blocks = boulder_points(cave, int(amounts.points * SHARE), rng)
        bands = boulder_strands(cave, amounts.length, amounts.apart_m, rng)
        left = amounts.points - len(blocks["vertex"])
        grains = rock_points(rocks, cave.way_out, left, amounts.apart_m, rng)
        halls = [hall.survey(tunnel) for tunnel in cave.tunnels if not tunnel.next]
        arms = amounts.scans // 12
        apart_m = 1.6 * amounts.apart_m
        domes = [hall.dome_strands(dome, arms, amounts.length, apart_m, rng) for dome in halls]
        clouds = [hall.dome_points(dome, amounts.dome, apart_m, rng) for dome in halls]
        clouds += [grains, blocks, stones]
        cloud = ordered({name: np.concatenate([part[name] for part in clouds]) for name in grains})
        lined = [flows, scans, *domes] + ([bands] if bands else [])
        strands = {name: np.concatenate([part[name] for part in lined]) for name in flows}
        self.water = water.Water(root, cave)
        shown = water.mirrored(cloud, cave, amounts.mirrored, rng)
        self.points = sum(len(part["vertex"]) for part in (cloud, strands, shown))
        """With the Child's skin, which is as much of the picture."""
        self.points += amounts.skin + amounts.dust
        rock = shaders.make("rock", "grain")
        above = shading.points(cloud, rock, name="rock")
        above.reparent_to(root)
        below = shading.points(shown, rock, name="water")
        below.set_shader_input("mirror", 1.0)
        below.reparent_to(root)
        corners = shading.ribbon_corners(len(strands["vertex"]) // (2 * amounts.length), amounts.length)
        lines = shading.triangles(strands, corners, shaders.make("strand", "strand"), name="strands")
        lines.reparent_to(root)
        self.sights: list[Sight] = []
        """Parts of it that a renderer in software draws where they may be seen only."""
        if quality is Quality.LOW:
            image = {**shown, "vertex": shown["vertex"].copy()}
            image["vertex"][:, 2] = 2.0 * water.films(shown, cave) - image["vertex"][:, 2]
            thin = amounts.thinned
            self.sights = [
                Sight(above, cloud, groups_of_points(len(cloud["vertex"])), thinned=thin),
                Sight(
                    below, image, groups_of_points(len(image["vertex"])), thinned=thin, strays_m=MIRRORED_M
                ),
                Sight(lines, strands, groups_of_ribbons(corners, amounts.length), thinned=thin),
            ]
        else:
            again = lines.copy_to(root)
            again.set_name("water's strands")
            again.set_shader_input("mirror", 1.0)
            self.points += len(strands["vertex"])
        motes = air.dust_points(cave, amounts.dust, rng)
        shading.points(motes, shaders.make("dust", "grain"), name="dust").reparent_to(root)
        banks, bank_corners = air.fog_banks(cave, amounts.fog, rng)
        shading.triangles(banks, bank_corners, shaders.make("fog", "fog"), name="fog").reparent_to(root)
        boulder_bodies(cave, shaders, coarse=quality is Quality.LOW).reparent_to(root)
