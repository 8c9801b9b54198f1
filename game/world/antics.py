"""What the Child does of its own accord, where the story leaves it free: it hides behind a boulder and peeks,
climbs one, ducks below what is thrown hard, catches the rest.

Deterministic: who it trusts, what it hears and where boulders lie decide. The picture only poses it.
"""

import itertools
import math
from typing import Final

from game.interpret.intents import Intents, Vec3
from game.world import deeds, idle, talk, thrown
from game.world.boulders import Boulder
from game.world.child import mouth_of
from game.world.effects import Effect, PlaySound
from game.world.geometry import add, distance, subtract, vec3
from game.world.hole import feet_of_child
from game.world.state import Antic, Doing, Pose, Scene, Thrown, World
from game.world.walking import eyes_of
from npc import trust

_FREE: Final = (Scene.FORK, Scene.SIGHT)
"""Scenes in which it may do as it likes."""
_ANYWHERE: Final = (Doing.CATCH, Doing.DUCK)
"""What comes flying asks for no scene."""
_NEAR_M: Final = 5.0
_BEHIND_M: Final = 0.33
_STARTS_S: Final = 0.35
"""The jump of a fright before it runs."""
_QUIET_S: Final = 9.0
_AGAIN_S: Final = 18.0
_SHOUT_DB: Final = -14.0
_STAYS_S: Final = {"hostile": 7.0, "wary": 5.5, "warming": 4.0, "friend": 3.0}
"""How long it hides: trust decides."""
_TOP_S: Final = 14.0
CLIMB_S: Final = 2.6
LEAP_S: Final = 0.55
_FACE_M: Final = 0.13
"""From a flank to the middle of whoever climbs it."""
_STANDS: Final = 0.36
"""On the crown it stands at this part of the way from its middle to its rim."""
_SEES_S: Final = 0.12
_CATCHES_M: Final = 0.34
_REACHES_M: Final = 0.30
_HARD: Final = 0.75


def lair(world: World) -> Vec3 | None:
    """The place behind the boulder in which it waits for the player to find it; None where there is none."""
    player = world.player
    ahead = [
        one for one in world.cave.boulders
        if one.tunnel == player.tunnel and 2.5 < one.along_m - player.along_m < 8.5
    ]  # fmt: skip
    return _behind(world, ahead[0]) if ahead else None


def play(world: World, intents: Intents) -> list[Effect]:
    """One tick of what it does; it begins something where the story leaves it free."""
    child = world.child
    if world.scene not in _FREE and child.antic is not None and child.antic.doing not in _ANYWHERE:
        _end(world)
    if child.antic is None:
        child.antic = _begin(world, intents)
        child.reach = None
    if child.antic is None:
        return []
    effects = _PLAYS[child.antic.doing](world, child.antic)
    if child.antic is not None and child.antic.phase == "done":
        _end(world)
    return effects


def look(world: World) -> None:
    """Where it looks while it does something: what comes, what it holds, what it climbs."""
    child, antic = world.child, world.child.antic
    if antic is None:
        return
    thing = next((one for one in world.thrown if one.fades_s is None), None)
    if antic.doing in (Doing.CATCH, Doing.DUCK) and thing is not None:
        if not thing.held:
            child.look_at = thing.position
        elif antic.phase == "hold" and world.time_s - antic.since_s < 1.1:
            child.look_at = _before_chest(world, 0.34, up_m=0.04)
    if antic.doing is Doing.CLIMB and antic.phase in ("up", "leap"):
        rock = world.cave.boulders[antic.boulder]
        child.yaw_rad = math.atan2(rock.x - child.position[0], rock.y - child.position[1])
        if antic.phase == "leap":
            child.yaw_rad = math.atan2(antic.way[0], antic.way[1])
        elif (world.time_s - antic.since_s) / CLIMB_S < 0.7:
            child.look_at = rock.beside(antic.way, 0.2, rock.height_m + 0.1)


def _begin(world: World, intents: Intents) -> Antic | None:
    child, now_s = world.child, world.time_s
    thing = thrown.coming(world)
    shown = child.pose in (Pose.STAND, Pose.WALK) and child.body > 0.4
    if thing is not None and shown and now_s - thing.born_s > _SEES_S:
        ducks = trust.band(world.trust) == "hostile" and thing.hard > _HARD
        return Antic(doing=Doing.DUCK if ducks else Doing.CATCH, phase="wait", since_s=now_s)
    if (
        world.paused
        or world.scene not in _FREE
        or not shown
        or (child.has_light and child.gesture == "steal")
    ):
        return None
    number = _nearest(world)
    if number is None:
        return None
    band, rested = trust.band(world.trust), now_s - child.antic_ended_s > _AGAIN_S
    told = child.gesture == "hide" and now_s - child.gesture_since_s > _STARTS_S
    shouted = intents.speech.voiced and intents.speech.loudness_db > _SHOUT_DB
    if told or (shouted and band == "wary" and rested):
        child.gesture = None
        return _hide(world, number)
    if not rested or talk.busy(world) or world.player.speed_mps > 0.05:
        return None
    if now_s - world.talk.silent_since_s < _QUIET_S or now_s - world.scene_since_s < _QUIET_S:
        return None
    if band == "wary":
        return _hide(world, number)
    return Antic(doing=Doing.CLIMB, phase="go", since_s=now_s, boulder=number)


def _hide(world: World, number: int) -> Antic:
    return Antic(doing=Doing.HIDE, phase="go", since_s=world.time_s, boulder=number)


def _nearest(world: World) -> int | None:
    """The boulder that it would use: near, before the player, and not beside them."""
    eyes, yaw = eyes_of(world.player), world.player.yaw_rad
    found = []
    for number, one in enumerate(world.cave.boulders):
        away_m = one.away_m(world.child.position)
        bearing = math.remainder(math.atan2(one.x - eyes[0], one.y - eyes[1]) - yaw, math.tau)
        if away_m < _NEAR_M and abs(bearing) < 0.75 and one.away_m(eyes) > 1.5:
            found.append((away_m, number))
    return min(found)[1] if found else None


def _behind(world: World, rock: Boulder) -> Vec3:
    way = rock.towards(eyes_of(world.player))
    spot = rock.beside((-way[0], -way[1]), rock.radius_m + _BEHIND_M)
    return vec3(world.cave.walkable(spot, _BEHIND_M - 0.02))


def _turn(world: World, antic: Antic, phase: str) -> None:
    antic.phase, antic.since_s = phase, world.time_s


def _end(world: World) -> None:
    child = world.child
    antic = child.antic
    if antic is not None and antic.doing is Doing.CLIMB and antic.phase in ("up", "top"):
        _turn(world, antic, "leap")
        return
    if antic is not None and antic.doing is Doing.CLIMB and antic.phase == "leap":
        return
    child.antic, child.reach, child.antic_ended_s = None, None, world.time_s
    child.pose = Pose.STAND


def _play_hide(world: World, antic: Antic) -> list[Effect]:
    child, rock = world.child, world.cave.boulders[antic.boulder]
    spot, since_s = _behind(world, rock), world.time_s - antic.since_s
    match antic.phase:
        case "go":
            child.pose = Pose.STAND if child.pose not in (Pose.STAND, Pose.WALK) else child.pose
            child.goal = spot
            if distance(child.position, spot) < 0.16 or since_s > 5.0:
                child.pose, child.goal = Pose.HIDDEN, None
                _turn(world, antic, "down")
        case "down" if since_s > 0.45 * _STAYS_S[trust.band(world.trust)]:
            child.pose = Pose.PEEK
            _turn(world, antic, "over")
        case "over" if since_s > 1.8:
            # Then round the side that the rail is on, where it sees more.
            antic.way = rock.towards(vec3(world.cave.tunnels[rock.tunnel].point(rock.along_m)))
            _turn(world, antic, "round")
        case "round":
            x, y, _ = spot
            aside_m = 1.1 * rock.girth_m(antic.way, 0.6 * rock.height_m)
            child.goal = vec3(
                world.cave.walkable((x + aside_m * antic.way[0], y + aside_m * antic.way[1], rock.z), 0.31)
            )
            if since_s > 0.55 * _STAYS_S[trust.band(world.trust)]:
                child.goal = None
                _end(world)
        case _:
            pass
    return []


def climb_place(rock: Boulder, way: tuple[float, float], part: float) -> Vec3:
    """Where the middle of whoever climbs ``rock`` on the side of ``way`` is, ``part`` (0 to 1) of the climb:
    in to the flank, two heaves up, and over the shoulder onto the crown."""
    foot, rim, h = rock.girth_m(way, 0.0), rock.rim_m(way), rock.height_m
    flank, stands = rock.girth_m(way, 0.42 * h) + _FACE_M, _STANDS * rim
    keys = (
        (0.0, rock.radius_m + 0.32, 0.0), (0.12, foot + _FACE_M, 0.0), (0.24, foot + _FACE_M, 0.0),
        (0.44, flank, 0.42 * h), (0.56, flank, 0.42 * h),
        (0.76, rim, h), (1.0, stands, rock.height_at(way, stands)),
    )  # fmt: skip
    for (t0, r0, z0), (t1, r1, z1) in itertools.pairwise(keys):
        if part <= t1:
            f = (part - t0) / (t1 - t0)
            f = f * f * (3.0 - 2.0 * f)
            away_m, up_m = r0 + (r1 - r0) * f, z0 + (z1 - z0) * f
            # Never in the rock, whatever lies between two keys.
            return rock.beside(way, away_m, max(up_m, rock.height_at(way, away_m)))
    return rock.beside(way, stands, rock.height_at(way, stands))


def leap_place(rock: Boulder, way: tuple[float, float], part: float) -> Vec3:
    """The same on the way down: an arc from the crown to the floor."""
    part = min(1.0, max(0.0, part))
    stands = _STANDS * rock.rim_m(way)
    away_m = stands + (rock.radius_m + 0.34 - stands) * part
    up_m = rock.height_at(way, stands) * (1.0 - part * part) + 0.5 * part * (1.0 - part)
    return rock.beside(way, away_m, max(up_m, rock.height_at(way, away_m)))


def _play_climb(world: World, antic: Antic) -> list[Effect]:
    child, rock = world.child, world.cave.boulders[antic.boulder]
    since_s = world.time_s - antic.since_s
    effects: list[Effect] = []
    match antic.phase:
        case "go":
            # It goes up on the side that the player sees, a little from behind.
            antic.way = rock.towards(vec3(world.cave.tunnels[rock.tunnel].point(rock.along_m)))
            child.goal = rock.beside(antic.way, rock.radius_m + 0.32)
            if distance(child.position, child.goal) < 0.14:
                antic.way = rock.towards(child.position)
                child.goal, child.pose, child.speed_mps = None, Pose.CLIMB, 0.0
                _turn(world, antic, "up")
                effects.append(_sound(world, "grunt", -8.0))
            elif since_s > 6.0:
                _end(world)
        case "up":
            child.position = climb_place(rock, antic.way, since_s / CLIMB_S)
            if since_s >= CLIMB_S:
                child.pose = Pose.STAND
                _turn(world, antic, "top")
        case "top":
            child.goal = None
            left = world.player.speed_mps > 0.2 or rock.away_m(world.player.position) < 1.3
            if since_s > _TOP_S or left or child.gesture in ("come_close", "hide"):
                _turn(world, antic, "leap")
        case _:
            child.pose = Pose.LEAP
            # The way down begins in its knees.
            child.position = leap_place(rock, antic.way, (since_s - 0.2) / LEAP_S)
            if since_s >= LEAP_S + 0.2:
                antic.phase, child.pose = "down", Pose.STAND
                _end(world)
                effects.append(_sound(world, "step", -6.0))
    return effects


def _play_duck(world: World, antic: Antic) -> list[Effect]:
    child = world.child
    child.pose, child.goal = Pose.CROUCH, None
    if world.time_s - antic.since_s > 0.9:
        _end(world)
        child.gesture, child.gesture_since_s = "stare", world.time_s
        return [_sound(world, "giggle", -4.0)]
    return []


def _play_catch(world: World, antic: Antic) -> list[Effect]:
    child, since_s = world.child, world.time_s - antic.since_s
    if antic.phase == "away":
        child.reach = _before_chest(world, 0.26, up_m=0.08)
        if since_s > 0.35:
            _end(world)
        return []
    thing = next((one for one in world.thrown if one.fades_s is None and one.by == "player"), None)
    if thing is None:
        _end(world)
        return []
    child.goal = None
    band = trust.band(world.trust)
    match antic.phase:
        case "wait":
            chest = add(feet_of_child(world), (0.0, 0.0, thrown.CHEST_M))
            to = subtract(thing.position, chest)
            far = math.hypot(*to)
            child.pose = Pose.REACH
            near = min(1.0, _REACHES_M / max(1e-6, far))
            child.reach = (chest[0] + to[0] * near, chest[1] + to[1] * near, chest[2] + to[2] * near)
            if far < _CATCHES_M:
                thing.held = True
                child.pose, child.gesture = Pose.STAND, None
                _turn(world, antic, "hold")
                return [_sound(world, "chime", -6.0)]
            if since_s > 2.0 or thrown.coming(world) is None:
                _end(world)
        case "hold":
            thing.position = _before_chest(world, 0.22)
            child.reach = _before_chest(world, 0.22, up_m=0.06 * min(1.0, since_s) - 0.02)
            if since_s > 2.3:
                if band == "friend":
                    # It keeps it: it goes into its heart.
                    thing.held, thing.fades_s = False, world.time_s
                    child.gesture, child.gesture_since_s = "glow", world.time_s
                    _end(world)
                elif band == "wary":
                    thing.held, thing.velocity, thing.by = False, (0.0, 0.0, 0.0), "child"
                    thing.lands_m = thing.position[2] - feet_of_child(world)[2]
                    child.gesture, child.gesture_since_s = "shrug", world.time_s
                    _end(world)
                else:
                    _turn(world, antic, "wind")
        case "wind":
            # Back before it goes ahead.
            child.reach = _before_chest(world, -0.03, up_m=0.20)
            thing.position = child.reach
            if since_s > 0.4:
                _throw_back(world, thing, 6.0 if band == "hostile" else 2.6)
                _turn(world, antic, "away")
                return [_sound(world, "mote", -8.0)]
        case _:
            pass
    return []


def _throw_back(world: World, thing: Thrown, speed_mps: float) -> None:
    goal = add(eyes_of(world.player), (0.0, 0.0, -0.35))
    thing.by, thing.held, thing.born_s = "child", False, world.time_s
    thing.position = _before_chest(world, 0.25, up_m=0.1)
    thing.velocity = thrown.arc(thing.position, goal, speed_mps)
    thing.lands_m = 30.0


def _before_chest(world: World, ahead_m: float, up_m: float = 0.0) -> Vec3:
    x, y, z = feet_of_child(world)
    yaw = world.child.yaw_rad
    return (x + math.sin(yaw) * ahead_m, y + math.cos(yaw) * ahead_m, z + thrown.CHEST_M + up_m)


def _sound(world: World, name: str, gain_db: float) -> PlaySound:
    return PlaySound(
        name=name, clip=f"{name}-antic-{world.tick}", position=mouth_of(world), gain_db=gain_db
    )


_PLAYS: Final = {
    Doing.HIDE: _play_hide,
    Doing.CLIMB: _play_climb,
    Doing.CATCH: _play_catch,
    Doing.DUCK: _play_duck,
    Doing.BLOCK: deeds.play_block,
    Doing.FETCH: idle.play_fetch,
}
