"""A play loop without devices: what stands in for display, stage, sounds and workers."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from game.interpret.interpreter import Interpreter
from game.loop import Play
from game.parts import Parts
from game.present.display.port import Frame, Typed
from game.report import Reporter
from game.sense.observations import (
    ClipPlayed,
    Observation,
    PointerMoved,
)
from game.workers.link import WorkerLink
from game.workers.messages import Advance, Report
from game.world.effects import Effect
from game.world.state import World
from game.world.step import begin
from tests.workers.bodies import run_echo


class FakeDisplay:
    """A display that shows nothing and hands out what was put into ``events``."""

    def __init__(self) -> None:
        self.events: list[PointerMoved | Typed] = []
        self.closed = False
        self.size = (64, 36)
        self.renderer = "none"
        self.submitted = 0

    def begin(self) -> Frame:
        return Frame(predicted_s=0.0, views=())

    def submit(self) -> None:
        self.submitted += 1

    def read_rgb(self) -> NDArray[np.uint8] | None:
        return None

    def poll(self) -> list[PointerMoved | Typed]:
        events, self.events = self.events, []
        return events

    def close(self) -> None:
        self.closed = True


class FakeStage:
    def update(
        self, world: World, *, alpha: float, mouth: float, voice_level: float, predicted_s: float,
        frame_dt_s: float,
    ) -> None:  # fmt: skip
        pass


class FakeSounds:
    def __init__(self) -> None:
        self.effects: list[Effect] = []

    def apply(self, effects: Sequence[Effect], world: World) -> None:
        self.effects += effects

    def deliver(self, clip: str, pcm: NDArray[np.float32]) -> None:
        pass

    def feedback(self, at_s: float) -> list[ClipPlayed]:
        return []

    def mouth(self) -> float:
        return 0.0


class FakeMixer:
    def mix(self, frames: int) -> NDArray[np.float32]:
        return np.zeros((frames, 2), dtype=np.float32)

    def to_reference(self, stereo: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.zeros(len(stereo) // 3, dtype=np.float32)


class FakeLink(WorkerLink):
    """A worker that answers each advance with what ``news`` says, and dies when told to."""

    def __init__(self, name: str, news: dict[float, list[Observation]] | None = None) -> None:
        super().__init__(name, run_echo, None, lockstep=True)
        self.news = news or {}
        self.sent: list[Advance] = []
        self.dies_at_s = math.inf
        self.loads_until_s = 0.0
        self._unread: list[Advance] = []
        self._back = False

    @property
    def ready(self) -> bool:
        return not self.sent or self.sent[-1].until_s >= self.loads_until_s

    def wait_ready(self, now_s: float = 0.0, tell: object = None) -> None:
        pass

    def begin(self, epoch_s: float) -> None:
        pass

    def send(self, message: Advance) -> None:
        self.sent.append(message)
        self._unread.append(message)

    def wait_reports(self, now_s: float) -> list[Report]:
        if now_s >= self.dies_at_s:
            self.dies_at_s, self._back, self._unread = math.inf, True, []
            self.restarts += 1
            return []
        until_s = self._unread.pop(0).until_s
        due = [time_s for time_s in self.news if time_s <= until_s]
        return [Report(reached_s=until_s, observations=tuple(o for t in due for o in self.news.pop(t)))]

    def take_fault(self) -> str | None:
        return None

    def take_arrival(self) -> bool:
        back, self._back = self._back, False
        return back


def made(seconds: float, **more: object) -> tuple[Play, Parts, FakeDisplay]:
    display = FakeDisplay()
    mixer = FakeMixer()
    parts = Parts(
        world=begin(1), interpreter=Interpreter(), display=display, stage=FakeStage(), sounds=FakeSounds(),
        mixer=mixer, listens=mixer, reporter=Reporter(),
    )  # fmt: skip
    for name, value in more.items():
        setattr(parts, name, value)
    return Play(parts, seconds=seconds), parts, display
