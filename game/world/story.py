"""The director: the first minute in scenes, then the fork, the lead and the sight.

Each scene is a function that looks at the world and the intents and says which scene comes next, or None.
Nobody gets stuck: each scene has a way on without a hand, without a voice, and without either.
"""

from collections.abc import Callable
from typing import Final

from game.clock import TICK_S
from game.interpret.intents import Action, Intents
from game.world import antics, deeds, talk
from game.world import child as body
from game.world.effects import Effect, PlaySound
from game.world.geometry import angle_between, approach, distance, view_direction
from game.world.light import show_words
from game.world.state import Pose, Scene, World
from game.world.walking import eyes_of
from npc import trust as trust_table

_LOOKING: Final = "what_are_you_looking_at"
_AGAIN: Final = "you_again"
_TAKES: Final = "theft"
_THEFT: Final = "theft_after"
_GIGGLE: Final = "giggle"
_ARRIVED: Final = "arrived"
_SIGHT: Final = "sight"
_LIGHT_BACK: Final = "light_back"
CHILD_LINES: Final = (_LOOKING, _AGAIN, _THEFT, _SIGHT, _LIGHT_BACK)
"""Keys of the lines that the story has the Child say."""
MAY_SAY: Final = (_TAKES, _GIGGLE, _ARRIVED)
"""And of those that it is silent without."""
_DARK_S: Final = 5.0
_PAINTED_ENOUGH: Final = 0.05
_GIGGLE_AT_M: Final = 11.0
_POINT_RAD: Final = 0.16
_COMPANION_WAITS_S: Final = 1.5
_PALM_HOLD_S: Final = 8.0
WEARY: Final = 0.4
"""Arms that have spent this much of their endurance are towed ..."""
_REST: Final = 0.6
"""... and from here on the player is offered to rest them, ..."""
_REST_AGAIN_S: Final = 90.0
"""... not more often than this."""
_WEARY_S: Final = 3.0
"""Time constant with which the world notices."""


def direct(world: World, intents: Intents) -> list[Effect]:
    """One tick of the story: the scene acts, and may hand over to the next one."""
    effects, following = _SCENES[world.scene](world, intents)
    effects += _patience(world, intents)
    _spare(world, intents)
    if following is not None and following is not world.scene:
        world.scene, world.scene_since_s = following, world.time_s
        effects += _enter(world)
    _light_of_scene(world)
    return effects


def tows(world: World) -> bool:
    """The thread of light pulls: for a friend, for a tired arm, and for a player who does not walk for
    long. Never one who wants no motion but their own."""
    if not world.player.towed:
        return False
    since_s = world.time_s - world.scene_since_s
    weary = world.weary >= WEARY
    match world.scene:
        case Scene.WALK:
            return since_s > 22.0 or ((world.story.spoken_to or weary) and since_s > 4.0)
        case Scene.FORK:
            return since_s > 6.0
        case Scene.LEAD:
            return weary or trust_table.band(world.trust) in ("warming", "friend") or since_s > 10.0
        case _:
            return False


_Step = tuple[list[Effect], Scene | None]


def _dark(world: World, intents: Intents) -> _Step:
    effects: list[Effect] = []
    if world.tick <= 1:
        effects.append(PlaySound(name="hum", clip="hum", position=None, gain_db=-14.0, loop=True))
    if world.story.spoken_to:
        return effects, Scene.PAINT
    seen = world.story.hand_seen_s
    since_s = world.time_s - world.scene_since_s
    early = seen is not None and world.time_s - seen > 0.6 and since_s > 1.5
    return effects, Scene.PAINT if early or since_s > _DARK_S else None


def _paint(world: World, intents: Intents) -> _Step:
    since_s = world.time_s - world.scene_since_s
    if since_s > 8.0 and world.story.hand_seen_s is None and _once(world, "hint hand"):
        show_words(world, "lift a hand into the dark", "hint", 5.0)
    if since_s > 16.0 and world.story.hand_seen_s is None and _once(world, "hint voice"):
        show_words(world, "or hum", "hint", 5.0)
    if _answered_early(world):
        return [], Scene.EYES
    painted = world.story.painted > _PAINTED_ENOUGH and since_s > 9.0
    return [], Scene.WALK if painted or since_s > 26.0 else None


def _walk(world: World, intents: Intents) -> _Step:
    since_s = world.time_s - world.scene_since_s
    if since_s > 8.0 and world.story.walked_m < 0.5 and _once(world, "hint walk"):
        show_words(world, "walk with two fingers", "hint", 5.0)
    if _answered_early(world):
        return [], Scene.EYES
    return [], Scene.POINT if world.player.along_m >= _GIGGLE_AT_M else None


def _point(world: World, intents: Intents) -> _Step:
    since_s = world.time_s - world.scene_since_s
    eyes = eyes_of(world.player)
    target = body.mouth_of(world)
    for hand in intents.hands:
        point = hand.actions.get(Action.POINT)
        direction = view_direction(world.player.yaw_rad, *hand.aim)
        wide = 1.0 if point is not None and point.active else 0.6
        if angle_between(eyes, direction, target) < _POINT_RAD * wide and since_s > 1.0:
            return [], Scene.EYES
    again = int(since_s // 6.0)
    effects: list[Effect] = []
    if again >= 1 and _once(world, f"giggle again {again}"):
        effects.append(PlaySound(name="giggle", clip=f"giggle-{world.tick}", position=target))
    if since_s > 9.0 and not talk.busy(world) and _once(world, _GIGGLE):
        effects += talk.say(world, talk.CHILD, _GIGGLE)
    if since_s > 7.0 and _once(world, "hint point"):
        show_words(world, "point at the giggle", "hint", 5.0)
    return effects, Scene.EYES if _answered_early(world) or since_s > 15.0 else None


def _eyes(world: World, intents: Intents) -> _Step:
    since_s = world.time_s - world.scene_since_s
    body.shine(world, body=0.0 if since_s < 1.2 else 0.8, eyes=1.0)
    if since_s < 0.1 and world.child.pose is Pose.HIDDEN:
        world.child.pose = Pose.PEEK
    if since_s > 1.6 and world.child.pose in (Pose.HIDDEN, Pose.PEEK):
        world.child.pose = Pose.STAND
        world.child.goal = body.on_rail(world, 2.8, aside_m=0.3)
    ready = since_s > 3.6 and not talk.busy(world) and not intents.speech.speaking
    return [], Scene.ASK if ready else None


def _ask(world: World, intents: Intents) -> _Step:
    since_s = world.time_s - world.scene_since_s
    body.shine(world, body=0.85, eyes=1.0)
    answered = world.talk.replies > world.story.marks.get("replies before ask", 0.0)
    if answered and not talk.busy(world) and since_s > 3.0:
        return [], Scene.THEFT
    return [], Scene.THEFT if since_s > 25.0 and not talk.busy(world) else None


def _theft(world: World, intents: Intents) -> _Step:
    since_s = world.time_s - world.scene_since_s
    body.shine(world, body=1.0, eyes=1.0)
    effects: list[Effect] = []
    if since_s < 0.9:
        world.child.goal = body.on_rail(world, 1.7)
    elif not world.light_stolen:
        world.light_stolen, world.child.has_light = True, True
        world.child.gesture, world.child.gesture_since_s = "steal", world.time_s
        effects.append(PlaySound(name="theft", clip="theft", position=body.mouth_of(world)))
        world.child.goal = body.on_rail(world, 6.5)
        effects += talk.say(world, talk.CHILD, _TAKES)
    elif since_s > 3.4 and not talk.busy(world) and _once(world, "laugh away"):
        effects.append(PlaySound(name="laugh", clip="laugh-theft", position=body.mouth_of(world)))
        effects += talk.say(world, talk.CHILD, _THEFT)
    return effects, Scene.FORK if since_s > 6.5 and not talk.busy(world) else None


def _fork(world: World, intents: Intents) -> _Step:
    since_s = world.time_s - world.scene_since_s
    body.shine(world, body=0.9, eyes=1.0)
    effects: list[Effect] = []
    if since_s > _COMPANION_WAITS_S and not talk.busy(world) and _once(world, "companion test"):
        world.story.marks["companion spoke"] = world.time_s
        effects += talk.say(world, talk.COMPANION, "test")
    if since_s > 5.0:
        body.keep_distance(world)
    led = "lead" in world.story.actions
    return effects, Scene.LEAD if led and not talk.busy(world) else None


def _lead(world: World, intents: Intents) -> _Step:
    body.shine(world, body=1.0, eyes=1.0)
    player = world.player
    ahead_m = 3.2 if player.speed_mps > 0.1 else 2.6
    goal = body.on_rail(world, ahead_m)
    if distance(goal, world.child.position) > 0.4:
        world.child.goal = goal
    tunnel = world.cave.tunnels[player.tunnel]
    arrived = player.tunnel != 0 and player.along_m > tunnel.length_m - 7.0
    return [], Scene.SIGHT if arrived else None


def _sight(world: World, intents: Intents) -> _Step:
    body.shine(world, body=1.0, eyes=1.0)
    body.keep_distance(world)
    effects: list[Effect] = []
    if world.time_s - world.scene_since_s > 3.0 and not talk.busy(world) and _once(world, "sight"):
        effects += talk.say(world, talk.CHILD, _SIGHT)
    since_s = world.time_s - world.scene_since_s
    if since_s > 9.0 and world.light_stolen and not talk.busy(world):
        effects += deeds.give_light(world)
        effects += talk.say(world, talk.CHILD, _LIGHT_BACK)
    stands = world.player.speed_mps < 0.05
    if since_s > 16.0 and stands and not talk.busy(world) and _once(world, _ARRIVED):
        effects += talk.say(world, talk.CHILD, _ARRIVED)
    return effects, None


_SCENES: Final[dict[Scene, Callable[[World, Intents], _Step]]] = {
    Scene.DARK: _dark,
    Scene.PAINT: _paint,
    Scene.WALK: _walk,
    Scene.POINT: _point,
    Scene.EYES: _eyes,
    Scene.ASK: _ask,
    Scene.THEFT: _theft,
    Scene.FORK: _fork,
    Scene.LEAD: _lead,
    Scene.SIGHT: _sight,
}


def _enter(world: World) -> list[Effect]:
    """What happens once, when a scene begins."""
    effects: list[Effect] = []
    child = world.child
    match world.scene:
        case Scene.PAINT:
            effects.append(PlaySound(name="mote", clip="mote", position=None, gain_db=-6.0))
        case Scene.POINT:
            child.position = antics.lair(world) or body.on_rail(world, 6.5, aside_m=1.2)
            effects.append(PlaySound(name="giggle", clip="giggle", position=body.mouth_of(world)))
        case Scene.EYES:
            if distance(child.position, world.player.position) > 9.0:
                child.position = antics.lair(world) or body.on_rail(world, 6.5, aside_m=1.2)
            effects.append(PlaySound(name="giggle", clip="giggle-eyes", position=body.mouth_of(world)))
        case Scene.ASK:
            world.story.marks["replies before ask"] = float(world.talk.replies)
            child.gesture, child.gesture_since_s = "stare", world.time_s
            line = _AGAIN if world.evenings else _LOOKING
            effects += talk.say(world, talk.CHILD, line)
        case Scene.THEFT:
            child.gesture, child.gesture_since_s = "come_close", world.time_s
        case Scene.LEAD:
            child.gesture, child.gesture_since_s = "lead", world.time_s
            effects.append(PlaySound(name="lead", clip="lead", position=body.mouth_of(world)))
        case Scene.SIGHT:
            effects.append(PlaySound(name="wonder", clip="wonder", position=None))
        case _:
            pass
    return effects


def _light_of_scene(world: World) -> None:
    """Slow values of light that follow the scene."""
    ease = 0.015
    goals = {
        "mote": 1.0 if world.scene is Scene.DARK else 0.0,
        "ghost_hand": 1.0 if world.scene is Scene.WALK and world.story.walked_m < 1.5 else 0.0,
        "way_glow": {Scene.LEAD: 0.9, Scene.SIGHT: 1.0, Scene.FORK: 0.45}.get(world.scene, 0.25),
        "thread": 1.0 if world.scene is Scene.LEAD or (world.scene is Scene.WALK and tows(world)) else 0.0,
        "ambient": {
            Scene.DARK: 0.0, Scene.PAINT: 0.03, Scene.WALK: 0.12, Scene.THEFT: 0.08, Scene.SIGHT: 0.7,
        }.get(world.scene, 0.2),
    }  # fmt: skip
    for name, goal in goals.items():
        value = getattr(world, name)
        setattr(world, name, value + (goal - value) * ease)


def _patience(world: World, intents: Intents) -> list[Effect]:
    """A palm held up, still and quiet, is a turn without a word."""
    held = any(
        value.active for hand in intents.hands if (value := hand.actions.get(Action.PALM_UP)) is not None
    )
    quiet = not intents.speech.speaking and world.talk.current is None
    if not (held and quiet) or world.scene not in (Scene.ASK, Scene.FORK, Scene.LEAD, Scene.SIGHT):
        world.story.still_palm_s = 0.0
        return []
    before_s = world.story.still_palm_s
    world.story.still_palm_s += TICK_S
    if before_s < _PALM_HOLD_S <= world.story.still_palm_s:
        return talk.offer(world, intents, Action.PALM_UP.value)
    return []


def _spare(world: World, intents: Intents) -> None:
    """Notices tired arms, and offers rest in words of light: what can be done is done with a low hand too."""
    world.weary = approach(world.weary, intents.arms.most, 1.0 / _WEARY_S, TICK_S)
    offered_s = world.story.marks.get("hint rest", -_REST_AGAIN_S)
    if world.weary >= _REST and not world.paused and world.time_s - offered_s >= _REST_AGAIN_S:
        world.story.marks["hint rest"] = world.time_s
        show_words(world, "rest your arm a while", "hint", 5.0)


def _answered_early(world: World) -> bool:
    """The player spoke before the Child showed itself, and has its answer: that draws it out."""
    return world.talk.replies > 0 and not talk.busy(world)


def _once(world: World, mark: str) -> bool:
    """True the first time in this evening."""
    if mark in world.story.marks:
        return False
    world.story.marks[mark] = world.time_s
    return True
