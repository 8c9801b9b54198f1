"""What is learned from a dialogue: examples, what is held out, batches."""

import re
import shutil
from pathlib import Path

import pytest

from npc.past import SPEAKS_OF_WAY
from npc.personality import load_personality
from npc.text import plain
from npc.training.batches import MAX_TOKENS, Tokens, batches, tokens_of
from npc.training.data import BESIDES, LESSON, Example, examples_of, held_out_keys, lesson
from npc.wording import COPIED, wordings
from tests.npc.fakes import PERSONALITIES, child


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


def test_a_marked_line_is_handed_in_other_words_and_mostly_said_as_it_was_handed(tmp_path: Path) -> None:
    folder = tmp_path / "child"
    shutil.copytree(PERSONALITIES / "child", folder)
    for path in (folder / "dialogue").glob("*.txt"):
        path.unlink()
    line, marks = (
        "I count the drips. At nine I forget and bite.",
        "I {count|number} the drips. At {nine|ten} I forget and bite.",
    )
    (folder / "dialogue" / "a.txt").write_text(
        f"== wary | echo hall\noff_topic: what do you do\ntease: [stare] {line}\n= {marks}\n",
        encoding="utf-8",
    )
    personality = load_personality(folder)
    light = {one.text for one in wordings(line, marked=marks, copied=COPIED)}
    assert len(light) > 0
    drawn = [example for draw in range(200) for example in examples_of(personality, draw=draw)]
    handed = [
        (match.group(1), example.reply.strip().removeprefix("[stare] "))
        for example in drawn
        if (match := re.search(r"tease: (.*)\):$", example.script)) is not None
    ]
    assert 0.9 < len(handed) / len(drawn) < 0.99
    assert all(pair[0] in light and pair[1] in light for pair in handed)
    assert {example.worded for example in drawn} == {True}
    (bare,) = examples_of(personality, worded=False)
    assert line in bare.reply
    assert line not in bare.script


def test_a_lesson_has_an_end() -> None:
    examples = [example(number, worded=number % 2 == 0) for number in range(4 * LESSON)]
    found = lesson(examples, 0)
    assert len(found) == len(set(found)) == LESSON
    assert sum(one.worded for one in found) == round(LESSON / (1 + BESIDES))
    assert found == lesson(examples, 0) != lesson(examples, 1)


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
