"""`hollow talk`: one JSON object a line, trust that grows, states that can be set."""

import io
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from game.cli import talk
from npc.backends.base import Prompt
from npc.character import Character
from npc.contract import Ended, Question, ReplyEvent, Trace
from npc.dialogue import Dialogue
from npc.models import ModelStore
from npc.tables import PersonalityError
from tests.cli.fakes import NoModels, VoicedFake, loaded, run
from tests.npc.fakes import PERSONALITIES

KEYS = {
    "text", "gesture", "actions", "kind", "act", "mood", "trust", "source", "checks_failed", "first_token_s",
    "first_sentence_s", "total_s",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _quick_and_without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelStore, "default", classmethod(lambda cls: NoModels()))
    monkeypatch.setattr(talk, "load_personality", loaded)


def told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: str, *options: str
) -> list[dict[str, Any]]:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert run(talk, "talk", "--json", *options) == 0
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


def test_a_comma_may_stand_in_a_value() -> None:
    found = talk.Talk(character="child")
    state = "way_out=left tunnel, red glow, visible=crystal+water,trust=60,"
    talk.parse_state(state, found)
    assert found.perception.way_out == "left tunnel, red glow"
    assert found.perception.visible == ("crystal", "water")
    assert found.trust == 60.0


def test_the_state_in_the_help_can_be_set() -> None:
    _, _, given = talk._STATE_HELP.partition(": ")
    found = talk.Talk(character="child")
    talk.parse_state(
        given.replace("gentle|film", "gentle").replace("whisper|normal|shout", "shout").removesuffix(", ..."),
        found,
    )
    assert (found.level, found.perception.place) == ("gentle", "echo hall")
    assert (found.perception.loudness, found.perception.camera_on) == ("shout", True)


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


def one_of_two(player: str) -> tuple[str, ...]:
    return ("[smirk] As an AI I cannot keep giraffes.", "[laugh] I keep nothing but a grudge.")


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> VoicedFake:
    fake = VoicedFake(one_of_two)
    monkeypatch.setattr(talk, "load_backend", lambda *_, **__: (fake, None))
    return fake


def test_a_trace_tells_the_turn_the_candidates_and_the_written_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: VoicedFake
) -> None:
    lines = "[palm up]\ndo you keep giraffes\n"
    palm, giraffes = (one["trace"] for one in told(monkeypatch, capsys, lines, "--trace"))
    assert (palm["confidence"], palm["trust_before"], palm["trust_after"]) == (1.0, 15.0, 23.0)
    assert palm["events"] == {"palm_up": 8}
    assert palm["first_token_s"] is None
    assert 0.0 < giraffes["confidence"] <= 1.0
    bad, good = giraffes["candidates"]
    assert (bad["failed"], bad["score"], bad["chosen"]) == ("out_of_role", None, False)
    assert (good["text"], good["failed"], good["chosen"]) == ("I keep nothing but a grudge.", None, True)
    # Both are ready within the same millisecond or two: in which order is the machine's affair.
    assert min(good["ready_s"], bad["ready_s"], giraffes["first_token_s"]) > 0.0
    assert giraffes["written"]
    assert giraffes["faults"] == []


def test_without_it_there_is_no_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: VoicedFake
) -> None:
    assert "trace" not in told(monkeypatch, capsys, "do you keep giraffes\n")[0]


def test_a_trace_is_a_few_aligned_lines_below_the_reply(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: VoicedFake
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("do you keep giraffes\n"))
    assert run(talk, "talk", "--trace") == 0
    reply, *rows = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"child: \[[a-z ]+\] I keep nothing but a grudge\.", reply)
    assert 9 <= len(rows) <= 13
    assert {row[15:17] for row in rows} == {"  "}
    marked = [row for row in rows if row.startswith("  > ")]
    assert len(marked) == 1
    assert marked[0].endswith("I keep nothing but a grudge.")
    assert any("out_of_role" in row and "As an AI" in row for row in rows)


def test_the_model_has_two_threads_where_there_are_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[int] = []

    def load(*_: object, threads: int, **__: object) -> tuple[None, None]:
        asked.append(threads)
        return None, None

    monkeypatch.setattr(talk, "load_backend", load)
    told(monkeypatch, capsys, "hello\n")
    assert asked == [min(2, os.cpu_count() or 1)]


def test_reading_ahead_is_no_part_of_the_reply(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class SlowReader(VoicedFake):
        def read(self, prompt: Prompt) -> None:
            time.sleep(0.5)
            super().read(prompt)

    fake = SlowReader(one_of_two)
    monkeypatch.setattr(talk, "load_backend", lambda *_, **__: (fake, None))
    reply = told(monkeypatch, capsys, "do you keep giraffes\n")[0]
    assert "read" in fake.events
    assert reply["first_sentence_s"] <= reply["total_s"] < 0.5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A character without an adapter, and with a dialogue of its own."""
    copy = shutil.copytree(PERSONALITIES / "companion", tmp_path / "gnome")
    manner = copy / "personality.toml"
    text = manner.read_text(encoding="utf-8").replace("honest = true", "honest = false")
    manner.write_text(
        text.replace('gestures = ["none"]', 'gestures = ["none", "come_close"]'), encoding="utf-8"
    )
    lines = copy / "lines.toml"
    lines.write_text('[lines]\nact.small_talk = ["Hm."]\nreply.greeting = ["Well met."]\n', encoding="utf-8")
    (copy / "dialogue").mkdir()
    return copy


def says(folder: Path, *replies: str, name: str = "mine.txt") -> None:
    """Put replies into the dialogue of a character."""
    text = "".join(f"\ngreeting: hi number {i}\ntease: {reply}\n" for i, reply in enumerate(replies))
    (folder / "dialogue" / name).write_text(f"== wary\n{text}", encoding="utf-8")


def test_lines_that_are_left_out_and_a_lack_of_an_adapter_are_told_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    says(folder, "You look sexy.", "Go home.", "Very sexy.")
    monkeypatch.setattr("sys.stdin", io.StringIO("hello\nhello\n"))
    assert run(talk, "talk", str(folder)) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("gnome: ")
    left_out, adapter = (line for line in err.splitlines() if "gnome" in line)
    assert left_out == (
        "2 lines are left out, the first: mine.txt, line 3: blocked: You look sexy. "
        f"(hollow audition {folder} --written lists them)."
    )
    assert adapter == (f"gnome has no adapter: the written lines speak (hollow personality train {folder}).")


def test_a_folder_is_named_as_it_is_called_and_not_as_it_is_reached(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert [one["speaker"] for one in told(monkeypatch, capsys, "hello\n", ".")] == ["gnome"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            "[come close] Hm?",
            r"mine\.txt, line 3: expected a gesture such as \[come_close\], found '\[come close\]'",
        ),
        ("[come_close] [Jump] Hm?", r"expected a gesture such as \[come_close\], found '\[Jump\]'"),
        ("[come_close Hm?", r"expected a gesture such as \[come_close\], found '\[come_close Hm\?'"),
        ("Left, by {way}.", r"line 3: expected words, found '\{way\}'; slots stand in lines\.toml only"),
    ],
)
def test_a_bracket_or_a_slot_that_nobody_would_say_is_one_sentence(
    reply: str, words: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    says(folder, reply)
    with pytest.raises(PersonalityError, match=words):
        told(monkeypatch, capsys, "", str(folder))


def test_only_an_honest_character_says_in_its_dialogue_that_it_is_software(folder: Path) -> None:
    says(folder, "I'm software, so the cold is yours.")
    assert len(loaded(folder).dialogue) == 0
    honest = shutil.copytree(folder, folder.parent / "honest")
    manner = honest / "personality.toml"
    text = manner.read_text(encoding="utf-8").replace("honest = false", "honest = true")
    manner.write_text(text, encoding="utf-8")
    assert [one.reply.text for one in loaded(honest).dialogue.told] == ["I'm software, so the cold is yours."]
    assert loaded(honest).notes == ()


def model_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: str = "do you keep giraffes\n"
) -> str:
    return str(told(monkeypatch, capsys, lines, "--trace")[0]["trace"]["model"])


def test_a_trace_tells_that_the_model_spoke_or_could_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: VoicedFake
) -> None:
    assert model_row(monkeypatch, capsys) == "spoke"
    mute = VoicedFake(lambda _: ("As an AI I cannot.",))
    monkeypatch.setattr(talk, "load_backend", lambda *_, **__: (mute, None))
    assert model_row(monkeypatch, capsys) == "asked, and a written line spoke"
    monkeypatch.setattr(talk, "load_backend", lambda *_, **__: (None, None))
    assert model_row(monkeypatch, capsys) == "not asked: there is none"


def test_a_trace_tells_why_the_model_was_not_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: VoicedFake
) -> None:
    class Resting(Character):
        def reply(self, question: Question, *, in_parts: bool = False) -> Iterator[ReplyEvent]:
            for event in super().reply(question):
                yield replace(event, trace=Trace(unasked="it rests")) if isinstance(event, Ended) else event

    monkeypatch.setattr(talk, "Character", Resting)
    assert model_row(monkeypatch, capsys) == "not asked: it rests"


def test_a_trace_tells_that_a_dialogue_without_other_wordings_hands_nothing_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: VoicedFake
) -> None:
    bare = replace(loaded(PERSONALITIES / "child"), dialogue=Dialogue(()))
    monkeypatch.setattr(talk, "load_person", lambda *_: (bare, None))
    row = model_row(monkeypatch, capsys)
    assert row == "spoke; was handed no line, for the dialogue has no other wordings"
