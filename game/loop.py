"""The play loop: sense, interpret, simulate, present, in that order, on either clock.

Everything that flows back (what was played, what a mind says) enters as an observation of a later tick, so
the loop is one straight line and a log of observations is a whole evening.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLES_PER_TICK, TICK_HZ, TICK_S
from game.inbox import Inbox
from game.parts import Parts
from game.present.display.port import Typed
from game.report import Reporter
from game.sense.observations import (
    Heard,
    Observation,
    PlayerAway,
    PlayerBack,
    PointerMoved,
    SenseFound,
    SenseLost,
)
from game.workers.link import WorkerLink
from game.workers.messages import Advance, Clip, Order, Report
from game.world.effects import Ask, Say, Withdraw
from game.world.step import step

_CATCH_UP: Final = 16
"""World steps that one slow frame may owe; beyond that the world falls behind rather than the picture."""
_EYES_AHEAD_S: Final = 0.25
"""How far the eyes may run ahead on the game clock, so that they and the picture share the cores."""
_LONGEST_BREATH_S: Final = 0.12
_TYPED_FROM: Final = 1_000_000
"""Utterance numbers of typed lines, apart from the ears' own."""


class Play:
    """One evening. `run_game_clock` or `run_real_clock` returns when it is over."""

    def __init__(self, parts: Parts, *, seconds: float | None) -> None:
        self.parts = parts
        self.world = parts.world
        self._end_tick = math.inf if seconds is None else round(seconds * TICK_HZ)
        self._inbox = Inbox()
        self._orders: list[Order] = []
        self._gesturing = self._gesturing_told = False
        self._typed = 0
        self._told: set[str] = set()
        self._stopped = False
        self._epoch_s = time.monotonic()
        self._skip_pointer = False
        self._blind = False
        """The camera was lost, and is not back."""
        self.first_picture_s = 0.0
        """Monotonic time of the first picture."""
        self.ready_s: float | None = None
        """Monotonic time at which every worker was ready: the first possible conversation."""

    def real_now_s(self) -> float:
        """The play clock, when it follows the wall."""
        return time.monotonic() - self._epoch_s

    def stop(self) -> None:
        """Ends the evening after the present frame."""
        self._stopped = True

    @property
    def over(self) -> bool:
        return self._stopped or self.parts.display.closed or self.world.tick >= self._end_tick

    # -- the game clock: inputs at their own times, one tick after the other -------------------------------

    def run_game_clock(self) -> None:
        """Plays in lockstep: the same inputs give the same evening on any machine."""
        parts = self.parts
        links = [link for link in (parts.eyes, parts.mind) if link is not None]
        self._show(alpha=1.0, predicted_s=0.0)
        for link in links:
            link.wait_ready(tell=self._say)
            link.begin(self._epoch_s)
        self.ready_s = time.monotonic()
        self._reached = {link.name: -math.inf for link in links}
        if parts.eyes is not None:
            parts.eyes.send(Advance(until_s=_EYES_AHEAD_S))
        if parts.mind is not None:
            parts.mind.send(Advance(until_s=0.0))
        while not self.over:
            tick = self.world.tick + 1
            t_s = tick * TICK_S
            if parts.eyes is not None:
                self._await(parts.eyes, t_s)
            if parts.mind is not None:
                # What was asked in a tick is answered in a later one, so the mind may be one tick behind.
                self._await(parts.mind, t_s - TICK_S)
            self._poll_display(t_s)
            self._poll_players(t_s)
            main = _Stopwatch()
            self._tick(tick)
            block = parts.mixer.mix(SAMPLES_PER_TICK)
            if parts.recorder is not None:
                parts.recorder.add_sound(block)
            if parts.mind is not None:
                parts.mind.send(self._advance(t_s, parts.listens.to_reference(block)))
            if parts.eyes is not None:
                parts.eyes.send(Advance(until_s=t_s + _EYES_AHEAD_S))
            if parts.progress and tick % (10 * TICK_HZ) == 0 and parts.tell is not None:
                parts.tell(f"{t_s:.0f} of {self._end_tick / TICK_HZ:.0f} s")
            if tick % 2 == 0:
                parts.display.begin()
                self._show(alpha=1.0, predicted_s=t_s, main=main, film_s=t_s - 2 * TICK_S)

    def _await(self, link: WorkerLink, need_s: float) -> None:
        """Waits until the worker has told everything up to ``need_s``; starts it again when it dies."""
        while self._reached[link.name] < need_s - 1e-9 and not link.gone:
            for report in link.wait_reports(need_s):
                self._reached[link.name] = report.reached_s
                self._take(report)
            if not link.ready:
                link.wait_ready(need_s, self._say)
            if self._returned(link, need_s):
                link.send(self._advance(need_s, None))

    # -- the real clock: the display's pace, the newest of everything --------------------------------------

    def run_real_clock(self, *, wait_for_workers: bool, audio: "AudioThread | None") -> None:
        """Plays as on the evening. With files for senses the clock starts when the workers are ready, so
        that nothing of them is missed; the first picture is there before."""
        parts = self.parts
        links = [link for link in (parts.eyes, parts.mind) if link is not None]
        while wait_for_workers and not self.over and not all(link.ready or link.gone for link in links):
            parts.display.begin()
            self._show(alpha=1.0, predicted_s=0.0)
            for link in links:
                link.poll(0.0)
                self._tell_faults(link, 0.0)
        self._epoch_s = time.monotonic()
        for link in links:
            link.begin(self._epoch_s)
        if audio is not None:
            audio.start()
        try:
            while not self.over:
                frame = parts.display.begin()
                now_s = self.real_now_s()
                seen_s = frame.predicted_s - self._epoch_s
                for link in links:
                    for report in link.poll(now_s):
                        self._take(report)
                    self._returned(link, now_s)
                if self.ready_s is None and all(link.ready for link in links):
                    self.ready_s = time.monotonic()
                self._poll_display(now_s)
                self._poll_players(now_s)
                owed = min(_CATCH_UP, int(seen_s * TICK_HZ) - self.world.tick)
                main = _Stopwatch()
                for _ in range(max(0, owed)):
                    if not self.over:
                        self._tick(self.world.tick + 1)
                if parts.mind is not None:
                    blocks = audio.take_reference() if audio is not None else None
                    if self._orders or blocks is not None or self._gesturing is not self._gesturing_told:
                        parts.mind.send(self._advance(now_s, blocks))
                alpha = max(0.0, min(1.0, seen_s * TICK_HZ - self.world.tick))
                drawing_s = time.perf_counter()
                if frame.wanted:
                    self._show(alpha=alpha, predicted_s=seen_s, main=main)
                drawing_s = time.perf_counter() - drawing_s
                if parts.breath > 0.0:
                    loading = 2.0 if self.ready_s is None else 1.0
                    time.sleep(min(_LONGEST_BREATH_S, parts.breath * loading * drawing_s))
        finally:
            if audio is not None:
                audio.stop()

    # -- shared ------------------------------------------------------------------------------------------

    def _tick(self, tick: int) -> None:
        parts = self.parts
        t_s = tick * TICK_S
        self._inbox.put(parts.sounds.feedback(t_s))
        news = self._inbox.take(tick)
        parts.reporter.sensed(news)
        if parts.log is not None:
            parts.log.tick(tick, news)
        with parts.reporter.stage("interpret"):
            intents = parts.interpreter.tick(news, t_s)
        with parts.reporter.stage("step"):
            effects = step(self.world, intents, TICK_S)
        if parts.follow is not None:
            parts.follow(self.world)
        parts.reporter.meant(intents)
        parts.reporter.happened(effects, t_s, utterance=self.world.talk.utterance)
        self._gesturing = intents.gesturing
        self._orders += [effect for effect in effects if isinstance(effect, Ask | Say | Withdraw)]
        parts.sounds.apply(effects, self.world)
        for command in intents.commands:
            if command.name == "good night":
                self._stopped = True
            elif command.name == "save" and parts.save is not None:
                parts.save()
        if parts.steers is not None:
            parts.steers(intents, t_s)

    def _show(self, *, alpha: float, predicted_s: float, main: "_Stopwatch | None" = None,
              film_s: float | None = None) -> None:  # fmt: skip
        """Draws a frame; ``film_s`` is when the recording begins to show it, where that is not now."""
        parts = self.parts
        watch = main or _Stopwatch()
        level = 1.0 if self.world.waves and predicted_s - self.world.waves[-1].born_s < 0.3 else 0.0
        with parts.reporter.stage("present"):
            parts.stage.update(
                self.world, alpha=alpha, mouth=parts.sounds.mouth(), voice_level=level,
                predicted_s=predicted_s, frame_dt_s=TICK_S * 2,
            )  # fmt: skip
        if main is not None:
            watch.note(parts.reporter)
        with parts.reporter.stage("draw"):
            parts.display.submit()
        parts.reporter.presented += 1
        self.first_picture_s = self.first_picture_s or time.monotonic()
        if (
            parts.recorder is not None
            and main is not None
            and parts.recorder.wants(shown_s := predicted_s if film_s is None else film_s)
        ):
            picture = parts.display.read_rgb()
            if picture is not None:
                parts.recorder.add_frame(picture, shown_s)

    def _advance(self, t_s: float, reference: NDArray[np.float32] | None) -> Advance:
        orders: tuple[Order, ...] = ()
        if self.parts.mind is not None and self.parts.mind.ready:
            # What is asked of a mind that still loads is kept for it.
            orders, self._orders = tuple(self._orders), []
        self._gesturing_told = self._gesturing
        return Advance(until_s=t_s, reference=reference, gesturing=self._gesturing, orders=orders)

    def _take(self, report: Report) -> None:
        self._inbox.put(report.observations)
        for clip in report.clips:
            self._deliver(clip)
        for fault in report.faults:
            self._fault(report.reached_s, fault)
        self._watch_senses(report.observations)

    def _watch_senses(self, news: Sequence[Observation]) -> None:
        """Tells of senses that are lost and back, each time; the mouse is a hand while no camera sees one."""
        for one in news:
            match one:
                case SenseLost(sense="camera" | "eyes"):
                    self._skip_pointer, self._blind = False, not one.final
                    instead = " The mouse is your hand for now." if self.parts.pointer else ""
                    self._tell(one.reason + instead)
                case SenseLost():
                    self._say(one.reason)
                case PlayerAway(reason=sentence) | PlayerBack(what=sentence):
                    self._tell(sentence)
                case SenseFound(sense="camera"):
                    if self._blind:
                        self._tell(f"{one.what[:1].upper()}{one.what[1:]} is back.")
                    self._skip_pointer, self._blind = True, False
                case _:
                    pass

    def _deliver(self, clip: Clip) -> None:
        self.parts.sounds.deliver(clip.name, clip.pcm)

    def _poll_display(self, now_s: float) -> None:
        for event in self.parts.display.poll():
            match event:
                case Typed(text=text) if text.strip():
                    self._typed += 1
                    heard = Heard(at_s=now_s, utterance=_TYPED_FROM + self._typed, text=text.strip(),
                                  start_s=now_s, end_s=now_s, typed=True)  # fmt: skip
                    self._inbox.put([heard])
                case PointerMoved() if not self._skip_pointer:
                    self._inbox.put([replace(event, at_s=now_s)])
                case _:
                    pass

    def _poll_players(self, now_s: float) -> None:
        for player in self.parts.players:
            news = player.until(now_s)
            self._watch_senses(news)
            self._inbox.put(news)

    def _tell_faults(self, link: WorkerLink, now_s: float) -> None:
        if (note := link.take_note()) is not None:
            self._say(note)
        while (fault := link.take_fault()) is not None:
            sense: Any = "eyes" if link is self.parts.eyes else "mind"
            lost = SenseLost(at_s=now_s, sense=sense, reason=fault)
            self._inbox.put([lost])
            self._watch_senses([lost])

    def _returned(self, link: WorkerLink, now_s: float) -> bool:
        """Tells a worker's faults and arrival; True when it is back after it was gone. A mind that was begun
        again knows nothing: an open question is put to it once more."""
        self._tell_faults(link, now_s)
        if not link.take_arrival():
            return False
        sense: Any = "eyes" if link is self.parts.eyes else "mind"
        what = "started again" if link.restarts else "ready"
        self._inbox.put([SenseFound(at_s=now_s, sense=sense, what=what)])
        if not link.restarts:
            return False
        if link is self.parts.mind:
            self._ask_again()
        return True

    def _ask_again(self) -> None:
        """Puts the open question to a new mind, unless the answer is being heard or the question waits for
        the mind anyway."""
        talk = self.world.talk
        question = talk.question
        if question is None or talk.said or talk.current is not None or talk.queue:
            return
        if not any(isinstance(one, Ask) and one.question.turn == question.turn for one in self._orders):
            self._orders.append(Ask(question=question, early=talk.early))

    def _fault(self, at_s: float, what: str) -> None:
        self.parts.reporter.fault(at_s if math.isfinite(at_s) else self.world.time_s, what)
        self._say(what)

    def _say(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._tell(sentence)

    def _tell(self, sentence: str) -> None:
        if sentence and self.parts.tell is not None:
            self.parts.tell(sentence)


class AudioThread(Protocol):
    """The mixing thread of the real clock."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def take_reference(self) -> NDArray[np.float32] | None:
        """What was mixed since the last call, mono at 16 kHz; None when nothing was."""


class _Stopwatch:
    """CPU and wall time of the main thread's own work in one frame, drawing left out."""

    def __init__(self) -> None:
        self._cpu_s = time.thread_time()
        self._wall_s = time.perf_counter()

    def note(self, reporter: Reporter) -> None:
        reporter.main_cpu_ms.append((time.thread_time() - self._cpu_s) * 1000.0)
        reporter.main_wall_ms.append((time.perf_counter() - self._wall_s) * 1000.0)
