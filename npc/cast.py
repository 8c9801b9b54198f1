"""All characters of a game, made ready together, each with the language model that speaks for it."""

import contextlib
import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Final, Protocol

import platformdirs

from npc.adapters import ADAPTER_FILE, adapter_in, binding
from npc.backends.base import Backend, BackendError
from npc.character import Character
from npc.encoder import MODEL as ENCODER
from npc.encoder import TOKENIZER, WEIGHTS, EncoderError, SentenceEncoder
from npc.merged import MergeError, merged
from npc.models import ModelMissing
from npc.personality import Personality, load_personality
from npc.sayings import understand
from npc.tables import PersonalityError

MODEL: Final = ("smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf")


def candidates(threads: int) -> int:
    """How many replies the bundled model writes side by side: so many are mostly at their end before it must
    speak. One thread writes one: a second was the same words again (in each of 17 turns), and made the first
    come too late on a busy machine."""
    return 1 if threads < 2 else 4


def voices_folder() -> Path:
    """Where models that were merged with a character's adapter are kept; they can be made anew."""
    return platformdirs.user_cache_path("hollow", appauthor=False) / "voices"


class Store(Protocol):
    """Where models lie."""

    def file(self, model: str, name: str, /) -> Path:
        """The file, checked; raises ModelMissing with a sentence when it cannot be used."""
        ...


def load_backend(
    url: str | None,
    store: Store | None,
    *,
    folder: Path,
    threads: int = 1,
    exact: bool = False,
    model: str | None = None,
) -> tuple[Backend | None, str | None]:
    """The language model that speaks for the personality in ``folder`` and, when it cannot be had, a sentence
    that says why. With ``url`` the server there; otherwise the bundled model from ``store`` where the
    personality has an adapter for it: without one it babbles, and the written lines speak. ``exact``: the
    same evening has the same words, at the price of time."""
    try:
        if url:
            from npc.backends.openai import OpenAIBackend

            return OpenAIBackend(url, model=model), None
        if store is None or not (folder / ADAPTER_FILE).is_file():
            return None, None
        from npc.backends.embedded import EmbeddedBackend

        base = store.file(*MODEL)
        adapter = adapter_in(folder, base)
        if adapter is None:
            return None, None
        load = partial(EmbeddedBackend, threads=threads, parallel=candidates(threads), remembers=not exact)
        with contextlib.suppress(MergeError):  # apart they speak alike, only later
            one = merged(base, adapter, voices_folder(), key=binding(folder))
            try:
                return load(one), None
            except BackendError:
                # Damaged since it was made: the two speak now, and it is made anew at the next start.
                with contextlib.suppress(OSError):
                    one.unlink()
        return load(base, adapter=adapter), None
    except (BackendError, ModelMissing, PersonalityError) as error:
        return None, str(error)


@lru_cache(maxsize=1)
def _encoder(weights: Path, tokenizer: Path) -> SentenceEncoder:
    return SentenceEncoder(weights, tokenizer)


def load_encoder(store: Store) -> SentenceEncoder:
    """The model that knows what sayings mean, loaded once. Raises ModelMissing and EncoderError."""
    return _encoder(store.file(ENCODER, WEIGHTS), store.file(ENCODER, TOKENIZER))


def load_person(folder: Path, store: Store | None) -> tuple[Personality, str | None]:
    """The personality in ``folder``, which understands what is said to it where ``store`` has the model for
    that, else goes by the words alone; and what is amiss, a sentence. Raises PersonalityError."""
    personality = load_personality(folder)
    if store is None or not personality.dialogue.sayings:
        return personality, None
    try:
        encoder = load_encoder(store)
    except (EncoderError, ModelMissing) as error:
        return personality, str(error)
    return personality, understand(personality, folder, encoder)


def load_cast(
    folders: Mapping[str, Path],
    backend_url: str | None,
    store: Store | None,
    *,
    threads: int = 1,
    exact: bool = False,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Character]:
    """The characters in ``folders``, each by the name of the part that it plays, whatever its folder is
    called; folders beside them are not read. A language server speaks for all alike. An honest character
    gets none: it must not be wrong about what it is. ``clock`` measures every wait for a model: a slow one
    has more patience. ``exact`` as in `load_backend`. Raises PersonalityError."""
    people = {part: load_person(path, store) for part, path in folders.items()}
    shared: tuple[Backend | None, str | None] | None = None
    cast: dict[str, Character] = {}
    for part, (personality, amiss) in people.items():
        path = folders[part]
        if personality.honest:
            cast[part] = Character(personality, fault=amiss, clock=clock)
            continue
        if backend_url:
            shared = shared or load_backend(backend_url, store, folder=path)
            backend, fault = shared
        else:
            backend, fault = load_backend(None, store, folder=path, threads=threads, exact=exact)
        cast[part] = Character(personality, backend, fault=fault or amiss, clock=clock)
    return cast
