"""Problems in time by the method auto: a march, its solution, and its run folder."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from pdedsl.choice.allowance import Allowance
from pdedsl.solution.planning import plan

# A front, which no small basis resolves.
FRONT = """problem "front"
param nu = 0.04
domain Omega: x in [-1, 1]
time t in [0, 0.5]
unknown u(x, t)
eq: u_t + u*u_x = nu*u_xx
ic: u = 1 - tanh(x/(2*nu))  at t = 0
bc: u = 1 - tanh((x - t)/(2*nu))  on boundary
exact u = 1 - tanh((x - t)/(2*nu))
"""
BLOW_UP = """problem "to infinity"
time t in [0, 2]
unknown u(t)
eq: u_t = u^2
ic: u = 1  at t = 0
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "front-001"
    return pdedsl.solve(pdedsl.parse(FRONT), budget=40.0, run_dir=folder)


def test_it_is_marched_to_a_small_error(saved) -> None:
    assert saved.summary()["why"].startswith("evolution in time: ")
    assert saved.errors["u"]["rel_l2"] < 1e-8
    assert saved.outcome.status == "converged"
    assert max(saved.outcome.laws.values()) < 1e-5


def test_its_folder_gives_the_same_numbers(saved) -> None:
    loaded = pdedsl.Solution.load(saved.run)
    x, t = np.linspace(-1, 1, 41)[:, None], np.linspace(0, 0.5, 13)
    assert np.array_equal(loaded(x=x, t=t), saved(x=x, t=t))
    assert loaded.errors == saved.errors


def test_the_method_of_the_folder_can_be_used_again(saved) -> None:
    again = pdedsl.solve(pdedsl.parse(FRONT), str(saved.run / "method.toml"), budget=60.0)
    assert again.errors["u"]["rel_l2"] < 1e-8


def test_a_solution_that_does_not_exist_is_not_claimed() -> None:
    chosen = plan(pdedsl.parse(BLOW_UP), budget=60.0)
    assert chosen.method.model.kind == "mlp"
    assert "a march in time ended because windows shorter than" in chosen.provenance.why
    assert chosen.provenance.why.count("at t = 1") == 1


def test_a_request_ends_the_choice() -> None:
    asked: list[str] = []
    stops = Allowance(60.0, lambda: any(text.startswith("tolerance 1e-07") for text in asked))
    chosen = plan(pdedsl.parse(FRONT), budget=60.0, notify=asked.append, allowance=stops)
    assert chosen.method.model.kind == "windows"
    assert "at a tolerance of 1e-05" in chosen.provenance.why
