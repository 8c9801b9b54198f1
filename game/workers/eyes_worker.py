"""The process of the eyes: camera, hands and head."""

import dataclasses
import math
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from game.clock import LATENCY_S, TICK_S, ClockKind
from game.sense.camera import Camera, DeviceCamera, FileCamera, SourceError
from game.sense.eyes import Eyes
from game.sense.hand_tracker import HandTracker
from game.sense.head_tracker import HeadTracker
from game.sense.observations import HandsSeen, Observation, SenseFound, SenseLost
from game.workers.link import Launch
from game.workers.messages import Advance, Report
from game.workers.serve import serve


@dataclass(frozen=True, slots=True, kw_only=True)
class EyesSettings:
    camera: Path | int
    """A file, or the number of a device."""
    hand_model: Path
    head_model: Path
    clock: ClockKind
    niceness: int


class EyesBody:
    """Eyes behind the worker's port; a camera that cannot be opened is told once, and play goes on. A webcam
    that is not there may come later."""

    def __init__(self, settings: EyesSettings, resume_s: float) -> None:
        self.what: dict[str, str] = {}
        self._clock = settings.clock
        self._eyes: Eyes | None = None
        self._device: DeviceCamera | None = None
        self._news: list[Observation] = []
        try:
            _refuse_blind_system()
            hands, head = HandTracker(settings.hand_model), HeadTracker(settings.head_model)
            camera = self._open(settings.camera, resume_s)
        except SourceError as error:
            self._news.append(SenseLost(at_s=resume_s, sense="camera", reason=str(error)))
            return
        name = settings.camera.name if isinstance(settings.camera, Path) else f"camera {settings.camera}"
        if isinstance(camera, DeviceCamera):
            self._device = camera
        self._eyes = Eyes(camera, hands, head, name=name)
        if self._device is None or self._device.present:
            self._news.append(SenseFound(at_s=resume_s, sense="camera", what=name))
            self.what["camera"] = name

    def _open(self, camera: Path | int, resume_s: float) -> Camera:
        if isinstance(camera, int):
            return DeviceCamera(camera, patient=True)
        file = FileCamera(camera)
        for _ in file.read_until(resume_s - TICK_S):
            pass  # What happened before this worker took over is not looked at again.
        return file

    def receive(self, message: Advance) -> None:
        """Eyes take no orders."""

    def work(self, now_s: float) -> Report:
        news, self._news = self._news, []
        if self._eyes is None:
            return Report(reached_s=math.inf, observations=tuple(news))
        if self._clock is ClockKind.GAME:
            # A picture is known a fixed time after its capture, so nothing newer can arrive by then.
            news += self._eyes.look_until(now_s - LATENCY_S["hands"])
        else:
            news += self._eyes.look_newest(now_s)
        faults = tuple(self._device.take_sentences()) if self._device is not None else ()
        return Report(reached_s=now_s, observations=tuple(_rounded(o) for o in news), faults=faults)

    def close(self) -> None:
        if self._eyes is not None:
            self._eyes.close()


def _refuse_blind_system() -> None:
    """MediaPipe asks the system for its processors and aborts the whole process where it is not told, as in a
    bare chroot: better a sentence than a worker that dies again and again."""
    if sys.platform.startswith("linux") and not Path("/sys/devices/system/cpu/possible").exists():
        raise SourceError("Hands cannot be seen here: /sys is not mounted, and MediaPipe needs it.")


def _rounded(observation: Observation) -> Observation:
    """Landmarks to a hundredth of a millimetre: what the game uses is exactly what a log can hold."""
    if not isinstance(observation, HandsSeen):
        return observation
    hands = tuple(
        dataclasses.replace(
            hand,
            score=round(hand.score, 4),
            image=tuple((round(x, 5), round(y, 5), round(z, 5)) for x, y, z in hand.image),
            world=tuple((round(x, 5), round(y, 5), round(z, 5)) for x, y, z in hand.world),
        )
        for hand in observation.hands
    )
    brightness, aspect = round(observation.brightness, 4), round(observation.aspect, 5)
    return dataclasses.replace(observation, hands=hands, brightness=brightness, aspect=aspect)


def run_eyes(pipe: Connection, launch: Launch, /) -> None:
    """Runs in the worker process."""
    import cv2

    cv2.setNumThreads(1)  # The cores belong to the picture and the voice; small patches gain nothing by more.
    settings: Any = launch.settings
    serve(pipe, lambda: EyesBody(settings, launch.resume_s), settings.clock, settings.niceness)
