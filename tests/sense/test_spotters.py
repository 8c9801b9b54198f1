"""Which recogniser of commands there is on a machine that lacks something."""

from pathlib import Path

import pytest

from game.sense.command_grammar import GrammarSpotter
from game.sense.command_spotter import CommandSpotter
from game.sense.commands_file import CommandSet, load_commands
from game.sense.phone_model import ENCODER, MODEL
from game.sense.spotters import Recogniser, load_spotter
from npc.assets import asset
from npc.manifest import parse_manifest
from npc.models import ModelMissing, ModelStore


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


def test_without_the_decoder_the_phones_alone_decide_and_a_sentence_says_so(
    tmp_path: Path, empty: ModelStore, commands: CommandSet
) -> None:
    try:
        encoder = ModelStore.default().file(MODEL, ENCODER)
    except ModelMissing:
        pytest.skip("the speech model is not here")
    (tmp_path / MODEL).mkdir()
    (tmp_path / MODEL / ENCODER).symlink_to(encoder)
    faults: list[str] = []
    assert isinstance(load_spotter(empty, commands, faults.append), CommandSpotter)
    (fault,) = faults
    assert fault.startswith("Commands are told less surely in noise: The model moonshine-base-en is not here")


def test_the_grammar_can_be_wanted(empty: ModelStore, commands: CommandSet) -> None:
    faults: list[str] = []
    assert isinstance(load_spotter(empty, commands, faults.append, wanted=Recogniser.GRAMMAR), GrammarSpotter)
    assert not faults
