"""The log of an evening: everything that reached the game from outside, tick by tick, as JSON lines.

First line: the head (versions, seed, starting save, settings, content hashes). Then a line for each tick in
which something arrived: ``{"k": tick, "o": [[type, {fields}], ...]}``. Last line: the tick at which the
evening ended and the world's hash. A replay needs nothing else: no device, no model.

A log may come from a stranger: every message is checked against the fields of its type before it is used.
"""

import contextlib
import dataclasses
import json
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from game.sense import observations
from game.sense.observations import Observation

FORMAT: Final = 1
_TYPES: Final[dict[str, type]] = {kind.__name__: kind for kind in get_args(Observation)}
_LINE_LIMIT: Final = 4_000_000


class LogError(ValueError):
    """A log cannot be written or read; the message names the file, the line, what was found and expected."""


def encode(observation: Observation) -> list[Any]:
    """An observation as JSON: ``[type, {field: value}]``."""
    return [type(observation).__name__, dataclasses.asdict(observation)]


def decode(item: Any) -> Observation:
    """The observation of an `encode`d item; `ValueError` says what is wrong with it."""
    match item:
        case [str(name), dict(values)] if name in _TYPES:
            found = _check(values, _TYPES[name], name)
            return typing.cast(Observation, found)
        case _:
            shown = json.dumps(item)[:60]
            raise ValueError(f"expected [type, fields] with a type of {', '.join(_TYPES)}; found {shown}")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, vars(observations))


def _check(value: Any, kind: Any, where: str) -> Any:
    """``value`` as ``kind``, or `ValueError` with the place."""
    origin = get_origin(kind)
    wrong = ValueError(f"{where}: expected {getattr(kind, '__name__', kind)}, found {json.dumps(value)[:60]}")
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise wrong
        hints = _hints(kind)
        unknown = sorted(set(value) - set(hints))
        if unknown:
            raise ValueError(f"{where}: unknown field {unknown[0]!r}; known are {', '.join(hints)}")
        arguments = {key: _check(found, hints[key], f"{where}.{key}") for key, found in value.items()}
        try:
            return kind(**arguments)
        except TypeError as error:
            raise ValueError(f"{where}: {error}") from error
    if origin is tuple:
        parts = get_args(kind)
        if not isinstance(value, list):
            raise wrong
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_check(part, parts[0], where) for part in value)
        if len(parts) != len(value):
            raise wrong
        return tuple(_check(part, of, where) for part, of in zip(value, parts, strict=True))
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{where}: expected one of {get_args(kind)}, found {value!r}")
        return value
    if origin in (types.UnionType, typing.Union):
        options = [option for option in get_args(kind) if option is not types.NoneType]
        return None if value is None else _check(value, options[0], where)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind in (int, str, bool) and type(value) is kind:
        return value
    raise wrong


class LogWriter:
    """Writes a log as the evening goes; each tick is on the disk within a second.

    Where that cannot go on (the disk is full) the log ends there and ``fault`` says why; the evening goes on.
    """

    def __init__(self, path: Path, head: dict[str, Any]) -> None:
        """Raises LogError when the file cannot be begun."""
        self._path = path
        self.fault: str | None = None
        """Why the log is not whole, one sentence; None while all is well."""
        try:
            self._file = path.open("w", encoding="utf-8", buffering=1 << 16)
        except OSError as error:
            raise LogError(f"The log {path} cannot be written: {error.strerror}.") from error
        self._put({"format": FORMAT, **head})
        self._flushed = 0

    def tick(self, tick: int, news: Sequence[Observation]) -> None:
        if news:
            self._put({"k": tick, "o": [encode(observation) for observation in news]})
        if tick - self._flushed > 60:
            self._flushed = tick
            self._try(self._file.flush)

    def close(self, tick: int, world_hash: str) -> None:
        self._put({"end": tick, "world_hash": world_hash})
        self._try(self._file.close)

    def _put(self, line: dict[str, Any]) -> None:
        text = json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"
        self._try(lambda: self._file.write(text))

    def _try(self, write: Callable[[], object]) -> None:
        if self.fault is not None:
            return
        try:
            write()
        except OSError as error:
            self.fault = f"The log {self._path} breaks off: {error.strerror}."
            with contextlib.suppress(OSError):  # what still waits cannot be written either
                self._file.close()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """A log that was read whole."""

    head: dict[str, Any]
    ticks: dict[int, tuple[Observation, ...]]
    last_tick: int
    world_hash: str | None
    """None when the evening was broken off before its end was written."""


def read_log(path: Path) -> Evening:
    """Reads and checks a log; `LogError` names the line and what is wrong there."""
    lines = _lines(path)
    number, head = next(lines, (0, None))
    if not isinstance(head, dict) or head.get("format") != FORMAT or not isinstance(head.get("seed"), int):
        raise LogError(
            f"{path} is not a log of Hollow: line 1 should hold format {FORMAT} and a seed, "
            f"found {json.dumps(head)[:80]}."
        )
    ticks: dict[int, tuple[Observation, ...]] = {}
    last, world_hash = 0, None
    for number, line in lines:
        match line:
            case {"k": int(tick), "o": list(items)} if tick > last:
                try:
                    ticks[tick] = tuple(decode(item) for item in items)
                except ValueError as error:
                    raise LogError(f"{path}, line {number}: {error}.") from error
                last = tick
            case {"end": int(tick), "world_hash": str(found)}:
                last, world_hash = max(last, tick), found
            case _:
                raise LogError(
                    f'{path}, line {number}: expected {{"k": a later tick, "o": [...]}} or the end, '
                    f"found {json.dumps(line)[:80]}."
                )
    return Evening(head=head, ticks=ticks, last_tick=last, world_hash=world_hash)


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            number = 0
            while text := file.readline(_LINE_LIMIT):
                number += 1
                try:
                    yield number, json.loads(text)
                except (ValueError, RecursionError):
                    if not text.endswith("\n") and number > 1:
                        return  # The last line of an evening that was broken off.
                    raise LogError(f"{path}, line {number}: not JSON: {text[:60]!r}.") from None
    except UnicodeDecodeError as error:
        raise LogError(f"{path} is not a text file ({error.reason} at byte {error.start}).") from error
    except OSError as error:
        raise LogError(f"The log {path} cannot be read: {error.strerror}.") from error
