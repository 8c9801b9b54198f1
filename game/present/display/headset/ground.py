"""The player's own floor: where on it they began, and which way is ahead. Everything that a headset tells is
told about that place."""

import math

from game.present.display.headset import axes
from game.present.display.headset.axes import Turn, Vec3
from game.present.display.headset.opening import Opening, opened
from game.present.display.headset.runtime import Eye, Pose


class Ground:
    """In the play space; unknown until the player has begun somewhere."""

    def __init__(self) -> None:
        self._middle: tuple[Vec3, float] | None = None
        """Where on the real floor the player's place in the cave is, and which way is ahead (radians)."""
        self._wall: tuple[Vec3, float] | None = None
        """The same when the player began: there the wall stays that has opened, however the cave turns."""

    @property
    def known(self) -> bool:
        return self._middle is not None

    def forget(self) -> None:
        self._middle = self._wall = None

    def begin(self, eyes: tuple[Eye, Eye], *, floor_m: float) -> None:
        """Where the player stands and looks now is the middle, and ahead; the floor is at ``floor_m``."""
        at = between(eyes)
        yaw_rad = axes.yaw_of(eyes[0].pose.turn)
        self._middle = self._wall = (at[0], at[1], floor_m), yaw_rad

    def turn(self, eyes: tuple[Eye, Eye], by_rad: float) -> None:
        """Turn the cave about the head, as if it had turned to the right by so much; the wall stays."""
        if self._middle is None:
            return
        middle, turned_rad = self._middle
        at, head = self.head(eyes).at_m, between(eyes)
        turned_rad -= by_rad
        back = axes.about_floor(at, -turned_rad)
        self._middle = (head[0] - back[0], head[1] - back[1], middle[2]), turned_rad

    def head(self, eyes: tuple[Eye, Eye]) -> Pose:
        """Between the eyes, as it is about the middle."""
        return Pose(at_m=self.about(between(eyes)), turn=self._turned(eyes[0].pose.turn))

    def about(self, at: Vec3) -> Vec3:
        """A place of the play space as it is about the middle."""
        if self._middle is None:
            return at
        (x, y, z), turned_rad = self._middle
        return axes.about_floor((at[0] - x, at[1] - y, at[2] - z), turned_rad)

    def towards(self, at: Vec3) -> float:
        """Which way a place of the play space is from the middle: radians from ahead, the right positive."""
        x, y, _ = self.about(at)
        return math.atan2(x, y)

    def pose(self, pose: Pose) -> Pose:
        return Pose(at_m=self.about(pose.at_m), turn=self._turned(pose.turn))

    def _turned(self, turn: Turn) -> Turn:
        return turn if self._middle is None else axes.unturned(turn, self._middle[1])

    def in_cave(self, feet: Vec3, yaw_rad: float) -> tuple[Vec3, float]:
        """Where the play space's own middle lies in the world and how far it is turned, for a player whose
        place in the cave is ``feet`` and who faces ``yaw_rad`` there."""
        (x, y, z), turned_rad = self._middle or ((0.0, 0.0, 0.0), 0.0)
        # The middle of the room is the place in the cave, and ahead in the room is ahead in the cave.
        back = axes.about_floor((-x, -y, -z), turned_rad - yaw_rad)
        return (feet[0] + back[0], feet[1] + back[1], feet[2] + back[2]), yaw_rad - turned_rad

    def opening(self, eyes: tuple[Eye, Eye], away_m: float, *, floor: bool = False) -> Opening | None:
        """The opening ``away_m`` before where the player began, in wall or floor; None before that."""
        if self._wall is None:
            return None
        return opened(*self._wall, away_m=away_m, head=between(eyes), floor=floor)


def between(eyes: tuple[Eye, Eye]) -> Vec3:
    """The middle of both eyes."""
    (ax, ay, az), (bx, by, bz) = (eye.pose.at_m for eye in eyes)
    return (ax + bx) / 2.0, (ay + by) / 2.0, (az + bz) / 2.0
