"""The Child's body in the world: where it goes, what it faces, how it burns. Its limbs are present's."""

import math
from typing import Final

from game.clock import TICK_S
from game.interpret.intents import Vec3
from game.world.geometry import add, approach, distance, scale, subtract, turn, vec3, yaw_towards
from game.world.hole import feet_of_child, stands_m, way_through
from game.world.state import Doing, Pose, Scene, World
from game.world.walking import head_of
from npc import trust

DISTANCE_M: Final = {"hostile": 3.6, "wary": 2.8, "warming": 2.2, "friend": 1.8}
"""Trust is distance. A friend would touch the palm, but a picture on a wall ends below the eyes: nearer than
1.8 m a small creature sinks out of it."""
NEAR_M: Final = {"hostile": 4.0, "wary": 2.5, "warming": 1.2, "friend": 0.9}
"""The same where it is seen down to its feet."""
_WALK_MPS: Final = 1.5
_RUN_MPS: Final = 3.0
_GESTURE_LASTS_S: Final = 4.2
"""The longest gesture of the body; a shorter one is over before."""
_ARRIVED_M: Final = 0.12
_HIDDEN_BODY: Final = 0.05
AIRBORNE: Final = (Pose.CLIMB, Pose.LEAP)
"""What carries its body itself, instead of walking to a goal."""
_ELBOW_ROOM_M: Final = 0.32
"""Between its middle and the rock."""
_MOUTH_M: Final = 0.7
"""Above its feet."""


def place(world: World) -> None:
    """Puts the player where one wakes, and the Child where it hides."""
    tunnel = world.cave.tunnels[0]
    world.player.position = vec3(tunnel.point(world.player.along_m))
    world.player.yaw_rad = tunnel.heading(world.player.along_m + 2.0)
    world.child.position = on_rail(world, 6.5, aside_m=1.2)


def mouth_of(world: World) -> tuple[float, float, float]:
    """Where its mouth is, metres of the world."""
    return add(feet_of_child(world), (0.0, 0.0, _MOUTH_M))


def on_rail(world: World, ahead_m: float, *, aside_m: float = 0.0) -> tuple[float, float, float]:
    """A place on the floor ``ahead_m`` along the way from the player, beside the rail; at the fork the way
    goes on into the tunnel that leads out."""
    player = world.player
    tunnel = world.cave.tunnels[player.tunnel]
    along = player.along_m + ahead_m
    if along > tunnel.length_m and tunnel.next:
        along -= tunnel.length_m
        tunnel = world.cave.tunnels[world.cave.way_out]
    along = max(0.2, min(tunnel.length_m - 0.8, along))
    point = tunnel.point(along)
    i = min(len(tunnel.right) - 1, int(along / tunnel.length_m * (len(tunnel.right) - 1)))
    broad = 0.45 * tunnel.radius_at(along)
    left, right = (max(0.0, min(broad, room - _ELBOW_ROOM_M)) for room in tunnel.room_at(along))
    aside = max(-left, min(right, aside_m))
    return vec3(world.cave.walkable(point + tunnel.right[i] * aside, _ELBOW_ROOM_M))


def move(world: World) -> None:
    """One tick of its body towards its goal; it looks at the player's eyes unless it looks elsewhere."""
    child = world.child
    eyes = head_of(world.player)
    if child.pose in AIRBORNE:
        child.goal = None
    if child.goal is not None:
        gap = distance(child.position, child.goal)
        pace = _RUN_MPS if gap > 4.0 or world.scene is Scene.THEFT else _WALK_MPS
        wish = min(pace, 3.0 * gap)
        child.speed_mps = approach(child.speed_mps, wish, 7.0, TICK_S)
        if gap > _ARRIVED_M:
            move_m = min(gap, child.speed_mps * TICK_S)
            way = subtract(_around(world, child.goal), child.position)
            step = add(child.position, scale(way, move_m / max(1e-6, math.hypot(*way))))
            # The straight way to its goal leaves the floor and the air where the tunnel bends.
            x, y, floor_m = world.cave.walkable(step, _ELBOW_ROOM_M)
            child.position = (float(x), float(y), approach(step[2], float(floor_m), 12.0, TICK_S))
        else:
            child.speed_mps, child.goal = 0.0, None
    walking = child.goal is not None and child.speed_mps > 0.15
    facing = yaw_towards(child.position, _around(world, child.goal) if walking and child.goal else eyes)
    child.yaw_rad = turn(approach(child.yaw_rad, child.yaw_rad + turn(facing - child.yaw_rad), 6.0, TICK_S))
    seen = next((hand.target for hand in world.hands if hand.strength > 0.05), None)
    child.look_at = seen if seen is not None and world.time_s < child.looks_until_s else eyes
    if child.pose in (Pose.STAND, Pose.WALK):
        child.pose = Pose.WALK if walking else Pose.STAND
    if child.gesture == "point":
        child.points_at = _way_on(world)
    if child.gesture is not None and world.time_s - child.gesture_since_s > _GESTURE_LASTS_S:
        child.gesture = None
    child.warmth = approach(child.warmth, world.trust / 100.0, 0.8, TICK_S)


def _around(world: World, goal: Vec3) -> Vec3:
    """The next place on the way to ``goal``: where a boulder lies on it, round that on the rail's side."""
    here = world.child.position
    for boulder in world.cave.boulders:
        clear_m = boulder.radius_m + _ELBOW_ROOM_M
        if boulder.away_m(here) > clear_m + 1.2:
            continue
        dx, dy = goal[0] - here[0], goal[1] - here[1]
        far = max(1e-6, math.hypot(dx, dy))
        ahead = ((boulder.x - here[0]) * dx + (boulder.y - here[1]) * dy) / far
        across = ((boulder.x - here[0]) * dy - (boulder.y - here[1]) * dx) / far
        if not (0.0 < ahead < far and abs(across) < clear_m - 0.02):
            continue
        rail = vec3(world.cave.tunnels[boulder.tunnel].point(boulder.along_m))
        mine, its, free = (math.atan2(*boulder.towards(place)) for place in (here, goal, rail))
        turns = math.remainder(its - mine, math.tau)
        wall = math.remainder(free + math.pi - mine, math.tau)
        if 0.0 < wall * math.copysign(1.0, turns) < abs(turns):
            turns -= math.copysign(math.tau, turns)
        angle = mine + math.copysign(min(0.7, abs(turns)), turns)
        return boulder.beside((math.sin(angle), math.cos(angle)), clear_m + 0.08)
    return goal


def _way_on(world: World) -> Vec3:
    """Where a pointing hand of it points: into the tunnel that leads out, or to its end."""
    out = world.cave.tunnels[world.cave.way_out]
    along_m = 4.0 if world.player.tunnel != out.index else out.length_m
    return add(vec3(out.point(along_m)), (0.0, 0.0, 1.2))


def keep_distance(world: World) -> None:
    """It stands where its trust lets it stand: nearer as it warms, never where the player is."""
    child = world.child
    if child.antic is not None:
        return
    away_m = NEAR_M if world.player.near else DISTANCE_M
    wish_m = away_m[trust.band(world.trust)]
    if child.gesture == "come_close":
        wish_m = max(away_m["friend"], wish_m - 0.9)
    elif child.gesture in ("hide", "turn_away"):
        wish_m += 0.8
    wish_m = stands_m(world.player.hole_m, wish_m)
    place = on_rail(world, wish_m, aside_m=0.55 if world.cave.way_out == 1 else -0.55)
    if world.player.hole_m > 0.0:
        place = vec3(world.cave.walkable(way_through(world, place, wish_m), _ELBOW_ROOM_M))
    if distance(place, child.position) > (0.35 if child.goal is None else 0.02):
        child.goal = place


def shine(world: World, *, body: float, eyes: float) -> None:
    """Lets body and eyes glow up or down towards these values."""
    child = world.child
    if child.antic is not None and child.antic.doing is Doing.HIDE and child.antic.phase != "go":
        body = min(body, _HIDDEN_BODY)
    child.body = approach(child.body, body, 1.8, TICK_S)
    child.eyes = approach(child.eyes, eyes, 3.0, TICK_S)
