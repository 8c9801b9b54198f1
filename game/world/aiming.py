"""What a pointing hand can mean, and the light that leans towards it: a hand before one camera errs by
degrees."""

import math
from typing import Final

from game.clock import TICK_S
from game.interpret.intents import Vec3
from game.world.geometry import add, angle_between, approach, distance, subtract, vec3
from game.world.hole import feet_of_child
from game.world.state import HandLight, Pose, Scene, World

_CATCH_RAD: Final = math.radians(4.0)
_RELEASE_RAD: Final = math.radians(5.0)
"""A target draws the light from within the first angle and holds it up to the second."""
_LEAN: Final = 0.8
"""Which part of the way to its target a light leans; the rest still tells how the hand moves."""
_LEANS_PER_S: Final = 9.0
_LETS_GO: Final = 0.05
_FAR_M: Final = 14.0
_MOUTH_AT_M: Final = 3.0
"""A tunnel is pointed at this far inside its mouth ..."""
_MOUTH_HEIGHT_M: Final = 1.2
"""... and this far above its floor."""
_CHILD_HEIGHT_M: Final = 0.7


def targets(world: World) -> dict[str, Vec3]:
    """Everything in reach of a pointing hand, by name."""
    found: dict[str, Vec3] = {}
    if world.child.pose is not Pose.HIDDEN or world.scene in (Scene.POINT, Scene.EYES):
        found["child"] = add(feet_of_child(world), (0.0, 0.0, _CHILD_HEIGHT_M))
    for index in world.cave.tunnels[world.player.tunnel].next:
        tunnel = world.cave.tunnels[index]
        mouth = vec3(tunnel.point(min(_MOUTH_AT_M, tunnel.length_m)))
        found[tunnel.name] = add(mouth, (0.0, 0.0, _MOUTH_HEIGHT_M))
    return {name: place for name, place in found.items() if distance(place, world.player.position) <= _FAR_M}


def lean(
    eyes: Vec3, direction: Vec3, places: dict[str, Vec3], before: HandLight | None, *, pointing: bool
) -> tuple[Vec3, str, float]:
    """Where the light of a hand goes (a unit vector), the name of the target that it leans to ("" for none),
    and how far it leans by now, 0 to 1. ``before`` is the same light a tick ago."""
    name, pull = (before.target_name, before.pull) if before is not None else ("", 0.0)
    if name not in places:
        name, pull = "", 0.0
    held = pointing and name != "" and angle_between(eyes, direction, places[name]) <= _RELEASE_RAD
    if not held and pull <= _LETS_GO:
        angles = {other: angle_between(eyes, direction, place) for other, place in places.items()}
        nearest = min(angles, key=lambda other: angles[other], default="")
        held = pointing and nearest != "" and angles[nearest] <= _CATCH_RAD
        name, pull = (nearest, pull) if held else ("", 0.0)
    if name == "":
        return direction, "", 0.0
    pull = approach(pull, 1.0 if held else 0.0, _LEANS_PER_S, TICK_S)
    to = subtract(places[name], eyes)
    size = math.hypot(*to)
    if size < 1e-6:
        return direction, name, pull
    share = _LEAN * pull
    mixed = vec3(d + (t / size - d) * share for d, t in zip(direction, to, strict=True))
    length = math.hypot(*mixed)
    return vec3(part / length for part in mixed), name, pull
