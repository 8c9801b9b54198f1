"""Telling the player what is being fetched, and how far it is."""

import time
from collections.abc import Callable
from typing import Final, Protocol, TextIO

_MEGABYTE: Final = 1_000_000
_TERMINAL_PERIOD_S: Final = 0.1
_PLAIN_PERIOD_S: Final = 5.0


class OnProgress(Protocol):
    """Is told of a fetch while it runs."""

    def say(self, sentence: str) -> None:
        """Something happened that the player should read."""

    def advance(self, what: str, done_bytes: int, total_bytes: int) -> None:
        """So much of a fetch is done; the total may be an estimate."""


class ProgressLine:
    """Progress as text: one line that is rewritten on a terminal, a line every few seconds elsewhere."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._shown_s: float | None = None
        self._what = ""
        self._open_line = 0

    def say(self, sentence: str) -> None:
        """Write the sentence on a line of its own."""
        self._end_line()
        self._write(sentence + "\n")

    def advance(self, what: str, done_bytes: int, total_bytes: int) -> None:
        """Show the first and the last state of each fetch, and some of those between."""
        now_s = self._clock()
        period_s = _TERMINAL_PERIOD_S if self._terminal else _PLAIN_PERIOD_S
        complete = done_bytes >= total_bytes
        fresh = what != self._what or self._shown_s is None
        if not fresh and not complete and now_s - (self._shown_s or 0.0) < period_s:
            return
        if fresh:
            self._end_line()
        self._what, self._shown_s = what, now_s
        share = min(100, 100 * done_bytes // max(1, total_bytes))
        line = f"{what}: {_megabytes(done_bytes)} of {_megabytes(total_bytes)} MB ({share} %)"
        if self._terminal:
            self._write("\r" + line.ljust(self._open_line))
            self._open_line = len(line)
            if complete:
                self._end_line()
        else:
            self._write(line + "\n")
        if complete:
            self._what = ""

    def _end_line(self) -> None:
        if self._open_line:
            self._write("\n")
            self._open_line = 0

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _megabytes(size_bytes: int) -> str:
    size = size_bytes / _MEGABYTE
    return f"{size:.0f}" if size >= 10 else f"{size:.1f}"
