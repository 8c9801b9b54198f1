"""Which Hollow this is, and a fingerprint of what it is told (personalities, commands, settings)."""

import hashlib
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version

from npc.assets import asset


def version() -> str:
    try:
        return package_version("hollow")
    except PackageNotFoundError:
        return "0+unknown"


def contents() -> dict[str, str]:
    """SHA-256 of every text asset by its path, so that a log tells when it is replayed with other ones."""
    root = asset("models.toml").parent
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sorted(root.rglob("*.toml"))
    }
