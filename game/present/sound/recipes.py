"""Every sound that is made rather than recorded, by name: the same name and seed give the same samples."""

import threading
import zlib
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE
from game.present.sound import creature, textures
from game.present.sound.meter import loudness_lufs
from game.present.sound.synthesis import Rng, Wave

Mono = NDArray[np.float32]

_PEAK: Final = 0.66
"""Greatest sample of any recipe: -3.6 dB full scale."""
_KNEE: Final = 0.45
_LOWEST_HZ: Final = 24.0
_EDGE_S: Final = 0.002

_RECIPES: Final[MappingProxyType[str, tuple[Callable[[Rng], Wave], float]]] = MappingProxyType(
    {
        "hum": (textures.hum, -24.0),
        "mote": (textures.mote, -25.0),
        "ripple": (textures.ripple, -22.0),
        "step": (textures.step, -24.0),
        "giggle": (creature.giggle, -20.0),
        "laugh": (creature.laugh, -19.0),
        "gasp": (creature.gasp, -21.0),
        "grunt": (creature.grunt, -20.0),
        "sigh": (creature.sigh, -23.0),
        "hm": (creature.hm, -22.0),
        "chime": (textures.chime, -22.0),
        "theft": (textures.theft, -19.0),
        "wonder": (textures.wonder, -19.0),
        "wave": (textures.wave, -22.0),
        "lead": (textures.lead, -21.0),
    }
)
"""Name to maker and loudness in LUFS, in the order in which a play wants them."""

LOOPS: Final = frozenset({"hum"})
"""Recipes whose end meets their beginning."""
VOCAL: Final = frozenset({"giggle", "laugh", "gasp", "grunt", "sigh", "hm"})
"""Recipes that come out of the Child's mouth."""


_VARIANTS: Final = MappingProxyType(
    {"hum": 1, "theft": 1, "wonder": 1, "mote": 1, "lead": 1, "laugh": 2, "sigh": 2, "step": 6}
)
"""How many different ones a book keeps of a name; three where it is not here."""


class UnknownSound(KeyError):
    """No recipe has this name; the text names those that there are."""

    def __str__(self) -> str:
        return str(self.args[0])


def names() -> tuple[str, ...]:
    return tuple(_RECIPES)


def recipe(name: str, seed: int = 0) -> Mono:
    """(n,) mono at 48 kHz, at its loudness, peaks below -3 dB full scale. Raises UnknownSound."""
    found = _RECIPES.get(name)
    if found is None:
        raise UnknownSound(f"no sound is called {name!r}; there are {', '.join(_RECIPES)}")
    make, lufs = found
    wave = make(np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(name.encode())]))
    return _finish(wave, lufs, loops=name in LOOPS)


def _finish(wave: Wave, lufs: float, *, loops: bool) -> Mono:
    count = len(wave)
    # The filter works in a circle: right for a loop; anything else gets silence to ring out in.
    size = count if loops else count + SAMPLE_RATE // 4
    frequency = np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE)
    keep = frequency**4 / (frequency**4 + _LOWEST_HZ**4)
    wave = np.fft.irfft(np.fft.rfft(wave, size) * keep, size)[:count]
    if not loops:
        edge = int(_EDGE_S * SAMPLE_RATE)
        wave[:edge] *= np.linspace(0.0, 1.0, edge)
        wave[-4 * edge :] *= np.linspace(1.0, 0.0, 4 * edge)
    wave = wave * 10.0 ** ((lufs - loudness_lufs(wave.astype(np.float32))) / 20.0)
    # A rounded knee for the few peaks that would stand out; all below it stays as it is.
    over = np.maximum(0.0, np.abs(wave) - _KNEE)
    bent = _KNEE + (_PEAK - _KNEE) * np.tanh(over / (_PEAK - _KNEE))
    return np.asarray(np.where(over > 0.0, np.copysign(bent, wave), wave), dtype=np.float32)


class SoundBook:
    """Finished recipes, a few variants of each, made when first wanted (or before, by `warm`)."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._made: dict[tuple[str, int], Mono] = {}
        self._lock = threading.Lock()

    def get(self, name: str, variant: int = 0) -> Mono:
        """The samples of a variant (any number; they come round again). Raises UnknownSound."""
        key = (name, variant % self._variants(name))
        with self._lock:
            made = self._made.get(key)
        if made is None:
            # Made outside the lock: who wants a footstep need not wait for a choir.
            made = recipe(name, self._seed * 64 + key[1])
            with self._lock:
                made = self._made.setdefault(key, made)
        return made

    @staticmethod
    def _variants(name: str) -> int:
        return _VARIANTS.get(name, 3)

    def warm(self, wanted: Iterable[str] | None = None) -> None:
        """Make every variant of the names (all of them by default); meant for a thread of its own.

        The first variants of all names come before the second ones.
        """
        wanted = tuple(names() if wanted is None else wanted)
        for variant in range(max((self._variants(name) for name in wanted), default=0)):
            for name in wanted:
                if variant < self._variants(name):
                    self.get(name, variant)
