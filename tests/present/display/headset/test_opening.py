"""The opening in the player's wall: where a pixel looks through it, what is cut at it, where one stands."""

import math
import random
from itertools import pairwise

import panda3d.core as p3d
import pytest

from game.present.display.headset import axes
from game.present.display.headset.axes import Vec3
from game.present.display.headset.comfort import Flick, Motion, grown
from game.present.display.headset.ground import Ground
from game.present.display.headset.lip import outline
from game.present.display.headset.opening import (
    CLOSEST_M,
    HOLE_M,
    Opening,
    dot,
    edge_m,
    lift_m,
    minus,
    opened,
)
from game.present.display.headset.runtime import Eye, Pose
from game.present.display.headset.sides import before_wall, behind_wall, projection

FOV = (-0.9, 0.7, 0.75, -0.85)


def eye(at: Vec3, yaw_rad: float = 0.0, pitch_rad: float = 0.0) -> Eye:
    c, s = math.cos(yaw_rad / 2), math.sin(-yaw_rad / 2)
    u, v = math.cos(pitch_rad / 2), math.sin(pitch_rad / 2)
    return Eye(pose=Pose(at_m=at, turn=(c * u, c * v, s * v, s * u)), fov=FOV)


def cases() -> list[tuple[Opening, Eye]]:
    rng = random.Random(4)
    made = []
    for _ in range(24):
        wall = Opening(
            at_m=(rng.uniform(-1, 1), rng.uniform(1, 3), rng.uniform(-0.5, 0.5)),
            yaw_rad=rng.uniform(-math.pi, math.pi),
        )
        # Somewhere before the wall, looking about.
        away = rng.uniform(0.4, 3.0)
        aside = rng.uniform(-1.5, 1.5)
        at = tuple(
            p - away * a + aside * r for p, a, r in zip(wall.at_m, wall.ahead, wall.right, strict=True)
        )
        head = (at[0], at[1], wall.at_m[2] + rng.uniform(0.9, 1.9))
        made.append((wall, eye(head, wall.yaw_rad + rng.uniform(-0.9, 0.9), rng.uniform(-0.6, 0.6))))
    return made


@pytest.mark.parametrize(("wall", "seen"), cases())
def test_a_pixel_looks_at_the_place_of_the_wall_that_its_ray_meets(wall: Opening, seen: Eye) -> None:
    rows = wall.seen_by(seen)
    left, right, up, down = (math.tan(angle) for angle in FOV)
    for u, v in ((0.0, 0.0), (0.3, 0.8), (1.0, 0.5)):
        way = axes.rotated(seen.pose.turn, (left + u * (right - left), 1.0, down + v * (up - down)))
        x, y, w = (dot(row, (u, v, 1.0)) for row in rows)
        into = dot(wall.ahead, way)
        assert (w > 0.0) is (into > 0.0)
        if into > 0.05:
            far = -wall.behind_m(seen.pose.at_m) / into
            met = tuple(a + far * b for a, b in zip(seen.pose.at_m, way, strict=True))
            foot = minus((met[0], met[1], met[2]), wall.at_m)
            assert (x / w, y / w) == pytest.approx((dot(wall.right, foot), foot[2]), abs=1e-6)


@pytest.mark.parametrize(("wall", "seen"), cases())
def test_the_cave_is_cut_at_the_wall_from_behind_and_the_room_from_before(wall: Opening, seen: Eye) -> None:
    lens, plane = projection(FOV), wall.before(seen)
    cave, room = behind_wall(lens, FOV, plane), before_wall(lens, plane)
    rng = random.Random(5)
    for _ in range(200):
        far = rng.uniform(0.3, 20.0)
        place = p3d.LVecBase4(far * rng.uniform(-0.8, 0.6), far, far * rng.uniform(-0.7, 0.6), 1.0)
        at = axes.rotated(seen.pose.turn, (place[0], place[1], place[2]))
        behind_m = wall.behind_m(tuple(a + b for a, b in zip(seen.pose.at_m, at, strict=True)))  # type: ignore[arg-type]
        if abs(behind_m) < 1e-3:
            continue
        for matrix, shown in ((cave, behind_m > 0.0), (room, behind_m < 0.0)):
            plain, made = lens.xform(place), matrix.xform(place)
            assert (made[0], made[1], made[3]) == pytest.approx((plain[0], plain[1], plain[3]))
            assert (-made[3] <= made[2] <= made[3]) is shown


def test_nearer_things_hide_farther_ones_on_both_sides() -> None:
    wall, seen = Opening(at_m=(0.0, 2.4, 0.0), yaw_rad=0.0), eye((0.0, 0.0, 1.6))
    lens, plane = projection(FOV), wall.before(seen)
    for matrix, places in (
        (behind_wall(lens, FOV, plane), [2.5, 3.0, 6.0, 20.0, 60.0]),
        (before_wall(lens, plane), [0.2, 0.6, 1.2, 2.0, 2.3]),
    ):
        depths = []
        for far in places:
            clip = matrix.xform(p3d.LVecBase4(0.0, far, 0.0, 1.0))
            depths.append(clip[2] / clip[3])
        assert depths == sorted(depths)
        assert min(b - a for a, b in pairwise(depths)) > 1e-5


def test_the_opening_reaches_from_the_floor_to_over_a_head() -> None:
    assert edge_m(0.0, 1.0) < -0.5
    assert edge_m(0.0, -0.01) > 0.0
    assert all(edge_m(x, 0.2) < 0.0 for x in (-0.9, 0.0, 0.9))
    assert edge_m(0.0, 1.75) < 0.0
    assert edge_m(0.0, 2.4) > 0.0
    assert min(edge_m(-1.4, 0.5), edge_m(1.4, 0.5)) > 0.0


def test_the_wall_gives_way_to_a_head_and_stands_where_one_began() -> None:
    far = opened((1.0, 2.0, 0.0), math.pi / 2, away_m=2.4, head=(1.0, 2.0, 1.6))
    assert far.at_m == pytest.approx((3.4, 2.0, 0.0))
    near = opened((1.0, 2.0, 0.0), math.pi / 2, away_m=2.4, head=(3.3, 2.0, 1.6))
    assert -near.behind_m((3.3, 2.0, 1.6)) == pytest.approx(CLOSEST_M)


def test_a_hole_in_the_floor_never_comes_near_the_player() -> None:
    middle, yaw_rad = (1.0, 2.0, 0.0), 0.7
    for ahead_m in (0.0, 0.5, 1.4, 3.0):
        head = (1.0 + ahead_m * math.sin(yaw_rad), 2.0 + ahead_m * math.cos(yaw_rad), 1.6)
        hole = opened(middle, yaw_rad, away_m=1.0, head=head, floor=True)
        nearest = min(
            math.hypot(
                *(hole.at_m[n] + x * hole.right[n] + y * hole.up[n] - head[n] for n in (0, 1))
            )
            for x, y in outline()
        )  # fmt: skip
        assert nearest >= 0.8
    assert edge_m(0.0, HOLE_M[1], floor=True) < -1.0


def test_a_pixel_looks_at_the_place_of_the_floor_that_its_ray_meets() -> None:
    hole = Opening(at_m=(0.4, 1.5, 0.1), yaw_rad=0.3, floor=True)
    seen = eye((0.1, 0.0, 1.7), 0.2, -0.6)
    rows = hole.seen_by(seen)
    left, right, up, down = (math.tan(angle) for angle in FOV)
    for u, v in ((0.1, 0.0), (0.5, 0.4), (0.9, 0.6)):
        way = axes.rotated(seen.pose.turn, (left + u * (right - left), 1.0, down + v * (up - down)))
        x, y, w = (dot(row, (u, v, 1.0)) for row in rows)
        far = (0.1 - 1.7) / way[2]
        met = (0.1 + far * way[0], far * way[1], 0.1)
        foot = minus(met, hole.at_m)
        assert w > 0.0
        assert (x / w, y / w) == pytest.approx((dot(hole.right, foot), dot(hole.up, foot)), abs=1e-6)
    assert hole.behind_m((0.0, 3.0, -0.4)) == pytest.approx(0.5)


def test_who_comes_out_stands_on_the_real_floor() -> None:
    # The cave's floor is 12 cm lower than the room's here.
    assert lift_m(2.0, -0.12) == 0.0
    assert lift_m(-0.5, -0.12) == pytest.approx(0.12)
    assert 0.0 < lift_m(0.3, -0.12) < 0.12


def both(at: Vec3, yaw_rad: float) -> tuple[Eye, Eye]:
    return eye(at, yaw_rad), eye(at, yaw_rad)


def test_the_cave_turns_about_the_head_and_the_wall_stays() -> None:
    ground = Ground()
    ground.begin(both((1.0, 2.0, 1.6), 0.4), floor_m=0.0)
    wall = ground.opening(both((1.0, 2.0, 1.6), 0.4), 2.4)
    seen = both((1.5, 2.3, 1.7), 0.1)
    before, at = ground.head(seen), ground.in_cave((10.0, 20.0, 0.0), 0.7)
    ground.turn(seen, math.radians(30.0))
    after = ground.head(seen)
    assert after.at_m == pytest.approx(before.at_m)
    assert axes.yaw_of(after.turn) - axes.yaw_of(before.turn) == pytest.approx(math.radians(30.0))
    assert ground.opening(both((1.0, 2.0, 1.6), 0.4), 2.4) == wall
    assert ground.in_cave((10.0, 20.0, 0.0), 0.7)[1] - at[1] == pytest.approx(math.radians(30.0))
    # All that is tracked turns along: what was before the player is to their left now.
    ahead = ground.about((1.5, 3.3, 1.7))
    assert ahead != before.at_m


def test_a_hole_is_where_it_was_when_the_cave_has_turned() -> None:
    ground, seen = Ground(), both((1.0, 2.0, 1.6), 0.4)
    ground.begin(seen, floor_m=0.0)
    hole = ground.opening(seen, 1.5, floor=True)
    assert hole is not None
    assert ground.towards(hole.at_m) == pytest.approx(0.0)
    # Who turns to the right in the cave still looks at it: there it is to the right.
    ground.turn(seen, math.radians(30.0))
    assert ground.towards(hole.at_m) == pytest.approx(math.radians(30.0))


def test_a_vignette_comes_with_motion_and_goes_with_rest() -> None:
    motion, t_s, y = Motion(), 0.0, 0.0

    def walk(seconds: float, mps: float) -> None:
        nonlocal t_s, y
        for _ in range(round(seconds * 60)):
            t_s += 1 / 60
            y += mps / 60
            motion.feed((0.0, y, 0.0), 0.0, t_s)

    walk(1.0, 0.0)
    assert motion.vignette == 0.0
    walk(2.0, 1.2)
    assert motion.vignette > 0.95
    walk(2.0, 0.0)
    assert motion.vignette < 0.02


def test_a_turn_in_a_step_is_made_in_a_blink_and_a_slow_one_is_not() -> None:
    motion = Motion()
    for number in range(30):
        motion.feed((0.0, 0.0, 0.0), 0.01 * number, number / 60)
        assert motion.light(number / 60) == 1.0
    motion.feed((0.0, 0.0, 0.0), 0.3 + 0.52, 0.5)
    assert motion.light(0.5) == 0.0
    assert 0.0 < motion.light(0.65) < 1.0
    assert motion.light(1.0) == 1.0
    assert motion.vignette == 0.0


def test_a_stick_turns_once_for_each_push() -> None:
    flick = Flick()
    assert [flick.feed(x) for x in (0.0, 0.5, 0.9, 1.0, 0.5, 0.9, 0.1, -0.8, -1.0)] == [
        0, 0, 1, 0, 0, 0, 0, -1, 0,
    ]  # fmt: skip


def test_the_wall_opens_from_nothing_to_whole() -> None:
    assert grown(-math.inf) == 0.0
    assert 0.0 < grown(0.5) < grown(2.0) < 1.0
    assert grown(10.0) == 1.0
