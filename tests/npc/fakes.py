"""Stand-ins for a language model and a clock."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from npc.backends.base import Prompt, Sampling
from npc.personality import Personality, load_personality

PERSONALITIES = Path(__file__).resolve().parents[2] / "assets" / "personalities"


@cache
def child() -> Personality:
    """The Child; it takes four seconds to load, and nobody can change it."""
    return load_personality(PERSONALITIES / "child")


@cache
def companion() -> Personality:
    return load_personality(PERSONALITIES / "companion")


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class FakeBackend:
    """Says what it was told to, piece by piece; an Exception among the pieces is raised there."""

    name = "fake"
    voiced = False

    def __init__(
        self,
        *replies: Sequence[str | Exception],
        before_piece: Callable[[], None] = lambda: None,
    ) -> None:
        self.prompts: list[Prompt] = []
        self.closed = False
        self._replies = list(replies)
        self._before_piece = before_piece

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        self.prompts.append(prompt)
        for piece in self._replies[min(len(self.prompts), len(self._replies)) - 1]:
            self._before_piece()
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def warm(self, prompt: Prompt) -> None:
        self.prompts.append(prompt)

    def close(self) -> None:
        self.closed = True
