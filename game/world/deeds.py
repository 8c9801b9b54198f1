"""What the Child's replies ask of it and the world lets it do: it bars the way, brings the light back, comes
near, points. A model's word is no more than a wish: who it trusts and where the story stands decide."""

from typing import Final

from game.world import child as body
from game.world.effects import Effect, PlaySound
from game.world.geometry import distance
from game.world.state import Antic, Doing, Pose, Scene, World
from game.world.walking import BARS_M
from npc import trust

_BARS_S: Final = 5.0
_NEAR_M: Final = 1.9
"""From so near it can give something back."""
_GIVES_WITHIN_S: Final = 6.0
_SHOWN: Final = {"come_close": "come_close", "point_way": "point", "hide": "hide"}
"""Deeds that are a gesture and where the gesture carries the body."""
_FREE: Final = (Scene.FORK, Scene.LEAD, Scene.SIGHT)


def do(world: World) -> list[Effect]:
    """Takes up what the replies that were heard have asked for; to lead is the story's."""
    effects: list[Effect] = []
    story, child = world.story, world.child
    for action in [one for one in story.actions if one != "lead"]:
        story.actions.remove(action)
        if world.scene not in _FREE:
            continue
        if action == "block" and world.scene is Scene.FORK and child.antic is None:
            child.antic = Antic(doing=Doing.BLOCK, phase="go", since_s=world.time_s)
        elif action == "give_light" and child.has_light and trust.band(world.trust) == "friend":
            story.marks["gives light"] = world.time_s
            _gesture(world, "come_close")
        elif action in _SHOWN and child.gesture is None:
            _gesture(world, _SHOWN[action])
    began_s = story.marks.get("gives light")
    if began_s is not None:
        near = distance(child.position, world.player.position) < _NEAR_M
        if near or world.time_s - began_s > _GIVES_WITHIN_S:
            del story.marks["gives light"]
            effects += give_light(world)
    return effects


def give_light(world: World) -> list[Effect]:
    """The light is the player's again."""
    if not world.light_stolen:
        return []
    world.light_stolen, world.child.has_light = False, False
    return [PlaySound(name="chime", clip=f"light-back-{world.tick}", position=body.mouth_of(world))]


def play_block(world: World, antic: Antic) -> list[Effect]:
    """It runs into the player's way, stands there with its arms out, and lets them be after a while."""
    child, since_s = world.child, world.time_s - antic.since_s
    place = body.on_rail(world, BARS_M)
    if antic.phase == "go":
        child.pose = Pose.STAND if child.pose not in (Pose.STAND, Pose.WALK) else child.pose
        child.goal = place
        if distance(child.position, place) < 0.25 or since_s > 4.0:
            antic.phase, antic.since_s = "stand", world.time_s
            _gesture(world, "block")
    elif since_s > _BARS_S or world.scene is not Scene.FORK:
        antic.phase = "done"
    elif distance(child.position, place) > 0.4:
        child.goal = place  # Whoever walks back and comes again meets it again.
    return []


def _gesture(world: World, name: str) -> None:
    world.child.gesture, world.child.gesture_since_s = name, world.time_s
