"""The bundled language model, in this process: llama.cpp behind xllamacpp, on the processor.

The prompt is plain text of a fixed form, so that everything up to the newest lines stays in the model's
memory and the first token comes at once.
"""

import queue
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from npc.backends.base import BackendError, Prompt, Sampling, Token, close_of
from npc.script import script_of_turn

CONTEXT_TOKENS: Final = 1024
"""For each of the parallel replies."""
VOICED_CONTEXT_TOKENS: Final = 512
"""The same for a model with an adapter, whose prompt shows no examples."""
_FORCE: Final = 1000.0
"""Bias that makes the sampler take a given token; the likelihood reported is that without it."""
STOPS: Final = ("\n", "<|im_end|>", "<|im_start|>", "<|endoftext|>")
_GGUF: Final = b"GGUF"
_END: Final = object()


def script_of(prompt: Prompt, *, player: str = "LOST PERSON", character: str = "ALIEN") -> str:
    """The prompt as the script of a play, which is what a small model continues best."""
    lines = [prompt.system, ""]
    for turn in prompt.turns:
        lines += [f"{player}: {turn.player}", f"{character}: {turn.reply}"]
    hint = f" ({prompt.hint})" if prompt.hint else ""
    return "\n".join([*lines, f"{player}: {prompt.player}", f"{character}{hint}:"])


class EmbeddedBackend:
    """SmolLM2 (or any GGUF) with an optional adapter."""

    name = "embedded"

    def __init__(
        self,
        model: Path,
        *,
        adapter: Path | None = None,
        threads: int = 1,
        parallel: int = 1,
        fluent: bool = False,
    ) -> None:
        """Loads the model (about a second). With an ``adapter`` it is asked in the form that the adapter has
        learned. Raises BackendError for a file that is missing or is no model."""
        self.parallel = parallel
        self.voiced = adapter is not None
        self.fluent = fluent
        for path in (model, adapter):
            if path is not None:
                _check_gguf(path)
        try:
            import xllamacpp
        except ImportError as error:
            raise BackendError(f"The language model's library cannot be loaded ({error}).") from error
        params = xllamacpp.CommonParams()
        params.model.path = str(model)
        # As many places again let candidates be weighed while they are still being spoken to their end.
        places = 2 * parallel if self.voiced else parallel
        params.n_ctx = (VOICED_CONTEXT_TOKENS if self.voiced else CONTEXT_TOKENS) * places
        params.n_parallel = places
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
        params.n_gpu_layers = 0
        params.warmup = False
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

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as the model makes them; closing the iterator stops it at its next token."""
        with closing(self.tokens(prompt, sampling)) as tokens:
            for token in tokens:
                if token.text:
                    yield token.text

    def tokens(self, prompt: Prompt, sampling: Sampling) -> Generator[Token, None, None]:
        """What the model writes, token by token; closing the generator stops it at its next token."""
        server = self._open()
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        stopped = threading.Event()

        def on_chunk(chunk: Any) -> bool:
            answers.put(chunk)
            return stopped.is_set()

        request = {
            "prompt": self._script(prompt),
            "n_predict": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "min_p": 0.05,
            "repeat_penalty": 1.08,
            "seed": sampling.seed & 0x7FFFFFFF,
            "stop": list(STOPS),
            "stream": True,
            "cache_prompt": True,
        }
        if self.voiced:
            request |= {"logprobs": 1, "id_slot": sampling.place % self.parallel}

        def work() -> None:
            try:
                server.handle_completions(request, on_chunk)
            except (RuntimeError, ValueError) as error:
                answers.put(BackendError(f"The language model failed ({error})."))
            answers.put(_END)

        # Not a daemon: a thread that is killed inside llama.cpp takes the process with it.
        threading.Thread(target=work, name="llama").start()
        try:
            while (chunk := answers.get()) is not _END:
                if isinstance(chunk, BackendError):
                    raise chunk
                yield from _tokens_of(chunk)
        finally:
            stopped.set()

    def likelihood(
        self, prompt: Prompt, reply: Sequence[int], at: Sequence[int], *, place: int = 0
    ) -> Iterator[float]:
        """Natural logarithms of the probabilities of the tokens ``reply[i]`` for i in ``at``, one by one,
        where the reply follows the prompt. Ascending ``at`` reads every token once. Raises BackendError."""
        script = self._script(prompt)
        for i in at:
            request = {
                "prompt": [script, *reply[:i]] if i else script,
                "n_predict": 1,
                "temperature": 1.0,
                "logprobs": 1,
                "logit_bias": [[reply[i], _FORCE]],
                "cache_prompt": True,
                "id_slot": self.parallel + place % self.parallel if self.voiced else -1,
            }
            try:
                answer = self._open().handle_completions(request)
            except (RuntimeError, ValueError) as error:
                raise BackendError(f"The language model failed ({error}).") from error
            found = list(_tokens_of(answer))
            if not found or found[0].likelihood is None:
                raise BackendError("The language model did not tell how likely its words are.")
            yield found[0].likelihood

    def _open(self) -> Any:
        if self._server is None:
            raise BackendError("The language model is closed.")
        return self._server

    def _script(self, prompt: Prompt) -> str:
        return script_of_turn(prompt) if self.voiced else script_of(prompt)

    def warm(self, prompt: Prompt) -> None:
        """Read the prompt once in every place, so that its fixed part is remembered."""
        for place in range(self.parallel if self.voiced else 1):
            with close_of(self.stream(prompt, Sampling(seed=0, max_tokens=1, place=place))) as stream:
                for _ in stream:
                    pass

    def close(self) -> None:
        """Free the model's memory."""
        self._server = None


def _check_gguf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise BackendError(f"The language model {path.name} cannot be read ({error.strerror}).") from error
    if head != _GGUF:
        raise BackendError(f"The language model {path.name} is no GGUF file.")


def _tokens_of(chunk: Any) -> Iterator[Token]:
    """The tokens of one answer of llama.cpp's server; errors become BackendError."""
    if not isinstance(chunk, dict):
        return
    if "error" in chunk or chunk.get("code"):
        raise BackendError(
            f"The language model failed ({str(chunk.get('message', chunk.get('error')))[:200]})."
        )
    choice = (chunk.get("choices") or [{}])[0]
    text = str(choice.get("text") or "")
    told = (choice.get("logprobs") or {}).get("content") or []
    if len(told) == 1:
        yield Token(text=text, id=int(told[0]["id"]), likelihood=float(told[0]["logprob"]))
    elif text or told:
        # Several tokens in one answer (the start of a stop word that was none): only their text is sure.
        yield Token(text=text)
