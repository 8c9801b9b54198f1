"""A training as a whole: its epochs are kept, tried and put in place, and nothing is lost on the way."""

import math
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from npc.adapters import ADAPTER_FILE, SHEET_FILE, adapter_in, write_sheet
from npc.backends.base import BackendError, Token
from npc.personality import load_personality
from npc.training import lora, run
from npc.training.lora import Adapted, TrainingError
from npc.training.run import Trained, epochs_in, train_personality, use_epoch, work_folder
from npc.training.train import Progress, Settings, epochs_for
from tests.npc.fakes import PERSONALITIES


class FakeBackend:
    """Says what its adapter's file holds: nothing for "mute"; "broken" cannot be loaded."""

    def __init__(self, base: Path, *, adapter: Path) -> None:
        self._said = adapter.read_text()
        if self._said == "broken":
            raise BackendError("no model")

    def candidates(self, *_: object) -> Sequence[tuple[int, Token]]:
        said = "" if self._said == "mute" else self._said
        return [(0, Token(text=said, likelihood=None, last=True))]

    def close(self) -> None:
        pass


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "EmbeddedBackend", FakeBackend)
    path = tmp_path / "base.gguf"
    path.write_bytes(b"model")
    return path


def made(folder: Path, base: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ADAPTER_FILE).write_text(text)
    write_sheet(folder, base, text)


def held(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("adapter.*") if path.suffix != ".toml"}


def test_an_epoch_is_put_in_place_and_the_adapter_from_before_is_kept(tmp_path: Path, base: Path) -> None:
    folder, work = tmp_path / "mine", tmp_path / "work"
    made(folder, base, "old")
    for number in (1, 2):
        made(work / f"epoch-{number}", base, f"epoch {number}")
    old_sheet = (folder / SHEET_FILE).read_text()
    for epoch in (2, 1):
        assert use_epoch(folder, base, work=work, epoch=epoch) == adapter_in(folder, base)
        assert held(folder) == {ADAPTER_FILE: f"epoch {epoch}", f"{ADAPTER_FILE}.before": "old",
                                f"{SHEET_FILE}.before": old_sheet}  # fmt: skip


@pytest.mark.parametrize("fault", ["mute", "broken"])
def test_an_epoch_that_cannot_speak_replaces_nothing(tmp_path: Path, base: Path, fault: str) -> None:
    folder, work = tmp_path / "mine", tmp_path / "work"
    made(folder, base, "old")
    made(work / "epoch-1", base, fault)
    with pytest.raises(TrainingError):
        use_epoch(folder, base, work=work, epoch=1)
    assert held(folder) == {ADAPTER_FILE: "old"}
    assert adapter_in(folder, base) is not None


def test_an_epoch_that_is_not_there_is_one_sentence(tmp_path: Path, base: Path) -> None:
    made(tmp_path / "work" / "epoch-2", base, "x")
    with pytest.raises(TrainingError, match=r"no epoch 3 of mine's last training; done are: 2\."):
        use_epoch(tmp_path / "mine", base, work=tmp_path / "work", epoch=3)


@pytest.mark.parametrize("moment", range(8))
def test_stopped_while_it_is_put_in_place_nothing_is_damaged_or_lost(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    folder, work = tmp_path / "mine", tmp_path / "work"
    made(folder, base, "old")
    made(work / "epoch-1", base, "new")
    steps = 0

    def counted(real: Any) -> Any:
        def step(*given: Any, **more: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == moment + 1:
                raise KeyboardInterrupt
            return real(*given, **more)

        return step

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", counted(shutil.copyfile))
        patched.setattr(Path, "unlink", counted(Path.unlink))
        patched.setattr(Path, "replace", counted(Path.replace))
        if moment == 7:  # one more than there are
            use_epoch(folder, base, work=work, epoch=1)
            assert steps == moment
        else:
            with pytest.raises(KeyboardInterrupt):
                use_epoch(folder, base, work=work, epoch=1)
    assert adapter_in(folder, base) is None or held(folder)[ADAPTER_FILE] in ("old", "new")
    use_epoch(folder, base, work=work, epoch=1)
    assert held(folder)[f"{ADAPTER_FILE}.before"] == "old"
    assert "new" not in held(folder)[f"{SHEET_FILE}.before"]
    assert not list(folder.glob("*.part"))


def test_two_folders_of_one_name_share_no_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "a" / "child", tmp_path / "b" / "child"
    one.mkdir(parents=True)
    two.mkdir(parents=True)
    found = work_folder(tmp_path, one)
    assert found != work_folder(tmp_path, two)
    assert re.fullmatch("child-[0-9a-f]{8}", found.name)
    monkeypatch.chdir(one)
    assert work_folder(tmp_path, Path(".")) == found


def personality_folder(tmp_path: Path, dialogue: str) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(PERSONALITIES / "companion", folder)
    (folder / "dialogue").mkdir(exist_ok=True)
    (folder / "dialogue" / "a.txt").write_text(dialogue, encoding="utf-8")
    return folder


TALKS = "".join(f"player: number {n} here\nanswer: I have counted {n} already, thanks.\n\n" for n in range(4))
DIALOGUE = f"== wary | echo hall\n\n{TALKS}"


class FakeTraining:
    """Stands for `npc.training.train.train`: two epochs, the digests it was given."""

    def __init__(self) -> None:
        self.digests: list[str] = []

    def __call__(
        self, adapted: Adapted, learn: Any, held_out: Any, unworded: Any, settings: Settings, **more: Any
    ) -> Progress:
        self.digests.append(more["digest"])
        assert len(learn(0)) == 3
        assert len(held_out) == len(unworded) == 1
        assert held_out[0] not in learn(0)
        progress = Progress(held_out=[4.0], fits=[math.nan])
        for epoch in range(settings.epochs):
            progress.epoch = epoch + 1
            progress.held_out.append([3.0, 3.5][epoch])
            progress.fits.append(math.nan)
            more["epoch_done"](progress)
        more["checkpoint"].write_bytes(b"")
        return progress


def trained(folder: Path, base: Path, work: Path, **more: Any) -> Trained:
    return train_personality(
        load_personality(folder), folder, base,
        **{
            "work": work, "settings": Settings(epochs=2), "keep": "last", "begun": lambda _: None,
            "tell": lambda _: None, "epoch_done": lambda _: None, **more,
        },
    )  # fmt: skip


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch) -> FakeTraining:
    fake = FakeTraining()
    monkeypatch.setattr(run, "train", fake)
    monkeypatch.setattr(run, "load_adapted", lambda *_, **__: object())
    writes = iter(range(1, 100))
    monkeypatch.setattr(run, "_write", lambda adapted, path, name: path.write_text(f"{name} {next(writes)}"))
    return fake


def test_every_epoch_is_kept_until_the_next_training(
    tmp_path: Path, base: Path, course: FakeTraining
) -> None:
    folder, work = personality_folder(tmp_path, DIALOGUE), tmp_path / "work"
    assert trained(folder, base, work) == Trained(adapter=folder / ADAPTER_FILE, epoch=2, others=(1,))
    assert (folder / ADAPTER_FILE).read_text() == "mine 2"
    sheet = (folder / SHEET_FILE).read_text(encoding="utf-8")
    assert "epoch 2 of 2 over 3 replies" in sheet
    assert "4.00, 3.00, 3.50, fit not told" in sheet
    assert sorted(path.name for path in work.iterdir()) == ["epoch-1", "epoch-2"]
    assert trained(folder, base, work, keep="best", settings=Settings(epochs=1)).epoch == 1
    assert epochs_in(work) == (1,)
    assert held(folder)[ADAPTER_FILE] == "mine 3"
    assert held(folder)[f"{ADAPTER_FILE}.before"] == "mine 2"


def test_the_epoch_of_lowest_loss_may_be_kept(tmp_path: Path, base: Path, course: FakeTraining) -> None:
    folder = personality_folder(tmp_path, DIALOGUE)
    found = trained(folder, base, tmp_path / "work", keep="best")
    assert (found.epoch, found.others) == (1, (2,))
    assert (folder / ADAPTER_FILE).read_text() == "mine 1"


def test_the_digest_changes_with_the_dialogue_and_the_model(
    tmp_path: Path, base: Path, course: FakeTraining
) -> None:
    folder, work = personality_folder(tmp_path, DIALOGUE), tmp_path / "work"
    trained(folder, base, work)
    trained(folder, base, work)
    (folder / "dialogue" / "a.txt").write_text(DIALOGUE.replace("thanks", "ta", 1), encoding="utf-8")
    trained(folder, base, work)
    base.write_bytes(b"another model")
    trained(folder, base, work)
    assert course.digests[0] == course.digests[1]
    assert len(set(course.digests)) == 3


def test_one_conversation_is_too_few(tmp_path: Path, base: Path) -> None:
    joined = "== wary | echo hall\n\n" + TALKS.replace("\n\n", "\n")
    folder = personality_folder(tmp_path, joined)
    with pytest.raises(TrainingError, match=r"^mine has 4 exchanges in 1 conversations: too few"):
        trained(folder, base, tmp_path / "work")


def test_training_without_torch_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str, *_: object) -> Any:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr("importlib.import_module", absent)
    with pytest.raises(TrainingError, match=r"as docs/training\.md says \(torch is missing\)"):
        lora.needed()


def test_the_command_line_is_there_without_torch() -> None:
    program = (
        "import sys\n"
        "for name in ('torch', 'transformers', 'accelerate'): sys.modules[name] = None\n"
        "from game.cli.main import parser\n"
        "given = ['personality', 'train', 'child', '--epochs', '2']\n"
        "options = parser('personality').parse_args(given)\n"
        "print(options.name, options.epochs, options.keep)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["child", "2", "last"], "")


@pytest.mark.parametrize(("replies", "epochs"), [(20_000, 3), (800, 3), (400, 6), (190, 13), (20, 16)])
def test_a_small_dialogue_is_gone_through_more_often(replies: int, epochs: int) -> None:
    assert epochs_for(replies, 8) == epochs
