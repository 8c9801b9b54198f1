"""Taking turns: when a question is put, when a reply may be spoken, when it is cut off, what was heard of it.

A character never speaks over the player: a sentence waits until the player is silent, and a reply whose
question was not finished (the player went on) is withdrawn before it is heard.
"""

from typing import Final

from game.interpret.intents import Action, Intents
from game.sense.observations import (
    Heard,
    HeardSoFar,
    ReplyEnded,
    SenseFound,
    SentenceSpoken,
    TurnUnderstood,
)
from game.world import early
from game.world.backchannel import is_backchannel
from game.world.child import mouth_of
from game.world.effects import Ask, Duck, Effect, PlayClip, PlaySound, Say, Settled, StopClip, Withdraw
from game.world.geometry import distance
from game.world.light import show_words
from game.world.listening import hush, voice
from game.world.silence import SILENCE, silence_counts
from game.world.state import Scene, World
from game.world.talk_state import Line, Talk
from npc import trust
from npc.care import speaks_of_self_harm
from npc.contract import Exchange, Perception, Question
from npc.past import as_said

CHILD: Final = "child"
"""Who plays in the cave, whichever character it is."""
COMPANION: Final = "companion"
"""Who speaks in the ear."""

_JUST_SPOKE_S: Final = 0.2
"""What a player says so soon after a character's last word was begun while it spoke."""
_PALM_S: Final = 0.08
"""With the time that recognising it takes, a palm held for a quarter of a second."""
_LATE_S: Final = 1.6
"""A reply that is later than this is bridged by the body and a small sound."""
_GIVE_UP_S: Final = 25.0
"""A question without any answer for this long is dropped (its mind is gone)."""
_BREATH_S: Final = 0.25
"""Between two sentences of one reply."""
_HISTORY: Final = 200
"""Exchanges that the world keeps and each question brings: more than an evening has, for what happens once
an evening is counted over them."""
_COMPANY_S: Final = 60.0
"""A second voice that was silent for longer has left."""
_WHISPER_DB: Final = -46.0
_SHOUT_DB: Final = -14.0
_GESTURE_TURNS: Final = {Action.RUDE: 4.0, Action.THUMB_UP: 8.0, Action.THUMB_DOWN: 8.0, Action.CALL: 8.0}
"""Gestures that are speech, and the seconds before the same one is a turn again."""


def listen(world: World, intents: Intents) -> list[Effect]:
    """Takes what was heard and shown, and puts it to the Child as turns."""
    effects: list[Effect] = []
    talk = world.talk
    if intents.speech.speaking or talk.current is not None:
        talk.silent_since_s = world.time_s
    if intents.second_voice:
        talk.second_voice_s = world.time_s
    for so_far in intents.heard_so_far:
        if early.may_ask(world, so_far) and not _listens_on(talk, so_far):
            effects += _ask(world, intents, text=so_far.text, gesture=None, heard=so_far)
    for heard in intents.heard:
        if not heard.typed and _listens_on(talk, heard):
            # A listener's "mhm" asks for nothing and stops nothing; the Child sees that it is listened to.
            if talk.current is not None and talk.current.character == CHILD:
                _gesture(world, "glow")
            continue
        show_words(world, heard.text, "heard")
        world.story.spoken_to = True
        talk.by_ear = not heard.typed
        if early.is_settled_by(talk, heard):
            effects += _settle(world, heard)
            continue
        effects += _ask(world, intents, text=heard.text, gesture=None, heard=heard)
    effects += early.lapse(world, intents)
    for event in intents.gestures:
        again_s = _GESTURE_TURNS.get(event.name)
        if again_s is None or event.end_s is not None or world.scene in (Scene.DARK, Scene.PAINT):
            continue
        if world.time_s - talk.gesture_asked_s.get(event.name, -99.0) < again_s or talk.question is not None:
            continue
        talk.gesture_asked_s[event.name] = world.time_s
        effects += _ask(world, intents, text="", gesture=event.name.value, heard=None)
    if silence_counts(world, intents, talking=busy(world)):
        effects += _ask(world, intents, text="", gesture=SILENCE, heard=None)
    return effects


def answer(world: World, intents: Intents) -> list[Effect]:
    """Takes what the minds sent back: understanding moves the body and trust, sentences wait to be said."""
    effects: list[Effect] = []
    talk = world.talk
    if any(isinstance(news, SenseFound) and news.sense == "mind" for news in intents.senses):
        talk.asked_s = world.time_s  # A mind that has just come is asked now, whenever the player spoke.
    for reply in intents.replies:
        match reply:
            case TurnUnderstood() if talk.question is not None and reply.turn == talk.question.turn:
                if talk.early:
                    talk.held = reply
                else:
                    effects += _understand(world, reply)
            case SentenceSpoken():
                if _expected(talk, reply.turn):
                    talk.queue.append(_line(reply))
            case ReplyEnded() if talk.question is not None and reply.turn == talk.question.turn:
                talk.reply_ended = True
            case _:
                pass  # News of a turn that was withdrawn.
    return effects + _wait(world)


def speak(world: World, intents: Intents) -> list[Effect]:
    """Plays what is ready when it may be heard, ducks and stops when the player breaks in."""
    talk, speech = world.talk, intents.speech
    effects = _follow(world, intents)
    palm = _palm_held(world, intents)
    stop = any(command.name == "stop" for command in intents.commands)
    if talk.current is not None and (palm or stop):
        effects += cut_off(world)
    elif talk.current is not None and (speech.speaking or speech.sounding_s is not None):
        if talk.ducked_s is None:
            talk.ducked_s = world.time_s
            talk.over_since_s = world.time_s - (speech.sounding_s or 0.0)
            effects.append(Duck(gain_db=-12.0))
        if speech.talks:
            effects += cut_off(world)
    elif talk.ducked_s is not None:
        talk.ducked_s = None
        effects.append(Duck(gain_db=0.0))
    breath_s = 0.0 if talk.queue and talk.queue[0].goes_on else _BREATH_S
    quiet = not intents.speech.speaking and world.time_s - talk.silent_since_s >= breath_s
    if talk.current is None and talk.queue and quiet and not world.paused and not talk.early:
        line = talk.queue.pop(0)
        line.started_s = world.time_s
        talk.current = line
        position = mouth_of(world) if line.character == CHILD else None
        if line.character == CHILD:
            world.child.speaking = line.clip
            _gesture(world, line.gesture)
            effects += hush(world)
        if not world.voice_on:
            show_words(world, line.text, "child", line.duration_s + 1.0)
        effects.append(PlayClip(clip=line.clip, character=line.character, position=position))
    if talk.current is not None:
        if world.time_s - talk.spoke_s > 1.0:
            talk.spoke_from_s = world.time_s
        talk.spoke_s = world.time_s
    if talk.current is None and not talk.queue and talk.reply_ended and not talk.early:
        _remember(world, cut=False)
    return effects


def say(world: World, character: str, line: str) -> list[Effect]:
    """Has an authored line of the story spoken as soon as nobody else speaks."""
    world.talk.turns += 1
    return [Say(turn=world.talk.turns, character=character, line=line)]


def offer(world: World, intents: Intents, gesture: str) -> list[Effect]:
    """What is shown without a word (a palm held up, a long silence) is put to the Child as a turn, unless one
    is open."""
    if busy(world):
        return []
    return _ask(world, intents, text="", gesture=gesture, heard=None)


def cut_off(world: World) -> list[Effect]:
    """Stops whatever is being said; history keeps the words that were heard."""
    talk = world.talk
    effects: list[Effect] = []
    if talk.current is not None:
        effects.append(StopClip(clip=talk.current.clip, fade_s=0.06))
    if talk.early:
        effects += early.drop(world)
    if talk.question is not None:
        effects.append(Withdraw(turn=talk.question.turn))
    if talk.ducked_s is not None:
        talk.ducked_s = None
        effects.append(Duck(gain_db=0.0))
    _remember(world, cut=True)
    _gesture(world, "gasp")
    return effects


def busy(world: World) -> bool:
    """Somebody speaks, or an answer is on its way."""
    talk = world.talk
    return talk.current is not None or bool(talk.queue) or talk.question is not None


def _palm_held(world: World, intents: Intents) -> bool:
    """A palm held out towards the picture long enough to mean it."""
    shown = any(
        value.active for hand in intents.hands if (value := hand.actions.get(Action.PALM_OUT)) is not None
    )
    talk = world.talk
    if not shown:
        talk.palm_since_s = None
        return False
    if talk.palm_since_s is None:
        talk.palm_since_s = world.time_s
    return world.time_s - talk.palm_since_s >= _PALM_S


def _understand(world: World, reply: TurnUnderstood) -> list[Effect]:
    talk = world.talk
    talk.understood, talk.act = True, reply.act
    world.trust = trust.apply(world.trust, reply.events)
    world.child.mood = trust.band(world.trust)
    if reply.act in ("insult", "tease"):
        talk.last_insult_s = world.time_s
    _gesture(world, reply.gesture)
    return voice(world, reply.gesture)


def _settle(world: World, heard: Heard) -> list[Effect]:
    """The early question was all: from here on it is a question like any other."""
    talk = world.talk
    if talk.question is None:
        return []
    talk.early, talk.utterance, talk.asked_s = False, heard.utterance, world.time_s
    effects: list[Effect] = [Settled(turn=talk.question.turn)]
    if talk.held is not None:
        effects += _understand(world, talk.held)
        talk.held = None
    return effects


def _ask(
    world: World, intents: Intents, *, text: str, gesture: str | None, heard: Heard | HeardSoFar | None
) -> list[Effect]:
    effects: list[Effect] = []
    talk = world.talk
    if talk.early:
        effects += early.drop(world)
    if talk.current is not None or talk.queue:
        effects += cut_off(world)
    elif talk.question is not None:
        effects.append(Withdraw(turn=talk.question.turn))
        if heard is None or heard.extends is None or heard.extends != talk.utterance:
            _remember(world, cut=True)
    talk.turns += 1
    typed = isinstance(heard, Heard) and heard.typed
    loudness = heard.loudness_db if heard is not None and not typed else -30.0
    gap_s = None if talk.last_insult_s is None else world.time_s - talk.last_insult_s
    question = Question(
        turn=talk.turns,
        character=CHILD,
        text=text,
        gesture=gesture,
        perception=Perception(
            place=world.cave.place,
            way_out=world.cave.way_out_words,
            scene=world.scene.value,
            distance_m=round(distance(world.player.position, world.child.position), 2),
            gestures=tuple(
                sorted({a.value for h in intents.hands for a, v in h.actions.items() if v.active})
            ),
            loudness="whisper" if loudness < _WHISPER_DB else "shout" if loudness > _SHOUT_DB else "normal",
            faces=max(1, intents.head.faces),
            voices=1 + (talk.second_voice_s is not None and world.time_s - talk.second_voice_s < _COMPANY_S),
            visible=("crystal", "tunnel", "rock"),
            has_stolen_light=world.light_stolen,
            recording=world.recording,
            camera_on=world.camera_on,
        ),
        trust=round(world.trust, 3),
        history=tuple(world.history[-_HISTORY:]),
        level="gentle" if world.level == "gentle" else "film",
        seed=world.seed * 1009 + talk.turns,
        since_insult_s=gap_s,
    )
    talk.question = question
    talk.utterance = heard.utterance if isinstance(heard, Heard) else None
    talk.early = isinstance(heard, HeardSoFar)
    talk.asked_s, talk.understood, talk.reply_ended, talk.nudged = world.time_s, False, False, False
    talk.act = ""
    effects.append(Ask(question=question, early=talk.early))
    return effects


def _listens_on(talk: Talk, heard: Heard | HeardSoFar) -> bool:
    """Whether these words, begun while a character spoke, only tell that the player listens."""
    over = talk.spoke_from_s <= heard.start_s <= talk.spoke_s + _JUST_SPOKE_S
    return over and (is_backchannel(heard.text) or (isinstance(heard, Heard) and heard.listens))


def _expected(talk: Talk, turn: int) -> bool:
    """A reply to the open question, or a line of the story (its turn was never asked)."""
    if talk.question is None:
        return turn == talk.turns
    return turn == talk.question.turn


def _line(reply: SentenceSpoken) -> Line:
    return Line(
        clip=reply.clip,
        turn=reply.turn,
        character=reply.character,
        text=reply.text,
        words=reply.words,
        duration_s=reply.duration_s,
        gesture=reply.gesture,
        actions=reply.actions,
        goes_on=reply.goes_on,
    )


def _follow(world: World, intents: Intents) -> list[Effect]:
    """Hears from the mixer how far the present line has been played."""
    talk = world.talk
    for played in intents.played:
        line = talk.current
        if line is None or played.clip != line.clip:
            continue
        line.played_s = max(line.played_s, played.played_s)
        if played.finished:
            line.played_s = line.duration_s
            talk.said.append(line)
            talk.current = None
            talk.silent_since_s = world.time_s
            world.child.speaking = None
            _remember_story(world, line)
    return []


def _wait(world: World) -> list[Effect]:
    """Bridges a late reply by the body and a sound, and gives up one that never comes."""
    talk = world.talk
    if talk.question is None or talk.queue or talk.current is not None or talk.reply_ended or talk.early:
        return []
    waited_s = world.time_s - talk.asked_s
    if waited_s > _GIVE_UP_S:
        turn = talk.question.turn
        _remember(world, cut=True)
        return [Withdraw(turn=turn)]
    if waited_s > _LATE_S and not talk.nudged and not talk.said:
        talk.nudged = True
        _gesture(world, "stare")
        return [PlaySound(name="hm", clip=f"hm-{talk.turns}", position=mouth_of(world), gain_db=-4.0)]
    return []


def _remember_story(world: World, line: Line) -> None:
    """A line of the story goes to history when it has been said; it answers nobody."""
    if world.talk.question is None or line.turn != world.talk.question.turn:
        world.talk.said.remove(line)
        if line.character == CHILD:
            world.history.append(Exchange(player="", reply=line.text))
            del world.history[:-_HISTORY]


def _remember(world: World, *, cut: bool) -> None:
    """Closes the open turn: history holds the player's words and what was heard of the reply. Where another
    character spoke too, its words are not the reply of the one that was asked."""
    talk = world.talk
    heard = [(line.character, line.text) for line in talk.said]
    cut_line = talk.current if cut else None
    if cut_line is not None:
        words = [word for word, _, end_s in cut_line.words if end_s <= cut_line.played_s + 0.05]
        heard.append((cut_line.character, " ".join(words)))
    # What somebody says in despair is kept nowhere, least of all in a save.
    if talk.question is not None and not speaks_of_self_harm(talk.question.text):
        asked = talk.question.character
        world.history.append(
            Exchange(
                player=as_said(talk.question),
                reply=" ".join(text for character, text in heard if text and character == asked),
                act=talk.act,
                # Who was stopped before a word of it was heard was not cut off.
                cut_off=cut_line is not None and cut_line.character == asked and bool(heard[-1][1]),
            )
        )
        del world.history[:-_HISTORY]
        if any(text for _, text in heard):
            talk.replies += 1
    for line in talk.said:
        world.story.actions += [a for a in line.actions if a not in world.story.actions]
    talk.question, talk.utterance, talk.current = None, None, None
    talk.queue, talk.said, talk.reply_ended = [], [], False
    world.child.speaking = None


def _gesture(world: World, name: str | None) -> None:
    if name is not None:
        world.child.gesture, world.child.gesture_since_s = name, world.time_s
