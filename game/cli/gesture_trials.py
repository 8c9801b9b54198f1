"""Trials of the interpreter: a synthetic player performs gestures, or means nothing, and what is seen of it
is set beside what was shown."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from game.clock import TICK_S
from game.interpret.gestures import THRESHOLDS
from game.interpret.intents import Action, GestureEvent
from game.interpret.interpreter import Interpreter
from game.sense.observations import HandsSeen, Side
from game.sense.synthetic.everyday import Everyday
from game.sense.synthetic.gestures import performance
from game.sense.synthetic.player import Player, Style, Truth
from game.sense.synthetic.skeleton import Anatomy
from game.sense.synthetic.tracker import NOISE, Camera, Scene

GRACE_S: Final = 0.5
"""After a gesture's end (and its minimum) it may still be noticed."""
EARLY_S: Final = 0.05
MOVEMENTS: Final = ("push", "throw", "walk", "call")
"""Actions whose whole way must be seen, not only how it ends."""
SEEN_LEAST: Final = 0.5
"""A performance of which the landmarker gave less than this share of the pictures was shown to nobody."""
DISTANCES_M: Final = (0.5, 3.0)
TILT_MOST_RAD: Final = math.radians(15.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One evening to be played: ``seconds`` of everyday motion, or (0) each gesture once."""

    fps: float
    noise: str
    seed: int
    seconds: float = 0.0
    gestures: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Result:
    """What came of a job."""

    job: Job
    rows: list[tuple[Truth, float | None, list[str]]] = field(default_factory=list)
    """Each performance: when it was recognised (seconds; None: never), and what else was seen in it."""
    unseen: list[tuple[float, bool]] = field(default_factory=list)
    """Of each performance: for how long no picture showed the hand while it was to be recognised (s), and
    whether too little of it was seen at all."""
    false: list[tuple[str, str, float]] = field(default_factory=list)
    """Gestures where there was none: action, what was going on, when."""
    seconds: float = 0.0
    """Of motion that is no gesture."""
    distance_m: float = 0.0
    """Of the working hands from the camera."""


def watched(frames: Iterable[HandsSeen]) -> Iterator[tuple[float, GestureEvent]]:
    """Gestures that the interpreter, run as in the game, says begin, and the tick at which it says so."""
    interpreter, tick = Interpreter(), 0
    waiting: list[HandsSeen] = []
    for seen in frames:
        while tick * TICK_S < seen.at_s - 1e-9:
            now_s = tick * TICK_S
            for event in interpreter.tick(waiting, now_s).gestures:
                if event.end_s is None:
                    yield now_s, event
            waiting = []
            tick += 1
        waiting.append(seen)
    for _ in range(60):
        for event in interpreter.tick(waiting, tick * TICK_S).gestures:
            if event.end_s is None:
                yield tick * TICK_S, event
        waiting = []
        tick += 1


def minimum_s(truth: Truth) -> float:
    """How long the gesture must be shown before anybody may be sure of it."""
    rule = THRESHOLDS.get(Action(truth.action))
    return max(truth.minimum_s, rule.hold_s if rule is not None else 0.0)


def player_of(job: Job) -> tuple[Player, Camera]:
    """The person and the camera of a job; the same for all rates and noises with one seed."""
    rng = np.random.default_rng([job.seed, 0xB0D7])
    camera = Camera(fps=job.fps, tilt_rad=float(rng.uniform(-TILT_MOST_RAD, TILT_MOST_RAD)))
    low, high = (math.log(d) for d in DISTANCES_M)
    player = Player(
        job.seed,
        distance_m=math.exp(rng.uniform(low, high)),
        camera=camera,
        anatomy=Anatomy.drawn(rng),
        style=Style.drawn(rng),
    )
    return player, camera


Glimpse = tuple[float, frozenset[Side]]
"""A picture: when it was taken, and the hands that the landmarker gave of it."""


def noted(frames: Iterable[HandsSeen], into: list[Glimpse]) -> Iterator[HandsSeen]:
    """The same frames, with a note of what each shows."""
    for seen in frames:
        into.append((seen.captured_s, frozenset(hand.side for hand in seen.hands)))
        yield seen


def unseen(truth: Truth, hit_s: float | None, glimpses: Sequence[Glimpse], fps: float) -> tuple[float, bool]:
    """For how long (seconds) a performance was to be recognised while pictures did not show the hand, and
    whether fewer than `SEEN_LEAST` of them did: who recognises gestures cannot see for the landmarker."""
    since_s = truth.begin_s if truth.action in MOVEMENTS else truth.shown_s
    until_s = hit_s if hit_s is not None else truth.end_s
    lacking = sum(since_s <= t <= until_s and sides.isdisjoint(truth.sides) for t, sides in glimpses)
    whole = [sides.isdisjoint(truth.sides) for t, sides in glimpses if truth.begin_s <= t <= truth.end_s]
    return lacking / fps, bool(whole) and sum(whole) > (1.0 - SEEN_LEAST) * len(whole)


def play(job: Job) -> Result:
    """Play one job through the interpreter."""
    if job.seconds > 0.0:
        return _play_everyday(job)
    player, camera = player_of(job)
    truths = performance(player, job.gestures)
    scene = Scene(player.hands, anatomy=player.anatomy, camera=camera, noise=NOISE[job.noise], seed=job.seed)
    glimpses: list[Glimpse] = []
    events = list(watched(noted(scene.frames(player.now_s), glimpses)))
    result = judged(job, truths, events, player.now_s, glimpses)
    result.distance_m = player.distance_m
    return result


def judged(
    job: Job,
    truths: Sequence[Truth],
    events: Sequence[tuple[float, GestureEvent]],
    seconds: float,
    glimpses: Sequence[Glimpse] = (),
) -> Result:
    """Sets what was seen beside what was shown."""
    result = Result(job=job)
    free = list(events)
    for k, truth in enumerate(truths):
        last_s = truth.end_s + minimum_s(truth) + GRACE_S
        # What is seen once the hand sets out for the next gesture belongs to that, unless this one is late.
        next_s = truths[k + 1].begin_s - EARLY_S if k + 1 < len(truths) else math.inf
        during = [
            (t, e)
            for t, e in free
            if truth.prepared_s - EARLY_S <= t <= last_s and (t < next_s or e.name == truth.action)
        ]
        free = [one for one in free if one not in during]
        hits = [
            t
            for t, e in during
            if e.name == truth.action and e.side in truth.sides and t >= truth.begin_s - EARLY_S
        ]
        also = [str(e.name) for _, e in during if e.name != truth.action and str(e.name) not in truth.allowed]
        # A gesture that is seen before the hand has set out for it was seen in something else.
        early = [t for t, e in during if e.name == truth.action and t < truth.begin_s - EARLY_S]
        also += [f"{truth.action} too early"] * len(early)
        hit_s = hits[0] if hits else None
        result.rows.append((truth, hit_s, also))
        result.unseen.append(unseen(truth, hit_s, glimpses, job.fps))
        seconds -= truth.end_s - truth.prepared_s
    result.false = [(str(e.name), "resting between gestures", t) for t, e in free]
    result.seconds = max(0.0, seconds)
    return result


def _play_everyday(job: Job) -> Result:
    player, camera = player_of(job)
    everyday = Everyday(player)
    everyday.go_on(job.seconds)
    scene = Scene(player.hands, anatomy=player.anatomy, camera=camera, noise=NOISE[job.noise], seed=job.seed)
    result = Result(job=job, seconds=job.seconds, distance_m=player.distance_m)
    for t_s, event in watched(scene.frames(job.seconds)):
        result.false.append((str(event.name), everyday.doing(event.start_s), round(t_s, 2)))
    return result
