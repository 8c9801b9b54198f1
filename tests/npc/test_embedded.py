"""The bundled model: loading, streaming, stopping. Only where the model is, but for its failures."""

from pathlib import Path

import pytest

from npc.adapters import sha256_of
from npc.backends.base import BackendError, Prompt, Sampling, Turn
from npc.backends.embedded import EmbeddedBackend
from npc.cast import load_backend, load_cast
from npc.contract import Question, Sentence
from npc.models import ModelMissing, ModelStore
from tests.npc.fakes import PERSONALITIES

ADAPTER = PERSONALITIES / "child" / "adapter.gguf"
PROMPT = Prompt(
    system="the Alien Child, echo hall",
    turns=(Turn(player="hi", reply="No."),),
    player="can you fly",
    hint="wary, answer",
)


def test_a_missing_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="cannot be read"):
        EmbeddedBackend(tmp_path / "none.gguf", adapter=ADAPTER)


def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"hello")
    with pytest.raises(BackendError, match="no GGUF"):
        EmbeddedBackend(path, adapter=ADAPTER)


def test_a_truncated_model_does_not_kill_the_process(tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(b"GGUF" + bytes(200))
    with pytest.raises(BackendError, match="cannot be loaded"):
        EmbeddedBackend(path, adapter=ADAPTER)


def test_a_store_without_the_model_leaves_the_written_lines() -> None:
    class Empty:
        def file(self, model: str, name: str, /) -> Path:
            raise ModelMissing("The language model is missing.")

    found = load_backend(None, Empty(), folder=PERSONALITIES / "child")
    assert found == (None, "The language model is missing.")


def test_an_address_that_is_none_leaves_the_written_lines() -> None:
    backend, fault = load_backend("ftp://nowhere", None, folder=PERSONALITIES)
    assert backend is None
    assert fault is not None
    assert "no address" in fault


@pytest.mark.models
def test_it_speaks_the_same_for_the_same_seed_and_stops_when_told(smollm_model: Path) -> None:
    backend = EmbeddedBackend(smollm_model, adapter=ADAPTER, parallel=2, remembers=False)
    try:
        backend.warm(PROMPT)

        def written() -> list[str]:
            replies = ["", ""]
            for index, token in backend.candidates(PROMPT, Sampling(seed=5, max_tokens=12)):
                replies[index] += token.text
            return replies

        backend.read(PROMPT)
        first = written()
        assert first == written()
        assert first[0] != first[1]
        assert "\n" not in "".join(first)
        stream = backend.candidates(PROMPT, Sampling(seed=5, max_tokens=400))
        assert next(stream)
        stream.close()
    finally:
        backend.close()
    with pytest.raises(BackendError, match="closed"):
        next(backend.candidates(PROMPT, Sampling(seed=5)))


@pytest.mark.models
def test_what_must_not_be_written_is_not_written(smollm_model: Path) -> None:
    short = Prompt(system="the Alien Child, echo hall", turns=(), player="hi", hint="wary, tease: It's late.")
    backend = EmbeddedBackend(smollm_model, adapter=ADAPTER, remembers=False)

    def written(without: tuple[str, ...]) -> str:
        sampling = Sampling(seed=1, max_tokens=12, temperature=0.0, without=without)
        return "".join(backend.stream(short, sampling))

    try:
        assert "'s" in written(())
        assert "'s" not in written(("'s",))
    finally:
        backend.close()


@pytest.mark.models
def test_the_child_speaks_with_a_voice_of_its_own(smollm_model: Path) -> None:
    backend, fault = load_backend(None, ModelStore.default(), folder=PERSONALITIES / "child", threads=2)
    assert fault is None
    assert isinstance(backend, EmbeddedBackend)
    replies = [""] * backend.parallel
    ended = set()
    try:
        for index, token in backend.candidates(PROMPT, Sampling(seed=3)):
            replies[index] += token.text
            assert token.likelihood is None or token.likelihood <= 0.0
            if token.last:
                ended.add(index)
    finally:
        backend.close()
    assert all(reply.lstrip().startswith("[") for reply in replies)
    assert ended == set(range(backend.parallel))


@pytest.mark.models
def test_the_whole_cast_is_ready_and_answers(smollm_model: Path) -> None:
    folders = {part: PERSONALITIES / part for part in ("child", "companion")}
    cast = load_cast(folders, None, ModelStore.default())
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
def test_an_adapter_of_another_model_leaves_the_written_lines(tmp_path: Path, smollm_model: Path) -> None:
    (tmp_path / "adapter.gguf").write_bytes(b"GGUF")
    whole = sha256_of(tmp_path / "adapter.gguf")
    (tmp_path / "adapter.toml").write_text(
        f'base = "x.gguf"\nbase_sha256 = "{"0" * 64}"\nadapter_sha256 = "{whole}"\n'
    )
    backend, fault = load_backend(None, ModelStore.default(), folder=tmp_path)
    assert backend is None
    assert fault is not None
    assert "another x.gguf" in fault


def test_without_an_adapter_the_written_lines_speak(tmp_path: Path) -> None:
    assert load_backend(None, ModelStore.default(), folder=tmp_path) == (None, None)
