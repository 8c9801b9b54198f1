"""The worker of the ears with a microphone that has its own rate, is unplugged, and comes back as another."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from game.clock import LATENCY_S, ClockKind
from game.sense.audio_source import DeviceSource
from game.sense.ears import Ears
from game.sense.observations import Heard, Observation, SenseFound, SenseLost
from game.sense.voice_activity import VoiceActivity
from game.workers import mind_worker
from game.workers.jobs import GameJobs
from game.workers.mind_worker import MindBody, MindSettings
from game.workers.mouth import Mouth
from npc.models import ModelStore
from tests.sense.ears_room import LoudIsSpeech, Script
from tests.sense.fake_sound import FakeSound, Wall

STEP_S = 1.0 / 60.0
SETTINGS = MindSettings(
    child=Path("child"), microphone="", recogniser=None, backend=None, clock=ClockKind.GAME,
    hearing_threads=1, language_threads=1, voice_threads=1, niceness=0,
)  # fmt: skip


class NoCast:
    """Characters that say nothing."""

    def __init__(self, characters: object) -> None:
        self.characters: dict[str, Any] = {}

    def warm(self) -> None: ...

    def close(self) -> None: ...


class EarsAlone(MindBody):
    """The worker with a scripted recogniser, and all that belongs to the microphone as it is."""

    def _load_mouth(self, store: ModelStore) -> Mouth:
        return Mouth({}, None, on_fault=self._note_fault)

    def _load_ears(self, store: ModelStore) -> Ears | None:
        return Ears(
            voice=VoiceActivity(LoudIsSpeech()), transcriber=Script("Is somebody there?"),
            jobs=GameJobs(LATENCY_S), clock=ClockKind.GAME, on_fault=self._faults.append,
        )  # fmt: skip


class Evening:
    """Plays tick by tick, with what the microphone of the moment hears."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rate: int) -> None:
        self.sound, self.wall = FakeSound(rates=(rate,)), Wall()
        sound, wall = self.sound, self.wall

        class Device(DeviceSource):
            def __init__(self, name: str | None) -> None:
                super().__init__(name, sound=sound, wall=wall)

        monkeypatch.setattr(mind_worker, "DeviceSource", Device)
        monkeypatch.setattr(mind_worker, "look_again", lambda: None)
        monkeypatch.setattr(mind_worker, "load_cast", lambda *_, **__: {})
        monkeypatch.setattr(mind_worker, "Cast", NoCast)
        self.body = EarsAlone(SETTINGS, 0.0)
        self.news: list[Observation] = []
        self.faults: list[str] = []

    def play(self, seconds: float, level: float | None) -> None:
        """So long with sound of this level from the device; None delivers nothing."""
        for _ in range(round(seconds / STEP_S)):
            self.wall.now_s += STEP_S
            if level is not None:
                rate = self.sound.opened["samplerate"]
                self.sound.says(level * np.sin(np.arange(rate // 60) * 2.0 * np.pi * 200.0 / rate))
            report = self.body.work(self.wall.now_s)
            assert report.reached_s == self.wall.now_s
            self.news += report.observations
            self.faults += report.faults

    def of(self, kind: type) -> list[Any]:
        return [seen for seen in self.news if isinstance(seen, kind)]


@pytest.mark.parametrize("rate", [44_100, 48_000, 16_000])
def test_whatever_its_rate_a_sentence_is_heard_for_as_long_as_it_was(
    monkeypatch: pytest.MonkeyPatch, rate: int
) -> None:
    evening = Evening(monkeypatch, rate)
    for level, seconds in ((0.0, 1.0), (0.3, 1.5), (0.0, 2.0)):
        evening.play(seconds, level)
    (heard,) = evening.of(Heard)
    assert heard.end_s - heard.start_s == pytest.approx(1.5, abs=0.1)


def test_a_microphone_that_is_unplugged_costs_a_sentence_and_is_heard_again_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evening = Evening(monkeypatch, 48_000)
    evening.play(1.0, 0.0)
    evening.play(1.0, 0.3)  # Unplugged in the middle of a sentence.
    devices, evening.sound.devices = evening.sound.devices, []
    evening.play(20.0, None)
    (lost,) = evening.of(SenseLost)
    assert "unplugged" in lost.reason
    assert evening.sound.closed
    evening.sound.devices, evening.sound.rates = devices, (44_100,)
    evening.play(4.0, None)
    assert [found.what for found in evening.of(SenseFound)] == ["Headset", "Headset"]
    before = len(evening.of(Heard))
    for level, seconds in ((0.0, 1.0), (0.3, 1.0), (0.0, 2.0)):
        evening.play(seconds, level)
    assert len(evening.of(Heard)) == before + 1
    assert not evening.faults
