"""All characters of a game, made ready together: they share one language model."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from npc.adapters import ADAPTER_FILE, adapter_in
from npc.backends.base import Backend, BackendError
from npc.character import Character
from npc.models import ModelMissing
from npc.personality import load_personality
from npc.tables import PersonalityError

MODEL: Final = ("smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf")
CANDIDATES: Final = 3
"""Replies that a model with a voice of its own writes side by side, where there are cores for them."""


def candidates(threads: int) -> int:
    """How many replies are written side by side: three on one thread take 2.3 s, one about 0.9 s."""
    return 1 if threads < 2 else min(CANDIDATES, threads // 2 + 1)


class Store(Protocol):
    """Where models lie."""

    def file(self, model: str, name: str, /) -> Path:
        """The file, checked; raises ModelMissing with a sentence when it cannot be used."""
        ...


def load_backend(
    url: str | None,
    store: Store | None,
    *,
    folder: Path | None = None,
    threads: int = 1,
    model: str | None = None,
) -> tuple[Backend | None, str | None]:
    """The language model of the evening and, when something of it cannot be had, a sentence that says why.
    With ``url`` the server there; otherwise the bundled model from ``store``, with the adapter of the
    personality in ``folder`` where it has one; without either, none."""
    try:
        if url:
            from npc.backends.openai import OpenAIBackend

            return OpenAIBackend(url, model=model), None
        if store is None:
            return None, None
        from npc.backends.embedded import EmbeddedBackend

        base = store.file(*MODEL)
        adapter, fault = _adapter(folder, base)
        if adapter is not None:
            return EmbeddedBackend(base, adapter=adapter, threads=threads, parallel=candidates(threads)), None
        return EmbeddedBackend(base, threads=threads), fault
    except (BackendError, ModelMissing) as error:
        return None, str(error)


def _adapter(folder: Path | None, base: Path) -> tuple[Path | None, str | None]:
    try:
        return (adapter_in(folder, base), None) if folder is not None else (None, None)
    except PersonalityError as error:
        return None, str(error)


def load_character(folder: Path, backend: Backend | None, fault: str | None = None) -> Character:
    """The character in ``folder``. Raises PersonalityError."""
    return Character(load_personality(folder), backend, fault=fault)


def load_cast(
    folder: Path,
    backend_url: str | None,
    store: Store | None,
    *,
    threads: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Character]:
    """Every character in the sub-folders of ``folder``, by folder name. Those without a voice of their own
    share one language model. An honest character gets none: it must not be wrong about what it is.
    ``clock`` measures every wait for a model: a slow one has more patience. Raises PersonalityError."""
    try:
        found = sorted(path for path in folder.iterdir() if (path / "personality.toml").is_file())
    except OSError as error:
        raise PersonalityError(f"{folder}: no folder of personalities ({error.strerror}).") from error
    if not found:
        raise PersonalityError(f"{folder}: no personality in it.")
    people = {path: load_personality(path) for path in found}
    shared: tuple[Backend | None, str | None] | None = None
    cast: dict[str, Character] = {}
    for path, personality in people.items():
        if personality.honest:
            cast[path.name] = Character(personality, clock=clock)
            continue
        if not backend_url and (path / ADAPTER_FILE).is_file():
            backend, fault = load_backend(None, store, folder=path, threads=threads)
        else:
            shared = shared or load_backend(backend_url, store, threads=threads)
            backend, fault = shared
        cast[path.name] = Character(personality, backend, fault=fault, clock=clock)
    return cast
