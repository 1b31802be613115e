"""Imports point one way: a room may import only those above it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = [
    "diagnostics",
    "syntax",
    "ir",
    "sema",
    "calculus",
    "geometry",
    "models",
    "compiler",
    "conditioning",
    "methods",
    "runs",
    "solution",
    "analysis",
    "plots",
    "cli",
]


def imported_rooms(path: Path) -> set[str]:
    """Rooms that a module imports anywhere, inside functions too."""
    package = path.relative_to(ROOT).parent.parts
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            names = [".".join([*base, *([node.module] if node.module else [])])]
        else:
            continue
        rooms |= {n.split(".")[1] for n in names if n.startswith("pdedsl.")}
    return rooms & set(ROOMS)


MODULES = sorted((ROOT / "pdedsl").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    room = path.relative_to(ROOT / "pdedsl").parts[0].removesuffix(".py")
    if room not in ROOMS:
        return
    below = set(ROOMS[ROOMS.index(room) + 1 :])
    assert imported_rooms(path) & below == set()


LIGHT = "import pdedsl.syntax, pdedsl.ir, pdedsl.sema, pdedsl.cli"


def test_reading_a_spec_imports_nothing_heavy() -> None:
    heavy = ["torch", "scipy", "matplotlib", "pydantic", "rich", "safetensors"]
    code = f"{LIGHT}, sys; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
