"""The game's two clocks, its tick, and the latencies that stand in for measured ones on the game clock."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

TICK_HZ: Final = 60
TICK_S: Final = 1.0 / TICK_HZ
SAMPLE_RATE: Final = 48_000
"""Samples a second of everything that is played."""
SAMPLES_PER_TICK: Final = SAMPLE_RATE // TICK_HZ
EAR_RATE: Final = 16_000
"""Samples a second of everything that is heard."""
EAR_BLOCK: Final = EAR_RATE // 100
"""Samples in one 10 ms block of hearing."""


class ClockKind(StrEnum):
    REAL = "real"
    """As on the evening: the newest camera frame wins, results arrive when they arrive."""
    GAME = "game"
    """Inputs at their own time stamps, results after a fixed latency: reproducible on any machine."""


LATENCY_S: Final = MappingProxyType(
    {
        "hands": 0.040,
        "head": 0.050,
        "vad": 0.020,
        "command": 0.060,
        "transcript": 0.300,
        "reply": 0.030,
        "reply_2": 0.420,
        "reply_3": 0.300,
        "line": 0.100,
    }
)
"""Seconds from capture (or question) to arrival on the game clock: typical figures of a 2-core machine.
A reply's first item is what was understood, the second its first sentence, the others further sentences."""
