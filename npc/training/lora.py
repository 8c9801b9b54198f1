"""Low-rank adapters beside the frozen weights of a small model: the only numbers that are trained.

Needs torch and transformers, which a player does not: `needed` says so in one sentence.
"""

import importlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PROJECTIONS: Final = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""Every projection of a block, by its name in transformers; the value is its name in a GGUF file."""


class TrainingError(RuntimeError):
    """Training cannot go on; the message is one sentence for the player."""


def needed() -> tuple[Any, Any]:
    """The modules torch and transformers. Raises TrainingError where they are not installed."""
    try:
        torch = importlib.import_module("torch")
        transformers = importlib.import_module("transformers")
        importlib.import_module("accelerate")  # transformers wants it for a GGUF file
        importlib.import_module("gguf")
    except ImportError as error:
        raise TrainingError(
            "Training needs torch and transformers, which playing does not: install them as "
            f"docs/training.md says ({error.name} is missing)."
        ) from error
    return torch, transformers


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of the model's shape an adapter must know."""

    heads: int
    key_heads: int


@dataclass(slots=True, kw_only=True)
class Adapted:
    """A frozen model with adapters in it."""

    model: Any
    tokenizer: Any
    shape: Shape
    device: Any
    """Where the model is: on a graphics card where torch finds one, else on the processor."""
    alpha: float
    pairs: dict[str, tuple[Any, Any]]
    """GGUF name ("blk.0.attn_q") -> (a: rank x in, b: out x rank), float32."""

    def trained(self) -> list[Any]:
        return [tensor for pair in self.pairs.values() for tensor in pair]


def load_adapted(path: Path, *, rank: int, alpha: float, dropout: float, seed: int) -> Adapted:
    """The model of a GGUF file, its weights unpacked and frozen, with fresh adapters that change nothing
    yet. Raises TrainingError when the file cannot be read as a model of the Llama family."""
    torch, transformers = needed()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            str(path.parent), gguf_file=path.name, dtype=torch.bfloat16
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise TrainingError(f"The model {path.name} cannot be read for training ({error}).") from error
    config = model.config
    if config.model_type != "llama":
        raise TrainingError(f"Only models of the Llama family can be trained, not '{config.model_type}'.")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)
    if device.type == "cpu":
        model.set_attn_implementation("eager")  # the fused one is slow backwards there: 22 % of a step
    for weight in model.parameters():
        weight.requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    pairs: dict[str, tuple[Any, Any]] = {}
    for number, block in enumerate(model.model.layers):
        for inside, name in PROJECTIONS.items():
            linear = block.get_submodule(inside)
            a = torch.empty(rank, linear.in_features)
            a.uniform_(-1, 1, generator=generator).mul_(math.sqrt(3.0 / linear.in_features))
            b = torch.zeros(linear.out_features, rank)
            pair = (a.to(device).requires_grad_(), b.to(device).requires_grad_())
            linear.register_forward_hook(_added(torch, pair, alpha / rank, dropout))
            pairs[f"blk.{number}.{name}"] = pair
    return Adapted(
        model=model,
        tokenizer=tokenizer,
        shape=Shape(heads=config.num_attention_heads, key_heads=config.num_key_value_heads),
        device=device,
        alpha=alpha,
        pairs=pairs,
    )


def _added(torch: Any, pair: tuple[Any, Any], scale: float, dropout: float) -> Any:
    """A hook that adds b(a(x)) * scale to what a projection gives."""
    linear = torch.nn.functional.linear

    def add(module: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        a, b = (tensor.to(output.dtype) for tensor in pair)
        inner = linear(inputs[0], a)
        # Dropped between the two matrices, not before them: on a processor the random numbers for a wide
        # input cost a quarter of the step.
        if dropout and module.training:
            inner = torch.nn.functional.dropout(inner, dropout)
        return output.add(linear(inner * scale, b))

    return add
