"""Hostile text in a personality's own files."""

import json
import re
import shutil
from pathlib import Path

import pytest

from npc.character import Character, exchange_of
from npc.checks import Context, failed
from npc.contract import Exchange
from npc.dialogue import Line
from npc.parse import clean
from npc.personality import Personality, load_personality
from npc.tables import PersonalityError
from npc.wordlists import SEXUAL
from tests.npc.injections import (
    SMALL_TALK,
    Injection,
    assert_holds,
    injections,
    letters,
    named,
    question_of,
    replied,
)
from tests.npc.obeying import Obeying, ObeyingVoice


def _toml(text: str) -> str:
    """As a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _dialogue(reply: str) -> str:
    said = "".join(f"player: {text}\ntease: [stare] {reply}\n\n" for text in SMALL_TALK)
    return f"== wary | echo hall\n\n{said}"


def _evening(personality: Personality, *backends: Obeying) -> str:
    """Words of an evening of small talk, every reply of which holds; the models take turns, or there is
    none."""
    characters = [Character(personality, backend) for backend in backends or (None,)]
    told: list[str] = []
    history: tuple[Exchange, ...] = ()
    for turn, text in enumerate(SMALL_TALK):
        question = question_of(text, turn + 1, turn=turn, trust=turn * 5.0, history=history[-2:])
        said = replied(characters[turn % len(characters)], question)
        act = assert_holds(personality, question, said).act
        told += [sentence.text for sentence in said]
        history = (*history, exchange_of(question, said, act))
    return " ".join(told)


def _some(text: str) -> str:
    """Letters by which a line would be known; where it has none, what no evening can hold."""
    return letters(text)[:200] or "*"


def _wrong(personality: Personality, text: str) -> bool:
    """Whether a written line is one that may never be said."""
    return failed(Line.parse(text).text, Context(heard="", unseen=personality.unseen)) is not None


def _change(path: Path, pattern: str, new: str, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    changed, times = re.subn(pattern, lambda match: match.expand(r"\1") + new, text, count=count, flags=re.M)
    assert times
    path.write_text(changed, encoding="utf-8")


@pytest.fixture
def mine(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "mine"))


def _loaded(folder: Path, place: str) -> Personality | None:
    """The personality, or None where loading fails with a sentence that names the place."""
    try:
        return load_personality(folder)
    except PersonalityError as error:
        complaint = str(error)
    assert re.search(place, complaint), complaint
    return None


@pytest.mark.parametrize("injection", named(injections("personality")))
def test_hostile_written_lines_are_refused_or_never_said(mine: Path, injection: Injection) -> None:
    begun = r"^((?:any|hostile|wary|warming|friend) = \[)"
    _change(mine / "lines.toml", begun, f"{_toml(injection.text)}, ", 0)
    personality = _loaded(mine, r"lines\.toml: lines?\b")
    if personality is None:
        return
    assert _wrong(personality, injection.text)
    assert _some(injection.text) not in letters(_evening(personality))
    why = failed(Line.parse(injection.text).text, Context(heard=""))
    if why in ("blocked", "leak", "out_of_role", "markup"):
        assert any(note.startswith("lines.toml: reply.greeting.hostile: ") for note in personality.notes)


def test_a_line_of_the_story_is_refused_like_any_other(mine: Path) -> None:
    _change(mine / "lines.toml", r"^(what_are_you_looking_at = \[).*\]$", f'"You look {SEXUAL[1]}."]')
    assert _loaded(mine, r"lines\.toml: what_are_you_looking_at: ") is None


@pytest.mark.parametrize("injection", named(injections("personality")))
def test_hostile_dialogue_is_refused_or_left_out_and_noted(mine: Path, injection: Injection) -> None:
    (mine / "dialogue" / "mine.txt").write_text(_dialogue(injection.text), encoding="utf-8")
    personality = _loaded(mine, r"mine\.txt, line \d+: ")
    if personality is None:
        return
    assert len(personality.dialogue) == 0
    assert len(personality.notes) == len(SMALL_TALK)
    assert personality.notes[0].startswith("mine.txt, line 3: ")
    assert _some(injection.text) not in letters(_evening(personality))


@pytest.mark.parametrize("injection", named(injections("personality")))
def test_a_hostile_name_about_and_prompt_are_never_said(mine: Path, injection: Injection) -> None:
    path, text = mine / "personality.toml", _toml(injection.text)
    for key in ("name", "about", "prompt"):
        _change(path, rf"^({key} = ).*$", text)
    personality = _loaded(mine, r"personality\.toml: (?:name|about|prompt): ")
    if personality is None:
        return
    voiced = ObeyingVoice([injection.text, f"Well. {injection.text}"])
    heard = letters(_evening(personality, Obeying(injection.text), voiced))
    assert not _wrong(personality, clean(injection.text)[0]) or _some(injection.text) not in heard


@pytest.mark.parametrize("key", ["gestures", "actions"])
@pytest.mark.parametrize("injection", named(injections("personality")))
def test_a_hostile_gesture_or_action_is_refused(mine: Path, injection: Injection, key: str) -> None:
    _change(mine / "personality.toml", rf"^({key} = \[)", f"{_toml(injection.text)}, ")
    assert _loaded(mine, rf"personality\.toml: {key}: ") is None
