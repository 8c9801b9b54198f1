"""An evening once more: the log's observations through interpret and world, and nothing else."""

from dataclasses import dataclass
from typing import Any

from game.calibration import from_json as from_calibration
from game.clock import TICK_S
from game.interpret.interpreter import Interpreter
from game.report import Reporter
from game.saves import from_json
from game.sense.evening_log import Evening
from game.version import contents, version
from game.world.digest import world_hash
from game.world.state import WISHES
from game.world.step import begin, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    world_hash: str
    same: bool
    """It ended in the world that the log tells of."""
    notes: tuple[str, ...]
    """Sentences about what is different here from where the log was written."""
    report: dict[str, Any]


def replay(evening: Evening) -> Replayed:
    """Runs the whole evening as fast as the machine can."""
    world = begin(evening.head["seed"], from_json(evening.head.get("save", {}), "the log's save"))
    settings = evening.head.get("settings", {})
    world.recording = bool(settings.get("recording", False))
    for wish in WISHES:
        setattr(world.player, wish, settings.get(wish, getattr(world.player, wish)))
    interpreter = Interpreter(from_calibration(evening.head.get("calibration", {})))
    reporter = Reporter()
    while world.tick < evening.last_tick:
        tick = world.tick + 1
        news = evening.ticks.get(tick, ())
        reporter.sensed(news)
        intents = interpreter.tick(news, tick * TICK_S)
        effects = step(world, intents, TICK_S)
        reporter.meant(intents)
        reporter.happened(effects, tick * TICK_S, utterance=world.talk.utterance)
    found = world_hash(world)
    report = reporter.as_json(
        version=version(), ran_on={"replay": True}, seconds=world.time_s, world_hash=found
    )
    return Replayed(
        world_hash=found, same=found == evening.world_hash, notes=tuple(_differences(evening)), report=report
    )


def _differences(evening: Evening) -> list[str]:
    notes = []
    if evening.head.get("hollow") != version():
        notes.append(f"The log was written by Hollow {evening.head.get('hollow')}; this is {version()}.")
    theirs = evening.head.get("contents", {})
    changed = sorted(name for name, found in contents().items() if theirs.get(name, found) != found)
    if changed:
        notes.append(f"These files differ from the evening's: {', '.join(changed)}.")
    return notes
