"""Which recogniser of commands there is on a machine that lacks something."""

from pathlib import Path

import pytest

from game.sense.command_grammar import GrammarSpotter
from game.sense.commands_file import CommandSet, load_commands
from game.sense.spotters import Recogniser, load_spotter
from npc.assets import asset
from npc.manifest import parse_manifest
from npc.models import ModelStore


@pytest.fixture
def empty(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path, parse_manifest(asset("models.toml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def commands() -> CommandSet:
    return load_commands(asset("commands.toml"))


def test_without_its_model_commands_are_heard_by_grammar_and_a_sentence_says_so(
    empty: ModelStore, commands: CommandSet
) -> None:
    faults: list[str] = []
    assert isinstance(load_spotter(empty, commands, faults.append), GrammarSpotter)
    (fault,) = faults
    assert fault.startswith("Commands are heard less well: The model moonshine-base-en is not here yet")


def test_the_grammar_can_be_wanted(empty: ModelStore, commands: CommandSet) -> None:
    faults: list[str] = []
    assert isinstance(load_spotter(empty, commands, faults.append, wanted=Recogniser.GRAMMAR), GrammarSpotter)
    assert not faults
