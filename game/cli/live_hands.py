"""The game's eyes on a clip, in a process of their own: what shares the machine with whatever is measured."""

import math
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from game.budget import budget
from game.sense.camera import Camera, FileCamera, Picture, SourceError
from npc.models import ModelStore

HANDS_FPS: Final = 30.0
_HANDS_READY_S: Final = 60.0
_IDLE_S: Final = 0.004


class HandsError(RuntimeError):
    """The clip cannot be followed; the message is a sentence."""


class Endless:
    """A clip as a camera that never ends: its pictures come at 30 a second, again and again from the start.
    Raises `SourceError` when there is nothing to see in it."""

    def __init__(self, clip: Path) -> None:
        self._clip = clip
        self._file = FileCamera(clip)
        self._due_s = 0.0

    def read_newest(self, now_s: float) -> Picture | None:
        if now_s < self._due_s:
            return None
        self._due_s = max(self._due_s + 1.0 / HANDS_FPS, now_s)
        if self._file.next_s == math.inf:
            self.reopen()
        return replace(next(self._file.read_until(self._file.next_s)), captured_s=now_s)

    def reopen(self) -> None:
        self._file.close()
        self._file = FileCamera(self._clip)

    def close(self) -> None:
        self._file.close()


@contextmanager
def hands_live(clip: Path, store: ModelStore) -> Iterator[Callable[[], dict[str, Any]]]:
    """The game's eyes on a clip, in a process of their own for as long as the block lasts. Calling what it
    yields ends them and tells how many pictures they saw. Raises HandsError when they cannot be opened, and
    ModelMissing."""
    models = [store.file(name, f"{name}.task") for name in ("hand_landmarker", "face_landmarker")]
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_watch, args=(theirs, clip, *models, budget().eyes_niceness), name="eyes", daemon=True
    )
    process.start()
    theirs.close()

    def answer(within_s: float) -> Any:
        try:
            if ours.poll(within_s):
                return ours.recv()
        except EOFError:
            pass
        raise HandsError(f"The hands in {clip.name} could not be followed: the eyes' process has ended.")

    def ended() -> dict[str, Any]:
        ours.send(None)
        seen: dict[str, Any] = answer(10.0)
        return {"clip": clip.name, **seen}

    try:
        if (fault := answer(_HANDS_READY_S)) is not None:
            raise HandsError(str(fault))
        yield ended
    finally:
        process.terminate()
        process.join(5.0)


def _watch(pipe: Connection, clip: Path, hand_model: Path, head_model: Path, niceness: int) -> None:
    """Runs in the eyes' process: says None when it sees or a sentence why not, looks until it is told to
    stop, and sends its counts."""
    from game.sense.eyes import Eyes
    from game.sense.hand_tracker import HandTracker
    from game.sense.head_tracker import HeadTracker
    from game.sense.observations import HandsSeen

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the parent alone.
    try:
        camera: Camera = Endless(clip)
        eyes = Eyes(camera, HandTracker(hand_model), HeadTracker(head_model), name=clip.name)
    except SourceError as error:
        pipe.send(str(error))
        return
    give_way(niceness)
    pipe.send(None)
    started_s = time.monotonic()
    pictures = with_hands = 0
    while not pipe.poll(_IDLE_S):
        for one in eyes.look_newest(time.monotonic() - started_s):
            if isinstance(one, HandsSeen):
                pictures += 1
                with_hands += bool(one.hands)
    lasted_s = time.monotonic() - started_s
    pipe.send(
        {
            "pictures_per_s": round(pictures / lasted_s, 1),
            "hands_share": round(with_hands / max(1, pictures), 3),
        }
    )
    # Native libraries that are torn down with the interpreter can panic; all that matters is sent by now.
    os._exit(0)


def give_way(niceness: int) -> None:
    if hasattr(os, "nice"):
        os.nice(niceness)
