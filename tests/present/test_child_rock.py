"""The Child's body while it hides, peeks, climbs, leaps and catches: feet that hold, eyes that meet, hands
that reach, and none of it in rock."""

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest

from game.clock import TICK_S
from game.present.child_body import Bone, digits, joint
from game.present.child_figure import Doing, Figure
from game.present.child_motion import ChildMotion
from game.present.child_reach import hands_at, rock_of
from game.world.geometry import vec3
from game.world.state import Pose, World
from game.world.walking import eyes_of
from tests.present.test_child_feet import SLIDE_M, ankle
from tests.present.test_child_gaze import NEAR_DEG, off_deg
from tests.world.test_antics import at_the_sight, throw, tick


def play(world: World, seconds: float) -> Iterator[tuple[Doing, Figure]]:
    """What the stage would tell the body, and the figure it makes of it, tick by tick."""
    motion = ChildMotion()
    for _ in range(round(seconds / TICK_S)):
        tick(world)
        one, rock = world.child, rock_of(world.child, world.cave)
        age_s = world.time_s - one.gesture_since_s
        doing = Doing(
            position=one.position, yaw_rad=one.yaw_rad, look_at=one.look_at, pose=one.pose,
            gesture=one.gesture, gesture_age_s=age_s, speed_mps=one.speed_mps, has_light=False, mouth=0.0,
            heard=0.0, mood=one.mood, rock=rock,
            hands_at=hands_at(one, rock, one.position, one.yaw_rad, age_s),
        )  # fmt: skip
        yield doing, motion.advance(doing, TICK_S)


def palm(figure: Figure, bone: Bone) -> np.ndarray:
    side = -1.0 if bone is Bone.HAND_L else 1.0
    return np.asarray(
        figure.bones[3 * bone : 3 * bone + 3].astype(np.float64) @ np.array([*joint("wrist", side), 1.0])
    )


def slides(figures: list[Figure]) -> float:
    """The farthest that a foot slid, in metres in any direction, while it stood."""
    worst = 0.0
    start: list[np.ndarray | None] = [None, None]
    for figure in figures:
        for side in (0, 1):
            at, first = ankle(figure, side), start[side]
            if not figure.planted[side]:
                start[side] = None
            elif first is None:
                start[side] = at
            else:
                worst = max(worst, math.dist(at, first))
    return worst


@pytest.mark.parametrize("seed", [1, 7])
def test_climbing_feet_hold_hands_grip_and_nothing_is_in_rock(seed: int) -> None:
    world = at_the_sight(seed, trust=10.0, mood="hostile")
    seen = list(play(world, 7.0))
    climb = [(doing, figure) for doing, figure in seen if doing.pose is Pose.CLIMB]
    assert len(climb) > 120
    assert slides([figure for _, figure in climb]) < SLIDE_M
    steps = sum(
        before.planted[side] and not after.planted[side]
        for (_, before), (_, after) in itertools.pairwise(climb)
        for side in (0, 1)
    )
    assert steps >= 5
    gripped = 0
    for doing, figure in climb:
        rock = doing.rock
        assert rock is not None
        for side in (0, 1):
            x, y, z = (float(n) for n in ankle(figure, side))
            away = rock.away_m((x, y))
            way = rock.towards((x, y))
            up = z - rock.z
            assert away > rock.girth_m(way, up) - 0.02 or up > rock.height_at(way, away) - 0.02
        for bone, goal in zip((Bone.HAND_L, Bone.HAND_R), doing.hands_at, strict=True):
            gripped += goal is not None and math.dist(palm(figure, bone), goal) < 0.05
    assert gripped > 80


@pytest.mark.parametrize(("mood", "trust"), [("hostile", 10.0), ("friend", 90.0)])
def test_eyes_meet_the_player_on_a_rock_and_what_it_climbs_before(mood: str, trust: float) -> None:
    world = at_the_sight(7, trust=trust, mood=mood)
    worst, on_top = 0.0, 0
    for doing, figure in play(world, 8.0):
        if world.child.antic is not None and world.child.antic.phase == "top":
            on_top += 1
            if on_top > 40:
                assert doing.look_at == eyes_of(world.player)
                worst = max(worst, off_deg(figure, doing.look_at))
    assert on_top > 100
    assert worst < NEAR_DEG


def test_eyes_meet_the_player_over_the_rock_it_hides_behind() -> None:
    world = at_the_sight(7, trust=40.0, mood="wary")
    world.child.gesture, world.child.gesture_since_s = "hide", world.time_s
    worst, since, figures = 0.0, 0, []
    for doing, figure in play(world, 9.0):
        since = since + 1 if doing.pose is Pose.PEEK else 0
        if since > 40:
            worst = max(worst, off_deg(figure, doing.look_at))
            figures.append(figure)
            rock = doing.rock
            assert rock is not None
            # Its eyes are above the line from the player's eyes over the crown's edge, its chest below.
            eye = np.array(eyes_of(world.player))
            way = rock.towards((float(eye[0]), float(eye[1])))
            for part, seen in ((figure.head, True), (figure.chest, False)):
                over = part - eye
                line = [eye + over * f for f in np.linspace(0.5, 0.99, 60)]
                lowest = min(
                    float(at[2]) - rock.z - rock.height_at(rock.towards(vec3(at)), rock.away_m(vec3(at)))
                    for at in line
                )
                assert (lowest > -0.06) is seen, (part, way, lowest)
    assert len(figures) > 60
    assert worst < NEAR_DEG


def test_hands_meet_in_front_of_what_flies_and_hold_it() -> None:
    world = at_the_sight(7, trust=60.0, mood="warming")
    world.talk.silent_since_s = world.time_s
    for _ in play(world, 0.5):
        pass
    tick(world, throw(world, hard=0.1))
    held = []
    figures = []
    for doing, figure in play(world, 2.8):
        figures.append(figure)
        if world.thrown and world.thrown[0].held and world.child.antic is not None:
            held.append(math.dist(figure.light_at, world.thrown[0].position))
            assert doing.hands_at[0] is not None
    assert len(held) > 60
    assert max(held[30:]) < 0.12
    assert slides(figures) < SLIDE_M


def test_a_leap_has_no_foot_on_the_ground_and_lands_on_bent_knees() -> None:
    world = at_the_sight(7, trust=90.0, mood="friend")
    hips, flying = [], 0
    for number, (doing, figure) in enumerate(play(world, 9.0)):
        if number == 420:
            world.player.speed_mps = 0.4
        pelvis = figure.bones[3 * Bone.PELVIS : 3 * Bone.PELVIS + 3].astype(np.float64)
        hips.append(float((pelvis @ np.array([0.0, 0.0, 0.29, 1.0]))[2]) - doing.position[2])
        flying += doing.pose is Pose.LEAP and not any(figure.planted)
    assert flying > 20
    assert min(hips[440:]) < hips[-1] - 0.05


def test_a_pointing_arm_points_where_the_world_says_with_the_nearer_hand() -> None:
    for aside, bone, finger in ((2.0, Bone.HAND_R, Bone.INDEX_R), (-2.0, Bone.HAND_L, Bone.INDEX_L)):
        goal = (aside, 2.5, 1.2)
        motion = ChildMotion()
        hands = (None, goal) if aside > 0.0 else (goal, None)
        for number in range(90):
            doing = Doing(
                position=(0.0, 0.0, 0.0), yaw_rad=0.0, look_at=(0.0, 3.0, 1.5), pose=Pose.STAND,
                gesture="point", gesture_age_s=number * TICK_S, speed_mps=0.0, has_light=False, mouth=0.0,
                heard=0.0, mood="wary", hands_at=hands if number > 12 else (None, None),
            )  # fmt: skip
            figure = motion.advance(doing, TICK_S)
        shoulder = figure.chest + np.array([0.072 * math.copysign(1.0, aside), 0.0, 0.075])
        arm = palm(figure, bone) - shoulder
        to = np.array(goal) - shoulder
        assert float(arm @ to) / math.sqrt(float(arm @ arm) * float(to @ to)) > math.cos(math.radians(12))
        # One finger is longer than at rest, the others are curled.
        index, middle = (
            float(np.linalg.norm(figure.bones[3 * b : 3 * b + 3, :3] @ np.array([0.0, 0.0, 1.0])))
            for b in (finger, Bone(finger + 1))
        )
        assert index > 1.2 * middle


def test_the_rude_finger_stands_alone_and_is_longer() -> None:
    motion = ChildMotion()
    for number in range(80):
        doing = Doing(
            position=(0.0, 0.0, 0.0), yaw_rad=0.0, look_at=(0.0, 3.0, 1.5), pose=Pose.STAND, gesture="rude",
            gesture_age_s=number * TICK_S, speed_mps=0.0, has_light=False, mouth=0.0, heard=0.0,
            mood="friend",
        )  # fmt: skip
        figure = motion.advance(doing, TICK_S)
    tips = {}
    for one in digits(1.0):
        rows = figure.bones[3 * one.bone : 3 * one.bone + 3].astype(np.float64)
        tips[one.bone] = float((rows @ np.array([*(one.root + one.way * one.length_m), 1.0]))[2])
    up = tips.pop(Bone.MIDDLE_R)
    assert all(up > other + 0.07 for other in tips.values())
    assert up > 0.55
