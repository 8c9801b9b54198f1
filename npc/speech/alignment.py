"""Has a Piper model tell how long each phoneme takes, so that words are timed rather than guessed."""

import re
from typing import Final

_ROUNDED_UP: Final = re.compile(rb"\x12(.)([\w/.:]{1,120})(?:\x1a.[\w/.:]*)?\x22\x04Ceil", re.DOTALL)
"""In the ONNX file: the node that rounds the length of each phoneme up to whole frames, by its output."""
_GRAPH: Final = 7
_OUTPUT: Final = 12
_NAME: Final = 1


def with_alignment(model: bytes) -> bytes:
    """The model with the lengths of its phonemes as a second output; as it was where they are not to be
    found, or are not unmistakable.

    piper-tts does the same with the package onnx. Protocol buffers merge what is appended to them, so a few
    bytes that name one output more are all it takes.
    """
    found = {name for size, name in _ROUNDED_UP.findall(model) if size[0] == len(name)}
    if len(found) != 1:
        return model
    return model + _field(_GRAPH, _field(_OUTPUT, _field(_NAME, found.pop())))


def _field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer; ``content`` shorter than 128 bytes."""
    return bytes((number << 3 | 2, len(content))) + content
