"""Stand-ins for the bundled model and its store, and what else the commands of a writer are tested with."""

import argparse
import time
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from npc.backends.base import BackendError, Prompt, Sampling, Token
from npc.models import ModelMissing
from npc.personality import Personality, load_personality

loaded = cache(load_personality)
"""Personalities are never changed, and reading thousands of exchanges takes a second."""


def loaded_person(folder: Path, _: object) -> tuple[Personality, None]:
    """Without the model of meaning: by words alone, and at once."""
    return loaded(folder), None


class NoModels:
    """A store with nothing in it: the written lines must do."""

    def file(self, model: str, name: str, /) -> Path:
        raise ModelMissing("The language model is missing.")


class VoicedFake:
    """A voiced model that writes what ``say`` answers to a player's line, a word at a time, each candidate in
    its turn. With ``fault`` it fails when it is asked, and with ``pause_s`` it waits before each word."""

    name = "fake"
    voiced = True

    def __init__(
        self, say: Callable[[str], tuple[str, ...]], *, fault: str | None = None, pause_s: float = 0.0
    ) -> None:
        self.prompts: list[Prompt] = []
        self.events: list[str] = []
        """What happened, in order: warm, asked, written (to the last word), read, closed."""
        self.parallel = len(say(""))
        self._say = say
        self._fault = fault
        self._pause_s = pause_s

    def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
        self.events.append("asked")
        self.prompts.append(prompt)
        if self._fault is not None:
            raise BackendError(self._fault)
        for index, reply in enumerate(self._say(prompt.player)):
            found = reply.split()
            for number, word in enumerate(found, 1):
                time.sleep(self._pause_s)
                yield index, Token(text=f" {word}", likelihood=-1.0 - index, last=number == len(found))
        self.events.append("written")

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        yield from self._say(prompt.player)[0].split()

    def read(self, prompt: Prompt) -> None:
        self.events.append("read")

    def warm(self, prompt: Prompt) -> None:
        self.events.append("warm")

    def close(self) -> None:
        self.events.append("closed")


def run(module: Any, *words: str) -> int:
    """Run a command as the command line does."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--debug", action="store_true")
    module.add_parser(parser.add_subparsers())
    options = parser.parse_args(words)
    return int(options.run(options))
