"""The bundled language model, in this process: llama.cpp behind xllamacpp, on the processor.

The prompt is plain text of a fixed form, so that everything up to the newest lines stays in the model's
memory and the first token comes at once.
"""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from npc.backends.base import BackendError, Prompt, Sampling, close_of

CONTEXT_TOKENS: Final = 1024
"""For each of the parallel replies."""
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
        fluent: bool | None = None,
    ) -> None:
        """Loads the model (about a second). ``fluent`` defaults to whether there is an adapter. Raises
        BackendError for a file that is missing or is no model."""
        self.parallel = parallel
        self.fluent = adapter is not None if fluent is None else fluent
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
        if self._server is None:
            raise BackendError("The language model is closed.")
        pieces: queue.SimpleQueue[Any] = queue.SimpleQueue()
        stopped = threading.Event()

        def on_chunk(chunk: Any) -> bool:
            pieces.put(chunk)
            return stopped.is_set()

        request = {
            "prompt": script_of(prompt),
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

        def work() -> None:
            try:
                self._server.handle_completions(request, on_chunk)
            except (RuntimeError, ValueError) as error:
                pieces.put(BackendError(f"The language model failed ({error})."))
            pieces.put(_END)

        # Not a daemon: a thread that is killed inside llama.cpp takes the process with it.
        threading.Thread(target=work, name="llama").start()
        try:
            while (chunk := pieces.get()) is not _END:
                if isinstance(chunk, BackendError):
                    raise chunk
                text = _text_of(chunk)
                if text:
                    yield text
        finally:
            stopped.set()

    def warm(self, prompt: Prompt) -> None:
        """Read the prompt once, so that its fixed part is remembered."""
        with close_of(self.stream(prompt, Sampling(seed=0, max_tokens=1))) as stream:
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


def _text_of(chunk: Any) -> str:
    """The text of one answer of llama.cpp's server; errors become BackendError."""
    if isinstance(chunk, dict):
        if "error" in chunk or chunk.get("code"):
            raise BackendError(
                f"The language model failed ({str(chunk.get('message', chunk.get('error')))[:200]})."
            )
        choices = chunk.get("choices") or [{}]
        return str(choices[0].get("text") or "")
    return ""
