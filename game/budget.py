"""One place decides who gets which cores, and who gives way."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Threads of each part, and by how much each worker process gives way to the picture."""

    hearing: int
    """Threads of the recogniser of free speech."""
    language: int
    """Threads of the embedded language model. On two cores with hands tracking one thread answers in 0.36 s
    and two in 0.98 s: they fight."""
    voice: int
    eyes_niceness: int = 6
    mind_niceness: int = 0
    """Whoever thinks, thinks for a second in ten; the hands, which work all the time, may then see fewer
    pictures, and the screen too. A player who waits for an answer notices more: with 3 the slowest answers
    came 0.3 s later."""


def one_thread_for_matrices() -> None:
    """Let numpy multiply on one thread in this process and those that it starts; to be called before numpy is
    loaded. A second gains nothing on matrices as small as ours, and after each use it turns idly for 30 ms on
    the core that the language model needs next (its first token came 40 ms later)."""
    for name in ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")


def budget(cores: int | None = None) -> Budget:
    """The share-out for a machine with so many cores (found out where not given)."""
    n = cores or os.cpu_count() or 2
    if n <= 3:
        return Budget(hearing=1, language=1, voice=1)
    if n <= 6:
        return Budget(hearing=2, language=2, voice=1)
    return Budget(hearing=4, language=4, voice=2)
