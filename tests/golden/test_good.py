"""Every stage of good specs, as text: the tree, the problem, the residual code, LaTeX."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from pdedsl import api
from pdedsl.compiler.lowering.lower import lower, unsupported
from pdedsl.ir import Problem
from pdedsl.ir.latex import problem_latex
from pdedsl.ir.text import problem_text, residual_text
from pdedsl.syntax import ast, load_source, read
from tests.conftest import SPECS

FILES = sorted((Path(__file__).parent / "good").glob("*.pde"))


def residual_code(problem: Problem) -> str:
    """Source of the residuals, or the reasons why there is none."""
    if reasons := unsupported(problem):
        return "\n".join(f"{d.code}: {d.message}" for d in reasons)
    plans = lower(problem).plans
    return "\n\n".join(f"# {label}\n" + "\n".join(p.texts) for label, p in plans.items())


def stages(path: Path) -> str:
    problem = api.load(path)
    parts = {
        "ast": ast.dump(read(load_source(path)).spec),
        "problem": problem_text(problem),
        "residual": residual_text(problem),
        "latex": problem_latex(problem),
        "torch": residual_code(problem),
    }
    return "\n".join(f"--- {name}\n{text.rstrip()}" for name, text in parts.items()) + "\n"


first = cache(stages)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_stages(path: Path, golden) -> None:
    golden(path.with_suffix(".expected"), first(path))


@pytest.mark.parametrize("path", [*FILES, *SPECS], ids=lambda p: p.stem)
def test_twice_gives_the_same_text(path: Path) -> None:
    assert stages(path) == first(path)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_diagnostic(path: Path) -> None:
    _, report, _ = api.check(path)
    assert [d.code for d in report] == []


def test_every_expected_text_has_its_file() -> None:
    stems = {p.stem for p in FILES}
    found = (Path(__file__).parent / "good").glob("*.expected")
    assert sorted(p.stem for p in found if p.stem not in stems) == []
    assert len(FILES) >= 15
