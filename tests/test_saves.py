import json
from pathlib import Path
from typing import Any

import pytest

from game.saves import SaveFault, as_json, from_json, load_save, set_aside, write_save
from game.world.save import Save, keep
from game.world.step import begin
from npc.contract import Exchange
from npc.past import NIGHT

EVENING = Save(
    evenings=2,
    trust=40.5,
    level="gentle",
    brightness=1.3,
    volume=0.7,
    history=(Exchange(player="my name is Dana", reply="Dana. Ugh.", act="tease", cut_off=True),),
)


def test_a_save_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "save.json"
    write_save(path, EVENING)
    assert load_save(path) == EVENING
    assert [found.name for found in path.parent.iterdir()] == ["save.json"]


def test_without_a_file_the_player_was_never_here(tmp_path: Path) -> None:
    assert load_save(tmp_path / "save.json") == Save()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"trust": "much"}, "trust: expected a number, found 'much'"),
        ({"trust": 1000}, "trust: expected 0 to 100"),
        ({"trust": True}, "trust: expected a number"),
        ({"trust": float("nan")}, "trust: expected a number"),
        ({"evenings": 1.5}, "evenings: expected a number"),
        ({"level": "filthy"}, "level: expected"),
        ({"wings": 2}, "unknown field 'wings'"),
        ({"history": [{"player": "hi"}]}, "history, exchange 1"),
        ({"history": [3] * 99}, "history: expected at most"),
        ([], "expected an object"),
    ],
)
def test_a_save_that_is_wrong_names_the_field_and_what_was_found(values: Any, named: str) -> None:
    with pytest.raises(SaveFault) as caught:
        from_json(values, "save.json")
    assert named in str(caught.value)
    assert "save.json" in str(caught.value)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000, b" " * 300_000])
def test_a_file_that_is_no_save_is_one_sentence_and_can_be_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "save.json"
    path.write_bytes(content)
    with pytest.raises(SaveFault):
        load_save(path)
    aside = set_aside(path)
    assert aside is not None
    assert aside.read_bytes() == content
    assert load_save(path) == Save()


def test_the_next_evening_begins_with_what_was_left() -> None:
    world = begin(1, EVENING)
    assert (world.trust, world.level, world.evenings) == (40.5, "gentle", 2)
    assert world.history == [*EVENING.history, Exchange(player="", reply="", act=NIGHT)]
    left = keep(world)
    assert left.evenings == 3
    assert 15.0 < left.trust < 40.5
    assert from_json(json.loads(json.dumps(as_json(left))), "save") == left
