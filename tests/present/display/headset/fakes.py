"""A scripted headset in this process: no runtime, no package, no device."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from game.present.display.headset.runtime import (
    Beat,
    Blend,
    Controller,
    Eye,
    HeadsetLost,
    Joints,
    NoHeadset,
    Pose,
    State,
)

STRAIGHT = (1.0, 0.0, 0.0, 0.0)
GAP_M = 0.064


@dataclass(slots=True)
class FakeRuntime:
    """Plays its states one a frame, the last one for ever; counts what is asked of it."""

    states: Sequence[State] = (State.PLAYED,)
    blend: Blend = Blend.ALPHA
    eye_size: tuple[int, int] = (64, 48)
    floor: bool = True
    tracks_hands: bool = True
    head: Pose = field(default_factory=lambda: Pose(at_m=(0.0, 0.0, 1.6), turn=STRAIGHT))
    fov: tuple[float, float, float, float] = (-0.9, 0.7, 0.75, -0.85)
    tracked: bool = True
    shows: bool = True
    seen_in_s: float = 0.015
    lost_at: str = ""
    """The call that finds the runtime gone: poll, begin, eyes or end."""
    held: tuple[Controller, ...] = ()
    seen_hands: tuple[Joints, ...] = ()
    name: str = "Fake 1.0, Visor"
    state: State = State.AWAY
    closed: bool = False
    polls: int = 0
    moved: bool = False
    log: list[str] = field(default_factory=list)
    pictures: list[tuple[int, int] | None] = field(default_factory=list)

    @property
    def frames(self) -> tuple[int, int, int]:
        return self.log.count("begin"), self.log.count("begin"), self.log.count("end")

    def _called(self, name: str) -> None:
        self.log.append(name)
        if self.closed:
            raise AssertionError(f"{name} after close")
        if self.lost_at == name:
            raise HeadsetLost("The OpenXR runtime went away.")

    def poll(self) -> State:
        self._called("poll")
        self.state = self.states[min(self.polls, len(self.states) - 1)]
        self.polls += 1
        return self.state

    def recentred(self) -> bool:
        was, self.moved = self.moved, False
        return was

    def begin(self) -> Beat:
        self._called("begin")
        return Beat(seen_in_s=self.seen_in_s, shows=self.shows)

    def eyes(self) -> tuple[Eye, Eye] | None:
        self._called("eyes")
        if not self.tracked:
            return None
        x, y, z = self.head.at_m
        left, right = (
            Eye(pose=Pose(at_m=(x + aside, y, z), turn=self.head.turn), fov=self.fov)
            for aside in (-GAP_M / 2, GAP_M / 2)
        )
        return left, right

    def hands(self) -> tuple[Joints, ...]:
        return self.seen_hands

    def controllers(self) -> tuple[Controller, ...]:
        return self.held

    def end(self, pictures: tuple[int, int] | None) -> None:
        self._called("end")
        self.pictures.append(pictures)

    def close(self) -> None:
        self.closed = True


class FakeSeeker:
    """Finds these, one a search; None or a sentence where nothing is found."""

    def __init__(self, *finds: FakeRuntime | str | None) -> None:
        self._finds = list(finds)
        self.searches = 1
        self.closed = False

    def take(self) -> FakeRuntime | None:
        if self.searches == 0 or not self._finds:
            return None
        self.searches -= 1
        found = self._finds.pop(0)
        if isinstance(found, str):
            raise NoHeadset(found)
        return found

    def seek(self) -> None:
        self.searches += 1

    def close(self) -> None:
        self.closed = True
