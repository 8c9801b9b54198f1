"""The play loop before a camera: lost and found, and what recorded hands do."""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from game import loop
from game.attract import RecordedPlayer
from game.clock import ClockKind
from game.interpret.intents import Intents
from game.interpret.interpreter import Interpreter
from game.present.display.port import Frame, Typed
from game.sense.camera import Device, DeviceCamera, Pixels
from game.sense.eyes import REOPEN_EVERY_S
from game.sense.hand_model import SHAPES, Pose, landmarks
from game.sense.observations import (
    HandSeen,
    Observation,
    PointerMoved,
    SenseFound,
    Side,
)
from game.sense.synthetic_player import Stroke, project
from game.workers import eyes_worker
from game.workers.eyes_worker import EyesBody, EyesSettings
from game.workers.link import WorkerLink
from game.workers.messages import Report
from game.world.child import on_rail
from game.world.effects import StopClip
from game.world.geometry import vec3
from game.world.state import Scene, World
from game.world.talk_state import Line
from tests.loop_fakes import FakeDisplay, FakeLink, FakeSounds, made
from tests.workers.bodies import run_echo


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
