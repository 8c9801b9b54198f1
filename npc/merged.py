"""A model and its adapter merged into one file, in numbers of 8 bits: it answers sooner than the two apart.

An adapter beside its model costs two more multiplications for each of the model's, and llama.cpp has no fast
way to multiply many tokens at once with the 4-bit numbers (Q4_1) that the model comes in; with 8 bits (Q8_0)
it has (llamafile's, Tunney 2024). W + (alpha / rank) B A is the adapter's own definition (LoRA, Hu et al.
2021); 8 bits lose nothing that the model had in 4. Made once for each adapter, in some seconds, and kept.
"""

import contextlib
import hashlib
import os
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

KEPT_FILES: Final = 4
"""So many merged models stay in the folder: one for each personality that was played lately."""
_STALE_S: Final = 600.0
"""No merging takes so long: whoever began this file is gone."""
_FORMAT: Final = "1"
"""Changes when another program would merge otherwise."""
_ARCHITECTURE: Final = "llama"


class MergeError(Exception):
    """The two cannot be merged; the text is one sentence."""


def merged(base: Path, adapter: Path, folder: Path, *, key: str) -> Path:
    """The file in ``folder`` that holds the model ``base`` with ``adapter`` in it; made where it is not there
    yet. ``key`` stands for the two files' content: whoever has checked them has their hashes. Raises
    MergeError."""
    digest = hashlib.sha256(f"{_FORMAT}:{key}".encode()).hexdigest()
    path = folder / f"{digest[:32]}.gguf"
    try:
        if path.is_file():
            os.utime(path)  # used last, swept last
            return path
        folder.mkdir(parents=True, exist_ok=True)
        _drop_leftovers(folder)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            _merge(base, adapter, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _sweep(folder, path)
    except MergeError:
        raise
    except Exception as error:  # whatever a reader throws at a file that is not what it should be
        raise MergeError(f"{adapter} cannot be merged into {base.name} ({error}).") from error
    return path


def _drop_leftovers(folder: Path) -> None:
    """What a game that was ended in the middle of it left behind: as large as a model each."""
    for path in folder.glob("*.part"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink()


def _sweep(folder: Path, newest: Path) -> None:
    others = sorted(
        (path for path in folder.glob("*.gguf") if path != newest),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in others[KEPT_FILES - 1 :]:
        with contextlib.suppress(OSError):  # one that another game has open stays, where files are so held
            path.unlink()


def _merge(base: Path, adapter: Path, out: Path) -> None:
    from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, dequantize, quantize

    model = GGUFReader(base)
    learned, scale = _learned(GGUFReader(adapter), adapter, dequantize)
    writer = GGUFWriter(out, _ARCHITECTURE)
    try:
        for field in model.fields.values():
            if field.name == "general.architecture" or field.name.startswith("GGUF."):
                continue  # the writer's own
            kind = field.types[0]
            inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
        for tensor in model.tensors:
            weights = dequantize(tensor.data, tensor.tensor_type).astype(np.float32, copy=False)
            a, b = learned.pop(f"{tensor.name}.lora_a", None), learned.pop(f"{tensor.name}.lora_b", None)
            if (a is None) != (b is None):
                raise MergeError(f"{adapter}: {tensor.name} has half a pair of matrices.")
            if a is not None and b is not None:
                if (b.shape[0], a.shape[1]) != weights.shape or a.shape[0] != b.shape[1]:
                    raise MergeError(
                        f"{adapter}: {tensor.name} has {b.shape[0]} x {a.shape[1]} numbers of rank "
                        f"{a.shape[0]}, the model {weights.shape[0]} x {weights.shape[1]}."
                    )
                weights = weights + (scale / a.shape[0]) * (b @ a)
            if not np.isfinite(weights).all():
                raise MergeError(f"{adapter}: {tensor.name} holds what is no number.")
            if weights.ndim == 1:
                writer.add_tensor(tensor.name, weights)
            else:
                q8 = GGMLQuantizationType.Q8_0
                writer.add_tensor(tensor.name, quantize(weights, q8), raw_dtype=q8)
        if learned:
            raise MergeError(f"{adapter}: {min(learned)} belongs to nothing in the model.")
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _learned(reader: Any, path: Path, dequantize: Any) -> tuple[dict[str, Floats], float]:
    """The adapter's matrices by name, and its alpha."""
    alpha = reader.fields.get("adapter.lora.alpha")
    if alpha is None:
        raise MergeError(f"{path}: adapter.lora.alpha: expected a number, found none.")
    tables = {
        tensor.name: np.asarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        for tensor in reader.tensors
    }
    return tables, float(alpha.contents())
