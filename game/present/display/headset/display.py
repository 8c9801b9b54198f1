"""The display port in a headset: the cave in the player's own room, and an eye of it in a window.

The scene, the window and its own picture belong to a `PandaDisplay`. While the session runs, both eyes are
drawn beside it and the runtime paces the game; without a session the window shows its own picture again and
the game goes on there. So a runtime that goes away costs a sentence, and one that comes back is played in.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.present.display.headset import axes
from game.present.display.headset.axes import Turn, Vec3
from game.present.display.headset.eyes import EyePictures
from game.present.display.headset.runtime import (
    Beat,
    Controller,
    Eye,
    HeadsetLost,
    Joints,
    NoHeadset,
    Pose,
    Runtime,
    State,
)
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
_WORDS_FOLLOW_S: Final = 0.7
"""Words of light follow the head so slowly that one can read along them."""
_WORDS_STAY_RAD: Final = 0.45
"""A head may turn so far from them before they follow."""
_ON_DESKTOP: Final = "The picture is on the screen."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What the headset knows of the player in this frame; the middle of the room is where they began."""

    head: Pose
    hands: tuple[Joints, ...] = ()
    controllers: tuple[Controller, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The player went away from the headset's picture or came back to it."""

    here: bool
    sentence: str


class Seeker(Protocol):
    """Where headsets come from."""

    def take(self) -> Runtime | None:
        """A session with a headset that has been found since the last call; OpenGL is current. Raises
        NoHeadset with the reason why there is none (told once)."""

    def seek(self) -> None:
        """Begin to look for one again, beside the game."""

    def close(self) -> None: ...


class HeadsetDisplay:
    """A display port and the canvas of a stage; see the module."""

    def __init__(self, desktop: PandaDisplay, seeker: Seeker, *, now: Callable[[], float]) -> None:
        self._desktop = desktop
        self._seeker = seeker
        self._now = now
        self._runtime: Runtime | None = None
        self._eyes: EyePictures | None = None
        """Those that the runtime is given; kept in ``_kept`` for the next session, because Panda3D
        does not give all of their memory back."""
        self._kept: EyePictures | None = None
        self._state = State.AWAY
        self._beat: Beat | None = None
        """The frame that is begun and not yet ended."""
        self._seen: tuple[Eye, Eye] | None = None
        self._middle: tuple[Vec3, float] | None = None
        """Where on the real floor the player's place in the cave is, and which way is ahead."""
        self._begun = False
        """The player was in the headset before: where they stood then is the middle of the room."""
        self._sought_s = now()
        self._words_yaw = 0.0
        self._words_s = now()
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
            self._eyes.set_mood(exposure=exposure, time_s=time_s)

    def place(self, pane: p3d.NodePath, *, feet: Vec3, yaw_rad: float) -> Viewpoint | None:
        """Put the real floor under the player's place in the cave; None while the picture is on the wall."""
        if self._eyes is None or self._seen is None or self._middle is None:
            return None
        (x, y, z), turned_rad = self._middle
        # The middle of the room is the place in the cave, and ahead in the room is ahead in the cave.
        back = axes.about_floor((-x, -y, -z), turned_rad - yaw_rad)
        self._eyes.put_floor((feet[0] + back[0], feet[1] + back[1], feet[2] + back[2]), yaw_rad - turned_rad)
        self._eyes.aim(self._seen)
        head = self._head(self._seen)
        eye = axes.about_floor(head.at_m, -yaw_rad)
        at = (feet[0] + eye[0], feet[1] + eye[1], feet[2] + eye[2])
        self._lay_words(pane, at, yaw_rad, axes.yaw_of(head.turn))
        rest = (feet[0], feet[1], feet[2] + EYE_HEIGHT_M)
        return Viewpoint(eye=at, rest=rest, yaw_rad=yaw_rad)

    def _lay_words(self, pane: p3d.NodePath, eye: Vec3, yaw_rad: float, head_yaw_rad: float) -> None:
        """What hangs before the player follows the head late and gently, and never tilts with it."""
        now_s = self._now()
        dt_s, self._words_s = now_s - self._words_s, now_s
        away = (head_yaw_rad - self._words_yaw + math.pi) % (2 * math.pi) - math.pi
        if abs(away) > _WORDS_STAY_RAD:
            ahead = away - math.copysign(_WORDS_STAY_RAD, away)
            self._words_yaw += ahead * (1.0 - math.exp(-dt_s / _WORDS_FOLLOW_S))
        pane.set_pos_hpr_scale(*eye, -math.degrees(yaw_rad + self._words_yaw), 0.0, 0.0, 1.0, 1.0, 1.0)

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
            if self._middle is None or runtime.recentred():
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
        """Where the player stands and looks now is the middle of the room, and ahead."""
        if self._seen is None:
            return
        self._middle = None
        head = self._head(self._seen)
        floor_m = 0.0 if self._runtime is None or self._runtime.floor else -EYE_HEIGHT_M
        self._middle = (head.at_m[0], head.at_m[1], floor_m), axes.yaw_of(head.turn)

    def _head(self, eyes: tuple[Eye, Eye]) -> Pose:
        """Between the eyes, as it is about the middle of the room."""
        left, right = (eye.pose for eye in eyes)
        at = tuple((a + b) / 2.0 for a, b in zip(left.at_m, right.at_m, strict=True))
        return Pose(at_m=self._about((at[0], at[1], at[2])), turn=self._turned(left.turn))

    def _about(self, at: Vec3) -> Vec3:
        if self._middle is None:
            return at
        (x, y, z), turned_rad = self._middle
        return axes.about_floor((at[0] - x, at[1] - y, at[2] - z), turned_rad)

    def _turned(self, turn: Turn) -> Turn:
        return turn if self._middle is None else axes.unturned(turn, self._middle[1])

    def _pose(self, pose: Pose) -> Pose:
        return Pose(at_m=self._about(pose.at_m), turn=self._turned(pose.turn))

    def _track(self, runtime: Runtime, eyes: tuple[Eye, Eye]) -> None:
        hands = runtime.hands()
        held = () if hands else runtime.controllers()
        self.tracked = Tracked(
            head=self._head(eyes),
            hands=tuple(replace(hand, places=tuple(map(self._about, hand.places))) for hand in hands),
            controllers=tuple(
                replace(one, grip=self._pose(one.grip), aim=self._pose(one.aim)) for one in held
            ),
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
                    self._begun, self._middle = True, None
                self._tell(True, f"You are in the headset ({runtime.name}).")
            elif state is State.SEEN:
                self._tell(False, "The headset shows something else on top: the game waits.")
            elif state is State.AWAY:
                self._tell(False, f"The headset is put down: the game waits. {_ON_DESKTOP}")
            else:
                self._tell(False, "The headset is not worn: the game waits.")
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
        self._beat = self._seen = self.tracked = self._middle = None
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
            self._kept = EyePictures(self._desktop, runtime.eye_size, runtime.blend)
            self._kept.show(eyes=False, mirror=False)
        return self._kept
