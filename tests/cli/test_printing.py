"""Lines of progress and tables."""

from __future__ import annotations

import pytest

from pdedsl.cli.live import Live, line
from pdedsl.cli.result import comparison, number, rows, show_table
from pdedsl.training.outcome import Progress

MOMENT = Progress(120, 12.2, 3.14e-5, {"eq": 2e-3, "bc": 1e-4}, 4e-4)


def test_a_line_of_progress():
    assert line(MOMENT, 60.0) == (
        "iteration 120  12 s, 48 s left  loss 3.14e-05  error 4.0e-04  eq 2.0e-03  bc 1.0e-04"
    )


def test_many_laws_are_shortened_and_no_error_is_none():
    laws = {f"l{i}": 1.0 for i in range(9)}
    text = line(Progress(1, 0.0, 1.0, laws, None, "stage adam"), None)
    assert "and 5 more" in text
    assert "error" not in text
    assert text.startswith("iteration 1  0 s  loss 1.00e+00  l0 ")
    assert text.endswith("(stage adam)")


def test_plain_progress_is_sparse(capsys):
    with Live(None) as live:
        for _ in range(50):
            live.update(MOMENT)
    assert len(capsys.readouterr().err.splitlines()) == 1
    with Live(None, quiet=True) as live:
        live.update(MOMENT)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("columns", "width"), [(None, 160), ("60", 60), ("92", 92)])
def test_lines_of_a_pipe_are_folded_at_the_columns_that_are_set(
    columns, width, capsys, monkeypatch
):
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    name = "runs/a-name-of-some-length-001"
    show_table(["name", "words"], [[name, "w " * 200]])
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) in range(width - 5, width + 1)
    assert name in printed


def test_numbers_that_are_none():
    assert (number(None), number(float("nan")), number(0.0)) == ("–", "–", "0.00e+00")


def test_rows_of_a_result_without_known_solution():
    data = {
        "problem": "p", "method": "lm", "why": "", "status": "converged", "reason": "",
        "iterations": 3, "errors": None, "laws": {"eq": 1e-3}, "unknowns": {"c": 0.5},
        "exact_laws": {"ic": 2e-17}, "soft_laws": {"bc": "it is fitted to data"},
        "unknown_errors": {}, "run": None,
        "seconds": {"total": 3.0, "choose": 0.0, "compile": 1.0, "train": 2.0},
    }  # fmt: skip
    assert rows(data) == [
        ("method", "lm"),
        ("outcome", "converged"),
        ("iterations", "3"),
        ("rms eq", "1.00e-03"),
        ("rms ic", "2.00e-17, exact whatever the parameters"),
        ("bc is soft", "it is fitted to data"),
        ("c", "0.5"),
        ("time", "3.0 s (compile 1.0 s, training 2.0 s)"),
    ]


def test_laws_that_one_method_meets_exactly_side_by_side():
    soft = {
        "status": "converged", "errors": None, "laws": {"eq": 1e-3, "bc": 2e-4}, "exact_laws": {},
        "unknowns": {}, "loss": 1e-6, "iterations": 3, "seconds": {"total": 3.0},
    }  # fmt: skip
    hard = soft | {"laws": {"eq": 1e-5}, "exact_laws": {"bc": 3e-17}}
    table = dict(comparison([hard, soft]))
    assert table["rms eq"] == ["1.00e-05", "1.00e-03"]
    assert table["rms bc"] == ["3.00e-17 exact", "2.00e-04"]
