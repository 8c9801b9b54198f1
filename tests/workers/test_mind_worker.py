"""The process of ears and minds, without models: what it hands on of its parts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from game.clock import ClockKind
from game.sense.observations import Observation
from game.workers import mind_worker
from game.workers.messages import Advance
from game.workers.mind_worker import MindBody, MindSettings
from game.world.effects import Say, Withdraw
from npc.models import ModelMissing


class Deaf:
    """Ears whose recogniser fails each time that they are asked."""

    def __init__(self, *, on_fault: Callable[[str], None], **_: object) -> None:
        self._on_fault = on_fault

    def gesturing(self, hands: bool) -> None:
        pass

    def poll(self, now_s: float) -> list[Observation]:
        self._on_fault(f"Nothing could be understood at {now_s:g} s.")
        return []


@pytest.fixture
def body(monkeypatch: pytest.MonkeyPatch) -> MindBody:
    def missing(*_: object) -> Path:
        raise ModelMissing("There is no voice.")

    monkeypatch.setattr(mind_worker, "load_cast", lambda *_, **__: {})
    monkeypatch.setattr(mind_worker, "voice_file", missing)
    monkeypatch.setattr(mind_worker, "Ears", Deaf)
    for part in ("SileroModel", "VoiceActivity", "load_spotter", "WhoSpeaks", "listeners_of"):
        monkeypatch.setattr(mind_worker, part, lambda *_: None)
    monkeypatch.setattr(MindBody, "_load_transcriber", lambda *_: None)
    monkeypatch.setattr(MindBody, "_open_source", lambda *_: None)
    settings = MindSettings(
        child=Path("nobody"), microphone="", recogniser=None, backend=None, clock=ClockKind.GAME,
        hearing_threads=1, language_threads=1, voice_threads=1, niceness=0,
    )  # fmt: skip
    return MindBody(settings, 0.0)


def test_a_recogniser_that_fails_late_in_the_evening_is_told(body: MindBody) -> None:
    told = [body.work(time_s).faults for time_s in (1.0, 2.0)]
    assert told == [("Nothing could be understood at 1 s.",), ("Nothing could be understood at 2 s.",)]


def test_an_order_that_is_withdrawn_leaves_nothing(body: MindBody) -> None:
    def receive(*orders: Any) -> None:
        body.receive(Advance(until_s=0.0, orders=orders))

    receive(Say(turn=1, character="child", line="sight"), Say(turn=2, character="child", line="sight"))
    receive(Withdraw(turn=1))
    assert [turn for turn, _ in body._of_job.values()] == [2]
    body.work(100.0)
    assert body._of_job == {}
