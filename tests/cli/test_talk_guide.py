"""What the guide for writers of characters lists is what the code knows."""

import re
import tomllib
from typing import Final

import pytest

from game.present.child_gestures import GESTURES
from game.world.story import CHILD_LINES
from npc import checks
from npc.kinds import Kind
from npc.lines_file import SLOTS
from npc.personality import ACTIONS, ACTS, DARES
from tests.npc.fakes import PERSONALITIES

GUIDE: Final = (PERSONALITIES / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return re.split(r"^## ", GUIDE.partition(f"\n## {title}\n")[2], flags=re.MULTILINE)[0]


def listed(lead: str) -> set[str]:
    """The names that a line of the guide lists behind its lead."""
    found = re.search(rf"^- {lead}[^:]*: ([^.;]*)", GUIDE, flags=re.MULTILINE)
    assert found is not None, lead
    return set(re.findall(r"[A-Za-z_]+", found.group(1)))


@pytest.mark.parametrize(
    ("lead", "names"),
    [
        ("Gestures of the Child's body", set(GESTURES)),
        ("Actions", set(ACTIONS) - {"none"}),
    ],
)
def test_lists_are_whole(lead: str, names: set[str]) -> None:
    assert listed(lead) == {str(name) for name in names}


def test_kinds_acts_dares_and_slots_are_all_named() -> None:
    assert all(re.search(rf"\b{name}\b", section("Dialogue")) for name in (*ACTS, *Kind))
    assert set(DARES) <= set(re.findall(r"\w+", GUIDE.partition("- Dares: ")[2].partition("\n")[0]))
    assert all(f"`{{{slot}}}`" in GUIDE for slot in SLOTS)


def test_every_check_and_every_line_of_the_story_is_explained() -> None:
    names = {name for name, _ in checks._CHECKS} | {
        "too_short",
        "unfinished",
        "elsewhere",
        "unsaid",
        "copied",
    }
    rows = set(re.findall(r"^\| (\w+) \|", section("Reading the trace"), flags=re.MULTILINE))
    assert names <= rows
    assert all(key in section("lines.toml") for key in CHILD_LINES)


def test_every_key_of_a_personality_is_explained() -> None:
    keys = set(tomllib.loads((PERSONALITIES / "child" / "personality.toml").read_text(encoding="utf-8")))
    rows = set(re.findall(r"^\| (\w+) \|", section("personality.toml"), flags=re.MULTILINE))
    assert rows - {"key"} == keys
