"""Models for the tests that need one; they skip where it is not in place."""

from pathlib import Path

import pytest

from npc.models import ModelMissing, ModelStore


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
