"""Imports point one way: a room may import only those before it, and no circle crosses rooms."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Lowest first. A sub-room is ordered where the rooms inside a room have an order of their own.
ROOMS = [
    "diagnostics",
    "syntax",
    "units",
    "guide",
    "ir",
    "geometry",
    "calculus",
    "sema",
    "transforms",
    "options",
    "models",
    "linalg",
    "compiler.lowering",
    "compiler.points",
    "compiler.exact_conditions",
    "compiler.evaluation",
    "compiler.residual",
    "compiler",
    "optimizers",
    "ranks",
    "training.rules",
    "settings",
    "training",
    "conditioning",
    "choice",
    "estimates",
    "runs",
    "solution",
    "analysis",
    "plots",
    "results",
    "api",
    "server",
    "notebook",
    "cli",
]
MOST_FILES = 20

PACKAGE = ROOT / "pdedsl"
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p
         for p in MODULES}  # fmt: skip


def room_of(module: str) -> str | None:
    """The room, or ordered sub-room, of a module of the package; None above all rooms."""
    inner = module.removeprefix("pdedsl.")
    fitting = [room for room in ROOMS if inner == room or inner.startswith(f"{room}.")]
    return max(fitting, key=len, default=None)


def imported(path: Path) -> Iterator[str]:
    """Modules of the package that a file imports anywhere: in functions and by name as well."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in NAMES)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            inner = {f"{module}.{alias.name}" for alias in node.names} & set(NAMES)
            outer = len(inner) < len(node.names) and module in NAMES
            yield from inner | ({module} if outer else set())
        elif isinstance(node, ast.Constant) and node.value in NAMES:
            yield node.value  # import_module and its kind


def imported_rooms(path: Path) -> set[str]:
    """The rooms that a file imports."""
    return {room for name in imported(path) if (room := room_of(name)) is not None}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    room = room_of(name)
    if room is None:
        return
    below = set(ROOMS[ROOMS.index(room) + 1 :])
    assert {other for other in imported_rooms(path) & below if not other.startswith(room)} == set()


def test_there_is_no_circle_of_files_across_rooms() -> None:
    inside = {name: path for name, path in NAMES.items() if room_of(name) is not None}
    arrows = {name: (set(imported(path)) & set(inside)) - {name} for name, path in inside.items()}
    reach: dict[str, set[str]] = {}
    for start in arrows:
        seen: set[str] = set()
        left = [start]
        while left:
            new = arrows[left.pop()] - seen
            seen |= new
            left += new
        reach[start] = seen
    circles = [
        (a, b) for a in arrows for b in reach[a]
        if a < b and a in reach[b] and room_of(a) != room_of(b)
    ]  # fmt: skip
    assert circles == []


@pytest.mark.parametrize(
    "folder", sorted({p.parent for p in MODULES}), ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_reader_finds_the_way_in_every_folder(folder: Path) -> None:
    assert len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) <= MOST_FILES


def test_every_module_has_a_room_or_is_the_face() -> None:
    face = {"pdedsl", "pdedsl.__main__"}
    assert {name for name in NAMES if room_of(name) is None} == face


def test_the_documentation_lists_the_rooms_in_their_order() -> None:
    text = (ROOT / "docs" / "pages" / "development.md").read_text(encoding="utf-8")
    listed = [line.split()[0] for line in text.split("```")[3].strip().splitlines()]
    assert listed == [room for room in ROOMS if "." not in room]


def test_the_wheel_has_every_folder() -> None:
    with open(ROOT / "pyproject.toml", "rb") as file:
        listed = tomllib.load(file)["tool"]["setuptools"]["packages"]
    folders = {".".join(p.parent.relative_to(ROOT).parts) for p in PACKAGE.rglob("__init__.py")}
    assert listed == sorted(folders | {"pdedsl.grammar"})


LIGHT = "import pdedsl.syntax, pdedsl.ir, pdedsl.sema, pdedsl.cli"


def test_reading_a_spec_imports_nothing_heavy() -> None:
    heavy = ["torch", "scipy", "matplotlib", "pydantic", "rich", "safetensors"]
    code = f"{LIGHT}, sys; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
