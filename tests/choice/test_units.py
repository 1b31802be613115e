"""Coordinates, fields and coefficients in units of any size give the same digits."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.choice.basis.condition_weights import sized_weights
from pdedsl.choice.basis.law_sizes import law_sizes
from pdedsl.compiler.lowering.lower import lower
from pdedsl.solution.planning import plan

LINE = """
param s = {s}
domain O: x in [0, s]
unknown u(x)
let w = cos(9*x/s)
eq: u_xx + {more} = lap(w) + {data}
bc: u = w  on boundary
exact u = w
"""
BAR = """
domain O: x in [0, 1e-3]
unknown u(x), T(x)
let us = 1e-9*sin(3e3*x), Ts = 300 + 20*cos(2e3*x)
eq: 2e11*u_xx - 2e6*T_x = 2e11*lap(us) - 2e6*d(Ts, x)
eq: 50*T_xx = 50*lap(Ts)
bc: u = us  on boundary
bc: T = 320  on x = 0
bc: 50*dn(T) = -50*20*2e3*sin(2)  on x = 1e-3
exact u = us, T = Ts
"""


def checked(text: str) -> pdedsl.Solution:
    solution = pdedsl.solve(pdedsl.parse(text), budget=20)
    assert solution.usable, solution.failure
    assert solution.estimate is not None and not solution.estimate.reason
    for name, error in (solution.errors or {}).items():
        assert error["rel_l2"] < 1e-10
        assert solution.estimate.fields[name].relative < 1e-7
    return solution


@pytest.mark.parametrize("s", [1e-9, 1e-6, 1e9])
def test_a_line_of_any_length(s: float) -> None:
    checked(LINE.format(s=s, more="0", data="0"))


@pytest.mark.parametrize("s", [1e-6, 1e6])
def test_a_nonlinear_law_on_a_line_of_any_length(s: float) -> None:
    checked(LINE.format(s=s, more="u^3/s^2", data="w^3/s^2"))


def test_a_bar_in_si_units_with_its_temperature() -> None:
    checked(BAR)


def test_a_basis_of_few_functions_is_not_at_rounding_on_a_long_line() -> None:
    method = pdedsl.Method.model_validate({
        "model": {"kind": "basis", "modes": 6}, "optimizer": {"kind": "lstsq"},
    })  # fmt: skip
    text = LINE.format(s=1e9, more="0", data="0")
    solution = pdedsl.solve(pdedsl.parse(text), method=method)
    assert solution.errors is not None and solution.estimate is not None
    known = solution.errors["u"]["rel_l2"]
    assert solution.estimate.fields["u"].relative == pytest.approx(known, rel=0.05)


def test_sizes_follow_the_units_of_laws_and_not_those_of_fields() -> None:
    sizes = law_sizes(lower(pdedsl.parse(LINE.format(s=1e-3, more="0", data="0"))))
    unit = law_sizes(lower(pdedsl.parse(LINE.format(s=1, more="0", data="0"))))
    ratio = (sizes["eq"] / sizes["bc"]) / (unit["eq"] / unit["bc"])
    assert ratio == pytest.approx(1e6, rel=1e-6)


def test_usual_units_keep_the_weights_of_the_search() -> None:
    for s in 0.1, 1, 30:
        assert sized_weights(lower(pdedsl.parse(LINE.format(s=s, more="0", data="0")))) == {}


@pytest.mark.parametrize(("a", "far"), [(1e-4, True), (1.0, False)])
def test_a_network_has_the_weights_of_the_sizes_of_laws(a: float, far: bool) -> None:
    problem = pdedsl.parse(LINE.format(s=a, more="0", data="0"))
    weights = plan(problem, settings={"model.kind": "mlp"}).method.weights
    assert ("eq" in weights) == far
    assert weights["bc"] > 1e10 if far else weights["bc"] == 100
