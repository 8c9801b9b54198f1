"""Players made of intents, for tests of the world."""

from game.clock import TICK_S
from game.interpret.intents import Action, ActionValue, Arms, GestureEvent, HandIntent, Intents, Speech, Walk
from game.sense.observations import (
    ClipPlayed,
    CommandHeard,
    Heard,
    HeardSoFar,
    ReplyEnded,
    SentenceSpoken,
    TurnUnderstood,
)
from game.world.effects import Ask, Effect, PlayClip, Say, StopClip, Withdraw
from game.world.state import World
from game.world.step import step
from npc.contract import Question

_TALKS_S = 0.4
"""After so long the ears know that a player does more than listen."""
Reply = TurnUnderstood | SentenceSpoken | ReplyEnded


def hand(aim: tuple[float, float] = (0.0, 0.0), *active: Action) -> HandIntent:
    return HandIntent(
        side="right",
        confidence=1.0,
        aim=aim,
        shape=((0.0, 0.0, 0.0),) * 21,
        actions={
            a: ActionValue(value=float(a in active), ready=True, confidence=1.0, active=a in active)
            for a in Action
        },
        age_s=0.0,
    )


def said(text: str, at_s: float, utterance: int = 1, extends: int | None = None) -> Heard:
    return Heard(
        at_s=at_s, utterance=utterance, text=text, start_s=at_s - 1.5, end_s=at_s - 0.5, extends=extends
    )


def so_far(text: str, at_s: float, extends: int | None = None) -> HeardSoFar:
    """Words up to a pause that began half a second ago."""
    return HeardSoFar(at_s=at_s, text=text, start_s=at_s - 1.5, end_s=at_s - 0.5, extends=extends)


def understood(question: Question, act: str = "tease", events: tuple[str, ...] = ()) -> TurnUnderstood:
    return TurnUnderstood(
        at_s=0.0, turn=question.turn, character=question.character, kind="greeting", act=act,
        gesture="stare", events=events,
    )  # fmt: skip


def sentence(turn: int, text: str = "You have a face.", *, index: int = 0, character: str = "child",
             actions: tuple[str, ...] = (), goes_on: bool = False) -> SentenceSpoken:  # fmt: skip
    words = text.split()
    return SentenceSpoken(
        at_s=0.0, turn=turn, character=character, index=index, text=text, gesture=None, actions=actions,
        goes_on=goes_on, clip=f"{character}-{turn}-{index}", duration_s=0.4 * len(words),
        words=tuple((word, 0.4 * i, 0.4 * (i + 1)) for i, word in enumerate(words)),
        source="model", backend="test",
    )  # fmt: skip


def ended(turn: int) -> ReplyEnded:
    return ReplyEnded(at_s=0.0, turn=turn, character="child")


class Evening:
    """A world with a loudspeaker that plays what it is told, and a mind that answers when told to."""

    def __init__(self, world: World, *, answers: bool = True) -> None:
        self.world = world
        self.answers = answers
        self.effects: list[Effect] = []
        self.replies: list[Reply] = []
        self.reply_actions: tuple[str, ...] = ()
        self.reply_events: tuple[str, ...] = ()
        self._playing: dict[str, tuple[float, float]] = {}
        self._lengths: dict[str, float] = {}
        self._sounds_s = 0.0

    def run(self, seconds: float, *, speaking: bool = False, sounding_s: float = 0.0,
            hands: tuple[HandIntent, ...] = (),
            walk: Walk | None = None, heard: tuple[Heard, ...] = (), so_far: tuple[HeardSoFar, ...] = (),
            gestures: tuple[GestureEvent, ...] = (),
            commands: tuple[str, ...] = (), arms: Arms | None = None) -> list[Effect]:  # fmt: skip
        """Plays on; ``heard``, ``so_far``, ``gestures`` and ``commands`` arrive in the first tick.
        A voice that sounds for ``sounding_s`` may be no speech.
        Returns the effects since."""
        before = len(self.effects)
        for number in range(round(seconds / TICK_S)):
            sounds = speaking or number * TICK_S < sounding_s
            self._sounds_s = self._sounds_s + TICK_S if sounds else 0.0
            replies, self.replies = tuple(self.replies), []
            for reply in replies:
                if isinstance(reply, SentenceSpoken):
                    self._lengths[reply.clip] = reply.duration_s
            intents = Intents(
                hands=hands,
                walk=walk or Walk(),
                arms=arms or Arms(),
                speech=Speech(
                    speaking=speaking,
                    sounding_s=self._sounds_s or None,
                    talks=speaking and self._sounds_s > _TALKS_S,
                ),
                heard=heard if number == 0 else (),
                heard_so_far=so_far if number == 0 else (),
                gestures=gestures if number == 0 else (),
                commands=tuple(
                    CommandHeard(at_s=0.0, name=name, end_s=0.0, confidence=1.0)
                    for name in (commands if number == 0 else ())
                ),
                replies=replies,
                played=tuple(self._feedback()),
            )
            effects = step(self.world, intents)
            self.effects += effects
            for effect in effects:
                self._carry_out(effect)
        return self.effects[before:]

    def _feedback(self) -> list[ClipPlayed]:
        news = []
        for clip, (since_s, length_s) in list(self._playing.items()):
            played_s = self.world.time_s - since_s
            done = played_s >= length_s
            news.append(ClipPlayed(at_s=0.0, clip=clip, played_s=min(played_s, length_s), finished=done))
            if done:
                del self._playing[clip]
        return news

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case PlayClip(clip=clip):
                self._playing[clip] = (self.world.time_s, self._lengths[clip])
            case StopClip(clip=clip):
                self._playing.pop(clip, None)
            case Ask(question=question) if self.answers:
                self.replies += [
                    understood(question, events=self.reply_events),
                    sentence(question.turn, actions=self.reply_actions),
                    ended(question.turn),
                ]
            case Say(turn=turn, character=character) if self.answers:
                self.replies.append(sentence(turn, "What are you looking at?", character=character))
            case _:
                pass

    def asked(self) -> list[Question]:
        return [effect.question for effect in self.effects if isinstance(effect, Ask)]

    def withdrawn(self) -> list[int]:
        return [effect.turn for effect in self.effects if isinstance(effect, Withdraw)]

    def played(self) -> list[str]:
        return [effect.clip for effect in self.effects if isinstance(effect, PlayClip)]
