"""How much light there is of everything: the levels of quality."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Quality(StrEnum):
    LOW = "low"
    """For drawing without a graphics card."""
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """How much of everything a quality has."""

    points: int
    streams: int
    """Strands that flow along each tunnel."""
    scans: int
    """Strands that follow the lines of the scan."""
    length: int
    """Steps of each strand."""
    apart_m: float
    """Distance of the scan's lines."""
    fineness: float
    """Points per metre of a crystal's facet."""
    mirrored: float
    """Part of what stands above water that is seen in it."""
    dome: int
    """Points of the dome at the end of each way."""
    skin: int
    dust: int
    fog: int
    per_bone: int
    gain: float
    """Light of one point of the rock: the more there are, the less each has."""
    line_gain: float
    """Light of one strand, likewise."""
    grain_m: float
    """Width of one point of the rock."""
    strewn_m: float = 0.0
    """Half the width of the strip of dust that a near line of the scan draws beside it: it costs no point."""
    thinned: float = 0.0
    """Part of its points and strands that the rock is without far away; the others shine for them."""


AMOUNTS: Final = {
    Quality.LOW: Amounts(
        points=20_000, streams=8, scans=340, length=32, apart_m=0.32, fineness=4.0, mirrored=0.25,
        dome=1_200, skin=4_600, dust=900, fog=8, per_bone=20, gain=2.45, line_gain=1.45, grain_m=0.017,
        strewn_m=0.22, thinned=0.7,
    ),
    Quality.MEDIUM: Amounts(
        points=150_000, streams=40, scans=1_300, length=44, apart_m=0.19, fineness=60.0, mirrored=0.6,
        dome=14_000, skin=11_000, dust=2_500, fog=12, per_bone=32, gain=1.2, line_gain=0.5, grain_m=0.010,
    ),
    Quality.HIGH: Amounts(
        points=620_000, streams=80, scans=4_000, length=52, apart_m=0.13, fineness=180.0, mirrored=0.8,
        dome=60_000, skin=22_000, dust=6_000, fog=16, per_bone=44, gain=0.85, line_gain=0.26, grain_m=0.0085,
    ),
}  # fmt: skip
