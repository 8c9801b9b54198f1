"""How the Child listens: a blink, a nod or a small sound in the player's pauses, and a sound that fits before
words.

All of it comes without a language model, in the tick in which the ears tell of the pause or the mind of its
understanding. No sound goes on while the player speaks.
"""

from typing import Final

from game.interpret.intents import Intents
from game.world.child import mouth_of
from game.world.effects import Effect, PlaySound, StopClip
from game.world.state import Scene, World

_UNSEEN: Final = (Scene.DARK, Scene.PAINT, Scene.WALK, Scene.POINT)
"""Until its eyes light up it hides, and gives no sign."""
_BLINK_AGAIN_S: Final = 1.0
"""Some gap between words is a pause every second; eyes that shut at each would flutter."""
_SPOKEN_S: Final = 0.7
"""A pause after so much speech is one to nod in."""
_NOD_AGAIN_S: Final = 2.5
_LONG_S: Final = 3.0
"""A pause after so much speech is one to make a sound in."""
_HUM_AGAIN_S: Final = 9.0
_HUM_DB: Final = -10.0
"""Beside speech: it must not take the turn."""
_HUMS: Final = {"hostile": "grunt", "wary": "hm", "warming": "hm", "friend": "hm"}
_VOICED: Final = {
    "laugh": "laugh", "smirk": "giggle", "jump": "gasp", "gasp": "gasp", "shrug": "sigh",
    "turn_away": "grunt", "rude": "grunt",
}  # fmt: skip
"""Gestures that its mouth joins in, and the recipe of the sound."""
_VOICED_AGAIN_S: Final = 12.0
"""The same sound again sooner would be a machine's; laughter alone may come as often as it is earned."""
_VOICED_DB: Final = -3.0


def follow(world: World, intents: Intents) -> list[Effect]:
    """One tick of listening to the player's voice."""
    listening, speech = world.listening, intents.speech
    sounding = speech.sounding_s is not None
    fell = listening.sounding and not sounding
    listening.sounding = sounding
    if sounding:
        return hush(world)
    shown = world.scene not in _UNSEEN and not world.paused
    if not fell or not speech.speaking or not shown or world.talk.current is not None:
        return []
    if world.time_s - listening.blinked_s >= _BLINK_AGAIN_S:
        listening.blinked_s = world.time_s
    if speech.since_s >= _LONG_S and world.time_s - listening.hummed_s >= _HUM_AGAIN_S:
        listening.hummed_s = listening.nodded_s = world.time_s
        return [_sound(world, _HUMS[world.child.mood], _HUM_DB)]
    free = world.child.gesture is None and speech.since_s >= _SPOKEN_S
    if free and world.time_s - listening.nodded_s >= _NOD_AGAIN_S:
        listening.nodded_s = world.time_s
        world.child.gesture, world.child.gesture_since_s = "nod", world.time_s
    return []


def voice(world: World, gesture: str | None) -> list[Effect]:
    """The sound that goes with the gesture by which it first reacts to a turn: the words come later."""
    name = _VOICED.get(gesture or "")
    if name is None or world.scene in _UNSEEN or world.listening.sounding:
        return []
    before_s = world.listening.voiced_s.get(name, -_VOICED_AGAIN_S)
    if name != "laugh" and world.time_s - before_s < _VOICED_AGAIN_S:
        return []
    world.listening.voiced_s[name] = world.time_s
    return [_sound(world, name, _VOICED_DB)]


def hush(world: World) -> list[Effect]:
    """Whatever sound it makes gives way: to the player's voice, or to its own words."""
    clip, world.listening.clip = world.listening.clip, None
    return [] if clip is None else [StopClip(clip=clip, fade_s=0.15)]


def _sound(world: World, name: str, gain_db: float) -> PlaySound:
    clip = f"{name}-at-{world.tick}"
    world.listening.clip = clip
    return PlaySound(name=name, clip=clip, position=mouth_of(world), gain_db=gain_db)
