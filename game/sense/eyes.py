"""Camera, hands and head together: pictures in, observations out, on either clock."""

import math
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import numpy as np

from game.clock import LATENCY_S
from game.sense.camera import Camera, FileCamera, Picture, Pixels, SourceError
from game.sense.head_tracker import Face, HeadPose
from game.sense.observations import HandSeen, HandsSeen, HeadSeen, Observation, SenseFound, SenseLost
from game.sense.whose_hands import Owners

HEAD_EVERY_S: Final = 0.1
"""The head is looked for ten times a second: it moves slowly, and hands matter more."""
HALF_PICTURE_S: Final = 0.016
"""The nearest picture will do: of 30 a second every third, not every fourth."""
COMPANY_S: Final = 2.0
"""How long hands are still told apart after a second face was seen."""
REOPEN_EVERY_S: Final = 3.0
LUMA: Final = np.array([0.299, 0.587, 0.114])


class FindsHands(Protocol):
    def detect(self, rgb: Pixels, captured_s: float, *, people: int = 1) -> tuple[HandSeen, ...]: ...
    def close(self) -> None: ...


class FindsHead(Protocol):
    def detect(self, rgb: Pixels, captured_s: float) -> HeadPose | None: ...
    def close(self) -> None: ...


def brightness(rgb: Pixels) -> float:
    """Mean luma of a (height, width, 3) picture, 0 to 1, from one pixel in 64."""
    return float((rgb[::8, ::8].reshape(-1, 3).mean(axis=0) @ LUMA) / 255.0)


class Eyes:
    """Looks through a camera for the player's hands and head.

    `look_until` serves the game clock and wants a `FileCamera`; `look_newest` serves the real one.
    """

    def __init__(
        self,
        camera: Camera,
        hands: FindsHands,
        head: FindsHead | None = None,
        *,
        name: str = "the camera",
        head_every_s: float = HEAD_EVERY_S,
        latency_s: Mapping[str, float] = LATENCY_S,
    ) -> None:
        self._camera = camera
        self._hands = hands
        self._head = head
        self._name = name
        self._head_every_s = head_every_s
        self._latency_s = latency_s
        self._head_due_s = -math.inf
        self._head_present = False
        self._owners = Owners()
        self._faces: tuple[Face, ...] = ()
        self._company_s = -math.inf
        self._lost_s: float | None = None
        self._over = False
        self._last_s = 0.0
        self.picture: Pixels | None = None
        """The last picture looked at, as it was taken: (height, width, 3)."""

    @property
    def watermark_s(self) -> float:
        """Nothing captured before this time will be reported any more; infinity when nothing will come."""
        if self._over:
            return math.inf
        if isinstance(self._camera, FileCamera):
            return self._camera.next_s
        return -math.inf

    def look_until(self, t_s: float) -> list[Observation]:
        """What was captured up to ``t_s``, in order of arrival: at capture plus the table's latency."""
        camera = self._camera
        if not isinstance(camera, FileCamera):
            raise TypeError("only a file has pictures at times of its own")
        seen: list[Observation] = []
        for picture in camera.read_until(t_s):
            self._last_s = picture.captured_s
            seen += self._look(picture)
        if camera.ended and camera.next_s == math.inf and not self._over:
            self._over = True
            # The next picture would have come then; the same moment however the file was read.
            seen.append(self._ended(camera, self._last_s + 1.0 / camera.fps + self._latency_s["hands"]))
        seen.sort(key=lambda observation: observation.at_s)
        return seen

    def look_newest(self, now_s: float) -> list[Observation]:
        """What the newest picture shows, dated when it is known; empty when there is no new one.

        A lost camera is reported once and tried again every few seconds; so is its return.
        """
        if self._over:
            return []
        started = time.perf_counter()
        found: list[Observation] = []
        try:
            if self._lost_s is not None:
                if now_s - self._lost_s < REOPEN_EVERY_S:
                    return []
                self._lost_s = now_s
                self._camera.reopen()
                self._lost_s = None
                found.append(SenseFound(at_s=now_s, sense="camera", what=self._name))
            picture = self._camera.read_newest(now_s)
        except SourceError as error:
            was_lost = self._lost_s is not None
            self._lost_s = now_s
            return [] if was_lost else [SenseLost(at_s=now_s, sense="camera", reason=str(error))]
        if picture is None:
            if isinstance(self._camera, FileCamera) and self._camera.ended:
                self._over = True
                found.append(self._ended(self._camera, now_s))
            return found
        return found + self._look(picture, clock=lambda: now_s + time.perf_counter() - started)

    def close(self) -> None:
        """Close the camera and both landmarkers."""
        self._camera.close()
        self._hands.close()
        if self._head is not None:
            self._head.close()

    def _ended(self, camera: FileCamera, at_s: float) -> SenseLost:
        return SenseLost(at_s=at_s, sense="camera", reason=camera.ended or "", final=not camera.damaged)

    def _look(self, picture: Picture, clock: Callable[[], float] | None = None) -> list[Observation]:
        captured_s = picture.captured_s
        self.picture = picture.rgb
        started = time.perf_counter()
        aspect = picture.rgb.shape[1] / picture.rgb.shape[0]
        company = captured_s - self._company_s <= COMPANY_S
        hands = self._hands.detect(picture.rgb, captured_s, people=2 if company else 1)
        hands = self._owners.own(hands, self._faces if company else (), aspect=aspect)
        hands_ms = (time.perf_counter() - started) * 1000.0
        seen: list[Observation] = [
            HandsSeen(
                at_s=clock() if clock else captured_s + self._latency_s["hands"],
                captured_s=captured_s,
                hands=hands,
                aspect=aspect,
                brightness=brightness(picture.rgb),
                hands_ms=hands_ms,
                capture_ms=picture.capture_ms,
            )
        ]
        if self._head is not None and captured_s >= self._head_due_s - HALF_PICTURE_S:
            self._head_due_s = captured_s + self._head_every_s
            pose = self._head.detect(picture.rgb, captured_s)
            if pose is not None or self._head_present:
                at_s = clock() if clock else captured_s + self._latency_s["head"]
                seen.append(_head_seen(pose, captured_s, at_s))
            self._head_present = pose is not None
            if pose is not None and (len(pose.places) > 1 or captured_s - self._company_s > COMPANY_S):
                self._faces = pose.places
            if pose is not None and len(pose.places) > 1:
                self._company_s = captured_s
        return seen


def _head_seen(pose: HeadPose | None, captured_s: float, at_s: float) -> HeadSeen:
    if pose is None:
        return HeadSeen(at_s=at_s, captured_s=captured_s, present=False)
    return HeadSeen(
        at_s=at_s,
        captured_s=captured_s,
        present=True,
        position_m=pose.position_m,
        yaw_rad=pose.yaw_rad,
        faces=pose.faces,
    )
