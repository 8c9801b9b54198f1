"""The bundled language model, in this process: llama.cpp behind xllamacpp, on the processor.

The prompt is plain text of a fixed form, so that everything up to the newest lines stays in the model's
memory and the first token comes at once.
"""

import queue
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final

from npc.backends.base import BackendError, Prompt, Sampling, Token, close_of
from npc.script import script_before, script_of_turn

CONTEXT_TOKENS: Final = 512
"""For each of the parallel replies."""
STOPS: Final = ("\n", "<|im_end|>", "<|im_start|>", "<|endoftext|>")
_VARIED: Final = {
    "dry_multiplier": 0.5,
    "dry_base": 2.0,
    "dry_allowed_length": 4,
    "dry_penalty_last_n": CONTEXT_TOKENS,
    "dry_sequence_breakers": ["\n"],
}
"""The sampler "don't repeat yourself" of llama.cpp: behind four tokens that stand in the prompt in this
order, the fifth of that run becomes less likely, and each further one still less. It goes through all its
words for each mark that breaks a run, at every request: one mark, not its usual four (60 ms)."""
_GGUF: Final = b"GGUF"
_END: Final = object()


class EmbeddedBackend:
    """SmolLM2 (or any GGUF) with the adapter of a character."""

    name = "embedded"
    voiced = True

    def __init__(
        self,
        model: Path,
        *,
        adapter: Path | None = None,
        threads: int = 1,
        parallel: int = 1,
        remembers: bool = True,
    ) -> None:
        """Loads the model (about a second), with an adapter where that is not merged into it. One that
        ``remembers`` reads what it has read before only once; one that does not is slower, and writes the
        same for the same seed whatever it was asked before. Raises BackendError for a file that is missing or
        is no model."""
        self.parallel = parallel
        self._at_work: dict[threading.Thread, threading.Event] = {}
        """Threads inside llama.cpp, and what stops each."""
        self._starts = threading.Lock()
        self._remembers = remembers
        for path in (model, adapter):
            if path is not None:
                _check_gguf(path)
        try:
            import xllamacpp
        except ImportError as error:
            raise BackendError(f"The language model's library cannot be loaded ({error}).") from error
        params = xllamacpp.CommonParams()
        params.model.path = str(model)
        params.n_ctx = CONTEXT_TOKENS * parallel
        params.n_parallel = parallel
        params.cpuparams.n_threads = threads
        # A second thread for reading would wait, turning, for the first at every step of every layer, and
        # the first for it: beside a voice that needs that core it took a second instead of a fifth of one.
        params.cpuparams_batch.n_threads = threads
        params.n_gpu_layers = 0
        # Whoever says a line in hand says words that stand in the prompt. Behind two of them, those that
        # follow there are guessed and read in one go (prompt lookup decoding, Saxena 2023): the same text in
        # a fifth less time.
        params.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
        params.speculative.ngram_simple.size_n = 2
        params.speculative.ngram_simple.size_m = 12
        params.speculative.ngram_simple.min_hits = 1
        params.warmup = False
        params.endpoint_metrics = True  # asked once, below
        params.verbosity = -1  # llama.cpp's own log would fill the player's terminal
        if adapter is not None:
            info = xllamacpp.CommonAdapterLoraInfo()
            info.path = str(adapter)
            info.scale = 1.0
            params.lora_adapters = [info]
        try:
            self._server: Any = xllamacpp.Server(params)
        except (RuntimeError, ValueError, OSError) as error:
            raise BackendError(f"The language model {model.name} cannot be loaded ({error}).") from error
        # The server answers this in its own thread, so that one runs from here on. A server that is freed
        # before its thread has begun waits for it for ever.
        self._server.handle_metrics()

    def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
        """``parallel`` replies at once; the prompt is read once for all of them."""
        request = self._request(prompt, sampling) | {"logprobs": 1, "n": self.parallel}
        for chunk in self._answers(request):
            yield from _tokens_of(chunk)

    def stream(self, prompt: Prompt, sampling: Sampling) -> Generator[str, None, None]:
        """Pieces of text as the model makes them; closing the generator stops it at its next token."""
        for chunk in self._answers(self._request(prompt, sampling)):
            for _, token in _tokens_of(chunk):
                if token.text:
                    yield token.text

    def read(self, prompt: Prompt) -> None:
        """Read what of the prompt is known before the player speaks."""
        if not self._remembers:
            return
        request = self._request(prompt, Sampling(seed=0, max_tokens=0)) | {"prompt": script_before(prompt)}
        for _ in self._answers(request):
            pass

    def _request(self, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        return {
            "prompt": script_of_turn(prompt),
            "n_predict": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "min_p": 0.05,
            "seed": sampling.seed & 0x7FFFFFFF,
            "stop": list(STOPS),
            "stream": True,
            "cache_prompt": self._remembers,
            "logit_bias": [[token, False] for token in sampling.without],
            **(_VARIED if sampling.varied else {}),
        }

    def _answers(self, request: dict[str, Any]) -> Generator[Any, None, None]:
        """What llama.cpp answers to a request, as it comes; closing the generator stops it at its next
        token. Raises BackendError."""
        self._open()
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        stopped = threading.Event()

        def on_chunk(chunk: Any) -> bool:
            answers.put(chunk)
            return stopped.is_set()

        # Whoever reads this may be a thread that ends with the process; only this one may hold the model, for
        # it is waited for before the model is freed.
        def work() -> None:
            try:
                self._open().handle_completions(request, on_chunk)
            except Exception as error:  # noqa: BLE001 - whatever it throws, who waits must hear of it
                answers.put(BackendError(f"The language model failed ({error})."))
            finally:
                answers.put(_END)

        # Not a daemon: a thread that is killed inside llama.cpp takes the process with it.
        thread = threading.Thread(target=work, name="llama")
        with self._starts:
            self._at_work[thread] = stopped
            thread.start()
        try:
            while (answer := answers.get()) is not _END:
                if isinstance(answer, BackendError):
                    raise answer
                yield answer
        finally:
            stopped.set()
            with self._starts:
                self._at_work = {one: event for one, event in self._at_work.items() if one.is_alive()}

    def _open(self) -> Any:
        if self._server is None:
            raise BackendError("The language model is closed.")
        return self._server

    def warm(self, prompt: Prompt) -> None:
        """Write a token, so that all that is made at the first use is made, and the fixed part is read."""
        with close_of(self.stream(prompt, Sampling(seed=0, max_tokens=1))) as stream:
            for _ in stream:
                pass

    def close(self) -> None:
        """Free the model's memory, once whatever it still writes has stopped at its next token."""
        with self._starts:
            at_work, self._at_work = self._at_work, {}
        for thread, stopped in at_work.items():
            stopped.set()
            thread.join()
        self._server = None


def _check_gguf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise BackendError(f"The language model {path.name} cannot be read ({error.strerror}).") from error
    if head != _GGUF:
        raise BackendError(f"The language model {path.name} is no GGUF file.")


def _tokens_of(chunk: Any) -> Iterator[tuple[int, Token]]:
    """The tokens of one answer of llama.cpp's server, each with the index of its reply; errors become
    BackendError."""
    if not isinstance(chunk, dict):
        return
    if "error" in chunk or chunk.get("code"):
        raise BackendError(
            f"The language model failed ({str(chunk.get('message', chunk.get('error')))[:200]})."
        )
    for choice in chunk.get("choices") or ():
        text = str(choice.get("text") or "")
        told = (choice.get("logprobs") or {}).get("content") or []
        likelihood = sum(float(one["logprob"]) for one in told) if told else None
        last = choice.get("finish_reason") is not None
        if text or told or last:
            token = Token(text=text, likelihood=likelihood, count=max(1, len(told)), last=last)
            yield int(choice.get("index") or 0), token
