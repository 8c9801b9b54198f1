"""Microphones and sound files: 10 ms blocks at 16 kHz with their time on the play clock.

A file is decoded as it is needed, so its length costs no memory. A device's callback only copies; whatever
else is to be done with its samples is done by the reader.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_BLOCK, EAR_RATE

Samples = NDArray[np.float32]
"""Mono sound at 16 kHz, -1 to 1."""

BLOCK_S: Final = EAR_BLOCK / EAR_RATE
SILENT_DEVICE_S: Final = 2.0
"""A device that delivers nothing for this long is lost: even silence arrives as samples."""
_KEPT_S: Final = 10.0
"""A reader that falls further behind than this loses the oldest samples: stale speech is worse than none."""


class SourceError(Exception):
    """A microphone or sound file cannot be used (any more); the text is one sentence for the player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Ten milliseconds of sound."""

    samples: Samples
    """160 samples."""
    start_s: float
    """Play-clock time of the first sample."""

    @property
    def end_s(self) -> float:
        return self.start_s + BLOCK_S


class AudioSource(Protocol):
    """What the ears need of a microphone."""

    name: str

    @property
    def ended(self) -> bool:
        """True when a file is over and only silence follows; a device never ends."""

    def read_until(self, t_s: float) -> Iterator[Block]:
        """The blocks not yet read that end at or before ``t_s``, in order; never waits.

        On the game clock ``t_s`` is the time to which the game goes on, on the real clock it is now.
        Raises SourceError when the source is lost.
        """

    def close(self) -> None:
        """Lets go of the device or file; may be called twice."""


class FileSource:
    """A sound file (or the sound of a film) that stands in for a microphone; after its end comes silence."""

    def __init__(self, path: str | Path, *, start_s: float = 0.0) -> None:
        """Begins the file at ``start_s`` on the play clock. Raises SourceError when it holds no sound."""
        self.name = Path(path).name
        self._start_s = start_s
        self._next = 0
        self._pending: deque[Samples] = deque()
        self._held = 0
        self._over = False
        self._container = _open_container(Path(path))
        self._chunks = _decoded(self._container)
        try:
            self._fill(1)
        except SourceError:
            self.close()
            raise
        if not self._held:
            self.close()
            raise SourceError(f"The sound file {self.name} is empty or holds no sound that can be read.")

    @property
    def ended(self) -> bool:
        return self._over and not self._held

    def read_until(self, t_s: float) -> Iterator[Block]:
        while True:
            start_s = self._start_s + self._next * BLOCK_S
            # Half a sample of tolerance: times that were added up must not lose a block.
            if start_s + BLOCK_S > t_s + 0.5 / EAR_RATE:
                return
            self._next += 1
            yield Block(samples=self._take(), start_s=start_s)

    def close(self) -> None:
        self._over = True
        self._pending.clear()
        self._held = 0
        self._container.close()

    def _take(self) -> Samples:
        self._fill(EAR_BLOCK)
        block = np.zeros(EAR_BLOCK, np.float32)
        filled = 0
        while filled < EAR_BLOCK and self._pending:
            chunk = self._pending.popleft()
            used = min(len(chunk), EAR_BLOCK - filled)
            block[filled : filled + used] = chunk[:used]
            filled += used
            if used < len(chunk):
                self._pending.appendleft(chunk[used:])
        self._held -= filled
        return block

    def _fill(self, samples: int) -> None:
        while self._held < samples and not self._over:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._over = True
            elif len(chunk):
                self._pending.append(chunk)
                self._held += len(chunk)


def _open_container(path: Path) -> Any:
    if not path.is_file():
        raise SourceError(f"There is no sound file {path}.")
    try:
        container = av.open(str(path), metadata_errors="ignore")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise SourceError(f"{path.name} is not a sound file that can be read.") from error
    if not container.streams.audio:
        container.close()
        raise SourceError(f"The file {path.name} holds no sound.")
    return container


def _decoded(container: Any) -> Iterator[Samples]:
    """The container's first sound track as mono 16 kHz; a file that breaks off ends there."""
    # Channels are averaged here: FFmpeg's own way to mono makes equal channels 3 dB louder and clips them.
    resampler = av.AudioResampler(format="fltp", rate=EAR_RATE)
    try:
        for frame in container.decode(audio=0):
            frame.pts = None  # Broken stamps would make the resampler invent silence.
            for out in resampler.resample(frame):
                yield _clean(out.to_ndarray().mean(axis=0))
        for out in resampler.resample(None):
            yield _clean(out.to_ndarray().mean(axis=0))
    except (av.FFmpegError, ValueError):
        return  # Truncated or damaged from here on: what came before was good sound.


def _clean(samples: NDArray[Any]) -> Samples:
    finite = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.asarray(np.clip(finite, -1.0, 1.0), np.float32)


class DeviceSource:
    """A microphone, found by a part of its name (the system's own choice where none is given)."""

    def __init__(
        self,
        name: str | None = None,
        *,
        sound: Any = None,
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        """Opens the device. ``sound`` is the sounddevice module (imported here where not given), ``wall`` a
        clock of real seconds. Raises SourceError."""
        sound = sound or _import_sounddevice()
        index, self.name = _find_device(sound, name)
        self._wall = wall
        self._lock = threading.Lock()
        self._ring: deque[Samples] = deque()
        self._ringed = 0
        self._heard_at = wall()
        self._rate = EAR_RATE
        self._limit = 0
        self._left = np.zeros(0, np.float32)
        self._clock = _BlockClock()
        self._stream = self._open(sound, index)
        self._resampler = (
            None if self._rate == EAR_RATE else av.AudioResampler(format="flt", layout="mono", rate=EAR_RATE)
        )

    @property
    def ended(self) -> bool:
        return False

    def read_until(self, t_s: float) -> Iterator[Block]:
        samples = self._resampled(self._drain())
        if len(samples) == 0 and self._wall() - self._heard_at > SILENT_DEVICE_S:
            raise SourceError(f"The microphone {self.name} went silent: it may have been unplugged.")
        samples = np.concatenate((self._left, samples))
        count = len(samples) // EAR_BLOCK
        self._left = samples[count * EAR_BLOCK :]
        start_s = self._clock.start_of(count, t_s - len(self._left) / EAR_RATE)
        for k in range(count):
            part = samples[k * EAR_BLOCK : (k + 1) * EAR_BLOCK]
            yield Block(samples=part, start_s=start_s + k * BLOCK_S)

    def close(self) -> None:
        self._stream.close()

    def _open(self, sound: Any, index: int) -> Any:
        try:
            native = int(sound.query_devices(index)["default_samplerate"])
        except (sound.PortAudioError, ValueError, KeyError) as error:
            raise SourceError(f"The microphone {self.name} cannot be asked for its rate.") from error
        problem: Exception | None = None
        for rate in dict.fromkeys((EAR_RATE, native, 48_000, 44_100)):
            self._rate = rate
            self._limit = int(_KEPT_S * rate)
            try:
                stream = sound.InputStream(
                    device=index, samplerate=rate, channels=1, dtype="float32",
                    blocksize=rate // 100, callback=self._on_samples,
                )  # fmt: skip
                stream.start()
            except (sound.PortAudioError, ValueError) as error:
                problem = error
                continue
            return stream
        raise SourceError(f"The microphone {self.name} cannot be opened ({problem}).")

    def _on_samples(self, data: Samples, frames: int, when: object, status: object) -> None:
        """Runs on the audio thread: copies, nothing else."""
        with self._lock:
            self._ring.append(data[:, 0].copy())
            self._ringed += frames
            self._heard_at = self._wall()
            while self._ringed > self._limit:
                self._ringed -= len(self._ring.popleft())

    def _drain(self) -> Samples:
        with self._lock:
            parts = list(self._ring)
            self._ring.clear()
            self._ringed = 0
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def _resampled(self, samples: Samples) -> Samples:
        if self._resampler is None or len(samples) == 0:
            return _clean(samples)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate = self._rate
        parts = [_clean(out.to_ndarray().ravel()) for out in self._resampler.resample(frame)]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


class _BlockClock:
    """Dates a device's blocks: by counting samples, drawn slowly to the play clock.

    A device's crystal is off by some 100 ppm and its callbacks come in bursts, so neither counting alone nor
    the time of reading is right.
    """

    _DRAW: Final = 0.02
    _JUMP_S: Final = 0.25
    """A gap this long means lost samples: begin again from the time of reading."""

    def __init__(self) -> None:
        self._next_s: float | None = None

    def start_of(self, count: int, read_s: float) -> float:
        """When the first of ``count`` blocks began that were complete at ``read_s``; never overlaps the
        blocks dated before."""
        seen_s = read_s - count * BLOCK_S
        if self._next_s is None or seen_s - self._next_s > self._JUMP_S:
            start_s = seen_s if self._next_s is None else max(seen_s, self._next_s)
        else:
            start_s = self._next_s + max(0.0, (seen_s - self._next_s) * self._DRAW)
        self._next_s = start_s + count * BLOCK_S
        return start_s


def look_again(sound: Any = None) -> None:
    """Lets devices be found that were plugged in since: PortAudio only knows those of its own beginning, so
    it begins anew. No stream of this process may be open meanwhile."""
    try:
        sound = sound or _import_sounddevice()
        sound._terminate()
        sound._initialize()
    except (SourceError, AttributeError):
        return  # Opening the microphone will tell what is wrong.
    except sound.PortAudioError:
        return


def _import_sounddevice() -> Any:
    try:
        import sounddevice
    except OSError as error:
        raise SourceError(
            "The sound library PortAudio is missing, so no microphone can be used: "
            "install it (on Debian and Ubuntu: apt install libportaudio2)."
        ) from error
    return sounddevice


def _find_device(sound: Any, name: str | None) -> tuple[int, str]:
    try:
        devices = [d for d in sound.query_devices() if d["max_input_channels"] > 0]
        default = sound.default.device[0]
    except sound.PortAudioError as error:
        raise SourceError(f"The sound system cannot be asked for microphones ({error}).") from error
    if not devices:
        raise SourceError("No microphone was found.")
    if name is None:
        chosen = next((d for d in devices if d["index"] == default), devices[0])
        return int(chosen["index"]), str(chosen["name"])
    wanted = name.casefold()
    matches = [d for d in devices if wanted in str(d["name"]).casefold()]
    if not matches:
        known = ", ".join(str(d["name"]) for d in devices)
        raise SourceError(f"No microphone's name contains '{name}'; there are: {known}.")
    return int(matches[0]["index"]), str(matches[0]["name"])
