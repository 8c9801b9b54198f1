"""`hollow personality`: what it tells and where it leaves off. The training itself is stood in for."""

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from game.cli import personality
from npc.models import ModelStore
from npc.training.run import Trained
from npc.training.train import Begun, Progress, Told
from tests.cli.fakes import run
from tests.npc.fakes import PERSONALITIES


class Store:
    def file(self, model: str, name: str, /) -> Path:
        return Path("base.gguf")


@pytest.fixture(autouse=True)
def _with_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelStore, "default", classmethod(lambda cls: Store()))
    monkeypatch.setattr("os.nice", lambda _: 0, raising=False)
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own, in which one stands."""
    shutil.copytree(PERSONALITIES / "companion", tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mine"


def begun(**given: Any) -> Begun:
    fresh = {"epoch": 1, "step": 0, "steps": 600, "judges": True, "changed": False}
    return Begun(**{"replies": 200, "held_out": 11, "epochs": 3, **fresh, **given})


def stand_in(monkeypatch: pytest.MonkeyPatch, course: Callable[..., Trained]) -> None:
    monkeypatch.setattr(personality, "train_personality", course)


def told_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], first: Begun, *words: str
) -> str:
    """What a training that begins like this says before it is stopped."""

    def course(*_: Any, **given: Any) -> Trained:
        given["begun"](first)
        raise KeyboardInterrupt

    stand_in(monkeypatch, course)
    assert run(personality, "personality", "train", "mine", *words) == 130
    return capsys.readouterr().err


def test_a_training_says_what_it_learns_from_and_that_it_may_be_stopped(
    mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told_of(monkeypatch, capsys, begun()).splitlines() == [
        "Learning from 200 replies, epochs: 3; 11 more are held out to judge by.",
        "The untrained model is judged first: with a large dialogue that takes a minute or more.",
        "",
        "Stopped; the same command goes on.",
    ]


def test_a_training_that_goes_on_says_where(
    mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told_of(monkeypatch, capsys, begun(epoch=2, step=246, judges=False))
    assert "Going on in epoch 2 at 41 %." in found
    assert "untrained" not in found
    assert "All epochs are done" in told_of(monkeypatch, capsys, begun(epoch=4, step=600, judges=False))


def test_a_changed_dialogue_is_told(
    mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told_of(monkeypatch, capsys, begun(changed=True))
    assert found.startswith("The dialogue has changed since: beginning anew.\n")


def test_lines_that_may_never_be_said_are_told(
    mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (mine / "dialogue").mkdir(exist_ok=True)
    (mine / "dialogue" / "a.txt").write_text(
        "== wary\n\nplayer: hello\nanswer: <b>bold</b> words.\nplayer: bye\nanswer: Bye then, you.\n"
    )
    first = told_of(monkeypatch, capsys, begun()).splitlines()[0]
    assert first.startswith("1 line is left out, the first: a.txt, line 3: ")
    assert first.endswith("(hollow audition mine --written lists them).")


def test_the_other_epochs_are_named_at_the_end(
    mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: dict[str, Any] = {}

    def course(*_: Any, **more: Any) -> Trained:
        given.update(more)
        more["tell"](Told(epoch=1, step=1, steps=4, loss=3.0, left_s=26 * 3600 + 61))
        more["epoch_done"](Progress(epoch=1, held_out=[4.0, 3.0], fits=[0.5, 0.75]))
        more["epoch_done"](Progress(epoch=2, held_out=[4.0, 3.0], fits=[math.nan, math.nan]))
        return Trained(adapter=mine / "adapter.gguf", epoch=3, others=(1, 2))

    stand_in(monkeypatch, course)
    (mine / "adapter.gguf.before").touch()
    assert run(personality, "personality", "train", "mine", "--rank", "8") == 0
    shown = capsys.readouterr()
    assert "Other epochs: hollow personality use mine 1|2\n" in shown.out
    assert "kept as adapter.gguf.before." in shown.out
    assert " 25 %  epoch 1  loss 3.00  26:01:01 left" in shown.err
    assert "replies told from others: 75 % (50 %)." in shown.err
    assert "replies told from others: too few lines to tell." in shown.err
    assert given["settings"].alpha == 16.0
    assert given["work"].name.startswith("mine-")


def test_another_epoch_is_put_in_place(
    mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def use_epoch(folder: Path, base: Path, *, work: Path, epoch: int) -> Path:
        asked.append((folder.resolve(), base, work.name.rpartition("-")[0], epoch))
        return folder / "adapter.gguf"

    monkeypatch.setattr(personality, "use_epoch", use_epoch)
    assert run(personality, "personality", "use", "mine", "2") == 0
    assert asked == [(mine, Path("base.gguf"), "mine", 2)]
    assert "speaks as after epoch 2. Try it: hollow talk mine" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("use", "mine", "0"), "a whole number from 1 to 256, not '0'"),
        (("train", "mine", "--epochs", "x"), "a whole number from 1 to 256, not 'x'"),
        (("train", "mine", "--rank", "65"), "a whole number from 1 to 64, not '65'"),
    ],
)
def test_a_number_out_of_range_is_one_sentence(
    words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(personality, "personality", *words)
    assert sentence in capsys.readouterr().err
