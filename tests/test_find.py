"""Which of a machine's devices are a headset's own."""

from game.find import of_a_headset


def test_a_headsets_sound_is_found_by_its_name() -> None:
    names = ["HDA Intel PCH: ALC257", "Headphones (Oculus Virtual Audio Device)", "HDMI 0"]
    assert of_a_headset(names) == "Headphones (Oculus Virtual Audio Device)"
    assert of_a_headset(["default", "WiVRn(microphone)"]) == "WiVRn(microphone)"


def test_without_a_headsets_sound_the_system_chooses() -> None:
    assert of_a_headset(["default", "HDA Intel PCH: ALC257", "USB Headset Mono"]) is None
    assert of_a_headset([]) is None
