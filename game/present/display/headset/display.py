"""The display port in a headset: the cave in the player's own room, and an eye of it in a window.

Scene, window and its own picture belong to a `PandaDisplay`. While the session runs, the runtime paces the
game and both eyes are drawn beside it; else the game goes on in the window. So a runtime that goes away costs
a sentence, and one that comes back is played in.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present.display.headset import axes
from game.present.display.headset.axes import Vec3
from game.present.display.headset.comfort import STEP_RAD, Comfort, Flick, Motion, Where, grown
from game.present.display.headset.eyes import EyePictures
from game.present.display.headset.ground import Ground, between
from game.present.display.headset.opening import Opening, lift_m
from game.present.display.headset.pane import Pane
from game.present.display.headset.runtime import (
    Beat,
    Controller,
    Eye,
    HeadsetLost,
    Joints,
    NoHeadset,
    Pose,
    Runtime,
    Seeker,
    State,
)
from game.present.display.headset.sides import Passage
from game.present.display.panda import NoGraphics, PandaDisplay
from game.present.display.port import Frame, Typed
from game.present.display.room import Room
from game.present.display.view import View
from game.present.shading import Shaders
from game.present.viewpoint import Viewpoint
from game.sense.observations import PointerMoved
from game.world.cave import EYE_HEIGHT_M

SEEKS_EVERY_S: Final = 5.0
"""A headset that is gone is looked for again so often."""
_REAL_FLOOR_M: Final = 2.0
"""With the cave all around the real floor reaches so far."""
_ON_DESKTOP: Final = "The picture is on the screen."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What the headset knows of the player in this frame; the middle of the room is where they began."""

    head: Pose
    hands: tuple[Joints, ...] = ()
    controllers: tuple[Controller, ...] = ()
    hole_rad: float = 0.0
    """Where a hole in the floor begins, seen from that middle: from ahead, positive to the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The player went away from the headset's picture or came back to it."""

    here: bool
    sentence: str


class HeadsetDisplay:
    """A display port and the canvas of a stage; see the module."""

    def __init__(
        self, desktop: PandaDisplay, seeker: Seeker, *, now: Callable[[], float],
        comfort: Comfort | None = None,
    ) -> None:  # fmt: skip
        self._desktop = desktop
        self._comfort = comfort or Comfort()
        self._motion = Motion()
        self._stick = Flick()
        self._seeker = seeker
        self._now = now
        self._runtime: Runtime | None = None
        self._eyes: EyePictures | None = None
        """Kept in ``_kept`` for the next session: Panda3D does not give all of their memory back."""
        self._kept: EyePictures | None = None
        self._state = State.AWAY
        self._beat: Beat | None = None
        """The frame that is begun and not yet ended."""
        self._seen: tuple[Eye, Eye] | None = None
        self._ground = Ground()
        self._opens_s = math.inf
        """Since when the wall opens."""
        self._begun = False
        """The player was in the headset before: where they stood then is the middle of the room."""
        self._sought_s = now()
        self._words = Pane(now())
        self._news: list[News] = []
        self._here: bool | None = None
        self._quit = False
        self.tracked: Tracked | None = None
        self.lacks = ""
        """Why there was no headset at the beginning, as a sentence."""
        # Makes the graphics context current, which a session wants to be told of.
        self._desktop.submit()
        self._welcome(first=True)

    # -- what a stage draws on -----------------------------------------------------------------------------

    @property
    def root(self) -> p3d.NodePath:
        return self._desktop.root

    @property
    def views(self) -> tuple[View, ...]:
        return self._desktop.views if self._eyes is None or self._seen is None else self._eyes.views

    @property
    def shaders(self) -> Shaders:
        return self._desktop.shaders

    @property
    def room(self) -> Room:
        return self._desktop.room

    def set_mood(self, *, exposure: float, rim: float, time_s: float) -> None:
        self._desktop.set_mood(exposure=exposure, rim=rim, time_s=time_s)
        if self._eyes is not None:
            self._eyes.set_mood(exposure=exposure * self._motion.light(self._now()), time_s=time_s)

    def place(self, pane: p3d.NodePath, *, feet: Vec3, yaw_rad: float) -> Viewpoint | None:
        """Put the real floor under the player's place in the cave; None while the picture is on the wall."""
        if self._eyes is None or self._seen is None or not self._ground.known:
            return None
        # Over a hole in the floor the player stands higher than the cave has it.
        feet = (feet[0], feet[1], feet[2] + self._comfort.deep_m)
        now_s, head = self._now(), self._ground.head(self._seen)
        self._motion.feed(feet, yaw_rad, now_s)
        self._eyes.put_floor(*self._ground.in_cave(feet, yaw_rad))
        passage = self._passage(self._seen)
        self._eyes.aim(self._seen, passage)
        eye = axes.about_floor(head.at_m, -yaw_rad)
        at = (feet[0] + eye[0], feet[1] + eye[1], feet[2] + eye[2])
        turned, rest = axes.yaw_of(head.turn), (feet[0], feet[1], feet[2] + EYE_HEIGHT_M)
        wall = passage.opening
        room_m = math.inf if wall is None or wall.floor else -wall.behind_m(between(self._seen))
        self._words.lay(pane, eye=at, yaw_rad=yaw_rad, head_yaw_rad=turned, now_s=now_s, room_m=room_m)
        return Viewpoint(eye=at, rest=rest, yaw_rad=yaw_rad)

    def _passage(self, eyes: tuple[Eye, Eye]) -> Passage:
        now_s, comfort = self._now(), self._comfort
        return Passage(
            opening=self._opening(eyes),
            grown=grown(now_s - self._opens_s),
            vignette=self._motion.vignette if comfort.vignette else 0.0,
            time_s=now_s,
        )

    def _opening(self, eyes: tuple[Eye, Eye]) -> Opening | None:
        where = self._comfort.opening
        if where is Where.AROUND:
            return None
        return self._ground.opening(eyes, self._comfort.opens_m, floor=where is Where.FLOOR)

    def lift_m(self, feet: Vec3) -> float:
        """How much higher than the cave has it somebody with these feet (world) stands: the Child in the room
        stands on the real floor, and where no wall has opened it does so near the player."""
        if self._eyes is None or self._seen is None or not self._ground.known:
            return 0.0
        at = self._eyes.in_room(feet)
        x, y, over_floor_m = self._ground.about(at)
        opening = self._opening(self._seen)
        if opening is not None and opening.floor:
            return 0.0  # the world itself has it climb out
        behind_m = math.hypot(x, y) - _REAL_FLOOR_M if opening is None else opening.behind_m(at)
        return lift_m(behind_m, over_floor_m)

    # -- the port ------------------------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        return self._desktop.size

    @property
    def renderer(self) -> str:
        return self._desktop.renderer

    @property
    def faults(self) -> tuple[str, ...]:
        """What this display lacks, a sentence each; the desktop may learn of more."""
        return (*filter(None, (self.lacks,)), *self._desktop.faults)

    @property
    def closed(self) -> bool:
        return self._quit or self._desktop.closed

    @property
    def runtime(self) -> Runtime | None:
        """The session that is played in; None on the desktop."""
        return self._runtime

    @property
    def state(self) -> State:
        return self._state

    @property
    def seen(self) -> tuple[Eye, Eye] | None:
        """Both eyes of this frame; None while the head is not tracked."""
        return self._seen

    @property
    def desktop(self) -> PandaDisplay:
        return self._desktop

    @property
    def eyes(self) -> EyePictures | None:
        """The eyes' pictures while a session has them."""
        return self._eyes

    def begin(self) -> Frame:
        """The next frame, at the runtime's pace while its session runs, else at the desktop's."""
        if self._runtime is None:
            self._look_again()
        if self._runtime is not None:
            try:
                if self._listen(self._runtime):
                    return self._begin_in(self._runtime)
            except HeadsetLost as error:
                self._lose(str(error))
        return self._desktop.begin()

    def _begin_in(self, runtime: Runtime) -> Frame:
        self._desktop.flip()
        beat = self._beat = runtime.begin()
        self._seen = runtime.eyes()
        if self._seen is not None:
            if not self._ground.known or runtime.recentred():
                self.recentre()
            self._track(runtime, self._seen)
        return Frame(predicted_s=self._now() + beat.seen_in_s, views=self.views)

    def submit(self) -> None:
        runtime, eyes, beat = self._runtime, self._eyes, self._beat
        if runtime is None or eyes is None or beat is None:
            self._desktop.submit()
            return
        self._beat = None
        shows = beat.shows and self._seen is not None
        eyes.show(eyes=shows, mirror=self._seen is not None)
        self._desktop.submit()
        try:
            runtime.end(eyes.textures() if shows else None)
        except HeadsetLost as error:
            self._lose(str(error))

    def read_rgb(self) -> NDArray[np.uint8] | None:
        return self._desktop.read_rgb()

    def poll(self) -> list[PointerMoved | Typed]:
        return self._desktop.poll()

    def close(self) -> None:
        """Leave the headset, then the desktop; a second call does nothing."""
        self._seeker.close()
        self._part()
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()
        self._desktop.close()

    # -- the headset ---------------------------------------------------------------------------------------

    def news(self) -> list[News]:
        """Where the player went since the last call."""
        told, self._news = self._news, []
        return told

    def head_yaw_rad(self) -> float:
        """How far the head is turned from ahead, positive to the right: so far its headphones are turned."""
        return 0.0 if self.tracked is None else axes.yaw_of(self.tracked.head.turn)

    def leave(self) -> None:
        """End the session; the game goes on on the desktop, and does not look for the headset."""
        self._part()
        self._here = None
        self._sought_s = math.inf

    def enter(self) -> None:
        """Look for the headset now."""
        self._sought_s = -math.inf

    def recentre(self) -> None:
        """Where the player stands and looks now is the middle of the room, and ahead; there a wall opens."""
        if self._seen is None:
            return
        floor_m = 0.0 if self._runtime is None or self._runtime.floor else -EYE_HEIGHT_M
        self._ground.begin(self._seen, floor_m=floor_m)
        self._opens_s = self._now() if self._begun else math.inf

    def turn(self, steps: int) -> None:
        """Turn the cave about the player by so many steps, as if they had turned to the right; the wall stays
        where it is."""
        if self._seen is not None:
            self._ground.turn(self._seen, steps * STEP_RAD)
            self._motion.turned(self._now())

    def _track(self, runtime: Runtime, eyes: tuple[Eye, Eye]) -> None:
        hands = runtime.hands()
        held = () if hands else runtime.controllers()
        if steps := self._stick.feed(max((one.turn for one in held), key=abs, default=0.0)):
            self.turn(steps)
        ground, opening = self._ground, self._opening(eyes)
        self.tracked = Tracked(
            head=ground.head(eyes),
            hands=tuple(replace(hand, places=tuple(map(ground.about, hand.places))) for hand in hands),
            controllers=tuple(
                replace(one, grip=ground.pose(one.grip), aim=ground.pose(one.aim)) for one in held
            ),
            hole_rad=0.0 if opening is None or not opening.floor else ground.towards(opening.at_m),
        )

    def _listen(self, runtime: Runtime) -> bool:
        """Take in the runtime's events; whether it paces the next frame."""
        state = runtime.poll()
        if state is not self._state:
            self._state = state
            if state is State.ENDED:
                self._quit = True
            elif state is State.PLAYED:
                if not self._begun:
                    # Until it was worn the headset may have lain anywhere.
                    self._begun = True
                    self._ground.forget()
                self._tell(True, f"You are in the headset ({runtime.name}).")
            elif state is State.SEEN:
                self._tell(False, "The headset shows something else on top: the game waits.")
            elif state is State.AWAY:
                self._tell(False, f"The headset is put down: the game waits. {_ON_DESKTOP}")
            else:
                self._tell(False, "The headset is not worn, or shows another program: the game waits.")
        running = state in (State.HIDDEN, State.SEEN, State.PLAYED)
        if not running and self._eyes is not None:
            self._seen = self.tracked = None
            self._eyes.show(eyes=False, mirror=False)
        return running

    def _tell(self, here: bool, sentence: str) -> None:
        if here != self._here and not (self._here is None and not here):
            self._news.append(News(here=here, sentence=sentence))
        if here or self._here is not None:
            self._here = here

    def _lose(self, why: str) -> None:
        """The runtime is gone: the game goes on on the desktop, and looks for it."""
        self._part()
        self._sought_s = self._now()
        self._here = None
        self._news.append(News(here=True, sentence=f"{why} {_ON_DESKTOP}"))

    def _part(self) -> None:
        runtime, self._runtime = self._runtime, None
        eyes, self._eyes = self._eyes, None
        self._beat = self._seen = self.tracked = None
        self._ground.forget()
        self._state, self._begun = State.AWAY, False
        if runtime is not None:
            runtime.close()
        if eyes is not None:
            eyes.show(eyes=False, mirror=False)

    def _look_again(self) -> None:
        now_s = self._now()
        if now_s - self._sought_s >= SEEKS_EVERY_S:
            self._sought_s = now_s
            self._seeker.seek()
        self._welcome(first=False)

    def _welcome(self, *, first: bool) -> None:
        """Play in a headset that was found."""
        try:
            runtime = self._seeker.take()
            if runtime is None:
                return
            self._runtime = runtime
            self._eyes = self._pictures_for(runtime)
        except (NoHeadset, NoGraphics) as error:
            self._part()
            if first:
                self.lacks = f"{error} {_ON_DESKTOP}"

    def _pictures_for(self, runtime: Runtime) -> EyePictures:
        if self._kept is not None and not self._kept.suits(runtime.eye_size, runtime.blend):
            self._kept.close()
            self._kept = None
        if self._kept is None:
            self._kept = EyePictures(self._desktop, runtime.eye_size, runtime.blend, self._comfort)
            self._kept.show(eyes=False, mirror=False)
        return self._kept
