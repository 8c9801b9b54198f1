"""The seam to language models: a prompt goes in, pieces of text come out, failures are one sentence."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol


class BackendError(RuntimeError):
    """A language model cannot answer; the message is one sentence for the player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A line of the talk so far, for models that take talk as messages."""

    player: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a model is asked. The system part is the same in every turn, so that a model can keep it."""

    system: str
    turns: tuple[Turn, ...]
    """Exchanges that show how the character talks and what was said, oldest first."""
    player: str
    hint: str = ""
    """What to do in this reply, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How freely to speak."""

    seed: int
    max_tokens: int = 48
    temperature: float = 0.8
    top_p: float = 0.92
    place: int = 0
    """Which of the parallel replies this is: the same place finds the same start of a prompt again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of text as a model makes it."""

    text: str
    id: int | None = None
    likelihood: float | None = None
    """Natural logarithm of its probability, where the model tells it."""


class Backend(Protocol):
    """A language model."""

    name: str
    fluent: bool
    """It holds a role by itself: its sentences are spoken as they come. Otherwise several candidates are
    made and the best, or a written line, is spoken."""
    voiced: bool
    """It has learned this character's own voice, and is a `VoicedBackend`."""

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as they come; closing the iterator stops the model. Raises BackendError."""
        ...

    def warm(self, prompt: Prompt) -> None:
        """Be ready for a first turn that begins like ``prompt``. Raises BackendError."""
        ...

    def close(self) -> None:
        """Free what is held."""
        ...


class VoicedBackend(Backend, Protocol):
    """A small model that has learned one voice: it makes several candidates at once, and can weigh them."""

    parallel: int
    """Replies at a time."""

    def tokens(self, prompt: Prompt, sampling: Sampling) -> Generator[Token, None, None]:
        """What it writes, token by token. Raises BackendError."""
        ...

    def likelihood(
        self, prompt: Prompt, reply: Sequence[int], at: Sequence[int], *, place: int = 0
    ) -> Iterator[float]:
        """Natural logarithms of the probabilities of the tokens ``reply[i]``, i in ``at``, after the prompt.
        Raises BackendError."""
        ...


@contextmanager
def close_of(stream: Iterator[str]) -> Iterator[Iterator[str]]:
    """The stream, closed at the end of the block where it can be closed."""
    try:
        yield stream
    finally:
        close = getattr(stream, "close", None)
        if close is not None:
            close()
