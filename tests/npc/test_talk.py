"""`hollow talk`: one JSON object a line, trust that grows, states that can be set."""

import argparse
import io
import json
from pathlib import Path

import pytest

from game.cli import talk
from npc.models import ModelMissing, ModelStore

KEYS = {
    "text", "gesture", "actions", "kind", "act", "mood", "trust", "source", "checks_failed", "first_token_s",
    "first_sentence_s", "total_s",
}  # fmt: skip


class NoModels:
    """A store with nothing in it: the written lines must do."""

    def file(self, model: str, name: str, /) -> Path:
        raise ModelMissing("The language model is missing.")


@pytest.fixture(autouse=True)
def _no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelStore, "default", classmethod(lambda cls: NoModels()))


def told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: str, *options: str
) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--debug", action="store_true")
    talk.add_parser(parser.add_subparsers())
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    arguments = parser.parse_args(["talk", "--json", *options])
    assert arguments.run(arguments) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_gets_one_object_with_the_stable_keys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    objects = told(monkeypatch, capsys, "hello\n[rude]\n\nhow do i get out\n")
    assert len(objects) == 4
    assert all(set(one) >= KEYS for one in objects)
    assert [one["kind"] for one in objects] == ["greeting", "gesture", "silence", "way"]


def test_the_film_scene_ends_in_laughter_and_a_lead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "you ugly toad\nfuck you you little shit\nyou smell like a wet potato\n"
    last = told(monkeypatch, capsys, lines)[-1]
    assert last["act"] == "lead"
    assert last["actions"] == ["lead"]
    assert last["gesture"] == "laugh"


def test_the_same_seed_gives_the_same_talk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def texts() -> list[object]:
        objects = told(monkeypatch, capsys, "hello\nwho are you\ni have a trumpet\n", "--seed", "7")
        return [one["text"] for one in objects]

    assert texts() == texts()


def test_the_companion_speaks_where_the_child_falls_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    care, after = told(monkeypatch, capsys, "i want to kill myself\nhello\n")
    assert care["speaker"] == "companion"
    assert "danger right now" in str(care["text"])
    assert (care["trust"], after["trust"]) == (15.0, 15.0)


def test_a_state_can_be_set(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    state = "trust=80,level=gentle,place=echo hall,faces=2"
    objects = told(monkeypatch, capsys, "hello\n", "--state", state)
    assert objects[0]["mood"] == "friend"
    assert "two of you" in str(objects[0]["text"])


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("trust", "key=value"),
        ("trust=high", "is a number"),
        ("trust=400", "from 0 to 100"),
        ("trust=nan", "from 0 to 100"),
        ("level=rude", "gentle or film"),
        ("colour=red", "known are"),
        ("loudness=loud", "whisper"),
        ("recording=perhaps", "true or false"),
    ],
)
def test_a_bad_state_is_one_sentence(state: str, words: str) -> None:
    with pytest.raises(talk.StateError, match=words):
        talk.parse_state(state, talk.Talk(character="child"))


def test_an_unknown_personality_names_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="child, companion"):
        told(monkeypatch, capsys, "", "nobody")
