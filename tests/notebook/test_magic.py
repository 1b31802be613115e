"""``%%pde`` in a shell, and the notebooks of the examples in a real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pdedsl
from tests.conftest import ROOT

pytest.importorskip("IPython")
nbformat = pytest.importorskip("nbformat")
NotebookClient = pytest.importorskip("nbclient").NotebookClient

LINE = (
    "domain O: x in [0, 1]\nparam a = 2\nunknown u(x)\neq: d(u, x, 2) = a\nbc: u = 0  on boundary\n"
)


@pytest.fixture
def shell() -> Iterator[Any]:
    from IPython.core.interactiveshell import InteractiveShell

    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "pdedsl.notebook")
    yield made
    InteractiveShell.clear_instance()


def test_a_cell_is_a_problem(shell: Any) -> None:
    found = shell.run_cell_magic("pde", "line --set a=6", LINE)
    assert found is shell.user_ns["line"]
    assert r"u_{xx} &= a" in found._repr_latex_()
    assert found._repr_latex_().startswith("$$")


def test_a_cell_with_a_budget_is_a_solution(shell: Any) -> None:
    found = shell.run_cell_magic("pde", "line --budget 10 --set a=6", LINE)
    assert isinstance(found, pdedsl.Solution)
    assert float(found(x=0.5)) == pytest.approx(-0.75, abs=1e-12)


def test_mistakes_are_shown_and_nothing_is_assigned(shell: Any, capsys: Any) -> None:
    shell.user_ns["line"] = "before"
    assert shell.run_cell_magic("pde", "line --budget 5", LINE.replace("= a", "= 2 a")) is None
    assert "error[E104]" in capsys.readouterr().err
    assert shell.user_ns["line"] == "before"


@pytest.mark.parametrize("line", ["a b", "--budget", "--budget x", "--set a", "--wish 3", "3a"])
def test_a_line_that_is_not_understood(shell: Any, capsys: Any, line: str) -> None:
    assert shell.run_cell_magic("pde", line, LINE) is None
    assert "%%pde [NAME]" in capsys.readouterr().err


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "notebooks").glob("*.ipynb")),
                         ids=lambda p: p.stem)  # fmt: skip
def test_notebooks_of_the_examples_run(path: Path, tmp_path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    client = NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    shown = [o for c in book.cells if c.cell_type == "code" for o in c.outputs]
    assert not [o for o in shown if o.output_type == "error"]
    kinds = {kind for o in shown for kind in o.get("data", {})}
    assert kinds & {"text/latex", "text/html"}
