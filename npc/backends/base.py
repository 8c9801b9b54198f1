"""The seam to language models: a prompt goes in, pieces of text come out, failures are one sentence."""

from collections.abc import Generator, Iterator
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
    begun: str = ""
    """The beginning of the reply, which a model that continues a text goes on from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How freely to speak."""

    seed: int
    max_tokens: int = 48
    temperature: float = 0.8
    top_p: float = 0.92
    varied: bool = False
    """Runs of words that stand in the prompt are not to be said on and on as they stand there."""
    without: tuple[str, ...] = ()
    """Texts of tokens that must not be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of text as a model makes it."""

    text: str
    likelihood: float | None = None
    """Natural logarithm of its probability, where the model tells it."""
    count: int = 1
    """So many of the model's own tokens; more than one where the start of a stop word was none."""
    last: bool = False
    """The reply ends with it."""


class Backend(Protocol):
    """A language model."""

    name: str
    voiced: bool
    """It is small and has learned this character's own voice: it is a `VoicedBackend`. Any other is taken to
    hold a role by itself, and its sentences are spoken as they come."""

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
    """A small model that has learned one voice: it writes several candidates at once."""

    parallel: int
    """Candidates at a time."""

    def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
        """``parallel`` replies: each token with the index of its reply, as they come. Closing the generator
        stops all. Raises BackendError."""
        ...

    def read(self, prompt: Prompt) -> None:
        """Read all of the prompt but its newest lines, so that what follows them comes at once. Raises
        BackendError."""
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
