"""A player who is quiet is not left alone: the Child giggles and comes nearer, says something, fetches a
light; the Companion has a word of advice; whoever is led and lags is waited for. The longer it is quiet the
rarer they come, and none of it while somebody speaks."""

import math
from typing import Final

from game.interpret.intents import Intents
from game.world import child as body
from game.world import silence, talk
from game.world.effects import Effect, PlaySound
from game.world.geometry import distance, vec3
from game.world.state import Antic, Doing, Pose, Scene, Thrown, World
from game.world.walking import barred
from npc import trust
from npc.kinds import swears

LINES: Final = ("get_lost", "theft_taunt", "leading_wait", "overheard")
"""Keys of what the Child says here; a character may have no words for them, and is then silent."""
NUDGES: Final = ("nudge_rude", "nudge_swear", "nudge_palm", "nudge_walk", "nudge_point")
"""The Companion's."""
_WAITS_S: Final = (22.0, 14.0, 18.0, 26.0, 45.0, 70.0, 90.0)
"""Quiet seconds before the first, the second ... sign of life; the last holds for all after it."""
_COMPANION_FROM_S: Final = 60.0
"""Its first minute the player has to themselves."""
_OVERHEARS_S: Final = (1.2, 8.0)
"""So long after the Companion has spoken the Child asks who that was."""
_FETCHES_M: Final = 7.0
_STOOPS_S: Final = 0.9
_LAGS_S: Final = 7.0
_LAGS_AGAIN_S: Final = 25.0
_FREE: Final = (Scene.FORK, Scene.SIGHT)


def liven(world: World, intents: Intents) -> list[Effect]:
    """One tick: what happens because nothing else does."""
    if world.paused:
        return []
    _listen(world, intents)
    effects = _taunt(world, intents)
    effects += _overhear(world)
    if talk.busy(world) or intents.speech.speaking:
        return effects
    if world.scene is Scene.LEAD:
        return effects + _wait_for(world)
    if world.scene in (Scene.WALK, Scene.POINT):
        return effects + _teach(world)
    if world.scene not in _FREE:
        return effects
    marks = world.story.marks
    count = int(marks.get("idle count", 0.0))
    since_s = max(world.talk.silent_since_s, world.scene_since_s, marks.get("idle at", 0.0))
    if world.time_s - since_s < _WAITS_S[min(count, len(_WAITS_S) - 1)]:
        return effects
    if not silence.perceived(world, intents):
        return effects
    sign = _SIGNS[count % len(_SIGNS)]
    if sign is _fetch and world.child.antic is not None:
        return effects  # It has something else to do, and comes to it when that is over.
    marks["idle count"], marks["idle at"] = count + 1.0, world.time_s
    return effects + sign(world, intents)


def _listen(world: World, intents: Intents) -> None:
    """Whoever speaks, walks or throws is not idle: it begins from the first sign again."""
    if intents.heard or intents.gestures or world.player.speed_mps > 0.2:
        world.story.marks.pop("idle count", None)
        world.story.marks["idle at"] = world.time_s


def _giggle(world: World, intents: Intents) -> list[Effect]:
    """From behind its rock, or from where it stands, and then it comes nearer."""
    if world.child.antic is None:
        _gesture(world, "come_close")
    return [_sound(world, "giggle")]


def _speak(world: World, intents: Intents) -> list[Effect]:
    """The silence is put to it as a turn; one that bears no grudge lets it be now and then."""
    marks = world.story.marks
    if trust.band(world.trust) == "hostile" and "told to get lost" not in marks:
        marks["told to get lost"] = world.time_s
        return talk.say(world, talk.CHILD, "get_lost")
    return talk.offer(world, intents, silence.SILENCE)


def _advise(world: World, intents: Intents) -> list[Effect]:
    """The Companion's advice, each piece once: be rude back (or swear back), hold a palm up."""
    marks = world.story.marks
    if world.scene is not Scene.FORK or world.time_s < _COMPANION_FROM_S:
        return _giggle(world, intents)
    swore = bool(world.history) and swears(world.history[-1].reply)
    if "nudge_palm" in marks:
        return _giggle(world, intents)
    told = "nudge_rude" in marks or "nudge_swear" in marks
    line = "nudge_palm" if told else "nudge_swear" if swore else "nudge_rude"
    marks[line] = marks["companion spoke"] = world.time_s
    return talk.say(world, talk.COMPANION, line)


def _fetch(world: World, intents: Intents) -> list[Effect]:
    """It runs to the nearest crystal and picks a light out of it."""
    child = world.child
    number = _crystal(world)
    if number is None or (child.has_light and child.gesture == "steal"):
        return _giggle(world, intents)
    child.antic = Antic(doing=Doing.FETCH, phase="go", since_s=world.time_s)
    return []


_SIGNS: Final = (_giggle, _speak, _advise, _fetch)


def _crystal(world: World) -> int | None:
    """The crystal that it would go to: near it, and before the player."""
    x, y, _ = world.player.position
    found = []
    for number, (cx, cy, cz, _) in enumerate(world.cave.crystals):
        away_m = distance(world.child.position, (float(cx), float(cy), float(cz)))
        bearing = math.remainder(math.atan2(cx - x, cy - y) - world.player.yaw_rad, math.tau)
        if away_m < _FETCHES_M and abs(bearing) < 0.9:
            found.append((away_m, number))
    return min(found)[1] if found else None


def play_fetch(world: World, antic: Antic) -> list[Effect]:
    """To the crystal, down to it, and up with a light in its hands, which is then as one that it caught."""
    child, since_s = world.child, world.time_s - antic.since_s
    match antic.phase:
        case "go":
            number = _crystal(world)
            if number is None or since_s > 7.0 or world.thrown:
                antic.phase = "done"
                return []
            child.pose = Pose.STAND if child.pose not in (Pose.STAND, Pose.WALK) else child.pose
            child.goal = vec3(world.cave.walkable(world.cave.crystals[number][:3], 0.32))
            if distance(child.position, child.goal) < 0.3:
                child.goal, child.pose = None, Pose.CROUCH
                antic.phase, antic.since_s = "stoop", world.time_s
        case "stoop" if since_s > _STOOPS_S:
            child.pose, child.gesture = Pose.STAND, None
            x, y, z = child.position
            world.thrown.append(
                Thrown(text="", position=(x, y, z + 0.4), velocity=(0.0, 0.0, 0.0), by="player",
                       born_s=world.time_s, hard=0.0, lands_m=30.0, held=True)
            )  # fmt: skip
            antic.doing, antic.phase, antic.since_s = Doing.CATCH, "hold", world.time_s
            return [_sound(world, "chime")]
        case _:
            pass
    return []


def _taunt(world: World, intents: Intents) -> list[Effect]:
    """Whoever reaches for the Child that has their light, or runs against it, is told to come and get it."""
    marks = world.story.marks
    warm = trust.band(world.trust) in ("warming", "friend")
    if world.scene is not Scene.FORK or not world.light_stolen or warm or talk.busy(world):
        return []
    quiet_s = world.time_s - max(world.talk.silent_since_s, marks.get("idle at", 0.0))
    if "taunted" in marks or world.time_s - world.scene_since_s < 6.0 or quiet_s < 0.5:
        return []
    reaches = any(
        hand.target_name == "child" and hand.strength > 0.05 and hand.point > 0.5 for hand in world.hands
    )
    if not reaches and not (barred(world) and intents.walk.speed > 0.25):
        return []
    marks["taunted"] = world.time_s
    return talk.say(world, talk.CHILD, "theft_taunt")


def _overhear(world: World) -> list[Effect]:
    """Once an evening the Child notices that somebody speaks in the player's ear."""
    marks = world.story.marks
    spoke_s = marks.get("companion spoke")
    if spoke_s is None or "overheard" in marks:
        return []
    first_s, last_s = _OVERHEARS_S
    if world.time_s - spoke_s > last_s:
        del marks["companion spoke"]
        return []
    if talk.busy(world) or world.talk.silent_since_s < spoke_s + 0.5:
        return []
    if world.time_s - world.talk.silent_since_s < first_s:
        return []
    marks["overheard"] = world.time_s
    return talk.say(world, talk.CHILD, "overheard")


def _wait_for(world: World) -> list[Effect]:
    """Whom it leads and who stands still is waited for, and told so."""
    marks = world.story.marks
    if world.player.speed_mps > 0.1:
        marks["lags since"] = world.time_s
        return []
    since_s = marks.setdefault("lags since", world.time_s)
    again = world.time_s - marks.get("waited", -99.0) > _LAGS_AGAIN_S
    quiet = world.time_s - world.talk.silent_since_s > 3.0
    if world.time_s - since_s < _LAGS_S or not again or not quiet:
        return []
    if "waited" in marks and "nudge_walk" not in marks:
        marks["nudge_walk"] = marks["waited"] = world.time_s
        return talk.say(world, talk.COMPANION, "nudge_walk")
    marks["waited"] = world.time_s
    return talk.say(world, talk.CHILD, "leading_wait")


def _teach(world: World) -> list[Effect]:
    """Who is still at the first steps when the first minute is over hears how they are done."""
    marks, since_s = world.story.marks, world.time_s - world.scene_since_s
    if world.time_s < _COMPANION_FROM_S:
        return []
    if world.scene is Scene.WALK and since_s > 14.0 and world.story.walked_m < 0.5:
        line = "nudge_walk"
    elif world.scene is Scene.POINT and since_s > 10.0:
        line = "nudge_point"
    else:
        return []
    if line in marks:
        return []
    marks[line] = world.time_s
    return talk.say(world, talk.COMPANION, line)


def _gesture(world: World, name: str) -> None:
    world.child.gesture, world.child.gesture_since_s = name, world.time_s


def _sound(world: World, name: str) -> Effect:
    return PlaySound(
        name=name, clip=f"{name}-idle-{world.tick}", position=body.mouth_of(world), gain_db=-4.0
    )
