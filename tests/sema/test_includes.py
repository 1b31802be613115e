"""Included files: places of mistakes, paths, hashes, runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import pdedsl
from pdedsl.cli.program import program
from pdedsl.diagnostics import UserError, as_data
from tests.small import method

MAIN = """problem "rod"
domain  Omega: x in [0, 1]
unknown u(x)
include "lib/a.pde"
eq: u_xx = f(x) + k
bc: u = 0  on boundary
exact u = x*(x - 1)
"""
A = 'include "b.pde"\nlet f(s) = 2 - k\n'


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.pde").write_text(A)
    (tmp_path / "lib" / "b.pde").write_text("param k = 3, other = 1\n")
    (tmp_path / "main.pde").write_text(MAIN)
    return tmp_path / "main.pde"


def test_names_of_included_files_are_known(spec: Path) -> None:
    problem, report, _ = pdedsl.check(spec)
    assert not list(report) and problem is not None
    assert [p.symbol.name for p in problem.parameters] == ["k", "other"]
    assert problem.with_params(k=5.0).parameters[0].value == 5.0


def test_mistakes_are_shown_in_their_own_file(spec: Path) -> None:
    (spec.parent / "lib" / "b.pde").write_text("param k = 3\n\nparam j = 2 q\n")
    _, report, source = pdedsl.check(spec)
    (found,) = report
    data = as_data(found, source)
    assert (data["file"], data["line"], data["column"]) == (str(spec.parent / "lib/b.pde"), 3, 13)
    result = CliRunner().invoke(program, ["check", str(spec)])
    assert "lib/b.pde:3:13: error[E104]" in result.output and "param j = 2 q" in result.output


def test_files_in_a_circle(spec: Path) -> None:
    (spec.parent / "lib" / "b.pde").write_text('param k = 3\ninclude "../main.pde"\n')
    _, report, source = pdedsl.check(spec)
    (found,) = report
    assert found.code == "E113" and "circle" in found.message
    assert as_data(found, source)["line"] == 2


def test_many_files(spec: Path) -> None:
    for i in range(30):
        text = f'include "c{i + 1}.pde"\n' if i < 29 else ""
        (spec.parent / "lib" / f"c{i}.pde").write_text(text)
    (spec.parent / "lib" / "b.pde").write_text('param k = 3\ninclude "c0.pde"\n')
    _, report, _ = pdedsl.check(spec)
    assert [d.code for d in report] == ["E701"]


def test_paths_start_from_the_folder_of_their_file(spec: Path) -> None:
    (spec.parent / "lib" / "b.pde").write_text('param k = 3\nregion B = mesh("none.stl")\n')
    _, report, _ = pdedsl.check(spec)
    assert "lib/none.stl" in next(iter(report)).message


def test_a_run_keeps_what_it_includes(spec: Path, tmp_path: Path) -> None:
    solution = pdedsl.solve(spec, method(20))
    solution.save(tmp_path / "run")
    assert (tmp_path / "run" / "lib" / "b.pde").is_file()
    (spec.parent / "lib" / "b.pde").unlink()
    again = pdedsl.Solution.load(tmp_path / "run")
    assert again(x=0.3) == solution(x=0.3)
    (tmp_path / "run" / "lib" / "b.pde").write_text("param k = 4, other = 1\n")
    with pytest.raises(UserError, match="includes"):
        pdedsl.Solution.load(tmp_path / "run")


def test_a_text_includes_from_the_working_directory(spec: Path, monkeypatch) -> None:
    monkeypatch.chdir(spec.parent)
    assert pdedsl.parse(MAIN).parameters[0].value == 3.0
