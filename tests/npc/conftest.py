"""Models for the tests that need one (they skip where it is not in place), and a Child that loads quickly."""

import shutil
from pathlib import Path

import pytest

from npc.models import ModelMissing, ModelStore
from npc.personality import Personality, load_personality
from tests.npc.fakes import PERSONALITIES


def _model(name: str, file: str) -> Path:
    try:
        return ModelStore.default().file(name, file)
    except ModelMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def piper_model() -> Path:
    return _model("piper-en-us-joe-medium", "en_US-joe-medium.onnx")


@pytest.fixture
def smollm_model() -> Path:
    return _model("smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Child with little dialogue."""
    folder = tmp_path_factory.mktemp("small") / "mine"
    source = PERSONALITIES / "child"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("dialogue", "adapter*"))
    (folder / "dialogue").mkdir()
    shortest = min((source / "dialogue").glob("*.txt"), key=lambda path: path.stat().st_size)
    shutil.copy(shortest, folder / "dialogue" / "mine.txt")
    return folder


@pytest.fixture(scope="session")
def brief(small: Path) -> Personality:
    return load_personality(small)
