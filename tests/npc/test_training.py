"""Training: examples, batches, the adapter's file. The numbers themselves need torch."""

import builtins
import re
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from npc.dialogue import WAY_ACTS
from npc.personality import load_personality
from npc.text import plain
from npc.training import lora
from npc.training.batches import MAX_TOKENS, Tokens, batches, tokens_of
from npc.training.data import Example, examples_of, is_held_out, said_instead
from npc.training.gguf_adapter import permuted, tensors_of, write_adapter
from npc.training.lora import TrainingError
from npc.training.train import Progress, rate
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
        wayless = not plain(told.way) or told.act not in WAY_ACTS or ": " in hint
        assert wayless == (plain(told.way) not in plain(hint) or ": " in hint)


def test_another_sibling_is_drawn_for_every_epoch() -> None:
    first, again, second = (examples_of(child(), draw=draw) for draw in (1, 1, 2))
    assert first == again
    assert [one.script for one in first] != [one.script for one in second]
    worded = sum(": " in one.script.splitlines()[-1] for one in first)
    assert 0.7 * len(first) < worded < 0.95 * len(first)
    assert not any(": " in one.script.splitlines()[-1] for one in examples_of(child(), worded=False))


def test_a_sibling_is_handed_over_to_be_said_in_other_words(tmp_path: Path) -> None:
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
    drawn = [example for draw in range(12) for example in examples_of(personality, draw=draw)]
    handed = {
        (example.player, match.group(1))
        for example in drawn
        if (match := re.search(r"tease: (.*)\):$", example.script)) is not None
    }
    assert handed == {
        ("my mum made pizza", "It bites back, does pizza?"),
        ("my mum made pizza", "Does pizza bite back?"),
        ("my mum made pizza", "Who won, dad or the curry?"),
        ("dad cooked curry", "Does pizza bite back?"),
        ("dad cooked curry", "It bites back, does pizza?"),
    }
    assert len({example.key for example in drawn}) == 1


def test_some_replies_are_learned_as_if_they_had_been_cut_off() -> None:
    cut = [one for one in examples_of(child(), draw=3) if re.search(r"\nYou: .*-\n", one.script)]
    assert 10 < len(cut) < 600
    assert not any("-\n" in one.script for one in examples_of(child(), worded=False))


def test_the_player_may_be_made_to_say_something_else() -> None:
    example = next(one for one in examples_of(child()) if one.script.count("Player: ") == 2)
    other = said_instead(example, "bananas")
    assert other.script.endswith(example.script.rpartition("\n")[2])
    assert "Player: bananas\nYou (" in other.script
    assert other.script.count("Player: ") == 2


def test_no_dialogue_is_both_learned_and_judged_by() -> None:
    examples = examples_of(child())
    held_out = {one.key for one in examples if is_held_out(one)}
    assert held_out
    assert 0.02 < sum(is_held_out(one) for one in examples) / len(examples) < 0.1
    assert not held_out & {one.key for one in examples if not is_held_out(one)}


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


def test_training_without_torch_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str, *_: object) -> Any:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr("importlib.import_module", absent)
    with pytest.raises(TrainingError, match=r"hollow\[train\].*torch is missing"):
        lora.needed()


def test_the_command_line_is_there_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def guarded(name: str, *rest: Any, **more: Any) -> Any:
        assert name.partition(".")[0] not in ("torch", "transformers"), "imported before it is needed"
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", guarded)
    from game.cli.main import parser

    options = parser("personality").parse_args(["personality", "train", "child", "--epochs", "2"])
    assert (options.name, options.epochs, options.keep) == ("child", 2, "last")
