"""The specs of the benchmark hold, and two of its problems are solved as its table says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import pdedsl
from pdedsl.cli.program import program

from .pinnacle import quads
from .pinnacle.cases import cases
from .pinnacle.run import estimated, values
from .pinnacle.truth import Truth


def test_all_specs_are_without_lints() -> None:
    files = [str(case.file) for case in cases()]
    found = CliRunner().invoke(program, ["check", "--strict", *files])
    assert found.exit_code == 0, found.output
    assert len(set(files)) == 22


def test_a_problem_is_solved_as_the_table_says() -> None:
    (case,) = (case for case in cases() if case.name == "heat_multiscale")
    assert case.truth
    truth = case.truth()
    solution = pdedsl.solve(pdedsl.load(Path(case.file)), budget=60)
    assert solution.finding is None
    assert truth.error(values(solution, truth)) < 1e-12


def test_errors_and_estimates_are_those_of_all_fields_together() -> None:
    points, weights = np.zeros((2, 1)), np.array([0.5, 0.5])
    truth = Truth(points, weights, {"u": np.array([3.0, 3.0]), "v": np.array([4.0, 4.0])})
    assert truth.error({"u": np.array([3.5, 2.5]), "v": np.array([4.0, 4.0])}) == 0.1
    fields = {"u": {"l2": 0.5, "relative": 0.5 / 3}, "v": {"l2": 0.0, "relative": 0.0}}
    assert estimated({"estimate": {"fields": fields}}) == pytest.approx(0.5 / 3)


def test_elements_converge_around_a_hole() -> None:
    """−Δu = 0 around a disc with u = log r: exponential in the degree."""
    cells = quads.refined(quads.grid([-1, 1], [-1, 1], [(0.1, 0, 0.4)]), 2)
    errors = []
    for degree in (4, 8, 12):
        space = quads.Space(cells, degree)
        x, y = space.x, space.y
        known = np.log(np.hypot(x - 0.1, y))
        where = (np.maximum(abs(x), abs(y)) > 1 - 1e-9) | (abs(np.exp(known) - 0.4) < 1e-9)
        u = quads.fixed(space.stiffness(), np.zeros(space.size), known, where)
        errors.append(abs(u - known).max())
    assert errors[1] < errors[0] / 30
    assert errors[2] < errors[1] / 30
    total = quads.Space(cells, 9).load(1.0).sum()
    assert total == pytest.approx(4 - 0.16 * np.pi, rel=1e-9)
