"""The course of a training: rates, losses, stopping and going on. The numbers themselves need torch."""

import math
import pickle
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from npc.training import judge
from npc.training import train as training
from npc.training.data import Example
from npc.training.lora import Adapted, Shape, TrainingError
from npc.training.train import Begun, Progress, Settings, Told, rate


def test_the_learning_rate_rises_shortly_and_sinks() -> None:
    rates = [rate(step, 100) for step in range(100)]
    assert rates[0] < rates[4] <= 1.0
    assert rates[6:] == sorted(rates[6:], reverse=True)
    assert rates[-1] > 0.05


def test_the_best_epoch_is_the_one_that_surprises_least() -> None:
    assert Progress(epoch=3, held_out=[4.5, 3.2, 3.1, 3.3]).best_epoch == 2


def test_too_few_lines_tell_no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "needed", lambda: (FakeTorch(), None))
    examples = [Example(script="a", reply=str(n), player="", key="") for n in range(judge.FIT_AGAINST)]
    assert math.isnan(judge.fit(adapted(), examples))


class Number:
    """A tensor of one number."""

    def __init__(self, value: float) -> None:
        self.value = value

    def detach(self) -> "Number":
        return self

    def copy_(self, other: "Number") -> None:
        self.value = other.value

    def mean(self) -> "Number":
        return self

    def backward(self) -> None:
        pass

    def __float__(self) -> float:
        return self.value


class FakeTorch:
    """As much of torch as the course of a training asks for. A step adds 1 to every number."""

    def __init__(self) -> None:
        self.optim = SimpleNamespace(AdamW=self._optimizer)
        self.nn = SimpleNamespace(utils=SimpleNamespace(clip_grad_norm_=lambda *_: None))

    def _optimizer(self, trained: list[Number], **_: object) -> Any:
        def step() -> None:
            for number in trained:
                number.value += 1

        return SimpleNamespace(
            param_groups=[{}],
            zero_grad=lambda **_: None,
            step=step,
            state_dict=lambda: {},
            load_state_dict=lambda _: None,
        )

    def manual_seed(self, seed: int) -> None:
        pass

    def no_grad(self) -> Any:
        return nullcontext()

    def save(self, state: object, path: Path) -> None:
        path.write_bytes(pickle.dumps(state))

    def load(self, path: Path, *, weights_only: bool) -> Any:
        assert weights_only
        return pickle.loads(path.read_bytes())


def adapted() -> Adapted:
    model = SimpleNamespace(train=lambda: None, eval=lambda: None)
    return Adapted(
        model=model,
        tokenizer=lambda text, **_: {"input_ids": [ord(c) for c in text]},
        shape=Shape(heads=1, key_heads=1),
        device=None,
        alpha=1.0,
        pairs={"blk.0.attn_v": (Number(0.0), Number(0.0))},
    )


class Course:
    """A training of 10 replies in batches of 2, which notes what it is told."""

    def __init__(self, checkpoint: Path, *, stop_at: object = None, stop_in_epoch_done: int = 0) -> None:
        self.checkpoint = checkpoint
        self.begun: list[Begun] = []
        self.done: list[tuple[int, float]] = []
        self.adapted = adapted()
        self._stop_at = stop_at
        self._stop_in_epoch_done = stop_in_epoch_done
        self._now_s = 0.0

    def run(self, *, digest: str = "a", settings: Settings | None = None) -> Progress:
        examples = [Example(script="s", reply=f"{n}", player="", key="") for n in range(10)]
        return training.train(
            self.adapted,
            lambda epoch: examples,
            examples[:1],
            examples[:1],
            settings or Settings(epochs=2, batch=2),
            digest=digest,
            checkpoint=self.checkpoint,
            begun=self.begun.append,
            tell=self._tell,
            epoch_done=self._epoch_done,
            clock=self._clock,
        )

    def _clock(self) -> float:
        self._now_s += 200.0  # so that it tells and saves after every step
        return self._now_s

    def _tell(self, told: Told) -> None:
        if told.step == self._stop_at:
            raise KeyboardInterrupt

    def _epoch_done(self, progress: Progress) -> None:
        if progress.epoch == self._stop_in_epoch_done:
            raise KeyboardInterrupt
        self.done.append((progress.epoch, self.adapted.pairs["blk.0.attn_v"][0].value))


@pytest.fixture
def _no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "needed", lambda: (FakeTorch(), None))
    monkeypatch.setattr(training, "losses_of", lambda adapted, batch: (Number(1.0), None))
    monkeypatch.setattr(training, "mean_loss", lambda *_: 2.0)
    monkeypatch.setattr(training, "fit", lambda *_: 0.5)


@pytest.mark.usefixtures("_no_torch")
def test_a_stopped_training_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Course(tmp_path / "t.pt", stop_at=8).run()
    course = Course(tmp_path / "t.pt")
    assert course.run().epoch == 2
    begun = course.begun[0]
    assert (begun.epoch, begun.step, begun.steps, begun.judges, begun.changed) == (2, 7, 10, False, False)
    assert course.done == [(2, 10.0)]


@pytest.mark.usefixtures("_no_torch")
def test_what_a_training_begins_with_is_told_before_the_untrained_model_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = Course(tmp_path / "t.pt")

    def judged(*_: object) -> float:
        assert len(course.begun) == 1
        return 2.0

    monkeypatch.setattr(training, "mean_loss", judged)
    course.run()
    assert course.begun == [
        Begun(replies=10, held_out=1, epochs=2, epoch=1, step=0, steps=10, judges=True, changed=False)
    ]


@pytest.mark.usefixtures("_no_torch")
def test_an_epoch_stopped_before_its_adapter_is_written_is_ended_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Course(tmp_path / "t.pt", stop_in_epoch_done=2).run()
    course = Course(tmp_path / "t.pt")
    course.run()
    assert course.done == [(2, 10.0)]


@pytest.mark.usefixtures("_no_torch")
def test_another_dialogue_begins_anew_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Course(tmp_path / "t.pt", stop_at=8).run()
    course = Course(tmp_path / "t.pt")
    course.run(digest="b", settings=Settings(epochs=3, batch=2))
    assert (course.begun[0].step, course.begun[0].judges, course.begun[0].changed) == (0, True, True)
    assert course.done[0] == (1, 5.0)


@pytest.mark.usefixtures("_no_torch")
def test_other_settings_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Course(tmp_path / "t.pt", stop_at=8).run()
    with pytest.raises(TrainingError, match="other settings"):
        Course(tmp_path / "t.pt").run(settings=Settings(epochs=3, batch=2))


@pytest.mark.usefixtures("_no_torch")
@pytest.mark.parametrize("data", [b"", b"garbage", b"\x80\x04.", b"}.", pickle.dumps([1]), pickle.dumps({})])
def test_a_damaged_file_to_go_on_from_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.pt").write_bytes(data)
    with pytest.raises(TrainingError, match="cannot be read: delete it"):
        Course(tmp_path / "t.pt").run()
