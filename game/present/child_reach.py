"""What the Child's hands go for in the world, and where its feet find hold on rock."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.world.boulders import Boulder
from game.world.cave import Cave
from game.world.hole import climbed
from game.world.state import Child, Doing, Pose, World

Floats = NDArray[np.float64]
Hands = tuple[Vec3 | None, Vec3 | None]

_POINTS_S: Final = (0.2, 1.8)
"""From when to when a gesture that points reaches for its goal."""
_APART_M: Final = 0.045
"""Each hand from the middle of what both go for."""
_GRIP: Final = 0.78
"""Hands hold a shoulder of rock at this part of its height."""
_GRIP_RAD: Final = 0.24
_TOE_M: Final = 0.075
"""From a flank to the ankle of a foot that stands against it."""
_STAGGER_M: Final = 0.045


_EDGE_M: Final = 0.10
"""Each hand on the edge of a hole, from the middle."""


def rock_of(child: Child, cave: Cave) -> Boulder | None:
    """The boulder that its hands or feet are at."""
    antic = child.antic
    if antic is None or antic.boulder < 0 or antic.phase == "go":
        return None
    return cave.boulders[antic.boulder]


def hands_at(child: Child, rock: Boulder | None, at: Vec3, yaw_rad: float, age_s: float) -> Hands:
    """Goals of its left and right hand; ``at`` is where its feet are, ``age_s`` how old its gesture is."""
    across = (math.cos(yaw_rad), -math.sin(yaw_rad))
    if child.reach is not None:
        x, y, z = child.reach
        left, right = (
            (x + sign * _APART_M * across[0], y + sign * _APART_M * across[1], z) for sign in (-1.0, 1.0)
        )
        return left, right
    if rock is not None and child.antic is not None:
        climbs = child.pose is Pose.CLIMB and at[2] - rock.z < 0.97 * rock.height_m
        peeks = child.pose is Pose.PEEK and child.antic.doing is Doing.HIDE
        if climbs or peeks:
            return _grips(rock, at)
    if child.gesture == "point" and child.points_at is not None and _POINTS_S[0] < age_s < _POINTS_S[1]:
        dx, dy = child.points_at[0] - at[0], child.points_at[1] - at[1]
        side = dx * across[0] + dy * across[1]
        return (child.points_at, None) if side < 0.0 else (None, child.points_at)
    return None, None


def edge_of_hole(world: World) -> Hands:
    """Where its hands hold on that climbs out of a hole in the player's floor."""
    if not 0.03 < climbed(world) < 0.9:
        return None, None
    player, (x, y, _) = world.player, world.child.position
    to = (x - player.position[0], y - player.position[1])
    share = (player.hole_m - 0.02) / max(1e-6, math.hypot(*to))
    yaw = world.child.yaw_rad
    left, right = (
        (player.position[0] + share * to[0] + aside * math.cos(yaw),
         player.position[1] + share * to[1] - aside * math.sin(yaw),
         player.position[2] + player.deep_m + 0.02)
        for aside in (-_EDGE_M, _EDGE_M)
    )  # fmt: skip
    return left, right


def _grips(rock: Boulder, at: Vec3) -> Hands:
    """Two places on the shoulder of a boulder that somebody at ``at`` holds."""
    x, y = rock.towards(at)
    found = []
    # Facing the rock, its left hand is counterclockwise from itself.
    for angle in (-_GRIP_RAD, _GRIP_RAD):
        c, s = math.cos(angle), math.sin(angle)
        way = (x * c - y * s, x * s + y * c)
        away_m = max(0.0, rock.girth_m(way, _GRIP * rock.height_m) - 0.01)
        found.append(rock.beside(way, away_m, rock.height_at(way, away_m) + 0.015))
    return found[0], found[1]


def footholds(rock: Boulder, at: Vec3, homes: list[Floats], ankle_m: float) -> list[Floats]:
    """Where the feet of a climber at ``at`` find hold: ``homes`` are the ankles' places under the body."""
    up_m = at[2] - rock.z
    on_top = rock.away_m(at) < rock.rim_m(rock.towards(at)) - 0.01
    found = []
    for number, home in enumerate(homes):
        way = rock.towards((float(home[0]), float(home[1])))
        if on_top:
            level = rock.height_at(way, rock.away_m((float(home[0]), float(home[1]))))
            found.append(np.array([home[0], home[1], rock.z + level + ankle_m]))
        elif up_m < 0.04:
            found.append(home)
        else:
            hold_m = min(0.85 * rock.height_m, max(0.0, up_m + (_STAGGER_M if number else -_STAGGER_M)))
            found.append(np.array(rock.beside(way, rock.girth_m(way, hold_m) + _TOE_M, hold_m + ankle_m)))
    return found
