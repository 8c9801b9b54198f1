"""Training: examples, batches, the adapter's file. The numbers themselves need torch."""

import math
import pickle
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from npc.adapters import ADAPTER_FILE, SHEET_FILE, adapter_in, write_sheet
from npc.backends.base import BackendError, Token
from npc.past import SPEAKS_OF_WAY
from npc.personality import load_personality
from npc.text import plain
from npc.training import judge, lora, run
from npc.training import train as training
from npc.training.batches import MAX_TOKENS, Tokens, batches, tokens_of
from npc.training.data import Example, examples_of, held_out_keys, lesson
from npc.training.gguf_adapter import permuted, tensors_of, write_adapter
from npc.training.lora import Adapted, Shape, TrainingError
from npc.training.run import Trained, epochs_in, train_personality, use_epoch, work_folder
from npc.training.train import Begun, Progress, Settings, Told, epochs_for, rate
from tests.npc.fakes import PERSONALITIES, child


def read_gguf(path: Path) -> tuple[dict[str, str | float], dict[str, np.ndarray[Any, Any]]]:
    """Keys and float16 tensors of a file, read by the book."""
    data = path.read_bytes()
    at = 0

    def take(form: str) -> tuple[Any, ...]:
        nonlocal at
        found = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return found

    def text() -> str:
        nonlocal at
        (length,) = take("Q")
        at += length
        return data[at - length : at].decode()

    assert take("4s") == (b"GGUF",)
    version, tensors, keys = take("IQQ")
    assert version == 3
    found: dict[str, str | float] = {}
    for _ in range(keys):
        key, (kind,) = text(), take("I")
        found[key] = text() if kind == 8 else take("f")[0]
    infos = []
    for _ in range(tensors):
        name, (dimensions,) = text(), take("I")
        shape = take(f"{dimensions}Q")[::-1]
        kind, offset = take("IQ")
        assert kind == 1
        assert offset % 32 == 0
        infos.append((name, shape, offset))
    start = -(-at // 32) * 32
    return found, {
        name: np.frombuffer(data, "<f2", int(np.prod(shape)), start + offset).reshape(shape)
        for name, shape, offset in infos
    }


def test_an_adapter_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    tensors = {
        "blk.0.attn_q.weight.lora_a": rng.normal(size=(3, 5)).astype(np.float16),
        "blk.0.attn_q.weight.lora_b": rng.normal(size=(7, 3)).astype(np.float16),
    }
    write_adapter(tmp_path / "a.gguf", tensors, alpha=32.0, name="child")
    keys, found = read_gguf(tmp_path / "a.gguf")
    assert keys == {
        "general.architecture": "llama",
        "general.type": "adapter",
        "general.name": "child",
        "adapter.type": "lora",
        "adapter.lora.alpha": 32.0,
    }
    assert found.keys() == tensors.keys()
    assert all(np.array_equal(found[name], tensors[name]) for name in tensors)
    assert [path.name for path in tmp_path.iterdir()] == ["a.gguf"]


def test_the_halves_of_a_head_become_neighbours() -> None:
    b = np.arange(8).reshape(8, 1)  # two heads of four
    assert permuted(b, 2).ravel().tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_only_queries_and_keys_are_turned() -> None:
    a, b = np.zeros((1, 4)), np.arange(8.0).reshape(8, 1)
    pairs = {f"blk.0.{name}": (a, b) for name in ("attn_q", "attn_k", "attn_v", "ffn_down")}
    tensors = tensors_of(pairs, heads=2, key_heads=1)
    order = {
        name: tensors[f"blk.0.{name}.weight.lora_b"].ravel().astype(int).tolist()
        for name in ("attn_q", "attn_k", "attn_v", "ffn_down")
    }
    assert order["attn_q"] == [0, 2, 1, 3, 4, 6, 5, 7]
    assert order["attn_k"] == [0, 4, 1, 5, 2, 6, 3, 7]
    assert order["attn_v"] == order["ffn_down"] == list(range(8))


def test_every_reply_is_learned_once_and_knows_what_went_before() -> None:
    personality = child()
    examples = examples_of(personality)
    assert len(examples) == len(personality.dialogue)
    for told, example in zip(personality.dialogue.told, examples, strict=True):
        assert example.reply.endswith("\n")
        assert (told.before is None) == (example.script.count("Player: ") == 1)
        hint = example.script.splitlines()[-1]
        if plain(told.way) and ": " not in hint:
            assert (plain(told.way) in plain(hint)) == (told.act in SPEAKS_OF_WAY)


def test_another_wording_is_drawn_for_every_epoch() -> None:
    first, again, second = (examples_of(child(), draw=draw) for draw in (1, 1, 2))
    assert first == again
    assert [one.script for one in first] != [one.script for one in second]
    handed = [one for one in first if ": " in one.script.splitlines()[-1]]
    worded = sum(one.worded for one in first)
    assert all(one.worded for one in handed)
    assert 0.9 * worded < len(handed) < worded
    assert not any(": " in one.script.splitlines()[-1] for one in examples_of(child(), worded=False))


def example(number: int, *, worded: bool) -> Example:
    return Example(script=f"{number}:", reply="yes", player="", key="", worded=worded)


def test_a_lesson_has_all_that_is_reworded_and_in_turn_some_of_the_rest() -> None:
    examples = [example(number, worded=number % 5 == 0) for number in range(200)]
    lessons = [lesson(examples, draw) for draw in range(8)]
    assert {len(one) for one in lessons} == {40 + 10}
    assert all({one for one in examples if one.worded} < set(one) for one in lessons)
    assert len({one for found in lessons for one in found}) > 40 + 2 * 10


def test_where_next_to_nothing_is_reworded_a_lesson_is_all_there_is() -> None:
    examples = [example(number, worded=number < 2) for number in range(40)]
    assert lesson(examples, 1) == examples


def test_another_wording_is_handed_over_and_never_the_joke_of_another_occasion(tmp_path: Path) -> None:
    folder = tmp_path / "child"
    shutil.copytree(PERSONALITIES / "child", folder)
    for path in (folder / "dialogue").glob("*.txt"):
        path.unlink()
    (folder / "dialogue" / "a.txt").write_text(
        "== wary | echo hall\noff_topic: my mum made pizza\ntease: [stare] Does pizza bite back?\n"
        "= [smirk] It bites back, does pizza?\n~ dad cooked curry\n~ [smirk] Who won, dad or the curry?\n",
        encoding="utf-8",
    )
    personality = load_personality(folder)
    drawn = [example for draw in range(40) for example in examples_of(personality, draw=draw)]
    handed = {
        (example.player, match.group(1))
        for example in drawn
        if (match := re.search(r"tease: (.*)\):$", example.script)) is not None
    }
    assert handed == {
        ("my mum made pizza", "It bites back, does pizza?"),
        ("my mum made pizza", "Does pizza bite back?"),
    }
    assert len({example.key for example in drawn}) == 1


def test_some_replies_are_learned_as_if_they_had_been_cut_off() -> None:
    cut = [one for one in examples_of(child(), draw=3) if re.search(r"\nYou: .*-\n", one.script)]
    assert 10 < len(cut) < 600
    assert not any("-\n" in one.script for one in examples_of(child(), worded=False))


def test_no_dialogue_is_both_learned_and_judged_by() -> None:
    examples = examples_of(child())
    keys = {one.key for one in examples}
    held_out = held_out_keys(keys)
    assert held_out < keys
    assert 0.02 < sum(one.key in held_out for one in examples) / len(examples) < 0.1


def test_a_dialogue_stays_on_its_side_when_others_are_added() -> None:
    keys = [str(number) for number in range(400)]
    assert held_out_keys(keys[:200]) == held_out_keys(keys) & set(keys[:200]) != frozenset()


@pytest.mark.parametrize(("count", "held_out"), [(0, 0), (1, 0), (2, 1), (3, 1), (60, 3)])
def test_of_few_dialogues_some_are_held_out_and_some_are_not(count: int, held_out: int) -> None:
    none_low = [key for key in map(str, range(1000)) if key not in held_out_keys(map(str, range(1000)))]
    assert len(held_out_keys(none_low[:count])) == held_out
    all_low = sorted(held_out_keys(map(str, range(1000))))[:2]
    assert len(held_out_keys(all_low)) == 1


def test_script_and_reply_are_encoded_apart_and_only_the_reply_is_learned() -> None:
    example = Example(script="abc", reply="de", player="", key="")
    tokens = tokens_of(example, lambda text: [ord(c) for c in text])
    assert tokens == Tokens(ids=tuple(map(ord, "abcde")), learned=2)


def test_a_long_talk_loses_its_oldest_words() -> None:
    example = Example(script="s" * 400, reply="r" * 10, player="", key="")
    tokens = tokens_of(example, lambda text: [ord(c) for c in text])
    assert len(tokens.ids) == MAX_TOKENS
    assert tokens.learned == 10


def test_every_epoch_has_all_examples_in_another_order() -> None:
    items = [Tokens(ids=tuple(range(n)), learned=1) for n in range(1, 41)]
    one, two = batches(items, 8, seed=1), batches(items, 8, seed=2)
    assert one == batches(items, 8, seed=1)
    assert one != two
    for order in (one, two):
        assert sorted(len(t.ids) for batch in order for t in batch) == list(range(1, 41))
        assert max(max(len(t.ids) for t in b) - min(len(t.ids) for t in b) for b in order) < 20


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
    monkeypatch.setattr(run, "load_adapted", lambda *_, **__: adapted())
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
        "for name in ('torch', 'transformers', 'accelerate', 'gguf'): sys.modules[name] = None\n"
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
