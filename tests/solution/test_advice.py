"""What is advised where no budget helps, and what is noted of zero."""

from __future__ import annotations

from dataclasses import replace

import pytest

import pdedsl
from pdedsl import api
from pdedsl.solution.checks.advice import advice
from pdedsl.solution.checks.beyond_time import beyond_time
from pdedsl.solution.checks.trivial_solution import size_of_others
from pdedsl.solution.relative import HeldOutData

LINE = "domain O: x in [-1, 1]\ntime t in [0, 1]\nunknown u(x, t)\n"
STEP = "ic: u = if(x < 0, 0, 1) at t = 0\nbc: u = 0 on x = -1\n"


def test_a_blow_up_is_named_and_the_mend_is_solvable() -> None:
    text = "time t in [0, 2]\nunknown y(t)\neq: y_t = y^2\nic: y = 1 at t = 0\n"
    said = beyond_time(api.parse(text))
    assert "no classical solution exists after t = 1: it grows without bound" in said
    mended = said.partition("write ")[2]
    assert beyond_time(api.parse(text.replace("time t in [0, 2]", mended))) == ""


def test_an_equation_without_diffusion() -> None:
    said = beyond_time(api.parse(LINE + "eq: u_t + u*u_x = 0\n" + STEP))
    assert "no diffusion" in said and "0.01*u_xx" in said
    for equation in ("u_t + u*u_x = 0.01*u_xx", "u_t + 2*u_x = 0", "u_t = u_xx + u^2"):
        assert beyond_time(api.parse(LINE + f"eq: {equation}\n" + STEP)) == ""


def test_a_shock_is_told_with_its_time_and_both_mends_are_solvable() -> None:
    laws = "eq: u_t + u*u_x = 0\nic: u = -sin(pi*x) at t = 0\nbc: u = 0 on boundary\n"
    said = beyond_time(api.parse(LINE + laws))
    assert said.startswith("no classical solution exists after t = 0.32")
    assert "infinitely steep near x = 0" in said
    shorter = said.partition("write ")[2].partition(", or")[0]
    assert beyond_time(api.parse(LINE.replace("time t in [0, 1]", shorter) + laws)) == ""
    term = said.partition("add ")[2].partition(" to")[0]
    assert beyond_time(api.parse(LINE + laws.replace("= 0\nic", f"= {term}\nic"))) == ""


def test_a_march_into_a_blow_up_says_that_no_solution_exists() -> None:
    text = (
        "domain O: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\neq: u_t = u_xx + u^2\n"
        "ic: u = 50*sin(pi*x) at t = 0\nbc: u = 0 on boundary\n"
    )
    found = pdedsl.solve(api.parse(text), budget=2)
    assert not found.usable
    assert "no classical solution exists after t = 0.024" in found.failure
    assert "--budget" not in found.failure


def test_zero_of_a_nonlinear_problem_is_noted() -> None:
    text = "domain O: x in [0, 10]\nunknown u(x)\neq: u_xx + {} = 0\nbc: u = 0 on boundary\n"
    found = pdedsl.solve(api.parse(text.format("sin(u)")), budget=5)
    assert any("u = 0 solves this nonlinear problem" in note for note in found.summary()["notes"])
    other = pdedsl.solve(api.parse(text.format("sin(u) - 1")), budget=5)
    assert not any("u = 0" in note for note in other.summary()["notes"])


def test_the_size_of_other_solutions_has_the_unit_of_the_field() -> None:
    text = "domain O: x in [0, 10]\nunknown u(x)\neq: u_xx + {} = 0\nbc: u = 0 on boundary\n"
    for scale in (1e-8, 1.0, 1e8):
        found = size_of_others(api.parse(text.format(f"u - u^3/{scale}^2")))
        assert 0.1 * scale < found < 10 * scale
    assert size_of_others(api.parse(text.format("sin(u)"))) == pytest.approx(1, rel=0.5)


def test_rows_at_the_level_of_rounding_are_not_overfitted() -> None:
    at_rounding = HeldOutData("fit", 100, 3e-15, 900, 2e-16, 0.0, 1.0)
    assert not at_rounding.overfitted
    assert replace(at_rounding, rms=3e-6, fitted_rms=2e-7).overfitted


@pytest.mark.parametrize(
    ("method", "said", "not_said"),
    [("auto", "another --seed", "--method auto"), ("lm_wide_sin", "--method auto", "no such")],
)
def test_auto_is_not_advised_to_itself(method: str, said: str, not_said: str) -> None:
    text = "domain O: x in [0, 1]\nunknown u(x)\neq: d(u, x, 2) = exp(x)\nbc: u = 0 on boundary\n"
    changes = {"model.kind": "mlp", "model.width": 4, "optimizer.iterations": 2}
    solution = pdedsl.solve(api.parse(text), method, settings=changes, budget=20)
    solution.outcome = replace(solution.outcome, status="stagnated")
    assert said in advice(solution) and not_said not in advice(solution)


def test_a_delay_that_is_not_resolved_is_told_and_breaks_nothing() -> None:
    text = """time t in [0, 12]
unknown y(t)
eq: y_t = 1.4*y*(1 - if(t - 1 < 0, 0.1, y(t - 1)))
ic: y = 0.1  at t = 0
"""
    solution = pdedsl.solve(
        pdedsl.parse(text), method="lm", settings=[("optimizer.iterations", "2")]
    )
    assert solution.status == "inaccurate"
