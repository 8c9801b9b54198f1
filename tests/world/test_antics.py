"""What the Child does of its own accord: it hides, peeks, climbs, ducks, catches, throws back, in no rock."""

import math

import numpy as np
import pytest

from game.clock import TICK_S
from game.interpret.intents import Action, GestureEvent, Intents
from game.world import antics, child, thrown
from game.world.boulders import Boulder
from game.world.cave import grow
from game.world.digest import world_hash
from game.world.geometry import vec3
from game.world.state import Doing, HandLight, LightWords, Pose, Scene, World
from tests.world.test_child_place import air_m

FRONT = np.array([(0.0, 0.09), (0.06, 0.06), (-0.06, 0.06), (0.0, -0.09)])
"""Its trunk about its middle: ahead and to the sides."""


def at_the_sight(seed: int, *, trust: float, mood: str) -> World:
    """A world in which nobody speaks and the Child stands where its trust lets it."""
    world = World(seed=seed, cave=grow(seed), scene=Scene.SIGHT, trust=trust, tick=1200)
    tunnel = world.cave.tunnels[world.cave.way_out]
    player = world.player
    player.tunnel, player.along_m = tunnel.index, tunnel.length_m - 6.0
    player.position, player.yaw_rad = vec3(tunnel.point(player.along_m)), tunnel.heading(player.along_m)
    world.child.pose, world.child.body, world.child.eyes, world.child.mood = Pose.STAND, 1.0, 1.0, mood
    child.keep_distance(world)
    assert world.child.goal is not None
    world.child.position, world.child.goal = world.child.goal, None
    return world


def tick(world: World, intents: Intents | None = None) -> None:
    world.tick += 1
    thrown.fly(world, intents or Intents())
    antics.play(world, intents or Intents())
    child.shine(world, body=1.0, eyes=1.0)
    child.keep_distance(world)
    child.move(world)
    antics.look(world)


def boulder(world: World) -> Boulder:
    assert world.child.antic is not None
    return world.cave.boulders[world.child.antic.boulder]


def in_boulder_m(world: World) -> float:
    """How far any part of its trunk is inside a boulder; 0 or less is free."""
    x, y, z = world.child.position
    deepest = -9.0
    for rock in world.cave.boulders:
        for dx, dy in FRONT:
            for up in (0.12, 0.3, 0.5, 0.7):
                part, height = (x + dx, y + dy), z + up - rock.z
                way, away = rock.towards(part), rock.away_m(part)
                inside = height < rock.height_at(way, 0.0) or height < rock.height_at(way, away)
                deepest = max(deepest, rock.girth_m(way, max(0.0, height)) - away if inside else -9.0)
    return deepest


@pytest.mark.parametrize("seed", [1, 4, 7, 9, 12])
def test_it_hides_behind_rock_dims_and_peeks(seed: int) -> None:
    world = at_the_sight(seed, trust=40.0, mood="wary")
    world.child.gesture, world.child.gesture_since_s = "hide", world.time_s
    poses, dark, deepest = [], 1.0, -9.0
    for _ in range(round(14.0 / TICK_S)):
        tick(world)
        antic = world.child.antic
        deepest = max(deepest, in_boulder_m(world))
        poses.append(world.child.pose)
        if antic is not None and antic.phase in ("down", "over"):
            rock, eyes = boulder(world), world.player.position
            dark = min(dark, world.child.body)
            # The rock is between them.
            assert rock.away_m(world.child.position) < rock.radius_m + 0.6
            assert math.dist(world.child.position, eyes) > rock.away_m(eyes)
    assert Pose.HIDDEN in poses
    assert Pose.PEEK in poses[poses.index(Pose.HIDDEN) :]
    assert dark < 0.12
    assert deepest < 0.0
    assert world.child.antic is None
    assert world.child.body > 0.8


@pytest.mark.parametrize("seed", [1, 4, 7, 9, 12])
def test_it_climbs_in_a_quiet_time_and_leaps_down_when_the_player_walks(seed: int) -> None:
    world = at_the_sight(seed, trust=10.0, mood="hostile")
    places, deepest, jumps = [], -9.0, []
    for number in range(round(16.0 / TICK_S)):
        before = world.child.position
        if number == round(9.0 / TICK_S):
            assert world.child.antic is not None
            assert world.child.antic.phase == "top"
            world.player.speed_mps = 0.4
        tick(world)
        places.append(world.child.position)
        jumps.append(math.dist(before, world.child.position))
        deepest = max(deepest, in_boulder_m(world))
    tops = [z for _, _, z in places]
    assert max(tops) > 0.5
    assert abs(tops[-1] - world.cave.walkable(places[-1], 0.0)[2]) < 0.03
    assert deepest < 0.0
    # It goes on without leaps in space: never more than 6 cm in a tick.
    assert max(jumps) < 0.06


def test_a_wary_child_does_not_climb_but_peeks_and_whoever_is_told_to_lead_comes_down() -> None:
    world = at_the_sight(7, trust=40.0, mood="wary")
    for _ in range(30):
        tick(world)
    assert world.child.antic is not None
    assert world.child.antic.doing is Doing.HIDE
    world = at_the_sight(7, trust=90.0, mood="friend")
    for _ in range(round(7.0 / TICK_S)):
        tick(world)
    assert world.child.position[2] > 0.5
    world.scene = Scene.LEAD
    for _ in range(round(2.0 / TICK_S)):
        tick(world)
    assert world.child.antic is None
    assert world.child.position[2] < 0.1


def throw(world: World, *, hard: float, words: str = "") -> Intents:
    eyes = (*world.player.position[:2], world.player.position[2] + 1.4)
    to = np.array(world.child.position) + np.array([0.2, 0.0, 0.5]) - np.array(eyes)
    target = vec3(np.array(eyes) + 3.0 * to)
    world.hands = [
        HandLight(side="right", aim=(0.0, 0.0), shape=(), strength=1.0, pinch=0.0, point=0.0, origin=eyes,
                  target=target)
    ]  # fmt: skip
    if words:
        world.words = [LightWords(text=words, born_s=world.time_s, lasts_s=3.0, kind="heard")]
    event = GestureEvent(name=Action.THROW, side="right", start_s=0.0, end_s=None, value=hard, confidence=1.0)
    return Intents(gestures=(event,))


@pytest.mark.parametrize(
    ("mood", "trust", "back"), [("hostile", 10.0, True), ("wary", 40.0, False), ("warming", 60.0, True)]
)
def test_it_catches_a_thrown_word_looks_at_it_and_decides(mood: str, trust: float, back: bool) -> None:
    world = at_the_sight(7, trust=trust, mood=mood)
    world.talk.silent_since_s = world.time_s
    tick(world, throw(world, hard=0.3, words="you little lamp"))
    assert [one.text for one in world.thrown] == ["you little lamp"]
    assert not world.words
    reached, held, looked, returned, follows_through, lowest_m = 0, 0, 0, 0, 0, math.inf
    for _ in range(round(6.0 / TICK_S)):
        tick(world)
        one = world.thrown[0] if world.thrown else None
        lowest_m = min(lowest_m, one.position[2]) if one is not None else lowest_m
        follows_through += world.child.antic is not None and world.child.antic.phase == "away"
        reached += world.child.pose is Pose.REACH and world.child.reach is not None
        if one is not None and one.held:
            held += 1
            looked += math.dist(world.child.look_at, one.position) < 0.25
        returned += one is not None and one.by == "child" and math.hypot(*one.velocity) > 2.0
    assert reached > 6
    assert held > 100
    assert looked > 40
    assert (returned > 10) is back
    assert follows_through == pytest.approx(0.35 / TICK_S if back else 0.0, abs=2.0)
    assert lowest_m > world.child.position[2] - 0.05  # What it lets fall fades on the floor.
    assert not world.thrown
    assert world.child.antic is None


def test_a_friend_keeps_what_it_is_thrown() -> None:
    world = at_the_sight(7, trust=90.0, mood="friend")
    world.talk.silent_since_s = world.time_s
    tick(world, throw(world, hard=0.2))
    gestures = set()
    for _ in range(round(6.0 / TICK_S)):
        tick(world)
        gestures.add(world.child.gesture)
    assert "glow" in gestures
    assert not world.thrown


@pytest.mark.parametrize("scene", [Scene.SIGHT, Scene.LEAD])
def test_a_hostile_child_ducks_below_what_is_thrown_hard(scene: Scene) -> None:
    world = at_the_sight(7, trust=10.0, mood="hostile")
    world.scene = scene
    world.talk.silent_since_s = world.time_s
    tick(world, throw(world, hard=1.0, words="shit"))
    ducked, stared = 0, 0
    for _ in range(round(4.0 / TICK_S)):
        tick(world)
        ducked += world.child.pose is Pose.CROUCH
        stared += world.child.gesture == "stare"
        assert not any(one.held for one in world.thrown)
    assert ducked > 30
    assert stared
    assert not world.thrown


def test_an_empty_hand_throws_nothing() -> None:
    world = at_the_sight(7, trust=60.0, mood="warming")
    world.light_stolen = True
    tick(world, throw(world, hard=0.5))
    assert not world.thrown


def test_the_same_play_gives_the_same_world() -> None:
    hashes = []
    for _ in range(2):
        world = at_the_sight(4, trust=10.0, mood="hostile")
        for number in range(900):
            tick(world, throw(world, hard=0.4) if number == 700 else None)
        hashes.append(world_hash(world))
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("seed", [1, 3, 7, 11])
def test_boulders_leave_the_rail_free_and_a_place_behind_them(seed: int) -> None:
    cave = grow(seed)
    assert len(cave.boulders) >= 4
    behind = []
    for rock in cave.boulders:
        assert abs(rock.aside_m) - rock.radius_m > 0.45
        rail = cave.tunnels[rock.tunnel].point(rock.along_m - 3.0)
        way = rock.towards(vec3(rail))
        spot = rock.beside((-way[0], -way[1]), rock.radius_m + 0.33)
        place = vec3(cave.walkable(spot, 0.31))
        assert rock.away_m(place) > rock.radius_m + 0.28
        behind.append(place)
    assert air_m(cave, np.array(behind)).min() > 0.0


@pytest.mark.parametrize("seed", [1, 7])
def test_its_skin_is_its_shape(seed: int) -> None:
    around, part = np.meshgrid(np.linspace(0.0, 6.0, 40), np.linspace(0.0, 1.0, 20))
    for rock in grow(seed).boulders:
        for one in (rock, *rock.fragments):
            points, normals = one.surface(around.reshape(-1), part.reshape(-1))
            rays = points - np.array([one.x, one.y, one.z])
            rays /= np.maximum(1e-9, np.sqrt((rays**2).sum(axis=1)))[:, None]
            creases = one.cast(np.zeros_like(rays), rays)[3]
            for point, normal, crease_m in zip(points, normals, creases, strict=True):
                place = vec3(point)
                way, away, up = one.towards(place), one.away_m(place), place[2] - one.z
                assert one.height_at(way, away) == pytest.approx(up, abs=1e-6)
                assert away <= one.radius_m + 1e-3
                assert one.girth_m(way, up) >= away - 1e-6
                if len(one.blocks) == 1 and up < 0.5 * one.height_at(way, 0.0):
                    assert one.girth_m(way, up) == pytest.approx(away, abs=1e-3)
                assert math.isclose(float(normal @ normal), 1.0, abs_tol=1e-6)
                if crease_m < 0.02:
                    continue  # A step out of one block is a step into another.
                outside = vec3(point + 0.01 * normal)
                assert outside[2] - one.z > one.height_at(one.towards(outside), one.away_m(outside))


def test_no_boulder_is_round_nor_like_another_and_rubble_leaves_the_climb_free() -> None:
    proportions = []
    for rock in grow(7).boulders:
        ways = [(math.cos(n), math.sin(n)) for n in np.linspace(0.0, math.tau, 48, endpoint=False)]
        foot = [rock.girth_m(way, 0.0) for way in ways]
        crown = [rock.rim_m(way) for way in ways]
        assert max(foot) > 1.12 * min(foot)
        # A broken shoulder: on some side the crown ends much earlier than on another.
        assert max(crown) > 1.3 * min(crown)
        proportions.append(rock.height_m / max(foot))
        # Its silhouette is broken: the fin stands above the crown, the shoulder lies below it.
        around = np.linspace(0.0, math.tau, 60, endpoint=False)
        points, _ = rock.surface(np.repeat(around, 24), np.tile(np.linspace(0.0, 1.0, 24), 60))
        assert points[:, 2].max() - rock.z > 1.02 * rock.height_m
        rail = rock.towards(vec3(grow(7).tunnels[rock.tunnel].point(rock.along_m)))
        assert 8 <= len(rock.fragments) <= 14
        for piece in rock.fragments:
            aside = rock.towards((piece.x, piece.y))
            if aside[0] * rail[0] + aside[1] * rail[1] > 0.0:
                # Where it is climbed and passed: nothing to stumble over.
                assert aside[0] * rail[0] + aside[1] * rail[1] < 0.7
                assert piece.height_m < 0.11
            assert piece.height_m < 0.24
    assert max(proportions) > 1.2 * min(proportions)
