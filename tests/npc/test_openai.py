"""Every way in which a language server can misbehave is one sentence."""

import json
from collections.abc import Callable, Iterator

import httpx2
import pytest

from npc.backends.base import BackendError, Prompt, Sampling
from npc.backends.openai import OpenAIBackend, Waits, endpoint, messages_of

PROMPT = Prompt(system="A play.", turns=(), player="hello", hint="tease them")
SSE = {"content-type": "text/event-stream"}


def event(text: str, **more: object) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": text}, **more}]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


class Chunks(httpx2.SyncByteStream):
    """A body in pieces; an Exception among them is raised there."""

    def __init__(self, *chunks: bytes | Exception) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk


class Endless(httpx2.SyncByteStream):
    def __init__(self, chunk: bytes) -> None:
        self._chunk = chunk

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield self._chunk


def backend(answer: Callable[[httpx2.Request], httpx2.Response]) -> OpenAIBackend:
    return OpenAIBackend(
        "http://localhost:1/v1", model="m", waits=Waits(total_s=5.0), transport=httpx2.MockTransport(answer)
    )


def streamed(*chunks: bytes | Exception) -> OpenAIBackend:
    return backend(lambda request: httpx2.Response(200, headers=SSE, stream=Chunks(*chunks)))


def said(server: OpenAIBackend) -> str:
    return "".join(server.stream(PROMPT, Sampling(seed=1)))


def test_text_arrives_however_the_bytes_are_cut() -> None:
    whole = event("Hé ") + event("llo.") + DONE
    for cut in range(1, len(whole)):
        assert said(streamed(whole[:cut], whole[cut:])) == "Hé llo."


def test_comments_event_names_and_windows_line_ends_are_read_over() -> None:
    body = b": ping\r\nevent: x\r\n" + event("Hi.").replace(b"\n", b"\r\n") + DONE
    assert said(streamed(body)) == "Hi."


def test_a_finish_reason_ends_the_reply_as_well() -> None:
    assert said(streamed(event("Hi."), event("", finish_reason="stop"))) == "Hi."


def test_thoughts_are_not_spoken() -> None:
    assert said(streamed(event("<thi"), event("nk>I am a mo"), event("del</think>\nHi."), DONE)) == "Hi."


def test_a_server_that_does_not_stream_is_understood() -> None:
    whole = {"choices": [{"message": {"content": "Hi."}}]}
    assert said(backend(lambda request: httpx2.Response(200, json=whole))) == "Hi."


@pytest.mark.parametrize(
    ("chunks", "words"),
    [
        ((event("Hel"),), "broke off in mid-sentence"),
        ((event("Hel"), httpx2.ReadError("reset")), "broke off"),
        ((event("Hel"), httpx2.RemoteProtocolError("incomplete")), "broke off"),
        ((httpx2.ReadTimeout("slow"),), "too slow"),
        ((b"data: {not json\n\n",), "garbage"),
        ((b"data: [1, 2]\n\n",), "garbage"),
        ((b"data: " + b"[" * 50_000 + b"\n\n",), "garbage"),
        ((b"<html>\n" * 40,), "garbage"),
        ((b"data: \xff\xfe\n\n",), "no text"),
        ((b'data: {"error": {"message": "out of memory"}}\n\n',), "out of memory"),
    ],
)
def test_a_broken_stream_is_one_sentence(chunks: tuple[bytes | Exception, ...], words: str) -> None:
    with pytest.raises(BackendError, match=words):
        said(streamed(*chunks))


@pytest.mark.parametrize(
    ("chunk", "words"),
    [
        (b"x" * 8192, "without an end"),
        (event("la "), "does not stop|too much"),
        (b": p\n" * 2000, "too much"),
    ],
)
def test_an_endless_stream_ends(chunk: bytes, words: str) -> None:
    with pytest.raises(BackendError, match=words):
        said(backend(lambda request: httpx2.Response(200, headers=SSE, stream=Endless(chunk))))


@pytest.mark.parametrize("status", [301, 401, 404, 429, 500, 503])
def test_an_error_status_is_one_sentence(status: int) -> None:
    headers = {"location": "http://elsewhere.example/"}
    with pytest.raises(BackendError, match=str(status)):
        said(backend(lambda request: httpx2.Response(status, headers=headers)))


def test_an_absent_server_is_one_sentence() -> None:
    def absent(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("Connection refused", request=request)

    with pytest.raises(BackendError, match="is not there"):
        said(backend(absent))


def test_the_first_model_of_the_server_is_taken() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/models"):
            return httpx2.Response(200, json={"data": [{"id": "tiny"}]})
        asked.append(json.loads(request.content)["model"])
        return httpx2.Response(200, headers=SSE, stream=Chunks(event("Hi."), DONE))

    server = OpenAIBackend("localhost:1", transport=httpx2.MockTransport(answer))
    assert said(server) == "Hi."
    assert asked == ["tiny"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("localhost:11434", "http://localhost:11434/v1"),
        ("http://box:8080/", "http://box:8080/v1"),
        ("http://box/v1", "http://box/v1"),
        ("http://box/v1/chat/completions", "http://box/v1"),
        ("https://box/api/v3", "https://box/api/v3"),
    ],
)
def test_addresses_as_people_write_them(written: str, meant: str) -> None:
    assert endpoint(written) == meant


@pytest.mark.parametrize("written", ["", "ftp://box", "http://", "file:///etc/passwd", "http://[::1"])
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(BackendError, match="no address"):
        endpoint(written)


def test_what_the_player_says_stands_last_and_alone() -> None:
    messages = messages_of(PROMPT)
    assert messages[-1] == {"role": "user", "content": "hello"}
    assert "tease" not in messages[-1]["content"]
