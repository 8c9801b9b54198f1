"""The bundled model: loading, streaming, stopping. Only where the model is, but for its failures."""

from pathlib import Path

import pytest

from npc.adapters import sha256_of
from npc.backends.base import BackendError, Prompt, Sampling, Turn
from npc.backends.embedded import EmbeddedBackend, script_of
from npc.cast import load_backend, load_cast
from npc.contract import Question, Sentence
from npc.models import ModelMissing, ModelStore
from tests.npc.fakes import PERSONALITIES

PROMPT = Prompt(system="A play.", turns=(Turn(player="hi", reply="No."),), player="hello", hint="tease them")


def test_the_prompt_begins_alike_in_every_turn() -> None:
    one = script_of(PROMPT)
    two = script_of(Prompt(system="A play.", turns=PROMPT.turns, player="what", hint="insult them"))
    same = len("A play.\n\nLOST PERSON: hi\nALIEN: No.\nLOST PERSON: ")
    assert one[:same] == two[:same]
    assert one.endswith("ALIEN (tease them):")


def test_a_missing_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="cannot be read"):
        EmbeddedBackend(tmp_path / "none.gguf")


def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"hello")
    with pytest.raises(BackendError, match="no GGUF"):
        EmbeddedBackend(path)


def test_a_truncated_model_does_not_kill_the_process(tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(b"GGUF" + bytes(200))
    with pytest.raises(BackendError, match="cannot be loaded"):
        EmbeddedBackend(path)


def test_a_store_without_the_model_leaves_the_written_lines() -> None:
    class Empty:
        def file(self, model: str, name: str, /) -> Path:
            raise ModelMissing("The language model is missing.")

    assert load_backend(None, Empty()) == (None, "The language model is missing.")


def test_an_address_that_is_none_leaves_the_written_lines() -> None:
    backend, fault = load_backend("ftp://nowhere", None)
    assert backend is None
    assert fault is not None
    assert "no address" in fault


@pytest.mark.models
def test_it_speaks_the_same_for_the_same_seed_and_stops_when_told(smollm_model: Path) -> None:
    backend = EmbeddedBackend(smollm_model)
    try:
        backend.warm(PROMPT)
        first = "".join(backend.stream(PROMPT, Sampling(seed=5, max_tokens=12)))
        again = "".join(backend.stream(PROMPT, Sampling(seed=5, max_tokens=12)))
        assert first == again
        assert "\n" not in first
        stream = backend.stream(PROMPT, Sampling(seed=5, max_tokens=400))
        assert next(stream)
        stream.close()  # type: ignore[attr-defined]
    finally:
        backend.close()
    with pytest.raises(BackendError, match="closed"):
        next(backend.stream(PROMPT, Sampling(seed=5)))


@pytest.mark.models
def test_the_child_speaks_with_a_voice_of_its_own(smollm_model: Path) -> None:
    backend, fault = load_backend(None, ModelStore.default(), folder=PERSONALITIES / "child")
    assert fault is None
    assert isinstance(backend, EmbeddedBackend)
    assert backend.voiced
    prompt = Prompt(system="the Alien Child, echo hall", turns=(), player="can you fly", hint="wary, answer")
    try:
        tokens = list(backend.tokens(prompt, Sampling(seed=3)))
        assert "".join(token.text for token in tokens).lstrip().startswith("[")
        ids = [token.id for token in tokens if token.id is not None]
        told = [token.likelihood for token in tokens if token.likelihood is not None]
        again = list(backend.likelihood(prompt, ids[:3], range(3)))
        assert again == pytest.approx(told[:3], abs=0.1)
    finally:
        backend.close()


@pytest.mark.models
def test_the_whole_cast_is_ready_and_answers(smollm_model: Path) -> None:
    cast = load_cast(PERSONALITIES, None, ModelStore.default())
    child = cast["child"]
    try:
        child.warm()
        events = list(child.reply(Question(turn=0, character="child", text="can you fly")))
        assert any(isinstance(event, Sentence) for event in events)
        assert cast["companion"].backend is None
    finally:
        for character in cast.values():
            character.close()


@pytest.mark.models
def test_an_adapter_of_another_model_leaves_the_model_as_it_comes(tmp_path: Path, smollm_model: Path) -> None:
    (tmp_path / "adapter.gguf").write_bytes(b"GGUF")
    whole = sha256_of(tmp_path / "adapter.gguf")
    (tmp_path / "adapter.toml").write_text(
        f'base = "x.gguf"\nbase_sha256 = "{"0" * 64}"\nadapter_sha256 = "{whole}"\n'
    )
    backend, fault = load_backend(None, ModelStore.default(), folder=tmp_path)
    assert isinstance(backend, EmbeddedBackend)
    assert not backend.voiced
    assert fault is not None
    assert "trained on another x.gguf" in fault
    backend.close()
