"""Sound files as the benches want them: whole, mono, 16 kHz."""

from pathlib import Path
from typing import Final

import numpy as np

from game.sense.audio_source import FileSource, Samples

SOUND_FILES: Final = frozenset({".wav", ".flac", ".ogg", ".mp3", ".m4a"})


def read(path: Path) -> Samples:
    """A whole sound file, mono at 16 kHz. Raises SourceError."""
    source = FileSource(path)
    try:
        parts = []
        for block in source.read_until(float("inf")):
            if source.ended:
                break
            parts.append(block.samples)
    finally:
        source.close()
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def sounds_in(folder: Path) -> list[Path]:
    """All sound files in a folder and below, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUND_FILES)
