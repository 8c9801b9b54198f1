"""The scripted headset: head and hands of Monado's remote driver, over TCP (protocol mndrmt3)."""

import socket
import struct
from collections.abc import Sequence
from typing import Final

HEADER: Final = 8
HEAD: Final = 128
HAND: Final = 120
SIZE: Final = HEADER + HEAD + 2 * HAND
_CENTRE: Final = 96
"""Of the head's pose in its part, after two views."""
_CURLS: Final = 52
_TRIGGER: Final = 72
_FLAGS: Final = 104

STILL: Final = (0.0, 0.0, 0.0, 1.0)


class RemoteHeadset:
    """One connection; what is set is sent by `send`. Poses are OpenXR's: metres, quaternions x, y, z, w."""

    def __init__(self, port: int = 4242) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 5.0)
        # First how it rests, then how it is.
        self._receive()
        self._state = bytearray(self._receive())

    def _receive(self) -> bytes:
        got = b""
        while len(got) < SIZE:
            more = self._socket.recv(SIZE - len(got))
            if not more:
                raise ConnectionError("the remote driver has closed the connection")
            got += more
        return got

    def head(self, at: Sequence[float], turn: Sequence[float] = STILL) -> None:
        struct.pack_into("<7f", self._state, HEADER + _CENTRE, *turn, *at)

    def hand(
        self,
        side: str,
        at: Sequence[float],
        turn: Sequence[float] = STILL,
        curls: Sequence[float] = (0.0,) * 5,
        *,
        trigger: float = 0.0,
        seen: bool = True,
    ) -> None:
        """``curls`` of little, ring, middle, index finger and thumb: 0 straight to 1 closed."""
        start = HEADER + HEAD + (HAND if side == "right" else 0)
        struct.pack_into("<7f", self._state, start, *turn, *at)
        struct.pack_into("<5f", self._state, start + _CURLS, *curls)
        struct.pack_into("<f", self._state, start + _TRIGGER, trigger)
        struct.pack_into("<2B", self._state, start + _FLAGS, seen, seen)
        self._state[start + _FLAGS + 8] = trigger > 0.9

    def send(self) -> None:
        self._socket.sendall(self._state)

    def close(self) -> None:
        self._socket.close()
