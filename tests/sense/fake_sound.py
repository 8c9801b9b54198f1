"""A sound system without devices of its own, for tests of microphones that come and go."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray


class PortAudioError(Exception):
    pass


class FakeSound:
    """Stands in for the sounddevice module: two microphones and a loudspeaker."""

    PortAudioError = PortAudioError

    def __init__(self, rates: tuple[int, ...] = (16_000,)) -> None:
        self.rates = rates
        self.default = SimpleNamespace(device=(1, 2))
        self.opened: dict[str, Any] = {}
        self.closed = False
        self.devices = [
            {"index": 0, "name": "Webcam Mic", "max_input_channels": 1, "default_samplerate": 48_000.0},
            {"index": 1, "name": "Headset", "max_input_channels": 1, "default_samplerate": 44_100.0},
            {"index": 2, "name": "Speakers", "max_input_channels": 0, "default_samplerate": 48_000.0},
        ]

    def query_devices(self, index: int | None = None) -> Any:
        return self.devices if index is None else self.devices[index]

    def InputStream(self, **options: Any) -> "FakeSound":  # noqa: N802 - sounddevice's name
        if options["samplerate"] not in self.rates:
            raise PortAudioError("Invalid sample rate")
        self.opened = options
        return self

    def start(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def says(self, samples: NDArray[Any]) -> None:
        data = samples.astype(np.float32).reshape(-1, 1)
        self.opened["callback"](data, len(data), None, None)


class Wall:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s
