"""Made-up hands for the tests of interpret: a scripted player, and the interpreter run over what it does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from game.clock import TICK_S
from game.interpret.gait import Step
from game.interpret.intents import Action, GestureEvent, Intents
from game.interpret.interpreter import Interpreter
from game.sense.hand_model import Pose
from game.sense.observations import HandsSeen, Observation, Side
from game.sense.synthetic_player import Stroke, SyntheticPlayer


@dataclass(slots=True)
class Played:
    """Everything that came out, tick by tick."""

    intents: list[Intents] = field(default_factory=list)
    gestures: list[GestureEvent] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def made(self, name: Action) -> list[tuple[float, float]]:
        """Begin and end of each finished gesture of this name."""
        return [(e.start_s, e.end_s) for e in self.gestures if e.name is name and e.end_s is not None]

    @property
    def names(self) -> set[Action]:
        return {event.name for event in self.gestures}


def play(observations: Iterable[Observation], *, until_s: float | None = None) -> Played:
    """Run an interpreter over the observations at 60 ticks a second."""
    waiting = sorted(observations, key=lambda seen: seen.at_s)
    end_s = until_s if until_s is not None else waiting[-1].at_s + 1.0
    interpreter, played, tick = Interpreter(), Played(), 0
    while tick * TICK_S <= end_s:
        now_s = tick * TICK_S
        due = []
        while waiting and waiting[0].at_s <= now_s:
            due.append(waiting.pop(0))
        intents = interpreter.tick(due, now_s)
        played.intents.append(intents)
        played.gestures += intents.gestures
        played.steps += interpreter.steps
        tick += 1
    return played


def perform(strokes: Sequence[Stroke], *, until_s: float, seed: int = 0) -> list[HandsSeen]:
    """What the eyes would see of a scripted player."""
    return SyntheticPlayer(strokes, seed=seed).hands_until(until_s)


def one_pose(pose: Pose, *, side: Side = "right", distance_m: float = 0.6, seed: int = 0) -> list[HandsSeen]:
    """A relaxed hand that makes one pose from 1.5 to 4.5 s and relaxes again."""
    poses = ((0.5, Pose.RELAXED), (1.5, pose), (4.5, Pose.RELAXED), (6.0, Pose.AWAY))
    strokes = [Stroke(t_s=t_s, pose=p, side=side, distance_m=distance_m) for t_s, p in poses]
    return perform(strokes, until_s=7.0, seed=seed)


def thinned(frames: Sequence[HandsSeen], *, every: int) -> list[HandsSeen]:
    """The same player before a slower camera."""
    return list(frames[::every])
