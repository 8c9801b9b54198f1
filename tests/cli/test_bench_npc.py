"""`hollow bench npc`: what is measured, what is not, and how it is told."""

import json
import os
import threading
import time
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from game.cli import bench, bench_npc
from game.cli.bench_npc import LINES, WARM_UP, BenchError, lines_of, measure
from game.cli.live_hands import Endless, HandsError, hands_live
from npc.backends.base import Prompt, Sampling, Token
from npc.character import Character
from npc.contract import Question
from npc.kinds import Kind
from npc.models import ModelMissing, ModelStore
from npc.past import kind_of
from npc.personality import Personality
from tests.cli.fakes import VoicedFake, loaded, loaded_person, run
from tests.npc.fakes import PERSONALITIES
from tests.sense.films import make_film

ASKED = ("do you keep giraffes", "do you polish the echo", "what is two and two")
"""Lines that the model is asked for, whatever the seed."""
FIGURES = {
    "first_token_ms", "first_sentence_ms", "tokens_per_s", "replaced_share", "model_share", "mean_words",
}  # fmt: skip


@pytest.fixture
def child() -> Personality:
    return loaded(PERSONALITIES / "child")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_npc, "load_person", loaded_person)


def fit(player: str) -> tuple[str, ...]:
    """Whether the written line denies something or not, one of the two does as often."""
    crystals = f"lick {len(player)} crystals"
    return (f"[smirk] I would rather {crystals}.", f"[laugh] I would not {crystals}.", "As an AI I cannot.")


def unfit(player: str) -> tuple[str, ...]:
    return ("As an AI I cannot say.", "As an AI I will not say.")


def of(*fakes: VoicedFake) -> Callable[[], VoicedFake]:
    waiting = iter(fakes)
    return lambda: next(waiting)


def test_the_lines_are_many_and_of_every_kind_that_a_model_may_answer() -> None:
    assert len(LINES) >= 40
    questions = [
        Question(turn=0, character="", text=line, gesture=None if line else "silence") for line in LINES
    ]
    kinds = {kind_of(question)[0] for question in questions}
    assert kinds == set(Kind) - {Kind.DESPAIR}


def test_a_model_that_is_fit_to_be_heard_is_measured(child: Personality) -> None:
    fake = VoicedFake(fit, pause_s=0.005)
    found = measure(child, of(fake), ASKED, characters=1)
    assert (found["characters"], found["replies"], found["asked"]) == (1, 3, 3)
    assert (found["model_share"], found["replaced_share"]) == (1.0, 0.0)
    assert 5.0 <= found["first_token_ms"]["p50"] < found["first_sentence_ms"]["p50"]
    assert found["first_sentence_ms"]["p50"] <= found["first_sentence_ms"]["p95"] < 1200.0
    assert 0.0 < found["tokens_per_s"] <= 200.0  # no faster than the pauses let it
    assert found["mean_words"] == 6.0
    assert found["faults"] == []
    assert fake.events[-1] == "closed"


def test_a_model_that_is_not_fit_is_replaced(child: Personality) -> None:
    found = measure(child, of(VoicedFake(unfit)), ASKED, characters=1)
    assert (found["model_share"], found["replaced_share"]) == (0.0, 1.0)
    assert found["mean_words"] is None


def test_a_turn_that_the_model_is_not_asked_for_is_no_wait_for_it(child: Personality) -> None:
    found = measure(child, of(VoicedFake(fit)), ("i love you",), characters=1)
    assert (found["replies"], found["asked"]) == (1, 0)
    assert found["first_sentence_ms"] == {"p50": None, "p95": None}
    assert (found["replaced_share"], found["tokens_per_s"]) == (None, None)


def test_nothing_is_measured_before_the_model_is_warm(child: Personality) -> None:
    class Cold(VoicedFake):
        def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
            if len(self.prompts) < len(WARM_UP):
                time.sleep(0.4)
            yield from super().candidates(prompt, sampling)

    cold = Cold(fit)
    found = measure(child, of(cold), ASKED, characters=1)
    assert found["first_token_ms"]["p95"] < 400.0
    assert cold.events[0] == "warm"
    assert len(cold.prompts) == len(WARM_UP) + len(ASKED)
    assert cold.prompts[-1].turns  # it remembers what was said


def test_characters_are_asked_at_the_same_time(child: Personality) -> None:
    spans: dict[int, list[tuple[float, float]]] = {}

    class Timed(VoicedFake):
        def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
            started_s = time.perf_counter()
            yield from super().candidates(prompt, sampling)
            spans.setdefault(id(self), []).append((started_s, time.perf_counter()))

    found = measure(
        child, of(Timed(unfit, pause_s=0.02), Timed(unfit, pause_s=0.02)), ASKED[:1], characters=2
    )
    assert (found["characters"], found["replies"], found["asked"]) == (2, 2, 2)
    (one_began, one_ended), (other_began, other_ended) = (own[-1] for own in spans.values())
    assert one_began < other_ended
    assert other_began < one_ended


def test_a_model_that_fails_is_one_sentence_and_keeps_nobody_waiting(child: Personality) -> None:
    fakes = (VoicedFake(fit), VoicedFake(fit, fault="The language model failed (no memory)."))
    told: list[BaseException] = []

    def ask() -> None:
        try:
            measure(child, of(*fakes), ASKED, characters=2)
        except BenchError as error:
            told.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(20.0)
    assert not asking.is_alive()
    assert "cannot be measured: The language model failed (no memory)." in str(told[0])
    assert all(fake.events[-1] == "closed" for fake in fakes)


def lent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lets the command have fakes; returns where it notes the threads asked for."""
    noted: list[int] = []

    def load(*_: object, threads: int, **__: object) -> tuple[VoicedFake, None]:
        noted.append(threads)
        return VoicedFake(fit), None

    monkeypatch.setattr(bench_npc, "load_backend", load)
    return noted


def test_the_command_tells_one_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    noted = lent(monkeypatch)
    path = tmp_path / "lines.txt"
    path.write_text("# two lines\n\ndo you keep giraffes\n[silence]\n", encoding="utf-8")
    options = ("--json", "--threads", "2", "--characters", "2", "--lines", str(path))
    assert run(bench, "bench", "npc", *options) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert list(told) == ["npc"]
    npc = told["npc"]
    assert (npc["cores"], npc["threads"], npc["lines"]) == (os.cpu_count(), 2, 2)
    assert (npc["characters"], npc["replies"]) == (1, 2)
    assert [one["characters"] for one in npc["together"]] == [2]
    assert noted == [2, 2, 2]
    for one in (npc, *npc["together"]):
        assert set(one) >= FIGURES


def test_the_command_tells_a_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lent(monkeypatch)
    path = tmp_path / "lines.txt"
    path.write_text("do you keep giraffes", encoding="utf-8")
    assert run(bench, "bench", "npc", "--threads", "1", "--characters", "2", "--lines", str(path)) == 0
    head, _, _, _, *rows = capsys.readouterr().out.splitlines()
    assert "on one thread each" in head
    assert f"{os.cpu_count()} cores" in head
    assert [row.split()[0] for row in rows] == ["1", "2"]
    assert all("100%" in row for row in rows)


def test_a_character_without_an_adapter_cannot_be_measured() -> None:
    with pytest.raises(BenchError, match="has no adapter"):
        run(bench, "bench", "npc", "companion")


def test_a_model_that_is_missing_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_npc, "load_backend", lambda *_, **__: (None, "The language model is missing."))
    with pytest.raises(BenchError, match=r"The language model is missing\."):
        run(bench, "bench", "npc")


def test_a_file_without_lines_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("# nothing\n\n", encoding="utf-8")
    with pytest.raises(BenchError, match="expected player lines, one a line, found none"):
        lines_of(path)


def test_a_clip_is_shown_again_and_again_at_thirty_pictures_a_second(tmp_path: Path) -> None:
    camera = Endless(make_film(tmp_path / "a.mp4", frames=3, fps=10))
    try:
        seen = [picture for i in range(120) if (picture := camera.read_newest(i / 120.0)) is not None]
    finally:
        camera.close()
    assert len(seen) == pytest.approx(30, abs=1)
    assert [one.captured_s for one in seen] == sorted({one.captured_s for one in seen})
    greys = [round(float(one.rgb[-1, -1].mean()) / 8.0) for one in seen[:6]]
    assert greys == [0, 1, 2, 0, 1, 2]


@pytest.mark.models
def test_hands_are_followed_in_a_process_of_their_own(tmp_path: Path) -> None:
    store = ModelStore.default()
    try:
        with hands_live(make_film(tmp_path / "a.mp4"), store) as ended:
            time.sleep(1.0)
            found = ended()
        assert found["clip"] == "a.mp4"
        assert 0.0 < found["pictures_per_s"] <= 31.0
        assert found["hands_share"] == 0.0
        with pytest.raises(HandsError, match="is not a video"), hands_live(Path(__file__), store):
            pass
    except ModelMissing as missing:
        pytest.skip(str(missing))


@pytest.mark.models
def test_the_bundled_model_is_measured(
    smollm_model: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On a machine that is busy with something else a written line would speak before the model does.
    patient = partial(Character, clock=lambda: time.perf_counter() / 60.0)
    monkeypatch.setattr(bench_npc, "Character", patient)
    path = tmp_path / "lines.txt"
    path.write_text("do you keep giraffes\nwhat is two and two\n", encoding="utf-8")
    assert run(bench, "bench", "npc", "--json", "--characters", "1", "--lines", str(path)) == 0
    npc = json.loads(capsys.readouterr().out)["npc"]
    assert npc["asked"] == 2
    assert npc["first_token_ms"]["p50"] > 0.0
    assert npc["tokens_per_s"] > 0.0
