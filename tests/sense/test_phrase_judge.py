"""The second judge of commands: its word pieces by a list made here, its decoder by the real model."""

from pathlib import Path

import numpy as np
import pytest

from game.sense.command_spotter import set_apart
from game.sense.ort_file import read_ort
from game.sense.phone_model import ENCODER, MODEL, WIDTH, PhoneModel, PhoneModelError, levelled
from game.sense.phrase_judge import PIECES, PhraseJudge, Pieces
from game.sense.speech_decoder import DECODER, SpeechDecoder
from npc.assets import asset
from npc.models import ModelMissing, ModelStore

SPACE = "\u2581"
LISTED = ("<unk>", "<s>", "</s>", *"abt!.,?", SPACE, "...", "at", f"{SPACE}b", "ba", "x" * 200)


def listed(*pieces: str) -> bytes:
    out = b""
    for piece in pieces:
        text = piece.encode()
        length = len(text)
        out += bytes([length]) if length < 128 else bytes([length % 128 + 128, length // 128])
        out += text
    return out


@pytest.fixture
def pieces(tmp_path: Path) -> Pieces:
    path = tmp_path / "tokenizer.bin"
    path.write_bytes(listed(*LISTED))
    return Pieces(path)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("bat", [f"{SPACE}b", "at"]),
        ("ab", [SPACE, "a", "b"]),
        ("bat bba", [f"{SPACE}b", "at", f"{SPACE}b", "ba"]),
    ],
)
def test_letters_are_joined_in_the_order_of_the_list(pieces: Pieces, text: str, parts: list[str]) -> None:
    assert pieces(text) == [LISTED.index(part) for part in parts]


def test_a_text_with_a_letter_that_is_no_piece_has_none(pieces: Pieces) -> None:
    assert pieces("baz") == []


def test_every_stop_may_end_a_text(pieces: Pieces) -> None:
    assert sorted(LISTED[end] for end in pieces.ends) == sorted(["</s>", ".", ",", "!", "?", "..."])


@pytest.mark.parametrize("data", [b"", b"\x05ab", listed(*"abc", SPACE), b"\x80"])
def test_a_list_that_is_none_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mine.bin"
    path.write_bytes(data)
    with pytest.raises(PhoneModelError, match=r"mine\.bin"):
        Pieces(path)


@pytest.mark.parametrize("data", [b"", b"\x00" * 64, b"\x10\x00\x00\x00ORTM" + b"\x00" * 8])
def test_a_decoder_that_is_none_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mine.ort"
    path.write_bytes(data)
    with pytest.raises(PhoneModelError, match=r"mine\.ort cannot be loaded"):
        SpeechDecoder(path)
    with pytest.raises(PhoneModelError, match=r"none\.ort cannot be loaded"):
        SpeechDecoder(tmp_path / "none.ort")


def file_of(name: str) -> Path:
    try:
        return ModelStore.default().file(MODEL, name)
    except ModelMissing:
        pytest.skip("the speech model is not here")


@pytest.fixture(scope="module")
def decoder() -> SpeechDecoder:
    return SpeechDecoder(file_of(DECODER))


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(40, WIDTH)).astype(np.float32)


def test_the_decoder_tells_what_onnxruntime_makes_of_the_same_file(
    decoder: SpeechDecoder, features: np.ndarray
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(str(file_of(DECODER)), providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs() if one.name.startswith("past_key_values.")]
    past = {name: np.zeros((1, 8, int(".encoder." in name), 52), np.float32) for name in names}
    ours = decoder(features, [1, 1000, 2000], [-1, 0, 1])
    for step, piece in enumerate([1, 1000, 2000]):
        out = session.run(None, {
            "input_ids": np.array([[piece]], np.int64), "encoder_hidden_states": features[None],
            "use_cache_branch": np.array([step > 0]), **past,
        })  # fmt: skip
        theirs = out[0][0, -1] - np.logaddexp.reduce(out[0][0, -1].astype(np.float64))
        assert ours[step] == pytest.approx(theirs, abs=2e-3)
        for one, value in zip(session.get_outputs()[1:], out[1:], strict=True):
            if step == 0 or ".decoder." in one.name:
                past[one.name.replace("present", "past_key_values")] = value


def test_what_is_beside_and_after_a_piece_does_not_change_it(
    decoder: SpeechDecoder, features: np.ndarray
) -> None:
    alone = decoder(features, [1, 1000, 2000], [-1, 0, 1])
    tree = decoder(features, [1, 500, 1000, 2000, 700], [-1, 0, 0, 2, 3])
    assert tree[[0, 2, 3]] == pytest.approx(alone, abs=1e-3)
    assert not np.allclose(tree[1], tree[2], atol=0.1)


def test_a_command_in_letters_that_the_decoder_does_not_know_is_not_judged(features: np.ndarray) -> None:
    known = PhraseJudge(file_of(DECODER), file_of(PIECES))(features, ["stop \ua66e", "stop"])
    assert known[0] == -np.inf
    assert np.isfinite(known[1])


def test_its_file_names_every_matrix_of_the_layers() -> None:
    model = read_ort(file_of(DECODER))
    used = {name for name in model.factors if name.startswith("/model/decoder/layers.7/")}
    assert len(used) >= 10
    assert model.numbers["model.decoder.embed_tokens.weight_merged_0_quantized"].shape == (32768, WIDTH)


@pytest.mark.parametrize(
    ("phrase", "others"),
    [("turn left", ("turn right", "left", "stop")), ("stop", ("stop it", "start", "stop talking"))],
)
def test_what_a_made_voice_says_is_the_most_probable(phrase: str, others: tuple[str, ...]) -> None:
    pytest.importorskip("piper")
    from game.cli.spoken import SPEAKERS, Speech

    try:
        speech = Speech(ModelStore.default())
    except ModelMissing:
        pytest.skip("the voice is not here")
    judge = PhraseJudge(file_of(DECODER), file_of(PIECES))
    model = PhoneModel(file_of(ENCODER), asset("phones.npz"))
    # The voice says it otherwise each time, and once in a while badly.
    said = [set_apart(levelled(speech.say(SPEAKERS[0], phrase.capitalize() + "."))) for _ in range(5)]
    known = np.array([judge(model.features(sound), [phrase, *others]) for sound in said])
    assert np.median(known[:, 0] - known[:, 1:].max(axis=1)) > 2.0
    assert (known <= 0.0).all()
