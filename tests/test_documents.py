"""What the documents show is what the program does: blocks are run, tables are made anew."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from pdedsl import api
from pdedsl.cli.program import program
from pdedsl.diagnostics import Source, render
from pdedsl.sema import examine
from pdedsl.settings.load import load_method

from .conftest import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "grammar" / "README.md", ROOT / "specs" / "README.md"]
TABLE = re.compile(r"<!-- begin: (?P<command>[^\n]*) -->\n(?P<body>.*?)<!-- end -->", re.S)


def blocks(language: str) -> list[tuple[str, str]]:
    """Fenced blocks of the language with the name of their document."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```", re.S | re.M)
    return [
        (f"{path.parent.name}-{number}", block)
        for path in DOCUMENTS
        for number, block in enumerate(pattern.findall(path.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize(("name", "text"), blocks("pde"), ids=lambda v: v if len(v) < 40 else "")
def test_specs_in_documents_are_clean(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "example.pde"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(program, ["check", "--strict", str(path)])
    assert result.exit_code == 0, result.output
    result = CliRunner().invoke(program, ["fmt", "--check", str(path)])
    assert api.load(path).laws


@pytest.mark.parametrize(("name", "code"), blocks("python"), ids=lambda v: v if len(v) < 40 else "")
def test_python_in_documents_runs(name: str, code: str, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(code, name, "exec"), {"__name__": "document"})


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.parent.name)
def test_tables_in_documents_are_current(path: Path, golden, monkeypatch) -> None:
    """Under ``--promote`` the tables are written anew."""
    monkeypatch.chdir(ROOT)
    golden(path, TABLE.sub(made_anew, path.read_text(encoding="utf-8")))


def made_anew(match: re.Match[str]) -> str:
    _, *arguments = shlex.split(match["command"])
    result = CliRunner().invoke(program, arguments)
    assert result.exit_code == 0, result.output
    text = result.stdout.strip()
    if "--markdown" not in arguments:
        text = f"```\n{text}\n```"
    return f"<!-- begin: {match['command']} -->\n{text}\n<!-- end -->"


def test_messages_in_documents_are_what_comes() -> None:
    spec = (ROOT / "specs" / "helmholtz.pde").read_text(encoding="utf-8")
    wrong = [("L[u] = L[us]", "L[u] = 2 us"), ("on boundary", "on x = -1, x = 1, y = 1")]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for right, mistake in wrong:
        source = Source("helmholtz.pde", spec.replace(right, mistake))
        _, report = examine(source, ROOT)
        assert "".join(f"```\n{render(d, source)}\n```\n" for d in report) in readme


def test_cures_of_hard_training_are_methods() -> None:
    """Every name in the last column of the table is one that ``--method`` takes."""
    page = ROOT / "docs" / "pages" / "howto" / "convergence.md"
    section = page.read_text(encoding="utf-8").split("## Watching a network")[1]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    names = {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[3])}
    assert len(rows) > 5
    assert {"m2", "m4", "sa_pinn", "causal", "curriculum"} <= names
    for name in names - {"auto"}:
        load_method(name)


def test_rooms_are_in_the_page_of_how_it_is_built() -> None:
    page = (ROOT / "docs" / "pages" / "development.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "pdedsl").glob("*/__init__.py")}
    rooms |= {path.stem for path in (ROOT / "pdedsl").glob("[a-z]*.py")}
    assert set(re.findall(r"^(\w+) {2,}\S", page, re.M)) == rooms


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 110
