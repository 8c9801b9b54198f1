"""All characters of a game, made ready together: they share one language model."""

from pathlib import Path
from typing import Final, Protocol

from npc.backends.base import Backend, BackendError
from npc.character import Character
from npc.models import ModelMissing
from npc.personality import load_personality
from npc.tables import PersonalityError

MODEL: Final = ("smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf")


class Store(Protocol):
    """Where models lie."""

    def file(self, model: str, name: str, /) -> Path:
        """The file, checked; raises ModelMissing with a sentence when it cannot be used."""
        ...


def load_backend(
    url: str | None, store: Store | None, *, threads: int = 1, model: str | None = None
) -> tuple[Backend | None, str | None]:
    """The language model of the evening and, when it cannot be had, a sentence that says why. With ``url``
    the server there; otherwise the bundled model from ``store``; without either, none."""
    try:
        if url:
            from npc.backends.openai import OpenAIBackend

            return OpenAIBackend(url, model=model), None
        if store is None:
            return None, None
        from npc.backends.embedded import EmbeddedBackend

        return EmbeddedBackend(store.file(*MODEL), threads=threads), None
    except (BackendError, ModelMissing) as error:
        return None, str(error)


def load_character(folder: Path, backend: Backend | None, fault: str | None = None) -> Character:
    """The character in ``folder``. Raises PersonalityError."""
    return Character(load_personality(folder), backend, fault=fault)


def load_cast(
    folder: Path, backend_url: str | None, store: Store | None, *, threads: int = 1
) -> dict[str, Character]:
    """Every character in the sub-folders of ``folder``, by folder name, sharing one language model. An honest
    character gets none: it must not be wrong about what it is. Raises PersonalityError."""
    backend, fault = load_backend(backend_url, store, threads=threads)
    cast: dict[str, Character] = {}
    try:
        found = sorted(path for path in folder.iterdir() if (path / "personality.toml").is_file())
    except OSError as error:
        raise PersonalityError(f"{folder}: no folder of personalities ({error.strerror}).") from error
    for path in found:
        personality = load_personality(path)
        cast[path.name] = (
            Character(personality) if personality.honest else Character(personality, backend, fault=fault)
        )
    if not cast:
        raise PersonalityError(f"{folder}: no personality in it.")
    return cast
