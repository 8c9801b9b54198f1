"""A personality's adapter: what the bundled model has learned of its voice, bound to that very model."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from npc.tables import PersonalityError, read_toml

ADAPTER_FILE: Final = "adapter.gguf"
SHEET_FILE: Final = "adapter.toml"
MAX_ADAPTER_BYTES: Final = 64 * 1024 * 1024
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What lies beside an adapter."""

    base: str
    """File name of the model it was trained on."""
    base_sha256: str
    """64 lower-case hexadecimal digits: on any other model an adapter is noise."""
    adapter_sha256: str
    note: str = ""
    """How it was made, for people."""


def sha256_of(path: Path) -> str:
    """The file's hash. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def adapter_in(folder: Path, base: Path) -> Path | None:
    """The adapter of the personality in ``folder``, whole and made for the model ``base``; None where it has
    none. Raises PersonalityError with a sentence for one that cannot be used."""
    path = folder / ADAPTER_FILE
    if not path.is_file():
        return None
    sheet = _read_sheet(folder / SHEET_FILE)
    try:
        if path.stat().st_size > MAX_ADAPTER_BYTES:
            raise PersonalityError(f"{path} is larger than {MAX_ADAPTER_BYTES // 1024**2} MiB.")
        if sha256_of(path) != sheet.adapter_sha256:
            raise PersonalityError(f"{path} is damaged: its hash is not the one in {SHEET_FILE}.")
        if sha256_of(base) != sheet.base_sha256:
            raise PersonalityError(
                f"{path} was trained on another {sheet.base}, so the voice is left to the written lines; "
                f"train it anew on this one."
            )
    except OSError as error:
        raise PersonalityError(f"{path} cannot be read ({error.strerror}).") from error
    return path


def binding(folder: Path) -> str:
    """What stands for the content of an adapter that `adapter_in` has found good, and of its model. Raises
    PersonalityError."""
    sheet = _read_sheet(folder / SHEET_FILE)
    return f"{sheet.base_sha256}:{sheet.adapter_sha256}"


def write_sheet(folder: Path, base: Path, note: str) -> None:
    """Bind the adapter in ``folder`` to the model ``base``. Raises OSError."""
    told = {
        "base": base.name,
        "base_sha256": sha256_of(base),
        "adapter_sha256": sha256_of(folder / ADAPTER_FILE),
        "note": note,
    }
    # A JSON string is a TOML string.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in told.items()]
    (folder / SHEET_FILE).write_text("".join(lines), encoding="utf-8")


def _read_sheet(path: Path) -> Sheet:
    top = read_toml(path)
    sheet = Sheet(
        base=top.text("base", at_most=200),
        base_sha256=top.text("base_sha256"),
        adapter_sha256=top.text("adapter_sha256"),
        note=top.text("note", ""),
    )
    for key in ("base_sha256", "adapter_sha256"):
        if not _SHA256.fullmatch(getattr(sheet, key)):
            raise top.complain(key, "64 small hexadecimal digits")
    top.finish()
    return sheet
