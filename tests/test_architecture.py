"""One direction: sense -> interpret -> simulate -> present; npc is the lower layer."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ALLOWED = {
    "npc": {"npc"},
    "game/sense": {"game.sense", "game.clock", "game.workers.jobs", "npc"},
    "game/interpret": {"game.interpret", "game.sense.observations", "game.clock"},
    "game/world": {"game.world", "game.interpret.intents", "game.sense.observations", "game.clock", "npc"},
    "game/present": {
        "game.present", "game.world", "game.interpret.intents", "game.sense.observations", "game.clock",
        "npc",
    },
    "game/workers": {"game.workers", "game.sense", "game.world.effects", "game.clock", "npc"},
}  # fmt: skip
PURE = {
    "game/interpret": {"numpy"},
    "game/world": {"numpy"},
}
STANDARD_CLOCKS = {"time", "datetime"}


def imports(path: Path) -> set[str]:
    """Dotted names that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", sorted(ALLOWED))
def test_a_layer_imports_only_what_lies_before_it(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(folder)
        for name in imports(path)
        if name.split(".")[0] in ("game", "npc")
        and not any(name == ok or name.startswith(ok + ".") for ok in ALLOWED[folder])
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", sorted(PURE))
def test_interpret_and_world_need_numpy_and_the_standard_library_only(folder: str) -> None:
    import sys

    allowed = PURE[folder] | {"game", "npc"} | (set(sys.stdlib_module_names) - STANDARD_CLOCKS)
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(folder)
        for name in imports(path)
        if name.split(".")[0] not in allowed
    ]
    assert wrong == []


def test_panda3d_is_imported_by_present_and_the_composition_root_alone() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for folder in ("game", "npc")
        for path in modules(folder)
        if any(name.split(".")[0] in ("panda3d", "direct") for name in imports(path))
        and not path.is_relative_to(ROOT / "game/present")
        and path != ROOT / "game/app.py"
    ]
    assert wrong == []
