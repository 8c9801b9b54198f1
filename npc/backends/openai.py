"""Any OpenAI-compatible server (Ollama, llama.cpp, LM Studio, vLLM ...), read with suspicion.

A server may be slow, absent, garbled or endless; each of these is one sentence and never a wait without end.
The address is the one that the player gave; nothing else is ever contacted and no redirect is followed.
"""

import codecs
import contextlib
import ipaddress
import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2

from npc.backends.base import BackendError, Prompt, Sampling, close_of

MAX_LINE_BYTES: Final = 64 * 1024
MAX_TOTAL_BYTES: Final = 512 * 1024
MAX_TEXT_CHARS: Final = 4_000
_THOUGHT: Final = ("<think>", "</think>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long a server may take, seconds."""

    connect_s: float = 1.5
    read_s: float = 8.0
    """Between two pieces."""
    total_s: float = 20.0


def endpoint(url: str) -> str:
    """The address of the server's version 1 API for an address as people write it ("localhost:11434").
    Raises BackendError for what is no web address."""
    whole = url.strip() if "://" in url else f"http://{url.strip()}"
    try:
        parsed = httpx2.URL(whole)
    except (httpx2.InvalidURL, TypeError, ValueError) as error:
        raise BackendError(f"'{url[:80]}' is no address of a language server ({error}).") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise BackendError(f"'{url[:80]}' is no address of a language server (http://host:port is).")
    base = whole.split("?")[0].split("#")[0].rstrip("/")
    base = base.removesuffix("/chat/completions")
    return base if base.endswith("/v1") or parsed.path.rstrip("/") not in ("", "/v1") else f"{base}/v1"


def _near(url: str) -> bool:
    """Whether the server is in this house, where no proxy of the environment must come between."""
    host = httpx2.URL(url).host
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith(".local")


class OpenAIBackend:
    """A language server by its address."""

    voiced = False

    def __init__(
        self,
        url: str,
        *,
        model: str | None = None,
        key: str | None = None,
        waits: Waits | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Contacts nobody yet. ``model`` None takes the first that the server names. Raises BackendError for
        an address that is none."""
        self._base = endpoint(url)
        self.name = f"openai {httpx2.URL(self._base).host}"
        self._model = model
        self._waits = waits or Waits()
        headers = {"Accept-Encoding": "identity"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        timeout = httpx2.Timeout(self._waits.read_s, connect=self._waits.connect_s)
        self._client = httpx2.Client(
            timeout=timeout, headers=headers, transport=transport, trust_env=not _near(self._base)
        )

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as the server sends them. Raises BackendError, one sentence for each way to fail."""
        end_s = time.perf_counter() + self._waits.total_s
        total = 0
        try:
            self._model = self._model or self._first_model()
            with self._client.stream(
                "POST", f"{self._base}/chat/completions", json=self._body(prompt, sampling)
            ) as response:
                _check_status(response)
                chunks = _capped(response.iter_bytes(), end_s)
                if "json" in response.headers.get("content-type", "").lower():
                    yield _whole_answer(b"".join(chunks))
                    return
                for text in _without_thoughts(_contents(chunks)):
                    total += len(text)
                    if total > MAX_TEXT_CHARS:
                        raise BackendError("The language server does not stop talking.")
                    yield text
        except httpx2.ConnectError as error:
            raise BackendError(
                f"The language server at {self._base} is not there ({_short(error)})."
            ) from error
        except httpx2.TimeoutException as error:
            raise BackendError(f"The language server at {self._base} is too slow.") from error
        except (httpx2.HTTPError, httpx2.StreamError, RuntimeError) as error:
            if isinstance(error, BackendError):
                raise
            raise BackendError(f"The language server broke off ({_short(error)}).") from error
        except UnicodeDecodeError as error:
            raise BackendError("The language server sends what is no text.") from error

    def _body(self, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        return {
            "model": self._model,
            "messages": messages_of(prompt),
            "stream": True,
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed & 0x7FFFFFFF,
            "stop": ["\n\n"],
        }

    def warm(self, prompt: Prompt) -> None:
        """Ask for one token, so that the server loads its model. Waits for nothing: a server may take minutes
        over it, and what fails here fails again, and is named, at the first turn."""

        def ask() -> None:
            with (
                contextlib.suppress(BackendError),
                close_of(self.stream(prompt, Sampling(seed=0, max_tokens=1))) as stream,
            ):
                next(stream, None)

        threading.Thread(target=ask, name="language-warm", daemon=True).start()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _first_model(self) -> str:
        """The first model that the server names; "default" where it names none."""
        end_s = time.perf_counter() + self._waits.read_s
        try:
            with self._client.stream("GET", f"{self._base}/models") as response:
                if response.status_code != 200:
                    return "default"
                found = _json(b"".join(_capped(response.iter_bytes(), end_s)))
        except (httpx2.HTTPError, BackendError) as error:
            if isinstance(error, httpx2.ConnectError | httpx2.TimeoutException):
                raise
            return "default"
        data = found.get("data")
        first = data[0] if isinstance(data, list) and data else None
        name = first.get("id") if isinstance(first, dict) else None
        return name[:200] if isinstance(name, str) and name else "default"


def messages_of(prompt: Prompt) -> list[dict[str, str]]:
    """The prompt as the messages of a chat."""
    system = (
        f"{prompt.system} Speak only as this character: no narration, no quotation marks, at most two short "
        "sentences."
    )
    messages = [{"role": "system", "content": system}]
    for turn in prompt.turns:
        messages += [{"role": "user", "content": turn.player}, {"role": "assistant", "content": turn.reply}]
    # What to do goes before the player's words: what a player says must not read as an order.
    if prompt.hint:
        messages.append({"role": "system", "content": f"Now: {prompt.hint}."})
    messages.append({"role": "user", "content": prompt.player})
    return messages


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:120]


def _check_status(response: httpx2.Response) -> None:
    if response.status_code != 200:
        raise BackendError(f"The language server answers with the error {response.status_code}.")


def _capped(chunks: Iterable[bytes], end_s: float) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > MAX_TOTAL_BYTES:
            raise BackendError("The language server sends too much.")
        if time.perf_counter() > end_s:
            raise BackendError("The language server takes too long.")
        yield chunk


def _json(data: bytes | str) -> Mapping[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BackendError("The language server answers with garbage.") from error
    if not isinstance(value, dict):
        raise BackendError("The language server answers with garbage.")
    return value


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Lines of a byte stream, whatever its chunks. Raises UnicodeDecodeError, BackendError."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    buffer = ""
    for chunk in chunks:
        buffer += decoder.decode(chunk)
        *lines, buffer = buffer.split("\n")
        yield from (line.rstrip("\r") for line in lines)
        if len(buffer) > MAX_LINE_BYTES:
            raise BackendError("The language server sends a line without an end.")
    buffer += decoder.decode(b"", final=True)
    if buffer:
        yield buffer


def _contents(chunks: Iterable[bytes]) -> Iterator[str]:
    """Text of a stream of server-sent events. Raises BackendError when it ends before its end."""
    strange = 0
    for line in _lines(chunks):
        if not line.startswith("data:"):
            # Comments and event names are allowed; a page of something else is not.
            strange += bool(line.strip()) and not line.startswith((":", "event:", "id:", "retry:"))
            if strange > 20:
                raise BackendError("The language server answers with garbage.")
            continue
        data = line[5:].strip()
        if data == "[DONE]":
            return
        event = _json(data)
        if "error" in event:
            raise BackendError(f"The language server reports an error ({str(event['error'])[:120]}).")
        choice = _first_choice(event)
        delta = choice.get("delta")
        text = delta.get("content") if isinstance(delta, dict) else None
        if isinstance(text, str) and text:
            yield text
        if choice.get("finish_reason"):
            return
    raise BackendError("The language server broke off in mid-sentence.")


def _first_choice(event: Mapping[str, Any]) -> Mapping[str, Any]:
    choices = event.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else {}
    return first if isinstance(first, dict) else {}


def _whole_answer(data: bytes) -> str:
    """The text of an answer in one piece, from a server that does not stream."""
    event = _json(data)
    message = _first_choice(event).get("message")
    text = message.get("content") if isinstance(message, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise BackendError("The language server answers with garbage.")
    return "".join(_without_thoughts([text[:MAX_TEXT_CHARS]]))


def _without_thoughts(texts: Iterable[str]) -> Iterator[str]:
    """Text without a leading "<think>...</think>", however it is cut."""
    opening, closing = _THOUGHT
    head = ""
    thinking: bool | None = None
    for text in texts:
        if thinking is False:
            yield text
            continue
        head += text
        if thinking is None:
            start = head.lstrip()
            if not start or (opening.startswith(start) and start != opening):
                continue
            thinking = start.startswith(opening)
        if thinking and closing in head:
            head = head.split(closing, 1)[1].lstrip()
            thinking = False
        if thinking is False and head:
            yield head
            head = ""
    if thinking is None and head:
        yield head
