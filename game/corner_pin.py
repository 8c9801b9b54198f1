"""While the player sets the picture's corners the display follows; what is kept goes to the room file."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from game.interpret.intents import Vec3
from game.present.display.pin import Corners
from game.present.display.room_file import RoomFault
from game.present.display.room_writer import save_room, with_camera, with_corners
from game.world.corners import fault
from game.world.state import World


class Pins(Protocol):
    """A display whose picture has corners."""

    def pin(self, corners: Corners, corner: int | None) -> None: ...


class CornerPin:
    """Follows the world; `follow` once a tick, after the step."""

    def __init__(
        self, display: Pins, corners: Corners, *, path: Path, plain: str, tell: Callable[[str], None]
    ) -> None:
        self._display = display
        self._path = path
        self._plain = plain
        self._tell = tell
        self._kept = corners
        """As they are when nobody sets them."""
        self._shown: tuple[Corners, int | None] = (corners, None)

    def follow(self, world: World) -> None:
        """Shows the corners that are being set, keeps those that were set."""
        now = world.setting
        if now is None:
            self._show(self._kept, None)
        elif now.kept is None:
            # A picture that would be crossed cannot be shown: it waits at its last good shape.
            self._show(now.corners if fault(now.corners) is None else self._shown[0], now.number)
        else:
            if now.kept:
                self._kept = now.corners
                self._write("The picture's corners are", partial(with_corners, corners=self._kept))
            self._show(self._kept, None)

    def _show(self, corners: Corners, number: int | None) -> None:
        if (corners, number) != self._shown:
            self._shown = (corners, number)
            self._display.pin(corners, number)

    def keep_camera(self, place_m: Vec3, view_deg: float) -> None:
        """Writes where the camera is, and how high its view, into the room file."""
        self._write("The camera's place is", partial(with_camera, place_m=place_m, view_deg=view_deg))

    def _write(self, what: str, change: Callable[[str], str]) -> None:
        try:
            old = save_room(self._path, self._plain, change)
        except RoomFault as error:
            self._tell(f"{what} set for this evening, but {error}.")
            return
        kept = f" The old one is {old}." if old is not None else ""
        self._tell(f"{what} in {self._path}.{kept}")
