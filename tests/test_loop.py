import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from game import loop
from game.attract import RecordedPlayer
from game.clock import ClockKind
from game.interpret.intents import Intents
from game.interpret.interpreter import Interpreter
from game.loop import Parts, Play
from game.present.display.port import Frame, Typed
from game.report import Reporter
from game.sense.camera import Device, DeviceCamera, Pixels
from game.sense.evening_log import LogWriter, read_log
from game.sense.eyes import REOPEN_EVERY_S
from game.sense.hand_model import SHAPES, Pose, landmarks
from game.sense.observations import (
    ClipPlayed,
    CommandHeard,
    HandSeen,
    Loudness,
    Observation,
    PlayerAway,
    PointerMoved,
    SenseFound,
    Side,
)
from game.sense.synthetic_player import Stroke, project
from game.workers import eyes_worker
from game.workers.eyes_worker import EyesBody, EyesSettings
from game.workers.link import WorkerLink
from game.workers.messages import Advance, Report
from game.world.child import on_rail
from game.world.digest import world_hash
from game.world.effects import Ask, Effect, StopClip
from game.world.geometry import vec3
from game.world.state import Line, Scene, World
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


def test_recenter_and_absence_reach_a_display_that_tracks_the_player() -> None:
    said = CommandHeard(at_s=0.1, name="recenter", end_s=0.1, confidence=1.0)
    away = PlayerAway(at_s=0.1, reason="The headset is put down: the game waits.")
    recentred: list[int] = []
    told: list[str] = []
    ears = FakeLink("eyes", {0.05: [said, away]})
    play, parts, _ = made(0.3, eyes=ears, recentre=lambda: recentred.append(1), tell=told.append)
    play.run_game_clock()
    assert recentred == [1]
    assert told == ["The headset is put down: the game waits."]
    assert parts.world.paused


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


class Room:
    """A webcam that is pulled out and put back in, a clock, and the display of whoever plays before it.

    Each picture of the display lets a sixtieth of a second pass and the webcam take one picture.
    """

    def __init__(self, *, away_s: tuple[float, float]) -> None:
        self.now_s = 0.0
        self.away_s = away_s
        self._go, self._asked = threading.Semaphore(0), threading.Semaphore(0)
        self._open = False

    @property
    def plugged(self) -> bool:
        return not self.away_s[0] <= self.now_s < self.away_s[1]

    def open_device(self, index: int) -> Device | None:
        if not self.plugged:
            return None
        self._open = True
        return self

    def read(self) -> tuple[bool, Any]:
        self._asked.release()
        self._go.acquire(timeout=5.0)
        return self.plugged, np.full((72, 128, 3), 128, dtype=np.uint8)

    def release(self) -> None:
        self._open = False
        self._asked.release()

    def pass_time(self) -> None:
        self.now_s += 1.0 / 60.0
        if self._open:
            self._asked.acquire(timeout=5.0)
            self._go.release()
            # Until the picture is stored and the next one is asked for.
            self._asked.acquire(timeout=5.0)
            self._asked.release()


class RoomDisplay(FakeDisplay):
    def __init__(self, room: Room) -> None:
        super().__init__()
        self._room = room

    def begin(self) -> Frame:
        self._room.pass_time()
        return Frame(predicted_s=self._room.now_s, views=super().begin().views)

    def poll(self) -> list[PointerMoved | Typed]:
        """The mouse never rests."""
        x = 0.5 + 0.2 * math.sin(self._room.now_s)
        return [PointerMoved(at_s=0.0, x=x, y=0.5, pinch=False, walk=False)]


class LeftHand:
    """Sees a left hand in every picture."""

    def __init__(self, model: Path) -> None:
        image, world = project(landmarks(SHAPES[Pose.OPEN], left=True), (0.4, 0.5), 0.6)
        self._hand = HandSeen(
            track=1,
            side="left",
            score=0.9,
            image=tuple((x, y, z) for x, y, z in image.tolist()),
            world=tuple((x, y, z) for x, y, z in world.tolist()),
        )

    def detect(self, rgb: Pixels, captured_s: float, *, people: int = 1) -> tuple[HandSeen, ...]:
        return (self._hand,)

    def close(self) -> None:
        pass


class NoHead:
    def __init__(self, model: Path) -> None:
        pass

    def detect(self, rgb: Pixels, captured_s: float) -> None:
        return None

    def close(self) -> None:
        pass


class InProcess(WorkerLink):
    """The eyes' own body, without a process."""

    def __init__(self, body: EyesBody) -> None:
        super().__init__("eyes", run_echo, None, lockstep=False)
        self._body = body

    @property
    def ready(self) -> bool:
        return True

    def begin(self, epoch_s: float) -> None:
        pass

    def poll(self, now_s: float) -> list[Report]:
        return [self._body.work(now_s)]

    def take_fault(self) -> str | None:
        return None

    def take_arrival(self) -> bool:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An evening before a webcam: which hands there were at each tick, what was told and shown."""

    hands: list[tuple[float, tuple[str, ...]]]
    told: list[tuple[float, str]]
    shown: set[str]
    faults: list[str]

    def between(self, start_s: float, end_s: float) -> set[tuple[str, ...]]:
        return {sides for t_s, sides in self.hands if start_s <= t_s <= end_s}


def watch(room: Room, monkeypatch: pytest.MonkeyPatch, *, seconds: float, pointer: bool = True) -> Watched:
    """Plays on the real loop and the real clock's way, through the eyes' own body and webcam."""
    clock = SimpleNamespace(
        monotonic=lambda: room.now_s, perf_counter=lambda: 0.0, thread_time=lambda: 0.0, sleep=lambda s: None
    )
    monkeypatch.setattr(loop, "time", clock)

    class Webcam(DeviceCamera):
        def __init__(self, index: int, *, patient: bool) -> None:
            super().__init__(index, open_device=room.open_device, clock=lambda: room.now_s, patient=patient)

    for name, fake in (("DeviceCamera", Webcam), ("HandTracker", LeftHand), ("HeadTracker", NoHead)):
        monkeypatch.setattr(eyes_worker, name, fake)
    monkeypatch.setattr(eyes_worker, "_refuse_blind_system", lambda: None)
    nowhere = Path("unused")
    settings = EyesSettings(
        camera=0, hand_model=nowhere, head_model=nowhere, clock=ClockKind.REAL, niceness=0
    )
    body = EyesBody(settings, 0.0)
    seen = Watched(hands=[], told=[], shown=set(), faults=[])

    class Notes(Interpreter):
        def tick(self, observations: Sequence[Observation], now_s: float) -> Intents:
            intents = super().tick(observations, now_s)
            seen.hands.append((now_s, tuple(hand.side for hand in intents.hands)))
            seen.shown.update(word.text for word in parts.world.words)
            return intents

    play, parts, _ = made(
        seconds, eyes=InProcess(body), interpreter=Notes(), pointer=pointer,
        display=RoomDisplay(room), tell=lambda sentence: seen.told.append((room.now_s, sentence)),
    )  # fmt: skip
    try:
        play.run_real_clock(wait_for_workers=False, audio=None)
    finally:
        body.close()
    seen.faults.extend(fault["what"] for fault in parts.reporter.faults)
    return seen


LOST = "Camera 0 gives no picture any more."


def test_a_lost_camera_is_told_the_mouse_takes_over_and_hands_return(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = watch(Room(away_s=(1.0, 5.0)), monkeypatch, seconds=9.0)
    assert [sentence for _, sentence in seen.told] == [
        f"{LOST} The mouse is your hand for now.",
        "Camera 0 is back.",
    ]
    assert seen.faults == [LOST]
    assert "your hands are out of sight" in seen.shown
    lost_s, back_s = (t_s for t_s, _ in seen.told)
    assert 1.0 < lost_s < 3.0
    assert 5.0 < back_s < 5.0 + REOPEN_EVERY_S + 0.2
    assert seen.between(0.2, 1.0) == {("left",)}
    # The mouse is a right hand.
    assert seen.between(lost_s + 0.5, back_s - 0.1) == {("right",)}
    assert seen.between(back_s + 0.2, 9.0) == {("left",)}


def test_a_camera_that_is_lost_twice_is_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    class Loose(Room):
        @property
        def plugged(self) -> bool:
            return super().plugged and not 6.0 <= self.now_s < 7.0

    seen = watch(Loose(away_s=(1.0, 3.0)), monkeypatch, seconds=11.0, pointer=False)
    assert [sentence for _, sentence in seen.told] == [LOST, "Camera 0 is back."] * 2
    assert seen.between(10.8, 11.0) == {("left",)}


def test_a_camera_that_is_plugged_in_during_the_evening_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = watch(Room(away_s=(-1.0, 2.0)), monkeypatch, seconds=5.0)
    (_, lost), (back_s, back) = seen.told
    assert lost.startswith("There is no camera number 0")
    assert back == "Camera 0 is back."
    assert seen.between(0.5, 2.0) == {("right",)}
    assert seen.between(back_s + 0.2, 5.0) == {("left",)}


def test_the_mouse_takes_over_when_the_eyes_die() -> None:
    found: list[Observation] = [SenseFound(at_s=0.0, sense="camera", what="camera 0")]

    class Dying(FakeLink):
        def take_fault(self) -> str | None:
            if self.sent and self.sent[-1].until_s > 0.5 and not self.restarts:
                self.restarts += 1
                return "The eyes died."
            return None

    told: list[str] = []
    eyes = Dying("eyes", {0.1: found})
    play, parts, _ = made(
        1.2, eyes=eyes, tell=told.append, pointer=True, display=RoomDisplay(Room(away_s=(0.0, 9.0)))
    )
    play.run_game_clock()
    assert told == ["The eyes died. The mouse is your hand for now."]
    assert [light.side for light in parts.world.hands] == ["right"]


@dataclass(slots=True)
class Played:
    """What the stage was shown, frame by frame: seconds, metres walked to, what the light leans to."""

    times_s: list[float] = field(default_factory=list)
    along_m: list[float] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    sounds: FakeSounds = field(default_factory=FakeSounds)
    silent_s: float = math.inf
    """When nobody spoke for the first time."""

    def update(
        self, world: World, *, alpha: float, mouth: float, voice_level: float, predicted_s: float,
        frame_dt_s: float,
    ) -> None:  # fmt: skip
        self.times_s.append(world.time_s)
        self.along_m.append(world.player.along_m)
        self.targets.append(world.hands[0].target_name if world.hands else "")
        if world.talk.current is None:
            self.silent_s = min(self.silent_s, world.time_s)

    def at(self, t_s: float) -> float:
        return float(np.interp(t_s, self.times_s, self.along_m))

    def between(self, start_s: float, end_s: float) -> set[str]:
        return {name for t, name in zip(self.times_s, self.targets, strict=True) if start_s <= t <= end_s}


def played(
    strokes: Sequence[Stroke], *, seconds: float, scene: Scene, along_m: float = 4.0, says: str = ""
) -> Played:
    """An evening that begins in a scene, before a player made of strokes; the Child may be speaking."""
    seen = Played()
    play, parts, _ = made(seconds, players=[RecordedPlayer(strokes, (), 1)], stage=seen, sounds=seen.sounds)
    world = parts.world
    world.scene, world.player.along_m = scene, along_m
    world.player.position = vec3(world.cave.tunnels[0].point(along_m))
    world.child.position = on_rail(world, 6.5, aside_m=1.2)
    if says:
        world.talk.current = Line(
            clip="child-1-0", turn=1, character="child", text=says, words=((says, 0.0, 60.0),),
            duration_s=60.0, gesture=None, actions=(), started_s=0.0,
        )  # fmt: skip
    play.run_game_clock()
    return seen


def test_two_fingers_walk_and_what_stands_stands() -> None:
    seen = played(
        [
            Stroke(t_s=0.0, pose=Pose.RELAXED, where=(0.56, 0.55)),
            Stroke(t_s=2.0, pose=Pose.WALK, where=(0.56, 0.55)),
            Stroke(t_s=6.0, pose=Pose.RELAXED, where=(0.56, 0.55)),
        ],
        seconds=9.0,
        scene=Scene.WALK,
    )
    assert seen.at(2.0) == 4.0
    assert seen.at(6.0) > 6.0
    assert seen.at(9.0) == pytest.approx(seen.at(7.2), abs=0.01)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_finger_that_points_at_the_giggle_lights_it(side: Side) -> None:
    # Straight ahead and a little down, where the giggle is; then at the roof.
    seen = played(
        [
            Stroke(t_s=0.0, pose=Pose.RELAXED, where=(0.5, 0.5), side=side),
            Stroke(t_s=1.0, pose=Pose.POINT, where=(0.54, 0.68), side=side),
            Stroke(t_s=3.0, pose=Pose.POINT, where=(0.54, 0.2), side=side),
        ],
        seconds=5.0,
        scene=Scene.POINT,
        along_m=13.5,
    )
    assert seen.between(0.0, 1.0) == {""}
    assert seen.between(1.8, 3.0) == {"child"}
    assert seen.between(4.2, 5.0) == {""}


def test_a_palm_held_out_stops_the_child_and_a_hand_at_ease_does_not() -> None:
    ease = Stroke(t_s=0.0, pose=Pose.RELAXED, where=(0.5, 0.55))
    point = Stroke(t_s=2.0, pose=Pose.POINT, where=(0.5, 0.5))
    palm = Stroke(t_s=2.0, pose=Pose.OPEN, where=(0.5, 0.5))
    for strokes, stops in (([ease], False), ([ease, point], False), ([ease, palm], True)):
        seen = played(strokes, seconds=4.0, scene=Scene.ASK, along_m=13.5, says="What are you looking at?")
        stopped = [effect for effect in seen.sounds.effects if isinstance(effect, StopClip)]
        assert bool(stopped) == stops
        if stops:
            # The hand takes 0.28 s to turn; then it is known, and meant, within half a second.
            assert [effect.clip for effect in stopped] == ["child-1-0"]
            assert 2.2 < seen.silent_s < 2.8
