"""The report of an evening: what was sensed, said and done, and how long everything took.

Keys are stable (others measure with them). Times that the player would feel are on the play clock; times of
machines are wall times. See docs/report.md.
"""

import json
import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.interpret.intents import GestureEvent, Intents
from game.sense.observations import (
    HandsSeen,
    Heard,
    Observation,
    SenseLost,
    SentenceSpoken,
    TurnUnderstood,
)
from game.world.effects import Ask, Effect, PlayClip, Settled, StopClip, Withdraw
from npc.contract import Question

STAGES: Final = (
    "capture", "hands", "interpret", "step", "present", "draw",
    "reaction", "transcript", "first_token", "first_sound",
)  # fmt: skip
"""Stages in the order of a frame; the last four count from the end of the player's speech."""


def summary(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and max of the values; zeros where there are none."""
    if not values:
        return {"p50": 0.0, "p95": 0.0, "max": 0.0}
    found = np.asarray(values, dtype=np.float64)
    p50, p95 = np.percentile(found, [50, 95])
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3), "max": round(float(found.max()), 3)}


@dataclass(slots=True)
class _Turn:
    utterance: int | None
    start_s: float
    end_s: float
    heard: str
    gesture_in: str | None
    kind: str = ""
    act: str = ""
    gesture: str | None = None
    actions: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    source: str = ""
    backend: str = ""
    transcript_s: float = 0.0
    first_token_s: float | None = None
    first_sound_s: float | None = None
    interrupted: bool = False
    clips: list[str] = field(default_factory=list)
    heard_any: bool = False
    asked_s: float = 0.0
    understood_s: float | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "heard": self.heard,
            "shown": self.gesture_in,
            "kind": self.kind,
            "act": self.act,
            "reply": " ".join(self.sentences),
            "gesture": self.gesture,
            "actions": self.actions,
            "source": self.source,
            "backend": self.backend,
            "transcript_s": round(self.transcript_s, 3),
            "first_token_s": None if self.first_token_s is None else round(self.first_token_s, 3),
            "first_sound_s": None if self.first_sound_s is None else round(self.first_sound_s, 3),
            "interrupted": self.interrupted,
        }


class Reporter:
    """Gathers the report while the evening goes on; cheap enough to be always on."""

    def __init__(self) -> None:
        # Some 400 numbers a second, for as long as somebody plays: as floats of Python's own a day of them
        # would fill a gigabyte.
        self.stages_ms: dict[str, array[float]] = {name: array("f") for name in STAGES}
        self.main_cpu_ms: array[float] = array("f")
        self.main_wall_ms: array[float] = array("f")
        self.presented = 0
        self.faults: list[dict[str, Any]] = []
        self._camera_frames = 0
        self._with_hands = 0
        self._gestures: list[dict[str, Any]] = []
        self._open: dict[tuple[str, str], dict[str, Any]] = {}
        self._turns: dict[int, _Turn] = {}
        self._early: dict[int, _Turn] = {}
        """Turns that were begun before the player's was over."""
        self._heard: dict[int, Heard] = {}
        self._lines: dict[str, dict[str, Any]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measures the wall time of a stage."""
        started = time.perf_counter()
        yield
        self.stages_ms[name].append((time.perf_counter() - started) * 1000.0)

    def fault(self, at_s: float, what: str) -> None:
        self.faults.append({"t_s": round(at_s, 3), "what": what})

    def sensed(self, observations: Sequence[Observation]) -> None:
        """Notes what came in."""
        for news in observations:
            match news:
                case HandsSeen():
                    self._camera_frames += 1
                    self._with_hands += bool(news.hands)
                    self.stages_ms["hands"].append(news.hands_ms)
                    self.stages_ms["capture"].append(news.capture_ms)
                case Heard():
                    self._heard[news.utterance] = news
                    if not news.typed:
                        self.stages_ms["transcript"].append((news.at_s - news.end_s) * 1000.0)
                case SenseLost() if not news.final:
                    self.fault(news.at_s, news.reason)
                case TurnUnderstood() if (turn := self._turn(news.turn)) is not None:
                    turn.kind, turn.act, turn.gesture = news.kind, news.act, news.gesture
                    turn.understood_s = news.at_s
                    if not turn.gesture_in and news.turn in self._turns:
                        self.stages_ms["reaction"].append((news.at_s - turn.end_s) * 1000.0)
                case SentenceSpoken():
                    self._lines[news.clip] = {"character": news.character, "text": news.text, "start_s": None}
                    if (turn := self._turn(news.turn)) is not None:
                        self._sentence(turn, news)
                case _:
                    pass

    def meant(self, intents: Intents) -> None:
        """Notes gestures as they begin and end."""
        for event in intents.gestures:
            self._gesture(event)

    def happened(self, effects: Sequence[Effect], at_s: float, *, utterance: int | None) -> None:
        """Notes questions that were put (about ``utterance``) and speech that became sound."""
        heard = self._heard.get(utterance) if utterance is not None else None
        for effect in effects:
            match effect:
                case Ask(question=question, early=early):
                    self._asked(question, heard, at_s, early=early)
                case Settled(turn=number):
                    self._settled(number, heard, at_s)
                case Withdraw(turn=number):
                    self._early.pop(number, None)
                case PlayClip(clip=clip):
                    self._sound(clip, at_s)
                case StopClip(clip=clip):
                    self._cut(clip)
                case _:
                    pass

    def as_json(
        self, *, version: str, ran_on: dict[str, Any], seconds: float, world_hash: str
    ) -> dict[str, Any]:
        """The whole report as one JSON document."""
        still = [{**gesture, "end_s": round(seconds, 3)} for gesture in self._open.values()]
        gestures = self._gestures + still
        return {
            "version": version,
            "ran_on": ran_on,
            "seconds": round(seconds, 3),
            "frames": {
                "presented": self.presented,
                "camera": self._camera_frames,
                "with_hands": self._with_hands,
            },
            "stages_ms": {name: summary(values) for name, values in self.stages_ms.items()},
            "main_thread_ms": {"cpu": summary(self.main_cpu_ms), "wall": summary(self.main_wall_ms)},
            "gestures": sorted(gestures, key=lambda gesture: float(gesture["start_s"])),
            "turns": [turn.as_json() for turn in self._turns.values()],
            "lines": [line for line in self._lines.values() if line["start_s"] is not None],
            "faults": self.faults,
            "world_hash": world_hash,
        }

    def _asked(self, question: Question, heard: Heard | None, at_s: float, *, early: bool) -> None:
        if heard is not None:
            self._replaced(heard)
        turn = _Turn(
            utterance=heard.utterance if heard else None,
            start_s=heard.start_s if heard else at_s,
            end_s=heard.end_s if heard else at_s,
            heard=question.text,
            gesture_in=question.gesture,
            transcript_s=heard.at_s - heard.end_s if heard else 0.0,
            asked_s=at_s,
        )
        (self._early if early else self._turns)[question.turn] = turn

    def _settled(self, number: int, heard: Heard | None, at_s: float) -> None:
        """The words of an early turn were all: its times count from their end, as any turn's."""
        turn = self._early.pop(number, None)
        if turn is None or heard is None:
            return
        self._replaced(heard)
        self._turns[number] = turn
        turn.utterance, turn.start_s, turn.end_s = heard.utterance, heard.start_s, heard.end_s
        turn.transcript_s = heard.at_s - heard.end_s
        if turn.understood_s is not None:
            self.stages_ms["reaction"].append((at_s - turn.end_s) * 1000.0)
        if turn.first_token_s is not None:
            turn.first_token_s += turn.asked_s - turn.end_s
            self.stages_ms["first_token"].append(turn.first_token_s * 1000.0)

    def _turn(self, number: int) -> _Turn | None:
        return self._turns.get(number) or self._early.get(number)

    def _replaced(self, heard: Heard) -> None:
        """Forgets the turn that ``heard`` goes on with: the new one holds its words."""
        for number, turn in list(self._turns.items()):
            if heard.extends is not None and turn.utterance == heard.extends and not turn.heard_any:
                del self._turns[number]

    def _cut(self, clip: str) -> None:
        for turn in self._turns.values():
            if clip in turn.clips:
                turn.interrupted = True

    def _gesture(self, event: GestureEvent) -> None:
        key = (event.name.value, event.side)
        if event.end_s is None:
            self._open[key] = {
                "name": event.name.value,
                "hand": event.side,
                "start_s": round(event.start_s, 3),
                "end_s": None,
                "value": round(event.value, 3),
                "confidence": round(event.confidence, 3),
            }
            return
        begun = self._open.pop(key, None)
        if begun is not None:
            begun["end_s"] = round(event.end_s, 3)
            begun["value"] = max(begun["value"], round(event.value, 3))
            self._gestures.append(begun)

    def _sentence(self, turn: _Turn, news: SentenceSpoken) -> None:
        if news.goes_on and turn.sentences:
            turn.sentences[-1] += f" {news.text}"
        else:
            turn.sentences.append(news.text)
        turn.clips.append(news.clip)
        turn.actions += [action for action in news.actions if action not in turn.actions]
        turn.gesture = turn.gesture or news.gesture
        unspoken = not turn.source
        if turn.source != "model":
            turn.source, turn.backend = news.source, news.backend
        if unspoken:
            if news.turn in self._early:
                turn.first_token_s = news.first_token_s
                return
            turn.first_token_s = turn.asked_s - turn.end_s + news.first_token_s
            self.stages_ms["first_token"].append(turn.first_token_s * 1000.0)

    def _sound(self, clip: str, at_s: float) -> None:
        if clip in self._lines:
            self._lines[clip]["start_s"] = round(at_s, 3)
        for turn in self._turns.values():
            if clip in turn.clips:
                if not turn.heard_any:
                    turn.first_sound_s = at_s - turn.end_s
                    self.stages_ms["first_sound"].append(turn.first_sound_s * 1000.0)
                turn.heard_any = True


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Writes the report; `OSError` when it cannot be written."""
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
