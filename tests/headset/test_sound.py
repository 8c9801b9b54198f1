"""A headset's own microphone and speakers, as its software names them, through the real sound library: ALSA
devices of which one writes what is played to a file, and one hears noise."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pytest

ROOT: Final = Path(__file__).parents[2]
DEVICES: Final = """
pcm.!default {{ type null }}
ctl.!default {{ type null }}
pcm.played {{ type file slave.pcm {{ type null }} file "{folder}/played.raw" format raw }}
pcm.heard {{ type file slave.pcm {{ type null }} file "/dev/null" infile "/dev/urandom" format raw }}
pcm."WiVRn speaker" {{ type asym playback.pcm played }}
pcm."WiVRn microphone" {{ type asym capture.pcm heard }}
"""
PLAYED: Final = """
import json, time
import numpy as np
from game import find
from game.present.sound.output import open_output
from game.sense.audio_source import DeviceSource

names = [find.headset_sound("input"), find.headset_sound("output")]
output, why = open_output(names[1])
output.write(np.full((4800, 2), 0.25, dtype=np.float32))
source = DeviceSource(names[0])
loudest, until_s = 0.0, time.monotonic() + 20.0
while (loudest < 0.1 or output.queued) and time.monotonic() < until_s:
    for block in source.read_until(time.monotonic()):
        loudest = max(loudest, float(np.abs(block.samples).max()))
    time.sleep(0.02)
source.close()
output.close()
print(json.dumps({"names": names, "why": why, "microphone": source.name, "loudest": loudest}))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ALSA is Linux's")
def test_a_headsets_microphone_and_speakers_are_found_and_used(tmp_path: Path) -> None:
    settings = tmp_path / "alsa.conf"
    settings.write_text(DEVICES.format(folder=tmp_path), encoding="utf-8")
    played = subprocess.run(
        [sys.executable, "-c", PLAYED], cwd=ROOT, capture_output=True, text=True, timeout=60.0, check=False,
        env=os.environ | {"ALSA_CONFIG_PATH": str(settings), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    if "PortAudio" in played.stderr:
        pytest.skip("PortAudio is not installed")
    assert played.returncode == 0, played.stderr[-2000:]
    found = json.loads(played.stdout.splitlines()[-1])
    assert found["names"] == ["WiVRn microphone", "WiVRn speaker"]
    assert found["why"] is None
    assert found["microphone"] == "WiVRn microphone"
    assert found["loudest"] > 0.1
    assert np.fromfile(tmp_path / "played.raw", dtype=np.uint8).any()
