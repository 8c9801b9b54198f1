"""Which of a machine's devices are a headset's own."""

import sys
from types import SimpleNamespace

import pytest

from game.find import headset_sound, of_a_headset


def test_a_headsets_sound_is_found_by_its_name() -> None:
    names = ["HDA Intel PCH: ALC257", "Headphones (Oculus Virtual Audio Device)", "HDMI 0"]
    assert of_a_headset(names) == "Headphones (Oculus Virtual Audio Device)"
    assert of_a_headset(["default", "WiVRn(microphone)"]) == "WiVRn(microphone)"


def test_without_a_headsets_sound_the_system_chooses() -> None:
    assert of_a_headset(["default", "HDA Intel PCH: ALC257", "USB Headset Mono"]) is None
    assert of_a_headset([]) is None


class PortAudioError(Exception):
    pass


def sound_system(*devices: tuple[str, int, int], fails: bool = False) -> SimpleNamespace:
    """The sound system's list: names with how many channels they hear and play."""

    def query_devices() -> list[dict[str, object]]:
        if fails:
            raise PortAudioError
        return [
            {"name": name, "max_input_channels": hears, "max_output_channels": plays}
            for name, hears, plays in devices
        ]

    return SimpleNamespace(query_devices=query_devices, PortAudioError=PortAudioError)


def test_a_headsets_microphone_and_its_speakers_are_two_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    found = sound_system(("default", 2, 2), ("WiVRn(speaker)", 0, 2), ("WiVRn(microphone)", 1, 0))
    monkeypatch.setitem(sys.modules, "sounddevice", found)
    assert headset_sound("input") == "WiVRn(microphone)"
    assert headset_sound("output") == "WiVRn(speaker)"


def test_a_sound_system_that_does_not_answer_is_no_headset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", sound_system(fails=True))
    assert headset_sound("input") is None
