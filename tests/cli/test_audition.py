"""`hollow audition`: thirty lines, what is written, what has changed."""

import itertools
import json
from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from game.cli import audition
from game.cli.audition import SCENES, Unhurried
from game.cli.audition_report import AuditionError, changes
from npc.backends.base import Prompt, Sampling, Token
from npc.coverage import coverage
from npc.dialogue import Dialogue, Line, Told
from npc.kinds import Kind
from npc.models import ModelStore
from npc.personality import Personality
from npc.trust import BANDS
from tests.cli.fakes import NoModels, VoicedFake, loaded, loaded_person, run
from tests.npc.fakes import PERSONALITIES


@pytest.fixture(autouse=True)
def _quick_and_without_models(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("models") is None:
        monkeypatch.setattr(ModelStore, "default", classmethod(lambda cls: NoModels()))
    monkeypatch.setattr(audition, "load_person", loaded_person)


def heard(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert run(audition, "audition", "child", "--json", *options) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def exchanges(*told: tuple[str | None, str, str, str, str]) -> Personality:
    """The Child with these written exchanges alone: kind, player, mood, act, reply."""
    return replace(
        loaded(PERSONALITIES / "child"),
        dialogue=Dialogue(
            [
                Told(
                    player=player, reply=Line.parse(reply), kind=kind, mood=mood, act=act,
                    nouns=frozenset(), says_way=False, joke=f"{player}\n{reply}",
                )
                for kind, player, mood, act, reply in told
            ]
        ),
    )  # fmt: skip


def test_thirty_lines_bring_every_kind_of_turn_in_every_mood(capsys: pytest.CaptureFixture[str]) -> None:
    replies = heard(capsys, "--written")["replies"]
    assert len(replies) == 30
    assert {one["kind"] for one in replies} == {str(kind) for kind in Kind}
    assert {one["mood"] for one in replies} == set(BANDS)
    assert all(one["speaker"] == "written" and one["text"] for one in replies if one["kind"] != "despair")
    assert [one["speaker"] for one in replies if one["kind"] == "despair"] == ["silent"]
    assert Counter(len(scene.lines) > 1 for scene in SCENES)[True] >= 3


def test_scenes_are_scenes_where_what_was_said_counts(capsys: pytest.CaptureFixture[str]) -> None:
    replies = {one["line"]: one for one in heard(capsys, "--written")["replies"]}
    assert replies["piss off you little shit"]["act"] == "lead"  # the third insult of an evening
    assert "Martha" in replies["do you remember my name"]["text"]


def test_the_same_seed_brings_the_same_replies(capsys: pytest.CaptureFixture[str]) -> None:
    def texts(seed: str) -> list[str]:
        return [one["text"] for one in heard(capsys, "--written", "--seed", seed)["replies"]]

    assert texts("3") == texts("3")
    assert texts("3") != texts("4")


def test_who_spoke_is_told_and_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = itertools.count(10)
    fake = VoicedFake(lambda _: (f"[smirk] I would rather lick {next(number)} crystals.",))
    monkeypatch.setattr(audition, "load_backend", lambda *_, **__: (fake, None))
    found = heard(capsys)
    by_model = [one for one in found["replies"] if one["speaker"] == "model"]
    assert len(by_model) >= 10
    assert all("rather lick" in one["text"] for one in by_model)
    assert found["counts"]["replies"] == 29
    assert found["counts"]["replies by the model"] == len(by_model)
    assert found["counts"]["share of the model"] == pytest.approx(len(by_model) / 29, abs=0.001)
    assert found["counts"]["first sentence p50, s"] >= 0.0
    assert fake.events[-1] == "closed"


def test_a_model_that_is_missing_is_told_and_the_written_lines_speak(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(audition, "audition", "child") == 0
    told = capsys.readouterr()
    assert told.err == "The language model is missing.\n"
    assert "replies by the model       0" in told.out


def test_it_is_read_line_by_line_with_the_counts_below(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(audition, "audition", "child", "--written") == 0
    out = capsys.readouterr().out
    assert "hostile  gesture      surprise   [rude]\n    written: [rude] " in out
    assert "hostile  silence " in out or "wary     silence " in out
    assert out.index("-- tunnel fork") < out.index("-- lantern gully") < out.index("written exchanges")


def test_an_honest_character_is_heard_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(audition, "audition", "companion", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counts"]["replies"] == 30  # it is the one who speaks where others fall silent
    assert found["counts"]["written exchanges"] == 0


def test_repeated_openings_are_those_that_stand_more_than_twice() -> None:
    said = [(None, f"line {i}", "wary", "tease", f"Zebras never ask for {i} things.") for i in range(3)]
    said += [(None, f"word {i}", "wary", "tease", f"Yaks often ask for {i} things.") for i in range(2)]
    openings = dict(coverage(exchanges(*said))["openings"])
    assert openings["zebras never ask"] == 3
    assert "yaks often ask" not in openings


def test_holes_are_combinations_with_fewer_than_five_exchanges() -> None:
    said: list[tuple[str | None, str, str, str, str]] = [
        ("greeting", f"hello {i}", "wary", "tease", f"No number {i}.") for i in range(5)
    ]
    said += [(None, "[rude]", "wary", "surprise", "[jump] Ha."), (None, "", "friend", "ask_back", "Well?")]
    holes = coverage(exchanges(*said))["holes"]
    assert holes["kind"]["greeting"] == {"hostile": 0, "warming": 0, "friend": 0}
    assert holes["kind"]["gesture"]["wary"] == 1
    assert holes["kind"]["silence"]["friend"] == 1
    assert "despair" not in holes["kind"]
    assert "wary" not in holes["act"]["tease"]
    assert holes["act"]["ask_back"]["friend"] == 1
    assert "friend" not in holes["act"]["withhold"]  # the policy never draws it there


def test_an_exchange_with_siblings_is_one_joke_and_closes_no_hole() -> None:
    one = exchanges(
        ("greeting", "hello", "wary", "tease", "No."),
        ("greeting", "hello", "wary", "tease", "Not you."),
        ("greeting", "hi there", "wary", "tease", "Go home."),
    )
    told = [replace(first, joke="one") for first in one.dialogue.told]
    told.append(replace(told[0], player="good evening", joke="another"))
    found = coverage(replace(one, dialogue=Dialogue(told)))
    assert (found["exchanges"], found["wordings"], found["reworded"]) == (2, 4, 0.5)
    assert found["holes"]["kind"]["greeting"]["wary"] == 2
    assert found["holes"]["act"]["tease"]["wary"] == 2


def test_how_much_is_reworded_is_told_beside_the_share_that_the_model_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = exchanges(*((None, f"line {i}", "wary", "tease", f"Number {i}.") for i in range(3)))
    twice = replace(one.dialogue.told[0], reply=Line(text="The first."))
    one = replace(one, dialogue=Dialogue((*one.dialogue.told, twice)))
    monkeypatch.setattr(audition, "load_person", lambda *_: (one, None))
    assert run(audition, "audition", "child", "--written") == 0
    out = capsys.readouterr().out
    assert "written exchanges          3\nwritten, all wordings      4\n" in out
    assert "replies reworded, %        50  (the model rewords from 10%)\n" in out


def test_what_is_not_written_at_all_is_named() -> None:
    one = exchanges(("greeting", "hello", "wary", "tease", "[jump] No."))
    lines = {
        key: tuple(replace(line, gesture=None) for line in value)
        for key, value in one.lines.items()
        if not key.startswith(("act.withhold", "reply.love", "gesture."))
    }
    found = coverage(replace(one, lines=lines, notes=("a.txt, line 3: unseen: Nice hat.",)))
    assert found["acts_unwritten"] == ["withhold"]
    assert {"love", "gesture"} <= set(found["kinds_without_lines"])
    assert "greeting" not in found["kinds_without_lines"]
    assert set(found["gestures_unused"]) == one.gestures - {"jump"}
    assert found["forbidden"] == ["a.txt, line 3: unseen: Nice hat."]


def test_a_choice_of_words_that_may_never_be_said_is_named() -> None:
    one = exchanges(("greeting", "hello", "wary", "tease", "[jump] Look away."))
    told = one.dialogue.told[0]
    lines = [replace(told.reply, marked=text) for text in ("{Look|Go} away.", "Look {away|sexy}.")]
    marked = Dialogue([replace(told, reply=line) for line in lines])
    found = coverage(replace(one, dialogue=marked, notes=()))
    assert [note.rpartition(": ")[2] for note in found["forbidden"]] == ["Look {away|sexy}."]


def test_a_saved_audition_shows_what_has_changed_since(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "before.json"
    assert run(audition, "audition", "child", "--written", "--save", str(path)) == 0
    capsys.readouterr()
    assert heard(capsys, "--written", "--against", str(path))["changed"] == {"replies": [], "counts": {}}

    saved = json.loads(path.read_text(encoding="utf-8"))
    saved["replies"][0] |= {"text": "It was otherwise then.", "gesture": None}
    saved["counts"]["repeated openings"] += 7
    path.write_text(json.dumps(saved), encoding="utf-8")
    assert run(audition, "audition", "child", "--written", "--against", str(path)) == 0
    out = capsys.readouterr().out
    assert "1 of 30 replies have changed" in out
    assert any("written: It was otherwise" in row and " | written: " in row for row in out.splitlines())
    assert out.count("  = written: ") == 28
    now = saved["counts"]["repeated openings"] - 7
    assert f"repeated openings          {now + 7} -> {now}" in out

    changed = heard(capsys, "--written", "--against", str(path))["changed"]
    assert changed["counts"] == {"repeated openings": [now + 7, now]}
    assert [one["old"] for one in changed["replies"]] == ["written: It was otherwise then."]


def saved(path: Path, **other: Any) -> Path:
    """A document of an audition of the Child in which nothing was heard."""
    document = {"character": "child", "seed": 0, "candidates": 0, "replies": [], "counts": {}}
    path.write_text(json.dumps(document | other), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"character": "gnome"}, "was heard of gnome, this is child"),
        ({"seed": 3}, "was heard with seed 3, this is 0"),
        ({"trust": 40.0}, "was heard on lines at trust 40.0, this is on the fixed lines"),
    ],
)
def test_what_was_heard_otherwise_is_not_compared(
    other: dict[str, Any], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path / "old.json", **other)
    with pytest.raises(AuditionError, match=words):
        run(audition, "audition", "child", "--written", "--against", str(path))
    assert capsys.readouterr().out == ""


def test_another_number_of_candidates_is_told_and_compared_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path / "old.json", candidates=4)
    assert run(audition, "audition", "child", "--written", "--json", "--against", str(path)) == 0
    told = capsys.readouterr()
    assert "heard with 4 candidates, this is with the written lines alone" in told.err
    assert len(json.loads(told.out)["changed"]["replies"]) == 30


def test_how_long_it_took_is_no_change() -> None:
    old, new = ({"replies": [], "counts": {"first sentence p50, s": s, "replies": s}} for s in (1.0, 2.0))
    assert changes(old, new)["counts"] == {"replies": [1.0, 2.0]}


def test_a_character_is_heard_on_lines_of_its_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("# two of my own\nhello\n\n[silence]\n", encoding="utf-8")
    found = heard(capsys, "--written", "--lines", str(path), "--trust", "80")
    assert found["trust"] == 80.0
    assert [(one["line"], one["kind"]) for one in found["replies"]] == [
        ("hello", "greeting"),
        ("[silence]", "silence"),
    ]
    assert {one["mood"] for one in found["replies"]} == {"friend"}
    first = heard(capsys, "--written", "--lines", str(path))
    assert (first["trust"], first["replies"][0]["mood"]) == (15.0, "hostile")


def test_lines_that_are_none_and_trust_without_lines_are_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(AuditionError, match="expected player lines, one a line, found none"):
        run(audition, "audition", "child", "--lines", str(path))
    with pytest.raises(AuditionError, match="--trust goes with --lines"):
        run(audition, "audition", "child", "--trust", "40")


def test_a_line_that_was_not_put_before_has_no_old_reply() -> None:
    new = {"line": "hello", "speaker": "model", "text": "No.", "gesture": "stare"}
    changed = changes({"replies": [], "counts": {}}, {"replies": [new], "counts": {"replies": 1}})
    assert changed["replies"] == [{"line": "hello", "old": None, "new": "model: [stare] No."}]
    assert changed["counts"] == {"replies": [None, 1]}


OF = '"character": "child", "seed": 0, "candidates": 0'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1: expected JSON"),
        ("\xff\xfe", "not UTF-8"),
        ("[1]", r"expected what hollow audition --save writes, found \[1\]"),
        ("{}", "replies: expected a list, found nothing"),
        ('{"replies": [], "counts": {}, "seed": 1}', "character: expected a text, found nothing"),
        (
            '{"replies": [], "counts": {}, "character": "child", "seed": "a"}',
            "seed: expected a whole number, found 'a'",
        ),
        ('{"replies": [], "counts": 3}', "counts: expected a table, found 3"),
        (
            f'{{"replies": [{{"line": "a", "text": 4}}], "counts": {{}}, {OF}}}',
            "entry 1: text: expected a text, found 4",
        ),
        (f'{{"replies": [7], "counts": {{}}, {OF}}}', "entry 1: line: expected a text, found nothing"),
        (f'{{"replies": [], "counts": {{"a": "b"}}, {OF}}}', "counts: a: expected a number, found 'b'"),
    ],
)
def test_a_bad_file_is_one_sentence(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(AuditionError, match=words) as told:
        run(audition, "audition", "child", "--written", "--against", str(path))
    assert str(told.value).startswith(str(path))
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_or_cannot_be_written_is_told_before_anything_is_heard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AuditionError, match="cannot be read"):
        run(audition, "audition", "child", "--written", "--against", str(tmp_path / "none.json"))
    with pytest.raises(AuditionError, match="there is no folder"):
        run(audition, "audition", "child", "--written", "--save", str(tmp_path / "no" / "a.json"))
    with pytest.raises(AuditionError, match="found a folder"):
        run(audition, "audition", "child", "--written", "--save", str(tmp_path))
    assert capsys.readouterr().out == ""


def test_a_candidate_that_nobody_waits_for_is_written_to_its_end_before_the_model_reads_on() -> None:
    fake = VoicedFake(lambda player: ("One two three.", "Four five six."))
    unhurried = Unhurried(fake)
    prompt = Prompt(system="", turns=(), player="hello")
    tokens: Generator[tuple[int, Token], None, None] = unhurried.candidates(prompt, Sampling(seed=1))
    assert next(tokens)[1].text == " One"
    tokens.close()
    unhurried.read(prompt)
    assert fake.events == ["asked", "written", "read"]


@pytest.mark.models
def test_the_model_says_the_same_again(
    smollm_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audition, "SCENES", (replace(SCENES[0], lines=SCENES[0].lines[:2]),))
    first, again = (heard(capsys)["replies"] for _ in range(2))
    assert [one["speaker"] for one in first].count("model") >= 1
    assert [one["text"] for one in first] == [one["text"] for one in again]
