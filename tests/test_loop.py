import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from game.interpret.interpreter import Interpreter
from game.loop import Parts, Play
from game.present.display.port import Frame, Typed, View
from game.report import Reporter
from game.sense.evening_log import LogWriter, read_log
from game.sense.observations import ClipPlayed, Loudness, Observation, PointerMoved, SenseFound
from game.workers.link import WorkerLink
from game.workers.messages import Advance, Report
from game.world.digest import world_hash
from game.world.effects import Ask, Effect
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
        return Frame(predicted_s=0.0, views=(View(lens=None, offset_m=(0.0, 0.0, 0.0)),))

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

    def wait_ready(self, now_s: float = 0.0) -> None:
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


def test_the_game_clock_makes_sixty_steps_and_thirty_pictures_a_second() -> None:
    play, parts, display = made(1.0)
    play.run_game_clock()
    assert parts.world.tick == 60
    assert display.submitted == 31


def test_a_typed_line_is_a_turn() -> None:
    play, parts, display = made(0.1)
    display.events = [Typed(text="  hello in there "), Typed(text="   ")]
    play.run_game_clock()
    assert parts.world.talk.question is not None
    assert parts.world.talk.question.text == "hello in there"


def test_the_mouse_is_no_hand_while_a_camera_sees() -> None:
    found: list[Observation] = [SenseFound(at_s=0.0, sense="camera", what="camera 0")]
    eyes = FakeLink("eyes", {0.1: found})
    play, parts, display = made(0.2, eyes=eyes)
    display.events = [PointerMoved(at_s=0.0, x=0.5, y=0.5, pinch=False, walk=False)]
    play.run_game_clock()
    assert parts.world.hands == []


def test_news_is_used_at_its_own_time_and_not_before() -> None:
    news: list[Observation] = [Loudness(at_s=0.5, db=-10.0, voiced=True)]
    eyes = FakeLink("eyes", {0.01: news})
    play, parts, _ = made(0.45, eyes=eyes)
    play.run_game_clock()
    assert parts.world.waves == []
    later, parts, _ = made(0.6, eyes=FakeLink("eyes", {0.01: news}))
    later.run_game_clock()
    assert [wave.born_s for wave in parts.world.waves] == [0.5]


def test_a_mind_that_was_started_again_is_asked_once_more() -> None:
    mind = FakeLink("ears and mind")
    play, _, display = made(1.0, mind=mind)
    display.events = [Typed(text="hello")]
    mind.dies_at_s = 0.5
    play.run_game_clock()
    asked = [order.question.text for sent in mind.sent for order in sent.orders if isinstance(order, Ask)]
    assert asked == ["hello", "hello"]


def test_what_is_said_while_the_mind_still_loads_is_kept_for_it() -> None:
    mind = FakeLink("ears and mind")
    mind.loads_until_s = 0.5
    play, _, display = made(1.0, mind=mind)
    display.events = [Typed(text="hello")]
    play.run_game_clock()
    asked = [(sent.until_s, order) for sent in mind.sent for order in sent.orders if isinstance(order, Ask)]
    assert [order.question.text for _, order in asked] == ["hello"]
    assert asked[0][0] >= 0.5


def test_the_log_of_an_evening_replays_to_the_same_world(tmp_path: Path) -> None:
    path = tmp_path / "evening.jsonl"
    play, parts, display = made(1.0)
    parts.log = LogWriter(path, {"seed": 1})
    display.events = [Typed(text="hello"), PointerMoved(at_s=0.0, x=0.3, y=0.6, pinch=False, walk=True)]
    play.run_game_clock()
    parts.log.close(parts.world.tick, world_hash(parts.world))

    from game.replay import replay

    result = replay(read_log(path))
    assert result.same
    assert result.world_hash == world_hash(parts.world)


def test_a_closed_display_ends_the_evening() -> None:
    play, parts, display = made(10.0)
    display.close()
    play.run_game_clock()
    assert parts.world.tick == 0
