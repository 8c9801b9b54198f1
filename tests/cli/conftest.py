"""The bundled language model for the tests that need it; they skip where it is not in place."""

from pathlib import Path

import pytest

from npc.cast import MODEL
from npc.models import ModelMissing, ModelStore


@pytest.fixture
def smollm_model() -> Path:
    try:
        return ModelStore.default().file(*MODEL)
    except ModelMissing as missing:
        pytest.skip(str(missing))
