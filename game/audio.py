"""The sound of the real clock: the mixing thread, and what the echo canceller hears of it."""

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from game import find
from game.present.sound.mixer import Mixer
from game.present.sound.output import MixThread, NullOutput, SoundOutput, Tap, open_earpiece, open_output

_KEPT_BLOCKS = 100
"""Two seconds of reference wait for a busy main thread; older sound is of no use to the canceller."""


class RoomAudio:
    """Mixes on its own thread; hands each block to the loudspeaker, the recording and the ears.

    With an ``earpiece`` the character in the ear speaks there, and the ears are told of the room alone."""

    def __init__(
        self,
        mixer: Mixer,
        output: SoundOutput,
        *,
        earpiece: SoundOutput | None = None,
        taps: tuple[Tap, ...],
        on_fault: Callable[[str], None],
    ) -> None:
        self._mixer = mixer
        self._lock = threading.Lock()
        self._reference: list[NDArray[np.float32]] = []
        self._thread = MixThread(
            mixer, output, earpiece=earpiece, taps=taps, ears=self._hear, on_fault=on_fault
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._thread.stop()

    def take_reference(self) -> NDArray[np.float32] | None:
        with self._lock:
            blocks, self._reference = self._reference, []
        return np.concatenate(blocks) if blocks else None

    def _hear(self, stereo: NDArray[np.float32]) -> None:
        reference = self._mixer.to_reference(stereo)
        with self._lock:
            self._reference.append(reference)
            del self._reference[:-_KEPT_BLOCKS]


def open_audio(
    mixer: Mixer,
    *,
    live: bool,
    worn: bool,
    earpiece: str | None,
    taps: tuple[Tap, ...],
    on_fault: Callable[[str], None],
) -> RoomAudio:
    """The sound of an evening that is ``live``, on a headset's own speakers where one is ``worn``; silence
    else. Each device that is not there costs a sentence to ``on_fault``."""
    speakers = find.headset_sound("output") if worn else None
    output, why = open_output(speakers) if live else (NullOutput(), None)
    if why is not None and speakers is not None:
        output, why = open_output()
    ear, why_not = open_earpiece(earpiece)
    for sentence in (why, why_not):
        if sentence is not None:
            on_fault(sentence)
    return RoomAudio(mixer, output, earpiece=ear, taps=taps, on_fault=on_fault)
