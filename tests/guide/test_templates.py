"""Every template is a sound file in the canonical spelling, and is solved as it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pdedsl.cli.program import program
from pdedsl.guide import TEMPLATES
from tests.conftest import ROOT

MARCHES = {"burgers": 1e-3, "delay": 1e-3}
ACCURACY = dict.fromkeys(TEMPLATES, 1e-9) | MARCHES
"""Relative errors, known or estimated; most templates are solved to rounding. Marches refine their
answer while there is time, so that nothing may be left for an estimate of the error."""


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(program, list(arguments))


def test_the_kinds_are_listed_with_what_they_are() -> None:
    lines = run("new").output.splitlines()
    assert [line.split()[0] for line in lines] == TEMPLATES
    assert all(line.endswith(".") and len(line) < 116 for line in lines)
    files = {path.stem for path in (ROOT / "grammar" / "templates").glob("*.pde")}
    assert files == set(TEMPLATES)
    assert len(json.loads(run("new", "--json").output)["templates"]) == len(TEMPLATES)


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_template_is_sound(kind: str, place: Path) -> None:
    (place / "own.pde").write_text(run("new", kind).output, encoding="utf-8")
    result = run("check", "--strict", "own.pde")
    assert result.exit_code == 0, result.output
    assert run("fmt", "--check", "own.pde").exit_code == 0


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_template_is_solved(kind: str, place: Path) -> None:
    assert run("new", kind, "--out", "own.pde").exit_code == 0
    result = run("solve", "own.pde", "--budget", "12", "--no-plots", "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    known = [error["rel_l2"] for error in (data["errors"] or {}).values()]
    estimated = [error["relative"] for error in data["estimate"]["fields"].values()]
    for error in known or estimated:
        assert error < ACCURACY[kind]
    assert known or estimated or kind in MARCHES


def test_a_file_is_not_written_over(place: Path) -> None:
    (place / "own.pde").write_text("mine", encoding="utf-8")
    result = run("new", "heat", "--out", "own.pde")
    assert result.exit_code == 3
    assert "is there already" in result.output
    assert (place / "own.pde").read_text(encoding="utf-8") == "mine"


def test_an_unknown_kind_gets_the_nearest() -> None:
    result = run("new", "heet")
    assert result.exit_code == 2
    assert "did you mean heat?" in result.output
