"""What the sayings of a dialogue mean, as vectors in a file beside it: a start need not work them out."""

import hashlib
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from npc.encoder import DIMENSIONS, MODEL, SentenceEncoder
from npc.personality import Personality

Floats = NDArray[np.float32]

VECTORS_FILE: Final = "meaning.npz"
AT_ONCE: Final = 400
"""Sayings without a vector in the file that are worked out at a start: some seconds."""
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
_ROUNDED: Final = 127.0
"""A component of 1 as it is kept: whole numbers of a byte change a cosine by less than 0.01."""
_STEP: Final = 32


def understand(personality: Personality, folder: Path, encoder: SentenceEncoder) -> str | None:
    """Let the personality's dialogue, which was loaded from ``folder``, be searched by meaning. A sentence
    when something is amiss; sayings without a vector are then found by their words alone."""
    dialogue = personality.dialogue
    known, fault = _read(folder / VECTORS_FILE)
    vectors = np.zeros((len(dialogue.sayings), DIMENSIONS), dtype=np.float32)
    lacking = []
    for row, saying in enumerate(dialogue.sayings):
        found = known.get(_key(saying))
        if found is None:
            lacking.append(row)
        else:
            vectors[row] = found
    if len(lacking) <= AT_ONCE:
        if lacking:
            vectors[lacking] = encoder.encode([dialogue.sayings[row] for row in lacking])
    elif fault is None:
        fault = (
            f"{folder.name}: {len(lacking)} of {len(vectors)} sayings are found by their words alone until "
            f"`hollow personality index {folder.name}` has been run."
        )
    dialogue.understand(encoder, vectors)
    return fault


def write_vectors(
    folder: Path, sayings: Sequence[str], encoder: SentenceEncoder, *, tell: Callable[[int], None]
) -> Path:
    """Work out the vector of each saying and keep them in the folder; ``tell`` hears how many are done. The
    file's path. Raises OSError."""
    rows = np.zeros((len(sayings), DIMENSIONS), dtype=np.int8)
    for start in range(0, len(sayings), _STEP):
        some = encoder.encode(sayings[start : start + _STEP])
        rows[start : start + len(some)] = np.rint(some * _ROUNDED)
        tell(start + len(some))
    keys = np.array([_key(saying) for saying in sayings], dtype=np.uint64)
    path = folder / VECTORS_FILE
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        np.savez_compressed(file, model=np.array(MODEL), keys=keys, vectors=rows)
    part.replace(path)
    return path


def _key(saying: str) -> int:
    return int.from_bytes(hashlib.blake2b(saying.encode(), digest_size=8).digest(), "little")


def _read(path: Path) -> tuple[dict[int, Floats], str | None]:
    """Vectors by saying, and a sentence for a file that is none."""
    if not path.is_file():
        return {}, None
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return {}, f"{path} is larger than {MAX_FILE_BYTES // 1024**2} MiB and is not read."
        with np.load(path, allow_pickle=False) as held:
            if sum(member.file_size for member in held.zip.infolist()) > MAX_FILE_BYTES:
                return {}, f"{path} unpacks to more than {MAX_FILE_BYTES // 1024**2} MiB and is not read."
            model, keys, vectors = str(held["model"]), held["keys"], held["vectors"]
    except (OSError, EOFError, KeyError, ValueError, MemoryError, BadZipFile, zlib.error) as error:
        return {}, f"{path}: expected the arrays model, keys and vectors ({error})."
    if model != MODEL or keys.dtype != np.uint64 or vectors.dtype != np.int8:
        return {}, f"{path} was made for another model: `hollow personality index` makes it anew."
    if keys.ndim != 1 or vectors.shape != (len(keys), DIMENSIONS):
        return {}, f"{path}: expected {DIMENSIONS} numbers for each of {keys.size} sayings."
    table = vectors.astype(np.float32)
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1.0)
    return dict(zip(keys.tolist(), table, strict=True)), None
