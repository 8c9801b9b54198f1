"""Reads the numbers out of a model in onnxruntime's own format (``.ort``), which is a flatbuffer.

The fields are found by their place in onnxruntime's schema, ``onnxruntime/core/flatbuffers/schema/ort.fbs``.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from flatbuffers import number_types
from flatbuffers.table import Table
from numpy.typing import NDArray

Numbers = NDArray[Any]

_SESSION_MODEL: Final = 1
_MODEL_GRAPH: Final = 7
_GRAPH_INITIALISERS: Final = 0
_GRAPH_NODES: Final = 2
_NODE_OPERATION, _NODE_INPUTS, _NODE_OUTPUTS, _NODE_ATTRIBUTES = 5, 8, 9, 10
_ATTRIBUTE_GRAPH: Final = 7
_TENSOR_NAME, _TENSOR_DIMS, _TENSOR_TYPE, _TENSOR_DATA = 0, 2, 3, 4
_TYPES: Final = {1: np.float32, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64}
"""Of the schema's numbers for types of numbers, those that are read; others are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrtFile:
    """What a model consists of."""

    numbers: dict[str, Numbers]
    """Its constants by name."""
    factors: dict[str, str]
    """Second factor of each product of matrices, by the name of the product."""


def read_ort(path: Path) -> OrtFile:
    """Raises OSError when the file cannot be read, ValueError when it is no such model."""
    data = path.read_bytes()
    if data[4:8] != b"ORTM":
        raise ValueError(f"{path.name} is no model of onnxruntime's own format.")
    read = OrtFile(numbers={}, factors={})
    session = Table(data, int.from_bytes(data[:4], "little"))
    try:
        _read(_table(_table(session, _SESSION_MODEL), _MODEL_GRAPH), read)
    except (struct.error, TypeError, IndexError, OverflowError) as error:  # It points beside itself.
        raise ValueError(f"{path.name} is no whole model of onnxruntime's own format.") from error
    return read


def _read(graph: Any, into: OrtFile) -> None:
    for tensor in _tables(graph, _GRAPH_INITIALISERS):
        number = tensor.Get(number_types.Int32Flags, _at(tensor, _TENSOR_TYPE) + tensor.Pos)
        data = _at(tensor, _TENSOR_DATA)
        if number in _TYPES and data:
            dims = _at(tensor, _TENSOR_DIMS)
            shape = tensor.GetVectorAsNumpy(number_types.Int64Flags, dims) if dims else ()
            raw = tensor.GetVectorAsNumpy(number_types.Uint8Flags, data)
            name = tensor.String(_at(tensor, _TENSOR_NAME) + tensor.Pos).decode()
            into.numbers[name] = raw.view(_TYPES[number]).reshape(tuple(int(one) for one in shape))
    for node in _tables(graph, _GRAPH_NODES):
        if node.String(_at(node, _NODE_OPERATION) + node.Pos) == b"MatMul":
            into.factors[_texts(node, _NODE_OUTPUTS)[0]] = _texts(node, _NODE_INPUTS)[1]
        for attribute in _tables(node, _NODE_ATTRIBUTES):
            if _at(attribute, _ATTRIBUTE_GRAPH):
                _read(_table(attribute, _ATTRIBUTE_GRAPH), into)


def _at(table: Any, slot: int) -> int:
    """Where a field is in its table; 0 where it is left out."""
    return int(table.Offset(4 + 2 * slot))


def _table(table: Any, slot: int) -> Any:
    return Table(table.Bytes, table.Indirect(_at(table, slot) + table.Pos))


def _tables(table: Any, slot: int) -> Iterator[Any]:
    if place := _at(table, slot):
        first = table.Vector(place)
        for index in range(table.VectorLen(place)):
            yield Table(table.Bytes, table.Indirect(first + 4 * index))


def _texts(table: Any, slot: int) -> list[str]:
    place = _at(table, slot)
    first = table.Vector(place)
    return [table.String(first + 4 * index).decode() for index in range(table.VectorLen(place))]
