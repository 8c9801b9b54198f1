"""A hash of the world that two machines agree on: taken over quantised state."""

import hashlib
import math
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

import numpy as np

from game.world.cave import Cave
from game.world.state import World

_GRAIN: Final = 1e-3
"""Floating point differs between processors; differences below this are not seen."""


def world_hash(world: World) -> str:
    """SHA-256 of the quantised state, in hexadecimal."""
    digest = hashlib.sha256()
    for part in _parts(world):
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def _parts(value: Any) -> list[str]:
    match value:
        case None | bool() | int() | str():
            return [str(value)]
        case Enum():
            return [str(value.value)]
        case float():
            return [str(round(value / _GRAIN))] if math.isfinite(value) else [str(value)]
        case Cave():
            return [str(value.seed), value.way_out_words]
        case np.ndarray():
            return [hashlib.sha256(np.round(value / _GRAIN).astype(np.int32).tobytes()).hexdigest()]
        case dict():
            return [part for key in sorted(value) for part in (str(key), *_parts(value[key]))]
        case list() | tuple():
            return [str(len(value)), *(part for item in value for part in _parts(item))]
        case _ if is_dataclass(value):
            return [
                part for spot in fields(value) for part in (spot.name, *_parts(getattr(value, spot.name)))
            ]
        case _:
            raise TypeError(f"the world holds {type(value).__name__}, which has no hash")
