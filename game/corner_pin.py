"""While the player sets the picture's corners the display follows; kept corners go to the room file."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from game.present.display.pin import Corners
from game.present.display.room_file import RoomFault
from game.present.display.room_writer import save_corners
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
                self._write()
            self._show(self._kept, None)

    def _show(self, corners: Corners, number: int | None) -> None:
        if (corners, number) != self._shown:
            self._shown = (corners, number)
            self._display.pin(corners, number)

    def _write(self) -> None:
        try:
            old = save_corners(self._path, self._kept, self._plain)
        except RoomFault as error:
            self._tell(f"The picture is set for this evening, but {error}.")
            return
        kept = f" The old one is {old}." if old is not None else ""
        self._tell(f"The picture's corners are in {self._path}.{kept}")
